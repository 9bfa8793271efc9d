"""Seconds cut out of recordings: the right pictures at the right size, sound where there is some, small."""

from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media.clips import ClipSpec, number_in, write_clip
from verifier.media.snippet import HEIGHT, LONGEST, RATE, cut_snippet
from verifier.media.types import MediaError
from verifier.timing import Span

SPAN = Span(Fraction(1), Fraction(2))


def read(data: bytes) -> tuple[list[tuple[float, np.ndarray]], np.ndarray]:
    """Pictures with their seconds, and the sound."""
    pictures, sound = [], [np.zeros(0, np.float32)]
    with av.open(io.BytesIO(data)) as file:
        assert file.format.name == "matroska,webm"
        assert [s.codec_context.name for s in file.streams.video] in ([], ["libvpx"], ["vp8"])
        for frame in file.decode():
            if isinstance(frame, av.VideoFrame):
                pictures.append((float(frame.time), frame.to_ndarray(format="rgb24")))
            else:
                sound.append(frame.to_ndarray()[0])
    return pictures, np.concatenate(sound)


def test_it_shows_the_seconds_that_were_asked_for_with_their_sound(clip: Callable[[str], Path]) -> None:
    path = clip("h264_mp4")
    pictures, sound = read(cut_snippet(path, path, SPAN))
    assert len(pictures) == RATE
    for time, image in pictures:
        assert abs(number_in(image) - 30 * (1 + time)) <= 1
    assert abs(len(sound) / 48_000 - 1) < 0.05
    spectrum = np.abs(np.fft.rfft(sound[4800:43200]))
    assert abs(spectrum.argmax() * 48_000 / 38_400 - 400) < 5


def test_sound_of_one_file_goes_with_the_picture_of_another(clip: Callable[[str], Path]) -> None:
    pictures, sound = read(cut_snippet(clip("h264_b_frames"), clip("h264_mp4"), SPAN))
    assert pictures
    assert len(sound) > 40_000
    assert read(cut_snippet(None, clip("h264_mp4"), SPAN))[0] == []
    assert not len(read(cut_snippet(clip("h264_b_frames"), None, SPAN))[1])


def test_a_large_picture_is_made_small(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "large.mp4", ClipSpec(".mp4", count=60, size=(1280, 720)))
    data = cut_snippet(path, None, SPAN)
    assert read(data)[0][0][1].shape == (HEIGHT, 640, 3)
    assert len(data) < 60_000


def test_what_cannot_be_cut_says_so(clip: Callable[[str], Path]) -> None:
    path = clip("h264_mp4")
    with pytest.raises(MediaError):
        cut_snippet(path, path, Span(Fraction(100), Fraction(101)))
    with pytest.raises(ValueError, match="at most"):
        cut_snippet(path, path, Span(Fraction(0), LONGEST + 1))
