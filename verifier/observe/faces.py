"""The face observer: who is where, sample by sample, and the few crops that may stand for them.

Frames are gone once seen, so the observer follows faces as it goes (a tracklet: one place, no cut) and keeps of each
tracklet the best crop per stretch of time. The stretches double when there are too many, so memory does not grow.
Measuring a face (mesh, crop, quality) costs ten times more than following it, so it is done only where its crop may
still be kept: always for a new face, later a few times per stretch.
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
from verifier.observe.face_witness import agrees, hog_score

if TYPE_CHECKING:
    from verifier.media.types import Image, VideoFrame
    from verifier.timing import MediaTime

CROPS_PER_TRACKLET = 12
FIRST_STRETCH = Fraction(1)
MAX_TRACKLETS = 400
"""Per recording; a file that cuts more often is hostile or no call. Later faces are counted, not followed."""
KEEP_CROPS_TOTAL = 400
MAX_SAMPLES = 400_000
"""Twelve hours of nine faces; more would cost memory without end."""
FIRST_MEASURED = 6
"""A tracklet is measured at every look until so many crops of it are kept."""
PER_STRETCH = 4
"""How often a tracklet is measured per stretch afterwards: of so many crops the best is kept."""
MAX_MEASURED = 3
"""Faces measured per picture besides those of new tracklets: in a gallery they take turns."""
SCAN_EVERY = Fraction(6)
"""Seconds between scans for small faces, besides every cut."""
LOST_AFTER = Fraction(3)
BRIEF = 3
"""Samples up to which a face must be witnessed by another detector."""
SURE = 0.6
"""Detections below this need a mesh to count as a face."""
CUT_DIFFERENCE = 0.11
"""Mean grey difference of two 32 x 18 thumbnails, 0..1, beyond which the layout changed."""


@dataclass(frozen=True, slots=True)
class FaceSample:
    """One face in one looked-at picture."""

    time: MediaTime
    box: FaceBox
    quality: FaceQuality | None
    """None: followed here, not measured."""


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
    measured: MediaTime | None = None
    """When it was measured last."""

    @property
    def is_new(self) -> bool:
        """Still to be measured at every look."""
        return self.measured is None or (len(self.kept) < FIRST_MEASURED and len(self.samples) < 2 * FIRST_MEASURED)

    def overdue(self, time: MediaTime) -> MediaTime:
        """Seconds since it should have been measured; below 0 while another crop would hardly be better."""
        return time - (self.measured or Fraction(0)) - self.stretch / PER_STRETCH

    def keep(self, new: KeptCrop) -> None:
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
    scan_every = SCAN_EVERY

    def __init__(self) -> None:
        self._detector, self._mesher = FaceDetector(), FaceMesher()
        self._live: list[Tracklet] = []
        self._all: list[Tracklet] = []
        self._sampled: list[MediaTime] = []
        self._cuts: list[MediaTime] = []
        self._thumbnail: NDArray[np.float32] | None = None
        self._last_scan: MediaTime | None = None
        self._not_followed = self._samples = 0

    def observe(self, frame: VideoFrame) -> None:
        self._sampled.append(frame.time)
        cut = self._is_cut(frame.image)
        if cut:
            self._cuts.append(frame.time)
            self._live = []
        self._live = [t for t in self._live if frame.time - t.samples[-1].time <= LOST_AFTER]
        scan = cut or self._last_scan is None or frame.time - self._last_scan >= self.scan_every
        if scan:
            self._last_scan = frame.time
        near = [t.samples[-1].box for t in self._live]
        free = list(self._live)
        followed: list[tuple[FaceBox, Tracklet]] = []
        for box in self._find(frame, near, scan=scan):
            tracklet = _nearest(box, free)
            if tracklet is None:
                self._start(frame, box)
            else:
                free.remove(tracklet)
                followed.append((box, tracklet))
        due = self._due(frame.time, followed)
        for box, tracklet in followed:
            self._follow(frame, box, tracklet, measured=id(tracklet) in due or box.score < SURE)

    def boxes(self) -> list[FaceBox]:
        """The faces of the picture that was looked at last."""
        last = self._sampled[-1] if self._sampled else None
        return [t.samples[-1].box for t in self._live if t.samples[-1].time == last]

    def quality_of_largest(self) -> FaceQuality | None:
        """Of the largest face of the picture that was looked at last, as it was measured last."""
        last = self._sampled[-1] if self._sampled else None
        seen = [t for t in self._live if t.samples[-1].time == last]
        largest = max(seen, key=lambda t: t.samples[-1].box.size, default=None)
        measured = (s.quality for s in reversed(largest.samples) if s.quality) if largest else iter(())
        return next(measured, None)

    def close(self) -> None:
        self._detector.close()
        self._mesher.close()

    def finish(self) -> FaceTable:
        tracklets = [t for t in self._all if len(t.samples) > 1 or _has_pose(t)]
        if not self._detector.is_stand_in:
            tracklets = [t for t in tracklets if len(t.samples) > BRIEF or _is_witnessed(t)]
        _thin(tracklets, KEEP_CROPS_TOTAL)
        return FaceTable(
            tuple(tracklets), tuple(self._sampled), tuple(self._cuts), self._detector.name, self._not_followed
        )

    def _find(self, frame: VideoFrame, near: list[FaceBox], *, scan: bool) -> list[FaceBox]:
        return self._detector.find(frame.image, near, scan=scan)

    def _due(self, time: MediaTime, followed: list[tuple[FaceBox, Tracklet]]) -> set[int]:
        """Ids of the tracklets to measure: new ones, then those that have waited longest."""
        due = {id(t) for _, t in followed if t.is_new}
        waiting = sorted((t for _, t in followed if not t.is_new), key=lambda t: -t.overdue(time))
        return due | {id(t) for t in waiting[:MAX_MEASURED] if t.overdue(time) >= 0}

    def _start(self, frame: VideoFrame, box: FaceBox) -> None:
        if len(self._all) >= MAX_TRACKLETS or self._samples >= MAX_SAMPLES:
            self._not_followed += 1
            return
        looked = self._measure(frame, box)
        if looked is None:
            return
        if sum(len(t.kept) for t in self._all) > KEEP_CROPS_TOTAL + KEEP_CROPS_TOTAL // 4:
            _thin(self._all, KEEP_CROPS_TOTAL)  # not only at the end: many cuts must not fill the memory
        tracklet = Tracklet(len(self._all))
        self._all.append(tracklet)
        self._live.append(tracklet)
        self._note(tracklet, frame.time, box, looked)

    def _follow(self, frame: VideoFrame, box: FaceBox, tracklet: Tracklet, *, measured: bool) -> None:
        looked = self._measure(frame, box) if measured else None
        if looked is not None or not measured:
            self._note(tracklet, frame.time, box, looked)

    def _note(
        self, tracklet: Tracklet, time: MediaTime, box: FaceBox, looked: tuple[FaceCrop, FaceQuality] | None
    ) -> None:
        if self._samples >= MAX_SAMPLES:
            self._not_followed += 1
            return
        self._samples += 1
        tracklet.samples.append(FaceSample(time, box, looked[1] if looked else None))
        if looked is not None:
            tracklet.measured = time
            if looked[1].usable:
                tracklet.keep(KeptCrop(time, *looked))

    def _measure(self, frame: VideoFrame, box: FaceBox) -> tuple[FaceCrop, FaceQuality] | None:
        """The crop of a face and its quality; None for what is no face after all."""
        mesh = self._mesher.fit(frame.image, box)
        if mesh is None and not self._detector.is_stand_in and box.score < SURE:
            return None  # neither a mesh nor a sure detection: patterns and hands end here
        crop = cut_crop(frame.image, box, mesh)
        return crop, measure(crop, mesh, frontal=self._detector.is_stand_in)

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


def _has_pose(tracklet: Tracklet) -> bool:
    quality = tracklet.samples[0].quality
    return quality is not None and quality.has_pose


def _is_witnessed(tracklet: Tracklet) -> bool:
    """Whether another detector agrees on a face that was seen too briefly to be sure of it: pictures on a wall end here."""
    best = max(sample.box.score for sample in tracklet.samples)
    return any(agrees(best, hog_score(kept.crop, _roll(kept.crop))) for kept in tracklet.kept)


def _roll(crop: FaceCrop) -> float:
    if crop.five is None:
        return 0.0
    across = crop.five[1] - crop.five[0]
    return float(np.degrees(np.arctan2(across[1], across[0])))


def _thin(tracklets: list[Tracklet], total: int) -> None:
    """Longer stretches for all, so that the long appearances keep most, until the total fits."""
    stretch = FIRST_STRETCH
    while sum(len(t.kept) for t in tracklets) > max(total, len(tracklets)):
        stretch *= 2
        for tracklet in tracklets:
            if tracklet.stretch < stretch:
                tracklet.stretch = stretch
                tracklet.kept = _best_per_stretch(tracklet.kept, stretch)
