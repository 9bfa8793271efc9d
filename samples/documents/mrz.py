"""Machine-readable zones as ICAO Doc 9303 parts 3 to 7 lay them out, with correct check digits.

Written without a look at any reader, so that a reader's misunderstanding cannot hide in its own test material.
"""

from __future__ import annotations

import string

from samples.documents.people import Holder

_VALUES = {c: n for n, c in enumerate(string.digits + string.ascii_uppercase)} | {"<": 0}
_WRITTEN = {
    "Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "SS", "Æ": "AE", "Ø": "OE", "Å": "AA", "Œ": "OE", "Þ": "TH", "Ð": "D",
    "Ñ": "N", "Ł": "L", "É": "E", "È": "E", "Ç": "C", "Á": "A", "Í": "I", "Ó": "O", "Ú": "U", "Ž": "Z", "Š": "S",
    "Č": "C", "Ř": "R", "Ý": "Y", "Ğ": "G", "Ş": "S", "Ô": "O", "Ã": "A", "Ė": "E", "'": "", "-": "<", " ": "<",
}  # fmt: skip
"""Doc 9303 part 3, section 6, for the letters that `people` uses."""


def check_digit(text: str) -> str:
    """Weights 7, 3, 1 over the values of the characters, modulo 10."""
    return str(sum(_VALUES[c] * (7, 3, 1)[n % 3] for n, c in enumerate(text)) % 10)


def written(name: str) -> str:
    """A printed name in the characters of the zone."""
    return "".join(_WRITTEN.get(c, c) for c in name.upper())


def names(holder: Holder, width: int) -> str:
    """Surname, two fillers, given names; cut off at `width`, as part 3 has it for names that do not fit in the simplest way."""
    return f"{written(holder.surname)}<<{written(holder.given_names)}"[:width].ljust(width, "<")


def _checked(text: str) -> str:
    return text + check_digit(text)


def _dates(holder: Holder) -> str:
    """Date of birth, sex, date of expiry."""
    return f"{_checked(f'{holder.birth:%y%m%d}')}{holder.sex}{_checked(f'{holder.expiry:%y%m%d}')}"


def td3(holder: Holder) -> list[str]:
    number = _checked(holder.number.ljust(9, "<"))
    second = f"{number}{holder.nationality}{_dates(holder)}"
    optional = holder.optional[:14].ljust(14, "<")
    # an empty field may have a filler for its check digit; some states print 0
    second += optional + (check_digit(optional) if holder.optional or holder.zero_for_empty else "<")
    composite = check_digit(second[:10] + second[13:20] + second[21:43])
    return [f"P<{holder.state}{names(holder, 39)}", second + composite]


def td2(holder: Holder) -> list[str]:
    number = _checked(holder.number.ljust(9, "<"))
    second = f"{number}{holder.nationality}{_dates(holder)}{holder.optional[:7].ljust(7, '<')}"
    composite = check_digit(second[:10] + second[13:20] + second[21:35])
    return [f"I<{holder.state}{names(holder, 31)}", second + composite]


def td1(holder: Holder) -> list[str]:
    """Numbers of more than nine characters go on in the optional field, with a filler for the check digit (part 5)."""
    if len(holder.number) > 9:
        field = f"{holder.number[:9]}<{holder.number[9:]}{check_digit(holder.number)}<"
    else:
        field = _checked(holder.number.ljust(9, "<")) + holder.optional
    first = f"I<{holder.state}{field[:25].ljust(25, '<')}"
    dates = _dates(holder)
    second = f"{dates}{holder.nationality}{'<' * 11}"
    composite = check_digit(first[5:30] + dates[:7] + dates[8:15] + second[18:29])
    return [first, second + composite, names(holder, 30)]


def mrv_a(holder: Holder) -> list[str]:
    number = _checked(holder.number.ljust(9, "<"))
    return [f"V<{holder.state}{names(holder, 39)}", f"{number}{holder.nationality}{_dates(holder)}".ljust(44, "<")]


def mrv_b(holder: Holder) -> list[str]:
    number = _checked(holder.number.ljust(9, "<"))
    return [f"V<{holder.state}{names(holder, 31)}", f"{number}{holder.nationality}{_dates(holder)}".ljust(36, "<")]


def french_id(holder: Holder) -> list[str]:
    """The French card before 2021: no expiry; surname and office above, number and given names below.

    Its layout is known by IDFRA alone, so the zone says FRA where the rest of the specimen says Utopia.
    """
    first = f"IDFRA{written(holder.surname)[:25].ljust(25, '<')}{holder.number[4:7]}{holder.number[7:10]}"
    given = written(holder.given_names.replace(" ", ",")).replace(",", "<<")[:14].ljust(14, "<")
    second = f"{_checked(holder.number)}{given}{_checked(f'{holder.birth:%y%m%d}')}{holder.sex}"
    return [first, second + check_digit(first + second)]


FORMATS = {
    "TD3": td3, "TD1": td1, "TD2": td2, "MRV-A": mrv_a, "MRV-B": mrv_b, "FRA-ID": french_id, "TD1-short": td1,
    "TD1-long": td1,
}  # fmt: skip
"""Format -> its lines. TD1-short: a number of eight characters and a filler, as on Swiss cards; TD1-long: of twelve."""
