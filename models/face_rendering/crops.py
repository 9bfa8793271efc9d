"""First stage: aligned faces of photos and clips, with the outline of each, into files that training and figures read.

python -m verifier_models.face_rendering.crops --data DATA --work .work/rendering [--only-photos]
Photos become one file of training material; each clip a file of its best crops, once with the face brought to one size and once
more after 360 lines at 300 kbit/s, so that neither face size nor codec tells genuine and generated clips apart.
"""

from __future__ import annotations

import argparse
import csv
import zlib
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product
from pathlib import Path

import av
import cv2
import numpy as np
from verifier_models.stage import spent

from verifier.face_rendering import WINDOW, window
from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.media.still import read_stills
from verifier.observe.face_crop import CROP_PIXELS, cut_crop
from verifier.observe.face_detector import FaceBox, FaceDetector
from verifier.observe.face_mesh import FaceMesher, Mesh
from verifier.seeds.face_changes import SelfBlendStyle, SwapStyle, self_blending, swapping
from verifier.seeds.faces import OVAL, FaceFollower, Look
from verifier.seeds.shots import PictureChange, Source

MATCHED_INTER_EYE = 44.0
"""Pixels between the eyes to which every clip is brought before it is looked at or coded."""
CANVAS = (480, 360)
CODED_AT = 300_000
FRAMES_PER_CLIP = 16
SEEDS = ("swap", "self-blended")
LEAST_INTER_EYE = 40.0
"""Pixels: a clip with a smaller face would have to be enlarged, and is left out."""
MOST_PICTURES = 125
"""Of a clip, from its beginning."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--only-photos", action="store_true", help="all that training needs; clips are for the figures")
    args = parser.parse_args()
    (args.work / "clips").mkdir(parents=True, exist_ok=True)
    finder = Finder()
    if not (args.work / "photos.npz").exists():
        with spent(args.work, "photos"):
            _photos(args.data, args.work / "photos.npz", finder)
    if not args.only_photos:
        with spent(args.work, "clips"):
            _clips(args.data, args.work, finder)


def _clips(data: Path, work: Path, finder: Finder) -> None:
    rows = list(clips(data))
    donors = {
        row["identity"]: [p for p, r in rows if r["label"] == "genuine" and r["identity"] != row["identity"]]
        for _, row in rows
    }
    for path, row in rows:
        others = donors[row["identity"]] if row["label"] == "genuine" else []
        for what, coded in product(("", *SEEDS) if others else ("",), (False, True)):
            name = f"{path.parent.name}-{path.stem}{'-' * bool(what)}{what}-{'300k' if coded else 'as-is'}.npz"
            target = work / "clips" / name.replace(" ", "-")
            if target.exists():  # resumable
                continue
            found = _clip(path, finder, what, others, coded=coded)
            if found is not None:
                np.savez(target, **found, person=row["identity"], label="seeded" if what else row["label"],
                         kind=what or path.parent.name, coded=coded)  # fmt: skip
                print(target.name, len(found["windows"]), len(found["points"]), flush=True)


def clips(data: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    with (data / "clips.csv").open() as source:
        for row in csv.DictReader(source):
            yield data / row["path"], row


class Finder:
    """The largest face of a picture, and its mesh."""

    def __init__(self) -> None:
        self._detector, self._mesher = FaceDetector(), FaceMesher()

    def largest(self, image: np.ndarray) -> tuple[FaceBox, Mesh] | None:
        box = max(self._detector.find(image), key=lambda b: b.size, default=None)
        mesh = self._mesher.fit(image, box) if box is not None else None
        return None if box is None or mesh is None else (box, mesh)


def cut(image: np.ndarray, box: FaceBox, mesh: Mesh) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Window [160, 160, 3], crop [256, 256, 3], outline [36, 2] and five points [5, 2] in pixels of the window."""
    crop = cut_crop(image, box, mesh)
    scale = crop.five[1] - crop.five[0]
    factor = float(np.linalg.norm(scale)) / float(np.linalg.norm(mesh.five[1] - mesh.five[0]))
    outline = (mesh.points[list(OVAL), :2] - mesh.five[0]) * factor + crop.five[0]
    off = (CROP_PIXELS - WINDOW) / 2
    return window(crop.image), crop.image, (outline - off).astype(np.float32), (crop.five - off).astype(np.float32)


