"""Has this face been here before, under another name? And is a namesake somebody else?"""

from __future__ import annotations

from verifier.checks.across_cases import searched
from verifier.checks.base import FACE_PROPOSITIONS, FACES, CaseObservations
from verifier.findings import CheckSpec, Finding, FindingFactory, Group

spec = CheckSpec(
    id="cross-case-face",
    question="Is this face in another case, under the same name or another one?",
    group=Group.IDENTITY,
    propositions=FACE_PROPOSITIONS,
    method=(
        "The candidate's face in each round and reference is compared with the templates of all other cases that the user may see "
        "and whose candidates consented to it. The ratio of the most alike pair is divided by the number of pairs searched, "
        "because the nearest of many is near by chance. Cases under the same name are compared in any event."
    ),
    limits=(
        "It finds only who is in the folder, consented, and was looked at by the same models. The larger the folder, the more it "
        "takes to stand out. It cannot tell close relatives or twins apart. No labelled public data of applicants exist; the ratio "
        "rests on the face calibration."
    ),
    follow_up="Open both cases and lay the pictures side by side; ask the candidate. If they are two people, write it down, and it is not asked again.",
    needs=("faces", "templates", "other cases"),
)


def run(case: CaseObservations) -> list[Finding]:
    found = case.elsewhere.faces if case.elsewhere else None
    return searched(case, found, "face", FindingFactory(spec, case.origin), FACES)
