"""What one page holds: its files in a folder of their own, its check, its result.

A check goes on, and its result stays, when the page is closed; a page on which nothing was started is emptied soon after.
"""

from __future__ import annotations

import re
import secrets
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from verifier_ui import recovery
from verifier_ui.worker import State

if TYPE_CHECKING:
    from verifier_ui.sitting import Sitting
    from verifier_ui.worker import Job

    from verifier.api import FileLook
    from verifier.decision import DecisionRecord
    from verifier.document_desk import DocumentResult
    from verifier.report.model import Report

Shelf = Literal["recordings", "references", "transcripts"]
MAX_FILES = 20
"""On each shelf: more rounds than anybody has, and few enough to look through."""
MAX_BYTES = 8 * 1024**3
"""Of one file: some four hours of a call in high quality."""


@dataclass(frozen=True)
class HeldFile:
    """A file that somebody handed in, and what it is."""

    id: str
    path: Path
    look: FileLook

    @property
    def name(self) -> str:
        return self.path.name


@dataclass
class Desk:
    """One tab. `lock` guards the lists; the job has its own thread."""

    token: str
    folder: Path
    owner: str = ""
    """Login of who opened it; empty where there is no login."""
    recordings: list[HeldFile] = field(default_factory=list)
    references: list[HeldFile] = field(default_factory=list)
    transcripts: list[HeldFile] = field(default_factory=list)
    left_out: list[HeldFile] = field(default_factory=list)
    """Files that cannot be used; the report names them too."""
    arriving: int = 0
    """Files that are being received now."""
    notes: list[str] = field(default_factory=list)
    """One plain line each, shown until the next step."""
    name: str = ""
    basis: str | None = None
    agreed: bool = False
    case: str | None = None
    """The case that its owner adds its files to."""
    when: str = ""
    present: str = ""
    path: str = ""
    """Of the page on which its job was started."""
    job: Job | None = None
    candidates: dict[tuple[str, bool], str] = field(default_factory=dict)
    """Round id and whether it is a voice -> what was named as the candidate's."""
    named: tuple[str, ...] = ()
    """What was named so in the check whose files now go into a case, by their rounds there."""
    report: Report | None = None
    documents: tuple[DocumentResult, ...] = ()
    changes: tuple[str, ...] | None = None
    """What the report of its case says otherwise than the one before; None: it is no case's report."""
    decisions: DecisionRecord | None = None
    sitting: Sitting | None = None
    """Of the audit desk: who judges which set."""
    closed: bool = False
    recovered: bool = False
    """Its files were received by a server that was killed, or handed over by a live call; nothing was started since."""
    may_keep: bool = True
    """Whether cases are open to its owner's role."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def shelf(self, name: Shelf) -> list[HeldFile]:
        return {"recordings": self.recordings, "references": self.references, "transcripts": self.transcripts}[name]

    def everything(self) -> list[HeldFile]:
        return [*self.recordings, *self.references, *self.transcripts, *self.left_out]

    @property
    def keeps(self) -> bool:
        """Whether something is under way or done that must outlive its page."""
        return self.recovered or (self.job is not None and (not self.job.over or self.job.state is State.DONE))

    @property
    def at_rest(self) -> bool:
        return self.job is None or self.job.over

    def place(self, name: str) -> Path:
        """A path for a new file, in a folder of its own so that equal names do not meet."""
        folder = self.folder / secrets.token_hex(8)
        folder.mkdir()
        return folder / safe_name(name)

    def take(self, path: Path, look: FileLook, wanted: Shelf) -> None:
        """Puts a file where it belongs: a photo among the recordings goes to the photos, an unusable one aside."""
        held = HeldFile(path.parent.name, path, look)
        with self.lock:
            if self.closed or not self.at_rest:
                shutil.rmtree(path.parent, ignore_errors=True)
                return
            if look.reason:
                self.left_out.append(held)
                return
            self.recovered = False
            if wanted == "recordings" and look.kind in ("photo", "document page"):
                self.notes.append(f"{held.name} is a photo or a page, so it was put with the photos and IDs.")
                wanted = "references"
            elif wanted == "recordings" and look.kind == "transcript":
                self.notes.append(f"{held.name} is a transcript, so it was put with the transcripts.")
                wanted = "transcripts"
            self.shelf(wanted).append(held)
            recovery.write(self)

    def remove(self, file_id: str) -> None:
        with self.lock:
            for held_in in (self.recordings, self.references, self.transcripts, self.left_out):
                for held in [h for h in held_in if h.id == file_id]:
                    held_in.remove(held)
                    self.named = ()  # its rounds have other numbers now
                    shutil.rmtree(held.path.parent, ignore_errors=True)
            recovery.write(self)

    def move(self, file_id: str, steps: int) -> None:
        """Moves a recording up (-1) or down (+1) in the order of rounds."""
        with self.lock:
            at = next((i for i, h in enumerate(self.recordings) if h.id == file_id), None)
            if at is not None and 0 <= at + steps < len(self.recordings):
                self.recordings.insert(at + steps, self.recordings.pop(at))
                self.named = ()
                recovery.write(self)

    def missing(self, needed: Shelf = "recordings", least: int = 1) -> list[str]:
        """What is still needed before a check may start, one line each. needed, least: files on which shelf, how many."""
        lines = []
        if not self.basis or not self.agreed:
            lines.append("Say first what the check rests on, and tick that everybody in the files is covered (step 1).")
        if self.arriving:
            lines.append("A file is still being added: start when it is listed.")
        elif len(self.shelf(needed)) < least:
            what = "photo or PDF of a document" if needed == "references" else "recording of the call"
            count = "one" if least == 1 else f"{least} files: each a"
            lines.append(f"Add at least {count} {what} (step 2).")
        return lines

    def clear(self) -> None:
        """Back to an empty form; the files are deleted."""
        with self.lock:
            self.notes, self.when, self.present = [], "", ""
            self.name, self.basis, self.agreed, self.recovered = "", None, False, False
            self.drop_files()
        self.forget_result()

    def empty(self) -> None:
        """Nothing of it is left; it takes no more files."""
        with self.lock:
            self.closed = True
            self.clear()
            shutil.rmtree(self.folder, ignore_errors=True)

    def drop_files(self) -> None:
        with self.lock:
            for held in self.everything():
                shutil.rmtree(held.path.parent, ignore_errors=True)
            self.recordings, self.references, self.transcripts, self.left_out, self.named = [], [], [], [], ()
            recovery.write(self)

    def forget_result(self) -> None:
        with self.lock:
            self.job, self.report, self.documents, self.decisions, self.candidates = None, None, (), None, {}
            self.changes = None
            shutil.rmtree(self.folder / "report", ignore_errors=True)


def safe_name(name: str) -> str:
    """The file's own name without folders and unprintable characters, at most 120 characters, never empty."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in last if c.isprintable()).strip().lstrip(".")
    stem, dot, ending = kept.rpartition(".")
    short = stem[:110] + dot + ending[:9] if dot else kept[:120]
    while len(short.encode()) > 200:  # file systems count bytes
        short = short[1:]
    return short or "file"
