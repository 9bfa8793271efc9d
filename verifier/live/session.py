"""The folder of one live call: what was agreed, the parts of the recording, the prompts and their times.

live/ID/session.json     who opened it, when, what the candidate was told and what that rests on
live/ID/marks.json       prompts with times in the parts of the recording
live/ID/recording/       part-01.mkv, part-02.mkv (after a reconnect), ...: one round for `verifier check`
live/ID/files/           earlier rounds and photos to compare with
live/ID/report/          once it was asked for
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from verifier import weights
from verifier.atomic import atomic_file

_ID = re.compile(r"[0-9a-f]{32}")
MAX_MARKS = 200
MAX_PARTS = 40
"""Files of one call; `verifier check` reads up to 50 of a folder."""
TOLD = (
    "This call is recorded on the interviewer's computer. Your face and voice are compared with the earlier rounds and with the "
    "photo or ID that you sent, to check that it is the same person. A person looks at the result; no program decides. "
    "You may be asked to make a few movements. You can say no, and we will find another way."
)
"""To be read to the candidate before anything is recorded; stored with the recording."""


def folder_of_calls() -> Path:
    return weights.home() / "live"


@dataclass
class Mark:
    """A prompt that was shown. Times are seconds in `part`; `answer` is what the interviewer pressed: "done", "skipped" or ""."""

    prompt: str
    words: str
    part: str
    asked_s: float
    ended_s: float | None = None
    answer: str = ""


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
    marks: list[Mark] = field(default_factory=list)

    @property
    def recording(self) -> Path:
        return self.folder / "recording"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def parts(self) -> list[Path]:
        """Parts that hold something, in order."""
        return [p for p in sorted(self.recording.glob("part-*.mkv")) if p.stat().st_size]

    def next_part(self) -> Path | None:
        """Where the next part goes; None when there are too many."""
        number = len(list(self.recording.glob("part-*.mkv"))) + 1
        return self.recording / f"part-{number:02}.mkv" if number <= MAX_PARTS else None

    def save(self) -> None:
        facts = {k: v for k, v in asdict(self).items() if k not in ("folder", "marks", "id")}
        _write(self.folder / "session.json", facts)

    def ask(self, prompt: str, words: str, part: str, at_s: float) -> None:
        """Notes that a prompt is shown now."""
        if len(self.marks) < MAX_MARKS:
            self.marks.append(Mark(prompt, words, part, round(at_s, 2)))
            self._save_marks()

    def answer(self, answer: str, part: str, at_s: float) -> None:
        """Notes how the last prompt ended: "done" or "skipped"; its end stays open where the part has changed since."""
        if self.marks and not self.marks[-1].answer:
            mark = self.marks[-1]
            mark.answer = answer
            mark.ended_s = round(at_s, 2) if mark.part == part else None
            self._save_marks()

    def end(self) -> None:
        self.ended = _now()
        self.save()

    def delete(self) -> None:
        shutil.rmtree(self.folder)

    def _save_marks(self) -> None:
        _write(self.folder / "marks.json", {"prompts": [asdict(mark) for mark in self.marks]})


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
        marks = _read_marks(folder / "marks.json")
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Session(session_id, folder, marks=marks, **kept)


def kept_sessions() -> list[Session]:
    """All calls on the disk, newest first."""
    try:
        found = [read_session(p.name) for p in folder_of_calls().iterdir()]
    except FileNotFoundError:
        return []
    return sorted((s for s in found if s is not None), key=lambda s: s.created, reverse=True)


def _read_marks(path: Path) -> list[Mark]:
    if not path.is_file():
        return []
    return [Mark(**mark) for mark in json.loads(path.read_text("utf-8"))["prompts"]][:MAX_MARKS]


def _write(path: Path, content: dict[str, Any]) -> None:
    with atomic_file(path) as file:
        file.write(json.dumps(content, indent=1, ensure_ascii=False).encode())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
