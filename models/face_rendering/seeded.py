"""Second stage: photos with the seeds of `verifier.seeds` on them, other people's faces and their own blended in, beside the photos themselves.

python -m verifier_models.face_rendering.seeded --data DATA --work .work/rendering [--shard 0 --shards 2]
All photos of a person get one style and one other face, as the pictures of a call do; people who are kept for the figures
get faces of one another alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from verifier_models.face_rendering.crops import Finder, cut
from verifier_models.face_rendering.train import HELD_OUT
from verifier_models.stage import options, spent

from verifier.media.still import read_stills
from verifier.media.types import Image
from verifier.observe.face_detector import FaceBox
from verifier.observe.face_mesh import Mesh
from verifier.seeds.face_changes import SelfBlendStyle, SwapStyle, self_blended, swapped
from verifier.seeds.faces import Look

PEOPLE = 60
"""In one file."""
Seen = tuple[Image, FaceBox, Mesh]


def photos(person: Path, finder: Finder) -> Iterator[Seen]:
    for path in sorted(person.glob("*.jpg")):
        image = read_stills(path)[0].image
        found = finder.largest(image)
        if found is not None and abs(found[1].yaw) <= 40 and found[1].inter_eye >= 34:
            yield image, *found


def changed(seen: list[Seen], look: Look, number: int) -> Iterator[list[Image]]:
    """Of each photo: itself and its seeds, in the order of `train.SIDES`."""
    rng = np.random.default_rng([number, 7])
    style, blend = SwapStyle.drawn(rng), SelfBlendStyle.drawn(rng)
    steady = replace(blend, wobble=blend.wobble / 10)
    for image, _, mesh in seen:
        yield [image, swapped(image, mesh, look, style, rng)[0], self_blended(image, mesh, steady, rng)[0]]


def jpeg(image: Image) -> np.ndarray:
    done, data = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
    assert done
    return data.ravel()


def block(people: list[Path], first: int, finder: Finder) -> dict[str, np.ndarray]:
    """Of people[first : first + PEOPLE]: JPEG windows one after another, three of each photo."""
    pictures: list[np.ndarray] = []
    owners: list[int] = []
    for number in range(first, min(first + PEOPLE, len(people))):
        seen = list(photos(people[number], finder))
        donor = number + HELD_OUT if number + HELD_OUT < len(people) else number % HELD_OUT
        faces = list(photos(people[donor], finder)) if seen else []
        if not faces:
            continue
        image, _, mesh = min(faces, key=lambda f: abs(f[2].yaw) + abs(f[2].pitch))
        for (_, box, own), sides in zip(seen, changed(seen, Look.of(image, mesh), number), strict=True):
            pictures += [jpeg(cut(side, box, own)[0]) for side in sides]
            owners.append(number)
    return {
        "jpeg": np.concatenate(pictures),
        "lengths": np.array([len(p) for p in pictures]),
        "person": np.array(owners),
    }


def main() -> None:
    args = options(__doc__, shards=True)
    with spent(args.work, "seeded"):
        _blocks(args)


def _blocks(args: argparse.Namespace) -> None:
    people, finder = sorted(p for p in (args.data / "faces" / "lfw").iterdir() if p.is_dir()), Finder()
    for first in range(args.shard * PEOPLE, len(people), args.shards * PEOPLE):
        target = args.work / f"seeded-{first:04d}.npz"
        if not target.exists():  # resumable
            found = block(people, first, finder)
            partial = target.with_suffix(".part.npz")
            np.savez(partial, **found)
            partial.replace(target)
            print(target.name, len(found["person"]), flush=True)


if __name__ == "__main__":
    main()
