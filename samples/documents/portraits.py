"""`python -m samples.documents.portraits --data DIR`: ID-style portraits of made-up people, for the specimen documents.

Faces are drawn from the face model of `samples.generate`, which is built from photos in memory and never written. `--more N --out FOLDER` draws N
others, whose looks are drawn too: for figures that want more people than the ten that are kept here.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from samples.generate import cast
from samples.generate.body import Clothes
from samples.generate.head import Look, Pose, make_head
from samples.generate.model import Model, build, draw, people_mixed
from samples.generate.photos import choose, find_faces
from samples.generate.scene import Scene, Setting

FOLDER = Path(__file__).parent / "faces"
SIZE = (350, 450)  # 35 x 45 mm at 10 pixels a millimetre
_DARK, _BROWN, _BLACK, _FAIR, _GREY = (38.0, 46.0, 60.0), (40.0, 62.0, 96.0), (28.0, 28.0, 32.0), (98.0, 140.0, 172.0), (128.0, 130.0, 134.0)  # fmt: skip
LOOKS = {
    27: Look((146.0, 168.0, 204.0), _DARK, "short", iris=(52.0, 70.0, 92.0)),  # the person of rounds 1 and 2
    21: Look((160.0, 178.0, 212.0), _BROWN, "long", iris=(104.0, 92.0, 74.0)),  # the interviewer
    31: Look((112.0, 140.0, 182.0), _BLACK, "short", iris=(40.0, 52.0, 70.0)),
    34: Look((120.0, 150.0, 190.0), _BLACK, "long", iris=(44.0, 58.0, 76.0)),
    36: Look((168.0, 186.0, 220.0), _FAIR, "short", iris=(120.0, 104.0, 84.0)),
    39: Look((84.0, 108.0, 148.0), _BLACK, "short", iris=(36.0, 44.0, 58.0)),
    42: Look((150.0, 172.0, 206.0), _BROWN, "long", iris=(70.0, 92.0, 80.0)),
    45: Look((164.0, 180.0, 210.0), _GREY, "short", iris=(112.0, 98.0, 84.0)),
    48: Look((96.0, 122.0, 164.0), _BLACK, "long", iris=(38.0, 48.0, 62.0)),
    51: Look((140.0, 164.0, 202.0), _DARK, "short", iris=(58.0, 74.0, 96.0)),
}
"""The face's seed -> how the rest of the person looks; chosen by eye."""
_FIRST_OF_MORE = 100


def make(model: Model, seed: int, look: Look) -> np.ndarray:
    """One portrait, BGR, drawn at twice its size."""
    face = draw(model, seed, cast.SPREAD)
    print(f"face {seed}: nobody above {face.shares.max():.1%}, {people_mixed(face.shares):.0f} people", flush=True)
    rng = np.random.default_rng(seed)
    cloth = Clothes(tuple(float(v) for v in rng.uniform(40, 130, 3)), "shirt" if seed % 2 else "round")
    setting = Setting("plain", cloth, down=0.51, face=0.43, light=(1.04, 1.02, 1.0), side=-0.25, seed=seed)
    scene = Scene(make_head(model, face, look, seed), setting, (2 * SIZE[0], 2 * SIZE[1]))
    return cv2.resize(scene.frame(Pose(scene.place, scene.unit)), SIZE, interpolation=cv2.INTER_AREA)


def drawn_look(seed: int) -> Look:
    """Skin between the darkest and the lightest of `LOOKS`, hair and eyes of one of them each."""
    rng, known = np.random.default_rng(seed), list(LOOKS.values())
    dark, light = (np.array(pick(look.tone for look in known)) for pick in (min, max))
    hair, eyes = (known[int(k)] for k in rng.integers(len(known), size=2))
    tone = dark + rng.uniform() * (light - dark)
    return Look((float(tone[0]), float(tone[1]), float(tone[2])), hair.hair_colour, hair.hair_style, iris=eyes.iris)


def main() -> None:
    options = argparse.ArgumentParser(prog="samples.documents.portraits", description=__doc__)
    options.add_argument("--data", type=Path, required=True, help="folder that has faces/lfw")
    options.add_argument("--more", type=int, default=0, help="draw so many other people, into --out")
    options.add_argument("--out", type=Path, default=FOLDER)
    chosen = options.parse_args()
    if chosen.more and chosen.out == FOLDER:
        options.error("other people go into a folder of their own: name it with --out")
    model = build(choose(find_faces(chosen.data), cast.PHOTO_COUNT))
    chosen.out.mkdir(parents=True, exist_ok=True)
    seeds = range(_FIRST_OF_MORE, _FIRST_OF_MORE + chosen.more)
    for seed, look in {seed: drawn_look(seed) for seed in seeds}.items() if chosen.more else LOOKS.items():
        cv2.imwrite(str(chosen.out / f"{seed}.jpg"), make(model, seed, look), [cv2.IMWRITE_JPEG_QUALITY, 90])


if __name__ == "__main__":
    main()
