"""What people write down, looked at once for pages and commands: words that say something, days and addresses that there are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from verifier.store.errors import StoreError

if TYPE_CHECKING:
    from verifier.store.records import Candidate

LEAST_WORDS = 3
"""Of a reason: a sentence, not a tick."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_FIGURES = re.compile(r"[\d\s./:T+-]+")
_OFFSET = re.compile(r"(UTC|GMT)([+-](0?\d|1[0-4])(:[0-5]\d)?)?")


def needed(text: str, what: str) -> str:
    if not text.strip():
        raise StoreError(f"write {what}")
    return text.strip()


def sentence(text: str, what: str) -> str:
    """what: "how you know"."""
    if len(text.split()) < LEAST_WORDS:
        raise StoreError(f"write in a few words {what}")
    return text.strip()


def day(text: str) -> str:
    """An ISO date."""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise StoreError(f"{text!r} is no date: write it as 2027-01-31") from None


def when(text: str) -> str:
    """When a round was: an ISO date, with a time or not, or words; empty: not said. Figures must be a day that there is."""
    text = text.strip()
    if _FIGURES.fullmatch(text):
        try:
            datetime.fromisoformat(text)
        except ValueError:
            raise StoreError(f"{text!r} is no date: write it as 2027-01-31") from None
    return text


def candidate(said: Candidate) -> Candidate:
    """StoreError when there is no name, or what cannot be an address or a time zone."""
    for email in said.emails:
        if not _EMAIL.fullmatch(email.strip()):
            raise StoreError(f"“{email}” is no e-mail address: it needs an @, and commas go between several")
    return replace(said, name=needed(said.name, "the name that the candidate gave"), time_zone=_zone(said.time_zone))


def _zone(text: str) -> str:
    from zoneinfo import ZoneInfo, available_timezones

    text = text.strip()
    if (
        not text or _OFFSET.fullmatch(text) or not available_timezones()
    ):  # no list of zones here: nothing to compare with
        return text
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, LookupError):
        raise StoreError(f"{text!r} is no time zone: write it as Europe/Berlin or UTC+2") from None
