"""Second stage: curves and card from the templates of the first. Prints what the card says.

python -m verifier_models.face_calibration.fit --work .work/faces --out models/face_calibration
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from verifier.calibrate import (
    Labelled,
    Pairs,
    cllr,
    curve_entry,
    error_rates,
    half_and_half,
    hard_people,
    like_pairs,
    score_pairs,
)
from verifier.observe.comparators.registry import load_comparators

SETS = (("dlib",), ("mobileface",), ("dlib", "mobileface"))
BINS = ("clear", "small", "tiny")
FOLDS = 5


def load(work: Path, condition: str) -> Labelled:
    parts = [np.load(path) for path in sorted(work.glob(f"{condition}-*.npz"))]
    vectors = {n: np.concatenate([p[n] for p in parts]) for n in ("dlib", "mobileface")}
    order = np.lexsort((np.concatenate([p["photo"] for p in parts]), np.concatenate([p["person"] for p in parts])))
    person = np.concatenate([p["person"] for p in parts])[order].astype(np.int64)
    photo = np.concatenate([p["photo"] for p in parts])[order]
    assert len(set(zip(person.tolist(), photo.tolist(), strict=True))) == len(person)
    return Labelled({n: v[order] for n, v in vectors.items()}, person)


def clip_pairs(work: Path, bin_name: str, names: tuple[str, ...]) -> tuple[Pairs, Pairs]:
    """Like and unlike pairs of genuine clips. Unlike people before one camera score far above unlike photos."""
    raw = np.load(work / "clips.npz")
    # the smallest faces of the clips are of the bin "small": they stand for "tiny" too
    inside = (raw["inter_eye"] >= 36) == (bin_name == "clear")
    clips = Labelled({n: raw[n][inside] for n in names}, raw["person"][inside].astype(np.int64) + 100_000)
    like = like_pairs(clips, clips, names, other_photo=True)
    unlike = score_pairs(clips, clips, names, np.unique(clips.person))
    return like, unlike.where(~unlike.same & (unlike.first < unlike.second))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    data = {c: load(args.work, c) for c in BINS if list(args.work.glob(f"{c}-*.npz"))}
    hard = hard_people(data["clear"])
    everyone = np.unique(data["clear"].person)
    rng = np.random.default_rng(0)
    fold = rng.integers(0, FOLDS, everyone.max() + 1)
    curves, lines = [], []
    for bin_name in data:
        a = b = data[bin_name]  # both sides in the condition of the smaller face: the harder case
        for names in SETS:
            like = like_pairs(a, b, names, other_photo=True)
            unlike = score_pairs(a, b, names, hard)
            unlike = unlike.where(~unlike.same & (unlike.first < unlike.second))
            curves.append(curve_entry("photo", names, bin_name, like, unlike))
            clip_like, clip_unlike = clip_pairs(args.work, bin_name, names)
            both_like, both_unlike = half_and_half(like, clip_like), half_and_half(unlike, clip_unlike)
            curves.append(curve_entry("round-round", names, bin_name, both_like, both_unlike))
            random = score_pairs(a, b, names, rng.choice(everyone, 400, replace=False))
            random = random.where(~random.same & (random.first < random.second))
            lines.append(held_out(bin_name, names, like, unlike, random, hard, fold))
            print(lines[-1], flush=True)
    models = {c.name: c.model_sha256 for c in load_comparators().loaded}
    out = {"title": "LFW and clips, hard impostors", "models": models, "curves": curves}
    (args.out / "calibration.json").write_text(json.dumps(out) + "\n")
    (args.out / "figures.md").write_text(HEAD + "\n".join(lines) + "\n")


HEAD = (
    "Held out: five folds of people; the curve never saw the people it is measured on. Unlike pairs are the hard group's.\n\n"
    "| faces | comparators | people | Cllr | EER | FNMR at FMR 1e-2 / 1e-3 / 1e-4 (random unlike) | hard unlike LR>=100 | "
    "LR>=1000 | like LR<=1/100 | like LR>2 | like, hard group, LR>2 | random unlike LR<1/2 | hard unlike LR<1/2 |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
)


def held_out(bin_name, names, like, unlike, random, hard, fold) -> str:  # type: ignore[no-untyped-def]
    like_l, hard_l, random_l, like_is_hard = [], [], [], []
    for f in range(FOLDS):
        train_l, test_l = fold[like.first] != f, fold[like.first] == f
        train_u = (fold[unlike.first] != f) & (fold[unlike.second] != f)
        test_u = (fold[unlike.first] == f) | (fold[unlike.second] == f)
        test_r = fold[random.first] == f
        beta = fit_curve_once(like.where(train_l), unlike.where(train_u))
        for pairs, mask, out in ((like, test_l, like_l), (unlike, test_u, hard_l), (random, test_r, random_l)):
            out.append((pairs.scores[mask] @ beta[:-1] + beta[-1]) / np.log(10))
        like_is_hard.append(np.isin(like.first[test_l], hard))
    s, h, r = (np.concatenate(x) for x in (like_l, hard_l, random_l))
    sh = s[np.concatenate(like_is_hard)]
    rates = error_rates(s, r)
    two = np.log10(2)
    pct = lambda v: f"{100 * float(np.mean(v)):.2f} %"  # noqa: E731
    return (
        f"| {bin_name} | {' + '.join(names)} | {len(np.unique(like.first))} | {cllr(s, h):.3f} | {100 * rates['EER']:.2f} % | "
        f"{' / '.join(pct(rates[f'FNMR at FMR {k}']) for k in ('1e-2', '1e-3', '1e-4'))} | {pct(h >= 2)} | {pct(h >= 3)} | "
        f"{pct(s <= -2)} | {pct(s > two)} | {pct(sh > two)} | {pct(r < -two)} | {pct(h < -two)} |"
    )


def fit_curve_once(like, unlike):  # type: ignore[no-untyped-def]
    from verifier.calibrate import _fit

    return _fit(like, unlike, np.ones(len(like.same)), np.ones(len(unlike.same)))


if __name__ == "__main__":
    main()
