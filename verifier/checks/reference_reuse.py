"""Was this document, photo or recording handed in before, in another case?"""

from __future__ import annotations

from verifier.checks.across_cases import shared
from verifier.checks.base import CaseObservations
from verifier.findings import CheckSpec, Finding, FindingFactory, Group

spec = CheckSpec(
    id="reference-reuse",
    question="Is the same document number or the very same file in another case?",
    group=Group.IDENTITY,
    propositions=None,
    method="Document numbers, and the SHA-256 of every photo and recording, are compared with those of all other cases that the user may see.",
    limits=(
        "A file that was saved again, cropped or photographed anew is another file; its face is looked for by cross-case-face. A "
        "document number may have been typed wrongly. No labelled public data; behaviour only."
    ),
    follow_up="Open both cases; compare what is printed on the documents, and ask for the document beside the face in a call.",
    needs=("other cases",),
)
KINDS = ("document number", "file")


def run(case: CaseObservations) -> list[Finding]:
    none = "No document number was written down and no file was handed in."
    return shared(case, KINDS, none, FindingFactory(spec, case.origin))
