"""The two networks: the detector that ships, and the small autoencoder whose drawings it learns to tell from pictures."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def _conv(a: int, b: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(a, b, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(b),
        nn.ReLU(inplace=True),
    )


class _Residual(nn.Module):
    """Two plain convolutions beside an identity (He 2016): on processors, dense ones train several times faster than separable ones."""

    def __init__(self, a: int) -> None:
        super().__init__()
        self.body = nn.Sequential(_conv(a, a), nn.Conv2d(a, a, 3, 1, 1, bias=False), nn.BatchNorm2d(a))

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.relu(x + self.body(x))


class Detector(nn.Module):
    """[b, 3, 160, 160] in 0..1 -> logit [b]: higher = more traces of blending or rendering.

    Beside the picture it sees what the picture has beyond its own blur: seams live there.
    """

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [_conv(6, 24, 2), _conv(24, 24)]
        for a, b in ((24, 48), (48, 96), (96, 128)):
            layers += [_conv(a, b, 2), _Residual(b)]
        self.body = nn.Sequential(*layers, _conv(128, 256, kernel=1))
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(256 * 2, 1))

    def forward(self, x: Tensor) -> Tensor:
        fine = (x - nn.functional.avg_pool2d(x, 5, 1, 2, count_include_pad=False)) * 4
        seen = self.body(torch.cat([x - 0.5, fine], 1))
        return self.head(torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], 1)).squeeze(1)


class Redrawer(nn.Module):
    """[b, 3, 160, 160] -> the same, through 40 x 40 x 8 numbers: faces as decoders draw them."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Sequential(_conv(3, 24, 2), _conv(24, 48, 2), _conv(48, 64), nn.Conv2d(64, 8, 1))
        self.up = nn.Sequential(
            _conv(8, 64),
            nn.Conv2d(64, 32 * 4, 1), nn.PixelShuffle(2), _conv(32, 32),
            nn.Upsample(scale_factor=2, mode="nearest"), _conv(32, 24), nn.Conv2d(24, 3, 3, 1, 1),
        )  # fmt: skip

    def forward(self, x: Tensor, noise: Tensor | None = None) -> Tensor:
        code = self.down(x)
        if noise is not None:
            code = code + noise
        return self.up(code).clamp(0, 1)
