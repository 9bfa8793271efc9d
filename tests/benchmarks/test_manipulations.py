from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from tests.benchmarks import manipulations, material
from tests.benchmarks.manipulation_tables import CHECKS, GENUINE, TWIN, filtered, share, summary, tables
from tests.benchmarks.manipulations import STEPS, Call, _made, clips, measured, plan, said_of
from verifier.checks import catalogue
from verifier.findings import Finding, FindingFactory, Outcome
from verifier.seeds.ladder import Step
from verifier.seeds.recipes import RECIPES
from verifier.seeds.shots import Source
from verifier.timing import Span


@pytest.fixture
def drawn_people(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No real media: the drawn people of the samples stand in."""
    monkeypatch.setattr(material, "data", lambda: tmp_path)
    for cached in (manipulations.clips, manipulations.stretches):
        cached.cache_clear()
    yield
    for cached in (manipulations.clips, manipulations.stretches):
        cached.cache_clear()


@pytest.mark.usefixtures("drawn_people")
def test_every_manipulation_meets_every_step_and_has_its_twin_there() -> None:
    calls = list(plan(2))
    assert len({c.file for c in calls}) == len(calls)
    genuine = {(c.clip, c.step) for c in calls if c.what == GENUINE}
    for what in RECIPES:
        for step in STEPS:
            here = [c for c in calls if (c.what, c.step) == (what, step)]
            assert len({c.clip for c in here}) == 2
            twins = {(c.clip, c.step) for c in calls if c.what == f"{what} (twin)"} or genuine
            assert {(c.clip, c.step) for c in here} <= twins


@pytest.mark.slow
@pytest.mark.usefixtures("drawn_people")
def test_a_frozen_call_of_drawn_people_is_seen_its_twin_is_not_and_neither_is_measured_twice(tmp_path: Path) -> None:
    frozen, genuine = (measured(Call(what, 1, STEPS[1]), tmp_path) for what in ("frozen", GENUINE))
    assert frozen["said"]["replay"] == "observed"
    assert genuine["said"]["replay"] == "not_observed"
    assert frozen["said"].keys() == set(CHECKS)
    kept = tmp_path / Call("frozen", 1, STEPS[1]).file
    kept.write_text(json.dumps({**frozen, "person": "kept"}))
    assert measured(Call("frozen", 1, STEPS[1]), tmp_path)["person"] == "kept"
    lines = list(tables([frozen, genuine], [STEPS[1].name], 1))
    assert any(line.startswith("| frozen |") and line.endswith(" **1/1 (3 to 100 %)** |") for line in lines)


@pytest.mark.usefixtures("drawn_people")
def test_in_a_twin_nothing_is_changed_so_whatever_is_observed_there_is_a_false_alarm(tmp_path: Path) -> None:
    spans = {}
    for what in ("shifted sound", f"shifted sound{TWIN}"):
        paths, spans[what] = _made(Call(what, 1, Step(180, 150_000)), clips()[1][0], None, tmp_path)
        assert all(p.is_file() for p in paths)
    changed, twin = spans.values()
    assert changed[1] > changed[0]
    assert said_of([found(Outcome.OBSERVED, (int(changed[1]) + 1, int(changed[1]) + 2))], twin) == "observed"


def test_shares_leave_out_what_could_not_be_judged() -> None:
    records = [{"said": {"replay": said}} for said in ("observed", "not_observed", "elsewhere", "not_available")]
    assert share(records, "replay") == "1/3 (1 to 91 %)"
    assert share(records[3:], "replay") == ""


def test_one_stretch_with_any_false_observation_counts_once_and_what_was_too_short_not_at_all() -> None:
    def record(person: str, **said: str) -> dict[str, object]:
        return {
            "what": GENUINE,
            "filter": "smoothing",
            "person": person,
            "seconds": 6.0,
            "said": dict.fromkeys(CHECKS, "not_available") | said,
        }

    both = {"face-continuity": "observed", "replay": "observed"}
    records = [record("a", **both), record("b", replay="not_observed"), record("b", replay="inconclusive"), record("c")]
    text = "\n".join(filtered(records))
    assert "1 of 3 calls (0.3 min, 2 people" in text
    assert "0.8 to 90.6 % (exact, 95 %, two-sided), at most" in text
    assert "1 more were too short" in text
    assert "| all | 4, 0.4 min | 1/1 (3 to 100 %) |" in text


@pytest.mark.usefixtures("drawn_people")
def test_stretches_of_a_recording_share_no_second_and_leave_none_out() -> None:
    parts = manipulations.stretches()
    assert len(parts) > 9
    by_file: dict[Path, list[Span]] = {}
    for path, _, span in parts:
        by_file.setdefault(path, []).append(span)
    for path, spans in by_file.items():
        assert all(a.end == b.start for a, b in pairwise(spans))
        assert float(spans[-1].end) == pytest.approx(Source.open(path).seconds, abs=0.01)
        assert all(float(s.duration) >= manipulations.STRETCH_S - 0.1 for s in spans)


def found(outcome: Outcome, *spans: tuple[int, int]) -> Finding:
    make = FindingFactory(catalogue.CHECKS["replay"].spec, "test")
    return make.make(outcome, "words", spans=tuple(Span(Fraction(a), Fraction(b)) for a, b in spans))


def test_a_hit_points_at_seconds_that_were_changed() -> None:
    changed = (4.0, 9.0)
    assert said_of([found(Outcome.OBSERVED, (3, 5))], changed) == "observed"
    assert said_of([found(Outcome.OBSERVED, (1, 3))], changed) == "elsewhere"
    assert said_of([found(Outcome.OBSERVED)], changed) == "observed"
    assert said_of([found(Outcome.NOT_AVAILABLE), found(Outcome.INCONCLUSIVE)], changed) == "inconclusive"
    assert said_of([found(Outcome.OBSERVED, (1, 3))], (0.0, 0.0)) == "observed"
    assert said_of([], changed) == "not_applicable"


def test_the_summary_counts_what_the_check_a_change_is_made_for_saw_of_what_it_judged() -> None:
    def record(what: str, **said: str) -> dict[str, object]:
        return {"what": what, "said": dict.fromkeys(CHECKS, "not_available") | said}

    meant = {"face-across-rounds": "observed"}
    records = [
        record("proxy", **meant), record("proxy", **meant),
        record("looped", replay="observed"), record("looped", replay="not_observed"),
        record("dubbed", replay="observed"),
        record("swap", **{"lip-voice": "elsewhere"}), {"what": "swap", "why": "too short"},
    ]  # fmt: skip
    lines = list(summary(records))
    assert "- **always**: proxy (2 of 2 judged)" in lines
    assert "- **sometimes**: looped (1 of 2 judged)" in lines
    assert "- **never**: swap (0 of 1 judged)" in lines
    assert any(line.startswith("- **could not be judged**") and "dubbed (0 of 0 judged)" in line for line in lines)
    assert all(any(line.startswith(f"- {what}: ") for line in lines) for what in RECIPES)
