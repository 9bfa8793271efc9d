"""One live call while it is held: where its pictures and sound go, what is known so far, which prompt is on."""

from __future__ import annotations

import logging
import threading
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verifier.challenges import LONGEST_S, PROMPTS, Mark, draw
from verifier.live.lip_watch import LipFeed
from verifier.media.live import MOST_PIXELS, Arrived, Gaps, Latency, Newest, SharedFrame, TrackClock
from verifier.media.live_recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import av

    from verifier.challenges import Prompt
    from verifier.findings import Finding
    from verifier.live.session import Session
    from verifier.live.watch import View
    from verifier.timing import MediaTime

log = logging.getLogger(__name__)
BEHIND_S = 1.0
"""Seconds of pictures waiting to be decoded from which the sender is asked for fewer."""
LARGER, OTHER_SHAPE = 1.2, 0.02
"""A picture so much larger, or whose sides differ so much in proportion, begins a new part instead of being scaled."""
NO_PLACE = "The recording stopped: it cannot be stored on this computer. What was recorded before is kept."
LOST = "Some of what arrives cannot be taken because of an error in the tool: look above whether the recording goes on."
LEAST_S, MOST_S = 1.0, LONGEST_S - 1
"""Seconds of a mark, however early or late "Done" is pressed."""
CUT = "The recording was cut during a prompt, so what was done cannot be looked at. Ask for another one."
TOO_MANY_PARTS = (
    "The recording stopped: the connection or the picture's size changed too often. What was recorded is kept."
)


class _Part:
    """One file of the recording, from a connection or a change of the picture's size to the next."""

    def __init__(self, path: Path, begins: MediaTime, *, expects_audio: bool) -> None:
        self.name, self.begins = path.name, begins
        self.recorder = Recorder(path, expects_audio=expects_audio)
        self.size: tuple[int, int] | None = None

    def fits(self, width: int, height: int) -> bool:
        """Whether a picture of this size can go into the file."""
        if self.recorder.without_picture:
            return False
        w, h = self.size = self.size or (width, height)
        return width * height <= w * h * LARGER and abs(width * h / (height * w) - 1) <= OTHER_SHAPE


