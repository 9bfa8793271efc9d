"""All that certain checks look at and listen to in one recording, without cutting clips: `python -m ... FILE ID,ID,... [--no-mesh]`.

--no-mesh: mouths are not watched, though voices would be tied to faces by them: what watching costs is then in no other figure.
"""

from __future__ import annotations

import sys
from pathlib import Path

from verifier import api, evidence_reader


def main(path: str, checks: str, *flags: str) -> int:
    if "--no-mesh" in flags:
        evidence_reader.OF_THE_MESH = frozenset()
    observed = api.observe_case([Path(path)], checks=checks.split(","))
    return len(observed.rounds)


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
