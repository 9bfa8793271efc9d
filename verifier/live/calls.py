"""All live calls of this server: opened, connected, ended, found again on the disk after a restart."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from typing import TYPE_CHECKING, Any

from verifier.live.analyst import Analyst
from verifier.live.call import LiveCall
from verifier.live.peer import BadOffer, Peer
from verifier.live.session import open_session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from verifier.live.session import Session

MOST_CALLS = 4
IDLE_S = 1800.0
"""A call without connection for so long is ended; its recording stays."""


class TooMany(Exception):
    """So many calls are open that another one would starve them; one plain line."""


def ice_servers(urls: Sequence[str] = ()) -> list[dict[str, Any]]:
    """STUN and TURN servers, none by default: `urls`, then VERIFIER_ICE, a JSON list of {urls, username, credential}.

    ValueError when VERIFIER_ICE or a URL is none.
    """
    servers: list[dict[str, Any]] = [{"urls": url} for url in urls]
    try:
        more = json.loads(os.environ.get("VERIFIER_ICE") or "[]")
        servers += [{k: s[k] for k in ("urls", "username", "credential") if k in s} for s in more]
    except (ValueError, TypeError) as error:
        raise ValueError("VERIFIER_ICE is no JSON list of servers with urls, username and credential") from error
    bad = next((s for s in servers if not str(s.get("urls", "")).startswith(("stun:", "turn:", "turns:"))), None)
    if bad is not None:
        raise ValueError(f"{bad.get('urls', 'a server without urls')} is neither stun:HOST nor turn:HOST")
    return servers


class Calls:
    """`open`, `resume` and `finish` may wait, for the disk and for one another: never in the server's event loop, where the rest is used."""

    def __init__(self, servers: list[dict[str, Any]] | None = None) -> None:
        self.servers = servers or []
        self._analyst = Analyst()
        self._opening = threading.Lock()
        self.warm = self._analyst.warm
        self._calls: dict[str, LiveCall] = {}
        self._peers: dict[str, Peer] = {}

    def open(self, owner: str, basis: str, name: str = "") -> LiveCall:
        """A new call with a folder of its own; TooMany, or OSError when the folder cannot be made."""
        with self._opening:
            self._make_room()
            return self._hold(open_session(owner, basis, name))

    def resume(self, session: Session) -> LiveCall:
        """A call that was open when the server stopped, to be gone on with, its files included; TooMany as for `open`."""
        with self._opening:
            if (call := self._calls.get(session.id)) is not None:  # two asked for it at once
                return call
            self._make_room()
            return self._hold(session)

    def _hold(self, session: Session) -> LiveCall:
        call = LiveCall(session, self._analyst.wake)
        call.to_compare = session.compared()
        self._calls[session.id] = call
        self._analyst.add(call)
        for path in call.to_compare:
            self.compare_with(call, path)
        return call

    def get(self, session_id: str) -> LiveCall | None:
        call = self._calls.get(session_id)
        if call is not None:
            call.touched = time.monotonic()
        return call

    def compare_with(self, call: LiveCall, path: Path) -> None:
        """Has a file read that is to be compared with, after those that were handed in before."""
        self._analyst.files.add(call, path)

    async def connect(self, call: LiveCall, sdp: str, kind: str) -> dict[str, str]:
        """Answers an offer; a connection that the call had is closed, the recording goes on in a new part. Raises BadOffer."""
        if call.session.ended:
            raise BadOffer("this call has ended")
        await self.disconnect(call)
        peer = Peer(call, self.servers)
        self._peers[call.session.id] = peer
        return await peer.answer(sdp, kind)

    async def disconnect(self, call: LiveCall) -> None:
        peer = self._peers.pop(call.session.id, None)
        if peer is not None:
            await peer.close()
        call.disconnect()

    async def end(self, call: LiveCall) -> None:
        """Closes a call's connection and ends it; returns when its recording is whole."""
        await self.disconnect(call)
        await asyncio.to_thread(self.finish, call)

    def finish(self, call: LiveCall) -> None:
        """Ends a call whose connection is closed; returns when its recording is whole."""
        call.finish()
        self._analyst.remove(call)
        self._calls.pop(call.session.id, None)

    async def close(self) -> None:
        """The server stops: everything received is written out; the calls stay on the disk."""
        for call in list(self._calls.values()):
            await self.end(call)
        await asyncio.to_thread(self._analyst.close)

    def _make_room(self) -> None:
        now = time.monotonic()
        for call in list(self._calls.values()):
            if not call.connected and now - call.touched > IDLE_S:
                self.finish(call)
        if len(self._calls) >= MOST_CALLS:
            raise TooMany(f"{MOST_CALLS} live calls are open on this computer; end one first.")
