"""Was the picture of the document edited after it was taken, or taken from a screen? Hints, capped, with a place to look."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.checks.document_words import for_each, name_of
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome

if TYPE_CHECKING:
    from verifier.checks.base import CaseObservations
    from verifier.documents.editing import EditingTraces
    from verifier.documents.reading import DocumentSeen

spec = CheckSpec(
    id="document-editing",
    question="Was the picture of the document changed after it was taken, or taken from a screen?",
    group=Group.DOCUMENT,
    propositions=None,
    method=(
        "The picture is saved again as JPEG at many qualities: a part that changes where the rest hardly does was saved fewer times than "
        "the rest. A screen's rows and columns are looked for as single frequencies. Signs of the machine-readable zone are laid over drawings of OCR-B and of "
        "other typefaces. Programs that the file names are "
        "listed and weigh nothing."
    ),
    limits=(
        "A hint, not a proof: it has no likelihood ratio, and it is measured on edits made here, on generated cards and published specimens; there is no "
        "public data of edited documents. Sending a picture through a chat wipes out the trace of a pasted part, and a careful edit before printing leaves none. "
        "Some genuine zones are printed in another typeface, and a careful hand types in OCR-B. A portrait cropped and put back by a scanning program can look the same, and a document on the screen of a "
        "phone may be an honest digital one."
    ),
    follow_up="Look at the outlined part, and ask to see the document itself, held and tilted, in a video call.",
    needs=("document",),
)
_PARTS = {
    "portrait": "the portrait", "surname": "the surname", "given_names": "the given names", "number": "the document number", "birth": "the date of birth",
    "expiry": "the date of expiry", "issue": "the date of issue",
}  # fmt: skip


def run(case: CaseObservations) -> list[Finding]:
    return for_each(case, FindingFactory(spec, case.origin), lambda seen: [_one(seen, case.origin)])


def _one(seen: DocumentSeen, origin: str) -> Finding:
    if seen.traces is None:
        make, why = FindingFactory(spec, origin), seen.reason or "the picture was not looked at for them"
        found = make.make(
            Outcome.NOT_AVAILABLE,
            f"In {name_of(seen)}, traces of editing could not be looked for: {why}.",
            next_step=_ASK,
        )
    else:
        found = findings(name_of(seen), seen.traces, origin)
    shown = seen.traces is not None and bool(seen.traces.to_outline)
    return replace(found, rounds=(seen.evidence.id,), pictures=(picture_key(seen),) if shown else ())


def picture_key(seen: DocumentSeen) -> str:
    """Of the picture that outlines the parts, where a report has one."""
    return f"{seen.evidence.id}#traces"


def findings(name: str, traces: EditingTraces, origin: str = "") -> Finding:
    """What is said of one picture. `name`: how its reader knows it, as "the document id.jpg"."""
    make = FindingFactory(spec, origin)
    details = tuple(("Program named in the file", f"{where}: {program}") for where, program in traces.programs)
    said = []
    parts = [_part(region.name) for region in traces.regions if region.stands_out]
    if parts:
        verb = "was" if len(parts) == 1 else "were"
        said.append(
            f"{_listed(parts)} {verb} saved fewer times than the rest of the picture, as parts that are put in later are"
        )
    if traces.other_typeface:
        numbers = [name.removeprefix("line") for name in traces.other_typeface]
        said.append(
            f"signs of line{'s' * (len(numbers) > 1)} {_listed(numbers)} of the machine-readable zone look like another typeface than OCR-B, in which zones are printed"
        )
    if traces.on_screen:
        said.append(
            "it shows the fine grid of a screen: the picture may have been taken of a screen and not of the document"
        )
    if said:
        return make.make(Outcome.OBSERVED, f"In {name}, {'; and '.join(said)}.", details=details)
    judged = [r for r in traces.regions if r.missing is not None] if traces.savings > 1 else []
    if traces.screen is None and traces.other_typeface is None and not judged:
        why = "the picture is too small to look for traces of editing"
        return make.make(Outcome.NOT_AVAILABLE, f"In {name}: {why}.", details=details, next_step=_ASK)
    seen = ["no grid of a screen"] if traces.screen is not None else []
    seen += ["no part with another history of saving"] if judged else []
    seen += ["no sign of the zone in another typeface"] if traces.other_typeface is not None else []
    text = f"In {name}, {_listed(seen)} was seen."
    if not judged:
        text += " Whether parts were put in could not be judged: the picture shows no earlier saving, or is too small."
    return make.make(Outcome.NOT_OBSERVED, f"{text} This does not prove that it is unchanged.", details=details)


_ASK = "Ask for the original picture as the camera or the scanner made it."


def _part(name: str) -> str:
    if name.startswith("line"):
        return f"line {name.removeprefix('line')} of the machine-readable zone"
    return _PARTS.get(name, name.replace("_", " "))


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
