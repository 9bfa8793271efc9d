"""What the checks that read transcripts share: which rounds can be asked, and what is said of those that cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.checks.base import REASON, shortened
from verifier.findings import Finding, FindingFactory, Outcome
from verifier.timing import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from verifier.checks.base import CaseObservations, ObservedRound
    from verifier.spoken import RoundTranscript
    from verifier.timing import MediaTime

    Ask = Callable[[ObservedRound, RoundTranscript, FindingFactory], list[Finding]]

NO_DATA = "There is no labelled public data of coached answers: this describes behaviour only, and how often it happens without a reason is not known."
GET_ONE = (
    "Hand in the transcript of the call with --transcript (WebVTT or the text export of Zoom, Teams or Meet, with speaker names), "
    "and name the candidate with --name."
)
SHOWN_TIMES, SHOWN_WORDS = 6, 8


def per_round(case: CaseObservations, make: FindingFactory, what: str, ask: Ask) -> list[Finding]:
    """The findings of every round whose transcript says who the candidate is; why the others could not be asked."""
    if all(r.transcript is None for r in case.rounds):
        ids = tuple(r.round.id for r in case.rounds)
        return [not_looked(make, f"{what} could not be looked at", "there is no transcript of the calls", ids)]
    found = []
    for r in case.rounds:
        text = f"{what} could not be looked at in {r.round.label}"
        if r.transcript is None:
            found.append(not_looked(make, text, "there is no transcript of it", (r.round.id,)))
        elif not r.transcript.candidate:
            found.append(not_looked(make, text, r.transcript.reason, (r.round.id,)))
        else:
            found += ask(r, r.transcript, make)
    return found


def not_looked(make: FindingFactory, text: str, why: str, rounds: tuple[str, ...]) -> Finding:
    """Nothing is known, and how to get to know it."""
    return make.make(
        Outcome.NOT_AVAILABLE, f"{text}: {why}.", rounds=rounds, details=((REASON, why),), next_step=GET_ONE
    )


def about(spoken: RoundTranscript) -> tuple[tuple[str, str], ...]:
    """What every finding on a transcript rests on, for the fold-out."""
    return (
        ("Transcript", shortened(spoken.evidence.name)),
        ("In step", spoken.fit.words),
        ("The candidate in it", spoken.basis),
    )


def counted(number: int, one: str) -> str:
    """ "1 answer", "3 answers"."""
    return f"{number} {one}{'' if number == 1 else 's'}"


def times(moments: Iterable[MediaTime]) -> str:
    """ "04:11, 09:30 and 3 more"."""
    listed = [clock(m) for m in moments]
    more = len(listed) - SHOWN_TIMES
    return ", ".join(listed[:SHOWN_TIMES]) + (f" and {more} more" if more > 0 else "")


def quoted(words: Iterable[str]) -> str:
    """The few words that matter, in quotation marks."""
    listed = list(words)
    return "“" + " ".join(listed[:SHOWN_WORDS]) + ("…”" if len(listed) > SHOWN_WORDS else "”")
