"""A report that a case keeps, read back for its page: the findings in words, with the seconds to play; no picture is in it."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verifier.findings import Finding, Group, Outcome
from verifier.likelihood import LikelihoodRatio
from verifier.timing import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_CASE = re.compile(r"\bc-[0-9a-f]{10}\b")


def cases_in(text: str) -> set[str]:
    """Ids of the cases that a text names."""
    return set(_CASE.findall(text))


def read_back(report: str, visible: Collection[str]) -> tuple[tuple[Finding, ...], dict[str, dict[str, str]]] | None:
    """Findings and what is known of their checks, from a report as `report.json_report` writes it; None: somebody else wrote it."""
    try:
        said = json.loads(report)
        specs = {s["id"]: {k: str(s[k]) for k in ("question", "limits", "follow_up")} for s in said["checks"]}
        found = tuple(_finding(f, visible) for f in said["findings"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return (found, specs) if specs.keys() >= {f.check for f in found} else None


def _finding(said: dict[str, Any], visible: Collection[str]) -> Finding:
    ratio = said["log10_lr"]
    return Finding(
        said["check"], Group(said["group"]), Outcome(said["outcome"]),
        _CASE.sub(lambda m: m[0] if m[0] in visible else "(one that you may not see)", said["statement"]),
        next_step=said["next_step"], rounds=tuple(said["rounds"]), spans=tuple(map(_span, said["spans"])),
        lr=_ratio(ratio) if ratio else None,
    )  # fmt: skip


def _ratio(said: dict[str, Any]) -> LikelihoodRatio:
    """A bound that JSON cannot say is open."""
    lower, upper = said["lower"], said["upper"]
    return LikelihoodRatio(
        said["value"], -math.inf if lower is None else lower, math.inf if upper is None else upper, said["calibration"]
    )


def _span(said: Sequence[float]) -> Span:
    start, end = (Fraction(str(seconds)) for seconds in said)
    return Span(start, end)
