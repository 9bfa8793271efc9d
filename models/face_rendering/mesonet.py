"""Published detectors to measure beside ours on the same faces: MesoNet (Afchar 2018). Never shipped; read from the shared peers."""

from __future__ import annotations

from pathlib import Path

import cv2
import h5py
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from verifier.face_rendering import WINDOW
from verifier.observe.face_crop import CROP_PIXELS

MESONETS = ("Meso4_DF", "Meso4_F2F", "MesoInception_DF", "MesoInception_F2F")
_SIDE = 256


class MesoNet:
    """Layers in the order in which they were made, which their names count; the kind is told by the file's name."""

    def __init__(self, path: Path) -> None:
        with h5py.File(path, "r") as file:
            names = [n.decode() if isinstance(n, bytes) else n for n in file.attrs["layer_names"]]
            self._layers = []
            for name in sorted(names, key=_number):
                weights = [n.decode() if isinstance(n, bytes) else n for n in file[name].attrs["weight_names"]]
                if weights:
                    self._layers.append((name, [torch.from_numpy(np.array(file[name][w])) for w in weights]))
        self._inception = "Inception" in path.name

    def traces(self, crops: np.ndarray) -> np.ndarray:
        """Crops [n, 256, 256, 3] with the eyes 48 px apart -> 0..1 each, higher = manipulated (the network says 1 = real)."""
        edge = (CROP_PIXELS - WINDOW) // 2
        faces = [cv2.resize(c[edge:-edge, edge:-edge], (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC) for c in crops]
        x = torch.from_numpy(np.stack(faces).transpose(0, 3, 1, 2)).float() / 255
        with torch.no_grad():
            return 1 - self._run(x).numpy()

    def _run(self, x: Tensor) -> Tensor:
        convs = [w for name, w in self._layers if name.startswith("conv")]
        norms = [w for name, w in self._layers if name.startswith("batch")]
        dense = [w for name, w in self._layers if name.startswith("dense")]
        if self._inception:
            for block in range(2):
                x = _inception(x, convs[7 * block : 7 * block + 7])
                x = functional.max_pool2d(_norm(x, norms[block]), 2)
            rest = convs[14:]
        else:
            for conv, norm in zip(convs[:2], norms[:2], strict=True):
                x = functional.max_pool2d(_norm(functional.relu(_conv(x, conv)), norm), 2)
            rest = convs[2:]
        for conv, norm, pool in zip(rest, norms[2:], (2, 4), strict=True):
            x = functional.max_pool2d(_norm(functional.relu(_conv(x, conv)), norm), pool)
        x = x.permute(0, 2, 3, 1).flatten(1)
        x = functional.leaky_relu(x @ dense[0][0] + dense[0][1], 0.1)
        return torch.sigmoid(x @ dense[1][0] + dense[1][1]).squeeze(1)


def _number(layer: str) -> int:
    return int(layer.rpartition("_")[2])


def _conv(x: Tensor, weights: list[Tensor], dilation: int = 1) -> Tensor:
    kernel = weights[0].permute(3, 2, 0, 1)
    return functional.conv2d(x, kernel, weights[1], padding=dilation * (kernel.shape[2] // 2), dilation=dilation)


def _inception(x: Tensor, convs: list[list[Tensor]]) -> Tensor:
    """Seven convolutions: one alone, then three pairs of 1 x 1 and 3 x 3 with dilation 1, 2, 3."""
    parts = [functional.relu(_conv(x, convs[0]))]
    for number in range(3):
        inner = functional.relu(_conv(x, convs[1 + 2 * number]))
        parts.append(functional.relu(_conv(inner, convs[2 + 2 * number], number + 1)))
    return torch.cat(parts, 1)


def _norm(x: Tensor, weights: list[Tensor]) -> Tensor:
    gamma, beta, mean, variance = (w[None, :, None, None] for w in weights)
    return (x - mean) / (variance + 1e-3).sqrt() * gamma + beta
