"""Cases as HTML: the list, and one case with its evidence, what people wrote down and what may be kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from verifier_ui.result_views import chip, picture_uri, thumbs_of
from verifier_ui.views import render

from verifier.case_desk import PURPOSE_WORDS, Purpose, mark_of
from verifier.decision import CHOICES
from verifier.kept_report import cases_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from verifier.case_desk import CaseDesk
    from verifier.case_view import CaseView
    from verifier.store.taken import Taken

NO_FOLDER = "No case folder is open: make one with “verifier store new --store FOLDER”, then start the pages with “verifier ui --store FOLDER”"
NEEDS_CONSENT = "Write down first, in the case, what the candidate consented to: without it nothing may be kept."
LOG_WORDS = {
    "add note": "wrote a note", "add word": "wrote down the candidate's word", "add decision": "wrote a decision",
    "replace decision": "added to a decision", "add run": "a report was kept", "add round": "a round was added",
    "add reference": "a photo or ID was added", "add media": "a file was kept", "add transcript": "a transcript was kept",
    "add observation": "faces and voices of a round or photo were kept", "replace observation": "the earlier ones were replaced",
    "add reading": "what a document says was kept", "replace reading": "the earlier one was replaced",
    "add clips": "cut seconds were kept", "replace clips": "the earlier ones were replaced",
    "add consent": "wrote a consent down", "replace consent": "changed a consent",
    "add not the same": "said that another case is somebody else's", "hold": "put it on legal hold",
    "open kept report": "opened the latest report", "open kept file": "opened a kept file",
    "new case": "opened the case", "change case": "changed the candidate's details", "change who may see it": "changed who may see it", "open case": "looked at the case", "export": "copied the case into a file",
    "candidate copy": "made a copy for the candidate",
}  # fmt: skip
"""Actions of the log as the page says them; others as they are."""
MOST_LISTED = 50
PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def change_words(lines: Iterable[str], questions: Mapping[str, str]) -> list[str]:
    """What a report says otherwise than the one before, with what a check asks in place of its id. questions: by id."""
    found = []
    for line in lines:
        check = re.split("[,:]", line, maxsplit=1)[0]
        found.append(f"{questions[check]} {line[len(check) :].lstrip(',: ')}" if check in questions else line)
    return found


def list_view(cases: CaseDesk, text: str) -> str:
    """The newest cases that match, and how many there are."""
    found = cases.cases(text)
    return render("case_list.html", lines=found[:MOST_LISTED], count=len(found), text=text)


def case_view(
    cases: CaseDesk,
    case_id: str,
    *,
    login: str,
    may_review: bool = True,
    opened: bool = False,
    asking: Sequence[Purpose] = (),
    problem: str = "",
) -> str:
    """One case. login: who is logged in; empty: people type their names. may_review: decide, hold and take back. asking: consent that is about to be taken back."""
    from verifier.report.leads import not_judged
    from verifier.report.prompts_view import prompts
    from verifier.report.ranking import look_first, sections

    view = cases.look(case_id, opened=opened, with_pictures=True)
    apart_by = {e.record.other_case: f", says {e.record.reviewer}, {e.created[:10]}" for e in view.of("not the same")}
    about = [(f, cases_in(f.statement) - {case_id}) for f in view.findings]
    settled = [(f, named) for f, named in about if named and named <= view.apart.keys()]
    still = [f for f, named in about if not (named and named <= view.apart.keys())]
    parts = sections(still)
    groups = [
        ("Supports the same person", parts.same), ("No clear support either way", parts.undecided),
        ("Nothing seen", parts.nothing_seen), ("Could not see", parts.could_not_see),
    ]  # fmt: skip
    decisions = [e.record for e in view.of("decision")]
    return render(
        "case.html",
        view=view, case_id=case_id, login=login, may_review=may_review, problem=problem,
        first=look_first(still), apart_by=apart_by, log_words=LOG_WORDS,
        settled=[(f, "Remembered as two people" + "; ".join(apart_by.get(c, "") for c in sorted(named)) + ".") for f, named in settled], groups=[(title, found) for title, found in groups if found],
        details_mark=mark_of(view.line.candidate), prompts=prompts(view.report) if view.report else None, not_judged=not_judged(view.report) if view.report else "",
        specs=view.specs, chip=chip, clip_url=lambda *_: "", thumbs=thumbs_of(view.report) if view.report else {},
        captions={p.key: p.caption for p in view.report.pictures} if view.report else {},
        changes=change_words(view.latest.record.changes if view.latest else (), {k: s.question for k, s in view.specs.items()}),
        kept=_kept(view, cases.taken(case_id)), decisions=decisions, open_decision=decisions[-1] if decisions and not decisions[-1].confirmed else None,
        choices=CHOICES, purposes=PURPOSE_WORDS,
        asking=asking, would_go=cases.would_go(case_id, asking) if asking else [],
    )  # fmt: skip


def _kept(view: CaseView, taken: Mapping[str, Taken]) -> dict[str, list[dict[str, Any]]]:
    """Rounds and references with the addresses of those of their files that are kept."""
    may_play = Purpose.RECORDINGS in view.allowed
    media = {e.record.sha256: f"/case/{view.line.id}/media/{e.number}" for e in view.of("media") if may_play}

    def file(kept: Any) -> dict[str, Any]:
        is_picture = kept.name.lower().endswith(PICTURES)
        return {"name": kept.name, "kind": kept.kind, "url": media.get(kept.sha256, ""), "is_picture": is_picture}

    def face(round_id: str) -> dict[str, Any]:
        found = taken.get(round_id)
        return {"taken": found, "face": picture_uri(found.jpeg) if found and found.jpeg else ""}

    rounds = [
        {"id": e.record.round_id, "label": e.record.label, "date": e.record.date, "present": e.record.present, "files": [file(f) for f in e.record.files]} | face(e.record.round_id)
        for e in view.of("round")
    ]  # fmt: skip
    return {"rounds": rounds, "references": [file(e.record.file) for e in view.of("reference")]}
