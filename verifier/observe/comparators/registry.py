"""Which comparators are here: entry points of the group `verifier.face_comparators`, and ONNX files of the user."""

from __future__ import annotations

from dataclasses import dataclass

from verifier import weights
from verifier.observe.comparators.base import ComparatorUnavailable, FaceComparator
from verifier.observe.comparators.onnx_face import load_onnx_comparator
from verifier.observe.comparators.plugins import load_plugins

GROUP = "verifier.face_comparators"


@dataclass(frozen=True)
class Comparators:
    """Those that loaded, and why the others did not."""

    loaded: tuple[FaceComparator, ...]
    missing: tuple[tuple[str, str], ...]
    """Name and reason."""


def load_comparators() -> Comparators:
    """Loads every registered comparator; one that cannot be loaded is named with its reason, never silently left out."""
    loaded, missing = load_plugins(GROUP)
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
