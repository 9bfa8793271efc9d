"""`python -m verifier.seeds`: seeded calls from clips, with their twins and truth.json."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from verifier.media.types import MediaError
from verifier.seeds import filters
from verifier.seeds.ladder import H264, VP8, Step
from verifier.seeds.make import Mark, Truth, make, write_truth
from verifier.seeds.recipes import RECIPES
from verifier.seeds.shots import Source


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 all made; 2 a clip that cannot be read, or a seed that the clips do not give (the others are made)."""
    options = _options(arguments)
    try:
        sources = [Source.open(path) for path in options.clips]
    except (MediaError, OSError) as error:
        print(f"verifier.seeds: {error}", file=sys.stderr)
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    truths: list[Truth] = []
    failed = False
    for number, source in enumerate(sources):
        for name in options.recipe or RECIPES:
            seed = options.seed + number
            try:
                truths.append(make(name, source, [s for s in sources if s is not source], seed, _step(options, seed), options.out,
                                   Mark(not options.unmarked, options.expires, options.consent)))  # fmt: skip
                print(truths[-1].file, flush=True)
            except MediaError as error:
                failed = True
                print(f"verifier.seeds: {source.path.name}, {name}: {error}", file=sys.stderr)
    print(write_truth(truths, options.out))
    return 2 if failed else 0


def _step(options: argparse.Namespace, seed: int) -> Step:
    if options.ladder == "random":
        return Step.drawn(np.random.default_rng([seed, 3]), filtered=0.3)
    return Step(options.lines, options.bit_rate * 1000, options.codec, options.drop, options.filter)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m verifier.seeds", description=__doc__)
    parser.add_argument(
        "clips", type=Path, nargs="+", help="genuine clips, one person each; each is seeded with the others"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--recipe", action="append", choices=list(RECIPES), help="repeat for more; all when not given")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ladder", choices=["fixed", "random"], default="fixed")
    parser.add_argument("--lines", type=int, default=360)
    parser.add_argument("--bit-rate", type=int, default=300, help="kbit/s")
    parser.add_argument("--codec", choices=[H264, VP8], default=H264)
    parser.add_argument("--drop", type=float, default=0.0)
    parser.add_argument("--filter", choices=["", *filters.NAMES], default="")
    parser.add_argument("--unmarked", action="store_true", help="no words in the picture: for measuring and training")
    parser.add_argument("--expires", default="", help="YYYY-MM-DD")
    parser.add_argument("--consent", default="", help="where consent is recorded")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
