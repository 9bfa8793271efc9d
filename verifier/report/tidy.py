"""Texts made safe to hand on: no path of this machine, no character that hides or reorders others.

Names, metadata and error messages come from files and libraries; both renderers start with `tidied`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from verifier.timing import Span

if TYPE_CHECKING:
    from verifier.report.model import Report

_ABSOLUTE = re.compile(r"(?<![\w.:/<~])(?:file://)?~?/(?:[^\s/<>\"'():,;]+/)+([^\s/<>\"'():,;]*)")
"""An absolute path of two parts or more; its last part stays."""


def tidied(report: Report) -> Report:
    """The same report with every text cleaned; `Evidence.path` is left alone, no renderer reads it."""
    files = [*(e for r in report.rounds for e in r.evidence), *report.references, *(e for e, _ in report.transcripts)]
    known = {str(e.path): e.name for e in files if e.path.is_absolute()}
    known |= {str(e.path.parent) + "/": "" for e in files if e.path.is_absolute() and e.path.parent.name}
    ordered = sorted(known.items(), key=lambda pair: -len(pair[0]))
    cleaned: Report = _walk(report, ordered)
    return cleaned


def plain(text: str) -> str:
    """`text` without control, bidirectional and zero-width characters; undecodable bytes become "?"."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    spaced = re.sub(r"[\t\r\n]+", " ", whole)
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cn") or c == "\u200d")


def _walk(value: Any, known: list[tuple[str, str]]) -> Any:
    if isinstance(value, Enum | Span):
        return value
    if isinstance(value, str):
        return _without_paths(value, known)
    if isinstance(value, tuple):
        return tuple(_walk(item, known) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _walk(getattr(value, f.name), known) for f in fields(value)})
    return value


def _without_paths(text: str, known: list[tuple[str, str]]) -> str:
    for path, name in known:
        text = text.replace(path, name)
    return plain(_ABSOLUTE.sub(r"\1", text))
