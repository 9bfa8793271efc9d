"""What a page or a terminal needs to let people judge a set blind, and to show them the truth once they have.

audit = open_set(folder)                 # AuditError: one line, also for an expired set or a missing truth
item = next_item(audit, "anna")          # None: all are judged; audit.paths(item) are its files
vote(audit, "anna", item.id, Answer.CHANGED, "his chin flickers", seconds=41.0)
reveal(audit, "anna", item.id)           # AuditError before the vote
"""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from verifier.audit.people import AuditError
from verifier.audit.sets import PUT_TOGETHER, AuditSet, Item, ItemTruth, read_file, read_set, read_truth, write_file
from verifier.timing import clock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VOTES, LONGEST_S = "votes", 86_400.0
REVIEWER = re.compile(r"\w[\w .,'’()@-]{0,63}")
WHAT_WAS_DONE = {
    "proxy": "The second round is another person's. Compare the two faces and the two voices.",
    "swap": "Another person's face lies on this one. Look at its edge, the jaw and the neck, and at the face when it turns.",
    "swap from": "Another person's face lies on this one from a moment on. Compare the face before and after.",
    "self-blended": "The face was changed a little and laid on itself, as a swap's edge would be. Look at its edge and colour.",
    "frozen mouth": "The mouth stands still while the voice goes on.",
    "frozen": "The picture stands still while the voice goes on.",
    "noisy frozen": "The picture stands still under moving noise while the voice goes on.",
    "looped": "The same seconds of picture come again and again. Look for a movement that repeats.",
    "screen replay": "The picture was filmed off a screen, as far as that can be imitated. Look for stripes and a border.",
    "dubbed": "Another person's voice lies over the picture. Watch the lips.",
    "shifted sound": "The sound was moved against the picture. Watch the lips.",
    "second voice": "Another voice speaks quietly beneath the candidate's.",
    "whispered answer": "A whisper says the first words before the answer begins. Sets made by earlier versions have it; it is not counted.",
}
FILTERS = {"virtual background": "a virtual background", "low light": "a dark room"}
POOR = 500_000
"""Bit/s: below it a picture of a call shows its coding."""
NO_CHANGE = "Poor coding, lost pictures and an honest caller's filter (a virtual background, smoothing, a dark room) are no change."


class Answer(StrEnum):
    CHANGED = "changed"
    AS_RECORDED = "as recorded"
    CANNOT_TELL = "cannot tell"


