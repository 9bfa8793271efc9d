"""Eyes that read or look about, as a table that the mesh could have made."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from verifier.observe.face_detector import FaceBox
from verifier.observe.lips import LipTable

RATE = 15


def reading(times: np.ndarray, reach: float, line_s: float = 2.4, seed: int = 1) -> np.ndarray:
    """Where the eyes look, in eye widths to the right of the picture: `reach` to one side, in six steps to the other, back."""
    rng, out, at = np.random.default_rng(seed), np.zeros(len(times)), float(times[0])
    while at <= times[-1]:
        steps = np.linspace(reach, -reach, 6) + rng.normal(0, 0.1 * reach, 6)
        edges = at + np.cumsum(np.concatenate([[0], rng.uniform(0.7, 1.3, 6)])) * line_s / 6
        for step, first, last in zip(steps, edges[:-1], edges[1:], strict=True):
            out[(times >= first) & (times < last)] = step
        at = edges[-1]
    return out


def glances(times: np.ndarray, seed: int = 1) -> np.ndarray:
    """Held and then moved at once, mostly near the middle, as in free speech."""
    rng, out, at = np.random.default_rng(seed), np.zeros(len(times)), 0.0
    while at <= times[-1]:
        until = at + rng.uniform(0.4, 2.5)
        out[(times >= at) & (times < until)] = rng.normal(0, 0.05)
        at = until
    return out


def times_of(seconds: float, rate: float = RATE) -> np.ndarray:
    return np.arange(round(seconds * rate)) / rate


def table(
    times: np.ndarray,
    across: np.ndarray,
    jitter: float = 0.005,
    width: float = 40.0,
    opened: float = 0.3,
    mirrored: float = 0.0,
    seed: int = 0,
) -> LipTable:
    """The jitter is that of genuine clips: 0.003 to 0.011 widths of the eye."""
    rng = np.random.default_rng(seed)
    eyes = np.zeros((len(times), 7), np.float32)
    eyes[:, :2] = across[:, None] + rng.normal(0, jitter, (len(times), 2))
    eyes[:, 3], eyes[:, 5], eyes[:, 6] = opened, width, mirrored
    boxes = (FaceBox(100, 100, 160, 200, 0.9),) * len(times)
    stamps = tuple(Fraction(round(t * 1000), 1000) for t in times)
    return LipTable(stamps, boxes, np.zeros((len(times), 5), np.float32), len(times), eyes=eyes)
