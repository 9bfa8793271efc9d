"""Writes a HEIC photo by hand: a keyframe of HEVC in the boxes of ISO/IEC 23008-12. The packages here only read them."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def _full(kind: bytes, version: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24), *parts)


def write_heic(path: Path, image: np.ndarray, folder: Path, quarter_turns: int = 0) -> Path:
    """`quarter_turns`: counter-clockwise turns that the reader is told to make (the irot property)."""
    config, sample = _hevc(image, folder)
    height, width = image.shape[:2]
    properties = [_box(b"hvcC", config), _full(b"ispe", 0, struct.pack(">II", width, height))]
    properties += [_box(b"irot", bytes([quarter_turns]))] if quarter_turns else []
    links = bytes([0x80 | 1, 2, *([0x80 | 3] if quarter_turns else [])])
    ftyp = _box(b"ftyp", b"heic", struct.pack(">I", 0), b"mif1heic")

    def meta(offset: int) -> bytes:
        return _full(
            b"meta",
            0,
            _full(b"hdlr", 0, struct.pack(">I", 0), b"pict", bytes(12), b"\0"),
            _full(b"pitm", 0, struct.pack(">H", 1)),
            _full(b"iloc", 0, struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, offset, len(sample))),
            _full(b"iinf", 0, struct.pack(">H", 1), _full(b"infe", 2, struct.pack(">HH", 1, 0), b"hvc1", b"\0")),
            _box(
                b"iprp",
                _box(b"ipco", *properties),
                _full(b"ipma", 0, struct.pack(">IHB", 1, 1, len(links)), links),
            ),
        )

    offset = len(ftyp) + len(meta(0)) + 8
    path.write_bytes(ftyp + meta(offset) + _box(b"mdat", sample))
    return path


def _hevc(image: np.ndarray, folder: Path) -> tuple[bytes, bytes]:
    """(content of hvcC, one keyframe with length prefixes)."""
    import av

    movie = folder / "one.mp4"
    with av.open(str(movie), "w") as out:
        stream = out.add_stream(
            "libx265", rate=1, options={"x265-params": "log-level=none:crf=5:keyint=1:bframes=0", "preset": "ultrafast"}
        )
        stream.height, stream.width = image.shape[:2]
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts = 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with av.open(str(movie)) as container:
        stream = container.streams.video[0]
        return bytes(stream.codec_context.extradata), bytes(next(container.demux(stream)))
