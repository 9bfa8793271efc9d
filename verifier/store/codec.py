"""Observations and records as bytes and back: JSON with arrays beside it, and only types that are listed here.

Nothing is executed when it is read. To keep a new kind of observation, add its dataclass to `_NAMES`; a field that is of no
listed type raises Unstorable when it is written, so that nothing is kept that nobody decided to keep.

Layout: zlib of [4 bytes length of the JSON, big-endian][JSON, UTF-8][arrays and byte strings, one after the other].
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import Field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from verifier.store.errors import Damaged
from verifier.store.records import RECORDS

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BYTES = 256 << 20
"""Of one value, unpacked."""
_DTYPES = frozenset({"float32", "float64", "uint8", "bool", "int32", "int64"})

_JSON = json.JSONDecoder()


class Unstorable(TypeError):
    """Of no type that may be kept."""


_NAMES = {
    "timing": "Span",
    "likelihood": "LikelihoodRatio",
    "calibration": "Comparison",
    "case": "Evidence Role Round",
    "findings": "Finding Outcome Group",
    "checks.base": "ObservedRound PickedAs ReferenceFace Seen",
    "tracks": "Person",
    "lip_voice": "Coupling",
    "observe.templates": "FaceTemplate",
    "observe.faces": "KeptCrop FaceSample Tracklet",
    "observe.face_crop": "FaceCrop",
    "observe.face_quality": "FaceQuality",
    "observe.face_detector": "FaceBox",
    "voice_calibration": "VoiceTemplate",
    "observe.sound": "SoundFacts",
    "observe.sound_source": "SoundSource",
    "observe.voices": "VoiceTrack",
    "round_voices": "HeardSource HeardVoice RoundVoices Tie",
    "asides": "Aside",
    "gaze": "Gaze",
    "typing_sound": "Typing",
    "replay": "Replay Repeat",
    "face_stability": "Stability",
    "report.model": "Picture Clip",
    "media.file_facts": "FileFacts TrackTimes",
    "media.edit_list": "TrackEdits Edit",
    "media.credentials": "Credentials",
    "documents.reading": "DocumentSeen",
    "documents.zone": "Zone",
    "documents.zone_reading": "ZoneReading MrzLine LineStatus Repair",
    "documents.mrz": "ParsedZone CheckResult",
    "documents.mrz_formats": "Format Field CheckDigit Kind",
    "documents.ocr": "PrintedLine",
    "documents.visual": "VisualZone PrintedField",
    "documents.labels": "Labelled",
    "documents.aamva": "Licence",
    "documents.editing": "EditingTraces RegionTrace",
    "documents.portraits": "PortraitFacts",
    "documents.ghost": "Ghost",
    "store.observations": "KeptRound KeptReference KeptTemplate",
    "store.records": " ".join(cls.__name__ for cls in RECORDS),
}
_MODULES = {name: f"verifier.{module}" for module, names in _NAMES.items() for name in names.split()}
"""Type that may be kept -> its module, imported when the first of it is read: a list of cases needs no model."""


@cache
def _type(name: str) -> type:
    found: type = getattr(import_module(_MODULES[name]), name)
    return found


def pack(value: object) -> bytes:
    """Raises Unstorable."""
    pieces: list[bytes] = []
    tree = json.dumps(_tree(value, pieces), ensure_ascii=False, separators=(",", ":")).encode()
    return zlib.compress(b"".join([struct.pack(">I", len(tree)), tree, *pieces]), 1)


def unpack(packed: bytes) -> Any:
    """Raises Damaged, whatever the bytes are."""
    try:
        unzip = zlib.decompressobj()
        raw = unzip.decompress(packed, MAX_BYTES)
        if not unzip.eof:
            raise Damaged("a stored value is too large or cut short")
        (length,) = struct.unpack_from(">I", raw)
        text = raw[4 : 4 + length].decode()
        tree, end = _JSON.raw_decode(text)
        if end != len(text):
            raise Damaged("a stored value has a tail")
        return _value(tree, memoryview(raw)[4 + length :])
    except (zlib.error, struct.error, ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError,
            ZeroDivisionError, AttributeError) as error:  # fmt: skip
        raise Damaged("a stored value cannot be read") from error


def _tree(value: Any, pieces: list[bytes]) -> Any:
    if isinstance(value, StrEnum):
        return {"$e": _name(value), "v": value.value}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Fraction):
        return {"$f": str(value)}
    if isinstance(value, date):
        return {"$y": value.isoformat()}
    if isinstance(value, Path):
        return {"$p": ""}  # where a file lay on the machine that read it is nobody's business
    if isinstance(value, bytes):
        return {"$b": _piece(value, pieces)}
    if isinstance(value, np.ndarray):
        if value.dtype.name not in _DTYPES:
            raise Unstorable(f"arrays of {value.dtype.name} are not kept")
        return {"$a": [value.dtype.name, list(value.shape), *_piece(np.ascontiguousarray(value).tobytes(), pieces)]}
    if isinstance(value, (tuple, list)):
        return {"$t" if isinstance(value, tuple) else "$l": [_tree(v, pieces) for v in value]}
    if isinstance(value, dict):
        return {"$d": [[_tree(k, pieces), _tree(v, pieces)] for k, v in value.items()]}
    if is_dataclass(value):
        said = ((f, getattr(value, f.name)) for f in fields(value))
        return {"$c": _name(value), "v": {f.name: _tree(v, pieces) for f, v in said if not _is_default(f, v)}}
    raise Unstorable(f"{type(value).__name__} is not kept")


def _is_default(known: Field[Any], value: object) -> bool:
    """Plain defaults are left out: shorter, and quicker to read."""
    return (
        type(value) in (str, int, bool, tuple, type(None))
        and type(value) is type(known.default)
        and (value == known.default)
    )


def _name(value: object) -> str:
    name = type(value).__name__
    if _MODULES.get(name) != type(value).__module__:
        raise Unstorable(f"{name} is not among the types that are kept (store/codec.py)")
    return name


def _piece(data: bytes, pieces: list[bytes]) -> list[int]:
    start = sum(map(len, pieces))
    pieces.append(data)
    return [start, len(data)]


def _value(tree: Any, raw: memoryview) -> Any:
    return tree if type(tree) is not dict else _READERS[next(iter(tree), "")](tree, raw)


def _values(values: Any, raw: memoryview) -> list[Any]:
    if type(values) is not list:
        raise ValueError("no list")
    return [_value(v, raw) if type(v) is dict else v for v in values]


def _instance(tree: dict[str, Any], raw: memoryview) -> Any:
    cls = _class(tree["$c"])
    return cls(**{key: _value(v, raw) if type(v) is dict else v for key, v in tree["v"].items()})


@cache
def _class(name: str) -> type:
    cls = _type(name)
    if not (isinstance(cls, type) and is_dataclass(cls)):
        raise ValueError(name)
    return cls


def _enum(tree: dict[str, Any], _: memoryview) -> StrEnum:
    enum = _type(tree["$e"])
    if not issubclass(enum, StrEnum):
        raise ValueError(tree["$e"])
    return enum(tree["v"])


def _fraction(tree: dict[str, Any], _: memoryview) -> Fraction:
    text = tree["$f"]
    if type(text) is not str or len(text) >= 200:
        raise ValueError("no fraction")
    return Fraction(text)


def _array(tree: dict[str, Any], raw: memoryview) -> Any:
    dtype, shape, start, length = tree["$a"]
    if dtype not in _DTYPES:
        raise ValueError(dtype)
    return np.frombuffer(_slice(raw, start, length), dtype).reshape(shape).copy()


_READERS: dict[str, Callable[[dict[str, Any], memoryview], Any]] = {
    "$c": _instance,
    "$t": lambda tree, raw: tuple(_values(tree["$t"], raw)),
    "$l": lambda tree, raw: _values(tree["$l"], raw),
    "$d": lambda tree, raw: {_value(k, raw): _value(v, raw) for k, v in tree["$d"]},
    "$e": _enum,
    "$f": _fraction,
    "$y": lambda tree, _: date.fromisoformat(tree["$y"]),
    "$p": lambda tree, _: Path(),
    "$b": lambda tree, raw: bytes(_slice(raw, *tree["$b"])),
    "$a": _array,
}
"""By the first key of a packed value; a list of ten thousand cases goes through here sixty thousand times."""


def _slice(raw: memoryview, start: int, length: int) -> memoryview:
    if type(start) is not int or type(length) is not int or start < 0 or length < 0 or start + length > len(raw):
        raise ValueError("a piece lies outside")
    return raw[start : start + length]