def _photos(data: Path, target: Path, finder: Finder) -> None:
    """Windows are kept as JPEG of quality 95: the photos are JPEG themselves, and both classes come from the same ones."""
    rows: dict[str, list] = {"jpeg": [], "outline": [], "five": [], "person": []}
    people = sorted(p for p in (data / "faces" / "lfw").iterdir() if p.is_dir())
    for number, person in enumerate(people):
        for path in sorted(person.glob("*.jpg")):
            image = read_stills(path)[0].image
            found = finder.largest(image)
            if found is None or abs(found[1].yaw) > 40 or found[1].inter_eye < 34:
                continue
            shown, _, outline, five = cut(image, *found)
            done, jpeg = cv2.imencode(".jpg", shown[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
            assert done
            rows["jpeg"].append(jpeg.ravel())
            for name, value in (("outline", outline), ("five", five), ("person", number)):
                rows[name].append(value)
    lengths = np.array([len(j) for j in rows["jpeg"]], np.int64)
    np.savez(target, jpeg=np.concatenate(rows["jpeg"]), lengths=lengths, outline=np.stack(rows["outline"]),
             five=np.stack(rows["five"]), person=np.array(rows["person"]))  # fmt: skip
    print("photos", len(lengths), flush=True)


def frames(path: Path) -> Iterator[np.ndarray]:
    """All pictures of a clip, the marks of generated clips painted over."""
    with Recording(path) as recording:
        for frame in recording.frames(SamplingPlan()):
            image = frame.image
            height, width = image.shape[:2]
            if path.parent.name == "vasa1":  # the source photo at the bottom left
                image = image.copy()
                image[height * 27 // 32 :, : width * 9 // 32] = 128
            elif path.parent.name == "emo":  # a watermark in the lowest part
                image = image.copy()
                image[height * 7 // 8 :] = 128
            yield replace(frame, image=image).image


def _clip(path: Path, finder: Finder, what: str, others: list[Path], *, coded: bool) -> dict[str, np.ndarray] | None:
    """Crops of a clip whose face was brought to MATCHED_INTER_EYE, changed where `what` names a seed; None: no face, or too small."""
    images = list(islice(frames(path), MOST_PICTURES))
    first = next((f for f in (finder.largest(i) for i in images[:: max(1, len(images) // 12)]) if f), None)
    if first is None or first[1].inter_eye < LEAST_INTER_EYE:
        return None
    scale = MATCHED_INTER_EYE / first[1].inter_eye
    centre = first[1].points[:, :2].mean(axis=0)
    shown = [_on_canvas(image, scale, centre) for image in images]
    if what:
        rng = np.random.default_rng([zlib.crc32(path.name.encode()), len(what)])
        timed = ((n / 25, image) for n, image in enumerate(shown))
        shown = [image for _, image in _change(what, others, rng, len(shown) / 25)(timed)]
    if coded:
        shown = list(_through_codec(shown))
    windows, crops = [], []
    for index in np.unique(np.linspace(0, len(shown) - 1, FRAMES_PER_CLIP).astype(int)):
        found = finder.largest(shown[index])
        if found is not None:
            small, crop, _, _ = cut(shown[index], *found)
            windows.append(small)
            crops.append(crop)
    if not windows:
        return None
    with FaceFollower() as follower:
        meshes = [mesh for mesh in (follower.mesh(image) for image in shown) if mesh is not None]
    points = np.stack([mesh.points[:, :2] for mesh in meshes])
    return {"windows": np.stack(windows), "crops": np.stack(crops), "points": points.astype(np.float32)}


def _change(what: str, others: list[Path], rng: np.random.Generator, seconds: float) -> PictureChange:
    span = (0.0, seconds)
    if what == "self-blended":
        return self_blending(SelfBlendStyle.drawn(rng), span, rng)
    large = [p for p in others if p.parent.name in ("hdtf", "retalking")]
    donor = Source.open(large[int(rng.integers(len(large)))])
    return swapping(Look.from_clip(donor), SwapStyle.drawn(rng), span, rng)


def _on_canvas(image: np.ndarray, scale: float, centre: np.ndarray) -> np.ndarray:
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=way)
    shift = np.array(CANVAS) / 2 - centre * scale
    move = np.array([[1, 0, round(float(shift[0]))], [0, 1, round(float(shift[1]))]], np.float64)
    return cv2.warpAffine(
        small, move, CANVAS, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=(96, 96, 96)
    )


def _through_codec(images: list[np.ndarray]) -> Iterator[np.ndarray]:
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = *CANVAS, "yuv420p"
    encoder.time_base, encoder.bit_rate = Fraction(1, 25), CODED_AT
    encoder.options = {"preset": "veryfast", "tune": "zerolatency", "maxrate": str(CODED_AT), "bufsize": str(CODED_AT)}
    decoder = av.CodecContext.create("h264", "r")
    for index, image in enumerate(images):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame.pts = index
        for packet in encoder.encode(frame):
            for decoded in decoder.decode(packet):
                yield decoded.to_ndarray(format="rgb24")
    for packet in (*encoder.encode(None), None):
        for decoded in decoder.decode(packet):
            yield decoded.to_ndarray(format="rgb24")


if __name__ == "__main__":
    main()
