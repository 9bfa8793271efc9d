"""Fourth stage: what the detector is worth, beside published ones on the same faces: writes figures.md.

python -m verifier_models.face_rendering.figures --work .work/rendering --peers PEERS [--model FILE.onnx] --out models/face_rendering/figures.md
Detectors that never saw a manipulation (WORK/without-KIND.onnx, by `train --without`) are measured on it where they are.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from verifier_models.face_rendering.forge import KINDS as FORGED
from verifier_models.face_rendering.forge import SHARES, Dice, call, twins
from verifier_models.face_rendering.lrnet import LRNet
from verifier_models.face_rendering.mesonet import MESONETS, MesoNet
from verifier_models.face_rendering.train import ARTEFACT, SIDES, Photos, Seeded, redrawer, redrawn
from verifier_models.stage import costs

from verifier.metrics import auc, auc_interval, error_rates
from verifier.observe.comparators.onnx_file import read_described
from verifier.observe.face_crop import CROP_PIXELS, FaceCrop
from verifier.observe.rendering_detectors import WHAT, DetectorFile, RenderingDetector
from verifier.weights import sha256

CPU = torch.device("cpu")
LEAST_PEOPLE = 5
"""On either side, for an interval over people: one person drawn again and again never differs, which looks like certainty."""
SHOTS, PEOPLE = 4, 16
"""Photos of a person whose mean is taken, and people in a batch."""
KINDS = ("swap", "self-blended", "vasa1", "emo", "sadtalker")
GENERATED = ("vasa1", "emo", "sadtalker")
SEEDS = ("swap", "self-blended")
OURS = "ours"
Sides = tuple[Tensor, Tensor]
Side = list[tuple[str, float]]
"""Whose, and the number."""
Traces = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Clip:
    kind: str
    label: str
    person: str
    coded: bool
    scores: dict[str, float]
    """By detector, one number of the whole clip."""


def clips(work: Path, detectors: dict[str, Callable[[Any], float]]) -> list[Clip]:
    found = []
    for path in sorted((work / "clips").glob("*.npz")):
        raw = np.load(path)
        scores = {name: run(raw) for name, run in detectors.items()}
        found.append(Clip(str(raw["kind"]), str(raw["label"]), str(raw["person"]), bool(raw["coded"]), scores))
    return found


def table(all_clips: list[Clip], names: list[str]) -> Iterator[str]:
    yield "| manipulated | coded | clips | " + " | ".join(names) + " |"
    yield "|---" * (3 + len(names)) + "|"
    groups = [*((k, (k,)) for k in KINDS), ("all generated", GENERATED)]
    for coded in (False, True):
        genuine = [c for c in all_clips if c.label == "genuine" and c.coded == coded]
        for title, kinds in groups:
            changed = [c for c in all_clips if c.kind in kinds and c.coded == coded]
            cells = [
                cell([(c.person, c.scores[n]) for c in changed], [(c.person, c.scores[n]) for c in genuine])
                for n in names
            ]
            yield f"| {title} | {_step(coded)} | {len(changed)} against {len(genuine)} | " + " | ".join(cells) + " |"


def cell(high: Side, low: Side) -> str:
    """ ".81 (.70 to .90)"; clips without an answer are left out, and no interval is given of fewer than `LEAST_PEOPLE` people."""
    high, low = _finite(high), _finite(low)
    if not high or not low:
        return ""
    if min(len({person for person, _ in side}) for side in (high, low)) < LEAST_PEOPLE:
        return f"{_area(high, low):.2f} (too few)"
    a, b = auc_interval(high, low)
    return f"{_area(high, low):.2f} ({a:.2f} to {b:.2f})"


def _finite(side: Side) -> Side:
    return [(person, value) for person, value in side if np.isfinite(value)]


def _area(high: Side, low: Side) -> float:
    return auc(*(np.array([v for _, v in _finite(side)]) for side in (high, low)))


def _step(coded: bool) -> str:
    return "360p 300 kbit/s" if coded else "as it is"


def batches(work: Path) -> Iterator[tuple[str, str, Sides]]:
    """Photos of people left out of training and their twins, `SHOTS` of each person in a row, one manipulation per person: its name, its kind, both."""
    held = Photos(work / "photos.npz", CPU, held_out=True)
    redraw, mixes = redrawer(work, held, 1), {"": SHARES, **{k: tuple(float(k == o) for o in FORGED) for k in FORGED}}
    for kind, shares in mixes.items():
        dice = Dice(99, CPU, same=SHOTS)
        for chosen in _people(held.person.tolist()):
            rows = torch.tensor(chosen)
            real, outline, five = held.batch(rows)
            donor, _, donor_five = held.batch(rows.roll(SHOTS))
            with torch.no_grad():
                rendered = redrawn(real, redraw, dice)
            yield (
                f"{kind}, drawn" if kind else "all drawn",
                kind,
                twins(real, outline, five, donor, donor_five, rendered, dice, shares),
            )
    seeded = Seeded(work, CPU, held_out=True)
    for chosen in _people(seeded.person):
        for side in SIDES[1:]:
            yield f"{side}, seeded", side, (seeded.batch(chosen, side), seeded.batch(chosen, SIDES[0]))


def _people(persons: list[int]) -> Iterator[list[int]]:
    """Rows of `PEOPLE` people at a time."""
    by_person: dict[int, list[int]] = {}
    for row, person in enumerate(persons):
        by_person.setdefault(person, []).append(row)
    able = [rows[:SHOTS] for rows in by_person.values() if len(rows) >= SHOTS]
    for first in range(0, len(able) - PEOPLE + 1, PEOPLE):
        yield [row for rows in able[first : first + PEOPLE] for row in rows]


def photos(work: Path, ours: Traces, without: dict[str, Traces]) -> Iterator[str]:
    """Rows of each manipulation: by ours, and by the detector that never saw it."""
    scores: dict[tuple[str, str], list[np.ndarray]] = {}
    blind: dict[tuple[str, str], list[np.ndarray]] = {}
    dice = Dice(7, CPU, same=SHOTS)
    for name, kind, pair in batches(work):
        for step, sides in (("as they are", pair), ("through a call", call(*pair, dice))):
            for run, kept in ((ours, scores), (without.get(kind), blind)):
                if run is not None:
                    both = [run(_crops(side)).reshape(-1, SHOTS) for side in sides]
                    kept.setdefault((name, step), []).append(np.stack(both))
    yield "| manipulated | photos | people | one photo | mean of 2 | mean of 4 | mean of 4, 95 % | equal error rate | seen at 1 % false alarms | never saw it: mean of 4 |"
    yield "|---" * 10 + "|"
    for (name, step), parts in scores.items():
        high, low = np.concatenate(parts, axis=1)
        means = [auc(high[:, :n].mean(axis=1), low[:, :n].mean(axis=1)) for n in (1, 2, SHOTS)]
        a, b = auc_interval(*_named(high, low))
        shown = " | ".join(f"{v:.3f}" for v in means)
        rates = error_rates(high.mean(axis=1), low.mean(axis=1))
        worst = f"{rates['EER']:.2f} | {1 - rates['FNMR at FMR 1e-2']:.2f}"
        apart = cell(*_named(*np.concatenate(blind[name, step], axis=1))) if (name, step) in blind else ""
        yield f"| {name} | {step} | {len(high)} | {shown} | {a:.3f} to {b:.3f} | {worst} | {apart} |"


def _named(*sides: np.ndarray) -> list[list[tuple[str, float]]]:
    """Means over the photos of each person, and whose they are."""
    return [[(str(n), float(v)) for n, v in enumerate(side.mean(axis=1))] for side in sides]


def against_peers(all_clips: list[Clip], peers: Sequence[str]) -> Iterator[str]:
    """What never was trained on, ours against the best peer of that very row."""
    yield "| never seen in training | coded | ours | interval below .6 | best peer | ours higher |"
    yield "|---" * 6 + "|"
    groups = [*((k, (k,), f"without {k}") for k in SEEDS), ("all generated", GENERATED, OURS)]
    for title, kinds, ours in groups:
        for coded in (False, True):
            sides = [
                [c for c in all_clips if c.coded == coded and (c.kind in kinds if high else c.label == "genuine")]
                for high in (True, False)
            ]
            if not all(sides) or ours not in sides[0][0].scores:
                continue
            found = {n: [[(c.person, c.scores[n]) for c in side] for side in sides] for n in (ours, *peers)}
            best = max(peers, key=lambda n: _area(*found[n]))
            low = auc_interval(*(_finite(side) for side in found[ours]))[0] < 0.6
            more = _area(*found[ours]) > _area(*found[best])
            yield (
                f"| {title} | {_step(coded)} | {cell(*found[ours])} | {'yes' if low else 'no'} | {best} {cell(*found[best])} | {'yes' if more else 'no'} |"
            )


def _crops(pictures: Tensor) -> np.ndarray:
    """Windows [n, 3, 160, 160] in 0..1 as the middles of crops [n, 256, 256, 3]."""
    shown = (pictures.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()
    edge = (CROP_PIXELS - shown.shape[1]) // 2
    return np.pad(shown, ((0, 0), (edge, edge), (edge, edge), (0, 0)))


def traces_of(model: Path) -> Traces:
    detector = RenderingDetector(*read_described(model, DetectorFile, WHAT))
    return lambda crops: np.array([detector.traces(FaceCrop(c, None, 48.0)) for c in crops])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=ARTEFACT)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    ours, stages = traces_of(args.model), costs(args.work)
    without = {k: traces_of(p) for k in FORGED if (p := args.work / f"without-{k}.onnx").exists()}
    lines = [
        "# Traces of rendering: figures",
        "",
        "Written by `python -m verifier_models.face_rendering.figures`; do not edit. Area under the curve: .5 is chance, 1 without error.",
        f"Of the network with sha256 {sha256(args.model)[:12]}.",
        "",
        "Photos of people left out of training, four of each; all four were changed in one way that was drawn for the person, and the mean over",
        "photos is what the check takes. *Drawn*: made in tensors, as half of training; *seeded*: by `verifier/seeds`, as in seeded calls. *Never saw",
        "it*: the same training with this manipulation left out, drawn and seeded.",
        "",
        *photos(args.work, ours, without),
    ]
    if (args.work / "clips").is_dir():
        meso = {name: MesoNet(args.peers / "mesonet" / f"{name}.h5").traces for name in MESONETS}
        of_crops = {OURS: ours, **{f"without {k}": without[k] for k in SEEDS if k in without}, **meso}
        detectors: dict[str, Callable[[Any], float]] = {
            name: (lambda raw, run=run: float(run(raw["crops"]).mean())) for name, run in of_crops.items()
        }
        lrnet = LRNet(args.peers / "lrnet")
        detectors["LRNet"] = lambda raw: lrnet.traces(raw["points"])
        found = clips(args.work, detectors)
        lines += [
            "",
            "Whole clips, every face brought to 44 pixels between the eyes first; nobody in them was trained on. Intervals: 95 %, bootstrap over people. Peers on",
            "the same pictures: MesoNet's four published networks, and LRNet on the course of mediapipe's points, without its own smoothing of them. *Without*: ours,",
            "trained without that manipulation.",
            "",
            *table(found, list(detectors)),
            "",
            "What was left out of training, against the best of the peers in the same row. Ours would be calibrated and heard by default where it is the higher and its",
            "interval stays above .6; as long as one row says otherwise it stays uncalibrated and silent.",
            "",
            *against_peers(found, [*MESONETS, "LRNet"]),
        ]
    if stages:
        lines += ["", "What the stages cost, one process on two shared cores, all runs of a stage together:", ""]
        lines += ["| stage | wall, min | processor, min |", "|---|---|---|"]
        lines += [f"| {stage} | {wall / 60:.1f} | {cpu / 60:.1f} |" for stage, (wall, cpu) in stages.items()]
    text = "\n".join(lines) + "\n"
    print(text)
    if args.out is not None:
        args.out.write_text(text)


if __name__ == "__main__":
    main()
