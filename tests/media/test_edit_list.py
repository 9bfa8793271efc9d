"""Edit lists: read as written, and never an error, whatever the bytes."""

from __future__ import annotations

import struct
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.media.clips import ClipSpec, write_clip
from verifier.media.edit_list import Edit, read_edit_lists


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def movie(
    edits: list[tuple[int, int]], movie_clock: int = 1000, media_clock: int = 600, *, wide: bool = False
) -> bytes:
    """The index of an mp4 file with one picture track."""
    version, row = (b"\x01\0\0\0", ">QqI") if wide else (b"\0\0\0\0", ">IiI")
    entries = b"".join(struct.pack(row, length, start, 0x10000) for length, start in edits)
    elst = _box(b"elst", version + struct.pack(">I", len(edits)) + entries)
    mdhd = _box(b"mdhd", bytes(12) + struct.pack(">III", media_clock, 0, 0))
    hdlr = _box(b"hdlr", bytes(8) + b"vide" + bytes(13))
    trak = _box(b"trak", _box(b"edts", elst) + _box(b"mdia", mdhd + hdlr))
    mvhd = _box(b"mvhd", bytes(12) + struct.pack(">I", movie_clock) + bytes(84))
    return _box(b"ftyp", b"isom\0\0\0\0") + _box(b"moov", mvhd + trak)


entry = st.tuples(st.integers(0, 2**31 - 1), st.integers(-1, 2**31 - 1))
QUIET = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(st.lists(entry, max_size=20), st.integers(1, 90_000), st.integers(1, 90_000), st.booleans())
@QUIET
def test_what_is_written_is_read(tmp_path, edits, movie_clock, media_clock, wide):
    path = tmp_path / "a.mp4"
    path.write_bytes(movie(edits, movie_clock, media_clock, wide=wide))
    (track,) = read_edit_lists(path)
    assert track.kind == "picture"
    assert list(track.edits) == [
        Edit(Fraction(length, movie_clock), None if start < 0 else Fraction(start, media_clock))
        for length, start in edits
    ]


@given(st.data())
@QUIET
def test_bent_and_cut_indexes_are_no_error(tmp_path, data):
    content = bytearray(movie([(100, -1), (2000, 300)]))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.mp4"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    assert all(len(track.edits) <= 1000 for track in read_edit_lists(path))


@given(st.binary(max_size=400))
@QUIET
def test_random_bytes_have_no_edit_list(tmp_path, content):
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert read_edit_lists(path) == ()


def test_a_count_that_lies_is_not_believed(tmp_path):
    content = movie([(1, 0)]).replace(
        b"\0\0\0\x01\0\0\0\x01\0\0\0\0\0\x01\0\0", b"\x7f\xff\xff\xff\0\0\0\x01\0\0\0\0\0\x01\0\0"
    )
    (tmp_path / "a.mp4").write_bytes(content)
    assert read_edit_lists(tmp_path / "a.mp4") == ()


def test_a_plain_recording(tmp_path):
    path = write_clip(tmp_path / "a.mp4", ClipSpec(".mp4", options={"preset": "ultrafast"}, audio=("aac",), count=30))
    tracks = read_edit_lists(path)
    assert {t.kind for t in tracks} <= {"picture", "sound"}
    assert all(len(t.shown) == 1 for t in tracks)
