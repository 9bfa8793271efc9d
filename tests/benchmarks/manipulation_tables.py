"""What was measured of seeded and genuine calls, as tables: shares with exact intervals, areas with intervals over people."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scipy.stats import beta

from verifier.audit.desk import WHAT_WAS_DONE
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
    yield from summary(records)
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
    yield "Through the same steps, and the genuine sides of proxies and whispers."
    yield ""
    yield "| genuine | calls, minutes | " + " | ".join(CHECKS) + " |"
    yield "|---" * (2 + len(CHECKS)) + "|"
    for name, here in genuine(records, steps):
        minutes = sum(r["seconds"] for r in here) / 60
        yield f"| {name} | {len(here)}, {minutes:.1f} min | " + " | ".join(share(here, c) for c in CHECKS) + " |"
    yield from ("", *filtered(records), "", *faces(records, steps), "", *unseen(), "", *screens(records, steps))


def summary(records: Sequence[Record]) -> Iterator[str]:
    """What is seen always, sometimes and never, by the checks a manipulation is made for (by any, where there is none)."""
    found: dict[str, list[str]] = {"always": [], "sometimes": [], "never": [], "could not be judged": []}
    for what in RECIPES:
        saids = [{r["said"][c] for c in MEANT[what] or CHECKS} for r in records if r["what"] == what and "said" in r]
        judged = [said for said in saids if said & set(JUDGED)]
        seen = sum("observed" in said for said in judged)
        often = "always" if seen == len(judged) else "sometimes" if seen else "never"
        found[often if judged else "could not be judged"].append(f"{what} ({seen} of {len(judged)} judged)")
    yield "## In short"
    yield ""
    yield "Changed calls in which a check that the change is made for (in bold below; any check, where none is made for it) pointed at it:"
    yield ""
    yield from (f"- **{often}**: {', '.join(names)}" for often, names in found.items() if names)
    yield ""
    yield "Few calls, and changes of our own making: *always* here is no promise. A *step* is what a call does to a recording: height, bit rate, codec, dropped"
    yield "pictures. A *twin* is the genuine side of a changed call, through the same step; a *seed* the changed one. What was done:"
    yield ""
    yield from (f"- {what}: {WHAT_WAS_DONE[what]}" for what in RECIPES)


def genuine(records: Sequence[Record], steps: Sequence[str]) -> Iterator[tuple[str, list[Record]]]:
    able = [r for r in records if "said" in r and (r["what"] == GENUINE or r["what"].endswith(TWIN))]
    plain = [r for r in able if not r["filter"]]
    for step in steps:
        yield step, [r for r in plain if r["step"] == step and r["what"] == GENUINE]
    for what in sorted({r["what"] for r in plain} - {GENUINE}):
        yield what, [r for r in plain if r["what"] == what]
    yield "all", plain


def filtered(records: Sequence[Record]) -> Iterator[str]:
    """How often any check speaks of what a filter did to genuine calls, and how sure that is."""
    able = [r for r in records if "said" in r and r["filter"]]
    judged = [r for r in able if any(said in JUDGED for said in r["said"].values())]
    hits = [r for r in judged if "observed" in r["said"].values()]
    people = {r["person"] for r in judged}
    minutes = sum(r["seconds"] for r in judged) / 60
    low, high = share_interval(len(hits), len(judged)) if judged else (0.0, 1.0)
    most = beta.ppf(0.95, len(hits) + 1, len(judged) - len(hits)) if len(judged) > len(hits) else 1.0
    yield "## Genuine calls behind filters: any false observation"
    yield ""
    yield f"{len(hits)} of {len(judged)} calls ({minutes:.1f} min, {len(people)} people, {sum(p.startswith('drawn') for p in people)} of them drawn): {100 * low:.1f} to {100 * high:.1f} % (exact, 95 %, two-sided), at most"
    yield f"{100 * most:.1f} % (one-sided), as if calls were independent. Each is a stretch that shares no second with another, through one filter; the same stretch goes"
    yield f"through all three. {len(able) - len(judged)} more were too short for any check to judge."
    yield ""
    yield "| filter | calls, minutes | " + " | ".join(CHECKS) + " |"
    yield "|---" * (2 + len(CHECKS)) + "|"
    for name in (*sorted({r["filter"] for r in able}), "all"):
        here = [r for r in able if name in (r["filter"], "all")]
        minutes = sum(r["seconds"] for r in here) / 60
        yield f"| {name} | {len(here)}, {minutes:.1f} min | " + " | ".join(share(here, c) for c in CHECKS) + " |"


def unseen() -> Iterator[str]:
    """What training never saw, face size matched, against the best peer: as the figures of the training as it stands say."""
    figures = Path(__file__).resolve().parents[2] / "models" / "face_rendering" / "figures.md"
    lines = [line for line in figures.read_text("utf-8").splitlines() if line.startswith("|")]
    heads = [n for n, line in enumerate(lines) if line.startswith("| never seen in training")]
    yield "## Traces of rendering that were left out of training, face size matched, against the best peer"
    yield ""
    yield "From models/face_rendering/figures.md (`python -m verifier_models.face_rendering.figures`): a network trained once more without each manipulation, and all generated clips,\nwhich no training saw. While one row says no, face-rendering stays uncalibrated, on request and without a conclusion."
    yield ""
    for line in lines[heads[0] :] if heads else ():
        if line.startswith("| stage"):
            break
        yield line


def faces(records: Sequence[Record], steps: Sequence[str]) -> Iterator[str]:
    """Ours is silent by default and draws no conclusion: its numbers as areas, beside the peers'."""
    from verifier_models.face_rendering.figures import LEAST_PEOPLE, cell

    names = list(dict.fromkeys(n for r in records for n in r.get("rendering", ())))
    yield "## Traces of rendering: area under the curve, seeded against genuine calls of the same step"
    yield ""
    yield f"Ours (face-rendering, on request, uncalibrated), MesoNet's four published networks and LRNet on the same calls; .5 is chance. 95 %, bootstrap over people; of fewer than {LEAST_PEOPLE} people on either side no interval is given, for such a number is an anecdote."
    yield ""
    yield "| manipulation | call | seeded, genuine | " + " | ".join(names) + " |"
    yield "|---" * (3 + len(names)) + "|"
    for what in PICTURE_SEEDS:
        for step in (*steps, "all"):
            sides = [
                [r for r in records if r["what"] == w and step in (r["step"], "all") and r.get("rendering")]
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
    for step in (*steps, "all"):
        sides = [
            [r for r in records if r["what"] == w and step in (r["step"], "all") and r.get("screen")]
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
