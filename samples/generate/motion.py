"""How a person in front of a camera moves: slowly about, blinking, looking away now and then, nodding with the voice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from samples.generate.head import Pose

Float = NDArray[np.float64]

FPS = 25
_WIDEST = 0.95  # of the mouth, at the loudest
_BLINK = np.array([0.35, 0.85, 1.0, 0.9, 0.6, 0.3, 0.1])  # frame by frame


def poses(
    place: tuple[float, float], size: float, opened: Float, rounded: Float, seed: int, still: float = 1.0
) -> list[Pose]:
    """One pose per frame. `opened` and `rounded` say what the mouth does; a `still` below 1 moves less."""
    rng = np.random.default_rng(seed)
    count = len(opened)
    talk = gaussian_filter1d(opened, 0.35 * FPS)
    yaw = np.clip(_sway(rng, count, 1.1, 0.075) + _sway(rng, count, 0.45, 0.018), -0.2, 0.2) * still
    pitch = (_sway(rng, count, 0.9, 0.030) + 0.10 * (talk - talk.mean())) * still
    roll = (_sway(rng, count, 1.3, 0.022) + 0.10 * yaw) * still
    right = (_sway(rng, count, 1.6, 7.0) - 30 * yaw) * still
    down = (_sway(rng, count, 1.6, 3.0) + 1.2 * np.sin(2 * np.pi * np.arange(count) / FPS / 3.9)) * still
    near = 1 + _sway(rng, count, 2.0, 0.008) * still
    gaze = _gaze(rng, count) + np.stack([0.22 * yaw, -0.10 * pitch], axis=1)  # eyes stay while the head turns
    shut = _blinks(rng, count)
    return [
        Pose((place[0] + right[i] * size, place[1] + down[i] * size), size * near[i], yaw[i], pitch[i], roll[i],
             _WIDEST * opened[i], rounded[i], shut[i], (gaze[i, 0], gaze[i, 1]))
        for i in range(count)
    ]  # fmt: skip


def _sway(rng: np.random.Generator, count: int, seconds: float, amount: float) -> Float:
    """Smooth noise: changes over about `seconds`, by about `amount`."""
    margin = round(4 * seconds * FPS)
    noise = gaussian_filter1d(rng.standard_normal(count + 2 * margin), seconds * FPS)
    return np.asarray(amount * noise[margin : margin + count] / noise.std())


def _blinks(rng: np.random.Generator, count: int) -> Float:
    shut = np.zeros(count + len(_BLINK))
    at = int(rng.uniform(0.8, 2.5) * FPS)
    while at < count:
        shut[at : at + len(_BLINK)] = np.maximum(shut[at : at + len(_BLINK)], _BLINK)
        at += int(rng.uniform(1.8, 5.5) * FPS)
    return np.asarray(shut[:count])


def _gaze(rng: np.random.Generator, count: int) -> Float:
    """Held and then moved at once, as eyes do: mostly to the camera or the screen right below it."""
    held = np.zeros((count, 2))
    at = 0
    while at < count:
        until = at + int(rng.uniform(0.6, 2.6) * FPS)
        kind = rng.random()
        target = (rng.uniform(-0.012, 0.012), rng.uniform(0.0, 0.012))
        if kind > 0.86:
            target = (rng.choice((-1, 1)) * rng.uniform(0.05, 0.10), rng.uniform(-0.03, 0.02))
        elif kind > 0.62:
            target = (rng.uniform(-0.03, 0.03), rng.uniform(0.02, 0.04))
        held[at:until] = target
        at = until
    return np.asarray(gaussian_filter1d(held, 0.6, axis=0))
