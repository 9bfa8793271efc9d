"""All pages by the token in their address: opened, left, emptied when nobody comes back."""

from __future__ import annotations

import re
import secrets
import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier_ui.desk import Desk

from verifier import weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier_ui.worker import Worker

    from verifier.case_desk import CaseDesk

MOST_HELD = 20
"""Closed pages whose result is kept: of more, those left first are emptied."""
_TOKEN = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")


class Desks:
    """All pages by the token in their address; what is closed is emptied after a grace, or after `held_s` if it was checked."""

    def __init__(
        self,
        root: Path,
        worker: Worker,
        grace_s: float = 60.0,
        held_s: float = 12 * 3600,
        ice: Sequence[dict[str, Any]] = (),
        cases: CaseDesk | None = None,
        audits: Path | None = None,
    ) -> None:
        """ice: STUN and TURN servers that live calls may use. cases: the case folder; None: there is none.

        audits: folder of the audit desk's sets; None: in VERIFIER_HOME.
        """
        self.ice, self.cases, self.audits = list(ice), cases, audits or weights.home() / "audits"
        self.root, self.worker, self.grace_s, self.held_s = root, worker, grace_s, held_s
        self._desks: dict[str, Desk] = {}
        self._tabs: dict[str, str] = {}
        """Connection of a page -> token."""
        self._left: dict[str, float] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        threading.Thread(target=self._sweep, name="sweeper", daemon=True).start()

    def open(self, token: str, connection: str, owner: str = "") -> Desk:
        """The desk of a tab, new or as it was before a reload; ValueError for what is no token, or somebody else's."""
        if not _TOKEN.fullmatch(token):
            raise ValueError("not a token")
        with self._lock:
            if token not in self._desks:
                folder = self.root / secrets.token_hex(8)
                folder.mkdir(parents=True)
                self._desks[token] = Desk(token, folder, owner)
            if self._desks[token].owner != owner:
                raise ValueError("somebody else's token")
            self._tabs[connection] = token
            self._left.pop(token, None)
            return self._desks[token]

    def adopt(self, token: str, folder: Path, name: str, owner: str) -> Desk:
        """A desk whose folder was another server's, moved here under `name`; ValueError for a token that is none or known."""
        with self._lock:
            if not _TOKEN.fullmatch(token) or token in self._desks:
                raise ValueError("not a token")
            self.root.mkdir(parents=True, exist_ok=True)
            desk = Desk(token, Path(shutil.move(folder, self.root / name)), owner)
            self._desks[token] = desk
            self._left[token] = time.monotonic()
            return desk

    def get(self, token: str | None, owner: str = "") -> Desk | None:
        """None, too, where it is somebody else's."""
        with self._lock:
            desk = self._desks.get(token or "")
            return desk if desk is not None and desk.owner == owner else None

    def leave(self, connection: str) -> None:
        """A page was closed or reloaded."""
        with self._lock:
            token = self._tabs.pop(connection, None)
            if token is not None and token not in self._tabs.values():
                self._left[token] = time.monotonic()

    def close(self) -> None:
        """Ends every job and empties every desk."""
        self._closing.set()
        self.worker.close()
        with self._lock:
            desks, self._desks = list(self._desks.values()), {}
        for desk in desks:
            desk.empty()

    def _sweep(self) -> None:
        while not self._closing.wait(min(5.0, self.grace_s)):
            with self._lock:
                gone = self._to_empty(time.monotonic())
                desks = [self._desks.pop(t) for t in gone]
                for token in gone:
                    del self._left[token]
            for desk in desks:
                if desk.job is not None:
                    self.worker.stop(desk.job)
                desk.empty()

    def _to_empty(self, now: float) -> list[str]:
        left = sorted(self._left, key=self._left.__getitem__)
        kept = [t for t in left if self._desks[t].keeps]
        over = {t for t in kept[: max(0, len(kept) - MOST_HELD)] if self._desks[t].at_rest}
        return [t for t in left if t in over or now - self._left[t] > (self.held_s if t in kept else self.grace_s)]
