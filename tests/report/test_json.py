"""report.json: what the schema says, all of it, and nothing that a program could misread."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

import verifier
from tests.report.sample import report
from verifier.report.json_report import dumps, schema, to_json, validate


@pytest.fixture(autouse=True)
def _fixed_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "__version__", "1.2.3")


def test_golden(golden: Callable[[str, str], None]) -> None:
    golden("report.json", dumps(report()))


def test_it_is_what_the_published_schema_says() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    validate(json.loads(dumps(report())))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("candidate_basis"),
        lambda d: d.update(total=1),
        lambda d: d["findings"][0].update(outcome="guilty"),
        lambda d: d["findings"][0].pop("limits"),
        lambda d: d["findings"][0].update(spans=[[1.0]]),
        lambda d: d["evidence"][0].update(sha256="short"),
        lambda d: d["rounds"][0].update(duration_s=-1),
    ],
)
def test_the_schema_refuses_what_is_no_report(spoil: Callable[[dict[str, Any]], object]) -> None:
    document = to_json(report())
    spoil(document)
    with pytest.raises(jsonschema.ValidationError):
        validate(document)


def test_every_field_is_explained_and_required() -> None:
    for path, node in _objects(schema(), "report"):
        assert set(node["required"]) == set(node["properties"]), path
        for name, field in node["properties"].items():
            assert field.get("description"), f"{path}.{name}"


def _objects(node: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        if "properties" in node:
            yield path, node
        for name, child in node.items():
            yield from _objects(child, f"{path}.{name}")


def test_a_program_finds_what_a_reader_sees() -> None:
    document = to_json(report())
    checks = {c["id"]: c for c in document["checks"]}
    for finding, source in zip(document["findings"], report().findings, strict=True):
        assert finding["limits"] == checks[finding["check"]]["limits"]
        assert finding["next_step"] == source.next_step
        assert (finding["log10_lr"] is None) == (source.lr is None)
    assert document["findings"][8]["spans"] == [[12.0, 27.0], [20.0, 30.0]]
    assert document["findings"][8]["frames"] == [
        {"subject": "round-1", "time_s": 0.0},
        {"subject": "round-1", "time_s": 22.0},
    ]
    assert document["rounds"][0]["candidate"] == "round-1/A"
    assert document["rounds"][0]["candidate_not_visible"] == [[17.0, 60.0]]
    assert document["rounds"][2]["duration_s"] is None
    assert document["unusable"] == [{"name": "notes.mp4", "reason": "This is a text file, no recording."}]


def test_no_path_no_hidden_characters_no_number_that_is_none() -> None:
    base = report()
    path = base.rounds[0].evidence[0].path
    hostile = replace(base.findings[0], statement=f"{path} \u202eevil", score=float("nan"))
    text = dumps(replace(base, findings=(hostile,), unusable=((str(path), "no such file: /home/me/a.mp4"),)))
    assert "/somewhere" not in text
    assert "/home" not in text
    assert "\u202e" not in text
    assert "NaN" not in text
    assert json.loads(text)["findings"][0]["score"] is None
