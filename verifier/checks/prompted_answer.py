"""Does somebody else say words that the candidate repeats within seconds?"""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.checks.base import CaseObservations, ObservedRound, round_name
from verifier.checks.written import NO_DATA, about, not_looked, per_round, quoted, times
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.shingles import longest_run
from verifier.timing import Span
from verifier.transcript import Clock, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.spoken import RoundTranscript
    from verifier.transcript import Utterance

WITHIN_S, ALREADY_S, BEFORE_S = Fraction(10), Fraction(15), Fraction(60)
"""Seconds in which words are repeated; in which the candidate has spoken, for an answer to be under way; that are looked back at."""
REPEATED, LONG_WORDS, LETTERS = 4, 2, 4
"""Words in a row that must be repeated, among them so many of so many letters: "and then we had" is no prompt."""
MOST_WORDS = 12
"""Longer utterances are questions or explanations."""
ASIDE = 0.2
"""A speaker with less of the others' words is not the interviewer."""
OFTEN, MOST_AROUND = 2, 60
"""Times from which it is worth a look; lines before and after that are read (more would not fit into a minute)."""

WHAT = "Words said before the candidate says them"
spec = CheckSpec(
    id="prompted-answer",
    question="Does somebody else say words that the candidate repeats within seconds?",
    group=Group.COACHING,
    propositions=None,
    method=(
        "In a transcript with speakers, short utterances of others are looked for that fall into an answer, or come from somebody "
        "who hardly takes part, and of which the candidate says four words or more in a row within ten seconds. Left out are the "
        "questions at the beginning of an answer, and words that the candidate said first."
    ),
    limits=(
        f"{NO_DATA} Interviewers help out with a word, and candidates take it up; an interpreter, a carer or a relative who helps "
        "with a word does what this describes. Whispers are often missing from transcripts or given to the wrong speaker, so "
        "not finding any says little."
    ),
    follow_up="Play the seconds, listen who says the words first, and ask in the next call whether somebody else is in the room.",
    needs=("transcript",),
)


def run(case: CaseObservations) -> list[Finding]:
    return per_round(case, FindingFactory(spec, case.origin), WHAT, _ask)


def _ask(r: ObservedRound, spoken: RoundTranscript, make: FindingFactory) -> list[Finding]:
    name, id_ = round_name(r.round), r.round.id
    why = ""
    if spoken.transcript.clock is Clock.COARSE:
        why = "its transcript does not tell when words are said"
    elif len(spoken.transcript.speakers) < 2:
        why = "its transcript names nobody but the candidate"
    if why:
        return [not_looked(make, f"{WHAT} could not be looked for in {name}", why, (id_,))]
    found = prompts(spoken)
    if not found:
        text = f"{name}: the transcript shows no words of somebody else that the candidate repeats within seconds."
        return [make.make(Outcome.NOT_OBSERVED, text, rounds=(id_,), details=about(spoken))]
    spans = tuple(Span(u.span.start, max(u.span.end, said_until)) for u, _, said_until in found)
    text = (
        f"{name}: somebody else says words that the candidate says within seconds ({times(s.start for s in spans)}), "
        f"such as {quoted(found[0][1])}."
    )
    details = (
        *((f"{times([u.span.start])}, {u.speaker}", quoted(words)) for u, words, _ in found[:20]),
        *about(spoken),
    )
    outcome = Outcome.OBSERVED if len(found) >= OFTEN else Outcome.INCONCLUSIVE
    return [make.make(outcome, text, rounds=(id_,), spans=spans, details=details)]


def prompts(spoken: RoundTranscript) -> list[tuple[Utterance, list[str], Fraction]]:
    """Utterances of others, the words the candidate repeats, and until when that is said."""
    said = spoken.transcript.utterances
    mine = [u for u in said if u.speaker == spoken.candidate]
    counts = {s: n for s, n in spoken.transcript.speakers.items() if s != spoken.candidate}
    found = []
    for u in said:
        words = tokens(u.text)
        if u.speaker in ("", spoken.candidate) or not REPEATED <= len(words) <= MOST_WORDS:
            continue
        before, after = _around(mine, u)
        under_way = any(b.span.end >= u.span.start - ALREADY_S for b in before)
        if not under_way and counts[u.speaker] >= ASIDE * sum(counts.values()):
            continue  # an interviewer's question
        repeated = _repeated(words, _said(after)[: 5 * MOST_WORDS])
        if repeated and longest_run(repeated, _said(before))[2] < len(repeated):
            found.append((u, repeated, max(a.span.end for a in after)))
    return found


def _around(mine: Sequence[Utterance], u: Utterance) -> tuple[list[Utterance], list[Utterance]]:
    """What the candidate says in the minute before an utterance, and within seconds after it."""
    at = bisect_right(mine, u.span.start, key=lambda m: m.span.start)
    before = [m for m in mine[max(0, at - MOST_AROUND) : at] if m.span.end >= u.span.start - BEFORE_S]
    return before, [m for m in mine[at : at + MOST_AROUND] if m.span.start < u.span.end + WITHIN_S]


def _said(utterances: Sequence[Utterance]) -> list[str]:
    return [word for u in utterances for word in tokens(u.text)]


def _repeated(words: Sequence[str], said: Sequence[str]) -> list[str]:
    start, _, length = longest_run(words, said)
    run = list(words[start : start + length])
    enough = length >= REPEATED and sum(len(w) >= LETTERS for w in run) >= LONG_WORDS
    return run if enough else []
