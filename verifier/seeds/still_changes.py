"""A picture that does not go on: frozen, frozen with noise, looped; each can go on after the clip ends, to a given length."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import cv2
import numpy as np

from verifier.media.types import Image

if TYPE_CHECKING:
    from verifier.seeds.shots import PictureChange, Shots


def freezing(span: tuple[float, float], noise: float = 0.0, seed: int = 0, *, past_end: bool = True) -> PictureChange:
    """From span[0] to span[1] the first picture of the span; noise: grey levels of a sensor laid over it.

    past_end: where the clip ends before, it goes on to there; else it has the clip's own pictures, as many and when.
    """

    def change(shots: Shots) -> Shots:
        rng = np.random.default_rng(seed)
        held: Image | None = None
        last, step = 0.0, 1 / 25
        for time, image in shots:
            step, last = max(1e-3, time - last) if time > last else step, time
            if not span[0] <= time < span[1]:
                yield time, image
                continue
            held = image if held is None else held
            yield time, _noisy(held, noise, rng)
        while past_end and held is not None and last + step < span[1]:
            last += step
            yield last, _noisy(held, noise, rng)

    return change


def looping(start: float, length: float, end: float, *, past_end: bool = True) -> PictureChange:
    """From `start` to `end` the `length` seconds before `start` over and over again; past_end: as `freezing` has it.

    They are held as JPEG of quality 95: less than what a call's coder takes away.
    """

    def change(shots: Shots) -> Shots:
        offsets: list[float] = []
        kept: list[Image] = []
        last, step = 0.0, 1 / 25

        def again(time: float) -> Image:
            # a millisecond, the clock of a call, over: what is due at a moment is due although it was rounded
            return _unpacked(kept[max(0, bisect_right(offsets, (time - start + 1e-3) % length) - 1)])

        for time, image in shots:
            step, last = max(1e-3, time - last) if time > last else step, time
            if start - length <= time < start:
                offsets.append(time - start + length)
                kept.append(_packed(image))
            yield time, again(time) if kept and start <= time < end else image
        while past_end and kept and last + step < end:
            last += step
            yield last, again(last)

    return change


def listening_first(seconds: float) -> PictureChange:
    """`seconds` of the clip's beginning, forwards and backwards, before it: somebody who listens before the answer."""

    def change(shots: Shots) -> Shots:
        kept: list[Image] = []
        later: list[tuple[float, Image]] = []
        for time, image in shots:
            later.append((time, image))
            kept.append(_packed(image))
            if time >= min(1.0, seconds):
                break
        step = later[-1][0] / max(1, len(later) - 1) if later else 0.04
        count, period = int(seconds / max(step, 1e-3)), max(1, 2 * len(kept) - 2)
        for number in range(count):
            # counted back from the first picture, so that the clip itself goes on without a jump
            place = (count - number) % period
            yield number * step, _unpacked(kept[min(place, period - place)])
        begin = count * step
        for time, image in later:
            yield begin + time, image
        for time, image in shots:
            yield begin + time, image

    return change


def _packed(image: Image) -> Image:
    packed: Image = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
    return packed


def _unpacked(packed: Image) -> Image:
    image: Image = cv2.cvtColor(cv2.imdecode(packed, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    return image


def _noisy(image: Image, noise: float, rng: np.random.Generator) -> Image:
    """Even noise of that standard deviation: normal noise of a whole picture costs more than its coding."""
    if not noise:
        return image
    grain = rng.integers(0, 256, image.shape[:2], dtype=np.uint8).astype(np.float32)
    noisy: Image = np.clip(image + ((grain - 127.5) * np.float32(noise / 73.9))[..., None], 0, 255).astype(np.uint8)
    return noisy
