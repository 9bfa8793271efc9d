"""A blind set on disk: a folder with calls under names that tell nothing, and beside it the sealed truth.

SET/set.json          what is in it, when it expires, the hash of the truth
SET/<item>[-1].mkv    the calls; an item of two rounds has two files
SET/withdrawn.json    which of them were deleted because somebody in them took consent back
SET/votes/NAME.json   what a reviewer said      SET/runs/TIME.json   what the tool said
SET.truth.json        sealed against a glance, not against intent: keep it where reviewers do not look
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from verifier.atomic import atomic_file
from verifier.audit.people import AuditError
from verifier.json_file import Model, WrongShape, read_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SET, WITHDRAWN, LARGEST = "set.json", "withdrawn.json", 32_000_000
PUT_TOGETHER = "whispered answer"
"""Seed whose genuine twin is not as it was recorded: the listening before the answer is made of other seconds. No set is drawn with it
any more; in sets made before, its calls are not counted."""
BORROWING = frozenset({"proxy", "swap", "swap from", "dubbed", "second voice"})
"""Seeds that take something of another person."""


class Item(BaseModel):
    """One case to judge: one call, or two rounds of one candidate."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[0-9a-f]{8}$")
    files: list[str] = Field(min_length=1, max_length=2)


class ItemTruth(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    manipulation: str
    """Name of the seed; empty: the call is genuine."""
    drawn_for: str
    """The seed whose genuine twin a genuine call is: both were drawn from the same clips in the same way."""
    person: str
    group: str
    quality: str
    """The way through a call, in words: "360p 300k H.264"."""
    span_s: tuple[float, float]
    parameters: dict[str, Any]
    others: list[str] | None = None
    """Whose face, voice or whole call was used besides; None: the set was made before this was kept."""

    @property
    def filter(self) -> str:
        """Of an honest caller's software; empty: none."""
        return str(self.parameters.get("step", {}).get("filter") or "")

    def may_show(self, person: str) -> bool:
        """Whether this person is in the call, or may be where it was not kept."""
        unknown = self.others is None and self.manipulation in BORROWING
        return unknown or person in (self.person, *(self.others or ()))


class SetFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal["audit-set-1"] = Field(alias="schema")
    id: str = Field(pattern=r"^[0-9a-f]{16}$")
    made: date
    expires: date
    consent: str
    truth_sha256: str
    items: list[Item] = Field(min_length=1, max_length=10_000)


class Withdrawn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal["audit-withdrawn-1"] = Field(alias="schema")
    set: str
    items: list[str] = Field(max_length=10_000)


class SealedTruth(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal["audit-truth-1"] = Field(alias="schema")
    set: str
    sealed: str


@dataclass(frozen=True)
class AuditSet:
    folder: Path
    file: SetFile
    withdrawn: frozenset[str] = frozenset()

    @property
    def items(self) -> dict[str, Item]:
        """All that were drawn."""
        return {item.id: item for item in self.file.items}

    @property
    def left(self) -> list[Item]:
        """Those that are to be judged: nobody in them took consent back."""
        return [item for item in self.file.items if item.id not in self.withdrawn]

    def paths(self, item: Item) -> list[Path]:
        """Its files; AuditError where one is not there."""
        paths = [self.folder / name for name in item.files]
        for path in paths:
            if path.parent != self.folder or not path.is_file():
                raise AuditError(f"the set {self.folder.name} lacks the file {path.name}")
        return paths

    def item(self, item_id: str) -> Item:
        try:
            return self.items[item_id]
        except KeyError:
            raise AuditError(f"there is no item {item_id!r} in the set {self.folder.name}") from None


def read_set(folder: Path, today: date | None = None) -> AuditSet:
    """today: the day on which its media are to be used; None: only figures are. AuditError: no set, or an expired one."""
    file = read_file(folder / SET, SetFile, f"{folder.name} is no audit set")
    if today is not None and today > file.expires:
        raise AuditError(f"the set {folder.name} expired on {file.expires}: delete its calls, and make another one")
    if not (folder / WITHDRAWN).exists():
        return AuditSet(folder, file)
    gone = read_file(folder / WITHDRAWN, Withdrawn, f"which calls of {folder.name} were withdrawn cannot be read")
    if gone.set != file.id:
        raise AuditError(f"{WITHDRAWN} in {folder.name} is another set's")
    return AuditSet(folder, file, frozenset(gone.items))


def truth_path(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.truth.json")


def read_truth(audit: AuditSet, path: Path | None = None) -> Mapping[str, ItemTruth]:
    """By item. AuditError: it is missing, damaged, or that of another set."""
    path = path or truth_path(audit.folder)
    sealed = read_file(path, SealedTruth, f"the truth of {audit.folder.name} is missing or damaged ({path.name})")
    try:
        content = zlib.decompress(base64.b64decode(sealed.sealed, validate=True))
        if hashlib.sha256(content).hexdigest() != audit.file.truth_sha256:
            raise AuditError(
                f"{path.name} is not the truth of {audit.folder.name}: it is another set's, or was changed"
            )
        truths = TypeAdapter(dict[str, ItemTruth]).validate_json(content)
    except (binascii.Error, zlib.error, ValidationError):
        raise AuditError(f"{path.name} is damaged") from None
    if truths.keys() != audit.items.keys():
        raise AuditError(f"{path.name} does not cover every item of {audit.folder.name}")
    return truths


def sealed_truth(set_id: str, truths: Mapping[str, ItemTruth]) -> tuple[bytes, str]:
    """The file's content and the hash that goes into the set."""
    content = json.dumps({key: truth.model_dump() for key, truth in truths.items()}).encode()
    sealed = base64.b64encode(zlib.compress(content)).decode()
    file = {"schema": "audit-truth-1", "set": set_id, "sealed": sealed}
    return (json.dumps(file) + "\n").encode(), hashlib.sha256(content).hexdigest()


def read_file(path: Path, model: type[Model], what: str) -> Model:
    """A file of this shape; AuditError: `what`, and why."""
    try:
        return read_json(path, model, LARGEST)
    except OSError as error:
        raise AuditError(f"{what}: {error.strerror}") from None
    except WrongShape as error:
        raise AuditError(f"{what}: {error}") from None


def write_file(path: Path, content: BaseModel, what: str) -> None:
    """Whole or not at all, in a folder of its own; AuditError: `what`, and why."""
    try:
        path.parent.mkdir(exist_ok=True)
        with atomic_file(path) as sink:
            sink.write(content.model_dump_json(by_alias=True, indent=1).encode() + b"\n")
    except OSError as error:
        raise AuditError(f"{what}: {error.strerror}") from None
