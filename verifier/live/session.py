"""The folder of one live call: what was agreed, the parts of the recording, the prompts and their times.

live/ID/session.json     who opened it, when, what the candidate was told and what that rests on
live/ID/marks.json       prompts that were followed, with times in the parts of the recording (verifier/challenges.py)
live/ID/challenge.json   the same for the report, in which earlier rounds come before the recording
live/ID/recording/       part-01.mkv, part-02.mkv (after a reconnect), ...: one round for `verifier check`
live/ID/files/           earlier rounds and photos to compare with
live/ID/report/          once it was asked for
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from verifier import weights
from verifier.atomic import atomic_file
from verifier.challenges import MOST_MARKS, SHORTEST_S, BadMarks, Mark, marks_json, read_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ID = re.compile(r"[0-9a-f]{32}")
MAX_PARTS = 40
"""Files of one call; `verifier check` reads up to 50 of a folder."""
TOLD = (
    "This call is recorded on the interviewer's computer. Your face and voice are compared with the earlier rounds and with the "
    "photo or ID that you sent, to check that it is the same person. A person looks at the result; no program decides. "
    "You may be asked to make a few movements, to say a few words or to show your ID. You can say no, and we will find another way."
)
"""To be read to the candidate before anything is recorded; stored with the recording."""


def folder_of_calls() -> Path:
    return weights.home() / "live"


@dataclass
class Session:
    id: str
    folder: Path
    owner: str
    """Login name of who opened it; empty where there is no login."""
    created: str
    basis: str
    """What comparing faces rests on, as it was stated."""
    told: str = TOLD
    name: str = ""
    """Name the candidate gave."""
    ended: str = ""

    @property
    def recording(self) -> Path:
        return self.folder / "recording"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def parts(self) -> list[Path]:
        """Parts that hold something, in order."""
        return [p for p in sorted(self.recording.glob("part-*.mkv")) if p.stat().st_size]

    def compared(self) -> list[Path]:
        """Files to compare with, in the order in which they were handed in."""
        return sorted(self.files.glob("*"), key=_number)

    def next_file(self, name: str, taken: Iterable[Path]) -> Path:
        """Where a file to compare with goes that is called `name`; the number keeps it apart from those of the same name."""
        return self.files / f"{max(map(_number, taken), default=0) + 1}-{name}"

    def next_part(self) -> Path | None:
        """Where the next part goes; None when there are too many."""
        number = len(list(self.recording.glob("part-*.mkv"))) + 1
        return self.recording / f"part-{number:02}.mkv" if number <= MAX_PARTS else None

    def save(self) -> None:
        facts = {k: v for k, v in asdict(self).items() if k not in ("folder", "id")}
        _write(self.folder / "session.json", json.dumps(facts, indent=1, ensure_ascii=False))

    def marks(self) -> tuple[Mark, ...]:
        """Prompts that were followed; none where their file is damaged."""
        try:
            return read_marks(self.folder / "marks.json") if (self.folder / "marks.json").is_file() else ()
        except BadMarks:
            return ()

    def mark(self, mark: Mark) -> None:
        """Notes a prompt that was followed; beyond `MOST_MARKS` they are left out."""
        _write(self.folder / "marks.json", marks_json([*self.marks(), mark][:MOST_MARKS]))

    def challenge(self, number: int, lengths: Mapping[str, float | None]) -> Path | None:
        """The marks file for a check whose round `number` is the recording; None when there is nothing to look at.

        lengths: seconds of the parts that can be used, None: not known. A part may end before the prompt did on the wall's
        clock, because nothing arrived any more.
        """
        marks = []
        for mark in self.marks():
            length = lengths.get(mark.file, 0.0)
            end_s = mark.end_s if length is None else min(mark.end_s, length)
            if end_s - mark.start_s >= SHORTEST_S:
                marks.append(mark.model_copy(update={"round": number, "end_s": end_s}))
        if not marks:
            return None
        path = self.folder / "challenge.json"
        _write(path, marks_json(marks))
        return path

    def end(self) -> None:
        self.ended = _now()
        self.save()

    def delete(self) -> None:
        shutil.rmtree(self.folder)


def open_session(owner: str, basis: str, name: str = "") -> Session:
    """A new folder that only its owner on this computer may read; OSError when it cannot be made."""
    session_id = secrets.token_hex(16)
    folder = folder_of_calls() / session_id
    folder.mkdir(parents=True, mode=0o700)
    session = Session(session_id, folder, owner, _now(), basis, name=name[:120])
    session.recording.mkdir()
    session.files.mkdir()
    session.save()
    return session


def read_session(session_id: str) -> Session | None:
    """A call of before, as it lies on the disk; None when there is none, or its folder is damaged."""
    if not _ID.fullmatch(session_id):
        return None
    folder = folder_of_calls() / session_id
    try:
        facts = json.loads((folder / "session.json").read_text("utf-8"))
        kept = {k: str(facts[k]) for k in ("owner", "created", "basis", "told", "name", "ended")}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Session(session_id, folder, **kept)


def kept_sessions() -> list[Session]:
    """All calls on the disk, newest first."""
    try:
        found = [read_session(p.name) for p in folder_of_calls().iterdir()]
    except FileNotFoundError:
        return []
    return sorted((s for s in found if s is not None), key=lambda s: s.created, reverse=True)


def _write(path: Path, content: str) -> None:
    with atomic_file(path) as file:
        file.write(content.encode())


def _number(path: Path) -> int:
    number = path.name.partition("-")[0]
    return int(number) if number.isdecimal() else 0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
