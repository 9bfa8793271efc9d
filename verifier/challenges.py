"""Prompts that a candidate is asked to follow during a call: drawn anew for each, and marked with their times.

A marks file says what was asked when, on the clock of the round's recording:

    {"schema": "challenge-marks-1",
     "marks": [{"prompt": "turn-left", "start_s": 41.5, "end_s": 49.0},
               {"prompt": "say-phrase", "start_s": 52.0, "end_s": 60.0, "round": 1, "phrase": "amber kettle nine"}]}

`start_s` is when it was asked, `end_s` when it was over; `round` counts from 1 and is 1 where it is left out; `file` names
the recording where a round has several.
"""

from __future__ import annotations

import json
import random
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from verifier.json_file import WrongShape, read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from verifier.case import Round

PromptId = Literal["turn-left", "turn-right", "look-up", "hand-across", "light", "hold-id", "say-phrase"]
SCHEMA, SCRIPT, LARGEST = "challenge-marks-1", "challenge-script-1", 200_000
MOST_MARKS, SHORTEST_S, LONGEST_S = 40, 0.5, 30.0
SPAN_S = 8.0
"""Time that a prompt is given."""
_WORDS = ("amber", "anchor", "basket", "birch", "button", "candle", "canoe", "cedar", "copper", "cotton", "feather", "garden",
          "harbor", "kettle", "ladder", "lemon", "marble", "meadow", "mirror", "orange", "pencil", "pepper", "pillow", "river",
          "saddle", "silver", "sparrow", "summer", "ticket", "timber", "tunnel", "velvet", "walnut", "willow", "window", "winter")  # fmt: skip


@dataclass(frozen=True)
class Prompt:
    id: PromptId
    say: str
    """What the interviewer asks."""
    seconds: float = SPAN_S
    phrase: str = ""
    """Words to be said; empty but for say-phrase."""


PROMPTS: dict[str, Prompt] = {
    p.id: p
    for p in (
        Prompt("turn-left", "Please turn your head slowly to your left until I see you from the side, and back."),
        Prompt("turn-right", "Please turn your head slowly to your right until I see you from the side, and back."),
        Prompt("look-up", "Please look up at the ceiling for a moment, and back."),
        Prompt("hand-across", "Please move your open hand slowly across your face, from one side to the other."),
        Prompt("light", "Please switch a lamp on or off, or make your screen bright and then dark."),
        Prompt("hold-id", "Please hold your ID beside your face."),
        Prompt("say-phrase", "Please say these words"),
    )
}


class Mark(BaseModel):
    """One prompt of a call, and when it was asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    prompt: PromptId
    start_s: float = Field(ge=0, le=86_400)
    end_s: float = Field(ge=0, le=86_400)
    round: int = Field(default=1, ge=1, le=100)
    phrase: str = Field(default="", max_length=120)
    file: str = Field(default="", max_length=255)
    """Name of the recording whose clock this is, where the round has several; empty: the first."""

    @model_validator(mode="after")
    def _is_a_span(self) -> Mark:
        if not SHORTEST_S <= self.end_s - self.start_s <= LONGEST_S:
            raise ValueError(f"a prompt lasts half a second to {LONGEST_S:.0f} seconds")
        return self


class Marks(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal["challenge-marks-1"] = Field(alias="schema")
    marks: list[Mark] = Field(min_length=1, max_length=MOST_MARKS)

    @model_validator(mode="before")
    @classmethod
    def _is_no_script(cls, told: object) -> object:
        if isinstance(told, dict) and told.get("schema") == SCRIPT:
            raise PydanticCustomError(
                "script",
                "this is the script; the marks file written beside it is to have start_s and end_s of each prompt",
            )
        return told


class BadMarks(Exception):
    """A marks file that cannot be used; the message is one line."""


def draw(count: int = 4, *, rng: random.Random | None = None) -> tuple[Prompt, ...]:
    """Prompts for one call, none twice, in an order that nobody can foresee; at least one turn or hand among them.

    rng: for tests; else the system's source of secrets.
    """
    source = rng or secrets.SystemRandom()
    strong = [PROMPTS["turn-left"], PROMPTS["turn-right"], PROMPTS["hand-across"]]
    first = source.choice(strong)
    others = source.sample([p for p in PROMPTS.values() if p is not first], max(0, min(count, len(PROMPTS)) - 1))
    drawn = [first, *others]
    source.shuffle(drawn)
    return tuple(_with_phrase(p, source) if p.id == "say-phrase" else p for p in drawn)


def script_json(prompts: Sequence[Prompt]) -> str:
    """A script to read from: what to ask, in which order."""
    asked = [{"prompt": p.id, "say": p.say, "seconds": p.seconds, "phrase": p.phrase} for p in prompts]
    return json.dumps({"schema": SCRIPT, "prompts": asked}, indent=1) + "\n"


def marks_json(marks: Sequence[Mark]) -> str:
    """A marks file."""
    listed = [m.model_dump(exclude_defaults=True) for m in marks]
    return json.dumps({"schema": SCHEMA, "marks": listed}, indent=1) + "\n"


def template_json(prompts: Sequence[Prompt]) -> str:
    """A marks file of a script, to be filled in: `read_marks` refuses it until every prompt has its times."""
    phrases = ({"phrase": p.phrase} if p.phrase else {} for p in prompts)
    listed = [
        {"prompt": p.id, "start_s": None, "end_s": None, **phrase} for p, phrase in zip(prompts, phrases, strict=True)
    ]
    return json.dumps({"schema": SCHEMA, "marks": listed}, indent=1) + "\n"


def read_marks(path: Path) -> tuple[Mark, ...]:
    """The marks in order of round and time. BadMarks: it is none, too large, or says what cannot be."""
    try:
        marks = read_json(path, Marks, LARGEST).marks
    except OSError as error:
        raise BadMarks(f"{path.name} cannot be read: {error.strerror}") from None
    except WrongShape as error:
        raise BadMarks(f"{path.name} is no file of challenge marks: {error}") from None
    return tuple(sorted(marks, key=lambda m: (m.round, m.start_s)))


def of_round(marks: Iterable[Mark], case_round: Round) -> tuple[Mark, ...]:
    """Those whose clock is that of this round, which may be one recording of several of a call."""
    _, number, *part = case_round.id.split("-")
    name = case_round.evidence[0].name
    first = part in ([], ["1"])
    return tuple(m for m in marks if str(m.round) == number and (m.file == name if m.file else first))


def check_times(marks: Sequence[Mark], rounds: Sequence[tuple[Round, float | None]]) -> None:
    """BadMarks where a mark is of a recording that there is not, or outside it.

    rounds: with their seconds, None: not known.
    """
    known = {id(mark): (r, length) for r, length in rounds for mark in of_round(marks, r)}
    for mark in marks:
        if id(mark) not in known:
            where = mark.file or f"round {mark.round}"
            raise BadMarks(f"the challenge mark {mark.prompt!r} is of {where}, which is not there or cannot be used")
        case_round, length = known[id(mark)]
        if length is not None and mark.end_s > length + 1:
            raise BadMarks(
                f"the challenge mark {mark.prompt!r} ends at {mark.end_s:g} s, but {case_round.evidence[0].name} is {length:.0f} s long"
            )


def _with_phrase(prompt: Prompt, source: random.Random) -> Prompt:
    phrase = " ".join(source.sample(_WORDS, 3))
    return Prompt(prompt.id, f"{prompt.say}: {phrase}.", prompt.seconds, phrase)
