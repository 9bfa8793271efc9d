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
from tests.voice_calls import Turn, clip, tiles, with_whispers
from verifier import api
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


def _turns() -> None:
    """Two people in tiles; each speaks twice. Then the first one's voice beside still mouths."""
    clips = [clip(p) for folder in ("hdtf", "retalking")
             for p in sorted((DATA / "video" / "genuine" / folder).glob("*.mp4"))]  # fmt: skip
    clips = [c for c in clips if c.seconds >= 5]
    ties: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for number, (a, b) in enumerate([*pairwise(clips), (clips[-1], clips[0])]):
        path = SCRATCH / f"turns-{number}.mp4"
        tiles([a, b], [Turn(0, a), Turn(1, b), Turn(0, a), Turn(-1, a), Turn(1, b)], path)
        report = api.check_case([path], candidate="round-1/A", checks=CHECKS)
        ties.update(_tie(report, path))
        seen.update(f.outcome.value for f in _of(report, "speech-without-lips"))
    print(f"turns of two people: ties {dict(ties)}")
    print(f"the candidate's voice beside still mouths once: {dict(seen)} of {sum(seen.values())} calls", flush=True)


def _tie(report: Report, path: Path) -> Iterator[str]:
    """Tiles: the left person speaks first. A face of the report is left or right by where its picture was."""
    first = min(report.speakers, key=lambda s: s.spans[0].start) if report.speakers else None
    yield f"{len(report.speakers)} voices"
    for voice in report.speakers:
        if voice.face is None:
            yield "to nobody"
            continue
        person = next(p for p in report.participants if p.id == voice.face)
        yield "right" if (_side(path, person.id) == "left") == (voice is first) else "WRONG"


def _side(path: Path, face: str) -> str:
    from verifier.calibration import FaceCalibration
    from verifier.case import Evidence, Role, Round
    from verifier.gather import Gatherer
    from verifier.observe.comparators.registry import load_comparators

    gatherer = Gatherer(load_comparators(), FaceCalibration.load(), frozenset({"faces"}))
    evidence = Evidence("round-1", "", path, path.name, Role.PROBE, "recording", 0)
    r = gatherer.round(Round("round-1", "Round 1", (evidence,)), lambda share: None)
    box = next(s for s in r.seen if s.id == face).person.tracklets[0].samples[0].box
    return "left" if box.centre[0] < 320 else "right"


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
