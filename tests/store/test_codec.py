from __future__ import annotations

import base64
import json
import struct
import zlib
from dataclasses import MISSING, dataclass, fields, is_dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checks.cases import a_round, ratio, reference, seen
from verifier.store import codec
from verifier.store.errors import Damaged
from verifier.store.records import KINDS, Candidate, KeptFile, Purpose

GOLDEN = Path(__file__).with_name("golden_packed.json")

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


def plain_defaults() -> dict[str, str]:
    """Type and field -> the default that is left out when it is packed."""
    found = {}
    for name in codec._MODULES:
        cls = codec._type(name)
        for field in fields(cls) if is_dataclass(cls) else ():
            if field.default is not MISSING and codec._is_default(field, field.default):
                found[f"{name}.{field.name}"] = repr(field.default)
    return found


def test_what_is_left_out_of_stored_values_means_what_it_meant() -> None:
    """A default that changes in the code changes every value that was stored: keep it, or raise OBSERVED_BY and READ_BY.

    `python -m tests.store.test_codec` writes the golden file anew, for fields that are new.
    """
    assert plain_defaults() == json.loads(GOLDEN.read_text())["defaults"]


def test_records_of_earlier_versions_are_read_as_they_were_meant() -> None:
    golden = json.loads(GOLDEN.read_text())["packed"]
    assert golden.keys() == {cls.__name__ for cls in KINDS.values()} | {"Candidate"}
    for name, said in golden.items():
        back = codec.unpack(base64.b64decode(said["bytes"]))
        assert type(back).__name__ == name
        assert said["means"].items() <= meaning(back).items()


def meaning(record: object) -> dict[str, str]:
    return {name: repr(value) for name, value in vars(record).items()}


def _examples() -> list[object]:
    """One of each record, with nothing said that need not be."""
    file = KeptFile("round-1", "call.mp4", "0" * 64, 7, "recording")
    made = {
        "Consent": ("A", "consent", (Purpose.RECORDINGS,), "May we?", "2020-01-01", "2021-01-01"),
        "RoundRecord": ("round-1", "Round 1", "", ("Kim",), (file,)), "ReferenceRecord": (file,),
        "Media": ("0" * 64, "call.mp4"), "Observation": ("round-1", "models", ("faces",), "round-1/A"),
        "Note": ("Kim", "a note"), "Decision": ("Kim", "another call", "two faces"), "Word": ("dispute", "no"),
        "Transcript": ("round-1", "what was said"), "Document": ("passport", "X1"), "Run": ("{}", (("tool", "1"),)),
        "Reading": ("reference-1", "2"), "Clips": ("round-1",), "NotTheSame": ("Kim", "c-1", "sisters"),
        "Review": (30, "2020-01-01T00:00:00+00:00"),
    }  # fmt: skip
    return [Candidate(), *(cls(*made[cls.__name__]) for cls in KINDS.values())]


if __name__ == "__main__":
    before = json.loads(GOLDEN.read_text())["packed"] if GOLDEN.exists() else {}
    packed = {
        type(r).__name__: {"bytes": base64.b64encode(codec.pack(r)).decode(), "means": meaning(r)} for r in _examples()
    }
    golden = {"defaults": plain_defaults(), "packed": packed | before}
    GOLDEN.write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")
