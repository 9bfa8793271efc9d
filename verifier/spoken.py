"""Transcripts of a case: which round each belongs to, whether it is in step with it, and who in it is the candidate."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.media.recording import Recording
from verifier.media.types import MediaError
from verifier.observe.speech import SpeechFinder, SpeechNetwork
from verifier.timing import Span, merge_spans, shared
from verifier.transcript import Clock, by_voice, tokens
from verifier.transcript_fit import Step, TranscriptFit, fit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from verifier.case import Evidence, Round
    from verifier.transcript import Transcript

CLEARLY_MOST = 1.5
"""Times the words of the next speaker: an interviewee mostly says most, but not always."""
MOSTLY = 0.5
"""Share of a speaker's lines that must fall on a voice for the two to be one."""
CANDIDATE, SOMEBODY_ELSE = "the candidate's voice", "another voice"
NO_SPEAKERS = "the transcript names no speakers"
NO_WORDS = "the transcript holds no words that are said while the candidate's voice is heard"


@dataclass(frozen=True)
class OtherTranscript:
    """What was said in a call with another candidate."""

    evidence: Evidence
    transcript: Transcript


@dataclass(frozen=True)
class WrittenCall:
    """A transcript as it was handed in or made. `folder`: id of the round in whose folder it lay; empty: handed in by itself."""

    evidence: Evidence
    transcript: Transcript
    folder: str = ""


@dataclass(frozen=True)
class RoundTranscript:
    """What was said in a round, on the recording's clock as far as that could be measured."""

    evidence: Evidence
    transcript: Transcript
    fit: TranscriptFit
    speech: tuple[Span, ...]
    """Where speech is heard in the recording, whoever speaks; empty: there is no sound."""
    candidate: str = ""
    """The speaker who is taken for the candidate; empty: `reason` says why there is none."""
    basis: str = ""
    """How the speaker was picked, as half a sentence."""
    reason: str = ""

    @property
    def times_hold(self) -> bool:
        """Whether delays can be read off it: it has times, and they are not known to be another call's."""
        return self.transcript.clock in (Clock.WORDS, Clock.CUES) or (
            self.transcript.clock is Clock.STARTS and self.fit.step is Step.IN_STEP
        )


def speech_of(case_round: Round) -> tuple[Span, ...]:
    """Where speech is heard in the first file of a round that has sound; empty without any."""
    network = SpeechNetwork()
    for evidence in case_round.evidence:
        if evidence.kind not in ("recording", "sound"):
            continue
        finder = SpeechFinder(network)
        try:
            for block in Recording(evidence.path).audio():
                finder.feed(block.time, block.samples)
        except MediaError:
            continue
        finder.finish()
        return tuple(merge_spans(finder.spans))
    return ()


def assign(
    written: Sequence[WrittenCall], rounds: Sequence[Round], speech: Mapping[str, tuple[Span, ...]]
) -> tuple[dict[str, RoundTranscript], list[tuple[str, str]]]:
    """Round id -> its transcript, and name and reason of those that are not used.

    A transcript goes to the round in whose folder it lies or whose file it is named after; else to the one it is in step with;
    where that cannot be measured, to the first that has none yet. speech: round id -> where speech is heard.
    """
    found: dict[str, RoundTranscript] = {}
    left_out: list[tuple[str, str]] = []
    for call in written:
        wanted = _wanted(call, rounds)
        if call.folder and not wanted:
            left_out.append((call.evidence.name, "It is not used: the recording in its folder could not be used."))
            continue
        fits = {r.id: fit(call.transcript, speech.get(r.id, ())) for r in wanted or rounds}
        best = max(fits, key=lambda id_: _rank(fits[id_]))
        if not wanted and fits[best].step is Step.UNKNOWN:
            best = next((id_ for id_, f in fits.items() if f.step is Step.UNKNOWN and id_ not in found), best)
        if fits[best].step is Step.ANOTHER_CALL:
            left_out.append((call.evidence.name, f"It is not used: {fits[best].words}."))
        elif best in found and not wanted and fits[best].step is Step.UNKNOWN:
            left_out.append(
                (
                    call.evidence.name,
                    "It is not used: its times show no round that it belongs to, and none is left without a transcript.",
                )
            )
        elif best in found:
            other = found[best].evidence.name
            left_out.append((call.evidence.name, f"It is not used: the transcript {other} is used for the same call."))
        else:
            found[best] = _laid_on(call, fits[best], speech.get(best, ()), how=bool(wanted))
    return found, left_out


def _rank(found: TranscriptFit) -> tuple[bool, bool, float]:
    return found.step is Step.IN_STEP, found.step is Step.UNKNOWN, found.stands_out or 0.0


