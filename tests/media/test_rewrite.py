from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media.clips import ClipSpec, number_in, write_clip
from verifier.media.recording import Recording
from verifier.media.rewrite import rewrite, suffix_for
from verifier.media.sampling import SamplingPlan
from verifier.media.types import MediaError, VideoFrame

UNEVEN = tuple(Fraction(n * n + 7, 90) for n in range(20))


class OnlyWrites(io.RawIOBase):
    """As a member of a zip is."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.data += data  # type: ignore[operator]
        return len(data)  # type: ignore[arg-type]

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


def sound_in(path: Path) -> list[list[bytes]]:
    """The compressed pieces of each sound track."""
    with av.open(str(path)) as opened:
        tracks: list[list[bytes]] = [[] for _ in opened.streams.audio]
        for packet in opened.demux(*opened.streams.audio) if tracks else ():
            if packet.size:
                tracks[list(opened.streams.audio).index(packet.stream)].append(bytes(packet))
        return tracks


@pytest.mark.parametrize(
    ("spec", "ending"),
    [
        (ClipSpec(".mp4", audio=("aac", "aac"), options={"bf": "2"}), ".mp4"),
        (ClipSpec(".webm", codec="libvpx", audio=("libopus",)), ".mp4"),
        (ClipSpec(".mkv", audio=("pcm_s16le",), times=UNEVEN), ".mkv"),
        (ClipSpec(".mp4", times=UNEVEN), ".mp4"),
        (ClipSpec(".webm", codec="libvpx", size=(193, 113), audio=("libopus",)), ".mp4"),
    ],
    ids=["two tracks", "webm", "PCM and uneven steps", "no sound", "odd sides"],
)
def test_pictures_are_changed_and_times_and_sound_stay(tmp_path: Path, spec: ClipSpec, ending: str) -> None:
    source = write_clip(tmp_path / f"source{spec.suffix}", spec)
    assert suffix_for(source) == ending
    out = OnlyWrites()

    def change(frame: VideoFrame) -> np.ndarray:
        changed = frame.image.copy()
        changed[-20:] = (0, 0, 255)
        return changed

    rewrite(source, out, change)  # type: ignore[arg-type]
    made = tmp_path / f"made{ending}"
    made.write_bytes(out.data)
    with Recording(source) as before, Recording(made) as after:
        old, new = list(before.frames(SamplingPlan())), list(after.frames(SamplingPlan()))
        assert [number_in(f.image) for f in new] == [number_in(f.image) for f in old]
        assert max(abs(a.time - b.time) for a, b in zip(old, new, strict=True)) <= Fraction(1, 1000)
        assert all(f.image[-8:].mean(axis=(0, 1)).argmax() == 2 for f in new)
        assert (after.problems, after.facts.video.codec if after.facts.video else "") == ((), "h264")
    for was, now in zip(sound_in(source), sound_in(made), strict=True):
        assert now == was[len(was) - len(now) :]
        assert len(was) - len(now) <= 1  # one that warms the decoder up and is not heard


def test_sound_alone_has_nothing_to_change(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "sound.mkv", ClipSpec(".mkv", codec=None, audio=("libopus",)))
    with pytest.raises(MediaError, match="no picture"):
        rewrite(source, io.BytesIO(), lambda frame: frame.image)
