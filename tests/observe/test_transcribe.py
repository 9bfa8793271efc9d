"""Whisper's plumbing, with a small model of random weights: what it writes means nothing, where it writes it does."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from verifier.media.types import AudioBlock
from verifier.observe import transcribe
from verifier.observe.transcribe import EDGE_S, LONGEST_S, RATE, Transcriber, pieces_of
from verifier.timing import Span
from verifier.transcript import Clock


def span(start: float, end: float) -> Span:
    return Span(Fraction(str(start)), Fraction(str(end)))


@pytest.fixture(autouse=True)
def few_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random weights never stop by themselves."""
    monkeypatch.setattr(transcribe, "MOST_TOKENS", 12)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    os.environ.setdefault("NUMBA_DISABLE_JIT", "1")  # compiling the alignment takes longer than running it here
    import torch
    from whisper.model import ModelDimensions, Whisper

    torch.manual_seed(0)
    dims = ModelDimensions(
        n_mels=80, n_audio_ctx=1500, n_audio_state=16, n_audio_head=2, n_audio_layer=1,
        n_vocab=51865, n_text_ctx=448, n_text_state=16, n_text_head=2, n_text_layer=1,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("model") / "random.pt"
    torch.save({"dims": dims.__dict__, "model_state_dict": Whisper(dims).state_dict()}, path)
    return path


def blocks(seconds: int) -> list[AudioBlock]:
    rng = np.random.default_rng(0)
    return [AudioBlock(Fraction(n), rng.normal(0, 0.1, RATE).astype(np.float32), RATE) for n in range(seconds)]


def test_words_lie_within_speech_and_progress_ends_at_one(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcribe, "MOST_REPEATED", 1e9)  # random weights say one word again and again
    monkeypatch.setattr(transcribe, "NO_SPEECH", 1.1)
    speech, shares = [span(2, 5), span(20, 24)], []
    made = Transcriber(checkpoint, "random").write(blocks(30), speech, shares.append)
    assert made.clock is Clock.WORDS
    assert made.source == "random"
    assert len(made.utterances) == 2
    assert shares[-1] == 1.0
    for u, s in zip(made.utterances, speech, strict=True):
        assert u.words
        assert all(s.start - EDGE_S <= w.span.start <= w.span.end <= s.end + EDGE_S for w in u.words)
    assert any("one language all through" in note for note in made.notes)


def test_loops_are_left_out_and_it_is_said(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcribe, "MOST_REPEATED", 0.0)
    made = Transcriber(checkpoint, "random").write(blocks(6), [span(1, 4)])
    assert made.utterances == ()
    assert any("1 of 1 stretches" in note for note in made.notes)


def test_no_speech_costs_no_decoding(checkpoint: Path) -> None:
    assert Transcriber(checkpoint, "random").write(blocks(3), []).utterances == ()


def test_pieces_are_short_in_order_and_hold_all_speech() -> None:
    speech = [span(0.1, 3), span(3.5, 30), span(33, 100), span(100.1, 101)]
    pieces = pieces_of(speech)
    assert all(p.duration <= LONGEST_S + 2 * EDGE_S for p in pieces)
    assert all(a.end <= b.start for a, b in pairwise(pieces))
    assert all(any(p.start <= at < p.end for p in pieces) for s in speech for at in (s.start, (s.start + s.end) / 2))


def test_torch_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, verifier.api, verifier.observe.transcribe; print('torch' in sys.modules or 'whisper' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
