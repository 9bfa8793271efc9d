"""Which findings a reader meets first.

The order carries no total and no threshold of its own:

1. OBSERVED with a likelihood ratio, the strongest first: its strength was measured, so it can be compared.
2. OBSERVED without one: worth a look, but nobody knows how much it weighs, so it must not push a measured one down.
   Among these the group decides (who it is before how it was made), then the order of the catalogue.
3. INCONCLUSIVE identity findings: the comparison was made and did not answer the question that matters most, so the
   reader should hear of it before the list ends. They never come before something that was observed.

Other inconclusive findings wait in a fold-out: they say neither "look" nor "nothing there".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.findings import Finding, Group, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

_GROUPS = tuple(Group)


@dataclass(frozen=True)
class Sections:
    """The findings that are not worth a look first, each once, in the part of the report where it is shown."""

    undecided: tuple[Finding, ...]
    same: tuple[Finding, ...]
    """Comparisons that support the same person or voice."""
    nothing_seen: tuple[Finding, ...]
    could_not_see: tuple[Finding, ...]
    """Not available, and checks that stopped with an error."""
    not_applicable: tuple[Finding, ...]


def strength(finding: Finding) -> float:
    """Absolute log10 of the ratio, 0 without one; for ordering only."""
    return abs(finding.lr.log10) if finding.lr else 0.0


def look_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """All findings worth a look, best first, in the order this module describes."""
    worth = [f for f in findings if _tier(f) is not None]
    return tuple(sorted(worth, key=lambda f: (_tier(f), -strength(f), _GROUPS.index(f.group))))


def sections(findings: Iterable[Finding]) -> Sections:
    """What `look_first` leaves, sorted into the parts of the report."""
    listed = tuple(findings)

    def having(*outcomes: Outcome) -> tuple[Finding, ...]:
        return tuple(f for f in listed if f.outcome in outcomes and _tier(f) is None)

    quiet = having(Outcome.NOT_OBSERVED)
    return Sections(
        undecided=having(Outcome.INCONCLUSIVE),
        same=tuple(f for f in quiet if _is_sameness(f)),
        nothing_seen=tuple(f for f in quiet if not _is_sameness(f)),
        could_not_see=having(Outcome.NOT_AVAILABLE, Outcome.ERROR),
        not_applicable=having(Outcome.NOT_APPLICABLE),
    )


def _is_sameness(finding: Finding) -> bool:
    return finding.group is Group.IDENTITY and finding.lr is not None


def _tier(finding: Finding) -> int | None:
    """0, 1 or 2 as in the module's list; None: not worth a look first."""
    if finding.outcome is Outcome.OBSERVED:
        return 0 if finding.lr else 1
    if finding.outcome is Outcome.INCONCLUSIVE and finding.group is Group.IDENTITY:
        return 2
    return None
