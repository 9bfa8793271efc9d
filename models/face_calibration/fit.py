"""Second stage: the curves, from the templates of the first.

python -m verifier_models.face_calibration.fit --work .work/faces --out models/face_calibration
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from verifier_models.face_calibration.templates import COMPARATORS, SETS, curve_data, load

from verifier.calibrate import curve_entry, hard_people
from verifier.calibration import BINS, KINDS
from verifier.observe.comparators.registry import load_comparators

MOST_SAME_SMALL = 1.95
"""log10: small faces before one camera rest on five people, so two small rounds support "same" moderately at most."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    material = load(args.work)
    hard = hard_people(material.photos["clear"])
    curves = []
    for bin_name, _ in BINS:
        for kind in KINDS:
            for names in SETS:
                data = curve_data(material, kind, bin_name, names, hard)
                small_rounds = kind == "round-round" and bin_name != "clear"
                cautious = data.nearest() if small_rounds else None
                entry = curve_entry(kind, names, bin_name, data.like(), data.unlike(), cautious=cautious)
                if small_rounds:
                    entry["cap_same"] = min(entry["cap_same"], MOST_SAME_SMALL)
                    entry["must_agree"] = len(names) > 1
                curves.append(entry)
                shown = {k: v for k, v in curves[-1].items() if k != "parameters"}
                print(shown, "fit", curves[-1]["parameters"][0], flush=True)
    models = {c.name: c.model_sha256 for c in load_comparators().loaded if c.name in COMPARATORS}
    if len(models) < len(COMPARATORS):
        parser.error("a comparator is not installed here (verifier models get mobileface): its hash cannot be recorded")
    out = {"title": "LFW and clips, hard impostors", "models": models, "curves": curves}
    (args.out / "calibration.json").write_text(json.dumps(out) + "\n")


if __name__ == "__main__":
    main()
