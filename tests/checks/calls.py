"""Transcripts of interviews made up for the tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from tests.checks.cases import a_round, case, evidence
from verifier.checks.base import CaseObservations
from verifier.spoken import OtherTranscript, RoundTranscript, with_candidate
from verifier.timing import Span
from verifier.transcript import Clock, Transcript, Utterance
from verifier.transcript_fit import Step, TranscriptFit

ANA, JORDAN, SAM = "Ana Petrova", "Jordan Reyes", "Sam"
UNKNOWN = TranscriptFit(
    Step.UNKNOWN, Fraction(0), Fraction(1), None, None, None, "no speech was heard in the recording"
)
IN_STEP = TranscriptFit(Step.IN_STEP, Fraction(0), Fraction(1), 12.0, 0.9, 0.9)
QUESTIONS = (
    "How are you doing today?",
    "Which of the systems that you have built in the last years would you build in another way today, and why is that?",
    "What is your notice period?",
    "Please explain how a hash table works, what it costs when it has to grow, and when you would rather use a tree instead of it?",
)


def line(start: float, end: float, speaker: str, text: str) -> Utterance:
    return Utterance(Span(Fraction(str(round(start, 3))), Fraction(str(round(end, 3)))), speaker, text)


def interview(
    delays: Iterable[float], answers: Iterable[str], questions: tuple[str, ...] = QUESTIONS, pace: float = 2.5
) -> list[Utterance]:
    """Ana asks, Jordan answers after each delay."""
    at, said = 1.0, []
    for n, (delay, answer) in enumerate(zip(delays, answers, strict=True)):
        question = questions[n % len(questions)]
        end = at + len(question.split()) / 2.5
        said.append(line(at, end, ANA, question))
        at = end + delay
        end = at + len(answer.split()) / pace
        said.append(line(at, end, JORDAN, answer))
        at = end + 0.7
    return said


def transcript(*said: Utterance, clock: Clock = Clock.CUES) -> Transcript:
    return Transcript(tuple(sorted(said, key=lambda u: u.span)), "WebVTT", clock)


def spoken(
    *said: Utterance, name: str | None = JORDAN, speech: tuple[Span, ...] = (), clock: Clock = Clock.CUES
) -> RoundTranscript:
    fit = IN_STEP if speech else UNKNOWN
    written = RoundTranscript(
        evidence("transcript-1", "call-1.vtt", "transcript"), transcript(*said, clock=clock), fit, speech
    )
    return with_candidate(written, name)


def a_case(*rounds: RoundTranscript | None, others: tuple[tuple[str, Transcript], ...] = ()) -> CaseObservations:
    built = [replace(a_round(n, reason="none"), transcript=t) for n, t in enumerate(rounds, 1)]
    beside = tuple(
        OtherTranscript(evidence(f"other-{n}", name, "transcript"), t) for n, (name, t) in enumerate(others, 1)
    )
    return replace(case(*built), others=beside)


def written(path: Path, said: Iterable[Utterance], offset: float = 0.0) -> Path:
    """The lines as a WebVTT file."""

    def stamp(t: Fraction) -> str:
        ms = round((float(t) + offset) * 1000)
        return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"

    cues = (f"{stamp(u.span.start)} --> {stamp(u.span.end)}\n<v {u.speaker}>{u.text}" for u in said)
    path.write_text("WEBVTT\n\n" + "\n\n".join(cues) + "\n", "utf-8")
    return path
