"""Names as documents spell them: ICAO transliteration (Doc 9303-3, section 6) and comparison that admits what it cannot know."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

_MORE = {
    "Ä": ("AE", "A"), "Ö": ("OE", "O"), "Ü": ("UE", "U", "UXX"), "ß": ("SS",), "Å": ("AA", "A"), "Æ": ("AE",), "Ø": ("OE", "O"),
    "Œ": ("OE",), "Ñ": ("N", "NXX"), "Þ": ("TH",), "Ð": ("D", "DH"), "Ł": ("L",), "Đ": ("D", "DJ"), "Ħ": ("H",), "Ŧ": ("T",),
    "Ĳ": ("IJ",), "Ŋ": ("N",), "ĸ": ("Q",), "Ŀ": ("L",), "Ə": ("E",), "ı": ("I",), "İ": ("I",),
}  # fmt: skip
"""Doc 9303-3, table 6-A: where more than one spelling is allowed or the base letter is not the answer."""
_CYRILLIC: dict[str, tuple[str, ...]] = {
    c: (latin,)
    for c, latin in zip(
        "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЫЭЮЯЄІЇҐЂЈЉЊЋЏЎ",
        ["A", "B", "V", "G", "D", "E", "ZH", "Z", "I", "I", "K", "L", "M", "N", "O", "P", "R", "S", "T", "U", "F", "KH", "TS", "CH", "SH", "SHCH", "Y", "E", "IU", "IA", "IE", "I", "I", "G", "D", "J", "LJ", "NJ", "C", "DZ", "U"],
        strict=True,
    )
} | {
    "Ё": ("E",), "Ъ": ("IE", ""), "Ь": ("",), "Г": ("G", "H"), "И": ("I", "Y"), "Й": ("I", "Y", "J"), "Х": ("KH", "H"), "Ц": ("TS", "C"),
    "Ч": ("CH", "C"), "Ш": ("SH", "S"), "Ж": ("ZH", "Z"), "Щ": ("SHCH", "SHT"), "Ю": ("IU", "YU"), "Я": ("IA", "YA"), "Ђ": ("D", "DJ"),
    "Є": ("IE", "YE"), "Ї": ("I", "YI"), "Ћ": ("C",), "Џ": ("DZ",),
}  # fmt: skip
"""Table 6-B, with what Ukrainian, Bulgarian, Serbian and older Russian passports write instead."""
MOST_SPELLINGS = 24
LONGEST = 200
"""Characters of a name that are looked at."""
_APART = re.compile(r"[\s\-‐–/,.<]+")
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lo"})
_JOINED = re.compile(r"['’`ʹʼ]")


class NameMatch(StrEnum):
    SAME = "same"
    """Every word of both, in whatever order."""
    PARTIAL = "partial"
    """All words of the shorter are in the longer, or are begun by it: middle names left out, initials, a cut line."""
    DIFFERENT = "different"
    UNCOMPARABLE = "uncomparable"
    """One is written, or partly written and otherwise unlike, in letters that table 6 of Doc 9303-3 has not: Greek, Arabic, Chinese."""


@dataclass(frozen=True)
class NameComparison:
    match: NameMatch
    notes: tuple[str, ...]
    """What had to be allowed for, in plain words."""
    missing: tuple[str, ...] = ()
    """Words of the first name that the second has not."""
    extra: tuple[str, ...] = ()


def spellings(word: str) -> frozenset[str]:
    """Every way a word may stand in a machine-readable zone, A-Z alone; at most `MOST_SPELLINGS`."""
    word = unicodedata.normalize("NFC", _JOINED.sub("", word)[:LONGEST]).replace("ß", "ẞ").upper().replace("ẞ", "ß")
    options = [_letter(c) for c in word]
    found: set[str] = set()
    for choice in product(*options):
        found.add("".join(choice))
        if len(found) >= MOST_SPELLINGS:
            break
    return frozenset(found - {""})


def words(name: str) -> list[str]:
    """The words of a name, as written, in order."""
    return [w for w in _APART.split(name[:LONGEST]) if w and spellings(w)]


def compare_names(first: str, second: str, *, may_be_cut: bool = False) -> NameComparison:
    """Two names in full, in any order of their words.

    may_be_cut: words of the second may end early, any of them: Doc 9303-3, 4.6, lets the issuer choose which it shortens in a full line.
    """
    mine, theirs = words(first), words(second)
    if not mine or not theirs:
        return NameComparison(NameMatch.UNCOMPARABLE, ("one of them has no letter that can be compared",))
    if _glued(mine) & _glued(theirs):
        return NameComparison(NameMatch.SAME, ())
    notes: list[str] = []
    left = list(theirs)
    missing = []
    for word in mine:
        found = next((w for w in left if spellings(w) & spellings(word)), None)
        if found is None:
            found = next((w for w in left if _begins(word, w, whole=not may_be_cut)), None)
            if found is not None:
                notes.append(
                    f"{found} may stand for {word}" if len(found) <= len(word) else f"{word} may stand for {found}"
                )
        if found is None:
            missing.append(word)
        else:
            left.remove(found)
    if missing and left and _sets(missing) & _sets(left):  # joined in one, apart in the other: Anna Maria, Annamaria
        missing, left = [], []
    shared = len(mine) - len(missing)
    if (missing and left) or shared < min(2, len(mine), len(theirs)) or shared == 0:
        if _unread(first) or _unread(second):
            return NameComparison(NameMatch.UNCOMPARABLE, ("some letters cannot be compared",))
        return NameComparison(NameMatch.DIFFERENT, tuple(notes), tuple(missing), tuple(left))
    if missing and may_be_cut:
        notes.append("the line is full, so the rest of the name may have been left out")
    match = NameMatch.SAME if not (missing or left or notes) else NameMatch.PARTIAL
    if not (missing or left) and not notes and [spellings(w) for w in mine] != [spellings(w) for w in theirs]:
        notes.append("the words stand in another order")
    return NameComparison(match, tuple(notes), tuple(missing), tuple(left))


def _letter(c: str) -> tuple[str, ...]:
    if "A" <= c <= "Z":
        return (c,)
    if c in _MORE:
        return _MORE[c]
    if c in _CYRILLIC:
        return _CYRILLIC[c]
    base = unicodedata.normalize("NFKD", c)[:1]
    if "A" <= base <= "Z":
        return (base,)
    return _CYRILLIC.get(base, ("",))


def _unread(name: str) -> bool:
    """Whether some of its letters have no spelling in a machine-readable zone."""
    letters = (c for c in unicodedata.normalize("NFC", name[:LONGEST]).upper() if unicodedata.category(c) in _LETTERS)
    return any(c != "Ь" and _letter(c) == ("",) for c in letters)


def _begins(word: str, other: str, *, whole: bool) -> bool:
    """Whether one is the other's initial, or (not whole: in a full line) its beginning."""
    for a, b in product(spellings(word), spellings(other)):
        short, long = sorted((a, b), key=len)
        if long.startswith(short) and (len(short) == 1 or not whole):
            return True
    return False


def _glued(parts: list[str]) -> set[str]:
    return {"".join(choice) for choice in product(*[sorted(spellings(w))[:3] for w in parts[:6]])}


def _sets(parts: list[str]) -> set[str]:
    return _glued(parts) | _glued(parts[::-1])
