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
    """Versions first, since they are why an unchanged file may look otherwise; then findings. Both are reports as JSON.

    What is said of a new round alone is no change: the round is named. Where it takes part in what was compared before, the outcome counts.
    """
    try:
        old, theirs, were = _versions(before), _findings(before), _subjects(before)
    except (KeyError, TypeError, AttributeError):
        return ()  # an imported case may hold anything as its report
    new, ours, are = _versions(after), _findings(after), _subjects(after)
    lines = [f"{what}: {old.get(what, 'none')} before, {new.get(what, 'none')} now" for what in old | new
             if old.get(what) != new.get(what)]  # fmt: skip
    lines += [f"{label} was added" for subject, label in are.items() if subject not in were]
    lines += [f"{label} is not there any more" for subject, label in were.items() if subject not in are]
    labels, moved = were | are, were.keys() ^ are.keys()
    for check in dict.fromkeys(key[0] for key in (*ours, *theirs)):
        mine = {key: outcomes for key, outcomes in ours.items() if key[0] == check}
        earlier = {key: outcomes for key, outcomes in theirs.items() if key[0] == check}
        lines += [f"{_name(key, labels)}: {_said(earlier[key])} before, {_said(outcomes)} now"
                  for key, outcomes in mine.items() if key in earlier and earlier[key] != outcomes]  # fmt: skip
        new_keys, gone = [k for k in mine if k not in earlier], [k for k in earlier if k not in mine]
        if new_keys and gone:
            then, now = ([o for k in keys for o in found[k]] for keys, found in ((gone, earlier), (new_keys, mine)))
            if set(then) != set(now):
                lines.append(f"{check}: {_said(then)} before, {_said(now)} now")
            continue
        lines += [f"{_name(k, labels)}: new" for k in new_keys if not moved & set(k[1])]
        lines += [f"{_name(k, labels)}: no longer there" for k in gone if not moved & set(k[1])]
    return tuple(lines)


_Key = tuple[str, tuple[str, ...]]


def _versions(report: dict[str, Any]) -> dict[str, str]:
    return {pair["label"]: pair["value"] for pair in report["versions"]}


def _findings(report: dict[str, Any]) -> dict[_Key, list[str]]:
    found: dict[_Key, list[str]] = {}
    for finding in report["findings"]:
        found.setdefault((finding["check"], tuple(finding["rounds"])), []).append(finding["outcome"])
    return found


def _subjects(report: dict[str, Any]) -> dict[str, str]:
    """Id of each round and reference -> what people call it."""
    rounds = {r["id"]: r["label"] for r in report["rounds"]}
    return rounds | {e["id"]: e["name"] for e in report["evidence"] if e["round"] is None}


def _name(key: _Key, labels: dict[str, str]) -> str:
    check, subjects = key
    return f"{check}, {' and '.join(labels.get(s, s) for s in subjects)}" if subjects else check


def _said(outcomes: list[str]) -> str:
    return "; ".join(dict.fromkeys(_WORDS.get(o, o) for o in outcomes))
