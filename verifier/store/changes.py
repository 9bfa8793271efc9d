"""What a report says otherwise than the one before it, in sentences."""

from __future__ import annotations

from typing import Any

_WORDS = {
    "observed": "look at this",
    "not_observed": "nothing to look at",
    "inconclusive": "no clear support either way",
    "not_available": "could not be seen",
    "not_applicable": "does not apply",
    "error": "the check stopped",
}


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    """Versions first, since they are why an unchanged file may look otherwise; then findings. Both are reports as JSON."""
    try:
        old, theirs = _versions(before), _findings(before)
    except (KeyError, TypeError, AttributeError):
        return ()  # an imported case may hold anything as its report
    new, ours = _versions(after), _findings(after)
    lines = [f"{what}: {old.get(what, 'none')} before, {new.get(what, 'none')} now" for what in old | new
             if old.get(what) != new.get(what)]  # fmt: skip
    for key, outcomes in ours.items():
        earlier = theirs.get(key)
        if earlier is not None and earlier != outcomes:
            lines.append(f"{_name(key)}: {_said(earlier)} before, {_said(outcomes)} now")
    lines += [f"{_name(key)}: new" for key in ours if key not in theirs]
    lines += [f"{_name(key)}: no longer there" for key in theirs if key not in ours]
    return tuple(lines)


_Key = tuple[str, tuple[str, ...]]


def _versions(report: dict[str, Any]) -> dict[str, str]:
    return {pair["label"]: pair["value"] for pair in report["versions"]}


def _findings(report: dict[str, Any]) -> dict[_Key, list[str]]:
    found: dict[_Key, list[str]] = {}
    for finding in report["findings"]:
        found.setdefault((finding["check"], tuple(finding["rounds"])), []).append(finding["outcome"])
    return found


def _name(key: _Key) -> str:
    check, subjects = key
    return f"{check}, {' and '.join(subjects)}" if subjects else check


def _said(outcomes: list[str]) -> str:
    return "; ".join(_WORDS.get(o, o) for o in outcomes)
