"""How often the cue checks speak on clips and sound of genuine people: python -m tests.benchmarks.false_alarms.

Counts, minutes and the most alarms a minute that so little material leaves possible (95 %, Poisson, one-sided). What a check
shows and leaves open is counted apart.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scipy.stats import chi2

from tests.benchmarks import material
from verifier.api import NothingUsable, observe_case
from verifier.checks import catalogue
from verifier.checks.base import ObservedRound
from verifier.checks.speech_without_lips import still_mouth
from verifier.findings import Outcome
from verifier.timing import total

HEARD = ("second-voice", "typing")
CHECKS = ("lip-voice", "speech-without-lips", "reading-gaze", *HEARD)
ALSO_SHORT = ("reading-gaze",)
"""Names what it sees in short clips too, though it calls none of them clean."""
FOLDERS = {"genuine video": "video/genuine", "VASA-1 (generated faces, genuine voices)": "video/generated/vasa1"}
SOUND = {"genuine sound": "voice"}
SUFFIXES = (".mp4", ".mkv", ".mpg")
SOUND_SUFFIXES = (".mp3", ".wav", ".flac", ".m4a")


@dataclass
class Tally:
    clips: int = 0
    """That could be judged."""
    alarms: int = 0
    left_open: int = 0
    """Spans shown, without a word on which way."""
    seconds: float = 0.0
    """Judged."""
    named: list[str] = field(default_factory=list)

    @property
    def most_per_minute(self) -> float:
        return float(chi2.ppf(0.95, 2 * (self.alarms + 1)) / 2 / (self.seconds / 60)) if self.seconds else float("inf")

    def words(self) -> str:
        rate = f"at most {self.most_per_minute:.1f} a minute" if self.seconds else "nothing judged"
        more = f", {self.left_open} left open" if self.left_open else ""
        return f"{self.alarms}{more} in {self.clips} clips, {self.seconds / 60:.1f} min ({rate})"


def tallies() -> Iterator[tuple[str, Tally]]:
    """What each check says of each kind of clip; nothing where no media are."""
    for kind, folder in (FOLDERS | SOUND).items():
        checks, suffixes = (HEARD, SOUND_SUFFIXES) if kind in SOUND else (CHECKS, SUFFIXES)
        clips = sorted(
            p for p in (material.data() / folder).rglob("*") if p.suffix in suffixes and "cloned" not in p.parts
        )
        found = {check: Tally() for check in checks}
        for clip in clips:
            _add(found, clip)
        if clips:
            yield from ((f"{check}, false alarms on {kind}", tally) for check, tally in found.items())


def _add(found: dict[str, Tally], clip: Path) -> None:
    try:
        observed = observe_case([clip], checks=list(found))
    except NothingUsable:
        return
    case, _ = observed.gatherer.case(observed.rounds, (), (), "bench")
    (seen,) = case.rounds
    for check, tally in found.items():
        (finding,) = catalogue.run(catalogue.CHECKS[check], case)
        seconds = _judged(check, seen)
        if seconds and (finding.outcome is not Outcome.NOT_AVAILABLE or check in ALSO_SHORT):
            tally.clips, tally.seconds = tally.clips + 1, tally.seconds + seconds
        tally.left_open += finding.outcome is Outcome.INCONCLUSIVE and bool(finding.spans)
        tally.alarms += finding.outcome is Outcome.OBSERVED
        if finding.outcome is Outcome.OBSERVED:
            tally.named.append(clip.name)


def _judged(check: str, seen: ObservedRound) -> float:
    """Seconds that the check had to go by."""
    match check:
        case "lip-voice":
            return total(seen.coupling.judged) if seen.coupling else 0.0
        case "speech-without-lips":
            return still_mouth(seen)[0]
        case "reading-gaze":
            return total(seen.gaze.watched) if seen.gaze else 0.0
        case "second-voice":
            return seen.voice.speech_s if seen.voice else 0.0
        case _:
            return seen.typing.listened_s if seen.typing else 0.0


def main() -> int:
    """Exit code 0, also where a check speaks: the figures are the result."""
    for what, tally in tallies():
        print(f"{what:<62} {tally.words()} {' '.join(tally.named)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
