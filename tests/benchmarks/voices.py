"""`python -m tests.benchmarks.voices`: what the checks that listen say on genuine clips and on calls with a known truth.

Ties of voices to faces, speech beside still mouths, second voices; counts, and minutes of genuine material.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from tests.benchmarks import material
from tests.sounds import write_sound
from tests.voice_calls import SIDE, Clip, Turn, clip, tiles, with_whispers
from verifier import api
from verifier.checks.base import ObservedRound
from verifier.findings import Finding, Outcome
from verifier.report.model import Report

DATA = Path(os.environ.get("VERIFIER_DATA") or material.ROOT.parent / "shared" / "data")
SCRATCH = material.SCRATCH / "voices"
CHECKS = ["voice-continuity", "speech-without-lips", "second-voice"]


def main() -> int:
    if not DATA.is_dir():
        print("no media here: nothing measured")
        return 0
    SCRATCH.mkdir(parents=True, exist_ok=True)
    _genuine()
    _turns()
    _still()
    _whispers()
    return 0


def _of(report: Report, check: str) -> list[Finding]:
    return [f for f in report.findings if f.check == check]


def _alarms(name: str, checks: list[str], paths: list[Path]) -> None:
    counts: dict[str, Counter[str]] = {c: Counter() for c in checks}
    seconds = 0.0
    for path in paths:
        try:
            report = api.check_case([path], checks=checks)
        except api.NothingUsable:
            continue
        seconds += sum(float(s.speaking) for s in report.speakers)
        for check in checks:
            found = _of(report, check)
            counts[check].update(f.outcome.value for f in found)
            for f in found:
                if f.outcome in (Outcome.OBSERVED, Outcome.INCONCLUSIVE):
                    print(f"  {path.name}: {f.statement}")
    for check in checks:
        print(f"{name}, {check}: {dict(counts[check])} in {seconds / 60:.1f} minutes of speech", flush=True)


def _genuine() -> None:
    video = DATA / "video"
    talking = [p for folder in ("hdtf", "retalking") for p in sorted((video / "genuine" / folder).glob("*.mp4"))]
    _alarms("genuine clips", CHECKS, talking)
    _alarms("VASA-1 clips", CHECKS, sorted((video / "generated" / "vasa1").glob("*.mp4")))
    sound = [
        *sorted((DATA / "voice" / "cloning" / "genuine").glob("*")),
        DATA / "voice" / "interview_three_speakers.mp3",
    ]
    _alarms("genuine sound", ["second-voice"], [*sound, DATA / "voice" / "jfk.flac"])


def _clips() -> list[Clip]:
    folders = (DATA / "video" / "genuine" / f for f in ("hdtf", "retalking"))
    found = [clip(p) for folder in folders for p in sorted(folder.glob("*.mp4"))]
    return [c for c in found if c.seconds >= 5]


def _turns() -> None:
    """Two people in tiles, each speaks twice: whose lips each voice is tied to."""
    clips = _clips()
    ties: Counter[str] = Counter()
    for number, (a, b) in enumerate([*pairwise(clips), (clips[-1], clips[0])]):
        path = SCRATCH / f"turns-{number}.mp4"
        tiles([a, b], [Turn(0, a), Turn(1, b), Turn(0, a), Turn(1, b)], path)
        (r,) = api.observe_case([path], checks=CHECKS).rounds
        ties.update(_ties(r))
    print(f"{len(clips)} calls of two people in tiles: {dict(ties)}", flush=True)


def _ties(r: ObservedRound) -> Iterator[str]:
    """The person on the left speaks first."""
    voices = r.voices.voices if r.voices else ()
    yield f"{len(voices)} voices"
    first = min(voices, key=lambda v: v.spans[0].start, default=None)
    for voice in voices:
        if voice.tie is None:
            yield "voice tied to nobody"
            continue
        person = next(s for s in r.seen if s.id == voice.tie.face).person
        is_left = person.tracklets[0].samples[0].box.centre[0] < SIDE
        yield "voice tied to its face" if is_left == (voice is first) else "voice tied to ANOTHER face"


def _still() -> None:
    """One person speaks, is then heard beside a still mouth, and speaks again."""
    found: Counter[str] = Counter()
    for number, c in enumerate(_clips()):
        path = SCRATCH / f"still-{number}.mp4"
        heard = tiles([c], [Turn(0, c), Turn(-1, c), Turn(0, c)], path)
        (one,) = _of(api.check_case([path], checks=["speech-without-lips"]), "speech-without-lips")
        where = all(heard[1][0] - 1 <= s.start and s.end <= heard[1][1] + 1 for s in one.spans)
        found[one.outcome.value + ("" if where else ", at ANOTHER time")] += 1
    print(f"a voice beside a still mouth once: {dict(found)}", flush=True)


def _whispers() -> None:
    readers = sorted((DATA / "voice" / "librispeech").iterdir())
    for below in (10, 15, 20, 25):
        found: Counter[str] = Counter()
        for number, folder in enumerate(readers):
            sound = with_whispers(folder, readers[(number + 3) % len(readers)], below)
            path = write_sound(SCRATCH / "whispers.webm", sound, codec="libopus", rate=48_000)
            found.update(f.outcome.value for f in _of(api.check_case([path], checks=["second-voice"]), "second-voice"))
        print(f"a second voice in four pauses, {below} dB softer: {dict(found)} of {len(readers)} readers", flush=True)


if __name__ == "__main__":
    sys.exit(main())
