"""A witness of another kind: does dlib's HOG detector see a face in the middle of a crop too?

mediapipe's detectors take seals, framed circles and flowers for faces now and then, and a mesh lies down on anything.
"""

from __future__ import annotations

import numpy as np

from verifier.observe.face_crop import CROP_PIXELS, FaceCrop, levelled
from verifier.observe.hog_faces import hog_faces_scored

SURE_SCORE = 0.85
"""Of the detector: patterns reached 0.71 but for one, upside-down portraits 0.83."""
WITNESS = 0.25
"""Of dlib's detector, 0 being its usual threshold: portraits 0.3 to 3.5, patterns up to 0.21, upside down 0.1."""
HESITANT = -0.5
"""What the witness must give at least for a sure detection: a flower on a card scored 0.86, and it saw nothing there."""


def hog_score(crop: FaceCrop, roll: float) -> float:
    """Dlib's score for a face in the middle of the crop, turned level by `roll` degrees; minus infinity: it sees none."""
    middle = CROP_PIXELS / 2
    near = [
        score
        for (top, right, bottom, left), score in hog_faces_scored(levelled(crop, roll), -1.0)
        if max(abs((left + right) / 2 - middle), abs((top + bottom) / 2 - middle)) < CROP_PIXELS / 6
    ]
    return max(near, default=-np.inf)


def agrees(score: float, witness: float) -> bool:
    """Whether a detection of this score counts, given what the witness saw."""
    return witness >= (HESITANT if score >= SURE_SCORE else WITNESS)
