"""Second stage: the curves, from the pieces of the first.

python -m verifier_models.voice_calibration.fit --work .work/voices --out models/voice_calibration
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from verifier_models.voice_calibration.samples import LONG, MEDIUM, NAME, SCANT, SHORT, load, pairs, samples

from verifier.calibrate import curve_entry
from verifier.observe.comparators.voice_base import load_voice_comparators
from verifier.voice_calibration import SOUNDS

MOST_SAID = {SCANT: 0.95, SHORT: 0.95, MEDIUM: 0.95, LONG: 1.95}
"""log10: less than 20 s of speech support weakly at most; more never strongly, with so few people behind the curves."""


def cap(entry: dict[str, Any], most: dict[str, float]) -> None:
    """Lowers what a curve may say to a third of the people behind it: of so few, the independent pairs cannot be counted.

    most: what curves of fewer seconds may say; more speech supports at least as much, since a part of it could be taken.
    """
    for side, people in (("cap_same", entry["unlike_people"]), ("cap_different", entry["people"])):
        supported = min(entry[side], math.log10(max(2.0, people / 3)))
        most[side] = max(most.get(side, 0.0), supported)
        entry[side] = round(min(most[side], MOST_SAID[entry["bin"]]), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    table = load(args.work)
    curves = []
    for sound in SOUNDS:
        most: dict[str, float] = {}
        for bin_name in (SCANT, SHORT, MEDIUM, LONG):
            # hardly anybody here speaks for 40 s: more than 20 s of speech are judged by the curve of 8 s and more
            like, unlike, _ = pairs(samples(table, MEDIUM if bin_name == LONG else bin_name), sound)
            entry = curve_entry(sound, (NAME,), bin_name, like, unlike)
            entry["unlike_people"] = len(np.unique([unlike.first, unlike.second]))
            del entry["independent_unlike_pairs"]
            cap(entry, most)
            curves.append(entry)
            print({k: v for k, v in entry.items() if k != "parameters"}, "fit", entry["parameters"][0], flush=True)
    models = {c.name: c.model_sha256 for c in load_voice_comparators().loaded if c.name == NAME}
    title = "LibriSpeech and other recordings through codecs"
    (args.out / "calibration.json").write_text(json.dumps({"title": title, "models": models, "curves": curves}) + "\n")


if __name__ == "__main__":
    main()
