"""The result of a check as HTML: findings with frames and seconds to play, one time line a round, who is who."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from verifier_ui.views import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier_ui.desk import Desk

    from verifier.findings import Finding
    from verifier.report.model import Report
    from verifier.timing import Span


def result_view(desk: Desk, *, can_keep: bool = False) -> str:
    """The findings in words, the player and the faces and voices of each round, each one click from being the candidate's.

    can_keep: there is a case folder that the files may go into.
    """
    from verifier.report.leads import leads, not_judged
    from verifier.report.prompts_view import prompts
    from verifier.report.ranking import sections

    report = desk.report
    assert report is not None, "asked before there is a result"
    parts = sections(report.findings)
    groups = [
        ("Supports the same person", "same", parts.same),
        ("No clear support either way", "undecided", parts.undecided),
        ("Nothing seen", "nothing", parts.nothing_seen),
        ("Could not see", "unseen", parts.could_not_see),
        ("Does not apply here", "other", parts.not_applicable),
    ]
    return render(
        "result.html",
        first=[
            (lead.findings[0], lead.text, tuple(dict.fromkeys(p for f in lead.findings for p in f.pictures)))
            for lead in leads(report)
            if not lead.is_quiet
        ],
        groups=[(title, kind, found) for title, kind, found in groups if found],
        unusable=report.unusable,
        not_judged=not_judged(report),
        prompts=prompts(report),
        unnamed=[r.label for r in report.rounds if _open(report, r.id)],
        people=people_of(report),
        unsure=(),
        timelines=timelines_of(report),
        zooms=_zooms(),
        kinds={r.id: "recording" for r in report.rounds if any(e.kind == "recording" for e in r.evidence)},
        can_keep=can_keep,
        can_compare=len(report.rounds) > 1,
        **shared(desk, report),
    )


def shared(desk: Desk, report: Report) -> dict[str, Any]:
    """What every template with cards and players needs."""
    return {
        "report": report,
        "token": desk.token,
        "thumbs": thumbs_of(report),
        "captions": {p.key: p.caption for p in report.pictures},
        "specs": {spec.id: spec for spec in report.checks},
        "chip": chip,
        "clip_url": _clip_urls(desk, report),
        "players": players_of(desk, report),
    }


def thumbs_of(report: Report) -> dict[str, str]:
    """Pictures of a report by key, as data URIs."""
    return {p.key: picture_uri(p.jpeg) for p in report.pictures}


def picture_uri(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")


def players_of(desk: Desk, report: Report) -> list[tuple[str, str, str, str]]:
    """Round id, label, file name and address of what can be played: the uploaded recordings themselves."""
    held = {h.path: h for h in desk.recordings}
    found = []
    for r in report.rounds:
        recording = next((held[e.path] for e in r.evidence if e.path in held), None)
        if recording is not None:
            found.append((r.id, r.label, recording.name, f"/desk/{desk.token}/media/{recording.id}"))
    return found


def timelines_of(report: Report) -> list[Any]:
    """Drawn time lines, one a round."""
    from verifier.report.timeline_view import drawn

    pictures = {p.key: p for p in report.pictures}
    return [drawn(t, report.findings, pictures, (), {}) for t in report.timelines]


def report_view(desk: Desk) -> str:
    """The whole report in a frame of its own that can run nothing but what the report brings."""
    from verifier.report.html_report import to_html

    assert desk.report is not None, "asked before there is a result"
    return render("report_frame.html", html=to_html(desk.report, in_frame=True))


def _zooms() -> tuple[int, ...]:
    from verifier.report.timeline_view import ZOOMS

    return ZOOMS


def people_of(report: Report) -> list[tuple[Any, list[Any], list[Any]]]:
    """Each round with its faces and its voices."""
    return [
        (r, [p for p in report.participants if p.round_id == r.id], [s for s in report.speakers if s.round_id == r.id])
        for r in report.rounds
    ]


def _clip_urls(desk: Desk, report: Report) -> Callable[[str, Span], str]:
    """Round id and span -> where its seconds are, for recordings that the browser cannot play; "" where none were cut."""
    known = {(c.round_id, c.span): f"/desk/{desk.token}/clip/{n}" for n, c in enumerate(report.clips)}
    return lambda round_id, span: known.get((round_id, span), "")


def _open(report: Report, round_id: str) -> bool:
    """Faces were seen in the round and nobody was taken for the candidate."""
    people = [p for p in report.participants if p.round_id == round_id]
    return bool(people) and not any(p.is_candidate for p in people)


def chip(finding: Finding) -> tuple[str, str]:
    """Tone and words of the mark on a card; the tone never stands alone."""
    from verifier.findings import Group, Outcome
    from verifier.likelihood import Support
    from verifier.report.words import VOICE_WORDS, elsewhere, of_voices

    if finding.outcome in (Outcome.NOT_AVAILABLE, Outcome.ERROR):
        return "unseen", "could not see"
    if finding.lr is None or finding.group is not Group.IDENTITY:  # ratios of other groups are not about who it is
        return ("look", "look at this") if finding.outcome is Outcome.OBSERVED else ("plain", "")
    if found := elsewhere(finding):
        return "look", f"look at this: {found}"
    tone = {Support.FIRST: "same", Support.SECOND: "different"}.get(finding.lr.support, "plain")
    if tone == "plain":
        return tone, "no clear support either way"
    words = VOICE_WORDS[tone] if of_voices(finding) else "the same person" if tone == "same" else "different people"
    return tone, f"{'open: ' if finding.outcome is Outcome.INCONCLUSIVE else ''}supports {words}"
