"""Lips and voice while a call goes on: seconds of both, again and again, judged by what judges the recording (`lip_voice.couple`).

Provisional. A lag between picture and sound that stays is looked for and taken out, as in the recording. Who speaks is not told apart before the
recording is listened to, so what parts may be another person's voice.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from verifier.checks.base import could_not
from verifier.checks.lip_voice import INNOCENT, spec
from verifier.findings import FindingFactory, Outcome
from verifier.likelihood import Support
from verifier.lip_voice import couple
from verifier.observe.lips import LipTable
from verifier.observe.sound_features import BINS_PER_S, COLUMNS, SoundTable
from verifier.timing import Span, clocks, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.coupling import CouplingModel
    from verifier.findings import Finding
    from verifier.lip_voice import Coupling

KEPT = 10
"""Bursts that are judged together; older ones are let go."""
LEAST_PARTED = 2
"""Bursts that part ways from which on it is said: one odd burst may be a network's."""


@dataclass(frozen=True)
class Burst:
    """Seconds of a mouth with the sound around them; times: seconds in one part of the recording."""

    lips: LipTable
    sound: SoundTable
    heard_from: int
    """Second at which `sound` begins."""
    speech: tuple[Span, ...]


class LipsSoFar:
    """What the newest bursts of one part say together. Its memory is that of `KEPT` bursts."""

    def __init__(self, model: CouplingModel, where: str = "") -> None:
        """where: words behind times, for the part of the recording in which they are."""
        self._model, self._where = model, where
        self._bursts: deque[Burst] = deque(maxlen=KEPT)
        self._make = FindingFactory(spec)

    def add(self, burst: Burst | str) -> Finding:
        """What is known after this burst; str: why nothing could be looked at in it."""
        why = burst if isinstance(burst, str) else self._couple([burst]).reason
        if not why and isinstance(burst, Burst):
            self._bursts.append(burst)
        return replace(self._finding(why), provisional=True)

    def _couple(self, bursts: Sequence[Burst]) -> Coupling:
        lips, sound, speech = laid_out(bursts)
        return couple(self._model, lips, np.ones(len(lips.times), bool), sound, speech)

    def _finding(self, why: str) -> Finding:
        if not self._bursts:
            return unseen(why)
        found = self._couple(self._bursts)
        begins = self._bursts[0].heard_from
        parted = tuple(Span(s.start + begins, s.end + begins) for s in found.parted)
        support = found.lr.support if found.lr else None
        if len(parted) >= LEAST_PARTED and support is Support.FIRST:
            outcome, text = Outcome.OBSERVED, (
                f"Lips and voice do not move together at {clocks(parted)} of the recording{self._where}, as far as can be told"
                f" during the call. {INNOCENT} The largest face is taken for the speaker's: whoever only listens there moves lips without the voice."
                " Look at these seconds in the recording afterwards: the report looks at parts of it, and maybe not at these."
            )  # fmt: skip
        elif not parted and support is Support.SECOND:
            seconds = total(found.judged)
            outcome = Outcome.NOT_OBSERVED
            text = f"Lips and voice move together, in the {seconds:.0f} seconds of speech that were looked at last."
        else:
            outcome = Outcome.INCONCLUSIVE
            text = "Whether lips and voice move together cannot be told so far: no clear support either way."
        text += f" The newest look told nothing: {why}." if why else ""
        return self._make.make(outcome, text, rounds=("round-1",), spans=parted, score=found.score, lr=found.lr)


def unseen(why: str) -> Finding:
    """Nothing can be said, and why."""
    make = FindingFactory(spec)
    return replace(
        could_not(make, "Lips and voice could not be laid side by side so far", why, ("round-1",), ""), provisional=True
    )


def laid_out(bursts: Sequence[Burst]) -> tuple[LipTable, SoundTable, list[Span]]:
    """Bursts, in order, on one clock that begins with the first one's sound; between them nothing was seen or heard."""
    begins = bursts[0].heard_from
    count = max((b.heard_from - begins) * BINS_PER_S + len(b.sound.level) for b in bursts)
    features, level = np.full((count, COLUMNS), np.nan, np.float32), np.full(count, -np.inf, np.float32)
    for b in bursts:
        at = slice(first := (b.heard_from - begins) * BINS_PER_S, first + len(b.sound.level))
        features[at], level[at] = b.sound.features, b.sound.level
    tables = [b.lips for b in bursts]
    lips = LipTable(
        tuple(t - begins for table in tables for t in table.times),
        tuple(box for table in tables for box in table.boxes),
        np.concatenate([table.features for table in tables]),
        sum(table.looked_at for table in tables),
    )
    shift = Fraction(begins)
    return lips, SoundTable(features, level), [Span(s.start - shift, s.end - shift) for b in bursts for s in b.speech]
