"""What the checks across cases share: the words for what a search of other cases found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.base import Sides, support_words
from verifier.findings import Finding, FindingFactory, Outcome
from verifier.likelihood import Support

if TYPE_CHECKING:
    from verifier.checks.base import CaseObservations
    from verifier.elsewhere import Hit, Search

NO_FOLDER = "No case folder was open, so nothing could be searched."
MOST_NAMED = 5


def searched(
    case: CaseObservations, search: Search | None, what: str, make: FindingFactory, sides: Sides
) -> list[Finding]:
    """Findings of a search. what: "face" or "voice"."""
    if case.elsewhere is None or search is None:
        return [make.make(Outcome.NOT_APPLICABLE, NO_FOLDER)]
    if search.reason:
        return [make.make(Outcome.NOT_AVAILABLE, f"The {what} was not looked for in other cases: {search.reason}.")]
    if not search.compared:
        return [make.make(Outcome.NOT_APPLICABLE, f"No other case holds a {what} that may be compared.")]
    if not search.hits:
        why = f"The {what} was laid beside those of {_cases(search.cases)}, but no comparison came to a ratio."
        return [make.make(Outcome.NOT_AVAILABLE, why)]
    worth = [h for h in search.hits if _is_worth(h)]
    found = [_hit(h, search, what, make, sides) for h in worth]
    return found or [
        make.make(
            Outcome.NOT_OBSERVED,
            f"The candidate's {what} was compared with those of {_cases(search.cases)}; "
            f"none is supported as {sides.same} once the size of the search is weighed in.",
            details=_ranks(search),
        )
    ]


def _is_worth(hit: Hit) -> bool:
    return hit.lr.support is Support.FIRST or (hit.same_name and hit.lr.support is Support.SECOND)


def _hit(hit: Hit, search: Search, what: str, make: FindingFactory, sides: Sides) -> Finding:
    same = hit.lr.support is Support.FIRST
    name = "the same name" if hit.same_name else "another name"
    text = (
        f"The candidate's {what} and the {what} in case {hit.case_id}, which stands under {name}: "
        f"{support_words(hit.lr, sides)}; the search of {_cases(search.cases)} is weighed in."
    )
    if same and not hit.same_name:
        text += (
            " People change their names, and close relatives look and sound alike: ask before you conclude anything."
        )
    if not same:
        text += " Two people may share a name."
    expected = min(search.compared / 10**hit.alone.log10, float(search.compared))
    chance = f"at most about {expected:.2g} of {search.compared:,} comparisons of different people are expected to be so alike"
    return make.make(
        Outcome.NOT_OBSERVED if same and hit.same_name else Outcome.OBSERVED,
        text,
        rounds=(hit.subject,),
        score=hit.score,
        lr=hit.lr,
        details=((("By chance", chance),) if same else ()) + _ranks(search),
    )


def _ranks(search: Search) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"Nearest {place}", f"case {h.case_id}: log10 LR {h.lr.log10:.1f} ({h.alone.log10:.1f} without the search)")
        for place, h in enumerate(search.hits, 1)
    )


def shared(case: CaseObservations, kinds: tuple[str, ...], none_given: str, make: FindingFactory) -> list[Finding]:
    """What is written down in other cases too, word for word."""
    elsewhere = case.elsewhere
    if elsewhere is None:
        return [make.make(Outcome.NOT_APPLICABLE, NO_FOLDER)]
    asked = [kind for kind in kinds if kind in elsewhere.asked]
    if not asked:
        return [make.make(Outcome.NOT_APPLICABLE, none_given)]
    if not elsewhere.cases:
        return [make.make(Outcome.NOT_APPLICABLE, "There is no other case to compare with.")]
    found = []
    for kind, cases in elsewhere.shared:
        if kind not in kinds:
            continue
        others = [c for c, same_name in cases if not same_name]
        named = ", ".join((others or [c for c, _ in cases])[:MOST_NAMED])
        under = "under another name" if others else "under the same name"
        text = f"The same {kind} is also in {_cases(len(others or cases))} {under}: {named}."
        found.append(make.make(Outcome.OBSERVED if others else Outcome.NOT_OBSERVED, text))
    quiet = f"Compared with {_cases(elsewhere.cases)}: {', '.join(asked)}. None of them is written down there."
    return found or [make.make(Outcome.NOT_OBSERVED, quiet)]


def _cases(count: int) -> str:
    return "1 other case" if count == 1 else f"{count:,} other cases"
