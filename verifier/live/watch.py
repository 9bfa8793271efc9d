"""What a live call shows so far: a calm line for every look, and the identity checks on a snapshot of what was seen.

The checks are those that run on the recording; their findings are marked provisional, and those of the recording replace them.
Voices and the picture trail need the whole call and are looked at in the recording only; for lips and voice see `lip_watch.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verifier import __version__
from verifier.case import Evidence, Role, Round
from verifier.checks import catalogue
from verifier.checks.base import ObservedRound
from verifier.observe.face_quality import BRIGHT, DARK, LEAST_INTER_EYE
from verifier.observe.faces import FaceObserver

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.checks.base import ReferenceFace
    from verifier.findings import Finding
    from verifier.gather import Gatherer
    from verifier.media.types import VideoFrame
    from verifier.observe.face_detector import FaceBox

CHECKS = ("face-continuity", "face-reference")
SMALL_EYES_PX = 20.0
"""A bin of the face calibration: under it, little can be told."""
BLURRED, COVERED = 0.04, 0.45
"""Sharpness and occlusion, only for words."""


@dataclass(frozen=True)
class View:
    """One look, in words."""

    faces: int
    line: str
    boxes: tuple[FaceBox, ...] = ()


class Watch:
    """Everything seen of one call; used by one thread. Memory is bounded as that of `FaceObserver` is."""

    def __init__(self, gatherer: Gatherer, path: Path) -> None:
        self._gatherer = gatherer
        self._faces = FaceObserver()
        evidence = Evidence("round-1", "", path, "being recorded", Role.PROBE, "recording", 0)
        self._round = Round("round-1", "This call", (evidence,))
        self.references: tuple[ReferenceFace, ...] = ()
        self._looked_at = 0

    def look(self, picture: VideoFrame) -> View:
        self._faces.observe(picture)
        self._looked_at += 1
        self._end = picture.time
        boxes = self._faces.boxes()
        if not boxes:
            return View(0, "Nobody is to be seen.")
        if len(boxes) > 1:
            line = f"{len(boxes)} faces are to be seen. Ask for speaker view, or for the candidate alone."
        else:
            line = f"One face, {self._quality()}."
        return View(len(boxes), line, tuple(boxes))

    def _quality(self) -> str:
        quality = self._faces.quality_of_largest()
        if quality is None:
            return "not seen closely yet"
        hints = [
            words
            for holds, words in (
                (quality.inter_eye_px < LEAST_INTER_EYE, "too small to compare"),
                (LEAST_INTER_EYE <= quality.inter_eye_px < SMALL_EYES_PX, "small"),
                (quality.exposure < DARK, "dark"),
                (quality.exposure > BRIGHT, "very bright"),
                (quality.sharpness < BLURRED, "blurred"),
                ((quality.occlusion or 0.0) > COVERED, "partly covered"),
                (not quality.usable and quality.inter_eye_px >= LEAST_INTER_EYE, "turned away"),
            )
            if holds
        ]
        return ", ".join(hints) or "well to be seen"

    def findings(self) -> tuple[Finding, ...]:
        """The checks on what was seen so far, provisional."""
        if not self._looked_at:
            return ()
        table = self._faces.finish()
        seen, beyond = self._gatherer.reader.people(self._round, table, self._end)
        able = [s for s in seen if s.template is not None]
        why = "" if able else "no face has been seen closely enough yet"
        observed = ObservedRound(
            self._round, seen, able[0] if able else None, self._end, self._looked_at, why,
            not_followed=table.not_followed + beyond,
        )  # fmt: skip
        case, _ = self._gatherer.case([observed], self.references, (), f"interview-verifier {__version__}, live")
        self._gatherer.embedder.forget(but=[k for t in table.tracklets for k in t.kept])
        found = (f for check in catalogue.select(CHECKS) for f in catalogue.run(check, case))
        return tuple(replace(f, provisional=True) for f in found)

    def close(self) -> None:
        self._faces.close()
