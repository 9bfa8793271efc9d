"""Speech -> words with times, by openai-whisper from a checkpoint on this machine. torch is imported here and nowhere before.

Only heard speech is decoded, in pieces of at most half a minute, each of them once: temperature 0, no more tokens than whisper's
own window holds, nothing carried over from one piece to the next. So hostile sound costs no more than speech does.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verifier.observe.voices import Piece, cut
from verifier.timing import Span
from verifier.transcript import Clock, Transcript, Word, utterance_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from verifier.media.types import AudioBlock

MODEL = "whisper-base"
RATE = 16_000
LONGEST_S, PAUSE_S, EDGE_S = Fraction(28), Fraction(1), Fraction(1, 5)
"""Longest piece; speech over shorter pauses is decoded together; what is heard before and after speech."""
MOST_REPEATED = 2.4
"""How far text may be compressed before it is taken for whisper's known loops, its own limit; such a piece is left out."""
MOST_TOKENS = 224
"""Of a piece, whisper's own limit: fast speech of 28 s has about 150."""
NO_SPEECH, UNSURE = 0.6, -1.0
"""Whisper's own limits: a piece that is likelier no speech, and whose words are so unlikely, is left out."""


class Transcriber:
    """Whisper from one checkpoint."""

    def __init__(self, checkpoint: Path, name: str = MODEL) -> None:
        import torch
        import whisper

        self._threads = torch.get_num_threads()
        self._model: Any = whisper.load_model(str(checkpoint), device="cpu")
        heads = whisper._ALIGNMENT_HEADS.get(
            name.removeprefix("whisper-")
        )  # those that tell time best; a path has none
        if heads is not None:
            self._model.set_alignment_heads(heads)
        self._name = name

    def write(
        self,
        blocks: Iterable[AudioBlock],
        speech: Sequence[Span],
        progress: Callable[[float], None] = lambda share: None,
    ) -> Transcript:
        """The words of all speech; blocks: mono, 16 kHz, in order of time. One utterance a piece, nobody named."""
        pieces = pieces_of(speech)
        said, language, left_out = [], None, 0
        for n, sound in enumerate(cut(blocks, [Piece((p,)) for p in pieces])):
            if len(sound):
                language = language or self._language(sound)
                words, clear = self._decode(sound, language)
                if words:
                    said.append(utterance_of([_moved(w, pieces[n]) for w in words]))
                left_out += not clear
            progress((n + 1) / len(pieces))
        notes = [
            f"the words were written down by {self._name} on this machine; it makes mistakes, most with names and accents"
        ]
        if language:
            notes.append(f"taken for one language all through: {language}")
        if left_out:
            notes.append(f"{left_out} of {len(pieces)} stretches of speech were left out: no clear words")
        return Transcript(tuple(said), self._name, Clock.WORDS, tuple(notes))

    def _mel(self, sound: NDArray[np.float32]) -> Any:
        from whisper.audio import N_SAMPLES, log_mel_spectrogram, pad_or_trim

        return log_mel_spectrogram(pad_or_trim(sound, N_SAMPLES), self._model.dims.n_mels)

    def _language(self, sound: NDArray[np.float32]) -> str:
        if not self._model.is_multilingual:
            return "en"
        _, likely = self._model.detect_language(self._mel(sound))
        return str(max(likely, key=likely.get))

    def _decode(self, sound: NDArray[np.float32], language: str) -> tuple[list[Word], bool]:
        """Words, in seconds from the beginning of the sound, and whether they are clear enough to keep."""
        import torch
        from whisper.decoding import DecodingOptions, decode
        from whisper.timing import add_word_timestamps
        from whisper.tokenizer import get_tokenizer

        torch.set_num_threads(self._threads)  # numba, which whisper aligns words with, sets it to the number of cores
        mel = self._mel(sound)
        options = DecodingOptions(
            language=language, temperature=0.0, without_timestamps=True, fp16=False, sample_len=MOST_TOKENS
        )
        found: Any = decode(self._model, mel, options)
        if found.compression_ratio > MOST_REPEATED or (found.no_speech_prob > NO_SPEECH and found.avg_logprob < UNSURE):
            return [], False
        tokenizer = get_tokenizer(
            self._model.is_multilingual, num_languages=self._model.num_languages, language=language, task="transcribe"
        )
        length = len(sound) / RATE
        segment: dict[str, Any] = {"seek": 0, "start": 0.0, "end": length, "tokens": found.tokens}
        add_word_timestamps(
            segments=[segment], model=self._model, tokenizer=tokenizer, mel=mel,
            num_frames=len(sound) // 160, last_speech_timestamp=0.0,
        )  # fmt: skip
        return [w for w in (_word(w, length) for w in segment.get("words", [])) if w.text], True


def _word(found: dict[str, Any], length: float) -> Word:
    start, end = (Fraction(round(min(max(0.0, found[key]), length) * 1000), 1000) for key in ("start", "end"))
    return Word(Span(start, max(start, end)), found["word"].strip())


def _moved(word: Word, piece: Span) -> Word:
    return Word(Span(piece.start + word.span.start, piece.start + word.span.end), word.text)


def pieces_of(speech: Sequence[Span]) -> list[Span]:
    """Speech in order, joined over short pauses, none longer than LONGEST_S, with a little before and after."""
    joined: list[Span] = []
    for span in speech:
        for part in _parts(span):
            if joined and part.start - joined[-1].end < PAUSE_S and part.end - joined[-1].start <= LONGEST_S:
                joined[-1] = Span(joined[-1].start, part.end)
            else:
                joined.append(part)
    edged = []
    for n, span in enumerate(joined):
        before = joined[n - 1].end if n else Fraction(0)
        after = joined[n + 1].start if n + 1 < len(joined) else span.end + EDGE_S
        start = max(span.start - EDGE_S, (before + span.start) / 2, Fraction(0))
        edged.append(Span(start, min(span.end + EDGE_S, (span.end + after) / 2)))
    return edged


def _parts(span: Span) -> list[Span]:
    count = -(-span.duration // LONGEST_S)
    step = span.duration / max(1, count)
    return [Span(span.start + n * step, span.start + (n + 1) * step) for n in range(count)]
