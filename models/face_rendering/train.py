"""Third stage: trains the detector on photos and their manipulated twins, people apart, and writes it as ONNX.

python -m verifier_models.face_rendering.train --work .work/rendering [--without KIND] [--steps 2000] [--device cpu]
Half of the twins are made while it trains (`forge`), half were made before (`seeded`). Seeded, and a checkpoint every 50 steps holds all
that the next step depends on: a run that was stopped ends with the weights of one that was not. --without leaves one manipulation
out, so that the figures can say how well it is seen by a detector that never saw it. Prints what it cost, all runs together.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from verifier_models.face_rendering.forge import KINDS, SHARES, SIZE, Dice, call, twins
from verifier_models.face_rendering.net import Detector, Redrawer
from verifier_models.stage import spent

from verifier.weights import sha256

SIDES = ("genuine", "swap", "self-blended")
"""What stage `seeded` keeps of each photo."""
AS_IS = 0.25
"""Share of the pairs that goes through no call."""
REDRAW_STEPS, REDRAW_BATCH, KEPT_EVERY = 200, 32, 50
HELD_OUT = 5
"""Every fifth person is kept for the figures."""
ARTEFACT = Path(__file__).parent / "detector.onnx"


@dataclass(frozen=True)
class Recipe:
    steps: int = 2000
    pairs: int = 32
    """In a batch."""
    rate: float = 2e-3
    seed: int = 1
    without: str = ""
    """One of KINDS that is left out."""

    @property
    def name(self) -> str:
        return f"without-{self.without}" if self.without else "detector"

    @property
    def shares(self) -> tuple[float, ...]:
        return tuple(0.0 if kind == self.without else share for kind, share in zip(KINDS, SHARES, strict=True))

    @property
    def seeds(self) -> list[str]:
        return [side for side in SIDES[1:] if side != self.without]


class Photos:
    """All training windows in memory: uint8, as torch wants them."""

    def __init__(self, path: Path, device: torch.device, *, held_out: bool) -> None:
        with np.load(path) as stored:
            raw = dict(stored)  # each look into the file reads an array whole
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

    def batch(self, rows: list[int], side: str) -> Tensor:
        """side: one of SIDES -> [b, 3, 160, 160] in 0..1."""
        at = SIDES.index(side)
        pictures = [cv2.imdecode(self._jpeg[3 * row + at], cv2.IMREAD_COLOR)[:, :, ::-1] for row in rows]
        return torch.from_numpy(np.stack(pictures).transpose(0, 3, 1, 2).copy()).to(self._device).float() / 255


def drawn_twins(photos: Photos, seeded: Seeded, redraw: Redrawer, recipe: Recipe, dice: Dice) -> tuple[Tensor, Tensor]:
    """(manipulated, genuine) [pairs, ...] each; of every pair both come through the same call, or stay as they are."""
    half = recipe.pairs // 2
    rows = dice.order(len(photos))[:half]
    real, outline, five = photos.batch(rows)
    donor, _, donor_five = photos.batch(rows.roll(1))
    with torch.no_grad():
        rendered = redrawn(real, redraw, dice)
        forged, plain = twins(real, outline, five, donor, donor_five, rendered, dice, recipe.shares)
        chosen = dice.order(len(seeded))[:half].tolist()
        parts = np.array_split(chosen, len(recipe.seeds))
        seeds = [seeded.batch(part.tolist(), side) for part, side in zip(parts, recipe.seeds, strict=True)]
        forged, plain = torch.cat([forged, *seeds]), torch.cat([plain, seeded.batch(chosen, SIDES[0])])
        called = call(forged, plain, dice)
        as_is = dice.chosen(AS_IS, 2 * half) > 0
        return torch.where(as_is, forged, called[0]), torch.where(as_is, plain, called[1])


def redrawn(real: Tensor, redraw: Redrawer, dice: Dice) -> Tensor:
    """Faces as the small decoder draws them, with more or less of them lost."""
    drawn: Tensor = redraw(real, dice.normal(len(real), 8, 40, 40) * dice.uniform(0, 0.3, len(real), 1, 1, 1))
    return drawn


def redrawer(work: Path, photos: Photos, seed: int) -> Redrawer:
    """The small decoder, trained where WORK/redrawer.pt is not there yet."""
    redraw, kept = Redrawer().to(photos.pictures.device, memory_format=torch.channels_last), work / "redrawer.pt"
    if kept.exists():
        redraw.load_state_dict(torch.load(kept, map_location=photos.pictures.device, weights_only=True))
        return redraw.eval()
    dice, optimiser = Dice(seed, photos.pictures.device), torch.optim.Adam(redraw.parameters(), 2e-3)
    for step in range(REDRAW_STEPS):
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * (1 - step / REDRAW_STEPS)
        real, _, _ = photos.batch(dice.order(len(photos))[:REDRAW_BATCH])
        with torch.autocast(real.device.type, torch.bfloat16):
            loss = functional.l1_loss(redraw(real.contiguous(memory_format=torch.channels_last)).float(), real)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print(f"redrawer: L1 {loss.item():.4f}", flush=True)
    _kept(redraw.state_dict(), kept)
    return redraw.eval()


def train(
    work: Path, device: torch.device, recipe: Recipe, after: Callable[[int], None] = lambda step: None
) -> Detector:
    """after: called with the number of steps done, each time they were kept.

    Raises:
        SystemExit: the checkpoint in `work` is of another recipe.
    """
    torch.manual_seed(recipe.seed)
    photos, seeded = (
        Photos(work / "photos.npz", device, held_out=False),
        Seeded(work, device, held_out=False),
    )
    redraw = redrawer(work, photos, recipe.seed)
    net, dice = Detector().to(device, memory_format=torch.channels_last), Dice(recipe.seed, device)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(net.parameters(), recipe.rate, weight_decay=0.02)
    checkpoint, first = work / f"{recipe.name}.pt", 0
    torch.manual_seed(recipe.seed + 1)
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
        if state["recipe"] != asdict(recipe):
            raise SystemExit(
                f"{checkpoint} is of another recipe, {state['recipe']}: take it away, or name another --work"
            )
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        dice.go_on(state["dice"])
        torch.set_rng_state(state["dropout"])
        first = state["step"]
    for step in range(first, recipe.steps):
        net.train()
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * min(1, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * step / recipe.steps))
        forged, plain = drawn_twins(photos, seeded, redraw, recipe, dice)
        with torch.autocast(device.type, torch.bfloat16):
            logits = net(torch.cat([forged, plain]).contiguous(memory_format=torch.channels_last)).float()
        wanted = torch.cat([torch.ones(len(forged), device=device), torch.zeros(len(plain), device=device)])
        loss = functional.binary_cross_entropy_with_logits(logits, wanted * 0.95 + 0.025)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if (step + 1) % KEPT_EVERY == 0 or step + 1 == recipe.steps:
            right = ((logits > 0) == (wanted > 0.5)).float().mean().item()
            print(f"{recipe.name}: step {step + 1}, loss {loss.item():.3f}, right {right:.2f}", flush=True)
            _kept({"recipe": asdict(recipe), "net": net.state_dict(), "optimiser": optimiser.state_dict(), "step": step + 1,
                   "dice": dice.state, "dropout": torch.get_rng_state()}, checkpoint)  # fmt: skip
            after(step + 1)
    return net.eval()


def _kept(state: dict[str, object], target: Path) -> None:
    partial = target.with_suffix(".part")
    torch.save(state, partial)
    partial.replace(target)


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
    parser.add_argument("--steps", type=int, default=Recipe.steps)
    parser.add_argument("--without", choices=KINDS, default="", help="leave a manipulation out; written to WORK")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    recipe = Recipe(args.steps, without=args.without)
    with spent(args.work, f"train {recipe.name}") as keep:
        net = train(args.work, torch.device(args.device), recipe, lambda step: keep())
    export(net, args.out or (args.work / f"{recipe.name}.onnx" if args.without else ARTEFACT))


if __name__ == "__main__":
    main()
