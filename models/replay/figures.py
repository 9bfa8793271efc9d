"""Second stage: what the check says of the clips and seeds of the first stage, and what a filmed screen leaves behind.

python -m verifier_models.replay.figures --work .work/replay --out models/replay
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from verifier.metrics import rate_interval
from verifier.observe.face_detector import FaceBox
from verifier.observe.faces import FaceSample, Tracklet
from verifier.observe.trail import TrailTable
from verifier.replay import AGAIN, MOVES, STILL, Replay, replay_of
from verifier.seeds.recipes import STILL_SEEDS
from verifier.timing import Span
from verifier.tracks import Person

GENUINE = "genuine"


@dataclass(frozen=True)
class Row:
    what: str
    step: str
    clip: str
    folder: str
    seconds: float
    replay: Replay

    @property
    def drawn(self) -> bool:
        return self.folder == "media"

    @property
    def seen(self) -> bool:
        return bool(self.replay.still or self.replay.repeats)


def load(work: Path) -> list[Row]:
    rows = []
    for path in sorted(work.glob("*.npz")):
        z = np.load(path)
        times = tuple(Fraction(round(t * 90_000), 90_000) for t in z["times"])
        table = TrailTable(times, z["cells"], (int(z["size"][0]), int(z["size"][1])))
        if not len(z["box"]):
            continue
        # clips show one person each, who stays: the face of the first picture stands for all
        face = FaceSample(times[0], FaceBox(*(float(v) for v in z["box"]), 1.0), None)
        person = Person((Tracklet(0, [face]),), (Span(times[0], times[-1] + 1),), ())
        rows.append(
            Row(
                str(z["what"]),
                str(z["step"]),
                str(z["clip"]),
                str(z["folder"]),
                float(times[-1]),
                replay_of(table, person),
            )
        )
    return rows


def share(rows: list[Row], what: str) -> str:
    """ "41 of 41, 100 % (93 to 100)"."""
    hit = np.array([r.seen for r in rows])
    clips = {name: n for n, name in enumerate(sorted({r.clip for r in rows}))}
    who = np.array([clips[r.clip] for r in rows])
    rate, low, high = (100 * v for v in rate_interval(hit, who, who))
    return f"{hit.sum()} of {len(hit)} {what}, {rate:.0f} % ({low:.0f} to {high:.0f})"


def table(rows: list[Row]) -> Iterable[str]:
    yield "| what | coding | judged, minutes | observed | left open | liveliest cell, least to most | nearest stretch, least to most |"
    yield "|---" * 7 + "|"
    kinds = [
        (GENUINE, False),
        (GENUINE, True),
        *((name, False) for name in STILL_SEEDS),
        *((name, True) for name in STILL_SEEDS),
    ]
    for what, drawn in kinds:
        steps = dict.fromkeys(r.step for r in rows if r.what == what and r.drawn == drawn)
        for step in steps:
            here = [r for r in rows if (r.what, r.step, r.drawn) == (what, step, drawn)]
            able = [r for r in here if not r.replay.reason]
            minutes = sum(float(s.duration) for r in able for s in r.replay.judged) / 60
            lively = [r.replay.liveliest for r in able if r.replay.liveliest is not None]
            nearest = [r.replay.nearest for r in able if r.replay.nearest is not None]
            open_ = sum(bool(r.replay.hardly_moving) and not r.seen for r in able)
            name = f"{what}{', drawn people' if drawn else ''}"
            cells = [
                name,
                step,
                f"{minutes:.1f}",
                share(able, "clips") if able else "none",
                str(open_),
                _ends(lively, 0),
                _ends(nearest, 2),
            ]
            yield "| " + " | ".join(cells) + " |"


def _ends(values: list[float], digits: int) -> str:
    return f"{min(values):.{digits}f} to {max(values):.{digits}f} ({len(values)})" if values else ""


def screen(work: Path) -> Iterable[str]:
    """What the stage `screen` found, where it has run."""
    path = work / "screen.json"
    if not path.exists():
        return
    found = json.loads(path.read_text())
    yield from ["", "## A screen that is filmed: area under the curve, seeds against genuine", ""]
    yield "| coding | clips | spectral peaks (moire) | straight edges at the border | MiniFASNetV2 | MiniFASNetV1SE |"
    yield "|---" * 6 + "|"
    for step, cells in found["steps"].items():
        yield f"| {step} | {cells['clips']} | " + " | ".join(f"{v:.2f}" for v in cells["auc"]) + " |"
    yield ""
    yield "One live face (T1), a print (F1) and a tablet (F2): " + "; ".join(
        f"{name}: {', '.join(f'{v:.3g}' for v in values)}" for name, values in found["stills"].items()
    ) + " (same order; MiniFASNet: probability of not live)."  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    rows = load(args.work)
    short = [r for r in rows if r.replay.reason]
    lines = [
        "# Figures of the replay check",
        "",
        "Written by `python -m verifier_models.replay.figures`; do not edit. Up to 10 s of each clip, seeds held for 6 s; the face of the first picture stands",
        f"for all. Still: the liveliest cell moves at most {STILL:.0f} grey levels, moving from {MOVES:.0f}; again: at most {AGAIN:.1f} times as far",
        f"as neighbours. {len(short)} of {len(rows)} files are too short to judge (under 3 s, and nothing earlier to compare with): "
        f"{len({r.clip for r in short})} clips. Brackets: 95 %, bootstrap over clips, or the rule of three.",
        "",
        *table(rows),
        *screen(args.work),
    ]
    (args.out / "figures.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
