"""Third stage: what the curves are worth on people they never saw. Writes figures.md and the plots beside it.

python -m verifier_models.face_calibration.figures --work .work/faces --data DATA --out models/face_calibration

Two halves of people: each half is measured with curves fitted on the other. Intervals: bootstrap over identities.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from verifier_models.face_calibration.plots import draw_plots
from verifier_models.face_calibration.templates import SETS, CurveData, Material, curve_data, load, only

from verifier import api
from verifier.calibrate import Pairs, fit_curve, hard_people, pair_sets, pooled
from verifier.calibration import BINS, KINDS, Curve
from verifier.metrics import cllr, cllr_min, error_rates, rate_interval

REFITS = 20
TWO = np.log10(2)


@dataclass
class Measured:
    """log10 ratios of held-out pairs, with the bounds that decide what is said."""

    log10: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    first: np.ndarray
    second: np.ndarray
    score: np.ndarray
    """The line of the curve, before the floor: what ranks pairs, on one scale for both halves."""

    def rate(self, hit: np.ndarray) -> str:
        share, low, high = rate_interval(hit, self.first, self.second)
        return f"{100 * share:.2f} ({100 * low:.2f}-{100 * high:.2f})"

    @property
    def said_same(self) -> np.ndarray:
        return self.lower > TWO

    @property
    def said_different(self) -> np.ndarray:
        return self.upper < -TWO


def measure(curves: list[Curve], pairs: Pairs) -> Measured:
    """By the first curve; the bounds hold those of the others, each of one comparator."""
    curve, *alone = curves
    best, lower, upper = curve.log10(pairs.scores)
    for other in alone:
        column = curve.comparators.index(other.comparators[0])
        _, low, high = other.log10(pairs.scores[:, column : column + 1])
        lower, upper = np.minimum(lower, low), np.maximum(upper, high)
    return Measured(
        best, lower, upper, pairs.first, pairs.second, pairs.scores @ curve.parameters[0, :-2] + curve.parameters[0, -2]
    )


def joined(parts: list[Measured]) -> Measured:
    fields = ("log10", "lower", "upper", "first", "second", "score")
    return Measured(*(np.concatenate([getattr(p, f) for p in parts]) for f in fields))


def fitted(like: Pairs, unlike: Pairs, names: tuple[str, ...], cautious: Pairs | None = None) -> list[Curve]:
    """A curve without caps: the figures show what the fit itself does. cautious: as for small rounds in fit.py."""
    curve = fit_curve(like, unlike, REFITS)
    if cautious is None:
        return [Curve(names, "", "", curve, 9.0, 9.0, 0, "held out")]
    curve = np.concatenate([curve, fit_curve(like, cautious, REFITS)])
    alone = []
    for k, name in enumerate(names if len(names) > 1 else ()):
        one = [Pairs(p.scores[:, k : k + 1], p.first, p.second, p.weight) for p in (like, unlike, cautious)]
        alone += fitted(one[0], one[1], (name,), one[2])
    return [Curve(names, "", "", curve, 9.0, 9.0, 0, "held out"), *alone]


def held_out(m: Material, kind: str, bin_name: str, names: tuple[str, ...], hard: np.ndarray) -> dict[str, Measured]:
    everyone = np.unique(m.photos["clear"].person)
    mixed = np.random.default_rng(1).permutation(everyone)
    halves = mixed[::2], mixed[1::2]
    parts: dict[str, list[Measured]] = {k: [] for k in ("like", "hard", "nearest", "random")}
    for train, test in (halves, halves[::-1]):
        seen = curve_data(only(m, train), kind, bin_name, names, hard)
        small_rounds = kind == "round-round" and bin_name != "clear"
        curves = fitted(seen.like(), seen.unlike(), names, seen.nearest() if small_rounds else None)
        for tested in curve_data(only(m, test), kind, bin_name, names, hard).sets:
            for k, measured in parts.items():
                measured.append(measure(curves, getattr(tested, k)))
    return {k: joined(v) for k, v in parts.items()}


def clip_counts(m: Material, bin_name: str, data: CurveData, names: tuple[str, ...]) -> str:
    """Every clip pair, measured by a curve that saw nothing of one of its people."""
    like, learnt, nearest = data.clip_like, data.clip_unlike, data.clip_nearest
    assert like is not None
    assert learnt is not None
    assert nearest is not None
    photo_like, photo_unlike = pooled(*(s.like for s in data.sets)), pooled(*(s.unlike() for s in data.sets))
    said: dict[str, Counter[str]] = {"like": Counter(), "unlike": Counter()}
    clips = m.clips[bin_name]
    everyone = np.unique(clips.person)
    unlike = pair_sets(clips, clips, names, everyone).hard
    for person in everyone:
        of_like, of_unlike = like.first == person, (unlike.first == person) | (unlike.second == person)
        rest, near = (
            pooled(photo_unlike, p.where((p.first != person) & (p.second != person))) for p in (learnt, nearest)
        )
        rest_like = pooled(photo_like, like.where(~of_like))
        curves = fitted(rest_like, rest, names, near if bin_name != "clear" else None)
        for k, pairs in (("like", like.where(of_like)), ("unlike", unlike.where(of_unlike))):
            if len(pairs.first):
                got = measure(curves, pairs)
                said[k].update(same=int(got.said_same.sum()), different=int(got.said_different.sum()),
                               all=len(got.log10))  # fmt: skip
    return " | ".join(
        f"{c['same']} / {c['all'] - c['same'] - c['different']} / {c['different']}" for c in said.values()
    )


def press_counts(data: Path) -> list[str]:
    """The press photos, through the product as it is: people and photographers that no curve saw."""
    folder = data / "faces" / "press"
    listed = list(csv.DictReader((folder / "pairs.csv").open(), skipinitialspace=True))
    pairs = [(folder / r["file_x"], folder / r["file_y"], r["Decision"] == "Yes") for r in listed]
    pairs = [p for p in pairs if p[0].is_file() and p[1].is_file()]
    rows = api.compare_pairs([(a, b) for a, b, _ in pairs])
    lines = ["| pairs | said same | no clear support | said different | could not compare |", "|---|---|---|---|---|"]
    for label, same in (("like", True), ("unlike", False)):
        said = Counter(row.support or "none" for row, p in zip(rows, pairs, strict=True) if p[2] is same)
        lines.append(
            f"| {sum(said.values())} {label} | {said['first']} | {said['inconclusive']} | {said['second']} | {said['none']} |"
        )
    return lines


DISCRIMINATION = "| pair | faces | comparators | people | EER | FNMR at FMR 1e-2 / 1e-3 / 1e-4 | Cllr | Cllr min |\n|---|---|---|---|---|---|---|---|"
RATIOS = (
    "| pair | faces | comparators | lookalikes LR>=100 | LR>=1000 | like LR<=1/100 | like: said same | said different | "
    "lookalikes: said different | said same | random unlike: said different | said same |\n" + "|---" * 12 + "|"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    m = load(args.work)
    hard = hard_people(m.photos["clear"])
    scores, ratios, clips, plotted = [DISCRIMINATION], [RATIOS], [], {}
    for bin_name, _ in BINS:
        for kind in KINDS[::-1]:
            for names in SETS:
                got = held_out(m, kind, bin_name, names, hard)
                head = f"| {kind} | {bin_name} | {' + '.join(names)} |"
                scores.append(_discrimination(head, got))
                ratios.append(_ratios(head, got))
                plotted[kind, bin_name, names] = got
                print(scores[-1], ratios[-1], sep="\n", flush=True)
                if kind == "round-round" and bin_name != "tiny":
                    counts = clip_counts(m, bin_name, curve_data(m, kind, bin_name, names, hard), names)
                    clips.append(f"| {bin_name} | {' + '.join(names)} | {counts} |")
                    print(clips[-1], flush=True)
    draw_plots(plotted, args.out)
    text = [
        HEAD,
        "## Scores",
        *scores,
        "",
        "## Ratios, per cent of pairs",
        *ratios,
        "",
        CLIPS,
        *clips,
        "",
        PRESS,
        *press_counts(args.data),
    ]
    (args.out / "figures.md").write_text("\n".join(text) + "\n")


def _discrimination(head: str, got: dict[str, Measured]) -> str:
    like, random = got["like"], got["random"]
    alike = pooled_lookalikes(got)
    rates = error_rates(like.score, random.score)
    fnmr = []
    for k in ("1e-2", "1e-3", "1e-4"):
        threshold = np.quantile(random.score, 1 - float(k))
        fnmr.append(like.rate(like.score <= threshold))
    return (
        f"{head} {len(np.unique(like.first))} | {100 * rates['EER']:.2f} | {' / '.join(fnmr)} | "
        f"{cllr(like.log10, alike.log10):.3f} | {cllr_min(like.log10, alike.log10):.3f} |"
    )


def pooled_lookalikes(got: dict[str, Measured]) -> Measured:
    return joined([got["hard"], got["nearest"]])


def _ratios(head: str, got: dict[str, Measured]) -> str:
    like, random, alike = got["like"], got["random"], pooled_lookalikes(got)
    cells = [
        alike.rate(alike.log10 >= 2),
        alike.rate(alike.log10 >= 3),
        like.rate(like.log10 <= -2),
        like.rate(like.said_same),
        like.rate(like.said_different),
        alike.rate(alike.said_different),
        alike.rate(alike.said_same),
        random.rate(random.said_different),
        random.rate(random.said_same),
    ]
    return f"{head} {' | '.join(cells)} |"


HEAD = """Printed by `python -m verifier_models.face_calibration.figures`. Held out: curves fitted on one half of the people of LFW are
measured on the other half, both ways round. Rates in per cent, with their 95 % intervals by bootstrap over identities (rule of three
where nothing was counted). *Lookalikes*: the hard group among itself and of every face the 30 unlike faces nearest to it. *Said*: the whole interval of the ratio lies
beyond 2 or 1/2. FMR is over random unlike pairs; Cllr over lookalikes. No caps applied here: the shipped curves say at most what card.md states.
"""
CLIPS = """## Clips, each pair by a curve that never saw one of its people
Half clips of 25 people, as they are and at 360 lines and 300 kbit/s; like pairs share no second. Said same / no clear support / said different.

| faces | comparators | like | unlike |
|---|---|---|---|"""
PRESS = """## Press photos, through the product with its shipped curves
"""

if __name__ == "__main__":
    main()
