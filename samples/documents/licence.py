"""The back of a driving licence: a PDF417 with the fields of the AAMVA card design standard (2020, version 10)."""

from __future__ import annotations

from datetime import date

import numpy as np
from PIL import Image

from samples.documents.mrz import written
from samples.documents.people import STREETS, Holder
from samples.documents.sheet import PER_MM, Sheet

ISSUER = "636999"
"""In nobody's range of the standard's list of issuers."""
JURISDICTION = "UP"
"""No state has these letters. The country must be USA or CAN for dates to have an order."""

_MODULE = 4  # pixels a module: 0.33 mm, twice the least that the standard allows


def payload(holder: Holder, place: str, street: str) -> str:
    """The text of the barcode; dates as in the United States, MMDDCCYY."""

    def day(when: date) -> str:
        return f"{when:%m%d%Y}"

    given = holder.given_names.split(" ")
    elements = {
        "DAQ": holder.number, "DCS": _plain(holder.surname), "DDE": "N", "DAC": _plain(given[0]), "DDF": "N",
        "DAD": _plain(" ".join(given[1:])) or "NONE", "DDG": "N", "DCA": "D", "DCB": "NONE", "DCD": "NONE",
        "DBD": day(holder.issue), "DBB": day(holder.birth), "DBA": day(holder.expiry),
        "DBC": {"M": "1", "F": "2"}.get(holder.sex, "9"), "DAU": "069 IN", "DAY": "BRO", "DAG": street,
        "DAI": place, "DAJ": JURISDICTION, "DAK": "840010000  ", "DCF": f"{holder.number}X01", "DCG": "USA",
    }  # fmt: skip
    subfile = "DL" + "".join(f"{name}{value}\n" for name, value in elements.items())[:-1] + "\r"
    header = f"@\n\x1e\rANSI {ISSUER}100001"
    start = len(header) + 10  # one entry of ten characters: type, offset, length
    return f"{header}DL{start:04d}{len(subfile):04d}{subfile}"


def _plain(name: str) -> str:
    return written(name).replace("<", " ").strip()


def back(holder: Holder, seed: int, places: tuple[str, ...]) -> Sheet:
    import zxingcpp

    sheet = Sheet(85.6, 54.0, seed)
    sheet.text(4, 4, "DRIVING LICENCE · UTOPIA · SPECIMEN · NOT A DOCUMENT", 2.0)
    text = payload(holder, places[seed % len(places)], f"{7 + seed % 90} {STREETS[seed % len(STREETS)]}")
    sheet.barcode = text
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.PDF417, options="ec_level=3,columns=9")
    modules = np.array(code.to_image(scale=1))
    width, height = modules.shape[1] * _MODULE, modules.shape[0] * _MODULE
    picture = Image.fromarray(modules).resize((width, height), Image.Resampling.NEAREST).convert("RGB")
    at = (round((85.6 * PER_MM - width) / 2), round(10 * PER_MM))
    sheet.image.paste(picture, at)
    sheet.places["barcode"] = (at[0], at[1], at[0] + width, at[1] + height)
    sheet.labelled(4, 44, "Class", "D", "class", 2.4)
    return sheet
