from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checks.cases import a_round, ratio, reference, seen
from verifier.store import codec
from verifier.store.errors import Damaged
from verifier.store.records import Candidate, Purpose

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.fractions(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(plain)
def test_every_value_comes_back_with_its_type(value: object) -> None:
    back = codec.unpack(codec.pack(value))
    assert back == value
    assert type(back) is type(value)


@given(st.binary(max_size=300))
def test_whatever_is_unpacked_is_damaged_never_a_crash(data: bytes) -> None:
    for raw in (data, zlib.compress(data), zlib.compress(struct.pack(">I", len(data)) + data)):
        try:
            codec.unpack(raw)
        except Damaged:
            continue


@pytest.mark.parametrize(
    "tree",
    [
        '{"$c":"Popen","v":{"args":"true"}}', '{"$c":"Candidate","v":{"nme":"x"}}', '{"$c":"Purpose","v":{}}',
        '{"$e":"Candidate","v":"x"}', '{"$a":["object",[1],0,8]}', '{"$a":["float32",[9],0,4]}', '{"$b":[-1,2]}',
        '{"$f":"1/0"}', '{"$x":1}', "[" * 100_000,
    ],
)  # fmt: skip
def test_only_listed_types_are_made(tree: str) -> None:
    with pytest.raises(Damaged):
        codec.unpack(zlib.compress(struct.pack(">I", len(tree)) + tree.encode()))


def test_a_value_that_unpacks_to_more_than_fits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = codec.pack(b"0" * 100_000)
    monkeypatch.setattr(codec, "MAX_BYTES", 50_000)
    with pytest.raises(Damaged):
        codec.unpack(packed)


def test_a_round_comes_back_without_the_path_it_was_read_from() -> None:
    r = a_round(1, seen("round-1/A", (0, 30)), seen("round-1/B", (5, 9)))
    packed = codec.pack(r)
    back = codec.unpack(packed)
    assert b"private" not in zlib.decompress(packed)
    assert back.round.evidence[0].path == Path()
    assert (back.seen[0].person.spans, back.end, back.seen[0].id) == (r.seen[0].person.spans, Fraction(60), "round-1/A")
    template = back.seen[0].template
    assert np.array_equal(template.vectors["test"], np.ones(1))
    assert template.inter_eye_px == 48.0
    assert codec.unpack(codec.pack(reference(1))).evidence.name == "passport.jpg"
    assert codec.unpack(codec.pack((ratio(1, 0, 2), Purpose.SEARCH))) == (ratio(1, 0, 2), Purpose.SEARCH)
    assert codec.unpack(codec.pack(Candidate(name="ü"))) == Candidate(name="ü")


def test_what_nobody_decided_to_keep_is_not_kept() -> None:
    @dataclass
    class Candidate:  # of a listed name, but another type
        name: str

    for value in (Candidate("x"), object(), {1: {2}}, np.array([object()]), complex(1)):
        with pytest.raises(codec.Unstorable):
            codec.pack(value)
