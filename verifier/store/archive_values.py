"""What somebody else's archive may say: the right types, and values that whoever reads them later can rely on."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from verifier.store.errors import StoreError
from verifier.store.records import Consent, KeptFile, Media, Reading, ReferenceRecord, Review, RoundRecord, Run

MOST_NUMBER, MOST_DAYS = 1_000_000, 36_500
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\+00:00)?)?", re.ASCII)
"""As `records.now` writes it, or a day: they are compared as text."""
_ROUND = re.compile(r"round-[1-9]\d{0,5}(-\d{1,5})?", re.ASCII)
_REFERENCE = re.compile(r"reference-[1-9]\d{0,5}", re.ASCII)
_FILE = re.compile(rf"{_ROUND.pattern}|{_REFERENCE.pattern}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FINGERPRINT = re.compile(r"([0-9a-f]{16})?")
_CLOCKS = timedelta(days=2)
"""By which two computers' clocks may differ."""


def record_of(cls: type, values: Any) -> Any:
    """A record of the right types all the way down; StoreError."""
    from pydantic import TypeAdapter, ValidationError

    try:
        record: Any = TypeAdapter(cls).validate_json(json.dumps(values), strict=True)
        _look_at(record)
    except (ValidationError, ValueError, TypeError, KeyError, RecursionError):
        raise StoreError(f"a {cls.__name__} of this archive is damaged") from None
    return record


def moment(text: Any, *, past: bool = False) -> str:
    """Raises ValueError."""
    at = datetime.fromisoformat(_fits(_MOMENT, text)).replace(tzinfo=UTC)
    if past and at > datetime.now(UTC) + _CLOCKS:
        raise ValueError("a time to come")
    return str(text)


def number(value: Any) -> int:
    """Of an entry among those of its kind; raises ValueError."""
    return _within(int(value), MOST_NUMBER)


def _look_at(record: Any) -> None:
    if isinstance(record, Review):
        _within(record.every_days, MOST_DAYS)
        moment(record.last, past=True)
    elif isinstance(record, RoundRecord):
        _fits(_ROUND, record.round_id)
        for file in record.files:
            _file(file)
    elif isinstance(record, ReferenceRecord):
        _fits(_REFERENCE, record.file.evidence_id)
        _file(record.file)
    elif isinstance(record, Media):
        _fits(_SHA256, record.sha256)
    elif isinstance(record, Reading):
        _fits(_FINGERPRINT, record.portrait)
    elif isinstance(record, Consent):
        for text in (record.given, record.until, *([record.withdrawn] if record.withdrawn else [])):
            moment(text)
    elif isinstance(record, Run):
        for finding in json.loads(record.report)["findings"]:
            _fits(re.compile(r"[a-z-]+"), finding["check"])


def _file(file: KeptFile) -> None:
    _fits(_FILE, file.evidence_id)
    _fits(_SHA256, file.sha256)


def _fits(pattern: re.Pattern[str], text: Any) -> str:
    if type(text) is not str or not pattern.fullmatch(text):
        raise ValueError(f"not of the form {pattern.pattern}")
    return text


def _within(value: int, most: int) -> int:
    if not 1 <= value <= most:
        raise ValueError(f"not between 1 and {most}")
    return value