class LiveCall:
    """`video` and `audio` are called in the server's event loop and never wait; what is read from elsewhere is replaced whole."""

    def __init__(self, session: Session, wake: Callable[[], None] = lambda: None) -> None:
        self.session = session
        self.newest, self.latency = Newest(), Latency()
        self.view: View | None = None
        self.findings: tuple[Finding, ...] = ()
        self.lips = LipFeed()
        self.lips_and_voice: Finding | None = None
        self.prompt: Prompt | None = None
        self.trouble = ""
        """Why nothing is looked at any more, in plain words; the recording goes on."""
        self.notes: tuple[str, ...] = ()
        """What the files to compare with could not be used for; `note` adds to them."""
        self._noting = threading.Lock()
        self.to_compare: list[Path] = []
        self.origin = time.monotonic()
        self.connected = False
        self.touched = time.monotonic()
        self._wake = wake
        self._prompts = draw(len(PROMPTS))
        self._asked = 0
        self._asked_in, self._asked_s = "", 0.0
        """Part, and seconds in it, of the prompt that is shown."""
        self._part: _Part | None = None
        self._done: list[tuple[str, int, int]] = []
        """Name, pictures and left-out pieces of the parts that are closed."""
        self._closing: list[threading.Thread] = []
        self._problem = ""
        self._expects_audio = False
        self._clocks: dict[str, TrackClock] = {}
        self.gaps = {"video": Gaps(), "audio": Gaps()}

    # --- what arrives -------------------------------------------------------------------------------------------

    def connect(self, *, expects_audio: bool) -> None:
        """A sender has come, for the first time or again: its first picture or sound begins a new part."""
        self.disconnect()
        self._expects_audio, self.connected = expects_audio, True
        self._clocks = {kind: TrackClock(self.origin) for kind in ("video", "audio")}

    def disconnect(self) -> None:
        """Nothing comes any more for now; what was received is written out in the background."""
        self.connected = False
        self._end_part()
        self.newest.take()
        self.view = None

    def video(self, frame: av.VideoFrame, arrived: float) -> None:
        if frame.pts is None or frame.width * frame.height > MOST_PIXELS or min(frame.width, frame.height) < 16:
            return
        at = self._time("video", frame, arrived)
        shared = SharedFrame(frame)
        now = self._part
        if now is not None and not now.fits(frame.width, frame.height):
            self._end_part()
        part = self._open(at)
        if part is not None:
            part.size = part.size or (frame.width, frame.height)
            inside = max(Fraction(0), at - part.begins)
            part.recorder.video(shared, inside)
            self.lips.video(shared, inside)
        self.newest.put(Arrived(shared, at, arrived, self._clocks["video"].behind_s))
        self._wake()

    def audio(self, frame: av.AudioFrame, arrived: float) -> None:
        if frame.pts is None:
            return
        at = self._time("audio", frame, arrived)
        part = self._open(at)
        if part is not None:
            inside = max(Fraction(0), at - part.begins)
            part.recorder.audio(frame, inside)
            self.lips.audio(frame, inside)

    def _time(self, kind: str, frame: Any, arrived: float) -> MediaTime:
        at = self._clocks[kind].time(frame.pts * frame.time_base, arrived)
        self.gaps[kind].seen(at)
        return at

    def _open(self, at: MediaTime) -> _Part | None:
        if self._part is None and not self._problem and not self.session.ended:
            path = self.session.next_part()
            if path is None:
                self._problem = TOO_MANY_PARTS
                return None
            try:
                path.touch()  # so that the next one gets another number, whatever becomes of this
            except OSError:
                self._problem = NO_PLACE
                return None
            self._part = _Part(path, at, expects_audio=self._expects_audio)
            self.lips.begin(path.name)
        return self._part

    def _end_part(self) -> None:
        part, self._part = self._part, None
        if part is None:
            return
        closing = threading.Thread(target=self._close, args=(part,), name="live-closing", daemon=True)
        closing.start()
        self._closing = [t for t in self._closing if t.is_alive()] + [closing]

    def _close(self, part: _Part) -> None:
        part.recorder.close()
        self._done = [*self._done, (part.name, part.recorder.pictures, part.recorder.left_out)]
        self._problem = self._problem or part.recorder.problem

    def finish(self) -> None:
        """Ends the call; returns when all that was received is on the disk."""
        self.disconnect()
        for thread in self._closing:
            thread.join(30)
        if not self.session.ended:
            try:
                self.session.end()
            except OSError:  # a full disk: what was received is there all the same
                self._problem = self._problem or NO_PLACE

    def failed(self) -> None:
        """Within an `except`: a picture or sound could not be taken. Said and logged once."""
        if LOST not in self.notes:
            self.note(LOST)
            log.exception("what arrives of a live call cannot be taken")

    def note(self, text: str) -> None:
        """Adds a note; several threads do."""
        with self._noting:
            self.notes = (*self.notes, text)

    # --- prompts ------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Shows the next prompt, if the call is being recorded and there is one left."""
        part = self._part
        if part is None or self.prompt is not None or self._asked >= len(self._prompts):
            return
        self.prompt = self._prompts[self._asked]
        self._asked += 1
        self._asked_in, self._asked_s = part.name, self._in(part)

    def answer(self, answer: str) -> None:
        """answer: "done" or "skipped", of the prompt that is shown; what was done is marked, to be looked at in the recording.

        OSError when it cannot be stored.
        """
        prompt, part = self.prompt, self._part
        self.prompt = None
        if prompt is None or answer != "done":
            return
        if part is None or part.name != self._asked_in:
            self.note(CUT)
            return
        start_s = self._asked_s
        end_s = min(max(self._in(part), start_s + LEAST_S), start_s + MOST_S)
        self.session.mark(Mark(prompt=prompt.id, start_s=start_s, end_s=end_s, phrase=prompt.phrase, file=part.name))

    def _in(self, part: _Part) -> float:
        return round(max(0.0, time.monotonic() - self.origin - float(part.begins)), 2)

    # --- what is shown ------------------------------------------------------------------------------------------

    @property
    def behind_s(self) -> float:
        return self._clocks["video"].behind_s if self._clocks else 0.0

    def status(self) -> dict[str, Any]:
        """Everything the page shows, as plain values."""
        part = self._part
        seconds = time.monotonic() - self.origin - float(part.begins) if part else 0.0
        recorder = part.recorder if part else None
        return {
            "id": self.session.id,
            "connected": self.connected,
            "ended": bool(self.session.ended),
            "told": self.session.told,
            "basis": self.session.basis,
            "recording": {
                "on": bool(part and recorder and not recorder.problem),
                "seconds": round(seconds, 1),
                "parts": len(self._done) + (part is not None),
                "left_out": sum(n for _, _, n in self._done) + (recorder.left_out if recorder else 0),
                "gaps": {kind: [s.seconds() for s in gaps.spans[-20:]] for kind, gaps in self.gaps.items()},
                "problem": (recorder.problem if recorder else "") or self._problem,
            },
            "line": self.trouble or (self.view.line if self.view else ""),
            "faces": self.view.faces if self.view else 0,
            "findings": [_finding(f) for f in (*self.findings, *filter(None, [self.lips_and_voice]))],
            "mouths": {"looked_at": self.lips.looked_at, "left_out": self.lips.left_out},
            "prompt": {"id": self.prompt.id, "say": self.prompt.say} if self.prompt else None,
            "prompts_left": len(self._prompts) - self._asked,
            "latency": self.latency.summary(),
            "pictures": {"arrived": self.newest.arrived, "not_looked_at": self.newest.replaced},
            "slow": self.behind_s > BEHIND_S,
            "notes": list(self.notes),
            "files": [p.name for p in self.to_compare],
        }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check, "outcome": finding.outcome.value, "statement": finding.statement,
        "support": finding.support.value if finding.support else None, "provisional": finding.provisional,
    }  # fmt: skip
