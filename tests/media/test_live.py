"""One clock, one newest picture, a file that survives."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import api
from verifier.findings import Group, Outcome
from verifier.media import live_recorder
from verifier.media.live import Arrived, Gaps, Latency, Newest, SharedFrame, TrackClock
from verifier.media.live_recorder import Recorder
from verifier.media.recording import Recording, probe
from verifier.media.sampling import SamplingPlan

SECOND = Fraction(1)


def picture(number: int, size: tuple[int, int] = (90, 160)) -> SharedFrame:
    image = np.full((*size, 3), 40 + number % 150, np.uint8)
    image[10:50, 10 + number % 90 : 50 + number % 90] = 200
    return SharedFrame(av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p"))


def sound(rate: int = 48_000, samples: int = 960, layout: str = "stereo") -> av.AudioFrame:
    channels = 2 if layout == "stereo" else 1
    tone = (np.sin(np.arange(samples) / 7) * 9000).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(np.repeat(tone, channels)[None], format="s16", layout=layout)
    frame.sample_rate = rate
    return frame


def feed(recorder: Recorder, seconds: float, *, rate: int = 48_000, samples: int = 960, layout: str = "stereo") -> None:
    for number in range(int(seconds * 10)):
        recorder.video(picture(number), Fraction(number, 10))
    for number in range(int(seconds * rate / samples)):
        recorder.audio(sound(rate, samples, layout), Fraction(number * samples, rate))


def test_the_network_does_not_bend_the_time_line() -> None:
    clock = TrackClock(origin=100.0)
    times = [clock.time(Fraction(n, 10) + 7000, 101.0 + n / 10 + (0.4 if n % 3 == 0 and n else 0.0)) for n in range(20)]
    assert times == [SECOND + Fraction(n, 10) for n in range(20)]
    clock.time(Fraction(7002), 103.9)
    assert clock.behind_s == pytest.approx(0.9)
    assert clock.time(Fraction(7003), 120.0) == 4  # a computer that is busy for long is behind, and says so
    assert clock.behind_s == pytest.approx(16)
    assert clock.time(Fraction(3), 120.0) == 20  # another sender: its stamps begin anew
    assert clock.behind_s == 0


@given(st.lists(st.tuples(st.fractions(-1000, 1000), st.floats(0, 1000)), max_size=30))
def test_no_stamp_leads_out_of_the_call(packets: list[tuple[Fraction, float]]) -> None:
    clock = TrackClock(origin=0.0)
    for stamp, arrived in packets:
        at = clock.time(stamp, arrived)
        assert at >= 0
        assert float(at) <= arrived + 5.01
        assert clock.behind_s >= 0


def test_gaps_are_written_down() -> None:
    gaps = Gaps()
    for at in (3, 4, 9, 10):
        gaps.seen(Fraction(at))
    assert [s.seconds() for s in gaps.spans] == [(4.0, 9.0)]


def test_only_the_newest_picture_is_held() -> None:
    newest = Newest()
    for n in range(3):
        newest.put(Arrived(picture(n), Fraction(n), float(n), 0.0))
    held = newest.take()
    assert held is not None
    assert (held.time, newest.replaced, newest.take()) == (2, 2, None)
    assert held.picture().image.shape == (90, 160, 3)


_LOOKERS = """
import threading
from tests.media.test_live import picture
frames = [picture(n, (360, 640)) for n in range(400)]
looks = threading.Barrier(3)
def look(use):
    for frame in frames:
        looks.wait()
        use(frame)
uses = (lambda f: f.image(), lambda f: f.image(), lambda f: f.converted("yuv420p", 320, 180))
lookers = [threading.Thread(target=look, args=(use,)) for use in uses]
for thread in lookers:
    thread.start()
