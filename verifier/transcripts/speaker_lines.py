"""Transcripts made of lines with a speaker and, at best, the moment a line begins: text exports of Zoom, Teams and Meet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from verifier.timing import Span
from verifier.transcript import WORDS_A_SECOND, Clock, Transcript, Utterance, tokens
from verifier.transcripts.cues import MOST_CHARACTERS, MOST_CUES, MOST_NAME, PREFIX, TIME, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_T = r"(\d{1,5}:\d{1,2}:\d{1,2}(?:[.,]\d{1,9})?|\d{1,3}:\d{2})"
_NAME = r"([^\W\d_][^:\n\t\[\]]{0,79}?)"
_ZOOM = re.compile(rf"\[([^\[\]\n]{{1,80}})\]\s+{_T}\s*$")
"""[Ana Petrova] 10:02:13, the words on the lines after it (Zoom's saved captions)."""
_TIME_NAME = re.compile(rf"\[?{_T}\]?[ \t]+{_NAME}\s?:\s+(?=\S)")
"""00:01:12 Ana Petrova: words on the same line."""
_NAME_TIME = re.compile(rf"{_NAME}[ \t]{{1,20}}{_T}\s*$")
"""Ana Petrova   1:12, the words on the lines after it (Teams)."""
_TIME_ALONE = re.compile(rf"\(?{_T}\)?\s*$")
_CHAT = re.compile(r"\[?\d{1,2}:\d{2}(?::\d{2})?\]?\s{1,5}(?:From\s)?.{1,80}\sto\s.{1,80}:", re.IGNORECASE)
_DAY = 86_400
OF_DAY = "its times are the time of day; they were counted from its first line"
ASSUMED_ENDS = "it gives only when each line begins; ends were assumed from the number of words"


@dataclass
class _Line:
    start: Fraction
    speaker: str
    text: str

    def add(self, text: str) -> None:
        self.text = f"{self.text} {text.strip()}"[:MOST_CHARACTERS].strip()


def is_chat(lines: Sequence[str]) -> bool:
    """Whether it is what people typed during the call."""
    written = [line for line in lines if line.strip()][:40]
    return bool(written) and sum(bool(_CHAT.match(line)) for line in written) * 3 >= len(written)


def read_lines(lines: Sequence[str]) -> Transcript | None:
    """The dialect that explains most lines; None when none explains enough."""
    tried: list[tuple[str, Callable[[str], tuple[str, str, str] | None]]] = [
        ("Zoom text", lambda line: (m[2], m[1], "") if (m := _ZOOM.match(line)) else None),
        ("text with times and names", lambda line: (m[1], m[2], line[m.end() :]) if (m := _TIME_NAME.match(line)) else None),
        ("Teams text", lambda line: (m[2], m[1], "") if (m := _NAME_TIME.match(line)) else None),
    ]  # fmt: skip
    for source, head in tried:
        said = _headed(lines, head)
        if len(said) >= 2:
            return _timed(said, source)
    return _by_name(lines)


def _headed(lines: Sequence[str], head: Callable[[str], tuple[str, str, str] | None]) -> list[_Line]:
    said: list[_Line] = []
    for line in lines:
        found = head(line.strip())
        if found is not None and len(said) < MOST_CUES:
            said.append(_Line(_at(found[0]), found[1].strip()[:MOST_NAME], found[2][:MOST_CHARACTERS].strip()))
        elif said:
            said[-1].add(line)
    return [s for s in said if s.text]


def _at(written: str) -> Fraction:
    found = TIME.match(written)
    return seconds(found.groups()) if found else Fraction(0)


def _timed(said: list[_Line], source: str) -> Transcript:
    notes = [ASSUMED_ENDS]
    for before, line in pairwise(said):  # captions that run past midnight
        if before.start - line.start > _DAY // 2:
            line.start += _DAY
    first = min(line.start for line in said)
    if first >= 3600:
        notes.append(OF_DAY)
        for line in said:
            line.start -= first
    said.sort(key=lambda line: line.start)
    return Transcript(tuple(_utterances(said)), source, Clock.STARTS, tuple(notes))


def _utterances(said: Sequence[_Line]) -> list[Utterance]:
    """Each line until its words are said, or until another begins."""
    made = []
    for n, line in enumerate(said):
        end = line.start + len(tokens(line.text)) / WORDS_A_SECOND
        if n + 1 < len(said):
            end = max(line.start, min(end, said[n + 1].start))
        made.append(Utterance(Span(line.start, end), line.speaker, line.text))
    return made


def _by_name(lines: Sequence[str]) -> Transcript | None:
    """Meet's text: "Name: words", and a line with only a time every few minutes."""
    said: list[_Line] = []
    at, timed, written = Fraction(0), 0, 0
    for line in map(str.strip, lines):
        written += bool(line)
        alone, named = _TIME_ALONE.match(line), PREFIX.match(line)
        if alone is not None:
            at, timed = max(at, _at(alone[1])), timed + 1
        elif named is not None and len(named[1].split()) <= 6 and len(said) < MOST_CUES:
            said.append(_Line(at, named[1][:MOST_NAME], line[named.end() :][:MOST_CHARACTERS]))
        elif said:
            said[-1].add(line)
    names = {line.speaker for line in said}
    if len(said) < 4 or len(said) * 4 < written or len(names) * 2 > len(said):
        return None
    source = "Meet text" if timed else "text with names"
    made = tuple(Utterance(Span(line.start, line.start), line.speaker, line.text) for line in said)
    return Transcript(made, source, Clock.COARSE)
