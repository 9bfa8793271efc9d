"""The face that a photo or a page is of: any side up, in a corner of a large scan, and nothing else taken for a face.

Printed portraits are faint, seals and background patterns look like faces to a detector, and a mesh lies down on anything.
So a face counts when its mesh holds, upright, and a witness of another kind agrees: dlib's HOG detector on the levelled
crop. Where the detection is very sure, it is enough that the witness sees something there at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.observe.face_crop import cut_crop
from verifier.observe.face_detector import FaceBox, FaceDetector, suppress
from verifier.observe.face_mesh import FaceMesher, Mesh
from verifier.observe.face_quality import LEAST_INTER_EYE, measure
from verifier.observe.face_witness import SURE_SCORE, WITNESS, agrees, hog_score
from verifier.observe.faces import KeptCrop
from verifier.observe.hog_faces import hog_faces_scored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.media.types import Image
    from verifier.observe.face_crop import FaceCrop

WITNESS_ALONE = 0.8
"""Where it was dlib's detector that proposed the face: then there is no other detector to agree with it."""
SECOND_FIT = 0.6
"""Detections from here on get their mesh fitted a second time where the witness is silent at first."""
MAX_ROLL = 50.0
"""Degrees; a face on its side is found with the page turned, where it fits better."""
FIRST_SIDE, LEAST_SIDE, CLOSE_SIDE, HOG_SIDE = 1600, 500, 3200, 1000
"""Long sides in pixels: of the first look, its coarsest level, the closest look, and what dlib's detector is given."""
MAX_CLOSE_PAGES = 4
CLOSE_UP = 0.12
"""Distance of a face's eyes over the long side of a picture, from which on the picture is of that face and not of a page with a portrait:
37 documents gave 0.042 to 0.085, 20 portrait photos 0.136 to 0.192 (`python -m tests.benchmarks.documents`)."""
NO_FACE = "no face was found in it"
PALE_EYES, PALE_ROLL = 38.0, 15.0
"""Pixels between the eyes to which a pale face is brought before it is looked for, and degrees that it may lean."""
PALE_WITNESS = -0.3
"""Of the witness: below `WITNESS` down to here a pale face is one only if something else says so, too."""
PALE_SOFT, PALE_COARSE = (0.05, 0.12), 2.5
"""Blurs that take patterns and shading out, in distances of its eyes."""
_COARSE_PIXELS = 8.0
"""Width of a blur for which a picture is made smaller first."""
_BOX_OF_MESH = 2.3
"""A detector's box is this many eye distances wide."""


class Effort(IntEnum):
    """How hard to look; the next one only where the one before found nothing on any page."""

    UPRIGHT = 0
    TURNED = 1
    CLOSE = 2
    """All four sides up, small faces of large scans, faint faces."""


@dataclass(frozen=True)
class Portrait:
    """The largest face of a photo or of a document's pages, and what a reader must know about the choice."""

    kept: KeptCrop | None
    reason: str
    """Why there is none, as half a sentence; empty when there is one."""
    faces: int = 0
    """Faces seen in the picture that the portrait is from, itself included."""
    page: int = 1
    turn: int = 0
    """Quarter turns clockwise that the page was given to find it upright; its crop's centre lies in the turned page."""

    @property
    def note(self) -> str:
        """What was assumed, as half a sentence; empty when there was nothing to choose."""
        if self.kept is None or self.faces < 2:
            return ""
        return f"{self.faces} faces were seen in it; the largest was taken"


