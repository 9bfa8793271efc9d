"""Transcripts that were handed in, lay in a round's folder or are made here -> what was said in each round."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from verifier.case import Evidence, Role
from verifier.media.identify import sha256_of
from verifier.media.recording import Recording
from verifier.media.types import MediaError
from verifier.spoken import RoundTranscript, WrittenCall, assign, speech_of, with_candidate
from verifier.timing import merge_spans
from verifier.transcript import Clock
from verifier.transcript_fit import Step, TranscriptFit
from verifier.transcripts.read import read_transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from verifier.case import Round
    from verifier.checks.base import CaseObservations, ObservedRound
    from verifier.observe.transcribe import Transcriber
    from verifier.timing import Span
    from verifier.transcript import Transcript

    Progress = Callable[[str, float], None]

MOST_TRANSCRIPTS, MOST_OTHERS = 50, 500
KIND, MADE = "transcript", "transcript made here"


@dataclass(frozen=True)
class OtherTranscript:
    """What was said in a call with another candidate."""

    evidence: Evidence
    transcript: Transcript


@dataclass(frozen=True)
class SpokenCase:
    """Everything that was said, as far as there are transcripts."""

    rounds: dict[str, RoundTranscript] = field(default_factory=dict)
    """Id of the round -> its transcript."""
    others: tuple[OtherTranscript, ...] = ()
    unusable: tuple[tuple[str, str], ...] = ()
    """Name and reason, one line each."""


def load_transcriber() -> Transcriber:
    """Whisper, if it is here; weights.ModelMissing with the command that gets it."""
    from verifier import weights
    from verifier.observe.transcribe import MODEL, Transcriber

    files = weights.installed(MODEL)
    return Transcriber(next(iter(files.values())))


def read_spoken(
    handed_in: Sequence[tuple[str, Path]],
    others: Sequence[Path],
    rounds: Sequence[ObservedRound],
    progress: Progress,
    transcriber: Transcriber | None = None,
) -> SpokenCase:
    """Reads every transcript, gives each to its round, and writes down what has none where a transcriber is given.

    handed_in: id of the round in whose folder it lies (or nothing), and the file.
    """
    unusable: list[tuple[str, str]] = [
        (path.name, f"It is not read: no more than {MOST_TRANSCRIPTS} transcripts are taken for one case.")
        for _, path in handed_in[MOST_TRANSCRIPTS:]
    ]
    written = []
    for n, (folder, path) in enumerate(handed_in[:MOST_TRANSCRIPTS], 1):
        found = _read(path, f"transcript-{n}", Role.PROBE, unusable)
        if found is not None:
            written.append(WrittenCall(*found, folder))
    speech: dict[str, tuple[Span, ...]] = {}
    case_rounds = [r.round for r in rounds]
    heard = {r.round.id: _heard_speech(r) for r in rounds}
    if written or transcriber:
        for n, r in enumerate(case_rounds):
            progress("transcripts", n / len(case_rounds))
            speech[r.id] = heard[r.id] or speech_of(r)
        progress("transcripts", 1.0)
    assigned, left_out = assign(written, case_rounds, speech)
    for r in case_rounds:
        if transcriber is not None and r.id not in assigned and speech[r.id]:
            try:
                assigned[r.id] = _made(r, speech[r.id], transcriber, progress)
            except MediaError as error:
                unusable.append((r.evidence[0].name, f"Its words could not be written down: {error}"))
    compared = [_read(p, f"other-{n}", Role.REFERENCE, unusable) for n, p in enumerate(others[:MOST_OTHERS], 1)]
    if len(others) > MOST_OTHERS:
        unusable.append((others[MOST_OTHERS].name, f"It and those after it are not read: {MOST_OTHERS} are the most."))
    given = {e.sha256 for e in (s.evidence for s in assigned.values())}
    kept = []
    for other in filter(None, compared):
        if other[0].sha256 in given:
            unusable.append((other[0].name, "It is this candidate's own transcript: it is not compared with itself."))
        else:
            kept.append(OtherTranscript(*other))
    return SpokenCase(assigned, tuple(kept), (*unusable, *left_out))


def with_spoken(case: CaseObservations, spoken: SpokenCase, name: str | None) -> CaseObservations:
    """The case with what was said in each round, and who in it is taken for the candidate."""
    rounds = tuple(_with_words(r, spoken, name) for r in case.rounds)
    return replace(case, rounds=rounds, others=spoken.others)


def _with_words(r: ObservedRound, spoken: SpokenCase, name: str | None) -> ObservedRound:
    said = spoken.rounds.get(r.round.id)
    if said is None:
        return r
    voice = r.voice.spans if r.voice else ()
    others = [s for v in (r.voices.voices if r.voices else ()) if v is not r.voice for s in v.spans]
    return replace(r, transcript=with_candidate(said, name, voice, tuple(merge_spans(others)) if voice else ()))


def _heard_speech(r: ObservedRound) -> tuple[Span, ...]:
    """Speech of its first file with sound, where the round was listened to."""
    return r.voices.sources[0].track.speech if r.voices and r.voices.sources else ()


def evidence_of(case: CaseObservations) -> tuple[tuple[Evidence, str | None], ...]:
    """Transcripts as evidence, with the round each belongs to; None: another candidate's."""
    own = [(r.transcript, r.round.id) for r in case.rounds if r.transcript is not None]
    said = [(_with_basis(t), id_) for t, id_ in own]
    return (*said, *((o.evidence, None) for o in case.others))


def _with_basis(t: RoundTranscript) -> Evidence:
    who = t.basis or f"not known: {t.reason}"
    return replace(t.evidence, facts=(*t.evidence.facts, ("The candidate in it", who)))


def _read(path: Path, id_: str, role: Role, unusable: list[tuple[str, str]]) -> tuple[Evidence, Transcript] | None:
    try:
        transcript = read_transcript(path)
        kind = KIND if role is Role.PROBE else "transcript of another candidate"
        return Evidence(id_, sha256_of(path), path, path.name, role, kind, path.stat().st_size,
                        problems=transcript.notes), transcript  # fmt: skip
    except MediaError as error:
        unusable.append((path.name, str(error)))
    except OSError as error:
        unusable.append((path.name, f"The file cannot be read ({error.strerror})."))
    return None


def _made(case_round: Round, speech: tuple[Span, ...], transcriber: Transcriber, progress: Progress) -> RoundTranscript:
    """What is said in the first file of the round that has sound, as the model writes it down."""
    source = next(e for e in case_round.evidence if _has_sound(e))
    stage = f"{case_round.label}, words"
    progress(stage, 0.0)
    with Recording(source.path) as recording:
        made = transcriber.write(recording.audio(), speech, lambda share: progress(stage, share))
    exact = TranscriptFit(Step.IN_STEP, made.end * 0, made.end * 0 + 1, None, 1.0, None)
    facts = (("Kind", f"{made.source}, {len(made.utterances)} stretches"), ("Clock", Clock.WORDS.value))
    evidence = replace(
        source, id=f"{case_round.id}-words", name=f"words of {source.name}", kind=MADE, facts=facts, problems=made.notes
    )
    return RoundTranscript(evidence, made, exact, speech)


def _has_sound(evidence: Evidence) -> bool:
    if evidence.kind not in ("recording", "sound"):
        return False
    with Recording(evidence.path) as recording:
        return bool(recording.facts.audio)