class Vote(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    item: str
    answer: Answer
    note: str = Field(default="", max_length=2000)
    seconds: float | None = Field(default=None, ge=0, le=LONGEST_S)
    """Time that the reviewer took."""
    at: datetime


class VotesFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal["audit-votes-1"] = Field(alias="schema", serialization_alias="schema")
    set: str
    reviewer: str
    votes: list[Vote] = Field(max_length=10_000)


@dataclass(frozen=True)
class Revealed:
    """The truth of one item, in words."""

    manipulation: str
    """Empty: it is as recorded."""
    words: str
    given: Answer
    right: bool | None
    """Whether the vote was; None: the vote was that one cannot tell."""
    spans_s: tuple[float, float] | None
    """Where in the last file of the item it was changed."""

    @property
    def whether_right(self) -> str:
        return {True: "Right.", False: "Not so.", None: ""}[self.right]


def open_set(folder: Path, truth: Path | None = None, today: date | None = None) -> AuditSet:
    """A set that can be judged today, its truth at hand. AuditError: one line."""
    audit = read_set(folder, today or datetime.now(UTC).date())
    read_truth(audit, truth)
    return audit


def votes_of(audit: AuditSet, reviewer: str) -> dict[str, Vote]:
    """By item; empty where this reviewer has not begun."""
    found: dict[str, Vote] = {}
    for path in _files(audit, reviewer):
        found = _read(audit, path)[1] | found
    return found


def judged(audit: AuditSet, reviewer: str) -> int:
    """How many of the items that are left this reviewer has judged."""
    return len(votes_of(audit, reviewer).keys() - audit.withdrawn)


def all_votes(audit: AuditSet) -> Mapping[str, dict[str, Vote]]:
    """By reviewer, under the name as it was written first: however it is typed, a reviewer counts once."""
    found: dict[str, tuple[str, dict[str, Vote]]] = {}
    for path in _all_files(audit):
        name, votes = _read(audit, path)
        first, earlier = found.get(_key(name), (name, {}))
        found[_key(name)] = first, votes | earlier
    return dict(found.values())


def next_item(audit: AuditSet, reviewer: str) -> Item | None:
    """The next one that this reviewer has not judged: each reviewer has an order of their own."""
    done = votes_of(audit, reviewer)
    left = [item for item in audit.left if item.id not in done]
    random.Random(f"{audit.file.id}{_key(reviewer)}").shuffle(left)
    return left[0] if left else None


def vote(
    audit: AuditSet, reviewer: str, item_id: str, answer: Answer, note: str = "", seconds: float | None = None
) -> None:
    """Keeps one answer. AuditError: the item was judged before: after the truth is shown nothing is changed."""
    audit.item(item_id)
    votes = votes_of(audit, reviewer)
    if item_id in votes:
        raise AuditError(f"{reviewer} has judged {item_id} already")
    now = datetime.now(UTC).replace(microsecond=0)
    votes[item_id] = Vote(item=item_id, answer=answer, note=note[:2000], seconds=seconds, at=now)
    path, name = _file(audit, reviewer), " ".join(reviewer.split())
    if path.exists():
        name = read_file(path, VotesFile, f"the votes in {path.name} cannot be read").reviewer
    file = VotesFile(schema="audit-votes-1", set=audit.file.id, reviewer=name, votes=list(votes.values()))
    write_file(path, file, "the vote cannot be kept")


def reveal(audit: AuditSet, reviewer: str, item_id: str, truth: Path | None = None) -> Revealed:
    """What is true of an item, for who has judged it. AuditError: not judged yet, or the truth is missing."""
    given = votes_of(audit, reviewer).get(audit.item(item_id).id)
    if given is None:
        raise AuditError(f"judge {item_id} first: the truth is shown after the vote")
    known = read_truth(audit, truth)[item_id]
    changed = bool(known.manipulation)
    right = None if given.answer is Answer.CANNOT_TELL else (given.answer is Answer.CHANGED) == changed
    innocent = _innocent(known)
    if not changed and known.drawn_for == PUT_TOGETHER:
        words = "Its first seconds were put together from others of the call. Nothing else was done to it, and it is not counted."
        return Revealed("", words + innocent, given.answer, None, None)
    if not changed:
        return Revealed("", f"It is as it was recorded.{innocent}", given.answer, right, None)
    start, end = known.span_s
    when = f" From {clock(start)} to {clock(end)}."
    words = f"It was changed ({called(known.manipulation)}). {WHAT_WAS_DONE[known.manipulation]}{when}{innocent}"
    return Revealed(known.manipulation, words, given.answer, right, known.span_s)


def called(manipulation: str) -> str:
    """Its name in words."""
    return "swap from a moment on" if manipulation == "swap from" else manipulation


def _innocent(known: ItemTruth) -> str:
    """What else was done to the call: what a reviewer may have seen and taken for a change."""
    step = known.parameters.get("step", {})
    rate, dropped = step.get("bit_rate", POOR), step.get("dropped", 0.0)
    found = [FILTERS.get(known.filter, known.filter)] if known.filter else []
    if dropped:
        found.append(f"{100 * dropped:.0f} % of its pictures lost, as on a poor line")
    if rate < POOR:
        found.append(f"coding with {rate // 1000} kbit/s, which may blur the picture or break it into blocks")
    return f" It has what honest calls may have: {'; '.join(found)}." if found else ""


def _file(audit: AuditSet, reviewer: str) -> Path:
    known = _files(audit, reviewer)
    return known[0] if known else audit.folder / VOTES / f"{_key(reviewer)}.json"


def is_name(reviewer: str) -> bool:
    return REVIEWER.fullmatch(_key(reviewer)) is not None


def _files(audit: AuditSet, reviewer: str) -> list[Path]:
    """Votes under any spelling of the name."""
    if not is_name(reviewer):
        raise AuditError("a reviewer's name has letters, digits, blanks and . , ' ( ) @ - in it, at most 64")
    return [p for p in _all_files(audit) if _key(p.stem) == _key(reviewer)]


def _all_files(audit: AuditSet) -> list[Path]:
    return sorted((audit.folder / VOTES).glob("*.json"))


def _key(name: str) -> str:
    """One for every way to type a name: capitals, blanks and composed letters make no second reviewer."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.replace("’", "'").split())


def _read(audit: AuditSet, path: Path) -> tuple[str, dict[str, Vote]]:
    """Name and votes."""
    file = read_file(path, VotesFile, f"the votes in {path.name} cannot be read")
    known = {v.item: v for v in file.votes if v.item in audit.items}
    if file.set != audit.file.id or len(known) != len(file.votes):
        raise AuditError(f"the votes in {path.name} are not of the set {audit.folder.name}, or name an item twice")
    return file.reviewer, known
