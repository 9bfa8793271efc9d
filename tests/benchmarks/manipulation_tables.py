"""What was measured of seeded and genuine calls, as tables: shares with exact intervals, areas with intervals over people."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from verifier.metrics import share_interval
from verifier.seeds.recipes import PICTURE_SEEDS, RECIPES

GENUINE, TWIN = "genuine", " (twin)"
CHECKS = (
    "face-continuity", "face-across-rounds", "voice-continuity", "voice-across-rounds", "lip-voice", "speech-without-lips",
    "second-voice", "replay",
)  # fmt: skip
MEANT = {
    "proxy": ("face-across-rounds", "voice-across-rounds"), "swap": (), "swap from": ("face-continuity",), "self-blended": (),
    "frozen mouth": ("lip-voice", "speech-without-lips"), "frozen": ("replay",), "noisy frozen": ("replay",), "looped": ("replay",),
    "screen replay": (), "dubbed": ("lip-voice",), "shifted sound": ("lip-voice",), "second voice": ("second-voice",),
    "whispered answer": ("second-voice",),
}  # fmt: skip
"""Which check a manipulation is made for."""
JUDGED = ("observed", "elsewhere", "inconclusive", "not_observed")
Record = dict[str, Any]


def tables(records: Sequence[Record], steps: Sequence[str], clips: int) -> Iterator[str]:
    records = [_as_made(r) for r in records]
    people = len({r["person"] for r in records})
    yield "# Seeded calls: what the checks see of them"
    yield ""
    yield "Written by `python -m tests.benchmarks.manipulations` (part of `make bench`); do not edit. Calls of known truth (verifier/seeds) made from"
    yield f"{clips} clips of {people} people who talk for five to eight seconds, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores. *Observed* of *judged*, and the exact 95 % interval of that share"
    yield "as if calls were independent; a call in which a check could not judge is left out. A hit points at seconds that were changed. In bold: the check that the"
    yield "manipulation is made for. Clips are short: identity checks see few frames, and voice checks mostly too little speech to judge. The listening before a whispered"
    yield "answer is made of pictures that come again, in the genuine side too: replay says so, rightly, and is not counted there."
    yield ""
    yield "## Seeded calls: observed of judged"
    yield ""
    yield "| manipulation | call | made | " + " | ".join(CHECKS) + " |"
    yield "|---" * (3 + len(CHECKS)) + "|"
    for what in RECIPES:
        for step in (*steps, "all"):
            here = [r for r in records if r["what"] == what and step in (r["step"], "all")]
            able = [r for r in here if "said" in r]
            cells = [bold(share(able, c), on=c in MEANT[what]) for c in CHECKS]
            yield f"| {what} | {step} | {len(able)} | " + " | ".join(cells) + " |"
    yield ""
    yield "## Genuine calls: false observations"
    yield ""
    yield "Through the same steps, the genuine sides of proxies and whispers, and through filters of honest callers' software (480p 500k H.264)."
    yield ""
    yield "| genuine | calls, minutes | " + " | ".join(CHECKS) + " |"
    yield "|---" * (2 + len(CHECKS)) + "|"
    for name, here in genuine(records, steps):
        minutes = sum(r["seconds"] for r in here) / 60
        yield f"| {name} | {len(here)}, {minutes:.1f} min | " + " | ".join(share(here, c) for c in CHECKS) + " |"
    yield from ("", *faces(records, steps), "", *screens(records, steps))


def genuine(records: Sequence[Record], steps: Sequence[str]) -> Iterator[tuple[str, list[Record]]]:
    able = [r for r in records if "said" in r and (r["what"] == GENUINE or r["what"].endswith(TWIN))]
    plain, filtered = ([r for r in able if bool(r["filter"]) is side] for side in (False, True))
    for step in steps:
        yield step, [r for r in plain if r["step"] == step and r["what"] == GENUINE]
    for what in sorted({r["what"] for r in plain} - {GENUINE}):
        yield what, [r for r in plain if r["what"] == what]
    yield "all without a filter", plain
    for name in sorted({r["filter"] for r in filtered}):
        yield name, [r for r in filtered if r["filter"] == name]
    yield "all with a filter", filtered


def faces(records: Sequence[Record], steps: Sequence[str]) -> Iterator[str]:
    """Ours is silent by default and draws no conclusion: its numbers as areas, beside the peers'."""
    from verifier_models.face_rendering.figures import cell

    names = list(dict.fromkeys(n for r in records for n in r.get("rendering", ())))
    yield "## Traces of rendering: area under the curve, seeded against genuine calls of the same step"
    yield ""
    yield "Ours (face-rendering, on request, uncalibrated), MesoNet's four published networks and LRNet on the same calls; .5 is chance. 95 %, bootstrap over people."
    yield ""
    yield "| manipulation | call | seeded, genuine | " + " | ".join(names) + " |"
    yield "|---" * (3 + len(names)) + "|"
    for what in PICTURE_SEEDS:
        for step in steps:
            sides = [
                [r for r in records if r["what"] == w and r["step"] == step and r.get("rendering")]
                for w in (what, GENUINE)
            ]
            cells = [
                cell(*([(r["person"], r["rendering"][n]) for r in side if n in r["rendering"]] for side in sides))
                for n in names
            ]
            yield f"| {what} | {step} | {len(sides[0])}, {len(sides[1])} | " + " | ".join(cells) + " |"


def screens(records: Sequence[Record], steps: Sequence[str]) -> Iterator[str]:
    from verifier_models.face_rendering.figures import cell

    names = list(dict.fromkeys(n for r in records for n in r.get("screen", ())))
    yield "## Another screen, filmed: what a published network sees where the replay check does not look"
    yield ""
    yield "| call | seeded, genuine | replay observed of judged | " + " | ".join(names) + " |"
    yield "|---" * (3 + len(names)) + "|"
    for step in steps:
        sides = [
            [r for r in records if r["what"] == w and r["step"] == step and r.get("screen")]
            for w in ("screen replay", GENUINE)
        ]
        cells = [cell(*([(r["person"], r["screen"][n]) for r in side] for side in sides)) for n in names]
        yield f"| {step} | {len(sides[0])}, {len(sides[1])} | {share(sides[0], 'replay')} | " + " | ".join(cells) + " |"


def _as_made(record: Record) -> Record:
    """Without what a check sees because of how a call had to be made."""
    if not record["what"].startswith("whispered answer") or "said" not in record:
        return record
    return {**record, "said": {**record["said"], "replay": "not_applicable"}}


def share(records: Sequence[Record], check: str) -> str:
    """ "2/3 (9 to 99 %)"; "" where the check could judge none."""
    judged = [r["said"][check] for r in records if r["said"][check] in JUDGED]
    if not judged:
        return ""
    hits = judged.count("observed")
    low, high = share_interval(hits, len(judged))
    return f"{hits}/{len(judged)} ({100 * low:.0f} to {100 * high:.0f} %)"


def bold(text: str, *, on: bool) -> str:
    return f"**{text}**" if on and text else text
