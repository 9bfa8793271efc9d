"""Dates as they are printed on documents, by their shape."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

MONTHS = {
    month: number
    for number, names in enumerate(
        (
            "JAN JANV JANVIER JANUARY JANUAR ENE STY GEN", "FEB FEV FEVR FEVRIER FEBRUARY FEBRUAR LUT FEBR", "MAR MARS MARCH MARZ MAERZ MRT MRZ",
            "APR AVR AVRIL APRIL ABR KWI", "MAY MAI MAJ MAG MEI MAYO", "JUN JUIN JUNE JUNI CZE GIU", "JUL JUIL JUILLET JULY JULI LIP LUG",
            "AUG AOUT AUGUST AGO SIE", "SEP SEPT SEPTEMBER SEPTEMBRE SET WRZ", "OCT OKT OCTOBER OCTOBRE OKTOBER OTT PAZ", "NOV NOVEMBER NOVEMBRE LIS",
            "DEC DEZ DECEMBER DECEMBRE DEZEMBER DIC GRU",
        ), 1,
    )
    for month in names.split()
}  # fmt: skip
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s?[./\- ]\s?(\d{1,2})\s?[./\- ]\s?(\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})(?!\d)")
_WORDY = re.compile(r"(?<!\d)(\d{1,2})[\s.]*([A-Z]{3,9})\.?(?:\s*/\s*([A-Z]{3,9})\.?)?\s*(\d{4}|\d{2})(?!\d)")


def dates_in(text: str) -> list[date]:
    """Dates of a printed line, each as every day it may be: 03/04/2020 is two, and 01.02.64 is 1964 as well as 2064."""
    text = plain(text)
    found: list[date] = []
    for y, m, d in _ISO.findall(text):
        found += _days(y, m, d)
    for d, m, y in _NUMERIC.findall(text):
        found += _days(y, m, d) + ([] if d == m else _days(y, d, m))
    for d, first, second, y in _WORDY.findall(text):
        month = MONTHS.get(first) or MONTHS.get(second)
        found += _days(y, str(month), d) if month else []
    return list(dict.fromkeys(found))


def _days(y: str, m: str, d: str) -> list[date]:
    out = []
    for year in (int(y),) if len(y) == 4 else (1900 + int(y), 2000 + int(y)):
        try:
            out.append(date(year, int(m), int(d)))
        except ValueError:
            continue
    return out


def plain(text: str) -> str:
    """Capitals without accents."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).upper()
    return "".join(c for c in text if not unicodedata.combining(c))
