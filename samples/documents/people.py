"""Whom the specimens are about: made-up names, dates and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

SURNAMES = (
    "ERIKSSON", "MÜLLER", "O'CONNOR", "GARCÍA LÓPEZ", "KOWALSKA", "ØSTERGÅRD", "NOVÁK", "DE LA CRUZ", "SMITH-JONES", "ÖZDEMIR",
    "NGUYEN", "PAPADOPOULOU", "VAN DEN BERG", "ŁUKASIK", "IBRAHIM", "TANAKA", "FERNÁNDEZ", "BAKKE", "MKHIZE", "HALLDÓRSDÓTTIR",
    "LI", "ABEBE", "QURESHI", "WHITEFEATHER", "ŽIVKO", "KJÆR", "JOKINEN", "RAMANATHAN SUBRAMANIAM", "XU", "KIRK",
)  # fmt: skip
GIVEN_NAMES = (
    "ANNA MARIA", "LUKAS", "ZOÉ", "MEI LING", "JOSÉ", "KARL-HEINZ", "AMINA", "OLIVIA", "KEVIN", "NGOZI", "BJÖRN", "IRENA",
    "YUKI", "PETER", "ŽOFIE", "ALEXANDRA CHARLOTTE", "OMAR", "SKYE", "MARKÉTA", "TARIQ", "INGRID", "KIRA", "WEI", "GRAÇA",
)  # fmt: skip
PLACES = ("ZENITH", "PORT AMITY", "NEW HARBOUR", "LOWFIELD", "ST ELMO", "QUAYSIDE")
STREETS = ("MAPLE AVENUE", "HARBOUR ROAD", "MILL LANE", "STATION STREET")
STATE = "UTO"
"""Utopia, the state of ICAO's own specimens."""
_LETTERS = "ABCDEFGHJKLMNPRTUVWXYZ0123456789"


@dataclass(frozen=True)
class Holder:
    surname: str
    given_names: str
    sex: str
    """M, F or < (not said)."""
    birth: date
    issue: date
    expiry: date
    number: str
    optional: str
    place: str
    state: str = STATE
    nationality: str = STATE
    zero_for_empty: bool = False
    """An empty optional field of a passport has 0 for its check digit, not a filler."""


def make_holder(rng: np.random.Generator, kind: str) -> Holder:
    """A holder for a document of this format."""
    birth = date(1950, 1, 1) + timedelta(days=int(rng.integers(0, 365 * 55)))
    issue = date(2016, 1, 1) + timedelta(days=int(rng.integers(0, 365 * 9)))
    years = 10 if kind not in ("MRV-A", "MRV-B") else 1
    expiry = issue.replace(year=issue.year + years, day=min(issue.day, 28)) - timedelta(days=1)
    return Holder(
        surname=str(rng.choice(SURNAMES)),
        given_names=str(rng.choice(GIVEN_NAMES)),
        sex=str(rng.choice(["M", "F", "<"], p=[0.48, 0.48, 0.04])),
        birth=birth,
        issue=issue,
        expiry=expiry,
        number=_number(rng, kind, issue),
        optional=_signs(rng, "0123456789", 10) if rng.random() < 0.4 else "",
        place=str(rng.choice(PLACES)),
        zero_for_empty=bool(rng.random() < 0.5),
        state="FRA" if kind == "FRA-ID" else STATE,
        nationality="FRA" if kind == "FRA-ID" else STATE,
    )


def _number(rng: np.random.Generator, kind: str, issue: date) -> str:
    if kind == "FRA-ID":  # year and month of issue, department, office, running number
        return f"{issue:%y%m}{_signs(rng, '0123456789', 8)}"
    letters = {"TD1-short": ("0123456789", 8), "TD1-long": (_LETTERS, 12), "licence": (_LETTERS, 9)}
    return _signs(rng, *letters.get(kind, (_LETTERS, 9)))


def _signs(rng: np.random.Generator, signs: str, count: int) -> str:
    return "".join(rng.choice(list(signs), count))
