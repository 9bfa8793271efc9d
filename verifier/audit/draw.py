"""Draws a blind set: a coin says of each call whether it is changed or genuine; both are drawn in the same way, under names that tell nothing."""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from verifier.atomic import atomic_file
from verifier.audit.excerpt import Excerpt
from verifier.audit.people import AuditError, Company, Person
from verifier.audit.sets import PUT_TOGETHER, SET, AuditSet, Item, ItemTruth, read_set, sealed_truth, truth_path
from verifier.media.recording import Recording
from verifier.media.types import MediaError
from verifier.seeds.ladder import Step
from verifier.seeds.make import GENUINE, SEEDED, Mark, Truth, make
from verifier.seeds.recipes import RECIPES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROXY = "proxy"
AUDITED = tuple(name for name in RECIPES if name != PUT_TOGETHER)
"""Manipulations that a set may have."""
DAYS = 90
"""A set expires so long after it was made, or with the first consent that ends."""
FILTERED = 0.25
"""Share of calls whose picture went through an honest caller's filter."""
SECOND_ROUNDS = 0.15
"""Share of the other items that have an earlier round too, where the set may have proxies: two rounds do not tell the seed."""
LEAST_SECONDS, MOST_ITEMS = 4.0, 2000


@dataclass(frozen=True)
class Wanted:
    count: int = 20
    seconds: float = 40.0
    """A call is half as long to as long: length must not tell what was done."""
    recipes: tuple[str, ...] = AUDITED
    seed: int | None = None
    """None: drawn; nobody can foresee the set."""
    expires: date | None = None


