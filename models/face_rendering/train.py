"""Third stage: trains the detector on photos and their manipulated twins, people apart, and writes it as ONNX.

python -m verifier_models.face_rendering.train --work .work/rendering [--steps 3000] [--device cpu] [--start WEIGHTS.pt --rate 5e-4]
Half of the twins are made while it trains (`forge`), half were made before (`seeded`). Seeded; a checkpoint every 100
steps, from which a stopped run goes on. --start: weights of an earlier run, to train them further.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from verifier_models.face_rendering.forge import SIZE, Dice, call, twins
from verifier_models.face_rendering.net import Detector, Redrawer

from verifier.weights import sha256

PAIRS, AS_IS = 64, 0.25
"""In a batch; and the share of them that goes through no call."""
REDRAW_STEPS, REDRAW_BATCH = 200, 32
HELD_OUT = 5
"""Every fifth person is kept for the figures."""
ARTEFACT = Path(__file__).parent / "detector.onnx"


class Photos:
    """All training windows in memory: uint8, as torch wants them."""

    def __init__(self, path: Path, device: torch.device, *, held_out: bool) -> None:
        raw = np.load(path)
        starts = np.concatenate([[0], np.cumsum(raw["lengths"])])
        kept = np.flatnonzero((raw["person"] % HELD_OUT == 0) == held_out)
        pictures = [cv2.imdecode(raw["jpeg"][starts[i] : starts[i + 1]], cv2.IMREAD_COLOR)[:, :, ::-1] for i in kept]
        outlines = [
            cv2.fillPoly(np.zeros((SIZE, SIZE), np.uint8), [raw["outline"][i].round().astype(np.int32)], 1)
            for i in kept
        ]
        self.pictures = torch.from_numpy(np.stack(pictures).transpose(0, 3, 1, 2).copy()).to(device)
        self.outlines = torch.from_numpy(np.stack(outlines))[:, None].to(device)
        self.five = torch.from_numpy(raw["five"][kept]).to(device)
        self.person = torch.from_numpy(raw["person"][kept]).to(device)

    def __len__(self) -> int:
        return len(self.pictures)

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.pictures[rows].float() / 255, self.outlines[rows].float(), self.five[rows]


class Seeded:
    """Photos and their seeds as the stage `seeded` wrote them; decoded when they are asked for."""

    def __init__(self, work: Path, device: torch.device, *, held_out: bool) -> None:
        self._jpeg: list[np.ndarray] = []
        self.person: list[int] = []
        self._device = device
        for path in sorted(work.glob("seeded-????.npz")):
            raw = np.load(path)
            jpeg, ends = raw["jpeg"], np.cumsum(raw["lengths"])
            parts = np.split(jpeg, ends[:-1])
            for row in np.flatnonzero((raw["person"] % HELD_OUT == 0) == held_out):
                self._jpeg += parts[3 * row : 3 * row + 3]
                self.person.append(int(raw["person"][row]))

    def __len__(self) -> int:
        return len(self.person)

    def batch(self, rows: list[int], kind: int) -> Tensor:
        """kind: 0 the photos as they are, 1 swapped, 2 self-blended -> [b, 3, 160, 160] in 0..1."""
        pictures = [cv2.imdecode(self._jpeg[3 * row + kind], cv2.IMREAD_COLOR)[:, :, ::-1] for row in rows]
        return torch.from_numpy(np.stack(pictures).transpose(0, 3, 1, 2).copy()).to(self._device).float() / 255


def drawn_twins(photos: Photos, seeded: Seeded, redraw: Redrawer, dice: Dice) -> tuple[Tensor, Tensor]:
    """(manipulated, genuine) [PAIRS, ...] each; of every pair both come through the same call, or stay as they are."""
    rows = dice.order(len(photos))[: PAIRS // 2]
    real, outline, five = photos.batch(rows)
    donor, _, donor_five = photos.batch(rows.roll(1))
    with torch.no_grad():
        rendered = redraw(real, dice.normal(len(real), 8, 40, 40) * dice.uniform(0, 0.3, len(real), 1, 1, 1))
        forged, plain = twins(real, outline, five, donor, donor_five, rendered, dice)
        chosen = dice.order(len(seeded))[: PAIRS // 2].tolist()
        seeds = torch.cat([seeded.batch(chosen[: PAIRS // 4], 1), seeded.batch(chosen[PAIRS // 4 :], 2)])
        forged, plain = torch.cat([forged, seeds]), torch.cat([plain, seeded.batch(chosen, 0)])
        called = call(forged, plain, dice)
        as_is = dice.chosen(AS_IS, PAIRS) > 0
        return torch.where(as_is, forged, called[0]), torch.where(as_is, plain, called[1])


def train_redrawer(photos: Photos, dice: Dice, steps: int) -> Redrawer:
    redraw = Redrawer().to(dice.device)
    optimiser = torch.optim.Adam(redraw.parameters(), 2e-3)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * (1 - step / steps)
        real, _, _ = photos.batch(dice.order(len(photos))[:REDRAW_BATCH])
        loss = functional.l1_loss(redraw(real), real)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 0:
            print(f"redraw {step} L1 {loss.item():.4f}", flush=True)
    return redraw.eval()


def train(
    work: Path, device: torch.device, steps: int, seed: int = 1, start: Path | None = None, rate: float = 2e-3
) -> Detector:
    torch.manual_seed(seed)
    photos, seeded = (
        Photos(work / "photos.npz", device, held_out=False),
        Seeded(work, device, held_out=False),
    )
    dice = Dice(seed, device)
    checkpoint = work / "checkpoint.pt"
    redraw, net = Redrawer().to(device), Detector().to(device)
    if start is not None:
        net.load_state_dict(torch.load(start, map_location=device, weights_only=True))
    optimiser = torch.optim.AdamW(net.parameters(), rate, weight_decay=0.02)
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        net.load_state_dict(state["net"])
        redraw.load_state_dict(state["redraw"])
        optimiser.load_state_dict(state["optimiser"])
        first = state["step"]
        dice = Dice(seed + first, device)
    else:
        redraw = train_redrawer(photos, dice, REDRAW_STEPS)
    redraw.eval()
    began = time.monotonic()
    for step in range(first, steps):
        net.train()
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * step / steps))
        forged, plain = drawn_twins(photos, seeded, redraw, dice)
        logits = net(torch.cat([forged, plain]))
        wanted = torch.cat([torch.ones(PAIRS, device=device), torch.zeros(PAIRS, device=device)])
        loss = functional.binary_cross_entropy_with_logits(logits, wanted * 0.95 + 0.025)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if (step + 1) % 100 == 0:
            right = ((logits > 0) == (wanted > 0.5)).float().mean().item()
            print(f"{step + 1} loss {loss.item():.3f} right {right:.2f} {time.monotonic() - began:.0f} s", flush=True)
            torch.save({"net": net.state_dict(), "redraw": redraw.state_dict(), "optimiser": optimiser.state_dict(),
                        "step": step + 1}, checkpoint)  # fmt: skip
    return net.eval()


def export(net: Detector, target: Path) -> None:
    """The network and the description that `rendering_detectors` reads."""
    torch.onnx.export(net.cpu(), (torch.zeros(2, 3, SIZE, SIZE),), str(target), input_names=["faces"], output_names=["logit"],
                      dynamic_axes={"faces": {0: "n"}, "logit": {0: "n"}}, dynamo=False)  # fmt: skip

    told = {
        "name": "face-rendering",
        "sha256": sha256(target),
        "licence": "Apache-2.0",
        "size": SIZE,
        "window": SIZE,
        "scale": 1 / 255,
    }
    target.with_suffix(".json").write_text(json.dumps(told, indent=1), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--start", type=Path)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--out", type=Path, default=ARTEFACT)
    args = parser.parse_args()
    net = train(args.work, torch.device(args.device), args.steps, start=args.start, rate=args.rate)
    export(net, args.out)


if __name__ == "__main__":
    main()