class PortraitFinder:
    """Looks for portraits; one instance per thread."""

    def __init__(self) -> None:
        self._detector, self._mesher = FaceDetector(), FaceMesher()

    def close(self) -> None:
        self._detector.close()
        self._mesher.close()

    def find(self, images: Sequence[Image]) -> Portrait:
        """The largest trusted face over all `images`: a photo, or the pages of a document."""
        pages = [_Page(image, number) for number, image in enumerate(images, 1)]
        reasons: list[str] = []
        for effort in Effort:
            looked_at = pages if effort is not Effort.CLOSE else pages[:MAX_CLOSE_PAGES]
            found = [(portrait, size) for page in looked_at for portrait, size in self._on_page(page, effort)]
            usable = [(portrait, size) for portrait, size in found if portrait.kept is not None]
            if usable:
                return max(usable, key=lambda pair: pair[1])[0]
            reasons += [portrait.reason for portrait, _ in found]
        beyond = f"; small or faint ones were looked for on its first {MAX_CLOSE_PAGES} pages only"
        return Portrait(None, reasons[0] if reasons else NO_FACE + (beyond if len(pages) > MAX_CLOSE_PAGES else ""))

    def pale(self, image: Image, eyes: float) -> list[tuple[float, FaceCrop]]:
        """Upright faces printed small and pale, as a document's second portrait is: about as large as `eyes`, pixels between them; and what the witness gave.

        They are looked for in the picture without its colours and shading, contrast evened, fine and soft. A detector sees many things
        there: only what holds a mesh, and of what the witness sees at least something, is given; from `WITNESS` on it is a face by that alone.
        """
        scale = min(PALE_EYES / eyes, CLOSE_SIDE / max(image.shape[:2]))
        near = _scaled(image, scale)
        found: list[tuple[FaceBox, float, FaceCrop]] = []
        for soft in PALE_SOFT:
            even = _evened(near, soft * eyes * scale, PALE_COARSE * eyes * scale)
            for box in self._detector.find(even, scan=True):
                if not eyes / 2 < box.width / _BOX_OF_MESH / scale < 2 * eyes or any(
                    box.overlap(b) > 0 for b, *_ in found
                ):
                    continue
                mesh = self._mesher.fit(even, box)
                if mesh is None or abs(mesh.roll) > PALE_ROLL:
                    continue
                witness = hog_score(cut_crop(even, box, mesh), mesh.roll)
                if witness < PALE_WITNESS:
                    continue
                crop = cut_crop(near, box, mesh)
                x, y = crop.centre
                crop = replace(crop, inter_eye_px=mesh.inter_eye / scale, centre=(x / scale, y / scale))
                found.append((box, witness, crop))
        return [(witness, crop) for _, witness, crop in found]

    def _on_page(self, page: _Page, effort: Effort) -> list[tuple[Portrait, float]]:
        """The page's largest face that may be compared, or why the one that was seen may not; and its size."""
        turns = {Effort.UPRIGHT: (0,), Effort.TURNED: (1, 2, 3), Effort.CLOSE: (0, 1, 2, 3)}[effort]
        sides = [self._trusted(page, turn, effort) for turn in turns]
        # a face lying at 45 degrees is seen with two sides up: it stands best where it is surest
        best = max(range(len(sides)), key=lambda k: max((witness for witness, _ in sides[k]), default=-np.inf))
        faces = sides[best]
        if not faces:
            return []
        largest = max((kept for _, kept in faces), key=lambda kept: (kept.quality.usable, kept.crop.inter_eye_px))
        if not largest.quality.usable:
            return [(Portrait(None, _why_not(largest), len(faces), page.number), 0.0)]
        return [(Portrait(largest, "", len(faces), page.number, turns[best]), largest.crop.inter_eye_px)]

    def _trusted(self, page: _Page, turn: int, effort: Effort) -> list[tuple[float, KeptCrop]]:
        """Every face of one side up that may be compared, with what its witness gave."""
        faces = []
        image = _turned(page.image, turn)
        for box in self._boxes(page, turn, effort):
            mesh = self._mesher.fit(image, box)
            witness = box.score
            if mesh is not None:
                witness, mesh = self._witness(image, box, mesh)
                if not _is_trusted(box, mesh, witness):
                    continue
            elif not self._detector.is_stand_in:
                continue
            crop = cut_crop(image, box, mesh)
            quality = measure(crop, mesh, frontal=self._detector.is_stand_in)
            faces.append((witness, KeptCrop(Fraction(0), crop, quality, is_photo=True)))
        return faces

    def _witness(self, image: Image, box: FaceBox, mesh: Mesh) -> tuple[float, Mesh]:
        """Dlib's word on the face, and the mesh it was given on: one that lay askew may hold at a second fit."""
        first = hog_score(cut_crop(image, box, mesh), mesh.roll)
        if first >= WITNESS or not SECOND_FIT <= box.score < SURE_SCORE:
            return first, mesh
        side = mesh.inter_eye * _BOX_OF_MESH
        cx, cy = (float(v) for v in mesh.points[:, :2].mean(axis=0))
        again = self._mesher.fit(image, FaceBox(cx - side / 2, cy - side / 2, side, side, box.score))
        if again is None:
            return first, mesh
        second = hog_score(cut_crop(image, box, again), again.roll)
        return (second, again) if second > first else (first, mesh)

    def _boxes(self, page: _Page, turn: int, effort: Effort) -> list[FaceBox]:
        boxes: list[FaceBox] = []
        for scale, level in page.closest if effort is Effort.CLOSE else page.levels:
            found = self._detector.find(_turned(level, turn), scan=True)
            boxes += [_unscaled(box, scale) for box in found]
        if effort is Effort.CLOSE and not self._detector.is_stand_in:
            scale, level = page.for_hog
            boxes += [_unscaled(box, scale) for box in _hog_boxes(_turned(level, turn))]
        return suppress(boxes)


