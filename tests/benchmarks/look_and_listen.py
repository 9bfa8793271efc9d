"""All that certain checks look at and listen to in one recording, without cutting clips: `python -m ... FILE ID,ID,...`."""

from __future__ import annotations

import sys
from pathlib import Path

from verifier import api


def main(path: str, checks: str) -> int:
    observed = api.observe_case([Path(path)], checks=checks.split(","))
    return len(observed.rounds)


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2]))
