"""The WebRTC peer on this computer: takes what a browser sends and hands it on; it sends no media of its own."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.live.call import LiveCall

MOST_SDP, MOST_TRACKS = 64 * 1024, 4


class BadOffer(ValueError):
    """What the browser offered cannot be taken; one plain line."""


class Peer:
    """One connection of one call. Every track is drained all the time: aiortc's queue of decoded pictures has no bound."""

    def __init__(self, call: LiveCall, ice_servers: list[dict[str, Any]]) -> None:
        from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection

        self._call = call
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[RTCIceServer(**server) for server in ice_servers]))
        self._tasks: set[asyncio.Task[None]] = set()
        self._kinds: set[str] = set()
        self._closed = False
        self._pc.on("track", self._track)
        self._pc.on("connectionstatechange", self._state)

    async def answer(self, sdp: str, kind: str) -> dict[str, str]:
        """The answer to an offer, with all addresses gathered; BadOffer when it is none."""
        from aiortc import RTCSessionDescription

        tracks = f"\n{sdp}".count("\nm=")
        if kind != "offer" or len(sdp) > MOST_SDP or not 1 <= tracks <= MOST_TRACKS or "m=application" in sdp:
            raise BadOffer("this is no offer of a picture and sound")
        try:
            await self._pc.setRemoteDescription(RTCSessionDescription(sdp, kind))
            if not self._kinds:
                raise BadOffer("neither a picture nor sound was offered")
            self._call.connect(expects_audio="audio" in self._kinds)
            await self._pc.setLocalDescription(await self._pc.createAnswer())
        except BadOffer:
            await self.close()
            raise
        except Exception as error:  # the parser answers hostile text with whatever comes first
            await self.close()
            raise BadOffer("the offer could not be read") from error
        done = self._pc.localDescription
        return {"sdp": done.sdp, "type": done.type}

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await self._pc.close()
        for task in self._tasks:
            task.cancel()

    def _track(self, track: Any) -> None:
        first = track.kind not in self._kinds
        self._kinds.add(track.kind)
        uses: dict[str, Callable[[Any, float], None]] = {"video": self._call.video, "audio": self._call.audio}
        use = uses.get(track.kind) if first else None
        task = asyncio.get_running_loop().create_task(self._drain(track, use))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, track: Any, use: Callable[[Any, float], None] | None) -> None:
        from aiortc.mediastreams import MediaStreamError

        while not self._closed:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if use is not None and not self._closed:
                try:
                    use(frame, time.monotonic())
                except Exception:  # it goes on being drained, and the next one may go in
                    self._call.failed()

    async def _state(self) -> None:
        if self._pc.connectionState in ("failed", "closed") and not self._closed:
            await self.close()
            self._call.disconnect()
