"""`python -m tests.benchmarks.documents [COUNT]`: what reading and checking a document costs, in one batch of COUNT files, and what a photo costs that is none.

Published specimens, and generated documents of every format at three qualities. The first file only loads the models. Seconds of one core are processor seconds of
all threads together: they hold on a busy machine too.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time

import numpy as np

from tests.benchmarks import material
from verifier import api
from verifier.documents.reading import documents_among
from verifier.intake import take_in
from verifier.observe.portrait import PortraitFinder

FOLDER = material.SCRATCH / "documents"
GENERATED = 24
"""Documents, each at three qualities: every format three times."""
MOST_S, MEMORY_MIB = 6.0, 1500
PHOTOS = 20


def main(count: int) -> int:
    """Exit code 0, also where a target is missed."""
    if not (FOLDER / "truth.json").exists():
        made = ["--out", str(FOLDER), "--count", str(GENERATED), "--seed", "300"]
        subprocess.run([sys.executable, "-m", "samples.documents", *made], check=True)
    pictures = {".jpg", ".png"}
    real = sorted(p for p in (material.data() / "documents").glob("*") if p.suffix in pictures)
    drawn = sorted(p for p in FOLDER.iterdir() if p.suffix in pictures)
    files = [real[0] if real else drawn[0], *(real + drawn)[:count]]
    took: list[tuple[float, float]] = []
    at = [time.process_time(), time.monotonic()]

    def progress(stage: str, share: float) -> None:
        now = [time.process_time(), time.monotonic()]
        took.append((now[0] - at[0], now[1] - at[1]))
        at[:] = now

    api.check_documents(files, progress=progress)
    cost = np.array(took[1:])
    print(f"{len(cost)} documents ({min(count, len(real))} published specimens), all checks, one after the other")
    for name, values in (("seconds of one core", cost[:, 0]), ("seconds of wall time", cost[:, 1])):
        dearest = files[1 + int(values.argmax())].name
        print(
            f"  {name}: median {np.median(values):.1f}, 95th percentile {np.percentile(values, 95):.1f}, most {values.max():.1f} ({dearest})"
        )
    print(f"  over {MOST_S:.0f} s of one core: {(cost[:, 0] > MOST_S).sum()} (target: none)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory of the whole batch: {peak:.0f} MiB (target: under {MEMORY_MIB})")
    _photos()
    return 0


def _photos() -> None:
    """Portraits handed in as references: what it costs to see that they are no document."""
    people = sorted({p.parent: p for p in sorted((material.data() / "faces").rglob("*.jpg"), reverse=True)}.values())
    photos = people[:: max(1, len(people) // PHOTOS)][:PHOTOS]
    finder, took = PortraitFinder(), []
    for one in take_in((), photos).references:
        at = time.process_time()
        documents_among([one], finder)
        took.append(time.process_time() - at)
    if took:
        print(
            f"{len(took)} portrait photos: seconds of one core until each is known to be no document, with the models loaded anew: median {np.median(took):.1f}, most {max(took):.1f}"
        )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
