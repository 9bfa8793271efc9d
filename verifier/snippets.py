"""The seconds that findings point to, cut out of the recordings so that the report plays them in place.

Those of what is to be looked at first come first, one of each finding before the second of any, until the size is spent.
"""

from __future__ import annotations

import logging
import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
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
    from collections.abc import Callable, Iterator, MutableMapping, Sequence
    from pathlib import Path

    from verifier.case import Round
    from verifier.findings import Finding

log = logging.getLogger(__name__)
MAX_BYTES = 6_000_000
"""Of all clips of a report; base64 adds a third."""
MOST_CLIPS = 16
MOST_S = 60.0
"""Seconds of work from which no further clip is begun: a file without keyframes is decoded from its beginning for each."""
AT_ONCE = 4
"""Clips that are cut at a time, more than cores: each waits for its decoder now and then."""
LEAD, TAIL = Fraction(1), Fraction(1, 2)
"""Seconds played before and after a span."""
LONGEST = Fraction(8)
"""Seconds of one clip: of a longer span the beginning is played."""
_WORTH = (Outcome.OBSERVED, Outcome.INCONCLUSIVE)


def clips_of(
    findings: Sequence[Finding],
    rounds: Sequence[Round],
    known: MutableMapping[tuple[str, Span], Clip | None],
    playable: Callable[[Round], Round] = lambda case_round: case_round,
) -> tuple[Clip, ...]:
    """Clips of the spans of these findings, most important first.

    known: what was cut before; None: it cannot be. playable: asked once for a round of which something is to be cut.
    """
    by_id = {r.id: r for r in rounds}
    wanted = [w for w in dict.fromkeys(_wanted(findings)) if w[0] in by_id][:MOST_CLIPS]
    new = [w for w in wanted if w not in known]
    sources = {round_id: _sources(playable(by_id[round_id])) for round_id in dict.fromkeys(r for r, _ in new)}
    deadline = time.monotonic() + MOST_S

    def cut(which: tuple[str, Span]) -> tuple[bool, Clip | None]:
        return (True, _cut(*which, *sources[which[0]])) if time.monotonic() < deadline else (False, None)

    once: dict[tuple[str, Span], tuple[str, Span]] = {}
    for round_id, span in new:
        once.setdefault((round_id, _played(span)), (round_id, span))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        made_of = dict(zip(once, pool.map(cut, once.values()), strict=True))
    for round_id, span in new:
        tried, clip = made_of[round_id, _played(span)]
        if tried:
            known[round_id, span] = clip and replace(clip, span=span)
    made: list[Clip] = []
    spent = 0
    for which in wanted:
        clip = known.get(which)
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


def _played(span: Span) -> Span:
    """From a whole second, so that findings of one moment share a clip, where that costs nothing of the span's end."""
    start = max(Fraction(0), span.start - LEAD)
    whole = Fraction(math.floor(start))
    if not whole + LONGEST < span.end <= start + LONGEST:
        start = whole
    return Span(start, min(span.end + TAIL, start + LONGEST))


def _cut(round_id: str, span: Span, pictures: Path | None, sound: Path | None) -> Clip | None:
    played = _played(span)
    if pictures is None and sound is None:
        return None
    try:
        data = cut_snippet(pictures, sound, played)
    except Exception as error:  # a clip is a convenience: whatever is wrong with a file, the report is made without it
        log.info("no clip of %s: %s", round_id, error)
        return None
    return Clip(round_id, span, played, "video/webm" if pictures else "audio/webm", data)
