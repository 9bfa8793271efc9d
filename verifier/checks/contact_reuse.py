"""Do two cases give the same address, number or account?"""

from __future__ import annotations

from verifier.checks.across_cases import shared
from verifier.checks.base import CaseObservations
from verifier.findings import CheckSpec, Finding, FindingFactory, Group

spec = CheckSpec(
    id="contact-reuse",
    question="Are the candidate's contacts in another case, under another name?",
    group=Group.PROVENANCE,
    propositions=None,
    method=(
        "E-mail addresses, telephone numbers, profiles, shipping addresses and payment handles are compared with those of all other "
        "cases that the user may see, in one form: without case, spaces, country code and what follows a + in an address."
    ),
    limits=(
        "Families, flats and agencies share addresses and numbers, and numbers are given to new people. It says nothing about who "
        "anybody is. No labelled public data; behaviour only."
    ),
    follow_up="Ask the candidate about the contact; where an agency wrote it down, ask the agency for the candidate's own.",
    needs=("other cases",),
)
KINDS = ("e-mail address", "telephone number", "profile", "shipping address", "payment handle")


def run(case: CaseObservations) -> list[Finding]:
    return shared(case, KINDS, "No contact of the candidate was written down.", FindingFactory(spec, case.origin))
