"""The witness of single characters of a machine-readable zone: a small network trained on drawn characters alone.

python -m verifier_models.mrz_cells.train glyphs --out .work/glyphs.npz     (needs the fonts)
python -m verifier_models.mrz_cells.train fit --glyphs .work/glyphs.npz --out .work/mrz_cells   (torch; seconds a thousand
steps on a GPU, an hour on two cores)
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

ALPHABET = "<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
STRANGE = "abcdefghkmnpqrstuvwxyzÑÄÖÜßØ$&%#*=+?;.,-/ "
"""Drawn for the last class: nothing that belongs into a zone."""
PITCH, HIGH = 32, 64
"""Pixels of a drawn cell: OCR-B's advance, and the height around the middle of its capitals."""
SIDE = 32
"""Pixels of what the network sees: 1.6 advances wide and high, the character in its middle."""
REACH = 1.6
OCR_B_SHARE = 0.85


def glyphs(fonts: list[Path]) -> np.ndarray:
    """Coverage 0..1 of every character in every font: [fonts, characters, HIGH, PITCH]."""
    from PIL import Image, ImageDraw, ImageFont

    out = []
    for path in fonts:
        size = 100 * PITCH * 4 / ImageFont.truetype(str(path), 100).getlength("H")
        font = ImageFont.truetype(str(path), size)
        _, top, _, bottom = font.getbbox("H")
        drawn = []
        for character in ALPHABET + STRANGE:
            page = Image.new("L", (PITCH * 4, HIGH * 4))
            at = ((PITCH * 4 - font.getlength(character)) / 2, HIGH * 2 - (top + bottom) / 2)
            ImageDraw.Draw(page).text(at, character, fill=255, font=font)
            drawn.append(np.asarray(page.resize((PITCH, HIGH), Image.Resampling.BOX), np.float32) / 255)
        out.append(np.stack(drawn))
    return np.stack(out)


