"""What was read and found in identity documents, for programs, as `document.schema.json` describes it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from verifier.documents.zone_print import number_in_print
from verifier.documents.zone_reading import LineStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.document_desk import DocumentResult
    from verifier.documents.aamva import Licence
    from verifier.documents.ocr import Points
    from verifier.documents.reading import DocumentSeen
    from verifier.documents.zone_reading import ZoneReading
    from verifier.findings import Finding

SCHEMA_ID = "interview-verifier/document/1"


def to_json(results: Sequence[DocumentResult], claimed_name: str | None) -> dict[str, Any]:
    """Plain dicts and lists; places are corners in pixels of the straightened page."""
    from verifier import __version__

    return {
        "schema": SCHEMA_ID,
        "tool": f"interview-verifier {__version__}",
        "claimed_name": claimed_name,
        "documents": [_document(r, r.seen) for r in results if r.seen is not None],
        "unusable": [{"name": r.name, "reason": r.reason} for r in results if r.reason],
    }


def dumps(results: Sequence[DocumentResult], claimed_name: str | None) -> str:
    return json.dumps(to_json(results, claimed_name), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def schema() -> dict[str, Any]:
    """The published JSON schema."""
    loaded: dict[str, Any] = json.loads(files("verifier.report").joinpath("document.schema.json").read_text("utf-8"))
    return loaded


def _document(result: DocumentResult, seen: DocumentSeen) -> dict[str, Any]:
    page, portrait, visual = seen.page, seen.portrait, seen.visual
    ghost = portrait.ghost if portrait else None
    return {
        "name": result.name,
        "sha256": seen.evidence.sha256,
        "page": seen.page_number,
        "picture": {
            "width": page.size[0] if page else 0,
            "height": page.size[1] if page else 0,
            "turned_degrees": round(page.turned, 1) if page else 0.0,
            "mirrored": page.mirrored if page else False,
            "straightened_by_edges": page.outlined if page else False,
            "retake": list(seen.retake),
            "notes": list(seen.notes),
        },
        "mrz": _zone(seen, seen.reading) if seen.reading else None,
        "print": {
            "fields": [{"name": f.name, "value": f.value, "corners": _corners(f.corners)} for f in visual.fields]
            if visual
            else [],
            "dates": sorted({d.isoformat() for d, _ in visual.dates}) if visual else [],
            "by_label": [{"name": f.name, "value": f.value, "corners": _corners(f.corners)} for f in visual.labelled]
            if visual
            else [],
        },
        "portrait": {
            "found": bool(portrait and portrait.found),
            "reason": portrait.reason if portrait else seen.reason,
            "faces": portrait.faces if portrait else 0,
            "fingerprint": portrait.hash if portrait and portrait.found else None,
            "second": {"corners": _corners(ghost.corners), "correlation": ghost.likeness} if ghost else None,
        },
        "barcode": _barcode(seen.licence) if seen.licence else None,
        "editing": {
            "stand_out": [r.name for r in seen.traces.regions if r.stands_out],
            "screen_grid": seen.traces.on_screen,
            "other_typeface": list(seen.traces.other_typeface) if seen.traces.other_typeface is not None else None,
            "programs": [f"{where}: {program}" for where, program in seen.traces.programs],
        }
        if seen.traces
        else None,
        "to_look_at": result.to_look_at,
        "unread": result.unread,
        "findings": [_finding(f) for f in result.findings],
    }


def _barcode(licence: Licence) -> dict[str, Any]:
    days = {name: getattr(licence, name) for name in ("birth", "issue", "expiry")}
    return {
        "issuer": licence.issuer, "version": licence.version, "surname": licence.surname, "given": licence.given_names,
        "number": licence.number, "jurisdiction": licence.jurisdiction, "country": licence.country, "sex": licence.sex,
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }  # fmt: skip


def _zone(seen: DocumentSeen, reading: ZoneReading) -> dict[str, Any]:
    parsed = reading.parsed
    places = seen.zone.corners if seen.zone else ()
    number = number_in_print(seen)
    values = {**parsed.values, "surname": parsed.surname, "given": parsed.given} if parsed else {}
    return {
        "format": parsed.format.name if parsed else None,
        "reason": reading.reason,
        "lines": [
            {
                "text": None if line.status is LineStatus.UNREADABLE else line.text,
                "status": line.status.value,
                "doubtful": list(line.doubtful),
                "corners": _corners(places[n]),
            }
            for n, line in enumerate(reading.lines)
        ],
        "fields": values,
        "fields_in_doubt": sorted(name for name in values if not seen.sure_of(name)),
        "printed_number": {
            "value": number.printed,
            "likeness": number.likeness.name.lower(),
            "corners": _corners(number.corners),
        }
        if number
        else None,
        "birth": seen.birth.isoformat() if seen.birth else None,
        "expiry": seen.expiry.isoformat() if seen.expiry else None,
        "check_digits": [
            {"name": c.name, "printed": c.printed, "computed": c.computed, "holds": c.holds}
            for c in (parsed.checks if parsed else ())
        ],
        "repairs": [
            {"line": r.line + 1, "position": r.position, "seen": r.seen, "taken": r.taken, "why": r.why}
            for r in reading.repairs
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "group": finding.group.value,
        "outcome": finding.outcome.value,
        "statement": finding.statement,
        "next_step": finding.next_step,
        "details": [{"label": label, "value": value} for label, value in finding.details],
    }


def _corners(points: Points) -> list[list[float]]:
    return [[round(float(x), 1), round(float(y), 1)] for x, y in points]
