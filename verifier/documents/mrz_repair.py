"""What a zone must obey, used to put readings right: the grammar of names, and check digits.

A repair goes only toward what the readers held possible, and only where one way stands out; each is listed.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.documents.mrz import check, checks_of
from verifier.documents.mrz_formats import ALPHABET
from verifier.documents.zone_reading import Repair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.documents.mrz_formats import CheckDigit, Format

REPAIR_COST, REPAIR_MARGIN = 7.0, 1.0
"""Natural log odds: what a repair may cost, and by how much the next one must cost more."""


def likeliest_text(logs: NDArray[np.float64]) -> str:
    """The likeliest text: the likeliest character of every cell."""
    return "".join(ALPHABET[k] for k in logs.argmax(axis=1))


def with_name_grammar(logs: Sequence[NDArray[np.float64]], layout: Format) -> list[str]:
    """The likeliest text whose names hold no letter between trailing fillers that hardly looks like one."""
    lines = [likeliest_text(line) for line in logs]
    for n, start, end in layout.name_spans():
        text = _likeliest_name(logs[n][start:end])
        lines[n] = lines[n][:start] + text + lines[n][end:]
    return lines


def _likeliest_name(logs: NDArray[np.float64]) -> str:
    """Viterbi over: 0 letters, 1 one filler, 2 two fillers, 3 the end. A letter after the end costs what a slip costs."""
    letters = np.arange(11, len(ALPHABET))
    digits = np.arange(1, 11)
    best_letter = np.concatenate([letters, digits])[logs[:, np.concatenate([letters, digits])].argmax(axis=1)]
    steps = {0: (0, 1), 1: (0, 2), 2: (0, 3), 3: (3,)}
    cost = {0: 0.0, 1: -np.inf, 2: -np.inf, 3: -np.inf}
    trail: list[dict[int, int]] = []
    for k in range(len(logs)):
        new = dict.fromkeys(cost, -np.inf)
        back: dict[int, int] = {}
        for state, value in cost.items():
            for after in steps[state] if k else (0,):
                gain = value + (logs[k, best_letter[k]] if after == 0 else logs[k, 0])
                if gain > new[after]:
                    new[after], back[after] = gain, state
        cost = new
        trail.append(back)
    state = max(cost, key=lambda s: cost[s])
    out = []
    for k in range(len(logs) - 1, -1, -1):
        out.append(ALPHABET[best_letter[k]] if state == 0 else "<")
        state = trail[k].get(state, 0)
    return "".join(reversed(out))


def differences(before: Sequence[str], after: Sequence[str], why: str) -> list[Repair]:
    return [
        Repair(n, k, a, b, why)
        for n, (one, other) in enumerate(zip(before, after, strict=True))
        for k, (a, b) in enumerate(zip(one, other, strict=True))
        if a != b
    ]


def mended(lines: Sequence[str], logs: Sequence[NDArray[np.float64]], layout: Format) -> tuple[list[str], list[Repair]]:
    """Check digits that do not hold, made to hold by the likeliest change of one or two characters, where one stands out."""
    lines = list(lines)
    for rule in checks_of(lines, layout):
        if check(lines, rule).holds:
            continue
        ways = sorted(_ways(lines, logs, rule), key=lambda way: way[0])
        if not ways or ways[0][0] > REPAIR_COST or (len(ways) > 1 and ways[1][0] - ways[0][0] < REPAIR_MARGIN):
            continue
        changed = list(lines)
        for n, k, character in ways[0][1]:
            changed[n] = changed[n][:k] + character + changed[n][k + 1 :]
        before = {c.name for c in (check(lines, r) for r in checks_of(lines, layout)) if c.holds}
        after = {c.name for c in (check(changed, r) for r in checks_of(changed, layout)) if c.holds}
        if before - after - {"composite"}:
            continue
        repairs = differences(lines, changed, f"the check digit of the {rule.name} holds with it")
        return (done := mended(changed, logs, layout))[0], repairs + done[1]
    return lines, []


def _ways(
    lines: Sequence[str], logs: Sequence[NDArray[np.float64]], rule: CheckDigit
) -> list[tuple[float, tuple[tuple[int, int, str], ...]]]:
    """Changes of one or two characters with which the digit holds, and what they cost."""
    cells = [(n, k) for n, start, end in rule.parts for k in range(start, end)]
    swaps = []
    for n, k in (*cells, rule.digit):
        own = logs[n][k, ALPHABET.index(lines[n][k])]
        swaps += [
            (own - logs[n][k, j], (n, k, c))
            for j, c in enumerate(ALPHABET)
            if c != lines[n][k] and own - logs[n][k, j] < REPAIR_COST
        ]
    swaps = sorted(swaps)[:24]
    found = []
    for size in (1, 2):
        for group in combinations(swaps, size):
            if len({(n, k) for _, (n, k, _) in group}) < size:
                continue
            changed = list(lines)
            for _, (n, k, c) in group:
                changed[n] = changed[n][:k] + c + changed[n][k + 1 :]
            if check(changed, rule).holds:
                found.append((float(sum(cost for cost, _ in group)), tuple(swap for _, swap in group)))
    return found
