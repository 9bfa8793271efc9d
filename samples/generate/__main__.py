"""`python -m samples.generate --data DIR --out samples/media`: makes everything in samples/media."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.generate import cast, film, speech
from samples.generate.cast import INTERVIEWER, JORDAN, Person, Recording
from samples.generate.head import Head, Pose, make_head
from samples.generate.model import Model, build, draw, people_mixed
from samples.generate.motion import FPS, poses
from samples.generate.photos import choose, find_faces
from samples.generate.scene import Scene

SIZE = (960, 540)
TILE_SIZE = (240, 160)
TILE_PLACE = (SIZE[0] - TILE_SIZE[0] - 18, 18)
TAIL_S = 0.8  # after the last word
CLAIMED_NAME = "Jordan Reyes"


def main() -> None:
    """Makes the media, and says how many people every face mixes."""
    options = argparse.ArgumentParser(prog="samples.generate", description=__doc__)
    options.add_argument("--data", type=Path, required=True, help="folder that has faces/lfw")
    options.add_argument("--out", type=Path, required=True, help="folder for the media")
    chosen = options.parse_args()
    print("Reading photos ...", flush=True)
    model = build(choose(find_faces(chosen.data), cast.PHOTO_COUNT))
    generate(model, chosen.out)


def generate(model: Model, out: Path) -> None:
    """All media of the samples into the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    people = dict.fromkeys([*(recording.person for recording in cast.RECORDINGS), INTERVIEWER])
    heads = {person.seed: _head(model, person) for person in people}
    cv2.imwrite(str(out / "passport-photo.jpg"), passport(heads[JORDAN.seed]), [cv2.IMWRITE_JPEG_QUALITY, 92])
    for recording in cast.RECORDINGS:
        film_round(recording, heads[recording.person.seed], heads[INTERVIEWER.seed], out)
        print(f"{recording.name}: done", flush=True)


def _head(model: Model, person: Person) -> Head:
    face = draw(model, person.seed, cast.SPREAD)
    print(
        f"face {person.seed}: nobody above {face.shares.max():.1%}, {people_mixed(face.shares):.0f} people", flush=True
    )
    return make_head(model, face, person.look, person.seed)


def passport(head: Head) -> NDArray[np.uint8]:
    """A frontal photo before a plain wall, drawn at twice its size."""
    scene = Scene(head, cast.PASSPORT, (1400, 1800))
    picture = scene.frame(Pose(scene.place, scene.unit))
    return np.asarray(cv2.resize(picture, (700, 900), interpolation=cv2.INTER_AREA), np.uint8)


def film_round(recording: Recording, head: Head, interviewer: Head, out: Path) -> None:
    """One recording with its transcript."""
    question = speech.say(recording.question, INTERVIEWER.voice, recording.seed, 1.0) if recording.question else None
    answer = speech.say(recording.answer, recording.person.voice, recording.seed, question.seconds if question else 0.8)
    count = round((answer.seconds + TAIL_S) * FPS)
    times = np.arange(count) / FPS
    scene = Scene(head, recording.setting, SIZE)
    moves = poses(scene.place, scene.unit, *speech.mouth(answer.sound, times), recording.seed)
    frames: Iterator[NDArray[np.uint8]] = map(scene.frame, moves)
    sounds = [answer.sound]
    said = [(CLAIMED_NAME, sentence) for sentence in answer.sentences]
    if question:
        opened, rounded = speech.mouth(question.sound, times[: round(recording.tile_until * FPS)])
        opened[times[: len(opened)] > question.seconds] = 0.0
        tile = Scene(interviewer, cast.TILE, (2 * TILE_SIZE[0], 2 * TILE_SIZE[1]))
        guests = poses(tile.place, tile.unit, opened, rounded, recording.seed + 1)
        frames = _with_tile(frames, tile, guests)
        sounds.append(0.8 * question.sound)
        said += [("Interviewer", sentence) for sentence in question.sentences]
    sound = speech.mixed(sounds, count / FPS, recording.noise, recording.seed)
    film.encode(out / f"{recording.name}.mp4", frames, SIZE, sound)
    film.subtitles(out / f"{recording.name}.vtt", said)


def _with_tile(frames: Iterator[NDArray[np.uint8]], tile: Scene, guests: list[Pose]) -> Iterator[NDArray[np.uint8]]:
    """The interviewer in a corner for as long as there are poses."""
    x, y = TILE_PLACE
    for number, frame in enumerate(frames):
        if number < len(guests):
            small = cv2.resize(tile.frame(guests[number]), TILE_SIZE, interpolation=cv2.INTER_AREA)
            cv2.rectangle(frame, (x - 2, y - 2), (x + TILE_SIZE[0] + 1, y + TILE_SIZE[1] + 1), (40, 38, 36), -1)
            frame[y : y + TILE_SIZE[1], x : x + TILE_SIZE[0]] = small
        yield frame


if __name__ == "__main__":
    main()
