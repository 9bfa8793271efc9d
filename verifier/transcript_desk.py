"""Transcripts that were handed in, lay in a round's folder or are made here -> what was said in each round."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from verifier.case import Evidence, Role
from verifier.intake import FileLook
from verifier.media.identify import sha256_of
from verifier.media.recording import Recording
from verifier.media.types import MediaError
from verifier.spoken import OtherTranscript, RoundTranscript, WrittenCall, assign, speech_of, with_candidate
from verifier.timing import merge_spans
from verifier.transcript import Clock, Utterance
from verifier.transcript_fit import Step, TranscriptFit
from verifier.transcripts.read import read_transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from verifier.checks.base import CaseObservations, ObservedRound
    from verifier.media.types import AudioBlock
    from verifier.observe.transcribe import Transcriber
    from verifier.timing import MediaTime, Span
    from verifier.transcript import Transcript

    Progress = Callable[[str, float], None]

MOST_TRANSCRIPTS, MOST_OTHERS = 50, 500
KIND, MADE = "transcript", "transcript made here"


@dataclass(frozen=True)
class SpokenCase:
    """Everything that was said, as far as there are transcripts."""

    rounds: dict[str, RoundTranscript] = field(default_factory=dict)
    """Id of the round -> its transcript."""
    others: tuple[OtherTranscript, ...] = ()
    unusable: tuple[tuple[str, str], ...] = ()
    """Name and reason, one line each."""


def look_at_transcript(path: Path) -> FileLook:
    """What a transcript is, before it is handed in; `look_at` is for everything else."""
    try:
        read_transcript(path)
    except MediaError as error:
        return FileLook("", None, str(error))
    except OSError as error:
        return FileLook("", None, f"The file cannot be read ({error.strerror}).")
    return FileLook(KIND, None, "")


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

    handed_in: id of the round in whose folder it lies (or nothing), and the file. rounds: with the candidate's voice where it
    is known: then only that voice is written down.
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
    for observed, r in zip(rounds, case_rounds, strict=True):
        if transcriber is not None and r.id not in assigned and speech[r.id]:
            try:
                assigned[r.id] = _made(observed, speech[r.id], transcriber, progress)
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


def with_transcripts(rounds: Sequence[ObservedRound], spoken: SpokenCase) -> tuple[ObservedRound, ...]:
    """The rounds with their transcripts, before anybody in them is taken for the candidate."""
    return tuple(replace(r, transcript=spoken.rounds.get(r.round.id)) for r in rounds)


def with_spoken(case: CaseObservations, spoken: SpokenCase, name: str | None) -> CaseObservations:
    """The case with what was said in each round, and who in it is taken for the candidate."""
    rounds = tuple(_with_words(r, spoken, name) for r in case.rounds)
    return replace(case, rounds=rounds, others=spoken.others)


def _with_words(r: ObservedRound, spoken: SpokenCase, name: str | None) -> ObservedRound:
    said = spoken.rounds.get(r.round.id)
    if said is None:
        return r
    voice = r.voice.spans if r.voice else ()
    return replace(r, transcript=with_candidate(said, name, voice, _others(r) if voice else ()))


def _others(r: ObservedRound) -> tuple[Span, ...]:
    """When voices other than the candidate's are heard."""
    return tuple(merge_spans([s for v in (r.voices.voices if r.voices else ()) if v is not r.voice for s in v.spans]))


def _heard_speech(r: ObservedRound) -> tuple[Span, ...]:
    """Speech of all its files and channels, where the round was listened to: a participant's own holds only half of a call."""
    return tuple(merge_spans([s for h in (r.voices.sources if r.voices else ()) for s in h.track.speech]))


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


def _made(r: ObservedRound, speech: tuple[Span, ...], transcriber: Transcriber, progress: Progress) -> RoundTranscript:
    """What the candidate's voice says, as the model writes it down, and when others speak; where it is not known, what all say."""
    stage = f"{r.round.label}, words"
    progress(stage, 0.0)
    voice, others = r.voice, _others(r) if r.voice else ()
    file = voice.source.file if voice else next(e.name for e in r.round.evidence if _has_sound(e))
    source = next(e for e in r.round.evidence if e.name == file)
    with Recording(source.path) as recording:
        blocks = _moved(voice.source.track.source.blocks(recording), voice.source.lag) if voice else recording.audio()
        mine = voice.spans if voice else speech
        made = transcriber.write(blocks, mine, lambda share: progress(stage, share), others)
    if voice:
        note = (
            f"only the candidate's voice was written down ({r.voice_basis}); of other voices only the times are known"
        )
    else:
        note = f"the words of everybody were written down: {r.voice_reason or 'which voice is the candidate’s is not known'}"
    lines = sorted((*made.utterances, *(Utterance(s, "", "") for s in others)), key=lambda u: u.span)
    made = replace(made, utterances=tuple(lines), notes=(*made.notes, note))
    exact = TranscriptFit(Step.IN_STEP, made.end * 0, made.end * 0 + 1, None, 1.0, None)
    facts = (("Kind", f"{made.source}, {len(made.utterances)} stretches"), ("Clock", Clock.WORDS.value))
    evidence = replace(
        source, id=f"{r.round.id}-words", name=f"words of {source.name}", kind=MADE, facts=facts, problems=made.notes
    )
    return RoundTranscript(evidence, made, exact, speech)


def _moved(blocks: Iterable[AudioBlock], lag: MediaTime) -> Iterator[AudioBlock]:
    return (replace(block, time=block.time + lag) for block in blocks)


def _has_sound(evidence: Evidence) -> bool:
    if evidence.kind not in ("recording", "sound"):
        return False
    with Recording(evidence.path) as recording:
        return bool(recording.facts.audio)
