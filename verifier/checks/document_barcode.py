"""Does the barcode of a driving licence hold together, and does it say what is printed?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from verifier.checks.document_words import SHARPER_CODE, for_each, name_of, unread
from verifier.documents.aamva import date_conflicts, oddities
from verifier.documents.aamva_print import Agreement, Printed, against_print, said_by_barcode
from verifier.documents.visual import visual_zone
from verifier.documents.zone_print import SURELY, alike
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

if TYPE_CHECKING:
    from datetime import date

    from verifier.checks.base import CaseObservations
    from verifier.documents.aamva import Licence
    from verifier.documents.aamva_print import FieldAgreement
    from verifier.documents.reading import DocumentSeen
    from verifier.documents.visual import VisualZone

spec = CheckSpec(
    id="document-barcode",
    question="Does the barcode of the licence hold together, and does it say what is printed?",
    group=Group.DOCUMENT,
    propositions=None,
    method=(
        "The PDF417 on the back of North American licences and identity cards (AAMVA card design standard, versions 1 to 10) is "
        "read; its dates, issuer and country are held against each other and against "
        "what was found in print. No labelled public data; behaviour only."
    ),
    limits=(
        "Anybody can print a barcode: that it agrees with the print says that both were made by the same hand, not by whom. Cards "
        "in use leave fields out and break the standard's small print. A difference may be a slip of reading the print."
    ),
    follow_up="Compare the barcode's values with the card, field by field; ask for a sharper picture of both sides.",
    needs=("document",),
)
FIELDS = {
    "surname": "surname", "given_names": "given names", "number": "number", "birth": "date of birth",
    "issue": "date of issue", "expiry": "date of expiry",
}  # fmt: skip


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    looked_at = [seen for seen in case.documents if not seen.reason]
    if looked_at and not any(seen.licence or seen.barcode_unread for seen in looked_at):
        text = (
            "No barcode of a North American licence was seen; other documents have none, and it is on the card's back."
        )
        return [make.make(Outcome.NOT_APPLICABLE, text)]
    day = case.call_date or datetime.now(UTC).date()

    def one(seen: DocumentSeen) -> list[Finding]:
        if seen.licence is not None:
            return [_one(seen, seen.licence, day, make)]
        if not seen.barcode_unread:
            return []
        text = f"A barcode was seen on {name_of(seen)}, and could not be read"
        return [replace(unread(make, seen, text, "it is not sharp or not whole enough"), next_step=SHARPER_CODE)]

    return for_each(case, make, one)


def _one(seen: DocumentSeen, licence: Licence, day: date, make: FindingFactory) -> Finding:
    odd, open_ = date_conflicts(licence, day), oddities(licence)
    visual = seen.visual
    if visual is not None and seen.zone is not None:  # print was searched for what the zone says
        visual = visual_zone(visual.lines, *said_by_barcode(licence))
    printed = {name: _printed(visual, licence, name) for name in FIELDS}
    compared = against_print(licence, Printed(**{name: value for name, (value, _) in printed.items()}))  # type: ignore[arg-type]
    agreed = [FIELDS[c.field] for c in compared if c.outcome is Agreement.AGREES]
    for c in compared:
        if c.outcome is Agreement.DIFFERS:
            text = f"{_said(c)}."
            (odd if printed[c.field][1] >= SURELY else open_).append(text)
        elif c.outcome is Agreement.IN_PART:
            open_.append(f"{_said(c)}: a part may be left out or misread.")
    details = (
        *((FIELDS[c.field].capitalize(), f"barcode {c.coded or 'says nothing'}, print {c.printed or 'not read'}") for c in compared if c.field in FIELDS),
        ("Issuer", licence.issuer),
    )  # fmt: skip
    outcome = Outcome.OBSERVED if odd else Outcome.INCONCLUSIVE if open_ else Outcome.NOT_OBSERVED
    if odd or open_:
        text = f"The barcode of {name_of(seen)}: {' '.join((*odd, *open_))}"
    else:
        with_print = (
            f" It agrees with what was read in print: {', '.join(agreed)}."
            if agreed
            else " Nothing of it was found in print."
        )
        text = f"The barcode of {name_of(seen)} holds together.{with_print}"
    return make.make(outcome, text, rounds=(seen.evidence.id,), details=details)


def _said(field: FieldAgreement) -> str:
    verb, past = ("are", "were") if field.field == "given_names" else ("is", "was")
    return f"The {FIELDS[field.field]} {verb} {field.coded} in the barcode and {past} read as {field.printed} in print"


def _printed(visual: VisualZone | None, licence: Licence, name: str) -> tuple[object, float]:
    """What print says of a field, and how surely: the barcode's own value where it was found, else what stands at its label."""
    coded = getattr(licence, name)
    short = "given" if name == "given_names" else name
    if visual is None:
        return None, 0.0
    if coded and visual.field(short) is not None:
        return coded, 1.0
    there = visual.by_label(short)
    if there is None:
        return None, 0.0
    if there.days:
        return there.days[0], there.sure
    if name == "number" and alike(there.value, coded):
        return coded, there.sure
    return there.value, there.sure
