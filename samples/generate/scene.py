"""One made-up person in a room, under the light of that room."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.generate import body, rooms
from samples.generate.body import Clothes
from samples.generate.head import CENTRE, SCALE, Head, Pose, over, paint
from samples.generate.mesh import CHIN, OVAL

Picture = NDArray[np.float32]

_MARGIN = 32  # pixels that body and grain may move


@dataclass(frozen=True)
class Setting:
    """Room, clothes, framing and light of one recording. Sizes and places are shares of the picture's height."""

    room: str
    clothes: Clothes
    across: float = 0.5  # of the width: where the face is
    down: float = 0.45
    face: float = 0.36  # width of the face
    light: tuple[float, float, float] = (1.0, 1.0, 1.0)  # BGR gain
    side: float = 0.0  # -1..1: light from the left or from the right
    seed: int = 1


class Scene:
    """Everything of a recording that does not change from frame to frame, and `frame`, which adds what does."""

    def __init__(self, head: Head, setting: Setting, size: tuple[int, int]) -> None:
        self.head, self.setting, self.size = head, setting, size
        width, height = size
        oval = (head.points[OVAL] - CENTRE) / SCALE
        self.unit = setting.face * height / float(np.ptp(oval[:, 0]))
        self.place = (setting.across * width, setting.down * height)
        self.room = rooms.draw(setting.room, size, setting.seed)
        chin = (head.points[CHIN] - CENTRE)[:2] / SCALE * self.unit + self.place
        half = setting.face * height / 2
        self.body = body.draw(head.skin, setting.clothes, (chin[0], chin[1]), half, size, setting.seed + 1)
        self._gain = self._light()
        self.body[..., :3] *= self._gain
        self._body_columns = np.flatnonzero(self.body[..., 3].any(axis=0))[[0, -1]] + (-_MARGIN, _MARGIN)
        self._body_top = int(np.flatnonzero(self.body[..., 3].any(axis=1))[0]) - _MARGIN
        self._random = np.random.default_rng(setting.seed + 2)
        self._grain = 1.2 * self._random.standard_normal((height + _MARGIN, width + _MARGIN, 1), np.float32)

    def frame(self, pose: Pose) -> NDArray[np.uint8]:
        """The picture with the person in this pose."""
        picture = self.room.copy()
        moved = (pose.place[0] - self.place[0], pose.place[1] - self.place[1])
        if self.head.behind.any():
            behind = self._placed(self.head.behind, pose)
            behind[..., :3] *= self._gain
            picture = over(picture, behind)
        self._add_body(picture, 0.4 * moved[0], 0.25 * moved[1])
        paint(picture, self.head, pose, self._gain)
        x, y = self._random.integers(0, _MARGIN, 2)
        picture += self._grain[y : y + self.size[1], x : x + self.size[0]]
        return np.asarray(np.clip(picture, 0, 255), np.uint8)

    def _placed(self, picture: Picture, pose: Pose) -> Picture:
        """The hair behind the neck goes along with the place and tilt of the head."""
        scale = pose.size / SCALE
        matrix = cv2.getRotationMatrix2D((float(CENTRE[0]), float(CENTRE[1])), -np.degrees(pose.roll), scale)
        matrix[:, 2] += (pose.place[0] - CENTRE[0], pose.place[1] - CENTRE[1])
        return np.asarray(cv2.warpAffine(picture, matrix, self.size, flags=cv2.INTER_AREA), np.float32)

    def _add_body(self, picture: Picture, right: float, down: float) -> None:
        """The body, moved by parts of a pixel too, laid over the picture where it can be."""
        low, high = np.clip(self._body_columns, 0, self.size[0])
        top = max(0, self._body_top)
        part = self.body[top:, low:high]
        matrix = np.array([[1, 0, right], [0, 1, down]], np.float32)
        part = cv2.warpAffine(part, matrix, part.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
        picture[top:, low:high] = over(picture[top:, low:high], np.asarray(part, np.float32))

    def _light(self) -> Picture:
        across = (np.arange(self.size[0], dtype=np.float32) - self.place[0]) / (0.5 * self.setting.face * self.size[1])
        side = 1 + 0.16 * self.setting.side * np.tanh(across)
        return np.asarray(side[None, :, None] * np.array(self.setting.light, np.float32), np.float32)
