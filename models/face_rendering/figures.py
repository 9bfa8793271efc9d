"""Third stage: what the detector is worth, beside published ones on the same faces: prints figures.md.

python -m verifier_models.face_rendering.figures --work .work/rendering --peers PEERS/mesonet
Intervals: bootstrap over people, 2.5 to 97.5 %.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from verifier_models.face_rendering.forge import Dice, call, twins
from verifier_models.face_rendering.peers import MESONETS, MesoNet
from verifier_models.face_rendering.train import ARTEFACT, Photos

from verifier.face_rendering import LEAST_INTER_EYE
from verifier.observe.comparators.onnx_file import read_described
from verifier.observe.face_crop import FaceCrop
from verifier.observe.rendering_detectors import WHAT, DetectorFile, RenderingDetector

CPU = torch.device("cpu")
PHOTO_BATCHES = 6
KINDS = ("swap", "self-blended", "vasa1", "emo", "sadtalker")
GENERATED = ("vasa1", "emo", "sadtalker")


@dataclass(frozen=True)
class Clip:
    kind: str
    label: str
    person: str
    coded: bool
    means: dict[str, float]
    """Detector -> mean over the clip's pictures."""


def clips(work: Path, detectors: dict[str, Callable[[np.ndarray], np.ndarray]]) -> list[Clip]:
    """Those whose faces were not enlarged to be matched."""
    found = []
    for path in sorted(work.glob("*-*.npz")):
        raw = np.load(path)
        if float(raw["inter_eye"]) >= LEAST_INTER_EYE:
            means = {name: float(run(raw["crops"]).mean()) for name, run in detectors.items()}
            found.append(Clip(str(raw["kind"]), str(raw["label"]), str(raw["person"]), bool(raw["coded"]), means))
    return found


def auc(high: np.ndarray, low: np.ndarray) -> float:
    return float((high[:, None] > low).mean() + 0.5 * (high[:, None] == low).mean())


def interval(high: list[tuple[str, float]], low: list[tuple[str, float]], rounds: int = 1000) -> tuple[float, float]:
    """Of the AUC; whole people are drawn, of each side by itself."""
    rng = np.random.default_rng(0)

    def drawn(side: list[tuple[str, float]]) -> np.ndarray:
        people = sorted({p for p, _ in side})
        chosen = rng.choice(len(people), len(people))
        return np.array([v for i in chosen for p, v in side if p == people[i]])

    found = [auc(drawn(high), drawn(low)) for _ in range(rounds)]
    return float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))


def table(all_clips: list[Clip], names: list[str]) -> list[str]:
    lines = ["| manipulated | coded | clips | " + " | ".join(names) + " |", "|---|---|---|" + "---|" * len(names)]
    groups = [(k, (k,)) for k in KINDS] + [("all generated", GENERATED)]
    for coded in (False, True):
        genuine = [c for c in all_clips if c.label == "genuine" and c.coded == coded]
        for title, kinds in groups:
            changed = [c for c in all_clips if c.kind in kinds and c.coded == coded]
            cells = []
            for name in names:
                high, low = ([(c.person, c.means[name]) for c in side] for side in (changed, genuine))
                a, b = interval(high, low)
                cells.append(
                    f"{auc(np.array([v for _, v in high]), np.array([v for _, v in low])):.2f} ({a:.2f} to {b:.2f})"
                )
            step = "360p 300 kbit/s" if coded else "as it is"
            lines.append(f"| {title} | {step} | {len(changed)} against {len(genuine)} | " + " | ".join(cells) + " |")
    return lines


def photos(work: Path, run: Callable[[np.ndarray], np.ndarray]) -> list[str]:
    """Blended and swapped photos of people who were left out of training."""
    held, dice = Photos(work / "photos.npz", CPU, held_out=True), Dice(99, CPU)
    scores: dict[str, list[np.ndarray]] = {}
    for _ in range(PHOTO_BATCHES):
        rows = dice.order(len(held))[:64]
        real, outline, five = held.batch(rows)
        donor, _, donor_five = held.batch(rows.roll(1))
        pairs = twins(real, outline, five, donor, donor_five, None, dice)
        for step, sides in (("as they are", pairs), ("through a call", call(*pairs, dice))):
            for side, pictures in zip(("changed", "genuine"), sides, strict=True):
                shown = (pictures.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()
                padded = np.pad(shown, ((0, 0), (48, 48), (48, 48), (0, 0)))
                scores.setdefault(f"{step} {side}", []).append(run(padded))
    lines = ["| photos | pictures | AUC of one picture |", "|---|---|---|"]
    for step in ("as they are", "through a call"):
        high, low = (np.concatenate(scores[f"{step} {side}"]) for side in ("changed", "genuine"))
        lines.append(f"| {step} | {len(high)} and their twins | {auc(high, low):.3f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--peers", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    ours = RenderingDetector(*read_described(ARTEFACT, DetectorFile, WHAT))

    def run(crops: np.ndarray) -> np.ndarray:
        return np.array([ours.traces(FaceCrop(c, None, 48.0)) for c in crops])

    detectors = {"ours": run} | {name: MesoNet(args.peers / f"{name}.h5").traces for name in MESONETS}
    print("# Traces of rendering: figures\n\nPrinted by `python -m verifier_models.face_rendering.figures`.\n")
    print("AUC on photos of people left out of training, blended and swapped by the generator of the training:\n")
    print("\n".join(photos(args.work, run)))
    print(
        "\nAUC of whole clips (mean over up to 16 pictures), every face brought to 44 pixels between the eyes first; none of these"
    )
    print(
        "people were trained on. 95 % intervals by bootstrap over people; the peers are MesoNet's four published networks.\n"
    )
    print("\n".join(table(clips(args.work, detectors), list(detectors))))


if __name__ == "__main__":
    main()
