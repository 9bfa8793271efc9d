"""Aside: whether moire and border of a filmed screen can be told, beside MiniFASNet, on the same pictures.

python -m verifier_models.replay.screen --data DATA --peers PEERS --work .work/replay
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from verifier_models.stage import clip_rows

from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.media.still import read_stills
from verifier.metrics import auc
from verifier.observe.face_detector import FaceBox, FaceDetector
from verifier.seeds.ladder import Step, encode
from verifier.seeds.recipes import RECIPES, Material
from verifier.seeds.shots import Source, fitted

STEPS = (Step(720, 1_500_000), Step(360, 300_000))
PICTURES, LOOKED = 30, (9, 19, 29)
NETWORKS = (("MiniFASNetV2.onnx", 2.7), ("MiniFASNetV1SE.onnx", 4.0))


def moire(image: np.ndarray, face: FaceBox) -> float:
    """The tallest peak of the spectrum off its axes, over the median of its ring, in the middle of a face."""
    x, y = (int(c) for c in face.centre)
    side = int(min(face.size, 128)) // 2 * 2
    part = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[max(0, y - side // 2) :, max(0, x - side // 2) :][:side, :side]
    if min(part.shape) < 24:
        return 0.0
    rest = part.astype(np.float32) - cv2.GaussianBlur(part, (0, 0), 3).astype(np.float32)
    window = np.outer(np.hanning(part.shape[0]), np.hanning(part.shape[1]))
    power = np.abs(np.fft.fftshift(np.fft.fft2(rest * window)))
    v, u = np.indices(power.shape) - np.array(power.shape)[:, None, None] // 2
    radius = np.hypot(u / part.shape[1], v / part.shape[0])
    ring = (radius > 0.03) & (radius < 0.35)
    bands = np.round(radius * 40).astype(int)
    floor = np.array([np.median(power[bands == b]) if (bands == b).any() else 1.0 for b in range(bands.max() + 1)])
    return float((power / np.maximum(floor[bands], 1e-3))[ring].max())


def border(image: np.ndarray, face: FaceBox) -> float:
    """Length of straight, nearly upright or level lines in the outer sixth of the picture, over its sides."""
    height, width = image.shape[:2]
    edges = cv2.Canny(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 40, 120)
    edges[height // 6 : -height // 6, width // 6 : -width // 6] = 0
    lines = cv2.HoughLinesP(edges, 1, np.pi / 180, 60, minLineLength=min(height, width) // 3, maxLineGap=6)
    return (
        float(sum(np.hypot(a - c, b - d) for a, b, c, d in lines[:, 0]) / (height + width))
        if lines is not None
        else 0.0
    )


class Peer:
    """Probability of a spoof by one of MiniFASNet's networks: BGR, 80 x 80, 0..255."""

    def __init__(self, path: Path, scale: float) -> None:
        import onnxruntime

        self._scale = scale
        self._session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def __call__(self, image: np.ndarray, face: FaceBox) -> float:
        height, width = image.shape[:2]
        scale = min(self._scale, (height - 1) / face.height, (width - 1) / face.width)
        w, h = face.width * scale, face.height * scale
        left, top = (
            max(0.0, min(c - s / 2, most - s)) for c, s, most in zip(face.centre, (w, h), (width, height), strict=True)
        )
        part = cv2.resize(image[int(top) : int(top + h) + 1, int(left) : int(left + w) + 1, ::-1], (80, 80))
        out = self._session.run(None, {self._input: part.transpose(2, 0, 1)[None].astype(np.float32)})[0][0]
        out = np.exp(out - out.max())
        return float(1 - out[1] / out.sum())


def pictures(path: Path) -> Iterator[np.ndarray]:
    with Recording(path) as recording:
        for number, frame in enumerate(recording.frames(SamplingPlan())):
            if number in LOOKED:
                yield frame.image


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    measures: list[Any] = [moire, border, *(Peer(args.peers / "minifasnet" / name, scale) for name, scale in NETWORKS)]
    detector = FaceDetector()

    def measured(images: Iterator[np.ndarray]) -> list[float] | None:
        rows = []
        for image in images:
            boxes = detector.find(image)
            if boxes:
                face = max(boxes, key=lambda b: b.size)
                rows.append([m(image, face) for m in measures])
        return [float(v) for v in np.median(rows, axis=0)] if rows else None

    clips = [Source.open(path) for path, _ in clip_rows(args.data, "genuine")[::2]]
    steps: dict[str, Any] = {}
    coded = args.work / "screen.mkv"
    for step in STEPS:
        found: dict[bool, list[list[float]]] = {False: [], True: []}
        for number, clip in enumerate(clips):
            plan = RECIPES["screen replay"](Material(clip, (), step.lines), np.random.default_rng(number))
            for seeded in (False, True):
                shots = islice(clip.shots(step.lines), PICTURES)
                encode(plan.picture(shots) if seeded else shots, None, step, coded)
                values = measured(pictures(coded))
                if values is not None:
                    found[seeded].append(values)
        attack, genuine = (np.array(found[seeded]) for seeded in (True, False))
        steps[step.name] = {
            "clips": len(clips),
            "auc": [auc(attack[:, i], genuine[:, i]) for i in range(len(measures))],
        }
        print(step.name, steps[step.name], flush=True)
    coded.unlink(missing_ok=True)
    stills = {name: measured(iter([fitted(read_stills(args.data / "presentation" / f"image_{name}.jpg")[0].image, 1280)]))
              for name in ("T1", "F1", "F2")}  # fmt: skip
    (args.work / "screen.json").write_text(
        json.dumps({"steps": steps, "stills": {k: v or [] for k, v in stills.items()}})
    )
    print(stills)


if __name__ == "__main__":
    main()
