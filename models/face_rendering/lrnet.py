"""LRNet (Sun et al., CVPR 2021) to measure beside ours: it reads the course of 68 points of a face. Never shipped; read from the shared peers.

Its points come from mediapipe's mesh here, and its own smoothing by optical flow is left out: it was trained with both otherwise.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

POINTS = (127, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 356,
          70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 168, 197, 5, 4, 98, 97, 2, 326, 327,
          33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
          61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87)  # fmt: skip
"""Points of the mesh nearest to dlib's 68, in dlib's order."""
WINDOW = 30
"""Pictures that are read at once."""
_MARGIN, _HELD_PX = 1.2, 1.42
"""Side of the box over that of the face; the box stays where it is while the face moves by less."""


class _Course(nn.Module):
    """[n, pictures, 136] -> logits [n, 2], the second: manipulated."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden_state = nn.Parameter(torch.zeros(2, 1, 32))
        self.gru = nn.GRU(136, 32, batch_first=True, bidirectional=True)
        self.inner, self.last = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64)), nn.Linear(64, 2)

    def forward(self, x: Tensor) -> Tensor:
        _, hidden = self.gru(x, self.hidden_state.repeat(1, len(x), 1))
        both = torch.cat(list(hidden), 1)
        return self.last(both + self.inner(both))


class LRNet:
    """Both of its networks: one reads where points are, one how they move."""

    def __init__(self, folder: Path) -> None:
        self._where, self._moves = (_loaded(folder / name) for name in ("g1.pth", "g2.pth"))

    def traces(self, points: np.ndarray) -> float:
        """Points [pictures, 478, 2] of a clip's mesh -> 0..1, higher = manipulated; NaN where the clip is too short."""
        course = _normalised(points[:, list(POINTS)].astype(np.float64))
        starts = range(0, len(course) - WINDOW, WINDOW)
        if not starts:
            return float("nan")
        where = torch.from_numpy(np.stack([course[a : a + WINDOW] for a in starts])).float()
        with torch.no_grad():
            answers = [net(x).softmax(1)[:, 1] for net, x in ((self._where, where), (self._moves, where.diff(dim=1)))]
        return float(torch.stack(answers).mean())


def _loaded(path: Path) -> _Course:
    names = {"dense.1.fn.net.0": "inner.0", "dense.1.fn.net.3": "inner.2", "dense.3": "last"}
    state = torch.load(path, map_location="cpu", weights_only=True)
    for old, new in names.items():
        for part in ("weight", "bias"):
            state[f"{new}.{part}"] = state.pop(f"{old}.{part}")
    net = _Course()
    net.load_state_dict(state)
    return net.eval()


def _normalised(points: np.ndarray) -> np.ndarray:
    """[pictures, 68, 2] in pixels -> [pictures, 136] in -1..1 of a box of one size around the face."""
    low, high = points.min(axis=1), points.max(axis=1)
    half = float((high - low).max(axis=1).mean()) * _MARGIN / 2
    centres = [(low[0] + high[0]) / 2]
    for centre in ((low + high) / 2)[1:]:
        centres.append(centres[-1] if np.linalg.norm(centre - centres[-1]) < _HELD_PX else centre)
    return ((points - np.stack(centres)[:, None]) / half).reshape(len(points), -1)
