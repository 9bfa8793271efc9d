"""Is another voice heard near the candidate while, or just before, the candidate answers?"""

from __future__ import annotations

from verifier.asides import UNLIKE, Aside, asides, takes_part
from verifier.checks.base import CaseObservations, ObservedRound, could_not, round_name
from verifier.checks.voice_words import BEHAVIOUR_ONLY, no_voice
from verifier.findings import CheckSpec, Finding, FindingFactory, Group, Outcome
from verifier.observe.soft_speech import SHORTEST_S, SOFTER_DB
from verifier.observe.sound import NOISY_DB
from verifier.timing import clocks, total

ENOUGH = 2
"""Stretches from which on it is something to look at: one alone is as likely a slip of the method."""
LEAST_S = 8.0
"""Seconds of the candidate's speech, to know the candidate's voice by."""

# figures: python -m tests.benchmarks.voices
spec = CheckSpec(
    id="second-voice",
    question="Is another voice heard near the candidate during or just before answers?",
    group=Group.COACHING,
    propositions=None,
    method=(
        f"In the candidate's sound, stretches of speech of {SHORTEST_S} s and more that are at least {SOFTER_DB:.0f} dB softer than most "
        f"speech are laid beside the candidate's voice and those of everybody who takes part in the conversation. What is like none of them (a "
        f"cosine of at most {UNLIKE:.2f}), and lies in an answer of the candidate or in the four seconds before one, is shown. In a file or channel of the candidate's own "
        "any further voice is shown, unless it is another file's heard again."
    ),
    limits=(
        f"{BEHAVIOUR_ONLY} Where everybody shares one channel, an interviewer who asks for two or three seconds and is softer sounds the same: unless "
        "a longer turn of theirs is known and this voice is unlike it, it is left open. Of 10 readers with another voice 10 dB softer in four pauses, "
        "all on one channel, 8 were left open and 2 missed; on a channel of the candidate's own 5 were shown, 3 left open and 2 missed. Of 10 calls with "
        "nobody but an interviewer who asks for 2.2 s before every answer, 10 dB softer, 9 were left open as well. In 39 recordings, "
        "18 minutes, without such a voice, nothing was shown, from which up to 0.2 false alarms a minute cannot be excluded. It may be somebody in the room with no part in this, a television, an interpreter, a further participant or an echo. "
        "What is said while the candidate speaks is hidden on one channel; calls that suppress noise take soft voices away; whoever wears "
        "headphones hears what no microphone does. A voice much like the candidate's is not told apart."
    ),
    follow_up="Play the seconds with headphones; ask the candidate who else was in the room.",
    needs=("faces", "voices", "lips"),
)


def run(case: CaseObservations) -> list[Finding]:
    make = FindingFactory(spec, case.origin)
    return [_round(r, make) for r in case.rounds]


def _round(r: ObservedRound, make: FindingFactory) -> Finding:
    mine, rounds = r.voice, (r.round.id,)
    if mine is None or r.voices is None or mine.template is None:
        return no_voice(r, make, "Could not listen for another voice")
    why = _why_not(r)
    if why:
        step = "Ask for a recording from a quiet room, or for a sound file of each participant."
        return could_not(make, f"Could not listen for another voice in {round_name(r.round)}", why, rounds, step)
    found = asides(r.voices, mine) if r.asides is None else r.asides
    about = f"{round_name(r.round)}, {mine.speech_s:.0f} seconds of the candidate's speech ({r.voice_basis})"
    if not found:
        return make.make(Outcome.NOT_OBSERVED, f"{about}: no other voice near the candidate was heard.", rounds=rounds)
    own = mine.source.is_own
    # who only asks short questions has no turn to be known by, and is as soft and as near to the answers
    others_known = own or any(takes_part(v, mine) and v.template for v in r.voices.voices if v is not mine)
    who = "somebody in the room with no part in this"
    return make.make(
        Outcome.OBSERVED if len(found) >= ENOUGH and others_known else Outcome.INCONCLUSIVE,
        f"{about}: {_words(found)} It may be {who if own else f'the interviewer, or {who}'}.",
        rounds=rounds,
        spans=tuple(a.span for a in found),
        details=(("Stretches", str(len(found))), ("Just before an answer", str(sum(a.before_answer for a in found)))),
    )


def _why_not(r: ObservedRound) -> str:
    """Why a soft voice could not be heard; empty where it could."""
    if r.voice is None or r.voice.speech_s < LEAST_S:
        return (
            f"only {r.voice.speech_s if r.voice else 0:.0f} s of the candidate's speech are there to know the voice by"
        )
    over_noise = r.voice.source.track.facts.speech_over_noise_db
    if over_noise is not None and over_noise < NOISY_DB:
        return f"the noise is only {max(0, round(over_noise))} dB below the speech, and a soft voice would not be heard"
    return ""


def _words(found: tuple[Aside, ...]) -> str:
    seconds = total([a.span for a in found])
    softer = sorted(a.below_db for a in found if a.below_db is not None)
    how = f" about {softer[len(softer) // 2]:.0f} dB softer than most speech," if softer else ""
    before = sum(a.before_answer for a in found)
    near = f", {before} of {len(found)} just before an answer" if before else ""
    speaks = "speaks once" if len(found) == 1 else f"speaks {len(found)} times"
    return f"another voice,{how} {speaks} ({seconds:.0f} s in all{near}): {clocks([a.span for a in found])}."