def _wanted(call: WrittenCall, rounds: Sequence[Round]) -> list[Round]:
    """The rounds it can belong to by its place or name; empty when neither says so."""
    if call.folder:
        return [r for r in rounds if r.id == call.folder or r.id.startswith(f"{call.folder}-")]
    stem = _stem(call.evidence.path)
    named = [r for r in rounds if any(_stem(e.path) == stem for e in r.evidence)]
    return named or [r for r in rounds if any(_begins(stem, _stem(e.path)) for e in r.evidence)]


def _stem(path: Path) -> str:
    return path.name.partition(".")[0].casefold()


def _begins(a: str, b: str) -> bool:
    """ "gmt20260203-100000_recording" and "gmt20260203-100000_recording_1280x720"."""
    short, long = sorted((a, b), key=len)
    return len(short) >= 4 and long.startswith(short) and not long[len(short) :][:1].isalnum()


def _laid_on(call: WrittenCall, found: TranscriptFit, speech: tuple[Span, ...], *, how: bool) -> RoundTranscript:
    t = call.transcript
    facts = (
        ("Kind", f"{t.source}; lines: {len(t.utterances)}; named speakers: {len(t.speakers)}"),
        ("Clock", t.clock.value),
        ("In step", found.words),
        *(() if how else (("Belongs to", "taken for this round by its times or its place in the list"),)),
    )
    problems = (*t.notes, *((found.words,) if found.step is Step.UNKNOWN else ()))
    evidence = replace(call.evidence, facts=(*call.evidence.facts, *facts), problems=problems)
    return RoundTranscript(evidence, t.on_clock(found.offset, found.rate), found, speech)


def with_candidate(
    spoken: RoundTranscript, name: str | None = None, voice: Sequence[Span] = (), others: Sequence[Span] = ()
) -> RoundTranscript:
    """The transcript with the speaker who is taken for the candidate, and how, or why there is none.

    name: as the candidate gave it. voice: when the candidate's voice is heard; others: when another's is; both may be empty.
    """
    t = spoken.transcript
    if not t.speakers and voice and t.clock in (Clock.WORDS, Clock.CUES) and spoken.fit.step is not Step.ANOTHER_CALL:
        t = by_voice(t, {CANDIDATE: voice, SOMEBODY_ELSE: others})
        if t.speakers.get(CANDIDATE):
            how = "its speakers are told apart by their voices"
            return replace(spoken, transcript=t, candidate=CANDIDATE, basis=how, reason="")
        return replace(spoken, transcript=t, candidate="", basis="", reason=NO_WORDS)
    who, said = _pick(t, name, voice)
    return replace(spoken, candidate=who, basis=said if who else "", reason="" if who else said)


def _pick(t: Transcript, name: str | None, voice: Sequence[Span]) -> tuple[str, str]:
    """The speaker and how picked; or nothing and why."""
    counts = t.speakers
    if not counts:
        return "", NO_SPEAKERS
    wanted = _parts(name or "")
    named = _bearing(t, name)
    if named:
        return named, f"“{named}” bears the candidate's name"
    shares = {s: share_within(_lines(t, s), voice) for s in counts}
    best = max(shares, key=lambda s: shares[s])
    if shares[best] >= MOSTLY:
        return best, f"“{best}” speaks when the candidate's voice is heard"
    partly = [s for s in counts if wanted & _parts(s)]
    if len(partly) == 1:
        return partly[0], f"“{partly[0]}” bears a part of the candidate's name (an assumption)"
    first, second = [*counts.items(), ("", 0)][:2]
    if first[1] >= CLEARLY_MOST * second[1]:
        return first[0], f"“{first[0]}” says most (an assumption; --name says who it is)"
    return "", "its speakers say about equally much, and none bears the candidate's name (--name says who it is)"


def named_lines(spoken: RoundTranscript | None, name: str | None) -> tuple[str, list[Span]]:
    """The one speaker who bears the whole name and when; nothing where the lines are not known to be in step with the sound."""
    if spoken is None or spoken.fit.step is not Step.IN_STEP:
        return "", []
    who = _bearing(spoken.transcript, name)
    return who, _lines(spoken.transcript, who) if who else []


def _bearing(t: Transcript, name: str | None) -> str:
    """The one speaker whose name holds every part of `name`."""
    wanted = _parts(name or "")
    found = [s for s in t.speakers if wanted and wanted <= _parts(s)]
    return found[0] if len(found) == 1 else ""


def _lines(t: Transcript, speaker: str) -> list[Span]:
    return [u.span for u in t.utterances if u.speaker == speaker]


def _parts(name: str) -> set[str]:
    plain = unicodedata.normalize("NFD", name.casefold())
    return {t for t in tokens("".join(c for c in plain if not unicodedata.combining(c))) if len(t) > 1}


def share_within(spans: Sequence[Span], voice: Sequence[Span]) -> float:
    """Share of `spans` that lies within `voice`."""
    total, voice = sum((s.duration for s in spans), Fraction(0)), merge_spans(list(voice))
    return float(sum((shared(s, voice) for s in spans), Fraction(0)) / total) if total else 0.0
