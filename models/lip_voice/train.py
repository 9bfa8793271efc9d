"""Second stage: the model and its curve, from the tables of the first.

python -m verifier_models.lip_voice.train --work .work/lips --out models/lip_voice
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from verifier_models.lip_voice.clips import GENUINE, Clip, Scored, fit_rows, load, same_sound, scored

from verifier.calibrate import Pairs, even, fit_curve
from verifier.coupling import WINDOW_S, CouplingModel, Side, above_noise, liveliness
from verifier.observe.sound_features import BINS_PER_S

COMPONENTS = 6
RIDGE = 1e-2
"""Of the variance: neighbouring bands say nearly the same."""
EVERY_SECOND = 0.5
REAL = ("hdtf", "retalking", "grid")
TITLE = "talking clips, lips against shifted and other voices"


def train(clips: list[Clip]) -> CouplingModel:
    """Canonical correlation analysis of mouth and sound rows; without a curve."""
    mouth, sound = fit_rows(clips)
    (x, mouth_side), (y, sound_side) = _standard(mouth), _standard(sound)
    to_x, to_y = _whitening(x), _whitening(y)
    left, strength, right = np.linalg.svd(to_x @ (x.T @ y / len(x)) @ to_y)
    sides = (
        replace(mouth_side, weights=to_x @ left[:, :COMPONENTS]),
        replace(sound_side, weights=to_y @ right[:COMPONENTS].T),
    )
    return CouplingModel(*sides, strength[:COMPONENTS], np.zeros((1, 3)), 0.0, gates(clips), TITLE)


def _standard(rows: np.ndarray) -> tuple[np.ndarray, Side]:
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    return (rows - mean) / scale, Side(mean, scale, np.zeros((0, 0)))


def _whitening(rows: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(rows.T @ rows / len(rows) + RIDGE * np.eye(rows.shape[1]))
    return vectors @ np.diag(values**-0.5) @ vectors.T


def leave_one_out(clips: list[Clip], seconds: int) -> list[Scored]:
    """Every window, scored by a model that never saw or heard the person whose lips they are."""
    found: list[Scored] = []
    for person in sorted({c.person for c in clips}):
        model = train([c for c in clips if c.trains and c.person != person])
        for clip in (c for c in clips if c.person == person):
            others = [o for o in clips if o.person != person and o.step == clip.step and not same_sound(o, clip)]
            longer = [o for o in others if len(o.sound) >= len(clip.sound)]
            found += scored(model, clip, longer or others, seconds)
    return found


def curve_of(found: list[Scored], refits: int = 100) -> np.ndarray:
    """The curve for "apart" against "together", persons drawn anew for each refit."""
    people = {name: n for n, name in enumerate(sorted({s.clip.person for s in found} | {s.voice for s in found}))}

    def pairs(chosen: list[Scored]) -> Pairs:
        return even(
            np.array([[s.score] for s in chosen]),
            np.array([people[s.clip.person] for s in chosen]),
            np.array([people[s.voice] for s in chosen]),
        )

    used = [s for s in found if s.clip.trains]
    return fit_curve(
        pairs([s for s in used if s.what != GENUINE]), pairs([s for s in used if s.what == GENUINE]), refits
    )


def gates(clips: list[Clip]) -> dict[str, float]:
    """What a window must have to be judged, from windows of people who talk throughout.

    lively: nine tenths of the least lively real person's; every_second: a part of it, above the trembling of still mouths
    (0.0003 to 0.002 on people who are silent). spoken: the 1st percentile.
    """
    lively, spoken = [], []
    for clip in clips:
        sounds = above_noise(clip.level) > 0
        length = WINDOW_S * BINS_PER_S
        for start in range(0, len(clip.mouth) - length + 1, BINS_PER_S):
            piece = slice(start, start + length)
            if not np.isnan(clip.mouth[piece]).any():
                spoken.append(sounds[piece].mean())
                if clip.kind in REAL:
                    lively.append(liveliness(clip.mouth[piece]))
    least = 0.9 * min(lively)
    return {
        "lively": round(least, 5),
        "every_second": round(EVERY_SECOND * least, 5),
        "spoken": round(float(np.quantile(spoken, 0.01)), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    clips = load(args.work)
    model = train([c for c in clips if c.trains])
    found = leave_one_out(clips, WINDOW_S)
    people = {s.clip.person for s in found if s.clip.trains}
    curve = curve_of(found)
    out = {
        "title": f"{TITLE}, {len(people)} people",
        "people": len(people),
        "mouth": model.mouth.as_json(),
        "sound": model.sound.as_json(),
        "strength": np.round(model.strength, 4).tolist(),
        "curve": np.round(curve, 4).tolist(),
        "cap": round(math.log10(len(people) / 3), 4),
        "gates": model.gates,
    }
    (args.out / "model.json").write_text(json.dumps(out) + "\n")
    print("strength", out["strength"], "curve", out["curve"][0], "cap", out["cap"], "people", len(people), out["gates"])


if __name__ == "__main__":
    main()
