"""Which photos feed the face model: one near-frontal, neutral photo of each of several hundred people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # N x 3 mesh points in pixels, y down, z away from the camera
Image = NDArray[np.uint8]

# Mesh points that the choice looks at.
_NOSE, _LEFT_CHEEK, _RIGHT_CHEEK = 1, 234, 454
_FOREHEAD, _CHIN = 10, 152
_MOUTH_TOP, _MOUTH_BOTTOM, _MOUTH_LEFT, _MOUTH_RIGHT = 13, 14, 61, 291
_EYE_PAIRS = ((159, 145), (386, 374))  # upper and lower lid
_LEFT_IRIS, _RIGHT_IRIS = 468, 473

_GREY_LIMIT = 4.0  # a photo with less colour than this is black and white


@dataclass(frozen=True)
class Photo:
    """One source photo and the mesh found on it."""

    person: str
    image: Image
    points: Points
    strain: float  # how far from frontal and neutral; 0 is ideal


def find_faces(data: Path) -> list[Photo]:
    """The first photo of every person in `data`/faces/lfw on which a usable mesh was found."""
    import mediapipe as mp  # slow to import, and only needed here

    folder = data / "faces" / "lfw"
    if not folder.is_dir():
        raise FileNotFoundError(f"no photos at {folder}")
    found = []
    with mp.solutions.face_mesh.FaceMesh(static_image_mode=True, refine_landmarks=True, max_num_faces=1) as mesh:
        for person in sorted(path for path in folder.iterdir() if path.is_dir()):
            first = min(person.glob("*.jpg"), default=None)
            image = cv2.imread(str(first)) if first else None
            if image is None:
                continue
            faces = mesh.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)).multi_face_landmarks
            if not faces or _is_grey(image):
                continue
            height, width = image.shape[:2]
            points = np.array([(p.x * width, p.y * height, p.z * width) for p in faces[0].landmark])
            inside = points[:, :2].min() > 2 and (points[:, :2].max(axis=0) < (width - 3, height - 3)).all()
            if inside:
                found.append(Photo(person.name, np.asarray(image, np.uint8), points, _strain(points)))
    return found


def choose(photos: list[Photo], count: int) -> list[Photo]:
    """The `count` least strained photos, in the order of the people's names."""
    best = sorted(photos, key=lambda photo: photo.strain)[:count]
    if len(best) < count:
        raise ValueError(f"{count} photos are wanted and only {len(best)} are usable")
    return sorted(best, key=lambda photo: photo.person)


def _is_grey(image: Image) -> bool:
    return float(np.ptp(image.astype(np.int16), axis=2).mean()) < _GREY_LIMIT


def _strain(points: Points) -> float:
    """Turned heads, open mouths, broad smiles and closed eyes each add to the strain."""
    flat = points[:, :2]
    between_eyes = float(np.linalg.norm(flat[_LEFT_IRIS] - flat[_RIGHT_IRIS]))
    face_width = flat[_RIGHT_CHEEK, 0] - flat[_LEFT_CHEEK, 0]
    face_height = flat[_CHIN, 1] - flat[_FOREHEAD, 1]
    turned = abs((flat[_NOSE, 0] - flat[_LEFT_CHEEK, 0]) / face_width - 0.5)
    tilted = abs(points[_FOREHEAD, 2] - points[_CHIN, 2]) / face_height
    opened = float(np.linalg.norm(flat[_MOUTH_TOP] - flat[_MOUTH_BOTTOM])) / between_eyes
    smiling = max(0.0, float(np.linalg.norm(flat[_MOUTH_LEFT] - flat[_MOUTH_RIGHT])) / between_eyes - 0.78)
    lids = [float(np.linalg.norm(flat[a] - flat[b])) / between_eyes for a, b in _EYE_PAIRS]
    squinting = max(0.0, 0.13 - min(lids))
    return 4 * turned + tilted + 4 * opened + 4 * smiling + 4 * squinting
