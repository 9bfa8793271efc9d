"""Is it one voice all through the round, and if not, when did it change?"""

from __future__ import annotations

from dataclasses import replace

from verifier.candidate_voice import UNTOLD
from verifier.checks.base import (
    VOICE_PROPOSITIONS,
    VOICES,
    CaseObservations,
    ObservedRound,
    could_not,
    outcome_of,
    round_name,
    support_words,
)
from verifier.checks.voice_words import no_voice, speech_compared, whose
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.round_voices import HeardVoice
from verifier.timing import MediaTime, Span, clock, clocks
from verifier.voice_faces import moves_with

spec = CheckSpec(
    id="voice-continuity",
    question="Is it one voice all through the round? When did it change?",
    group=Group.IDENTITY,
    propositions=VOICE_PROPOSITIONS,
    method=(
        "Speech is grouped by voice. The first and the second half of the candidate's speech are compared with each other, and the "
        "candidate's voice with any other that follows or precedes it for good, or that speaks in the candidate's own file or channel. "
        "A voice beside which the candidate's lips are seen to rest is another participant's."
    ),
    limits=(
        "A good imitation sounds the same. Pieces of speech were taken for one voice because they sound alike, so that its halves agree "
        "is weak news, as it is that two groups differ. Where everybody shares one channel and the lips are not "
        "seen, a voice that ends and another that begins may be two participants: that stays open. Two people who take turns of a few seconds may not be told apart: where much of the speech is so short, it stays open. "
        "Through a telephone line or loud noise several voices may be taken for one (an interview of three was): a single voice in such sound, shared by everybody, stays open. Another microphone or a reconnect alone can change how a voice sounds."
    ),
    follow_up="Play the seconds before and after the change one after the other.",
    needs=("faces", "voices", "lips"),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return [finding for r in case.rounds for finding in _round(case, r, make)]


def _round(case: CaseObservations, r: ObservedRound, make: FindingFactory) -> list[Finding]:
    mine = r.voice
    if mine is None or r.voices is None or mine.template is None:
        return [no_voice(r, make, "Could not follow a voice")]
    changes = []
    for other in r.voices.voices:
        if other is mine or (other.tie is not None and r.seen):
            continue  # a voice that goes with another face is another participant
        turn = _turn(mine, other)
        if turn is not None and _lips_move(r, other) is not False:
            changes.append(_change(case, r, mine, other, turn, make))
        elif mine.source.is_own and other.source is mine.source:
            changes.append(_beside(case, r, mine, other, make))
    return changes or [_steady(case, r, mine, make)]


def _steady(case: CaseObservations, r: ObservedRound, mine: HeardVoice, make: FindingFactory) -> Finding:
    found, rounds = case.voices_compared.get((f"{r.round.id}#first", f"{r.round.id}#last")), (r.round.id,)
    if found is None or found.lr is None or mine.halves is None:
        why = found.reason if found else f"there are only {mine.speech_s:.0f} s of the candidate's speech"
        return could_not(make, f"Could not compare the beginning of {round_name(r.round)} with its end", why, rounds)
    heard = f"{clock(mine.spans[0].start)} to {clock(mine.spans[-1].end)}"
    text = (
        f"The candidate's voice in the first and in the second half of its speech in {round_name(r.round)}, {heard}: "
        f"{support_words(found.lr, VOICES)}. {speech_compared(*mine.halves)}{whose(r)}"
    )
    outcome = outcome_of(found.lr)
    if mine.untold_s:
        outcome = Outcome.INCONCLUSIVE
        text += f" Beside it {UNTOLD} ({mine.untold_s:.0f} s): it may be somebody else's."
    elif mine.source.track.facts.flaws and not mine.source.is_own and len(r.voices.voices if r.voices else ()) == 1:
        outcome = Outcome.INCONCLUSIVE
        text += " In sound so rough several voices may be taken for one."
    return make.make(outcome, text, rounds=rounds, score=found.score, lr=found.lr)


def _turn(mine: HeardVoice, other: HeardVoice) -> tuple[MediaTime, MediaTime] | None:
    """When one voice ends and the other begins, where one follows the other once, for good."""
    if mine.spans[-1].end <= other.spans[0].start + 1:
        return mine.spans[-1].end, other.spans[0].start
    if other.spans[-1].end <= mine.spans[0].start + 1:
        return other.spans[-1].end, mine.spans[0].start
    return None


def _lips_move(r: ObservedRound, other: HeardVoice) -> bool | None:
    """Whether the candidate's lips move with another voice; None: they were not seen closely enough."""
    motion = r.motions.get(r.candidate.id) if r.candidate else None
    return moves_with(motion, other, r.voices) if motion is not None and r.voices is not None else None


def _change(
    case: CaseObservations,
    r: ObservedRound,
    mine: HeardVoice,
    other: HeardVoice,
    turn: tuple[MediaTime, MediaTime],
    make: FindingFactory,
) -> Finding:
    low, high = min(turn), max(turn)
    where = f"{round_name(r.round)}: one voice until {clock(low)}, another from {clock(high)} on"
    span = Span(max(low - 5, low * 0), high + 5)
    if mine.source.is_own:
        return _compared(case, r, (mine, other), where, (span,), "", make)
    if _lips_move(r, other):
        return _compared(case, r, (mine, other), where, (span,), " The candidate's lips move with both.", make)
    found = _compared(
        case, r, (mine, other), where, (span,), " They share one channel, so it may be another participant.", make
    )
    return replace(found, outcome=Outcome.INCONCLUSIVE) if found.outcome is Outcome.OBSERVED else found


def _beside(
    case: CaseObservations, r: ObservedRound, mine: HeardVoice, other: HeardVoice, make: FindingFactory
) -> Finding:
    where = (
        f"{round_name(r.round)}: a second voice in {mine.source.where} beside the candidate's, at {clocks(other.spans)}"
    )
    return _compared(case, r, (mine, other), where, other.spans, " It may be somebody else in the room.", make)


def _compared(
    case: CaseObservations,
    r: ObservedRound,
    pair: tuple[HeardVoice, HeardVoice],
    where: str,
    spans: tuple[Span, ...],
    may_be: str,
    make: FindingFactory,
) -> Finding:
    found, rounds = case.voices_compared.get((r.round.id, pair[1].id)), (r.round.id,)
    one, two = pair[0].template, pair[1].template
    if found is None or found.lr is None or one is None or two is None:
        why = found.reason if found else "there is too little speech of one of them"
        return could_not(make, f"{where}; they could not be compared", why, rounds)
    text = f"{where}: {support_words(found.lr, VOICES)}. {speech_compared(one, two)}{may_be}"
    return make.make(outcome_of(found.lr), text, rounds=rounds, spans=spans, score=found.score, lr=found.lr)
