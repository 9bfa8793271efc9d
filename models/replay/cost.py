"""What the picture trail costs: processor seconds on a 720p call beside plain decoding of the same file, in one process.

python -m verifier_models.replay.cost --clip CLIP --work .work/replay [--seconds 120]
"""

from __future__ import annotations

import argparse
import time
from itertools import count, takewhile
from pathlib import Path

import av
import cv2

from verifier.media.recording import Recording
from verifier.observe.faces import FaceObserver
from verifier.observe.trail import trail_observer
from verifier.seeds.ladder import Step, encode
from verifier.seeds.shots import Shots, Source


def call(source: Source, seconds: float) -> Shots:
    """The clip forwards and backwards at 1280 x 720, 30 pictures a second."""
    images = [cv2.resize(image, (1280, 720)) for image in source.pictures(90)]
    turn = [*images, *images[-2:0:-1]]
    return takewhile(lambda shot: shot[0] < seconds, ((n / 30, turn[n % len(turn)]) for n in count()))


def decoding(path: Path) -> float:
    began = time.process_time()
    with av.open(str(path)) as media:
        media.streams.video[0].thread_type = "NONE"
        for _ in media.decode(video=0):
            pass
    return time.process_time() - began


def looking(path: Path, *, trail: bool) -> float:
    """Processor seconds of one pass with the faces' pictures decoded, and those of the trail looked at too."""
    began = time.process_time()
    observer = trail_observer(path)
    plan = observer.plan if trail else FaceObserver.plan
    selector = observer.plan.selector()
    with Recording(path) as recording:
        for frame in recording.frames(plan):
            if trail and selector.take(frame.time, frame.is_key):
                observer.observe(frame)
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=120.0)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    path = args.work / "cost.mkv"
    encode(call(Source.open(args.clip), args.seconds), None, Step(None, 1_000_000), path, rate=30)
    plain, without, with_it = decoding(path), looking(path, trail=False), looking(path, trail=True)
    path.unlink()
    print(f"{args.seconds:.0f} s at 720p, processor seconds: plain decode {plain:.1f}; pictures of faces alone {without:.1f}; "
          f"with the trail {with_it:.1f}; the trail adds {(with_it - without) / plain:.2f} x plain decode")  # fmt: skip


if __name__ == "__main__":
    main()
