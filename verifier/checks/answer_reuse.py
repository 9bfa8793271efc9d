"""Are answers nearly word for word those of another candidate?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from verifier.answers import answers_of
from verifier.checks.base import CaseObservations, ObservedRound, round_name, shortened
from verifier.checks.written import NO_DATA, about, counted, not_looked, per_round, quoted, times
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.shingles import SharedWords, held, longest_run, shared_words, shingles
from verifier.transcript import tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verifier.answers import Answer
    from verifier.shingles import Hashes
    from verifier.spoken import RoundTranscript
    from verifier.transcript import Utterance

LEAST_WORDS = 25
"""Of an answer that is compared."""
LEAST_SHARED, SHARE, RUN = 12, 0.4, 18
"""An answer is nearly the same from so many shared sequences on, if they are such a share of it or hold so many words in a row."""
COMMON_FROM = 4
"""With so many other transcripts, what more than half of them say is a stock phrase."""
ECHO_WORDS, ECHO_WITHIN, ECHO_LEAST, ECHO_SHARE = 5, 15, 3, 0.5
"""Words of the question in a row, among the first of the answer; answers, and share of answers, from which it is told."""

WHAT = "Wording of answers"
spec = CheckSpec(
    id="answer-reuse",
    question="Are answers nearly word for word those of another candidate?",
    group=Group.COACHING,
    propositions=None,
    method=(
        "Answers of 25 words and more are laid beside the transcripts of other candidates that were handed in for it. Counted are "
        "sequences of four words that both have. What the interviewers say, and what most of the transcripts say, is left out. "
        "Told apart from it: answers that begin by saying the question again."
    ),
    limits=(
        f"{NO_DATA} Two people may have learnt from the same course, book or job advertisement, describe the same product, or be "
        "colleagues. Who copied from whom, if anybody did, cannot be seen. Repeating a question is taught as good manners, and helps "
        "with a bad line or another language. Reworded answers are not found. It is never judged who or what wrote an answer."
    ),
    follow_up="Read both passages, listen to both, and ask the candidate to go into a detail that is in neither.",
    needs=("transcript",),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    others = {shortened(o.evidence.name): np.unique(shingles(_words(o.transcript.utterances))) for o in case.others}
    common = _stock_phrases(list(others.values()))

    def ask(r: ObservedRound, spoken: RoundTranscript, make: FindingFactory) -> list[Finding]:
        answers = answers_of(spoken)
        return [*_reuse(r, spoken, answers, others, common, make), *_echo(r, spoken, answers, make)]

    found = per_round(case, make, WHAT, ask)
    if others or (found and all(f.outcome is Outcome.NOT_AVAILABLE for f in found)):
        return found
    text = "No transcripts of other candidates were handed in (--compare-transcripts), so no answers were laid beside theirs."
    return [make.make(Outcome.NOT_APPLICABLE, text), *found]


def _words(utterances: Sequence[Utterance]) -> list[str]:
    return [word for u in utterances for word in tokens(u.text)]


def _stock_phrases(others: Sequence[Hashes]) -> Hashes:
    if len(others) < COMMON_FROM:
        return np.zeros(0, np.uint64)
    each, counts = np.unique(np.concatenate(others), return_counts=True)
    return np.asarray(each[counts * 2 > len(others)], np.uint64)


def _reuse(
    r: ObservedRound, spoken: RoundTranscript, answers: Sequence[Answer], others: Mapping[str, Hashes], common: Hashes,
    make: FindingFactory,
) -> list[Finding]:  # fmt: skip
    if not others:
        return []
    name, id_ = round_name(r.round), r.round.id
    long = [(a, said) for a in answers if len(said := tokens(a.text)) >= LEAST_WORDS]
    if not long:
        why = f"it has no answer of {LEAST_WORDS} words or more"
        return [not_looked(make, f"{WHAT} could not be compared in {name}", why, (id_,))]
    asked = [shingles(tokens(u.text)) for u in spoken.transcript.utterances if u.speaker != spoken.candidate]
    common = np.sort(np.concatenate([common, *asked]))
    hits = []
    for answer, said in long:
        mine = shingles(said)
        counts = ~held(mine, common)
        found = {other: shared_words(mine, theirs, counts) for other, theirs in others.items()}
        best = max(found, key=lambda other: found[other].count)
        if _nearly_same(found[best]):
            hits.append((answer, said, best, found[best]))
    if not hits:
        text = (
            f"{name}: {counted(len(long), 'longer answer')} laid beside {counted(len(others), 'transcript')} of other candidates, "
            "none of them nearly word for word in it."
        )
        return [make.make(Outcome.NOT_OBSERVED, text, rounds=(id_,), details=about(spoken))]
    details = [
        (times([a.span.start]), f"{other}: {s.run[1]} words in a row, {10 * s.share:.0f} tenths of the answer")
        for a, _, other, s in hits
    ]
    _, said, other, most = max(hits, key=lambda hit: hit[3].run[1])
    where = "an answer is" if len(hits) == 1 else f"{len(hits)} answers are"
    text = (
        f"{name}: {where} nearly word for word in the transcript of another candidate ({times(a.span.start for a, *_ in hits)}), "
        f"most of it in {other}, such as {quoted(said[most.run[0] : sum(most.run)])}."
    )
    spans = tuple(a.span for a, *_ in hits)
    return [make.make(Outcome.OBSERVED, text, rounds=(id_,), spans=spans, details=(*details, *about(spoken)))]


def _nearly_same(found: SharedWords) -> bool:
    return found.count >= LEAST_SHARED and (found.share >= SHARE or found.run[1] >= RUN)


def _echo(r: ObservedRound, spoken: RoundTranscript, answers: Sequence[Answer], make: FindingFactory) -> list[Finding]:
    """Answers that begin with the question; only told when they are many, and left open even then."""
    asked = [a for a in answers if len(tokens(a.question)) >= ECHO_WORDS]
    echoed = [a for a in asked if longest_run(tokens(a.question)[-60:], tokens(a.text)[:ECHO_WITHIN])[2] >= ECHO_WORDS]
    if len(echoed) < max(ECHO_LEAST, ECHO_SHARE * len(asked)):
        return []
    text = (
        f"{round_name(r.round)}: {len(echoed)} of {len(asked)} answers begin with words of the question, said again "
        f"({times(a.span.start for a in echoed)})."
    )
    spans = tuple(a.span for a in echoed)
    return [make.make(Outcome.INCONCLUSIVE, text, rounds=(r.round.id,), spans=spans, details=about(spoken))]
