"""The face observer: who is where, sample by sample, and the few crops that may stand for them.

Frames are gone once seen, so the observer follows faces as it goes (a tracklet: one place, no cut) and keeps of each
tracklet the best crop per stretch of time. The stretches double when there are too many, so memory does not grow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.media.sampling import SamplingPlan
from verifier.observe.face_crop import FaceCrop, cut_crop
from verifier.observe.face_detector import FaceBox, FaceDetector
from verifier.observe.face_mesh import FaceMesher
from verifier.observe.face_quality import FaceQuality, measure

if TYPE_CHECKING:
    from verifier.media.types import Image, VideoFrame
    from verifier.timing import MediaTime

CROPS_PER_TRACKLET = 12
FIRST_STRETCH = Fraction(1)
MAX_TRACKLETS = 400
"""Per recording; a file that cuts more often is hostile or no call. Later faces are counted, not followed."""
KEEP_CROPS_TOTAL = 600
SCAN_EVERY = Fraction(6)
"""Seconds between scans for small faces, besides every cut."""
LOST_AFTER = Fraction(3)
CUT_DIFFERENCE = 0.11
"""Mean grey difference of two 32 x 18 thumbnails, 0..1, beyond which the layout changed."""


@dataclass(frozen=True)
class FaceSample:
    """One face in one looked-at picture."""

    time: MediaTime
    box: FaceBox
    quality: FaceQuality


@dataclass
class KeptCrop:
    time: MediaTime
    crop: FaceCrop
    quality: FaceQuality
    is_photo: bool = False
    """A photo or page, not a picture of a recording."""


@dataclass
class Tracklet:
    """One face followed in place, without a cut between its samples."""

    id: int
    samples: list[FaceSample] = field(default_factory=list)
    kept: list[KeptCrop] = field(default_factory=list)
    stretch: MediaTime = FIRST_STRETCH

    def add(self, sample: FaceSample, crop: FaceCrop) -> None:
        self.samples.append(sample)
        if sample.quality.usable:
            self._keep(KeptCrop(sample.time, crop, sample.quality))

    def _keep(self, new: KeptCrop) -> None:
        """The best crop per stretch of time; when there are too many, stretches double and pairs compete."""
        self.kept = _best_per_stretch([*self.kept, new], self.stretch)
        while len(self.kept) > CROPS_PER_TRACKLET:
            self.stretch *= 2
            self.kept = _best_per_stretch(self.kept, self.stretch)


def _best_per_stretch(kept: list[KeptCrop], stretch: MediaTime) -> list[KeptCrop]:
    best: dict[int, KeptCrop] = {}
    for crop in kept:
        key = int(crop.time // stretch)
        if key not in best or crop.quality.rank > best[key].quality.rank:
            best[key] = crop
    return [best[key] for key in sorted(best)]


@dataclass(frozen=True)
class FaceTable:
    """All the face observer saw in one recording (or span of it)."""

    tracklets: tuple[Tracklet, ...]
    sampled: tuple[MediaTime, ...]
    """When the picture was looked at."""
    cuts: tuple[MediaTime, ...]
    detector: str
    not_followed: int
    """Faces beyond the limits, seen but not followed."""


class FaceObserver:
    """Feed it frames in order of time, then `finish`."""

    name = "faces"
    plan = SamplingPlan(every=Fraction(1))

    def __init__(self) -> None:
        self._detector, self._mesher = FaceDetector(), FaceMesher()
        self._live: list[Tracklet] = []
        self._all: list[Tracklet] = []
        self._sampled: list[MediaTime] = []
        self._cuts: list[MediaTime] = []
        self._thumbnail: NDArray[np.float32] | None = None
        self._last_scan: MediaTime | None = None
        self._not_followed = 0

    def observe(self, frame: VideoFrame) -> None:
        self._sampled.append(frame.time)
        cut = self._is_cut(frame.image)
        if cut:
            self._cuts.append(frame.time)
            self._live = []
        self._live = [t for t in self._live if frame.time - t.samples[-1].time <= LOST_AFTER]
        scan = cut or self._last_scan is None or frame.time - self._last_scan >= SCAN_EVERY
        if scan:
            self._last_scan = frame.time
        near = [t.samples[-1].box for t in self._live]
        free = list(self._live)
        for box in self._detector.find(frame.image, near, scan=scan):
            self._add(frame, box, free)

    def finish(self) -> FaceTable:
        tracklets = [t for t in self._all if len(t.samples) > 1 or t.samples[0].quality.has_pose]
        _thin(tracklets, KEEP_CROPS_TOTAL)
        return FaceTable(
            tuple(tracklets), tuple(self._sampled), tuple(self._cuts), self._detector.name, self._not_followed
        )

    def _add(self, frame: VideoFrame, box: FaceBox, free: list[Tracklet]) -> None:
        mesh = self._mesher.fit(frame.image, box)
        if mesh is None and not self._detector.is_stand_in and box.score < 0.6:
            return  # neither a mesh nor a sure detection: patterns and hands end here
        crop = cut_crop(frame.image, box, mesh)
        quality = measure(crop, mesh, frontal=self._detector.is_stand_in)
        tracklet = _nearest(box, free)
        if tracklet is None:
            if len(self._all) >= MAX_TRACKLETS:
                self._not_followed += 1
                return
            tracklet = Tracklet(len(self._all))
            self._all.append(tracklet)
            self._live.append(tracklet)
        else:
            free.remove(tracklet)
        tracklet.add(FaceSample(frame.time, box, quality), crop)

    def _is_cut(self, image: Image) -> bool:
        small = cv2.resize(image, (32, 18), interpolation=cv2.INTER_AREA)
        thumbnail = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
        before, self._thumbnail = self._thumbnail, thumbnail
        return before is not None and float(np.abs(thumbnail - before).mean()) > CUT_DIFFERENCE


def _nearest(box: FaceBox, tracklets: list[Tracklet]) -> Tracklet | None:
    """The tracklet whose last box this continues: centres closer than 0.9 sizes, sizes within a factor of 1.8."""
    best, best_distance = None, 0.9
    for tracklet in tracklets:
        last = tracklet.samples[-1].box
        ratio = max(box.size, last.size) / max(1.0, min(box.size, last.size))
        away = np.hypot(box.centre[0] - last.centre[0], box.centre[1] - last.centre[1]) / max(box.size, last.size)
        if ratio < 1.8 and away < best_distance:
            best, best_distance = tracklet, float(away)
    return best


def _thin(tracklets: list[Tracklet], total: int) -> None:
    """Fewer crops per tracklet, the best ones, until the total fits."""
    allowed = CROPS_PER_TRACKLET
    while allowed > 1 and sum(min(len(t.kept), allowed) for t in tracklets) > total:
        allowed -= 1
    for tracklet in tracklets:
        best = sorted(tracklet.kept, key=lambda k: -k.quality.rank)[:allowed]
        tracklet.kept = sorted(best, key=lambda k: k.time)
