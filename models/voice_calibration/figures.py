"""Third stage: what the curves are worth on voices they never heard. Writes figures.md.

python -m verifier_models.voice_calibration.figures --work .work/voices --data DATA --out models/voice_calibration

Each pair of people is measured with a curve that heard neither of them. Intervals: bootstrap over people.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from verifier_models.voice_calibration.samples import (  # fmt: skip
    MEDIUM,
    NAME,
    SCANT,
    SHORT,
    PieceTable,
    Samples,
    load,
    pairs,
    samples,
    threes,
)
from verifier_models.voice_calibration.turns import rows

from verifier.calibrate import Pairs, fit_curve
from verifier.calibration import Curve
from verifier.metrics import cllr, cllr_min, error_rates, identity_counts, rate_interval
from verifier.voice_calibration import SOUNDS, VoiceCalibration

GROUPS = 6
"""Groups that the people are dealt to: a pair within two groups is measured by a curve fitted on the others."""
REFITS = 10
TWO = np.log10(2)


def held_out(like: Pairs, unlike: Pairs, tested: Pairs) -> np.ndarray:
    """log10 LR, lower, upper of `tested` [3, n]."""
    out = np.zeros((3, len(tested.first)))
    a, b = np.minimum(tested.first % GROUPS, tested.second % GROUPS), np.maximum(tested.first % GROUPS, tested.second % GROUPS)  # fmt: skip
    for i in range(GROUPS):
        for j in range(i, GROUPS):
            here = (a == i) & (b == j)
            if not here.any():
                continue
            kept = ~np.isin(like.first % GROUPS, (i, j))
            apart = ~(np.isin(unlike.first % GROUPS, (i, j)) | np.isin(unlike.second % GROUPS, (i, j)))
            fit = fit_curve(like.where(kept), _fewer(unlike.where(apart)), REFITS)
            out[:, here] = Curve((NAME,), "", "", fit, 9.0, 9.0, 0, "").log10(tested.scores[here])
    return out


def _fewer(pairs_: Pairs, most: int = 3000) -> Pairs:
    if len(pairs_.first) <= most:
        return pairs_
    return pairs_.where(np.isin(np.arange(len(pairs_.first)), np.random.default_rng(0).choice(len(pairs_.first), most, False)))  # fmt: skip


def line(s: Samples, sound: str, bin_name: str) -> str:
    like, unlike, random = pairs(s, sound)
    random = _fewer(random)
    got_like, got_unlike = held_out(like, unlike, like), held_out(like, unlike, random)

    def rate(hit: np.ndarray, of: Pairs) -> str:
        share, low, high = rate_interval(hit, of.first, of.second)
        return f"{100 * share:.1f} ({100 * low:.1f}-{100 * high:.1f})"

    eer = error_rates(like.scores[:, 0], random.scores[:, 0])["EER"]
    cells = [
        f"{len(np.unique(like.first))} / {len(np.unique(np.concatenate([unlike.first, unlike.second])))}",
        f"{len(like.first)} / {len(random.first)}",
        f"{100 * eer:.1f}",
        f"{cllr(got_like[0], got_unlike[0]):.3f} / {cllr_min(like.scores[:, 0], random.scores[:, 0]):.3f}",
        rate(got_like[1] > TWO, like),
        rate(got_like[2] < -TWO, like),
        rate(got_unlike[2] < -TWO, random),
        rate(got_unlike[1] > TWO, random),
    ]
    return f"| {sound} | {bin_name} | {' | '.join(cells)} |"


def read_speech(table: PieceTable) -> list[str]:
    """EER on the ten readers of LibriSpeech alone, 3.2 s each, one side as it is, the other, of another reading, in each condition."""
    s = threes(table)
    noisy = np.array(["noise" in c for c in s.condition])
    sides = {c: s.condition == c for c in dict.fromkeys(s.condition.tolist())} | {"**both with noise**": noisy}
    a = s.labelled.where(s.condition == "as it is")
    rows = []
    for name, which in sides.items():
        b = s.labelled.where(which)
        scores, same = a.scores(b, (NAME,))[..., 0], a.person[:, None] == b.person[None]
        like, unlike = same & ((a.sources[:, None] & b.sources[None]) == 0), ~same
        first, second = (np.broadcast_to(p, same.shape) for p in (a.person[:, None], b.person[None]))
        best, low, high = eer_interval(scores, like, unlike, first, second)
        rows.append(f"| {name} | {like.sum()} / {unlike.sum()} | {100 * best:.1f} ({100 * low:.1f}-{100 * high:.1f}) |")
    return rows


def eer_interval(scores: np.ndarray, like: np.ndarray, unlike: np.ndarray, first: np.ndarray, second: np.ndarray, refits: int = 300) -> tuple[float, float, float]:  # fmt: skip
    """EER with its 95 % interval by bootstrap over people. All of one shape; first, second: who they are of."""
    people = np.unique(first)
    sets = []
    for kind in (like, unlike):
        order = np.argsort(scores[kind])
        sets.append((scores[kind][order], *(np.searchsorted(people, p[kind][order]) for p in (first, second))))
    rng = np.random.default_rng(0)
    counts = [np.ones(len(people)), *(identity_counts(people, rng) for _ in range(refits))]
    values = [_eer(*((s, np.where(a == b, n[a], n[a] * n[b])) for s, a, b in sets)) for n in counts]
    low, high = np.quantile(values[1:], (0.025, 0.975))
    return values[0], float(low), float(high)


def _eer(like: tuple[np.ndarray, np.ndarray], unlike: tuple[np.ndarray, np.ndarray]) -> float:
    """Of scores in ascending order and their weights."""
    thresholds = like[0]
    missed, alike = (
        np.concatenate([[0.0], np.cumsum(weight)]) / max(weight.sum(), 1e-9) for _, weight in (like, unlike)
    )
    wrong = 1 - alike[np.searchsorted(unlike[0], thresholds)]
    return float(np.min(np.maximum(missed[: len(thresholds)], wrong)))


def clones(table, bin_name: str) -> str:  # type: ignore[no-untyped-def]
    """The shipped curve on clones of a voice against genuine recordings of it."""
    genuine, cloned = samples(table, bin_name), samples(table, bin_name, cloned=True)
    curve = VoiceCalibration.load()._curves[(SOUNDS[0], (NAME,), bin_name)]
    mine = genuine.people.index("cloned voice")
    a = genuine.labelled.where((genuine.labelled.person == mine) & ~genuine.rough)
    b = cloned.labelled.where(~cloned.rough)
    scores = a.scores(b, (NAME,)).reshape(-1, 1)
    _, lower, upper = curve.log10(scores)
    return (
        f"| {bin_name} | {len(scores)} | {np.median(scores):.2f} | {100 * (lower > TWO).mean():.0f} | "
        f"{100 * ((lower <= TWO) & (upper >= -TWO)).mean():.0f} | {100 * (upper < -TWO).mean():.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    table = load(args.work)
    made = {name: samples(table, name) for name in (SCANT, SHORT, MEDIUM)}
    text = [HEAD]
    for sound in SOUNDS:
        for name, s in made.items():
            text.append(line(s, sound, name))
            print(text[-1], flush=True)
    text += ["", READ, *read_speech(table), "", CLONES, *(clones(table, n) for n in made), "", *rows(args.data)]
    (args.out / "figures.md").write_text("\n".join(text) + "\n")


HEAD = """Printed by `python -m verifier_models.voice_calibration.figures`. Held out: each pair of people is measured with a curve that heard
neither of them. Per cent, with 95 % intervals by bootstrap over people (rule of three where nothing was counted). *Said*: the whole interval of the ratio lies beyond 2 or
1/2. Unlike pairs here are drawn at random from all; the curves learn from the most alike. No caps applied: the shipped curves say at most what card.md states.

## Ratios
| sound | speech | people like / unlike | pairs like / unlike | EER | Cllr / min | like: said same or imitation | said different | unlike: said different | said same or imitation |
|---|---|---|---|---|---|---|---|---|---|"""
READ = """## Read speech, 3.2 s on both sides, one side as it is, like pairs of different readings (ten readers)
| the other side | pairs like / unlike | EER, per cent (95 %, people drawn anew) |
|---|---|---|"""
CLONES = """## Clones of one voice against genuine recordings of it, clear sound, by the shipped curves
| speech | pairs | median score | said same or imitation | no clear support | said different |
|---|---|---|---|---|---|"""

if __name__ == "__main__":
    main()
