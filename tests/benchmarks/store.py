"""`python -m tests.benchmarks.store`: what listing, searching and one-to-many cost in a case folder, on one core.

CPU time beside wall time: on a busy machine the first is the measure. FULL=1 adds what a fourth round costs in a case of three.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from verifier.observe.face_crop import FaceCrop
from verifier.observe.face_quality import FaceQuality
from verifier.observe.faces import KeptCrop
from verifier.observe.templates import FaceTemplate
from verifier.store import codec, schema, vault
from verifier.store.marks import digest, marks_of
from verifier.store.observations import KeptTemplate
from verifier.store.records import Candidate
from verifier.store.repository import Repository
from verifier.store.search import gallery

CASES, TEMPLATES, REPEATS = 10_000, 100_000, 7
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "media"


@dataclass(frozen=True)
class Times:
    wall_ms: float
    cpu_ms: float


def best_of(work: Callable[[], object], repeats: int = REPEATS) -> Times:
    found = []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        found.append((time.perf_counter() - wall, time.process_time() - cpu))
    return Times(min(w for w, _ in found) * 1000, min(c for _, c in found) * 1000)


def row(what: str, times: Times, target: str = "") -> None:
    print(f"{what:<72} {times.wall_ms:8.1f} ms wall {times.cpu_ms:8.1f} ms CPU  {target}", flush=True)


def main() -> None:
    with threadpool_limits(1):
        _all()


def _all() -> None:
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as name:
        _listing(Path(name) / "folder")
    for size in (128, 512):
        _one_to_many(size)
    if os.environ.get("FULL"):
        with tempfile.TemporaryDirectory(dir=memory) as name:
            _fourth_round(Path(name) / "folder")


def _listing(folder: Path) -> None:
    secret = vault.Secret("key file", b"k" * 32)
    with Repository.open(folder, secret=secret, create=True) as repository:
        _fill(repository, CASES)

    def first() -> None:
        with Repository.open(folder, secret=secret) as fresh:
            assert len(fresh.cases()) == CASES

    row(f"open a locked folder and list {CASES:,} cases", best_of(first, 3), "target 200 ms")
    with Repository.open(folder, secret=secret) as repository:
        repository.cases()
        row(f"list {CASES:,} cases again", best_of(lambda: repository.cases()), "target 200 ms")
        row(
            f"find one of {CASES:,} cases by a part of a name",
            best_of(lambda: repository.cases("Person 77 ")),
            "target 200 ms",
        )
        everybody = {line.id for line in repository.cases()}
        load = best_of(lambda: gallery(repository, "face", everybody), 2)
        row(f"load a gallery of {CASES:,} templates from the folder", load)
        one = marks_of(Candidate(emails=("person4711@example.org",)))
        row(
            f"find a contact among {CASES:,} cases", best_of(lambda: repository.sharing("c-none", one)), "target 200 ms"
        )


def _fill(repository: Repository, count: int) -> None:
    """Many cases in one transaction of each database; one by one, each is made durable by itself."""
    search = repository.keys.get("search")
    with repository.writing("fill") as tx, repository.keys._writing() as keys:
        for n in range(count):
            case_id, key = f"c-{n:08x}", vault.new_key()
            keys.execute(
                "INSERT INTO keys VALUES (?, ?, ?, ?)", (case_id, case_id, 0.0, repository.keys._wrapped(key, case_id))
            )
            candidate = Candidate(
                name=f"Person {n} Ümlaut", emails=(f"person{n}@example.org",), phones=(f"030 {n:07}",)
            )
            sealed = vault.seal(key, codec.pack(candidate), f"case {case_id}")
            tx.execute(schema.cases.insert().values(id=case_id, created="2026-01-01T00:00:00+00:00", sealed=sealed))
            entry = {"id": f"e-{n:08x}", "kind": "observation", "number": 1, "created": "2026-01-01", "sealed": b""}
            tx.execute(schema.entries.insert().values(case_id=case_id, **entry))
            keys.execute(
                "INSERT INTO keys VALUES (?, ?, ?, ?)",
                (entry["id"], case_id, 0.0, repository.keys._wrapped(key, entry["id"])),
            )
            template = vault.seal(key, codec.pack(a_template(n)), f"template t-{n}")
            of = {"id": f"t-{n}", "case_id": case_id, "entry_id": entry["id"], "kind": "face", "sealed": template}
            tx.execute(schema.templates.insert().values(**of))
            marks = [{"case_id": case_id, "kind": m.kind, "digest": digest(search, m)} for m in marks_of(candidate)]
            tx.execute(schema.marks.insert(), marks)


def a_template(seed: int) -> KeptTemplate:
    """As large as a real one by two comparators."""
    rng = np.random.default_rng(seed)
    vectors = {name: rng.standard_normal(128).astype(np.float32) for name in ("dlib", "mobileface")}
    crop = FaceCrop(np.zeros((0, 0, 3), np.uint8), None, 48.0)
    quality = FaceQuality(48.0, 0.0, 0.0, 0.3, 0.5, 0.0, mouth_visible=True)
    template = FaceTemplate(vectors, (KeptCrop(Fraction(seed, 25), crop, quality),))
    return KeptTemplate("round-1", template, dict.fromkeys(vectors, "0" * 64))


def _one_to_many(size: int) -> None:
    import faiss

    from verifier.store.gallery import TRIED, Shard

    faiss.omp_set_num_threads(1)
    rng = np.random.default_rng(1)
    vectors = rng.standard_normal((TEMPLATES, size)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    wanted = vectors[77] + 0.01
    shard, index = Shard(vectors), faiss.IndexFlatIP(size)
    index.add(vectors)
    assert shard.nearest(wanted, TRIED)[0].tolist() == index.search(wanted[None], TRIED)[1][0].tolist()
    what = f"among {TEMPLATES:,} templates of {size}"
    row(f"nearest {TRIED} {what}", best_of(lambda: shard.nearest(wanted, TRIED)), "target 50 ms")
    row(f"numpy's product alone {what}", best_of(lambda: vectors @ wanted))
    row(f"faiss IndexFlatIP {what}", best_of(lambda: index.search(wanted[None], TRIED)))


def _fourth_round(folder: Path) -> None:
    """CPU time of adding a round to a case of three, beside checking the same file alone."""
    from verifier import api, casework
    from verifier.store.consent import give
    from verifier.store.records import Consent, Purpose

    rounds = [SAMPLES / f"round-{n}.mp4" for n in (1, 2, 3)]
    fourth = SAMPLES / "round-1.mp4"
    api.check_case([fourth])  # models are loaded, caches are warm
    with Repository.open(folder, create=True) as repository:
        case = repository.new_case(Candidate(name="A"))
        give(repository, case, Consent("A", "consent", tuple(Purpose), "text", "2020-01-01", "2999-01-01"))
        casework.check(repository, case, rounds)
        copies = [folder.parent / f"round-{n}.mp4" for n in (4, 5, 6)]
        for n, copy in enumerate(copies, 1):  # other files to the folder, the same call to the observers
            copy.write_bytes(fourth.read_bytes() + b"\0" * n)
        left = iter(copies)
        alone = best_of(lambda: api.check_case(copies[:1]), 3)
        added = best_of(lambda: casework.check(repository, case, [next(left)]), 3)
    row("a round of 26 s alone", alone)
    row(
        "the same as the fourth of a case",
        added,
        f"{100 * (added.cpu_ms / alone.cpu_ms - 1):+.0f} % CPU, target + 10 %",
    )


if __name__ == "__main__":
    main()
