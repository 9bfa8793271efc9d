"""How well a transcript is told to belong to a recording: `python -m tests.benchmarks.transcripts` prints the figures.

Calls of two readers in turns are made from the shared LibriSpeech recordings; transcripts are made from the speech that is heard
in the readings alone, with the coarseness of real ones: joined over short pauses, edges off, lines missing, shifted in time.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np

from verifier.media.recording import Recording
from verifier.observe.speech import RATE, SpeechFinder, SpeechNetwork
from verifier.timing import Span, merge_spans
from verifier.transcript import Clock, Transcript, Utterance
from verifier.transcript_fit import Step, TranscriptFit, fit

SHIFT_S = 37.4
"""Offset of every made transcript."""
FINE, COARSE = (Fraction(3, 5), 0.25, 0.1), (Fraction(3, 2), 0.5, 0.2)
"""Pauses over which lines are joined; how far edges are off (standard deviation, seconds); share of lines that are missing."""


def readings(folder: Path) -> list[list[Span]]:
    """Speech of every reading, by a finder that hears it alone; last span: its length."""
    network, found = SpeechNetwork(), []
    for path in sorted(folder.glob("*/*.flac")):
        sound = np.concatenate([b.samples for b in Recording(path).audio()])
        finder = SpeechFinder(network)
        finder.feed(Fraction(0), sound)
        finder.finish()
        end = Fraction(len(sound), RATE)
        found.append([*finder.spans, Span(end, end)])
    return found


def call(parts: Sequence[list[Span]], rng: np.random.Generator) -> list[Span]:
    """Speech of a call that has these readings in turn, pauses of 0.2 to 2 s between them."""
    at, spans = Fraction(0), []
    for part in parts:
        spans += [Span(at + s.start, at + s.end) for s in part[:-1]]
        at += part[-1].end + Fraction(int(rng.integers(200, 2000)), 1000)
    return spans


def written(
    speech: Sequence[Span],
    rng: np.random.Generator,
    how: tuple[Fraction, float, float],
    rate: float = 1.0,
    shift: float = SHIFT_S,
) -> Transcript:
    """A transcript of it, on a clock of its own."""
    lines, (joined, edge, lost) = [], how
    for span in merge_spans(list(speech), joined):
        if rng.random() < lost:
            continue
        start, end = ((float(t) + rng.normal(0, edge)) / rate + shift for t in (span.start, span.end))
        lines.append(
            Span(Fraction(round(max(0.0, start) * 1000), 1000), Fraction(round(max(start, end, 0.0) * 1000), 1000))
        )
    made = tuple(Utterance(s, "", "words") for s in sorted(lines))
    return Transcript(made, "made", Clock.CUES)


def main(data: Path) -> None:
    """Prints counts by length of call: own transcripts, those of other calls, and one with drift."""
    pool = readings(data / "voice" / "librispeech")
    pairs = [(i, j) for a, b in combinations(range(12), 2) for i, j in ((a, b), (b, a))]
    for turns, how, name in (
        *((t, FINE, "fine") for t in (6, 12, 40, 160)),
        (40, COARSE, "coarse"),
        (160, COARSE, "coarse"),
    ):
        rng = np.random.default_rng(turns)
        calls = [
            call([pool[i] for i in rng.choice(len(pool), turns, replace=turns > len(pool))], rng) for _ in range(12)
        ]
        papers = [written(c, rng, how) for c in calls]
        own = [fit(p, c) for p, c in zip(papers, calls, strict=True)]
        others = [fit(papers[i], calls[j]) for i, j in pairs]
        at_once = [written(c, rng, how, shift=0.0) for c in calls]
        drifting = [fit(written(c, rng, how, 1.0005), c) for c in calls]
        minutes = np.mean([float(c[-1].end) / 60 for c in calls])
        near = sum(f.step is Step.IN_STEP and abs(float(f.offset) + SHIFT_S) < 0.3 for f in own)
        print(f"calls of {minutes:.1f} min, {name} lines: {_counts(own)}; {near} with the offset within 0.3 s")
        print(f"  lines of another call: {_counts(others)}")
        print(f"  begun together: {_counts([fit(p, c) for p, c in zip(at_once, calls, strict=True)])}")
        print(f"  begun together with another call: {_counts([fit(at_once[i], calls[j]) for i, j in pairs])}")
        rates = " ".join(f"{float(f.rate - 1) * 60_000:+.0f}" for f in drifting)
        print(f"  drift of +30 ms a minute: {_counts(drifting)}; read as {rates}")


def _counts(fits: Sequence[TranscriptFit]) -> str:
    values = [f.stands_out for f in fits if f.stands_out is not None]
    counts = ", ".join(f"{sum(f.step is step for f in fits)} {step}" for step in Step)
    return f"{counts} (of {len(fits)}; stands out {min(values):.1f} to {max(values):.1f})"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/data"))
