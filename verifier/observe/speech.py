"""Where somebody speaks: silero-vad, run by onnxruntime from the file in its wheel; streamed, seconds of sound per call.

Importing silero-vad would import torch; its network and the rule that turns probabilities into spans need neither.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from importlib.metadata import distribution
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verifier.timing import Span

if TYPE_CHECKING:
    from verifier.timing import MediaTime

RATE = 16_000
FRAME, CONTEXT = 512, 64
"""Samples of a frame (32 ms), and of what came before it that the network also hears."""
CALL_FRAMES = 256
"""Frames per call of the network: about 8 s of sound."""
ON, OFF = 0.5, 0.35
"""Probability from which speech begins, and below which it may end."""
SHORTEST_S, PAUSE_S = 0.25, 0.25
"""Speech shorter than this is left out; shorter pauses do not interrupt it."""

Samples = NDArray[np.float32]


class SpeechNetwork:
    """Probability of speech per frame of 32 ms."""

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        path = distribution("silero-vad").locate_file("silero_vad/data/silero_vad_16k_sequence.onnx")
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def start(self) -> SpeechStream:
        """A stream of its own, which has heard nothing yet."""
        return SpeechStream(self._session)


@dataclass
class SpeechStream:
    """What the network remembers of one stretch of sound without gaps."""

    _session: Any
    _hidden: NDArray[np.float32] = field(default_factory=lambda: np.zeros((1, 1, 128), np.float32))
    _cell: NDArray[np.float32] = field(default_factory=lambda: np.zeros((1, 1, 128), np.float32))
    _context: Samples = field(default_factory=lambda: np.zeros(CONTEXT, np.float32))

    def probabilities(self, frames: Samples) -> NDArray[np.float32]:
        """[n] for the next frames [n, 512]."""
        context = np.concatenate([self._context[None], frames[:-1, -CONTEXT:]])
        heard = {"input": np.concatenate([context, frames], axis=1), "h": self._hidden, "c": self._cell}
        found, self._hidden, self._cell = self._session.run(["speech_probs", "hn", "cn"], heard)
        self._context = frames[-1, -CONTEXT:].copy()
        return np.asarray(found, np.float32)


class SpeechFinder:
    """Fed with sound in order of time, gives the spans of speech; starts afresh behind a gap."""

    def __init__(self, network: SpeechNetwork) -> None:
        self._network = network
        self.spans: list[Span] = []
        self._begin(Fraction(0))

    def _begin(self, time: MediaTime) -> None:
        self._stream, self._start = self._network.start(), time
        self._waiting: list[Samples] = []
        self._probabilities: list[NDArray[np.float32]] = []
        self._samples = 0

    def feed(self, time: MediaTime, samples: Samples) -> None:
        """Mono sound at 16 kHz that begins at `time`."""
        if abs(time - self._start - Fraction(self._samples, RATE)) > Fraction(1, 20):
            self.finish()
            self._begin(time)
        self._waiting.append(samples)
        self._samples += len(samples)
        if sum(map(len, self._waiting)) >= CALL_FRAMES * FRAME:
            self._hear(np.concatenate(self._waiting))

    def _hear(self, sound: Samples) -> None:
        whole = len(sound) // FRAME * FRAME
        self._waiting = [sound[whole:]]
        if whole:
            self._probabilities.append(self._stream.probabilities(sound[:whole].reshape(-1, FRAME)))

    def finish(self) -> None:
        """To be called once when the sound is at its end."""
        if self._waiting:
            rest = np.concatenate(self._waiting)
            self._hear(np.pad(rest, (0, -len(rest) % FRAME)))
        if self._probabilities:
            end = self._start + Fraction(self._samples, RATE)
            for span in spans_of(np.concatenate(self._probabilities)):
                self.spans.append(Span(self._start + span.start, min(end, self._start + span.end)))
        self._begin(self._start + Fraction(self._samples, RATE))


def spans_of(probabilities: NDArray[np.float32]) -> list[Span]:
    """Spans of speech, in seconds from the first frame: from ON on, until it stays below OFF for PAUSE_S."""
    step = Fraction(FRAME, RATE)
    spans: list[Span] = []
    first: int | None = None
    quiet = 0
    for index, value in enumerate(probabilities.tolist()):
        if first is None:
            if value >= ON:
                first, quiet = index, 0
            continue
        quiet = 0 if value >= ON else quiet + (value < OFF or quiet > 0)
        if quiet * step > PAUSE_S:
            spans.append(Span(first * step, (index + 1 - quiet) * step))
            first = None
    if first is not None:
        spans.append(Span(first * step, (len(probabilities) - quiet) * step))
    return [s for s in spans if s.end - s.start >= SHORTEST_S]
