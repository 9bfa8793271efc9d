"""Second stage: the curves, from the pieces of the first.

python -m verifier_models.voice_calibration.fit --work .work/voices --out models/voice_calibration
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from verifier_models.voice_calibration.samples import LONG, MEDIUM, NAME, SCANT, SHORT, load, pairs, samples

from verifier.calibrate import curve_entry
from verifier.observe.comparators.voice_base import load_voice_comparators
from verifier.voice_calibration import SOUNDS

MOST_SAID = {SCANT: 0.95, SHORT: 0.95, MEDIUM: 0.95, LONG: 1.95}
"""log10: less than 20 s of speech support weakly at most; more never strongly, with so few people behind the curves."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    table = load(args.work)
    curves = []
    for sound in SOUNDS:
        for bin_name in (SCANT, SHORT, MEDIUM, LONG):
            # hardly anybody here speaks for 40 s: more than 20 s of speech are judged by the curve of 8 s and more
            like, unlike, _ = pairs(samples(table, MEDIUM if bin_name == LONG else bin_name), sound)
            entry = curve_entry(sound, (NAME,), bin_name, like, unlike)
            for side in ("cap_same", "cap_different"):
                entry[side] = min(entry[side], MOST_SAID[bin_name])
            curves.append(entry)
            print({k: v for k, v in entry.items() if k != "parameters"}, "fit", entry["parameters"][0], flush=True)
    models = {c.name: c.model_sha256 for c in load_voice_comparators().loaded if c.name == NAME}
    title = "LibriSpeech and other recordings through codecs"
    (args.out / "calibration.json").write_text(json.dumps({"title": title, "models": models, "curves": curves}) + "\n")


if __name__ == "__main__":
    main()
