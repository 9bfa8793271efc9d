"""Movements to ask for during a call. Nothing is decided here: what the face did is looked at in the recording."""

from __future__ import annotations

import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class Prompt:
    id: str
    words: str
    """What the interviewer asks, to be read aloud."""


PROMPTS = (
    Prompt("turn-left", "Please turn your head slowly to your left, until I see you from the side, and back."),
    Prompt("turn-right", "Please turn your head slowly to your right, until I see you from the side, and back."),
    Prompt("hand-across", "Please move your open hand slowly across your face, from one side to the other."),
    Prompt("look-up", "Please look up to the ceiling, and back to me."),
    Prompt("lamp-on", "Please switch on a lamp near you, or hold a bright page of your phone towards your face."),
)


def draw() -> tuple[Prompt, ...]:
    """The prompts of one call in an order that nobody knows before."""
    left = list(PROMPTS)
    return tuple(left.pop(secrets.randbelow(len(left))) for _ in range(len(left)))
