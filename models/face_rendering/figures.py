"""Fourth stage: what the detector is worth, beside published ones on the same faces: writes figures.md.

python -m verifier_models.face_rendering.figures --work .work/rendering --peers PEERS --out models/face_rendering
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from verifier_models.face_rendering.forge import Dice, call, twins
from verifier_models.face_rendering.lrnet import LRNet
from verifier_models.face_rendering.mesonet import MESONETS, MesoNet
from verifier_models.face_rendering.train import ARTEFACT, Photos, Seeded

from verifier.metrics import auc, auc_interval, error_rates
from verifier.observe.comparators.onnx_file import read_described
from verifier.observe.face_crop import CROP_PIXELS, FaceCrop
from verifier.observe.rendering_detectors import WHAT, DetectorFile, RenderingDetector

CPU = torch.device("cpu")
SHOTS, PEOPLE = 4, 16
"""Photos of a person whose mean is taken, and people in a batch."""
KINDS = ("swap", "self-blended", "vasa1", "emo", "sadtalker")
GENERATED = ("vasa1", "emo", "sadtalker")
Sides = tuple[Tensor, Tensor]


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
            step = "360p 300 kbit/s" if coded else "as it is"
            yield f"| {title} | {step} | {len(changed)} against {len(genuine)} | " + " | ".join(cells) + " |"


def cell(high: list[tuple[str, float]], low: list[tuple[str, float]]) -> str:
    """ ".81 (.70 to .90)"; clips without an answer are left out."""
    high, low = ([(p, v) for p, v in side if np.isfinite(v)] for side in (high, low))
    if not high or not low:
        return ""
    a, b = auc_interval(high, low)
    return f"{auc(*(np.array([v for _, v in side]) for side in (high, low))):.2f} ({a:.2f} to {b:.2f})"


def batches(work: Path) -> Iterator[tuple[str, Sides]]:
    """Photos of people left out of training and their twins, `SHOTS` of each person in a row, one manipulation per person."""
    held, dice = Photos(work / "photos.npz", CPU, held_out=True), Dice(99, CPU, same=SHOTS)
    for chosen in _people(held.person.tolist()):
        rows = torch.tensor(chosen)
        real, outline, five = held.batch(rows)
        donor, _, donor_five = held.batch(rows.roll(SHOTS))
        yield "drawn as in training", twins(real, outline, five, donor, donor_five, None, dice)
    seeded = Seeded(work, CPU, held_out=True)
    for chosen in _people(seeded.person):
        for kind, name in ((1, "seeded swap"), (2, "seeded self-blended")):
            yield name, (seeded.batch(chosen, kind), seeded.batch(chosen, 0))


def _people(persons: list[int]) -> Iterator[list[int]]:
    """Rows of `PEOPLE` people at a time."""
    by_person: dict[int, list[int]] = {}
    for row, person in enumerate(persons):
        by_person.setdefault(person, []).append(row)
    able = [rows[:SHOTS] for rows in by_person.values() if len(rows) >= SHOTS]
    for first in range(0, len(able) - PEOPLE + 1, PEOPLE):
        yield [row for rows in able[first : first + PEOPLE] for row in rows]


def photos(work: Path, traces: Callable[[np.ndarray], np.ndarray]) -> Iterator[str]:
    scores: dict[tuple[str, str], list[np.ndarray]] = {}
    dice = Dice(7, CPU, same=SHOTS)
    for kind, pair in batches(work):
        for step, sides in (("as they are", pair), ("through a call", call(*pair, dice))):
            both = [traces(_crops(side)).reshape(-1, SHOTS) for side in sides]
            scores.setdefault((kind, step), []).append(np.stack(both))
    yield "| manipulated | photos | people | one photo | mean of 2 | mean of 4 | mean of 4, 95 % | mean of 4: equal error rate | seen at 1 % false alarms |"
    yield "|---" * 9 + "|"
    for (kind, step), parts in scores.items():
        high, low = np.concatenate(parts, axis=1)
        means = [auc(high[:, :n].mean(axis=1), low[:, :n].mean(axis=1)) for n in (1, 2, SHOTS)]
        a, b = auc_interval(*([(str(n), float(v)) for n, v in enumerate(side.mean(axis=1))] for side in (high, low)))
        shown = " | ".join(f"{v:.3f}" for v in means)
        rates = error_rates(high.mean(axis=1), low.mean(axis=1))
        worst = f"{rates['EER']:.2f} | {1 - rates['FNMR at FMR 1e-2']:.2f}"
        yield f"| {kind} | {step} | {len(high)} | {shown} | {a:.3f} to {b:.3f} | {worst} |"


def _crops(pictures: Tensor) -> np.ndarray:
    """Windows [n, 3, 160, 160] in 0..1 as the middles of crops [n, 256, 256, 3]."""
    shown = (pictures.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()
    edge = (CROP_PIXELS - shown.shape[1]) // 2
    return np.pad(shown, ((0, 0), (edge, edge), (edge, edge), (0, 0)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=ARTEFACT)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    ours = RenderingDetector(*read_described(args.model, DetectorFile, WHAT))

    def traces(crops: np.ndarray) -> np.ndarray:
        return np.array([ours.traces(FaceCrop(c, None, 48.0)) for c in crops])

    lines = [
        "# Traces of rendering: figures",
        "",
        "Written by `python -m verifier_models.face_rendering.figures`; do not edit. Area under the curve: .5 is chance, 1 without error.",
        "",
        "Photos of people left out of training, four of each; all four were changed in one way that was drawn for the person, and the mean over",
        "photos is what the check takes. *Drawn as in training*: blended and swapped in tensors; *seeded*: by `verifier/seeds`, as in seeded calls.",
        "",
        *photos(args.work, traces),
    ]
    if (args.work / "clips").is_dir():
        meso = {name: MesoNet(args.peers / "mesonet" / f"{name}.h5").traces for name in MESONETS}
        of_crops = {"ours": traces, **meso}
        detectors: dict[str, Callable[[Any], float]] = {
            name: (lambda raw, run=run: float(run(raw["crops"]).mean())) for name, run in of_crops.items()
        }
        lrnet = LRNet(args.peers / "lrnet")
        detectors["LRNet"] = lambda raw: lrnet.traces(raw["points"])
        lines += [
            "",
            "Whole clips, every face brought to 44 pixels between the eyes first; nobody in them was trained on. Intervals: 95 %, bootstrap over people. Peers on",
            "the same pictures: MesoNet's four published networks, and LRNet on the course of mediapipe's points, without its own smoothing of them.",
            "",
            *table(clips(args.work, detectors), list(detectors)),
        ]
    text = "\n".join(lines) + "\n"
    print(text)
    if args.out is not None:
        (args.out / "figures.md").write_text(text)


if __name__ == "__main__":
    main()
