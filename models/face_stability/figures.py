"""Whether landmark jitter and template drift tell changed faces from genuine ones: measures clips and seeds, prints the figures.

python -m verifier_models.face_stability.figures --data DATA --work .work/stability --out models/face_stability
The measurements stay in the work folder and are not made twice.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
from verifier_models.lip_voice.material import without_inset

from verifier.face_stability import drift_of, jitter_of
from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.observe.comparators.registry import load_comparators
from verifier.observe.faces import FaceObserver
from verifier.observe.lips import LipObserver
from verifier.observe.templates import Embedder
from verifier.seeds.ladder import Step, encode
from verifier.seeds.recipes import RECIPES, Material
from verifier.seeds.shots import Shots, Source

GENUINE, GENERATED = "genuine", "generated"
SEEDS = ("swap", "self-blended")
STEPS = (Step(360, 300_000),)
LONGEST_S = 3.0
FOLDERS = {
    "hdtf": GENUINE,
    "retalking": GENUINE,
    "vasa1": GENERATED,
    "emo": GENERATED,
    "sadtalker": GENERATED,
}
MEASURES = ("jitter", "jitter against motion", "drift")


def clips(data: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    with (data / "clips.csv").open() as source:
        for row in csv.DictReader(source):
            path = data / row["path"]
            if path.parent.name in FOLDERS:
                yield path, row


def measured(path: Path, embedder: Embedder, *, inset: bool) -> dict[str, Any]:
    faces = FaceObserver()
    lips = LipObserver(faces.boxes, SamplingPlan())
    selector = faces.plan.selector()
    with Recording(path) as recording:
        for frame in recording.frames(SamplingPlan()):
            shown = without_inset(frame) if inset else frame
            if selector.take(frame.time, frame.is_key):
                faces.observe(shown)
            lips.observe(shown)
    table, found = lips.finish(), faces.finish()
    faces.close()
    lips.close()
    jitter = jitter_of(table, np.ones(len(table.times), bool))
    kept = max((t.kept for t in found.tracklets), key=len, default=[])
    width = float(np.median([b.width for b in table.boxes])) if table.boxes else 0.0
    return {"values": [*(jitter or (None, None)), drift_of(kept, embedder)], "width": width}


def measure(data: Path, work: Path, *, known_only: bool) -> list[dict[str, Any]]:
    embedder, rows = Embedder(load_comparators().loaded), []
    sources = [(Source.open(path), row) for path, row in clips(data)]
    genuine = [s for s, _ in sources if FOLDERS[s.path.parent.name] == GENUINE]
    coded = work / "coded.mkv"
    for number, (source, row) in enumerate(sources):
        group = FOLDERS[source.path.parent.name]
        for what in (group, *SEEDS) if group == GENUINE else (group,):
            for step in STEPS:
                target = work / f"{number:03d}-{what}-{step.name.replace(' ', '-')}.json"
                if known_only and not target.exists():
                    continue
                if not target.exists():
                    shots: Shots = takewhile(lambda shot: shot[0] < LONGEST_S, source.shots(step.lines))
                    if what in SEEDS:
                        shots = RECIPES[what](
                            Material(source, tuple(genuine), step.lines), np.random.default_rng(number)
                        ).picture(shots)
                    encode(shots, None, step, coded)
                    found = measured(coded, embedder, inset=source.path.parent.name == "vasa1")
                    target.write_text(json.dumps({**found, "what": what, "step": step.name, "person": row["identity"]}))
                    print(target.name, found, flush=True)
                rows.append(json.loads(target.read_text()))
    coded.unlink(missing_ok=True)
    return rows


def auc(attack: list[dict[str, Any]], genuine: list[dict[str, Any]], which: int) -> str:
    """ ".71 (.55 to .86)": higher = more in changed faces; bootstrap over people."""
    rng, values = np.random.default_rng(0), []
    people = sorted({r["person"] for r in (*attack, *genuine)})
    for draw in range(201):
        chosen = people if draw == 0 else [people[i] for i in rng.integers(0, len(people), len(people))]
        a, g = (np.array([r["values"][which] for n in chosen for r in group if r["person"] == n and r["values"][which] is not None])
                for group in (attack, genuine))  # fmt: skip
        if len(a) and len(g):
            values.append(float(((a[:, None] > g).mean() + (a[:, None] >= g).mean()) / 2))
    return (
        f"{values[0]:.2f} ({np.quantile(values[1:], 0.025):.2f} to {np.quantile(values[1:], 0.975):.2f}), {len(attack)}"
        if values
        else "none"
    )


def table(rows: list[dict[str, Any]]) -> Iterable[str]:
    yield f"| coding | measure | genuine, middle | {' | '.join((*SEEDS, GENERATED))} |"
    yield "|---" * (3 + len(SEEDS) + 1) + "|"
    for step in dict.fromkeys(r["step"] for r in rows):
        here = [r for r in rows if r["step"] == step]
        genuine = [r for r in here if r["what"] == GENUINE]
        for which, name in enumerate(MEASURES):
            known = [r["values"][which] for r in genuine if r["values"][which] is not None]
            middle = f"{np.median(known):.3g} ({len(known)})" if known else "none"
            cells = [auc([r for r in here if r["what"] == what], genuine, which) for what in (*SEEDS, GENERATED)]
            yield f"| {step} | {name} | {middle} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--known-only", action="store_true", help="figures of what is measured so far")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Figures of face stability",
        "",
        f"Written by `python -m verifier_models.face_stability.figures`; do not edit. The first {LONGEST_S:.0f} s of each clip. Area under the curve, changed",
        "against genuine faces, .5 = tells nothing, below .5 = the changed ones are steadier; in brackets 95 % by bootstrap over people; number of clips.",
        "Nothing is fitted, so every person is left out.",
        "",
        *table(measure(args.data, args.work, known_only=args.known_only)),
    ]
    (args.out / "figures.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
