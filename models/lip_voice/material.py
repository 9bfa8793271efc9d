"""First stage: lips and sound of talking clips, as they are and at 360 lines and 300 and 150 kbit/s, into files of tables.

Genuine clips also with the mouth held still. Several processes may share the work (--shard of --shards); what is there stays.

python -m verifier_models.lip_voice.material --data DATA --work .work/lips
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
from verifier_models.stage import clip_rows, options

from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.media.types import VideoFrame
from verifier.observe.faces import FaceObserver
from verifier.observe.lips import LipObserver
from verifier.observe.sound_features import sound_table
from verifier.seeds.face_changes import mouth_holding
from verifier.seeds.ladder import Step, encode, through
from verifier.seeds.shots import Source

FOLDERS = {
    "video/genuine/hdtf": "train", "video/genuine/retalking": "train", "video/genuine/grid": "train",
    "video/generated/vasa1": "train", "video/generated/emo": "watch", "video/generated/sadtalker": "watch",
}  # fmt: skip
"""watch: generated speech that the curves are not fitted on, looked at for what coupling says of it."""
LADDER = {"original": None, "360p 300k": Step(360, 300_000), "360p 150k": Step(360, 150_000)}
HELD = "frozen mouth"
FINE = Step(None, 4_000_000)
"""What a changed clip that is not to be coded is coded as."""


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
        lips.close()
        faces.close()
        sound = sound_table(recording.audio())
    times = np.array([float(t) for t in table.times])
    return {"times": times, "features": table.features, "sound": sound.features, "level": sound.level,
            "looked": np.array(table.looked_at)}  # fmt: skip


def clips(data: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    for path, row in clip_rows(data):
        if str(Path(row["path"]).parent) in FOLDERS and row["audio"] == "yes":
            yield path, row


def held(path: Path, target: Path, step: Step) -> Path:
    """The clip with its mouth as in its first picture, all through."""
    source = Source.open(path)
    rate = source.facts.video.mean_rate if source.facts.video else None
    encode(mouth_holding((0.0, float("inf")))(source.shots(step.lines)), source.sound, step, target, rate=rate or 25.0)
    return target


def main() -> None:
    args = options(__doc__, shards=True)
    todo = list(product(("", HELD), clips(args.data), LADDER.items()))
    with tempfile.TemporaryDirectory() as scratch:
        for change, (path, row), (step, coding) in todo[args.shard :: args.shards]:
            use = FOLDERS[str(path.relative_to(args.data).parent)]
            name = "-".join([path.parent.name, path.stem, *step.split(), *change.split()])
            target = args.work / f"{name}.npz"
            if target.exists() or (change and row["label"] != "genuine"):
                continue
            source, coded = path, Path(scratch) / "coded.mkv"
            if change:
                source = held(path, coded, coding or FINE)
            elif coding is not None:
                source = through(path, coded, coding)
            found = tables(source, inset="vasa1" in path.parts)
            np.savez(target, **found, person=row["identity"], use=use, kind=path.parent.name, step=step, change=change)
            print(target.name, len(found["times"]), "of", int(found["looked"]), "bins", len(found["level"]), flush=True)


if __name__ == "__main__":
    main()
