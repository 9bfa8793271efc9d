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
from verifier.document_desk import DocumentResult
from verifier.documents.reading import documents_among
from verifier.intake import take_in
from verifier.media.still import read_stills
from verifier.observe.portrait import CLOSE_UP, PortraitFinder

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

    results = api.check_documents(files, progress=progress)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cost = np.array(took[1:])
    print(f"{len(cost)} documents ({min(count, len(real))} published specimens), all checks, one after the other")
    for name, values in (("seconds of one core", cost[:, 0]), ("seconds of wall time", cost[:, 1])):
        spread = (
            f"median {np.median(values):.1f}, 95th percentile {np.percentile(values, 95):.1f}, most {values.max():.1f}"
        )
        print(f"  {name}: {spread} ({files[1 + int(values.argmax())].name})")
    print(f"  over {MOST_S:.0f} s of one core: {(cost[:, 0] > MOST_S).sum()} (target: none)")
    print(f"  peak memory of the whole batch: {peak:.0f} MiB (target: under {MEMORY_MIB})")
    _photos([s for r in results if (s := _eyes(r)) is not None])
    return 0


def _eyes(result: DocumentResult) -> float | None:
    """Distance of the portrait's eyes over the long side of its page, which is no larger than the picture."""
    seen = result.seen
    if seen is None or seen.page is None or seen.portrait is None or seen.portrait.kept is None:
        return None
    return seen.portrait.kept.crop.inter_eye_px / max(seen.page.size)


def _photos(of_documents: list[float]) -> None:
    """Portraits handed in as references: what it costs to see that they are no document."""
    people = sorted({p.parent: p for p in sorted((material.data() / "faces").rglob("*.jpg"), reverse=True)}.values())
    photos = people[:: max(1, len(people) // PHOTOS)][:PHOTOS]
    finder, shares = PortraitFinder(), []
    took: dict[str, list[float]] = {"as any picture": [], "as close-ups": []}
    for one in take_in((), photos).references:
        image = read_stills(one.path)[0].image
        kept = finder.find([image]).kept
        shares += [kept.crop.inter_eye_px / max(image.shape)] if kept is not None else []
        for how, close_ups in zip(took, ((), (one.id,)), strict=True):
            at = time.process_time()
            documents_among([one], finder, close_ups)
            took[how].append(time.process_time() - at)
    if shares and of_documents:
        print(
            f"{len(photos)} portrait photos, seconds of one core until each is known to be no document (with loading):"
        )
        print("".join(f"  {how}: median {np.median(v):.2f}, most {max(v):.2f}\n" for how, v in took.items()), end="")
        close = sum(s > CLOSE_UP for s in shares)
        print(f"  eyes over the long side: {close} of {len(shares)} photos above {CLOSE_UP} ({min(shares):.3f} to {max(shares):.3f}); "
              f"{len(of_documents)} documents {min(of_documents):.3f} to {max(of_documents):.3f}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