"""


def test_threads_that_look_at_one_picture_at_once_do_no_harm() -> None:
    # in a process of its own: what goes wrong here ends or stops the whole process
    assert subprocess.run([sys.executable, "-c", _LOOKERS], timeout=60, check=False).returncode == 0


def test_latency_forgets_the_oldest() -> None:
    latency = Latency(most=4)
    for n in range(10):
        latency.add(n / 10)
    assert latency.summary()["looks"] == 4
    assert latency.summary()["p50_ms"] == 750


@pytest.mark.parametrize(("rate", "samples", "layout"), [(48_000, 960, "stereo"), (8_000, 160, "mono")])
def test_what_was_received_is_in_the_file(tmp_path: Path, rate: int, samples: int, layout: str) -> None:
    recorder = Recorder(tmp_path / "part-01.mkv", expects_audio=True)
    feed(recorder, 3, rate=rate, samples=samples, layout=layout)
    recorder.close()
    assert (recorder.problem, recorder.left_out) == ("", 0)
    facts = probe(recorder.path)
    assert float(facts.duration or 0) == pytest.approx(3, abs=0.15)
    with Recording(recorder.path) as recording:
        frames = list(recording.frames(SamplingPlan(every=Fraction(1, 100))))
    assert [round(float(f.time), 2) for f in frames] == [n / 10 for n in range(30)]


def test_sound_that_comes_late_is_in_the_file(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "part-01.mkv", expects_audio=True)
    for n in range(30):
        recorder.video(picture(n), Fraction(n, 10))
    while recorder.pictures < 30:
        time.sleep(0.02)
    for n in range(100):
        recorder.audio(sound(), 3 + Fraction(n, 50))
    recorder.close()
    with av.open(str(recorder.path)) as media:
        times = [float(p.pts * p.time_base) for p in media.demux(audio=0) if p.pts is not None]
    assert times[0] == pytest.approx(3, abs=0.05)
    assert len(times) >= 99


def test_a_track_that_never_comes_does_not_hold_up_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_recorder, "WAIT_FOR_PICTURE_S", 0.3)
    silent, blind = (Recorder(tmp_path / f"{name}.mkv", expects_audio=True) for name in ("silent", "blind"))
    for n in range(10):
        silent.video(picture(n), Fraction(n, 10))
        blind.audio(sound(), Fraction(n, 50))
    time.sleep(0.8)
    for recorder in (silent, blind):
        recorder.close()
        assert recorder.problem == ""
    assert blind.without_picture
    assert probe(silent.path).video is not None
    assert (probe(blind.path).video, len(probe(blind.path).audio)) == (None, 1)
    # the promised track is there and empty: nothing that listens may trip over it
    report = api.check_case([silent.path])
    assert {f.outcome for f in report.findings} <= {Outcome.NOT_AVAILABLE, Outcome.NOT_APPLICABLE, Outcome.NOT_OBSERVED}
    assert not [f for f in report.findings if f.group is Group.COACHING and f.outcome is Outcome.NOT_OBSERVED]


def test_a_full_disk_is_said_and_what_is_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(tmp_path / "part-01.mkv", expects_audio=False)
    written = live_recorder._Writer.write

    def full(self, kind, frame, at):  # type: ignore[no-untyped-def]
        if at >= 1:
            raise OSError(errno.ENOSPC, "full")
        written(self, kind, frame, at)

    monkeypatch.setattr(live_recorder._Writer, "write", full)
    feed(recorder, 2)
    recorder.close()
    assert "no space left" in recorder.problem
    recorder.video(picture(1), SECOND)  # goes nowhere, and nothing waits
    assert float(probe(recorder.path).duration or 0) >= 0.8


_FEEDER = """
import sys, time
from pathlib import Path
from tests.media.test_live import feed
from verifier.media.live_recorder import Recorder
recorder = Recorder(Path(sys.argv[1]), expects_audio=True)
feed(recorder, 5)
while recorder.pictures < 49:
    time.sleep(0.05)
time.sleep(0.3)
print("written", flush=True)
time.sleep(60)
"""


def test_what_was_received_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "part-01.mkv"
    feeder = subprocess.Popen(
        [sys.executable, "-c", _FEEDER, str(path)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert feeder.stdout is not None
    assert feeder.stdout.readline() == "written\n"
    os.kill(feeder.pid, signal.SIGKILL)
    feeder.wait(10)
    with Recording(path) as recording:
        times = [f.time for f in recording.frames(SamplingPlan(every=Fraction(1, 100)))]
    assert len(times) >= 35  # of 50: at most the last cluster, one second, was still in memory
    assert times[-1] >= 3.5