class Net(nn.Module):
    """Grey [n, 1, 32, 32], each of mean 0 and deviation 1 -> 38 logits: the alphabet and "none of these"."""

    def __init__(self, wide: int = 32) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inner, outer in ((1, wide), (wide, 2 * wide), (2 * wide, 3 * wide)):
            layers += [nn.Conv2d(inner, outer, 3, padding=1, bias=False), nn.BatchNorm2d(outer), nn.ReLU()]
            layers += [
                nn.Conv2d(outer, outer, 3, padding=1, bias=False),
                nn.BatchNorm2d(outer),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
        self.body = nn.Sequential(*layers, nn.Conv2d(3 * wide, wide, 1), nn.ReLU(), nn.Flatten(), nn.Dropout(0.2))
        self.head = nn.Linear(wide * 16, len(ALPHABET) + 1)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.head(self.body(x))
        return out


class Press:
    """Draws batches: five characters in a row on paper, seen badly, cut out around the middle one."""

    def __init__(self, drawn: Tensor) -> None:
        self.drawn, self.device = drawn, drawn.device
        k = torch.arange(8, device=self.device)
        dct = torch.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) * 0.5
        dct[0] *= math.sqrt(0.5)
        self.dct = dct
        self.quant = 1 + (k[:, None] + k[None]) * 1.2

    def uniform(self, n: int, low: float, high: float) -> Tensor:
        return torch.rand(n, device=self.device) * (high - low) + low

    def batch(self, n: int) -> tuple[Tensor, Tensor]:
        known = len(ALPHABET)
        pick = torch.randint(known, (n, 5), device=self.device)
        filler = torch.rand(n, 5, device=self.device) < 0.25
        pick[filler] = 0
        strange = torch.rand(n, device=self.device) < 0.1
        pick[strange, 2] = torch.randint(known, self.drawn.shape[1], (n,), device=self.device)[strange]
        label = torch.where(strange, known, pick[:, 2])
        fonts = len(self.drawn)
        font = torch.where(
            torch.rand(n, device=self.device) < OCR_B_SHARE, 0, torch.randint(fonts, (n,), device=self.device)
        )
        ink = self.drawn[font[:, None], pick]  # n, 5, HIGH, PITCH
        ink = ink.permute(0, 2, 1, 3).reshape(n, 1, HIGH, 5 * PITCH)
        ink = self._thickness(ink)
        pitch = float(np.exp(np.random.uniform(np.log(4.8), np.log(32))))
        ink = _blurred(ink, PITCH / pitch * np.random.uniform(0.35, 0.8))
        seen = self._sampled(ink, pitch, n)
        seen = self._paper(seen, n)
        if np.random.rand() < 0.6 and min(seen.shape[2:]) >= 8:
            seen = self._saved(seen, n)
        side = F.interpolate(seen, size=(SIDE, SIDE), mode="bicubic", align_corners=False)
        side = (side - side.mean((2, 3), keepdim=True)) / (side.std((2, 3), keepdim=True) + 1e-3)
        return side, label

    def _thickness(self, ink: Tensor) -> Tensor:
        """Strokes fatter or thinner, as ink spreads and cameras see it."""
        soft = _blurred(ink, 1.6)
        level = self.uniform(len(ink), 0.22, 0.68)[:, None, None, None]
        return torch.sigmoid((soft - level) * 14)

    def _sampled(self, ink: Tensor, pitch: float, n: int) -> Tensor:
        """At the resolution of a picture with `pitch` pixels a character, off the grid by a little, leaning and turned."""
        side = max(5, round(REACH * pitch))
        angle, shear = self.uniform(n, -0.06, 0.06), self.uniform(n, -0.12, 0.12)
        wide, high = self.uniform(n, 0.9, 1.12), self.uniform(n, 0.82, 1.22)
        dx, dy = self.uniform(n, -0.16, 0.16), self.uniform(n, -0.18, 0.18)
        half_x, half_y = REACH / 5, REACH * PITCH / HIGH
        theta = torch.zeros(n, 2, 3, device=self.device)
        theta[:, 0, 0], theta[:, 0, 1] = half_x * wide, shear * half_x
        theta[:, 1, 0], theta[:, 1, 1] = angle * half_y, half_y * high
        theta[:, 0, 2], theta[:, 1, 2] = dx * 2 / 5, dy * 2 * PITCH / HIGH
        grid = F.affine_grid(theta, [n, 1, side, side], align_corners=False)
        return F.grid_sample(ink, grid, mode="bilinear", padding_mode="zeros", align_corners=False)

    def _paper(self, ink: Tensor, n: int) -> Tensor:
        """Dark ink on a ground with patterns, uneven light and noise."""
        side = ink.shape[-1]
        y, x = torch.meshgrid(*(torch.linspace(-1, 1, side, device=self.device),) * 2, indexing="ij")
        ground = torch.zeros_like(ink)
        for _ in range(3):
            way, wave = self.uniform(n, 0, 2 * math.pi), self.uniform(n, 1, 16)
            phase, depth = self.uniform(n, 0, 6.3), self.uniform(n, 0, 1) ** 3 * 0.2
            along = (x[None] * way.cos()[:, None, None] + y[None] * way.sin()[:, None, None]) * wave[:, None, None]
            ground[:, 0] += depth[:, None, None] * torch.sin(along + phase[:, None, None])
        coarse = F.interpolate(
            torch.randn(n, 1, 4, 4, device=self.device), size=(side, side), mode="bicubic", align_corners=False
        )
        ground += coarse * (self.uniform(n, 0, 1) ** 2 * 0.18)[:, None, None, None]
        edge = (y[None] > self.uniform(n, 0.55, 1.8)[:, None, None]) | (
            y[None] < -self.uniform(n, 0.55, 1.8)[:, None, None]
        )
        ground[:, 0] -= (
            edge * (self.uniform(n, 0, 1) ** 2 * 0.6 * (torch.rand(n, device=self.device) < 0.5))[:, None, None]
        )
        strength = self.uniform(n, 0.25, 1.0)[:, None, None, None]
        seen = 1 + ground * strength.sqrt() * 0.7 - ink * strength
        noise = torch.randn_like(seen)
        if np.random.rand() < 0.5:
            noise = _blurred(noise, 0.8) * 2
        return seen + noise * (self.uniform(n, 0, 1) ** 2 * 0.1)[:, None, None, None] * strength.sqrt()

    def _saved(self, seen: Tensor, n: int) -> Tensor:
        """What a JPEG of low quality leaves: 8 x 8 blocks, coarse coefficients."""
        high, wide = seen.shape[2:]
        ox, oy = np.random.randint(8, size=2)
        padded = (
            F.pad(seen, (int(ox), -(wide + int(ox)) % 8, int(oy), -(high + int(oy)) % 8), mode="replicate")
            if max(ox, oy) < min(high, wide)
            else F.pad(seen, (0, -wide % 8, 0, -high % 8), mode="replicate")
        )
        if max(ox, oy) >= min(high, wide):
            ox = oy = 0
        ph, pw = padded.shape[2:]
        blocks = padded.reshape(n, ph // 8, 8, pw // 8, 8).permute(0, 1, 3, 2, 4)
        step = (self.uniform(n, 0, 1) ** 2 * 0.06 + 0.004)[:, None, None, None, None] * self.quant
        coded = self.dct @ blocks @ self.dct.T
        coded = torch.round(coded / step) * step
        back = (self.dct.T @ coded @ self.dct).permute(0, 1, 3, 2, 4).reshape(n, 1, ph, pw)
        return back[:, :, oy : oy + high, ox : ox + wide]


def _blurred(x: Tensor, sigma: float) -> Tensor:
    reach = max(1, math.ceil(2.5 * sigma))
    k = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, device=x.device) / max(sigma, 1e-3)) ** 2)
    k = k / k.sum()
    x = F.conv2d(F.pad(x, (0, 0, reach, reach), mode="replicate"), k[None, None, :, None])
    return F.conv2d(F.pad(x, (reach, reach, 0, 0), mode="replicate"), k[None, None, None, :])


