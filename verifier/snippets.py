"""The seconds that findings point to, cut out of the recordings so that the report plays them in place.

Those of what is to be looked at first come first, one of each finding before the second of any, until the size is spent.
"""

from __future__ import annotations

import logging
import time
from fractions import Fraction
from itertools import zip_longest
from typing import TYPE_CHECKING

from verifier.findings import Outcome
from verifier.media.recording import probe
from verifier.media.snippet import cut_snippet
from verifier.media.types import MediaError
from verifier.report.model import Clip
from verifier.report.ranking import look_first
from verifier.timing import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping, Sequence
    from pathlib import Path

    from verifier.case import Round
    from verifier.findings import Finding

log = logging.getLogger(__name__)
MAX_BYTES = 6_000_000
"""Of all clips of a report; base64 adds a third."""
MOST_CLIPS = 16
MOST_S = 60.0
"""Seconds of work from which no further clip is begun: a file without keyframes is decoded from its beginning for each."""
LEAD, TAIL = Fraction(1), Fraction(1, 2)
"""Seconds played before and after a span."""
LONGEST = Fraction(8)
"""Seconds of one clip: of a longer span the beginning is played."""
_WORTH = (Outcome.OBSERVED, Outcome.INCONCLUSIVE)


def clips_of(
    findings: Sequence[Finding], rounds: Sequence[Round], known: MutableMapping[tuple[str, Span], Clip | None]
) -> tuple[Clip, ...]:
    """Clips of the spans of these findings, most important first. known: what was cut before; None: it cannot be."""
    by_id = {r.id: r for r in rounds}
    sources: dict[str, tuple[Path | None, Path | None]] = {}
    made: list[Clip] = []
    spent, started = 0, time.monotonic()
    for round_id, span in dict.fromkeys(_wanted(findings)):
        if len(made) == MOST_CLIPS or spent >= MAX_BYTES:
            break
        if round_id not in by_id:
            continue
        if (round_id, span) not in known and time.monotonic() - started < MOST_S:
            if round_id not in sources:
                sources[round_id] = _sources(by_id[round_id])
            known[round_id, span] = _cut(round_id, span, *sources[round_id])
        clip = known.get((round_id, span))
        if clip is not None and spent + len(clip.data) <= MAX_BYTES:
            made.append(clip)
            spent += len(clip.data)
    return tuple(made)


def _wanted(findings: Sequence[Finding]) -> Iterator[tuple[str, Span]]:
    worth = [f for f in look_first(findings) if f.rounds]
    worth += [f for f in findings if f.outcome in _WORTH and f.rounds and all(f is not w for w in worth)]
    for row in zip_longest(*([(f.rounds[0], span) for span in f.spans] for f in worth)):
        yield from (wanted for wanted in row if wanted is not None)


def _sources(of: Round) -> tuple[Path | None, Path | None]:
    """The files whose picture and whose sound are played: its own where there is one, else the first that has some."""
    pictures = sound = None
    for evidence in of.evidence:
        try:
            facts = probe(evidence.path)
        except (MediaError, OSError):
            continue
        pictures = pictures or (evidence.path if facts.video else None)
        sound = sound or (evidence.path if facts.audio else None)
    return pictures, sound


def _cut(round_id: str, span: Span, pictures: Path | None, sound: Path | None) -> Clip | None:
    start = max(Fraction(0), span.start - LEAD)
    played = Span(start, min(span.end + TAIL, start + LONGEST))
    if pictures is None and sound is None:
        return None
    try:
        data = cut_snippet(pictures, sound, played)
    except Exception as error:  # a clip is a convenience: whatever is wrong with a file, the report is made without it
        log.info("no clip of %s: %s", round_id, error)
        return None
    return Clip(round_id, span, played, "video/webm" if pictures else "audio/webm", data)
