"""What a live call costs: `python -m tests.benchmarks.live [--minutes 10] [--seconds 30]`.

Memory: a call of so many minutes, sped up: every picture that would be looked at is looked at, recorded, and the checks run as often
as they would; what the process holds is printed as it goes. Latency: real calls over WebRTC within this process, which encodes,
sends, receives, records and looks at 720p; one call, then two at once. Both show the sample candidate.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from fractions import Fraction
from itertools import cycle
from pathlib import Path

import av
import numpy as np
from aiortc import AudioStreamTrack, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "media" / "round-1.mp4"
PHOTO = SAMPLE.with_name("passport-photo.jpg")
TARGET_P95_MS, GROWTH_MIB = 250, 50
LOOK, SNAPSHOT_LOOKS = Fraction(2, 5), 12


def pictures(count: int = 75) -> list[av.VideoFrame]:
    """The sample at 1280 x 720, YUV."""
    found: list[av.VideoFrame] = []
    with av.open(str(SAMPLE)) as media:
        for frame in media.decode(video=0):
            found.append(frame.reformat(1280, 720, format="yuv420p"))
            if len(found) == count:
                break
    return found


def resident_mib() -> float:
    """What this process holds now (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def memory(minutes: float) -> None:
    """Prints MiB held at the beginning, every fifth of the call, and the growth after the first fifth."""
    from verifier.calibration import FaceCalibration
    from verifier.gather import Gatherer
    from verifier.live.files import NEEDS
    from verifier.live.watch import Watch
    from verifier.media.live import SharedFrame
    from verifier.media.live_recorder import MAX_VIDEO, Recorder
    from verifier.media.types import VideoFrame
    from verifier.observe.comparators.registry import load_comparators

    shown = cycle(pictures())
    watch = Watch(Gatherer(load_comparators(), FaceCalibration.load(), NEEDS), SAMPLE)
    looks = int(minutes * 60 / LOOK)
    held, looked, checked = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(Path(folder) / "part-01.mkv", expects_audio=False)
        began = time.monotonic()
        for n in range(looks):
            frame = next(shown)
            while recorder._waiting["video"] >= MAX_VIDEO // 2:
                time.sleep(0.005)
            recorder.video(SharedFrame(frame.reformat(1280, 720, format="yuv420p")), n * LOOK)
            at = time.thread_time()
            watch.look(VideoFrame(n * LOOK, np.ascontiguousarray(frame.to_ndarray(format="rgb24")), False))
            looked.append(time.thread_time() - at)
            if n % SNAPSHOT_LOOKS == 0:
                at = time.thread_time()
                watch.findings()
                checked.append(time.thread_time() - at)
            if n and n % (looks // 5) == 0:
                held.append(resident_mib())
                print(f"after {float(n * LOOK) / 60:4.1f} min of call: {held[-1]:.0f} MiB", flush=True)
        took = time.monotonic() - began
        recorder.close()
    watch.close()
    p50, p95 = np.quantile(looked, (0.5, 0.95)) * 1000
    print(
        f"processor time of one look at 720p: p50 {p50:.0f} ms, p95 {p95:.0f} ms; of the checks: p50 {np.median(checked) * 1000:.0f} ms"
    )
    growth = held[-1] - held[0]
    print(
        f"{minutes:g} min of call in {took:.0f} s; growth after the first fifth {growth:.0f} MiB ({'met' if growth < GROWTH_MIB else 'missed'}: under {GROWTH_MIB})"
    )


class Sample(VideoStreamTrack):
    def __init__(self, frames: list[av.VideoFrame]) -> None:
        super().__init__()
        self._frames = cycle(frames)

    async def recv(self) -> av.VideoFrame:
        pts, base = await self.next_timestamp()
        frame = next(self._frames)
        frame.pts, frame.time_base = pts, base
        return frame


async def latency(calls_at_once: int, seconds: float) -> None:
    """Prints p50 and p95 of the newest picture's latency, and looks a second, of each call."""
    from verifier.live.calls import Calls

    frames = pictures()
    calls = Calls()
    calls.warm()
    held, senders = [calls.open("", "benchmark") for _ in range(calls_at_once)], []
    for call in held:
        calls.compare_with(call, PHOTO)
        sender = RTCPeerConnection()
        sender.addTrack(Sample(frames))
        sender.addTrack(AudioStreamTrack())
        await sender.setLocalDescription(await sender.createOffer())
        answer = await calls.connect(call, sender.localDescription.sdp, "offer")
        await sender.setRemoteDescription(RTCSessionDescription(**answer))
        senders.append(sender)
    await asyncio.sleep(seconds)
    for number, call in enumerate(held, 1):
        s = call.status()
        p95 = s["latency"].get("p95_ms", float("inf"))
        print(
            f"call {number} of {calls_at_once}: p50 {s['latency'].get('p50_ms')} ms, p95 {p95} ms ({'met' if p95 < TARGET_P95_MS else 'missed'}: under {TARGET_P95_MS}), "
            f"{s['latency'].get('rate')} looks a second, {s['pictures']['arrived']} pictures arrived, {s['recording']['left_out']} not recorded, "
            f"{len(s['findings'])} provisional findings",
            flush=True,
        )
    for sender in senders:
        await sender.close()
    await calls.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=30)
    given = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as home:
        os.environ["VERIFIER_HOME"] = home
        if given.minutes:
            memory(given.minutes)
        for count in (1, 2) if given.seconds else ():
            asyncio.run(latency(count, given.seconds))


if __name__ == "__main__":
    main()
