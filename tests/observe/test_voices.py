from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from verifier.media.types import AudioBlock
from verifier.observe.spool import SoundSpool
from verifier.observe.voices import PIECE_S, Piece, cut, filled, pieces_of
from verifier.timing import Span

RATE = 16_000


def _span(start: str, end: str) -> Span:
    return Span(Fraction(start), Fraction(end))


def test_pieces_cover_all_of_a_run_and_leave_its_pauses_out() -> None:
    pieces = pieces_of([_span("1", "3"), _span("3.5", "5.3")])
    assert [p.seconds for p in pieces] == [1.6] * 4
    assert pieces[0].spans == (_span("1", "2.6"),)
    assert pieces[1].spans == (_span("1.8", "3"), _span("3.5", "3.9"))
    assert pieces[-1].span.end == Fraction(53, 10)


def test_no_piece_reaches_across_a_long_pause() -> None:
    pieces = pieces_of([_span("0", "2.1"), _span("3.1", "4"), _span("10", "10.3")])
    assert [(p.span.seconds()) for p in pieces] == [(0, 1.6), (0.5, 2.1), (3.1, 4)]


def test_long_speech_is_sampled_all_over() -> None:
    pieces = pieces_of([_span(str(t), str(t + 9)) for t in range(0, 36_000, 10)], most=1000)
    assert 900 < len(pieces) < 7300
    assert pieces[-1].span.end > 35_980


def test_the_sound_of_a_piece_is_its_own() -> None:
    sound = np.arange(10 * RATE, dtype=np.float32)
    blocks = [AudioBlock(Fraction(t), sound[t * RATE : (t + 1) * RATE], RATE) for t in range(10)]
    pieces = pieces_of([_span("0.5", "2.5"), _span("3", "9")])
    for piece, found in zip(pieces, cut(blocks, pieces), strict=True):
        want = np.concatenate([sound[int(s.start * RATE) : int(s.end * RATE)] for s in piece.spans])
        assert np.array_equal(found, want)


def test_a_short_piece_is_repeated_until_it_fills_the_window() -> None:
    assert filled(np.array([1, 2, 3], np.float32), 7).tolist() == [1, 2, 3, 1, 2, 3, 1]
    assert filled(np.zeros(0, np.float32), 3).tolist() == [0, 0, 0]
    assert Piece((Span(Fraction(0), PIECE_S),)).seconds == 1.6


def test_sound_that_was_kept_comes_back_and_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    block = AudioBlock(Fraction(3), np.array([-1, 0, 0.5, 1], np.float32), RATE)
    with SoundSpool() as spool, Path("/dev/full").open("wb", buffering=0) as full:
        spool.keep(block)
        (back,) = spool.blocks()
        assert (back.time, back.sample_rate) == (3, RATE)
        assert back.samples == pytest.approx(block.samples, abs=1e-4)
        monkeypatch.setattr(spool, "_file", full)
        spool.keep(block)
        assert not spool.complete
