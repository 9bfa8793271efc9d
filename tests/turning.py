"""A drawn face that turns, looks up, is lit or has a hand before it: the sample photo, moved by its own mesh. It shows nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.media.still import read_stills
from verifier.seeds.face_changes import SwapStyle, swapped
from verifier.seeds.faces import OVAL, FaceFollower, Look
from verifier.seeds.ladder import Step, encode
from verifier.seeds.warp import triangulate, warp

MEDIA = Path(__file__).resolve().parents[1] / "samples" / "media"
FPS, SIZE = 8, (480, 360)
FACE = 150
"""Width of the face in pixels."""


@dataclass(frozen=True)
class Pose:
    yaw: float = 0.0
    """Degrees to the face's own left."""
    up: float = 0.0
    light: float = 1.0
    hand: float | None = None
    """Where a hand is over the face: -1 left of it, 0 on it, 1 right of it."""


Course = Callable[[float], Pose]


def turn(start: float, end: float, degrees: float = 45.0) -> Course:
    """Out and back between two times."""
    return lambda t: Pose(yaw=degrees * float(np.sin(np.pi * np.clip((t - start) / (end - start), 0, 1))))


def look_up(start: float, end: float, degrees: float = 25.0) -> Course:
    return lambda t: Pose(up=degrees * float(np.sin(np.pi * np.clip((t - start) / (end - start), 0, 1))))


def lamp(start: float, end: float, light: float = 1.5) -> Course:
    return lambda t: Pose(light=light if start <= t < end else 1.0)


def hand(start: float, end: float) -> Course:
    return lambda t: Pose(hand=-1.6 + 3.2 * (t - start) / (end - start) if start <= t < end else None)


class Head:
    """The face of a picture as a mesh in space."""

    def __init__(self, image: np.ndarray) -> None:
        with FaceFollower() as follower:
            mesh = follower.mesh(image)
        assert mesh is not None
        scale = FACE / float(np.ptp(mesh.points[:468, 0]))
        self.image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self.points = mesh.points[:468].astype(np.float64) * scale
        self.middle = self.points[list(OVAL)].mean(axis=0)
        reach = 1.9 * np.ptp(self.points[:, 1]) / 2
        angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        rim = self.middle + np.stack([reach * 0.9 * np.cos(angles), reach * np.sin(angles), 0 * angles], axis=1)
        self.all = np.concatenate([self.points, rim])
        self.triangles = triangulate(self.all)

    def picture(self, pose: Pose) -> np.ndarray:
        yaw, up = np.radians(pose.yaw), np.radians(pose.up)
        offset = self.points - self.middle
        depth = offset[:, 2] - offset[:, 2].max()  # turns about the ears
        x = offset[:, 0] * np.cos(yaw) - depth * np.sin(yaw)
        z = offset[:, 0] * np.sin(yaw) + depth * np.cos(yaw)
        y = offset[:, 1] * np.cos(up) + z * np.sin(up)
        z = z * np.cos(up) - offset[:, 1] * np.sin(up)
        place = np.array([SIZE[0] / 2, SIZE[1] / 2 + 20])
        rim = (self.all[468:] - self.middle)[:, :2]
        flat = np.concatenate([np.stack([x, y], axis=1), rim]) + place
        far = np.concatenate([z, np.full(len(rim), z.max())])
        moved, painted = warp(self.image, self.all, flat, self.triangles, SIZE, depth=far)
        out = np.full((SIZE[1], SIZE[0], 3), (120, 128, 136), np.uint8)
        out[painted] = np.asarray(moved, np.uint8)[painted]
        return out


def before_camera(out: np.ndarray, pose: Pose, rng: np.random.Generator) -> np.ndarray:
    """Hand, light and grain: what is between a face and what the camera saw of it."""
    if pose.hand is not None:
        out = _with_hand(out, SIZE[0] / 2 + pose.hand * FACE / 2, SIZE[1] / 2 + 30)
    lit = cv2.convertScaleAbs(out, alpha=pose.light)
    return cv2.add(lit, rng.integers(0, 4, lit.shape, dtype=np.uint8))


def film(path: Path, course: Course, seconds: float, *, swap_until: float | None = None, swap_till_s: float = 1e9, bit_rate: int = 500_000) -> Path:  # fmt: skip
    """The person of the samples; swap_until: with the other person's face on it, up to so many degrees of turning."""
    head, rng = Head(read_stills(MEDIA / "passport-photo.jpg")[0].image), np.random.default_rng(1)
    other = _other() if swap_until is not None else None

    def shots() -> Iterator[tuple[float, np.ndarray]]:
        with FaceFollower() as follower:
            for number in range(round(seconds * FPS)):
                time = number / FPS
                pose = course(time)
                image = head.picture(pose)
                if other is not None and max(abs(pose.yaw), abs(pose.up)) <= (swap_until or 0) and time < swap_till_s:
                    mesh = follower.mesh(image)
                    if mesh is not None:
                        image = swapped(image, mesh, other, SwapStyle(), rng)[0]
                yield time, before_camera(image, pose, rng)

    encode(shots(), None, Step(360, bit_rate), path, rate=FPS)
    return path


def _other() -> Look:
    with Recording(MEDIA / "round-3.mp4") as recording, FaceFollower() as follower:
        frame = next(iter(recording.frames(SamplingPlan())))
        mesh = follower.mesh(frame.image)
    assert mesh is not None
    return Look.of(frame.image, mesh)


def _with_hand(image: np.ndarray, x: float, y: float) -> np.ndarray:
    """An open hand, drawn: palm, four fingers, thumb."""
    out, skin, shade = image.copy(), (214, 168, 140), (176, 128, 104)
    unit = FACE / 2.4

    def finger(base: tuple[float, float], tip: tuple[float, float], width: float) -> None:
        ends = [tuple(int(v) for v in (x + px * unit, y + py * unit)) for px, py in (base, tip)]
        cv2.line(out, ends[0], ends[1], shade, int(width * unit) + 4, cv2.LINE_AA)
        cv2.line(out, ends[0], ends[1], skin, int(width * unit), cv2.LINE_AA)

    cv2.line(out, (int(x), int(y + unit)), (int(x), SIZE[1]), skin, int(0.62 * unit), cv2.LINE_AA)
    for at, length in ((-0.36, 0.78), (-0.12, 0.95), (0.12, 0.9), (0.36, 0.68)):
        finger((at, 0.1), (1.25 * at, -length), 0.2)
    finger((0.4, 0.6), (0.85, 0.05), 0.22)
    cv2.ellipse(
        out, (int(x), int(y + 0.5 * unit)), (int(0.5 * unit), int(0.55 * unit)), 0, 0, 360, skin, -1, cv2.LINE_AA
    )
    for at in (-0.24, 0.0, 0.24):
        cv2.line(
            out,
            (int(x + at * unit), int(y + 0.12 * unit)),
            (int(x + at * unit), int(y - 0.1 * unit)),
            shade,
            2,
            cv2.LINE_AA,
        )
    return out
