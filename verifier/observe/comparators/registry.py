"""Which comparators are here: entry points of the group `verifier.face_comparators`, and ONNX files of the user."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.metadata import entry_points

from verifier import weights
from verifier.observe.comparators.base import ComparatorUnavailable, FaceComparator
from verifier.observe.comparators.onnx_face import load_onnx_comparator

log = logging.getLogger(__name__)
GROUP = "verifier.face_comparators"


@dataclass(frozen=True)
class Comparators:
    """Those that loaded, and why the others did not."""

    loaded: tuple[FaceComparator, ...]
    missing: tuple[tuple[str, str], ...]
    """Name and reason."""


def load_comparators() -> Comparators:
    """Loads every registered comparator; one that cannot be loaded is named with its reason, never silently left out."""
    loaded: list[FaceComparator] = []
    missing: list[tuple[str, str]] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        try:
            loaded.append(entry.load()())
        except ComparatorUnavailable as error:
            missing.append((entry.name, str(error)))
        except Exception as error:  # a third party's plug-in may fail in any way: it must not take the case down
            log.warning("comparator %s failed to load", entry.name, exc_info=True)
            missing.append((entry.name, f"could not be loaded ({type(error).__name__})"))
    for path in sorted((weights.home() / "comparators").glob("*.onnx")):
        try:
            own = load_onnx_comparator(path)
            if own.name in {c.name for c in loaded}:
                raise ComparatorUnavailable(
                    f"{path.name}: there is a comparator {own.name!r} already; name it otherwise"
                )
            loaded.append(own)
        except ComparatorUnavailable as error:
            missing.append((path.stem, str(error)))
    return Comparators(tuple(loaded), tuple(missing))
