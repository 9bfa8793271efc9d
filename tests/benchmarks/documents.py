"""`python -m tests.benchmarks.documents [COUNT]`: what reading and checking a document costs, in one batch of COUNT files, and what a photo costs that is none.

`python -m tests.benchmarks.documents --batch 100`: what the command costs, `verifier document` on 100 generated documents and on the published specimens, and how
often the number in their zones was found in print; written to docs/documents.md.

Published specimens, and generated documents of every format at three qualities. The first file only loads the models. Seconds of one core are processor seconds of
all threads together: they hold on a busy machine too.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.benchmarks import material
from verifier import api
from verifier.document_desk import DocumentResult
from verifier.documents.reading import documents_among
from verifier.intake import take_in
from verifier.media.still import read_stills
from verifier.observe.portrait import CLOSE_UP, PortraitFinder

FOLDER = material.SCRATCH / "documents"
GENERATED = 34
"""Documents, each at three qualities: every format three times and more."""
_PICTURES = {".jpg", ".png"}
MOST_S, MEMORY_MIB = 6.0, 1500
FULL = 100
"""Documents from which on a batch writes its page."""
PAGE = material.ROOT / "docs" / "documents.md"
WRITTEN = "Written by `python -m tests.benchmarks.documents --batch {}`; do not edit. On a machine that does other things as well the wall time is longer."
PHOTOS = 20


def batch(count: int) -> int:
    """Exit code 0, also where a target is missed. With 100 documents and more it writes `PAGE`."""
    drawn, lines = _generated(), []
    said = "`verifier document`, one batch each; time and memory of the whole command, its start and its page included:"
    for line in (said, "", *_batch("generated documents", drawn[:count], _with_number()), *_batch("published specimens", _published())):  # fmt: skip
        print(line, flush=True)
        lines.append(line)
    if count >= FULL:
        PAGE.write_text("\n".join(["# What a batch of documents costs", "", WRITTEN.format(count), "", *lines, ""]))
    return 0


def _batch(name: str, files: list[Path], with_number: set[str] | None = None) -> Iterator[str]:
    """with_number: names of the files that show a printed number; None: not known."""
    if not files:
        return
    out, page = FOLDER / "batch.json", FOLDER / "batch.html"
    before, at = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [str(Path(sys.executable).with_name("verifier")), "document", *map(str, files)]
    subprocess.run([*command, "--json", str(out), "--out", str(page)], check=True, stdout=subprocess.DEVNULL)
    wall, used = time.monotonic() - at, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    yield (
        f"- {len(files)} {name}: {cpu / len(files):.1f} s of one core a document, {wall / len(files):.1f} s of wall time; peak memory so far "
        f"{used.ru_maxrss / 1024:.0f} MiB (target: under {MEMORY_MIB}); page {page.stat().st_size / 2**20:.0f} MiB"
    )
    zones = {d["name"]: d["mrz"] for d in json.loads(out.read_text())["documents"] if d["mrz"]}
    found = Counter(z["printed_number"]["likeness"] for z in zones.values() if z["printed_number"])
    there = (
        f", {len(zones.keys() & with_number)} of them on pages that show a printed number"
        if with_number is not None
        else ""
    )
    yield (
        f"  - number in the zone against print: {len(zones)} zones{there}; compared {found.total()}: the same {found['same']}, in doubt by look-alikes "
        f"{found['look_alike']}, in doubt {found['nearly']}, different {found['different']} (target: 0)"
    )


def _with_number() -> set[str]:
    """Of the generated documents; a card's back alone shows none."""
    truth = json.loads((FOLDER / "truth.json").read_text())
    return {name for name, one in truth.items() if one["fields"].get("number")}


def _generated() -> list[Path]:
    if not (FOLDER / "truth.json").exists():
        made = ["--out", str(FOLDER), "--count", str(GENERATED), "--seed", "300"]
        subprocess.run([sys.executable, "-m", "samples.documents", *made], check=True)
    return sorted(p for p in FOLDER.iterdir() if p.suffix in _PICTURES)


def _published() -> list[Path]:
    return sorted(p for p in (material.data() / "documents").glob("*") if p.suffix in _PICTURES)


def main(count: int) -> int:
    """Exit code 0, also where a target is missed."""
    real, drawn = _published(), _generated()
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
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    sys.exit((batch if "--batch" in sys.argv else main)(numbers[0] if numbers else 100))