def draw_set(
    company: Company, out: Path, wanted: Wanted, today: date,
    progress: Callable[[str, float], None] = lambda stage, share: None,
) -> AuditSet:  # fmt: skip
    """Writes the set and, beside it, its truth; both appear whole or not at all.

    Raises:
        AuditError: there is something already; or the clips do not give what is wanted.
    """
    if not 2 <= wanted.count <= MOST_ITEMS or wanted.seconds < LEAST_SECONDS:
        raise AuditError(f"a set has 2 to {MOST_ITEMS} items of at least {LEAST_SECONDS:.0f} seconds")
    if out.exists() or truth_path(out).exists():
        raise AuditError(f"{out.name} or its truth is there already: choose another name with --out")
    ends = [p.until for p in company.people if p.until is not None]
    expires = min([wanted.expires or today + timedelta(days=DAYS), *ends])
    if expires < today:
        raise AuditError(f"the set would have expired on {expires}")
    rng = np.random.default_rng(secrets.randbits(64) if wanted.seed is None else wanted.seed)
    set_id = rng.bytes(8).hex()
    partial = out.with_name(f".{out.name}.{set_id}.part")
    try:
        partial.mkdir(parents=True)
        drawing = _Drawing(company, wanted, rng, partial, Mark(True, str(expires), company.consent))
        items, truths = drawing.draw(progress)
        content, digest = sealed_truth(set_id, truths)
        (partial / SET).write_text(json.dumps({
            "schema": "audit-set-1", "id": set_id, "made": str(today), "expires": str(expires), "consent": company.consent,
            "truth_sha256": digest, "items": [item.model_dump() for item in items],
        }, indent=1) + "\n")  # fmt: skip
        with atomic_file(truth_path(out)) as sink:
            sink.write(content)
        partial.rename(out)
    except OSError as error:
        raise AuditError(f"{out.name} cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return read_set(out)


def planned(recipes: Sequence[str], count: int, rng: np.random.Generator) -> list[tuple[str, bool]]:
    """(seed, whether it is changed) of every call. Seeds take turns; the coin is thrown anew, so no count of those seen tells the rest."""
    return [(recipes[n % len(recipes)], bool(rng.random() < 0.5)) for n in range(count)]


class _Drawing:
    def __init__(self, company: Company, wanted: Wanted, rng: np.random.Generator, out: Path, mark: Mark) -> None:
        self._company, self._wanted, self._rng, self._out, self._mark = company, wanted, rng, out, mark
        self._reasons: dict[str, str] = {}

    def draw(self, progress: Callable[[str, float], None]) -> tuple[list[Item], dict[str, ItemTruth]]:
        recipes = [self._wanted.recipes[i] for i in self._rng.permutation(len(self._wanted.recipes))]
        plan = planned(recipes, self._wanted.count, self._rng)
        items, truths = [], {}
        for done, place in enumerate(self._rng.permutation(len(plan))):
            progress("calls", done / len(plan))
            name, changed = plan[place]
            item, truth = self._one(name, changed, recipes)
            items.append(item)
            truths[item.id] = truth
        return items, truths

    def _one(self, name: str, changed: bool, recipes: Sequence[str]) -> tuple[Item, ItemTruth]:
        """The seed that was planned, or the next one that the clips give."""
        at = recipes.index(name)
        for other in (*recipes[at:], *recipes[:at]):
            if other in self._reasons:
                continue
            for person in (self._company.people[i] for i in self._rng.permutation(len(self._company.people))):
                try:
                    return self._made(other, changed, person)
                except MediaError as error:
                    reason = str(error)
            self._reasons[other] = reason
        raise AuditError(f"these clips give no such calls: {next(iter(self._reasons.values()))}")

    def _made(self, name: str, changed: bool, person: Person) -> tuple[Item, ItemTruth]:
        rng = self._rng
        seed, step = int(rng.integers(1 << 31)), Step.drawn(rng, filtered=FILTERED)
        seconds = self._wanted.seconds * float(rng.uniform(0.5, 1.0))
        clip = person.clips[int(rng.integers(len(person.clips)))]
        source = Excerpt.drawn(clip, seconds, rng)
        length = (
            source.seconds / 2 if name == PROXY else source.seconds
        )  # a genuine second round is half of the excerpt
        theirs = [
            (p.name, Excerpt.drawn(p.clips[int(rng.integers(len(p.clips)))], length, rng))
            for p in self._company.people if p is not person
        ]  # fmt: skip
        # a proxy who speaks for a shorter time than the candidate would have could be told by that
        others = [e for _, e in theirs if name != PROXY or e.seconds >= length - 0.05]
        part = SEEDED if changed else GENUINE
        truth = make(name, source, others, seed, step, self._out, self._mark, parts=(part,), past_end=False)
        item_id = rng.bytes(4).hex()
        first = truth.first_round or self._earlier(Excerpt.drawn(clip, source.seconds, rng), others, seed, step)
        files = self._renamed([f for f in (first, truth.file or truth.twin) if f], item_id)
        used = {sha256 for _, sha256 in truth.sources[1:]} if changed else set()
        donors = sorted({name for name, e in theirs if e.sha256 in used})
        return Item(id=item_id, files=files), _truth(
            truth, name if changed else "", person, donors, self._lines(files[-1])
        )

    def _earlier(self, source: Excerpt, others: Sequence[Excerpt], seed: int, step: Step) -> str:
        """Now and then a genuine first round of the same person, whatever is done to the second; empty: there is none."""
        if PROXY not in self._wanted.recipes or self._rng.random() >= SECOND_ROUNDS:
            return ""
        try:
            return make(PROXY, source, others, seed, step, self._out, self._mark, parts=()).first_round
        except MediaError:  # nor do these clips give a proxy
            return ""

    def _lines(self, file: str) -> int:
        with Recording(self._out / file) as call:
            return call.facts.video.height if call.facts.video else 0

    def _renamed(self, files: Sequence[str], item_id: str) -> list[str]:
        names = []
        for number, file in enumerate(files, 1):
            part = f"-{number}" if len(files) > 1 else ""
            names.append(f"{item_id}{part}{Path(file).suffix}")
            (self._out / file).rename(self._out / names[-1])
        return names


def _truth(made: Truth, manipulation: str, person: Person, others: list[str], lines: int) -> ItemTruth:
    """lines: of the written picture, fewer than the step allows where the clip has fewer."""
    return ItemTruth(
        manipulation=manipulation, drawn_for=made.manipulation, person=person.name, group=person.group,
        quality=replace(Step(**made.step), lines=lines).name, span_s=made.span_s, others=others, parameters={**made.parameters, "step": asdict(Step(**made.step))},
    )  # fmt: skip
