"""Writes a live call to a Matroska file as it arrives; whatever was received is on disk a second later, also after a kill.

Pictures are encoded again (H.264, crf 20), because WebRTC hands over pictures, not packets: the file shows what was seen here,
and traces of the sender's own codec are weakened in it.
"""

from __future__ import annotations

import errno
import logging
import queue
import threading
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.media.live import SharedFrame
    from verifier.timing import MediaTime

MAX_VIDEO, MAX_AUDIO = 60, 500
"""Pictures (1.4 MB each at 720p) and blocks of sound that may wait to be written; beyond, they are left out and counted."""
WAIT_FOR_PICTURE_S = 8.0
"""How long sound waits for the first picture before the file begins without pictures."""
SAMPLE_RATE, BLOCK = 48_000, 960
_MILLI = Fraction(1, 1000)
_CONTAINER = {"cluster_time_limit": "1000", "flush_packets": "1", "max_interleave_delta": "500000"}
_X264 = {"preset": "superfast", "tune": "zerolatency", "crf": "20", "threads": "1"}
log = logging.getLogger(__name__)


class Recorder:
    """One file. `video` and `audio` never wait; a thread of its own encodes and writes. Times: seconds from the file's beginning."""

    def __init__(self, path: Path, *, expects_audio: bool) -> None:
        self.path = path
        self.problem = ""
        """Why nothing is written any more, in plain words; what had been written stays."""
        self.left_out = 0
        """Pictures and blocks of sound that came quicker than they could be written."""
        self.pictures = 0
        self.without_picture = False
        """The file began with sound alone: a picture needs another one."""
        self._expects_audio = expects_audio
        self._queue: queue.SimpleQueue[tuple[str, Any, MediaTime] | None] = queue.SimpleQueue()
        self._waiting = {"video": 0, "audio": 0}
        self._lock = threading.Lock()
        self._writer: _Writer | None = None
        self._thread = threading.Thread(target=self._run, name="live-recorder", daemon=True)
        self._thread.start()

    def video(self, frame: SharedFrame, at: MediaTime) -> None:
        self._put("video", frame, at, MAX_VIDEO)

    def audio(self, frame: av.AudioFrame, at: MediaTime) -> None:
        self._put("audio", frame, at, MAX_AUDIO)

    def close(self, timeout_s: float = 20.0) -> None:
        """Writes what waits and closes the file."""
        self._queue.put(None)
        self._thread.join(timeout_s)

    def _put(self, kind: str, frame: Any, at: MediaTime, most: int) -> None:
        with self._lock:
            if self._waiting[kind] >= most or self.problem:
                self.left_out += 1
                return
            self._waiting[kind] += 1
        self._queue.put((kind, frame, at))

    def _run(self) -> None:
        try:
            self._write_all()
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            why = "there is no space left on this computer's disk" if full else "it cannot be stored on this computer"
            self.problem = f"The recording stopped: {why}. What was recorded before is kept."
        except Exception:
            log.exception("a live recording stopped")
            self.problem = "The recording stopped because of an error in the tool. What was recorded before is kept."
        finally:
            if self._writer is not None:
                try:
                    self._writer.close()
                except (OSError, ValueError) as error:
                    self.problem = self.problem or f"The end of the recording could not be written ({error})."

    def _write_all(self) -> None:
        held: list[tuple[str, Any, MediaTime]] = []
        began = time.monotonic()
        while True:
            item = self._next()
            if item is not None and item[0]:
                held.append(item)
            if self._writer is None:
                if not held:
                    if item is None:
                        return
                    began = time.monotonic()
                    continue
                picture = next((frame for kind, frame, _ in held if kind == "video"), None)
                if picture is None and item is not None and time.monotonic() - began < WAIT_FOR_PICTURE_S:
                    continue
                self.without_picture = picture is None
                self._writer = _Writer(self.path, picture, self._expects_audio)
            for kind, frame, at in held:
                self._writer.write(kind, frame, at)
                self.pictures += kind == "video"
            held = []
            if item is None:
                return

    def _next(self) -> tuple[str, Any, MediaTime] | None:
        """What waits longest; a kind of "" when nothing came for a while, None at the end."""
        try:
            item = self._queue.get(timeout=0.25)
        except queue.Empty:
            return ("", None, Fraction(0))
        if item is not None:
            with self._lock:
                self._waiting[item[0]] -= 1
        return item


class _Writer:
    """The open file. picture: the first one, whose size all have. A sound track that was promised is there from the beginning."""

    def __init__(self, path: Path, picture: SharedFrame | None, expects_audio: bool) -> None:
        self._out = av.open(str(path), "w", format="matroska", options=_CONTAINER)
        self._video: Any = None
        self._audio: Any = None
        self._last = {"video": -1, "audio": -1}
        if picture is not None:
            self._video = self._out.add_stream("libx264", rate=30, options=_X264)
            self._video.width, self._video.height = picture.width // 2 * 2, picture.height // 2 * 2
            self._video.pix_fmt = "yuv420p"
            self._video.codec_context.time_base = _MILLI
            self._video.codec_context.gop_size = 60
        if expects_audio or picture is None:
            self._audio = self._out.add_stream("libopus", rate=SAMPLE_RATE, options={"b": "96000"})
            self._audio.codec_context.layout = "stereo"
            self._audio.codec_context.format = "s16"
            self._resampler = av.AudioResampler("s16", "stereo", SAMPLE_RATE, BLOCK)

    def write(self, kind: str, frame: Any, at: MediaTime) -> None:
        if kind == "video" and self._video is not None:
            whole = frame.converted("yuv420p", self._video.width, self._video.height)
            self._encode(self._video, whole, "video", round(at * 1000), _MILLI)
        elif kind == "audio" and self._audio is not None:
            frame.pts, frame.time_base = round(at * frame.sample_rate), Fraction(1, frame.sample_rate)
            whole = frame.sample_rate == SAMPLE_RATE and frame.samples == BLOCK and frame.format.name == "s16"
            for block in [frame] if whole and frame.layout.name == "stereo" else self._resampler.resample(frame):
                known = block.pts is not None and block.time_base is not None
                pts = Fraction(block.pts or 0) * (block.time_base or 1) if known else at
                self._encode(self._audio, block, "audio", round(pts * SAMPLE_RATE), Fraction(1, SAMPLE_RATE))

    def _encode(self, stream: Any, frame: Any, kind: str, pts: int, base: Fraction) -> None:
        if pts <= self._last[kind]:
            pts = self._last[kind] + (1 if kind == "video" else BLOCK)
        self._last[kind] = pts
        frame.pts, frame.time_base = pts, base
        if kind == "video":
            frame.pict_type = av.video.frame.PictureType.NONE
        self._out.mux(stream.encode(frame))

    def close(self) -> None:
        for stream in (self._video, self._audio):
            if stream is not None:
                self._out.mux(stream.encode(None))
        self._out.close()
