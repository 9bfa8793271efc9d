"""A small JSON file of a known shape, from somebody's disk: read within bounds, with one line for whatever is wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar, get_args

from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from pathlib import Path

Model = TypeVar("Model", bound=BaseModel)


class WrongShape(ValueError):
    """It is too large, or not of the shape; the message is one line, as "people.0.name: Field required"."""


def read_json(path: Path, model: type[Model], most_bytes: int) -> Model:
    """Raises WrongShape, or OSError when it cannot be read."""
    if path.stat().st_size > most_bytes:
        raise WrongShape("it is too large")
    try:
        return model.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise WrongShape(first_problem(error, model)) from None


def first_problem(error: ValidationError, model: type[BaseModel]) -> str:
    """One line: where, and what; where the name of the shape is missing, with that name."""
    problem = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    known = model.model_fields.get(f"{where}_") if problem["type"] == "missing" else None
    value = f", {json.dumps(get_args(known.annotation)[0])}" if known and get_args(known.annotation) else ""
    return f"{where}: {problem['msg']}{value}" if where else problem["msg"]
