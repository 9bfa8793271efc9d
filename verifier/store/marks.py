"""Contacts and document numbers, made comparable: what two cases share is found by digests that say nothing by themselves."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from verifier.store.records import Candidate, Document, Reading, ReferenceRecord, RoundRecord

PORTRAIT = "document portrait"
MOST_BITS_APART = 5
"""Bits of 64 in which two fingerprints of one portrait's picture may differ. Of 19,701 pairs of photos of different people the nearest
were 12 bits apart; 193 of 199 photos stayed within 5 when saved again as JPEG 60, 192 when made smaller as well (`python -m
tests.benchmarks.portrait_reuse`)."""
_PORTRAIT_PARTS = MOST_BITS_APART + 1
_TAIL = 9
"""Digits of a telephone number that are compared: with and without a country code it is one number."""


@dataclass(frozen=True)
class Mark:
    kind: str
    """"e-mail address", "telephone number", ..., as sentences name it."""
    value: str
    """In its comparable form."""


def marks_of(record: Any) -> list[Mark]:
    """What of a record is compared across cases, each once."""
    found: list[tuple[str, str]] = []
    if isinstance(record, Candidate):
        found += [("e-mail address", email(v)) for v in record.emails]
        found += [("telephone number", phone(v)) for v in record.phones]
        found += [("profile", address(v)) for v in record.profiles]
        found += [("shipping address", words(v)) for v in record.shipping_addresses]
        found += [("payment handle", words(v)) for v in record.payment_handles]
        found += [("name", name(v)) for v in (record.name, *record.other_names)]
    elif isinstance(record, (Document, Reading)):
        number = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", record.number)).upper()
        found.append(("document number", number and f"{record.country.upper()} {number}"))
        if isinstance(record, Reading):
            found += [(PORTRAIT, part) for part in portrait_parts(record.portrait)]
    elif isinstance(record, (ReferenceRecord, RoundRecord)):
        files = record.files if isinstance(record, RoundRecord) else (record.file,)
        found += [("file", file.sha256) for file in files]
    return [Mark(kind, value) for kind, value in dict.fromkeys(found) if value]


def portrait_parts(fingerprint: str) -> list[str]:
    """Parts of a fingerprint, with their place: two that differ in at most MOST_BITS_APART bits share one of them."""
    if not fingerprint:
        return []
    bits, at = f"{int(fingerprint, 16):064b}", [64 * n // _PORTRAIT_PARTS for n in range(_PORTRAIT_PARTS + 1)]
    return [f"{a} {bits[a:b]}" for a, b in pairwise(at)]


def digest(key: bytes, mark: Mark) -> str:
    """Keyed, so that a copied database cannot be searched for a number that somebody guesses."""
    return hmac.new(key, f"{mark.kind}\0{mark.value}".encode(), hashlib.sha256).hexdigest()


def email(text: str) -> str:
    """Without case, and without the part after + that mail servers ignore."""
    local, at, domain = words(text).rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" if at and local and domain else ""


def phone(text: str) -> str:
    digits = "".join(str(unicodedata.digit(c)) for c in text if unicodedata.digit(c, None) is not None)
    return digits[-_TAIL:] if len(digits) >= 7 else ""


def address(text: str) -> str:
    return re.sub(r"^(https?://)?(www\.)?", "", words(text)).rstrip("/")


def words(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def name(text: str) -> str:
    """Words of a name in any order, without case and accents: "Müller, Ana" and "ana muller" are one."""
    return " ".join(sorted(re.findall(r"\w+", plain(text))))


def plain(text: str) -> str:
    """Without case and accents, however these were typed."""
    if text.isascii():  # ten thousand cases are searched at once
        return text.casefold()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in folded if not unicodedata.combining(c))
