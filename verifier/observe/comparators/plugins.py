"""Comparators that others bring: entry points of a group, loaded one by one."""

from __future__ import annotations

import logging
from importlib.metadata import entry_points
from typing import Any

from verifier.observe.comparators.base import ComparatorUnavailable

log = logging.getLogger(__name__)


def load_plugins(group: str) -> tuple[list[Any], list[tuple[str, str]]]:
    """Those of the group that loaded, by name, and name and reason of the others: none is silently left out."""
    loaded: list[Any] = []
    missing: list[tuple[str, str]] = []
    for entry in sorted(entry_points(group=group), key=lambda e: e.name):
        try:
            loaded.append(entry.load()())
        except ComparatorUnavailable as error:
            missing.append((entry.name, str(error)))
        except Exception as error:  # a third party's plug-in may fail in any way: it must not take the case down
            log.warning("comparator %s failed to load", entry.name, exc_info=True)
            missing.append((entry.name, f"could not be loaded ({type(error).__name__})"))
    return loaded, missing
