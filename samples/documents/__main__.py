"""`python -m samples.documents --out DIR [--count N] [--seed S]`: specimens as JPEG files, and truth.json beside them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from samples.documents.print import KINDS
from samples.documents.specimens import make, specimens

SHIPPED = (
    ("TD3", "phone", 4), ("TD1", "small", 2), ("TD2", "small", 3), ("MRV-A", "small", 4), ("MRV-B", "small", 5),
    ("FRA-ID", "small", 6), ("licence", "small", 7),
)  # fmt: skip
"""What samples/documents/media holds."""


def main() -> None:
    options = argparse.ArgumentParser(prog="samples.documents", description=__doc__)
    options.add_argument("--out", type=Path, required=True, help="folder for pictures and truth.json")
    options.add_argument(
        "--count", type=int, help="documents, each at three qualities; without it, the few that are shipped"
    )
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    made = specimens(chosen.count, chosen.seed, KINDS) if chosen.count else (make(*shipped) for shipped in SHIPPED)
    truth = {}
    for specimen in made:
        (chosen.out / specimen.name).write_bytes(specimen.data)
        truth[specimen.name] = specimen.truth()
    (chosen.out / "truth.json").write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(truth)} pictures in {chosen.out}")


if __name__ == "__main__":
    main()
