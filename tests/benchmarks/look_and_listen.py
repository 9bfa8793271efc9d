"""What certain checks cost on one recording, from looking and listening to their findings, but for clips: `python -m ... FILE ID,ID,... [--no-mesh]`.

--no-mesh: mouths are not watched, though voices would be tied to faces by them: what watching costs is then in no other figure.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from verifier import api, evidence_reader


def main(path: str, checks: str, *flags: str) -> int:
    if "--no-mesh" in flags:
        evidence_reader.OF_THE_MESH = frozenset()
    asked = checks.split(",")
    report = api.conclude(
        api.observe_case([Path(path)], checks=asked), checks=asked, playable=lambda r: replace(r, evidence=())
    )
    return len(report.findings)


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
