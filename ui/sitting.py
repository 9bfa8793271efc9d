"""What the audit desk holds for one page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@dataclass
class Sitting:
    """One person judging one set on one page; the answers themselves are in the set."""

    folder: Path
    reviewer: str
    report_only: bool = False
    told: str = ""
    """Item whose truth is shown."""
    began: dict[str, datetime] = field(default_factory=dict)
    """Item -> when it was first shown."""
