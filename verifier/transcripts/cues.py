"""Transcripts made of cues with beginning and end: WebVTT (Zoom, Teams, YouTube), SubRip, SBV, and Teams' older text export."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.timing import Span
from verifier.transcript import Utterance, Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_CUES, MOST_CHARACTERS, MOST_NAME = 100_000, 5_000, 80
_TIME = r"(?:(\d{1,5}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?"
TIME = re.compile(_TIME)
_ARROW = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s|$)")
_SBV = re.compile(rf"\s*{_TIME},{_TIME}\s*$")
_TAG = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,60}\}")
_VOICE = re.compile(r"<v(?:\.[\w.-]{1,80})?[ \t]([^<>\n]{1,200})>")
_INNER = re.compile(rf"<{_TIME}>")
PREFIX = re.compile(r"([^\W\d_][^:\n<>]{0,79}?)\s?:\s+(?=\S)")
_OFTEN = 2
"""A name before a colon that comes so often is a speaker; once, it may be part of the sentence."""


@dataclass(frozen=True)
class Cue:
    span: Span
    lines: tuple[str, ...]


def seconds(groups: Sequence[str | None]) -> Fraction:
    """Exact seconds from hours (or None), minutes, seconds and decimals."""
    hours, minutes, whole, decimals = groups
    part = Fraction(int(decimals), 10 ** len(decimals)) if decimals else Fraction(0)
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(whole or 0) + part


def cues_of(lines: Sequence[str], *, sbv: bool = False) -> Iterator[Cue]:
    """Every cue whose times can be read; what stands between cues (numbers, notes, styles) is passed over.

    A cue that ends before it begins ends where it begins.
    """
    timing = _SBV if sbv else _ARROW
    at = 0
    while at < len(lines):
        found = timing.match(lines[at])
        at += 1
        if found is None:
            continue
        start, end = seconds(found.groups()[:4]), seconds(found.groups()[4:])
        body = []
        while at < len(lines) and lines[at].strip() and not timing.match(lines[at]):
            body.append(lines[at][:MOST_CHARACTERS])
            at += 1
        yield Cue(Span(start, max(start, end)), tuple(body))


def said_in(cues: Sequence[Cue], *, name_line: bool = False) -> list[Utterance]:
    """Cues as utterances, with the speakers that voice tags or names before a colon give.

    name_line: the first of several lines of a cue is the speaker's name (Teams' older text export).
    """
    said: list[Utterance] = []
    for cue in cues:
        if name_line and len(cue.lines) > 1:
            said.append(_utterance(cue.span, cue.lines[0].strip()[:MOST_NAME], " ".join(cue.lines[1:])))
            continue
        text = " ".join(cue.lines)[:MOST_CHARACTERS]
        voices = list(_VOICE.finditer(text))
        for n, voice in enumerate(voices):
            end = voices[n + 1].start() if n + 1 < len(voices) else len(text)
            name = html.unescape(voice[1]).strip()[:MOST_NAME]
            said.append(_utterance(cue.span, name, text[voice.end() : end]))
        if not voices:
            said.append(_utterance(cue.span, "", text))
    return _with_prefixes([u for u in said if u.text])


def _utterance(span: Span, speaker: str, text: str) -> Utterance:
    return Utterance(span, speaker, _plain(text), tuple(_timed_words(span, text)))


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).split()).removeprefix("- ")


def _timed_words(span: Span, text: str) -> Iterator[Word]:
    """Words of a cue that carries times inside (<00:00:01.200>), each until the next time."""
    marks = list(_INNER.finditer(text))
    if not marks:
        return
    times = [span.start, *(seconds(m.groups()) for m in marks), span.end]
    edges = [0, *(m.start() for m in marks), len(text)]
    for n in range(len(times) - 1):
        plain = _plain(text[edges[n] : edges[n + 1]])
        if plain:
            start = min(max(times[n], span.start), span.end)
            yield Word(Span(start, max(start, min(times[n + 1], span.end))), plain)


def _with_prefixes(said: list[Utterance]) -> list[Utterance]:
    """ "Ana Petrova: Good morning" -> speaker and text, where no voice is tagged and such beginnings are the rule."""
    if any(u.speaker for u in said):
        return said
    found = [PREFIX.match(u.text) for u in said]
    names = Counter(m[1] for m in found if m is not None)
    mostly = 4 * sum(names.values()) >= 3 * len(said)
    named = []
    for u, m in zip(said, found, strict=True):
        if m is None or len(m[1].split()) > 6 or not (mostly or names[m[1]] >= _OFTEN):
            named.append(u)
        else:
            named.append(Utterance(u.span, m[1][:MOST_NAME], u.text[m.end() :], _after(u.words, m[0])))
    return named


def _after(words: tuple[Word, ...], prefix: str) -> tuple[Word, ...]:
    """Timed words without those that the name before the colon is made of."""
    left = len(prefix.split())
    kept = []
    for word in words:
        parts = word.text.split()
        rest = parts[min(left, len(parts)) :]
        left = max(0, left - len(parts))
        if rest:
            kept.append(Word(word.span, " ".join(rest)))
    return tuple(kept)
