"""The yardstick: every picture decoded by PyAV on one thread, nothing else. `python -m ... FILE`."""

from __future__ import annotations

import sys

import av


def decode(path: str) -> int:
    count = 0
    with av.open(path) as source:
        stream = source.streams.video[0]
        stream.codec_context.thread_count = 1
        for _ in source.decode(stream):
            count += 1
    return count


if __name__ == "__main__":
    print(decode(sys.argv[1]))
