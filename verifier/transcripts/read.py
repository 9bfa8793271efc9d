"""One file -> a transcript: what kind it is, by its content, and what had to be put right."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from verifier.media.types import MediaError
from verifier.transcript import Clock, Transcript
from verifier.transcripts.cues import MOST_CHARACTERS, MOST_CUES, Cue, cues_of, said_in
from verifier.transcripts.speaker_lines import is_chat, read_lines
from verifier.transcripts.text_file import read_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ENDINGS = frozenset({".vtt", ".srt", ".sbv", ".txt"})
"""How names of transcripts end; only for files that lie in a folder beside a recording: content decides."""
NOT_ONE = (
    "This is not a transcript that can be read: hand in WebVTT, SRT or SBV, or the text export of Zoom, Teams or Meet."
)
_SRT_NUMBER = re.compile(r"\d+\s*$")


def read_transcript(path: Path) -> Transcript:
    """What was said, as this file has it.

    Raises:
        MediaError: it is no transcript, or cannot be read; one line that says what to do.
    """
    text, notes = read_text(path)
    return parse(text, notes)


def parse(text: str, notes: tuple[str, ...] = ()) -> Transcript:
    """The transcript that `text` is. Raises MediaError."""
    lines = [line[:MOST_CHARACTERS] for line in text.lstrip("\ufeff").split("\n")]
    found = _from_cues(lines)
    if found is None:
        if is_chat(lines):
            raise MediaError("This is the chat of the call, typed and not said: hand in its transcript.")
        found = read_lines(lines)
    if found is None:
        raise MediaError(NOT_ONE)
    return replace(found, notes=(*notes, *found.notes))


def _from_cues(lines: Sequence[str]) -> Transcript | None:
    source, sbv = "WebVTT", False
    cues = list(islice(cues_of(lines), MOST_CUES + 1))
    if not cues:
        source, sbv = "SBV (Meet, YouTube)", True
        cues = list(islice(cues_of(lines, sbv=True), MOST_CUES + 1))
    if not cues:
        if lines and lines[0].startswith("WEBVTT"):
            raise MediaError("The transcript is empty: it has no line that anybody said.")
        return None
    teams = False
    if not sbv and not lines[0].startswith("WEBVTT"):
        teams = not any(_SRT_NUMBER.match(line) for line in lines[:200]) and _names_first(cues)
        source = "Teams text" if teams else "SubRip"
    said = said_in(cues[:MOST_CUES], name_line=teams)
    if not said:
        raise MediaError("The transcript is empty: it has no line that anybody said.")
    notes = []
    if len(cues) > MOST_CUES:
        notes.append(f"only its first {MOST_CUES:,} lines were read")
    if any(b.span.start < a.span.start for a, b in pairwise(said)):
        notes.append("its lines are not in order of time; they were put in order")
    if all(u.span.start == u.span.end for u in said):
        raise MediaError("The transcript has no times that can be used: every line ends where it begins.")
    clock = Clock.WORDS if sum(bool(u.words) for u in said) * 2 > len(said) else Clock.CUES
    return Transcript(tuple(sorted(said, key=lambda u: u.span)), source, clock, tuple(notes))


def _names_first(cues: Sequence[Cue]) -> bool:
    """Whether the first line of nearly every cue is one of few names."""
    firsts = [c.lines[0].strip() for c in cues if len(c.lines) > 1]
    return len(firsts) * 10 >= len(cues) * 9 and len(firsts) >= 3 and len(set(firsts)) * 3 <= len(firsts) + 3
