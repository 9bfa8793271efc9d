"""`python -m tests.benchmarks.manipulations [--clips 2] [--jobs 2]`: what each check says of seeded calls, and of genuine ones.

Every manipulation of verifier/seeds through every step of a call ladder, each of so many clips of people talking; every
genuine clip through the same steps, and through filters of honest callers' software; published detectors on the same
calls. Prints the tables and writes docs/manipulations.md. What was measured is kept in .work until the code that measures it changes
(`code_hash`), so a stopped run goes on. Without real media the drawn people of the samples stand in, and no page is written.
--only filtered: the genuine calls behind filters alone, without a page.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import sys
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks import manipulation_peers, material
from tests.benchmarks.code_hash import code_hash
from tests.benchmarks.manipulation_tables import CHECKS, GENUINE, TWIN, filtered, tables
from verifier.atomic import atomic_file
from verifier.audit.excerpt import Excerpt
from verifier.checks import catalogue
from verifier.face_rendering import well_spread
from verifier.findings import Finding, Outcome
from verifier.media.types import MediaError
from verifier.observe.face_crop import FaceCrop
from verifier.observing import NothingUsable, observe_case
from verifier.seeds.filters import NAMES
from verifier.seeds.ladder import VP8, Step, called, through
from verifier.seeds.make import GENUINE as THE_TWIN
from verifier.seeds.make import SEEDED, make
from verifier.seeds.recipes import PICTURE_SEEDS, RECIPES
from verifier.seeds.shots import Source
from verifier.timing import Span

STEPS = (Step(540, 800_000), Step(360, 300_000), Step(360, 150_000, VP8, 0.1))
FILTERED = tuple(Step(480, 500_000, filter=name) for name in NAMES)
WITH_OWN_TWIN = ("proxy", "whispered answer")
"""Their twins are not the clip as it is."""
LEAST_S = 4.5
STRETCH_S = 4.0
"""Genuine clips are cut into stretches of this length and more before they go through a filter; shorter ones stay whole."""
FACES = ("face-continuity", "replay")
"""What can be asked of a call without sound."""
ROOTS = ("tests.benchmarks.manipulations", "verifier.observe.comparators.dlib_face", "verifier.observe.comparators.mobileface",
         "verifier.observe.comparators.resemblyzer_voice")  # fmt: skip
"""The comparators are found by entry points, which no import shows."""
APART = (
    "verifier.api",
    "verifier.report",
    "verifier.documents",
    "verifier.docs",
    "tests.benchmarks.manipulation_tables",
    "tests.benchmarks.code_hash",
)
APART_MODELS = ("face_rendering", "document_editing", "document_ghost", "mrz_cells")
PAGE = material.ROOT / "docs" / "manipulations.md"
ORDER = (
    Outcome.OBSERVED,
    Outcome.INCONCLUSIVE,
    Outcome.NOT_OBSERVED,
    Outcome.ERROR,
    Outcome.NOT_AVAILABLE,
    Outcome.NOT_APPLICABLE,
)


@dataclass(frozen=True)
class Call:
    """what: a recipe, GENUINE, or a recipe and TWIN. clip: its place in `clips()`, or in `stretches()` where the step has a filter."""

    what: str
    clip: int
    step: Step

    @property
    def file(self) -> str:
        return f"{self.what}-{self.clip:02d}-{self.step.name}.json".replace(" ", "-").replace("%", "").replace(",", "")


@cache
def clips() -> tuple[tuple[Path, str], ...]:
    """Clips of people talking, and who it is."""
    listed = material.data() / "clips.csv"
    if not listed.is_file():
        return tuple((p, p.stem) for p in sorted((material.ROOT / "samples" / "media").glob("round-*.mp4")))
    with listed.open() as source:
        rows = [r for r in csv.DictReader(source) if r["label"] == "genuine" and float(r["seconds"]) >= LEAST_S]
    return tuple(
        (material.data() / r["path"], r["identity"])
        for r in rows
        if "/hdtf/" in r["path"] or "/retalking/" in r["path"]
    )


@cache
def stretches() -> tuple[tuple[Path, str, Span], ...]:
    """Every genuine clip and the sample rounds of drawn people, in parts that share no second: path, who it is, the part."""
    rounds = sorted((material.ROOT / "samples" / "media").glob("round-?.mp4"))
    drawn = [(path, f"drawn {1 + (path.stem == 'round-3')}") for path in rounds]
    listed, real = material.data() / "clips.csv", []
    if listed.is_file():
        with listed.open() as source:
            real = [
                (material.data() / r["path"], r["identity"]) for r in csv.DictReader(source) if r["label"] == "genuine"
            ]
    found = []
    for path, person in (*real, *drawn):
        seconds = Source.open(path).seconds
        parts = max(1, int(seconds / STRETCH_S + 0.05))
        edges = [Fraction(seconds).limit_denominator(1000) * n / parts for n in range(parts + 1)]
        found += [(path, person, Span(a, b)) for a, b in pairwise(edges)]
    return tuple(found)


def plan(count: int) -> Iterator[Call]:
    """Genuine ones first; each manipulation gets other clips at every step."""
    everybody = range(len(clips()))
    yield from (Call(GENUINE, clip, step) for step in STEPS for clip in everybody)
    yield from (Call(GENUINE, part, step) for part in range(len(stretches())) for step in FILTERED)
    for place, what in enumerate(RECIPES):
        for number, step in enumerate(STEPS):
            for more in range(min(count, len(everybody))):
                clip = (place + number * count + more) % len(everybody)
                yield Call(what, clip, step)
                if what in WITH_OWN_TWIN:
                    yield Call(f"{what}{TWIN}", clip, step)


def measured(call: Call, kept: Path) -> dict[str, Any]:
    """The record of one call, from `kept` where it was measured before; pictures of its face lie beside it."""
    target = kept / call.file
    if not target.exists():
        with tempfile.TemporaryDirectory() as temporary:
            record, crops = _measure(call, Path(temporary))
        if crops:
            np.savez(target.with_suffix(".npz"), crops=np.stack([c.image for c in crops]))
        with atomic_file(target) as sink:
            sink.write(json.dumps(record).encode())
    found: dict[str, Any] = json.loads(target.read_text())
    return found


def _measure(call: Call, folder: Path) -> tuple[dict[str, Any], list[FaceCrop]]:
    path, person, span = stretches()[call.clip] if call.step.filter else (*clips()[call.clip], None)
    record: dict[str, Any] = {
        "what": call.what,
        "person": person,
        "step": call.step.name,
        "filter": call.step.filter,
        "seconds": 0.0,
    }
    try:
        paths, changed = _made(call, path, span, folder)
        observed = observe_case(paths, checks=CHECKS if Source.open(paths[-1]).facts.audio else FACES)
    except (MediaError, NothingUsable) as error:
        return {**record, "why": str(error)}, []
    case, _ = observed.gatherer.case(observed.rounds, (), (), "bench")
    last = case.rounds[-1]
    findings = catalogue.run_all(catalogue.select(CHECKS), case)
    about = [f for f in findings if not f.rounds or last.round.id in f.rounds]
    said = {check: said_of([f for f in about if f.check == check], changed) for check in CHECKS}
    more: dict[str, Any] = {"file": call.file}
    crops: list[FaceCrop] = []
    if call.what in (GENUINE, *PICTURE_SEEDS) and not call.step.filter and last.candidate is not None:
        crops = well_spread(last.candidate.person.kept)
        more["rendering"] = manipulation_peers.course(paths[-1])
    if call.what in (GENUINE, "screen replay") and not call.step.filter:
        more["screen"] = manipulation_peers.screen(paths[-1])
    return {**record, "seconds": float(last.end), "said": said, **more}, crops


def with_rendering(record: dict[str, Any], kept: Path) -> dict[str, Any]:
    """What the detectors of today say of the pictures that were kept: they change more often than the checks do."""
    crops = kept / str(Path(record.get("file", "")).with_suffix(".npz"))
    if "rendering" not in record or not crops.is_file():
        return record
    return {**record, "rendering": {**manipulation_peers.rendering(np.load(crops)["crops"]), **record["rendering"]}}


def _made(call: Call, path: Path, part: Span | None, folder: Path) -> tuple[list[Path], tuple[float, float]]:
    """The files of the call, and the seconds of the last of them that are changed."""
    seed = 100 * call.clip + zlib.crc32(call.step.name.encode()) % 100
    if part is not None:
        source = Source.open(path)
        excerpt = Excerpt(path, source.sha256, source.facts, part)
        return [called(excerpt, folder / f"call{call.step.suffix}", call.step, seed=seed)], (0.0, 0.0)
    if call.what == GENUINE:
        return [through(path, folder / f"call{call.step.suffix}", call.step, seed=seed)], (0.0, 0.0)
    person, recipe = clips()[call.clip][1], call.what.removesuffix(TWIN)
    others = [Source.open(p) for p, who in clips() if who != person]
    part = SEEDED if recipe == call.what else THE_TWIN
    truth = make(recipe, Source.open(path), others, seed, call.step, folder, parts=(part,))
    names = [n for n in (truth.first_round, truth.file or truth.twin) if n]
    return [folder / n for n in names], (0.0, 0.0) if call.what.endswith(TWIN) else truth.span_s


def said_of(findings: Iterable[Finding], span: tuple[float, float]) -> str:
    """The most that a check says; "elsewhere" where it points only at seconds that nobody changed."""
    outcomes = set()
    for f in findings:
        away = f.spans and span[1] > span[0] and all(s.end < span[0] or s.start > span[1] for s in f.spans)
        outcomes.add("elsewhere" if away and f.outcome is Outcome.OBSERVED else f.outcome.value)
    return next(
        (o.value for o in ORDER if o.value in outcomes), "elsewhere" if outcomes else Outcome.NOT_APPLICABLE.value
    )


def kept_in() -> Path:
    """A folder for what this very code finds; the detectors of rendering are asked anew each time."""
    folder = material.SCRATCH / "manipulations" / code_hash(ROOTS, _fitted(), _apart)[:12]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _apart(module: str) -> bool:
    """Code that says nothing here: pages and documents, checks that are not asked, detectors that are asked anew, tables."""
    checks = {name: check.__name__ for name, check in catalogue.CHECKS.items()}
    if module in checks.values():
        return module not in {checks[name] for name in CHECKS}
    if module.startswith("verifier_models.face_rendering."):
        return not module.endswith(".lrnet")  # what it says is kept
    return module.startswith(APART)


def _fitted() -> list[Path]:
    """Calibrations and weights that were fitted."""
    listed = (material.ROOT / "models").rglob("*")
    return [p for p in listed if p.suffix in (".json", ".onnx") and p.parent.name not in APART_MODELS]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.manipulations", description=__doc__)
    parser.add_argument("--clips", type=int, default=2, help="of each manipulation, at each step")
    parser.add_argument("--jobs", type=int, default=min(2, multiprocessing.cpu_count()))
    parser.add_argument("--only", choices=["filtered"])
    options = parser.parse_args()
    calls, kept, began = list(plan(options.clips)), kept_in(), time.monotonic()
    calls = [c for c in calls if c.step.filter or not options.only]
    new = sum(not (kept / c.file).exists() for c in calls)
    print(f"{len(calls)} calls, {new} of them not measured yet", flush=True)
    records: list[dict[str, Any]] = []
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn")) as pool:
        for done in as_completed([pool.submit(measured, call, kept) for call in calls]):
            records.append(done.result())
            if new and len(records) % 10 == 0:
                print(f"{len(records)} of {len(calls)}, {(time.monotonic() - began) / 60:.1f} min", flush=True)
    records = [with_rendering(r, kept) for r in records]
    records.sort(key=lambda r: json.dumps(r, sort_keys=True))
    if options.only:
        print("\n".join(filtered(records)))
        return 0
    text = "\n".join(tables(records, [s.name for s in STEPS], len(clips()))) + "\n"
    print(text)
    if (material.data() / "clips.csv").is_file():
        PAGE.write_text(text)
        print(f"written: {PAGE.relative_to(material.ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