class _Page:
    """One picture at the sizes at which it is searched, each made once and only when needed."""

    def __init__(self, image: Image, number: int) -> None:
        self.image, self.number = image, number
        self._longest = max(image.shape[:2])

    @cached_property
    def levels(self) -> list[tuple[float, Image]]:
        """Scale and picture, from `FIRST_SIDE` down by halves to `LEAST_SIDE`."""
        scale = min(1.0, FIRST_SIDE / self._longest)
        found = [(scale, _scaled(self.image, scale))]
        while self._longest * scale / 2 >= LEAST_SIDE:
            scale /= 2
            found.append((scale, _scaled(found[-1][1], 0.5)))
        return found

    @property
    def closest(self) -> list[tuple[float, Image]]:
        """Large pictures nearly as they are, small ones enlarged."""
        if self._longest > FIRST_SIDE:
            scale = min(1.0, CLOSE_SIDE / self._longest)
        else:
            scale = min(2.0, FIRST_SIDE / self._longest)
        return [(scale, _scaled(self.image, scale))]

    @property
    def for_hog(self) -> tuple[float, Image]:
        return next((level for level in self.levels if max(level[1].shape[:2]) <= HOG_SIDE), self.levels[-1])


def _why_not(kept: KeptCrop) -> str:
    quality = kept.quality
    if quality.inter_eye_px < LEAST_INTER_EYE:
        return f"the face in it is too small (eyes {quality.inter_eye_px:.0f} pixels apart, {LEAST_INTER_EYE:.0f} are needed)"
    return "the face in it is turned too far to compare"


def _is_trusted(box: FaceBox, mesh: Mesh, witness: float) -> bool:
    if abs(mesh.roll) > MAX_ROLL:
        return False
    return agrees(box.score, witness) if box.score else witness >= WITNESS_ALONE


def _hog_boxes(image: Image) -> list[FaceBox]:
    """What dlib's detector sees by itself; score 0, for it is not the other detector's."""
    return [
        FaceBox(left, top, right - left, bottom - top, 0.0)
        for (top, right, bottom, left), _ in hog_faces_scored(image, 0.0)
    ]


def _turned(image: Image, turn: int) -> Image:
    return image if turn == 0 else cv2.rotate(image, turn - 1)


def _scaled(image: Image, scale: float) -> Image:
    if scale == 1.0:
        return image
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled: Image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=way)
    return scaled


def _evened(image: Image, soft: float, coarse: float) -> Image:
    """Grey without detail finer than `soft` and shading wider than `coarse` pixels, with the same contrast everywhere."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), max(soft, 0.5))
    fine = grey - _widely_blurred(grey, coarse)
    spread = np.sqrt(_widely_blurred(fine * fine, coarse)) + 2
    even = np.clip(128 + 42 * fine / spread, 0, 255).astype(np.uint8)
    return np.repeat(even[..., None], 3, axis=2)


def _widely_blurred(values: NDArray[np.float32], wide: float) -> NDArray[np.float32]:
    """A Gaussian of `wide` pixels, made in a smaller picture, where it costs a hundredth and differs by nothing that is seen."""
    height, width = values.shape
    less = max(1.0, wide / _COARSE_PIXELS)
    small = cv2.resize(values, None, fx=1 / less, fy=1 / less, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), wide / less)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _unscaled(box: FaceBox, scale: float) -> FaceBox:
    return FaceBox(box.x / scale, box.y / scale, box.width / scale, box.height / scale, box.score)
