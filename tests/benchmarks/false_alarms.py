"""How often the cue checks speak on clips of genuine people: python -m tests.benchmarks.false_alarms.

Counts, minutes and the most alarms a minute that so little material leaves possible (95 %, Poisson, one-sided).
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
from verifier.findings import Outcome

CHECKS = ("lip-voice", "reading-gaze", "typing")
FOLDERS = {"genuine video": "video/genuine", "VASA-1 (generated faces, genuine voices)": "video/generated/vasa1"}
SUFFIXES = (".mp4", ".mkv", ".mpg")


@dataclass
class Tally:
    clips: int = 0
    """That could be judged."""
    alarms: int = 0
    seconds: float = 0.0
    """Judged."""
    named: list[str] = field(default_factory=list)

    @property
    def most_per_minute(self) -> float:
        return float(chi2.ppf(0.95, 2 * (self.alarms + 1)) / 2 / (self.seconds / 60)) if self.seconds else float("inf")

    def words(self) -> str:
        rate = f"at most {self.most_per_minute:.1f} a minute" if self.seconds else "nothing judged"
        return f"{self.alarms} in {self.clips} clips, {self.seconds / 60:.1f} min ({rate})"


def tallies() -> Iterator[tuple[str, Tally]]:
    """What each check says of each kind of clip; nothing where no media are."""
    for kind, folder in FOLDERS.items():
        clips = sorted(p for p in (material.data() / folder).rglob("*") if p.suffix in SUFFIXES)
        found = {check: Tally() for check in CHECKS}
        for clip in clips:
            _add(found, clip)
        if clips:
            yield from ((f"{check}, false alarms on {kind}", tally) for check, tally in found.items())


def _add(found: dict[str, Tally], clip: Path) -> None:
    try:
        observed = observe_case([clip], checks=CHECKS)
    except NothingUsable:
        return
    case, _ = observed.gatherer.case(observed.rounds, (), (), "bench")
    (seen,) = case.rounds
    judged = {
        "lip-voice": float(sum(s.duration for s in seen.coupling.judged)) if seen.coupling else 0.0,
        "reading-gaze": float(sum(s.duration for s in seen.gaze.watched)) if seen.gaze else 0.0,
        "typing": seen.typing.listened_s if seen.typing else 0.0,
    }
    for check, tally in found.items():
        (finding,) = catalogue.run(catalogue.CHECKS[check], case)
        if judged[check] and finding.outcome is not Outcome.NOT_AVAILABLE:
            tally.clips, tally.seconds = tally.clips + 1, tally.seconds + judged[check]
        if finding.outcome is Outcome.OBSERVED:
            tally.alarms += 1
            tally.named.append(clip.name)


def main() -> int:
    """Exit code 0, also where a check speaks: the figures are the result."""
    for what, tally in tallies():
        print(f"{what:<62} {tally.words()} {' '.join(tally.named)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
