"""First stage: LFW photos through the product's own detection, crop and comparators, in three qualities of a call.

python -m verifier_models.face_calibration.embed --data ../shared/data --work .work/faces [--shard 0 --shards 2]
The templates stay in the work folder; none is ever committed.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from verifier.media.still import read_stills
from verifier.observe.comparators.registry import load_comparators
from verifier.observe.decode_pass import observe_recording
from verifier.observe.face_crop import cut_crop
from verifier.observe.face_detector import FaceDetector
from verifier.observe.face_mesh import FaceMesher
from verifier.observe.faces import FaceObserver
from verifier.observe.templates import Embedder
from verifier.seeds.ladder import Step, through
from verifier.tracks import join_tracklets

CONDITIONS = {"clear": None, "call": (38.0, 56.0, 30), "small": (20.0, 34.0, 30), "tiny": (11.0, 19.0, 30)}
"""Eye distance range in pixels and x264 constant rate factor; None: the photo as it is."""
PHOTOS_PER_PERSON = 4


def through_call(image: np.ndarray, crf: int, rng: np.random.Generator) -> np.ndarray:
    """The picture as the last frame of a short H.264 stream in which it moves a little."""
    height, width = (s // 2 * 2 for s in image.shape[:2])
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.options = Fraction(1, 25), {"crf": str(crf), "preset": "veryfast", "tune": "zerolatency"}
    decoder = av.CodecContext.create("h264", "r")
    out = image
    for index in range(5):
        shift = np.float32([[1, 0, rng.normal()], [0, 1, rng.normal()]])
        moved = cv2.warpAffine(image[:height, :width], shift, (width, height), borderMode=cv2.BORDER_REPLICATE)
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(moved), format="rgb24")
        frame.pts = index
        for packet in encoder.encode(frame):
            for decoded in decoder.decode(packet):
                out = decoded.to_ndarray(format="rgb24")
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--shard", type=int, default=0)
    parser.add_argument("--shards", type=int, default=1)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    detector, mesher, comparators = FaceDetector(), FaceMesher(), load_comparators().loaded
    if args.shard == 0 and not (args.work / "clips.npz").exists():
        embed_clips(args.data, args.work / "clips.npz")
    people = sorted(p for p in (args.data / "faces" / "lfw").iterdir() if p.is_dir())
    for condition, ladder in CONDITIONS.items():
        target = args.work / f"{condition}-{args.shard}.npz"
        if target.exists():  # resumable: a finished condition is not embedded again
            continue
        rows: dict[str, list] = {c.name: [] for c in comparators} | {"person": [], "photo": [], "inter_eye": []}
        for number, person in list(enumerate(people))[args.shard :: args.shards]:
            rng = np.random.default_rng(number)
            for photo, path in enumerate(sorted(person.glob("*.jpg"))[:PHOTOS_PER_PERSON]):
                image = read_stills(path)[0].image
                found = central(detector.find(image), image)
                mesh = mesher.fit(image, found) if found else None
                if mesh is not None and ladder is not None:
                    scale = rng.uniform(ladder[0], ladder[1]) / mesh.inter_eye
                    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                    image = through_call(small, ladder[2], rng)
                    found = central(detector.find(image), image)
                    mesh = mesher.fit(image, found) if found else None
                if found is None or mesh is None:
                    continue
                crop = cut_crop(image, found, mesh)
                vectors = {c.name: c.embed(crop) for c in comparators}
                if any(v is None for v in vectors.values()):
                    continue
                for name, vector in vectors.items():
                    rows[name].append(vector)
                rows["person"].append(number)
                rows["photo"].append(photo)
                rows["inter_eye"].append(mesh.inter_eye)
        np.savez(target, **{k: np.array(v) for k, v in rows.items()})
        print(condition, args.shard, len(rows["person"]), "faces", flush=True)


def embed_clips(data: Path, target: Path) -> None:
    """Every usable crop of every genuine clip, as it is and after 360 lines at 300 kbit/s; person: by clips.csv."""
    rows = [r for r in csv.DictReader((data / "clips.csv").open()) if r["label"] == "genuine"]
    identities = sorted({r["identity"] for r in rows})
    embedder = Embedder(load_comparators().loaded)
    columns = ("person", "clip", "time", "coded", "inter_eye", "rank")
    out: dict[str, list] = {n: [] for n in (*embedder.names, *columns)}
    for number, row in enumerate(rows):
        for coded in (False, True):
            with tempfile.TemporaryDirectory() as folder:
                path = data / row["path"]
                if coded:
                    path = through(path, Path(folder) / "coded.mkv", Step(360, 300_000))
                table = observe_recording(path, [FaceObserver()]).tables["faces"]
            people = join_tracklets(table, embedder)
            for kept in people[0].kept if people else ():
                vectors = {n: embedder.embed(kept, n) for n in embedder.names}
                if any(v is None for v in vectors.values()):
                    continue
                figures = (identities.index(row["identity"]), number, float(kept.time), coded,
                           kept.crop.inter_eye_px, kept.quality.rank)  # fmt: skip
                for name, value in (*vectors.items(), *zip(columns, figures, strict=True)):
                    out[name].append(value)
    np.savez(target, **{k: np.array(v) for k, v in out.items()})
    print("clips", len(out["person"]), "crops", flush=True)


def central(boxes, image):  # type: ignore[no-untyped-def]
    """The face that a photo is of: the one nearest its middle."""
    height, width = image.shape[:2]
    return min(boxes, key=lambda b: abs(b.centre[0] - width / 2) + abs(b.centre[1] - height / 2), default=None)


if __name__ == "__main__":
    main()
