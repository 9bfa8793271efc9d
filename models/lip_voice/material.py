"""First stage: lips and sound of talking clips, as they are and at 360 lines and 300 kbit/s, into one file of tables.

python -m verifier_models.lip_voice.material --data DATA --work .work/lips
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.media.types import VideoFrame
from verifier.observe.faces import FaceObserver
from verifier.observe.lips import LipObserver
from verifier.observe.sound_features import sound_table
from verifier.seeds.ladder import Step, through

FOLDERS = {
    "video/genuine/hdtf": "train", "video/genuine/retalking": "train", "video/genuine/grid": "train",
    "video/generated/vasa1": "train", "video/generated/emo": "watch", "video/generated/sadtalker": "watch",
}  # fmt: skip
"""watch: generated speech that the curves are not fitted on, looked at for what coupling says of it."""
LADDER = {"original": None, "360p 300k": Step(360, 300_000)}


def without_inset(frame: VideoFrame) -> VideoFrame:
    """VASA-1 clips show their source photo at the bottom left: painted over."""
    image = frame.image.copy()
    height, width = image.shape[:2]
    image[height * 27 // 32 :, : width * 9 // 32] = 128
    return replace(frame, image=image)


class EveryPicture(LipObserver):
    """Leaves no picture out: which ones are used is decided by the next stage."""

    slot = Fraction(1, 1000)


def tables(path: Path, *, inset: bool) -> dict[str, np.ndarray]:
    with Recording(path) as recording:
        faces = FaceObserver()
        lips = EveryPicture(faces.boxes, SamplingPlan())
        selector = faces.plan.selector()
        for frame in recording.frames(SamplingPlan()):
            shown = without_inset(frame) if inset else frame
            if selector.take(frame.time, frame.is_key):
                faces.observe(shown)
            lips.observe(shown)
        table = lips.finish()
        sound = sound_table(recording.audio())
    times = np.array([float(t) for t in table.times])
    return {"times": times, "features": table.features, "sound": sound.features, "level": sound.level,
            "looked": np.array(table.looked_at)}  # fmt: skip


def clips(data: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    with (data / "clips.csv").open() as source:
        for row in csv.DictReader(source):
            if str(Path(row["path"]).parent) in FOLDERS and row["audio"] == "yes":
                yield data / row["path"], row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    for path, row in clips(args.data):
        for step, coding in LADDER.items():
            target = args.work / f"{path.parent.name}-{path.stem}-{step.replace(' ', '-')}.npz"
            if target.exists():
                continue
            source = path
            if coding is not None:
                source = through(path, args.work / "coded.mkv", coding)
            found = tables(source, inset="vasa1" in path.parts)
            folder = str(path.relative_to(args.data).parent)
            np.savez(target, **found, person=row["identity"], use=FOLDERS[folder], kind=path.parent.name, step=step)
            print(target.name, len(found["times"]), "of", int(found["looked"]), "bins", len(found["level"]), flush=True)


if __name__ == "__main__":
    main()
