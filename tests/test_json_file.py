from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from verifier.json_file import WrongShape, read_json


class Person(BaseModel):
    name: str


class People(BaseModel):
    people: list[Person] = Field(max_length=3)


def test_a_file_of_the_shape_is_read(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_text('{"people": [{"name": "Ana"}]}')
    assert read_json(path, People, path.stat().st_size) == People(people=[Person(name="Ana")])


def test_what_is_wrong_is_one_line_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_text('{"people": [{}]}')
    with pytest.raises(WrongShape, match=r"^people\.0\.name: Field required$"):
        read_json(path, People, 1000)
    with pytest.raises(WrongShape, match=r"^it is too large$"):
        read_json(path, People, path.stat().st_size - 1)
    with pytest.raises(OSError, match="No such file"):
        read_json(tmp_path / "none.json", People, 1000)


class Named(BaseModel):
    schema_: Literal["people-1"] = Field(alias="schema")


def test_a_missing_name_of_the_shape_is_told(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_text("{}")
    with pytest.raises(WrongShape, match=r'^schema: Field required, "people-1"$'):
        read_json(path, Named, 1000)


@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_one_line(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(content)
    try:
        read_json(path, People, 1000)
    except WrongShape as error:
        assert str(error)
        assert "\n" not in str(error)
