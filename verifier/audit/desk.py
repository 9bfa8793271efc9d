"""What a page or a terminal needs to let people judge a set blind, and to show them the truth once they have.

audit = open_set(folder)                 # AuditError: one line, also for an expired set or a missing truth
item = next_item(audit, "anna")          # None: all are judged; audit.paths(item) are its files
vote(audit, "anna", item.id, Answer.CHANGED, "his chin flickers", seconds=41.0)
reveal(audit, "anna", item.id)           # AuditError before the vote
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from verifier.audit.people import AuditError
from verifier.audit.sets import AuditSet, Item, read_file, read_set, read_truth, write_file
from verifier.timing import clock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VOTES, LONGEST_S = "votes", 86_400.0
REVIEWER = re.compile(r"[\w][\w .@-]{0,63}")
WHAT_WAS_DONE = {
    "proxy": "The second round is another person's. Compare the two faces and the two voices.",
    "swap": "Another person's face lies on this one. Look at its edge, the jaw and the neck, and at the face when it turns.",
    "swap from": "From a moment on another person's face lies on this one. Compare the face before and after.",
    "self-blended": "The face was changed a little and laid on itself, as a swap's edge would be. Look at its edge and colour.",
    "frozen mouth": "The mouth stands still while the voice goes on.",
    "frozen": "The picture stands still while the voice goes on.",
    "noisy frozen": "The picture stands still under moving noise while the voice goes on.",
    "looped": "The same seconds of picture come again and again. Look for a movement that repeats.",
    "screen replay": "The picture was filmed off a screen, as far as that can be imitated. Look for stripes and a border.",
    "dubbed": "Another person's voice lies over the picture. Watch the lips.",
    "shifted sound": "The sound was moved against the picture. Watch the lips.",
    "second voice": "Another voice speaks quietly beneath the candidate's.",
    "whispered answer": "A whisper says the first words before the answer begins.",
}


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
    right: bool | None
    """Whether the vote was; None: the vote was that one cannot tell."""
    spans_s: tuple[float, float] | None
    """Where in the last file of the item it was changed."""


def open_set(folder: Path, truth: Path | None = None, today: date | None = None) -> AuditSet:
    """A set that can be judged today, its truth at hand. AuditError: one line."""
    audit = read_set(folder, today or datetime.now(UTC).date())
    read_truth(audit, truth)
    return audit


def votes_of(audit: AuditSet, reviewer: str) -> dict[str, Vote]:
    """By item; empty where this reviewer has not begun."""
    path = _file(audit, reviewer)
    return _read(audit, path) if path.exists() else {}


def all_votes(audit: AuditSet) -> Mapping[str, dict[str, Vote]]:
    """By reviewer."""
    return {path.stem: _read(audit, path) for path in sorted((audit.folder / VOTES).glob("*.json"))}


def next_item(audit: AuditSet, reviewer: str) -> Item | None:
    """The next one that this reviewer has not judged: each reviewer has an order of their own."""
    done = votes_of(audit, reviewer)
    left = [item for item in audit.file.items if item.id not in done]
    random.Random(f"{audit.file.id}{reviewer}").shuffle(left)
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
    file = VotesFile(schema="audit-votes-1", set=audit.file.id, reviewer=reviewer, votes=list(votes.values()))
    write_file(_file(audit, reviewer), file, "the vote cannot be kept")


def reveal(audit: AuditSet, reviewer: str, item_id: str, truth: Path | None = None) -> Revealed:
    """What is true of an item, for who has judged it. AuditError: not judged yet, or the truth is missing."""
    given = votes_of(audit, reviewer).get(audit.item(item_id).id)
    if given is None:
        raise AuditError(f"judge {item_id} first: the truth is shown after the vote")
    known = read_truth(audit, truth)[item_id]
    changed = bool(known.manipulation)
    right = None if given.answer is Answer.CANNOT_TELL else (given.answer is Answer.CHANGED) == changed
    if not changed:
        return Revealed("", f"This call is as it was recorded ({known.quality}).", right, None)
    start, end = known.span_s
    when = f" From {clock(start)} to {clock(end)}."
    return Revealed(
        known.manipulation, f"{known.manipulation}: {WHAT_WAS_DONE[known.manipulation]}{when}", right, known.span_s
    )


def _file(audit: AuditSet, reviewer: str) -> Path:
    if not REVIEWER.fullmatch(reviewer):
        raise AuditError("a reviewer's name has letters, digits, blanks, dots, dashes and @, at most 64")
    return audit.folder / VOTES / f"{reviewer}.json"


def _read(audit: AuditSet, path: Path) -> dict[str, Vote]:
    file = read_file(path, VotesFile, f"the votes in {path.name} cannot be read")
    known = {v.item: v for v in file.votes if v.item in audit.items}
    if file.set != audit.file.id or len(known) != len(file.votes):
        raise AuditError(f"the votes in {path.name} are not of the set {audit.folder.name}, or name an item twice")
    return known
