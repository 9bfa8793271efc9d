from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

import numpy as np

from tests.checks.cases import DIFFERENT, SAME, a_round, case, compared, seen
from verifier.calibration import FaceCalibration
from verifier.checks import face_continuity
from verifier.checks.base import PickedAs
from verifier.gather import Gatherer
from verifier.observe.comparators.registry import Comparators
from verifier.report.model import Picture
from verifier.store import codec, observations


def gatherer() -> Gatherer:
    return Gatherer(Comparators((), ()), FaceCalibration((), {}, "test"))


def everything_in(value: Any) -> list[Any]:
    """Every array and byte string inside."""
    if isinstance(value, (np.ndarray, bytes)):
        return [value]
    if isinstance(value, dict):
        return [x for v in value.values() for x in everything_in(v)]
    if isinstance(value, (tuple, list)):
        return [x for v in value for x in everything_in(v)]
    return [x for v in vars(value).values() for x in everything_in(v)] if hasattr(value, "__dict__") else []


def observed() -> tuple[Any, Any, Gatherer]:
    candidate, other = seen("round-1/A", (0, 30)), seen("round-1/B", (32, 60))
    r = replace(a_round(1, candidate, other), picked=PickedAs("the face that you named", 2))
    whole = case(
        r,
        compared={
            ("round-1", "round-1/B"): compared(DIFFERENT), ("round-1#first", "round-1#last"): compared(SAME),
            ("round-1", "round-2"): compared(SAME),
        },
    )  # fmt: skip
    g = gatherer()
    for key in ("round-1/A#0", "round-1/B#0"):
        g.pictures[key] = Picture(key, key.encode() * 5, 4, 4, "Round 1, 00:01", "round-1", Fraction(1))
    return r, whole, g


def test_nothing_to_recognise_anybody_but_the_candidate_by_is_kept() -> None:
    r, whole, g = observed()
    kept = observations.kept_round(r, whole, g)
    packed = codec.pack(kept)
    back = codec.unpack(packed)
    assert [p.key for p in back.pictures] == ["round-1/A#0"]
    candidate, other = back.observed.seen
    assert candidate.template.vectors
    assert not other.template.vectors
    assert other.pictures == ()
    assert [x for x in everything_in(other) if len(x)] == []
    assert all(f.crop.image.size == 0 for f in candidate.template.frames)
    assert other.person.spans == r.seen[1].person.spans


def test_a_restored_round_says_what_it_said_before() -> None:
    r, whole, g = observed()
    kept = codec.unpack(codec.pack(observations.kept_round(r, whole, g)))
    fresh = gatherer()
    back = observations.restored(kept, fresh)
    assert back.candidate is back.seen[0]
    again, basis = fresh.case([back], [], (), "test 1.0")
    assert "the face that you named" in basis
    assert again.compared == {k: v for k, v in whole.compared.items() if k != ("round-1", "round-2")}
    before, after = face_continuity.run(whole), face_continuity.run(again)
    assert [replace(f, pictures=()) for f in before] == [replace(f, pictures=()) for f in after]
    assert [f.pictures for f in after] == [("round-1/A#0",)]


def test_a_pick_among_several_keeps_its_weight() -> None:
    r, whole, g = observed()
    kept = observations.kept_round(r, whole, g)
    back = observations.restored(kept, gatherer())
    assert back.picked == PickedAs("the face that you named", 2)


def test_models_are_told_apart_by_their_weights() -> None:
    class One:
        name, model_sha256 = "dlib", "0" * 64

    class Other(One):
        model_sha256 = "1" * 64

    made = [observations.models_of(replace(gatherer(), comparators=Comparators((c,), ()))) for c in (One(), Other())]  # type: ignore[arg-type]
    assert made[0] != made[1]


def test_a_template_for_searching_compares_as_the_whole_one() -> None:
    whole = seen("round-1/A", (0, 30)).template
    assert whole is not None
    small = observations.for_search(whole)
    assert (small.inter_eye_px, small.is_photo, len(small.frames)) == (whole.inter_eye_px, whole.is_photo, 1)
    assert small.vectors is whole.vectors


def test_every_field_of_a_round_that_is_kept_exists_and_the_others_go_back() -> None:
    r, whole, g = observed()
    assert {f.name for f in fields(r)} >= observations.KEPT
    kept = observations.kept_round(replace(r, mouths=object()), whole, g).observed
    assert kept.mouths is None
    assert (kept.end, kept.picked, kept.looked_at) == (r.end, r.picked, r.looked_at)
