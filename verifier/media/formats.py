"""Which formats and codecs may be opened: everything else is refused before a decoder runs on it."""

from __future__ import annotations

from functools import cache

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,mpegvideo,avi,ogg,wav,w64,mp3,flac,aac,aiff,caf,amr,flv,asf,ivf"
)
"""Demuxers that may run. None of them opens a second file: no playlists, no concat scripts, no picture series."""
_VIDEO = """
h264 hevc vvc vp8 vp9 libvpx libvpx-vp9 av1 libdav1d mpeg4 mpeg1video mpeg2video h263 h263p h263i flv mjpeg theora
prores dvvideo ffv1 huffyuv ffvhuff utvideo rawvideo msmpeg4 msmpeg4v2 wmv1 wmv2 wmv3 vc1 mss2
"""
_AUDIO = """
aac aac_latm mp3float mp3 mp2float mp2 opus libopus vorbis flac alac ac3 eac3 wmav1 wmav2 wmapro wmavoice amrnb amrwb
libopencore_amrnb libopencore_amrwb speex libspeex g722 gsm gsm_ms ilbc
"""
VIDEO_CODECS = frozenset(_VIDEO.split())


@cache
def audio_codecs() -> frozenset[str]:
    """Decoders of sound that may run: the listed ones and everything that is nearly uncompressed."""
    from av.codec import codecs_available

    return frozenset(_AUDIO.split()) | {name for name in codecs_available if name.startswith(("pcm_", "adpcm_"))}
