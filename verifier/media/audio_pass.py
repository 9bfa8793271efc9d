"""One sound track as mono blocks on the recording's clock, streamed."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verifier.media.container import MAX_DURATION_S, OpenMedia
from verifier.media.packets import read_packets
from verifier.media.types import AudioBlock
from verifier.timing import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    import av
    from av import AudioStream

    from verifier.media.reading_log import ReadingLog
    from verifier.timing import MediaTime

BLOCK_S = 1
"""Seconds of sound in a block; the last before a gap or the end is shorter."""
_JITTER_S = Fraction(1, 20)
"""Time stamps of calls wobble by milliseconds; only beyond this does the clock win over counting samples."""
_REPORTED_GAP_S = Fraction(1, 4)
_LEAP_S = 60
"""Seconds for which pieces that join on exactly are not held against the clock."""
_LEAD_S = Fraction(1, 2)
"""Seconds decoded before and after a span and thrown away: decoders of AAC and Opus need a run-up."""

Samples = NDArray[np.float32]


class AudioPass:
    """One reading of one sound track of an opened file."""

    def __init__(
        self,
        media: OpenMedia,
        stream: AudioStream,
        sample_rate: int,
        span: Span | None,
        log: ReadingLog,
        channel: int | None = None,
    ) -> None:
        """channel: the one that is heard, from 0; None: the mean of all."""
        self._media, self._stream, self._span, self._log = media, stream, span, log
        self._channel = channel
        self._rate = sample_rate
        self._resampler: av.AudioResampler | None = None
        self._source_format: tuple[str, str, int] | None = None
        self._known_end: MediaTime | None = None
        self._since, self._since_rate = 0, 1
        """Where the last piece that was placed by the clock ends, and the samples (so many a second) that joined on since."""
        self._joins: tuple[int, int] | None = None
        """Stamp and samples per second of a piece that joins on exactly; None: only the clock can tell."""
        self._anchor = Fraction(0)
        """Time of the first sample since the last gap."""
        self._made = 0
        """Samples handed out since the anchor."""
        self._waiting: list[Samples] = []
        # decoders and the resampler hold some sound back: read on a little, the surplus is cut off
        self._until = None if span is None else Span(span.start, span.end + _LEAD_S)
        log.declared_end = media.declared_end(stream)
        media.start_near(stream, span, _LEAD_S)

    def blocks(self) -> Iterator[AudioBlock]:
        """Mono float32 blocks in order of time; what lies outside the span is cut off to the sample."""
        for frame in self._frames():
            if self._place(frame):
                yield from self._flush()
                self._anchor, self._made = self._start_of(frame), 0
            if self._resampler is None or self._source_format != _format_of(frame):
                yield from self._flush()
                self._set_up(frame)
            self._push(frame)
            yield from self._full_blocks()
        yield from self._flush()

    # -- where a piece belongs -----------------------------------------------------------------------------------

    def _start_of(self, frame: av.AudioFrame) -> MediaTime:
        if frame.pts is None or not self._stream.time_base:
            self._log.derived_times += 1
            return self._expected or Fraction(0)
        return self._media.time_of(frame.pts, self._stream.time_base)

    def _frames(self) -> Iterator[av.AudioFrame]:
        """Decoded pieces in order; those that repeat time that has passed are counted and left out."""
        for frame in self._decoded():
            if self._joins_on(frame):
                yield frame
                continue
            start = self._start_of(frame)
            if start > MAX_DURATION_S:
                self._log.notes.append("time stamps go beyond 12 hours: reading stopped there")
                return
            if self._expected is not None and start < self._expected - _JITTER_S:
                if start < self._expected - _REPORTED_GAP_S:
                    self._log.step_back(self._expected)
                continue
            yield frame

    def _place(self, frame: av.AudioFrame) -> bool:
        """Moves the clock on past `frame`; True when the frame does not join onto what came before."""
        if self._joins_on(frame):
            self._since, self._since_rate = self._since + frame.samples, frame.sample_rate
            self._expect_next(frame)
            return False
        start = self._start_of(frame)
        length = Fraction(frame.samples, frame.sample_rate)
        expected = self._expected
        self._since = 0
        self._expect_next(frame)
        if expected is not None and start <= expected + _JITTER_S:
            self._known_end = expected + length
            return False
        if expected is not None and start > expected + _REPORTED_GAP_S:
            self._log.gaps.append((expected, start))
        self._known_end = start + length
        return True

    @property
    def _expected(self) -> MediaTime | None:
        """Where the next piece of sound should begin, on the recording's clock."""
        if self._known_end is None or not self._since:
            return self._known_end
        return self._known_end + Fraction(self._since, self._since_rate)

    def _joins_on(self, frame: av.AudioFrame) -> bool:
        """Told by whole numbers: most pieces join on, and fractions for each would cost more than decoding it."""
        return (frame.pts, frame.sample_rate) == self._joins and self._since < frame.sample_rate * _LEAP_S

    def _expect_next(self, frame: av.AudioFrame) -> None:
        base = self._stream.time_base
        ticks, rest = divmod(frame.samples * base.denominator, frame.sample_rate * base.numerator) if base else (0, 1)
        exact = frame.pts is not None and not rest
        self._joins = (frame.pts + ticks, frame.sample_rate) if exact and frame.pts is not None else None

    def _decoded(self) -> Iterator[av.AudioFrame]:
        packets = read_packets(self._media, self._stream, self._until, self._log, Fraction(0))
        for packet in packets:
            yield from self._decode(packet)
        yield from self._decode(None)

    def _decode(self, packet: object) -> Iterator[av.AudioFrame]:
        from av.error import EOFError as EndOfFile
        from av.error import FFmpegError

        try:
            frames = self._stream.codec_context.decode(packet)  # type: ignore[arg-type]
        except EndOfFile:
            return
        except FFmpegError:
            self._log.undecodable += 1
            return
        self._log.decoded += len(frames)
        yield from (frame for frame in frames if frame.samples > 0 and frame.sample_rate > 0)

    # -- resampling ----------------------------------------------------------------------------------------------

    def _set_up(self, frame: av.AudioFrame) -> None:
        import av

        # a mean of the channels: FFmpeg's own mixing adds them up, which overdrives loud stereo
        mean = {"rematrix_maxval": "1.0"}
        layout = "mono" if self._channel is None else frame.layout.name
        self._resampler = av.AudioResampler(format="fltp", layout=layout, rate=self._rate, options=mean)
        self._source_format = _format_of(frame)

    def _push(self, frame: av.AudioFrame | None) -> None:
        from av.error import FFmpegError

        if self._resampler is None:
            return
        if frame is not None:
            frame.pts = None  # else the resampler would fill gaps of damaged files with hours of silence
        try:
            made = self._resampler.resample(frame)
        except (FFmpegError, ValueError):
            self._log.undecodable += 1
            return
        for piece in made:
            if piece is not None:
                sound = np.asarray(piece.to_ndarray(), dtype=np.float32)  # [channels, samples]
                # damaged files change their layout midway: a channel that is gone is heard in the last one that is there
                self._waiting.append(sound[min(self._channel or 0, len(sound) - 1)])

    def _flush(self) -> Iterator[AudioBlock]:
        """All that is waiting, as the end of a stretch without gaps."""
        self._push(None)
        self._resampler = None
        yield from self._full_blocks()
        if self._waiting:
            rest = np.concatenate(self._waiting)
            self._waiting = []
            yield from self._block(rest)

    def _full_blocks(self) -> Iterator[AudioBlock]:
        size = self._rate * BLOCK_S
        if sum(map(len, self._waiting)) < size:
            return
        sound = np.concatenate(self._waiting)
        whole = len(sound) // size * size
        self._waiting = [sound[whole:]] if whole < len(sound) else []
        for at in range(0, whole, size):
            yield from self._block(sound[at : at + size])

    def _block(self, samples: Samples) -> Iterator[AudioBlock]:
        time = self._anchor + Fraction(self._made, self._rate)
        self._made += len(samples)
        if self._span is not None:
            first = max(0, -((time - self._span.start) * self._rate // 1))
            last = max(0, -((time - self._span.end) * self._rate // 1))
            samples, time = samples[first:last], time + Fraction(first, self._rate)
        if len(samples):
            # sound stored as floating point may hold anything; what is not a number is silence
            clean = np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
            yield AudioBlock(time, clean.astype(np.float32, copy=False), self._rate)


def _format_of(frame: av.AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate
