"""Clips as the page plays them: each is embedded once, beside the first finding that points to it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.findings import Outcome
from verifier.report.ranking import look_first
from verifier.timing import Span, clock

if TYPE_CHECKING:
    from verifier.findings import Finding
    from verifier.report.model import Clip, Report


@dataclass(frozen=True)
class DrawnClip:
    """`id` is its anchor, `src` its data URI, `beside` the number of the finding that it stands beside."""

    id: str
    src: str
    tag: str
    """"video" or "audio"."""
    caption: str
    beside: int


Clips = dict[tuple[str, Span], DrawnClip]


def drawn_clips(report: Report) -> Clips:
    """The clips by round and span, in the order of the report."""
    numbers = {id(f): number for number, f in enumerate(report.findings, 1)}
    ranked = [*look_first(report.findings), *report.findings]
    owners: dict[tuple[str, Span], Finding] = {}
    for finding in ranked:
        for span in finding.spans if finding.rounds else ():
            owners.setdefault((finding.rounds[0], span), finding)
    labels = {r.id: r.label for r in report.rounds}
    drawn: Clips = {}
    for clip in report.clips:
        owner = owners.get((clip.round_id, clip.span))
        if owner is not None:
            caption = _caption(clip, labels.get(clip.round_id, clip.round_id))
            drawn[clip.round_id, clip.span] = DrawnClip(
                f"clip-{len(drawn) + 1}", _uri(clip), clip.mime.partition("/")[0], caption, numbers[id(owner)]
            )
    return drawn


def without_clip(finding: Finding, clips: Clips) -> list[Span]:
    """The spans of a finding to look at for which the recording itself has to be played; none where no clips are."""
    if not clips or finding.outcome not in (Outcome.OBSERVED, Outcome.INCONCLUSIVE):
        return []
    where = finding.rounds[0] if finding.rounds else ""
    return [span for span in finding.spans if (where, span) not in clips]


def _uri(clip: Clip) -> str:
    return f"data:{clip.mime};base64,{base64.b64encode(clip.data).decode('ascii')}"


def _caption(clip: Clip, label: str) -> str:
    """ "Round 1, 00:12–00:20"; of a long span it says that more follows."""
    more = ", its beginning" if clip.played.end < clip.span.end else ""
    return f"{label}, {clock(clip.played.start)}–{clock(clip.played.end)}{more}"