def fit(drawn: np.ndarray, steps: int, size: int, device: str) -> Net:
    torch.manual_seed(0)
    np.random.seed(0)
    press, net = Press(torch.tensor(drawn, device=device)), Net().to(device)
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    for step in range(steps):
        with torch.no_grad():
            x, label = press.batch(size)
        loss = F.cross_entropy(net(x), label, label_smoothing=0.02)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 500 == 0 or step == steps - 1:
            print(step, f"{loss.item():.3f}", flush=True)
    return net.eval()


def figures(net: Net, drawn: np.ndarray, device: str) -> None:
    """Share of drawn characters that are read wrongly, over fresh batches of all resolutions."""
    press = Press(torch.tensor(drawn, device=device))
    wrong = total = 0
    with torch.no_grad():
        for _ in range(100):
            x, label = press.batch(1024)
            wrong += int((net(x).argmax(1) != label).sum())
            total += len(label)
    print(f"{total} fresh drawn characters, {100 * wrong / total:.2f} % read wrongly")


def save(net: Net, path: Path) -> None:
    net = net.cpu()
    torch.onnx.export(
        net, (torch.zeros(2, 1, SIDE, SIDE),), str(path), input_names=["cells"], output_names=["logits"],
        dynamic_axes={"cells": {0: "n"}, "logits": {0: "n"}}, opset_version=17, dynamo=False,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("glyphs", "fit"))
    parser.add_argument("--fonts", type=Path, nargs="*", default=[], help="OCR-B first, then others of even advance")
    parser.add_argument("--glyphs", type=Path)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--size", type=int, default=2048, help="characters a step")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    if options.what == "glyphs":
        np.savez_compressed(options.out, drawn=glyphs(options.fonts).astype(np.float16))
        return
    device = "cuda" if torch.cuda.is_available() else "cpu"
    drawn = np.load(options.glyphs)["drawn"].astype(np.float32)
    net = fit(drawn, options.steps, options.size, device)
    figures(net, drawn, device)
    options.out.mkdir(parents=True, exist_ok=True)
    torch.save(net.state_dict(), options.out / "mrz_cells.pt")
    save(net, options.out / "mrz_cells.onnx")


if __name__ == "__main__":
    main()
