"""`--transcribe`: the candidate's voice is written down, of others only when they speak; everybody where it is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.sounds import RATE, write_sound
from verifier import api, observing
from verifier.media.recording import Recording
from verifier.media.types import AudioBlock
from verifier.observe.transcribe import pieces_of
from verifier.report.model import Report
from verifier.timing import Span
from verifier.transcript import Clock, Transcript, Word, utterance_of

MEDIA = Path(__file__).resolve().parents[1] / "samples" / "media"
CHECKS = ["answer-timing", "prompted-answer"]


class Listening:
    """Stands in for whisper, whose plumbing tests/observe/test_transcribe.py has: keeps what it is asked to write down."""

    def __init__(self) -> None:
        self.pieces: list[Span] = []
        self.loud: list[float] = []

    def write(
        self,
        blocks: Iterable[AudioBlock],
        speech: Sequence[Span],
        progress: Callable[[float], None],
        others: Sequence[Span] = (),
    ) -> Transcript:
        held = list(blocks)
        self.pieces += pieces_of(speech, others)
        for piece in self.pieces:
            inside = [b.samples for b in held if piece.start <= b.time < piece.end]
            self.loud.append(float(np.abs(np.concatenate(inside)).max()) if inside else 0.0)
        said = [utterance_of([Word(p, "word")]) for p in self.pieces]
        return Transcript(tuple(said), "whisper-base", Clock.WORDS)


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds of one made-up voice, eight of the other, each in a participant's own file."""
    folder = tmp_path_factory.mktemp("call")
    for n, name in ((2, "audio_jordan_reyes.wav"), (3, "audio_host.wav")):
        with Recording(MEDIA / f"round-{n}.mp4") as recording:
            sound = np.concatenate([b.samples for b in recording.audio(RATE)])[2 * RATE : 10 * RATE]
        rest = np.zeros(9 * RATE, np.float32)
        write_sound(folder / name, np.concatenate([sound, rest] if n == 2 else [rest, sound]))
    return folder


def written(
    monkeypatch: pytest.MonkeyPatch, call: Path, **asked: object
) -> tuple[Listening, Report, tuple[str, ...], dict[str, str]]:
    model = Listening()
    monkeypatch.setattr(observing, "load_transcriber", lambda: model)
    report = api.check_case([call], transcribe=True, checks=CHECKS, **asked)
    ((evidence, _),) = report.transcripts
    return model, report, evidence.problems, {f.check: f.statement for f in report.findings}


def test_only_the_candidates_file_is_written_down_and_others_keep_their_times(
    monkeypatch: pytest.MonkeyPatch, call: Path
) -> None:
    model, report, notes, said = written(monkeypatch, call, name="Jordan Reyes")
    assert model.pieces
    assert max(p.end for p in model.pieces) < 9
    assert min(model.loud) > 0.01
    assert any("only the candidate's voice was written down" in n and "bears the candidate's name" in n for n in notes)
    assert "told apart by their voices" in dict(report.transcripts[0][0].facts)["The candidate in it"]
    assert "nobody's words but the candidate's" in said["prompted-answer"]


def test_everybody_is_written_down_where_the_candidates_voice_is_not_known(
    monkeypatch: pytest.MonkeyPatch, call: Path
) -> None:
    _, _, notes, said = written(monkeypatch, call)
    assert any("the words of everybody were written down" in n and "equally long" in n for n in notes)
    assert "names no speakers" in said["answer-timing"]


def test_a_voice_named_afterwards_has_no_words_and_that_is_said(monkeypatch: pytest.MonkeyPatch, call: Path) -> None:
    monkeypatch.setattr(observing, "load_transcriber", Listening)
    observed = api.observe_case([call], transcribe=True, checks=CHECKS, name="Jordan Reyes")
    (other,) = [s.id for s in api.conclude(observed, checks=CHECKS, name="Jordan Reyes").speakers if not s.is_candidate]
    for finding in api.conclude(observed, checks=CHECKS, candidates=(other,)).findings:
        assert "no words that are said while the candidate's voice is heard" in finding.statement


def test_pieces_neither_join_nor_reach_over_another_voice() -> None:
    speech = [Span(Fraction(1), Fraction(3)), Span(Fraction(7, 2), Fraction(5))]
    assert len(pieces_of(speech)) == 1
    between = [Span(Fraction(31, 10), Fraction(34, 10))]
    first, second = pieces_of(speech, between)
    assert (first.end, second.start) == (3, Fraction(7, 2))
    assert (first.start, second.end) == (Fraction(4, 5), Fraction(51, 10))
