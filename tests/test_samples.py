"""The sample media: they are seen, compared as they should be, small, and show nobody."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from verifier import api
from verifier.findings import Outcome
from verifier.media.recording import Recording, probe
from verifier.media.sampling import SamplingPlan
from verifier.observe.decode_pass import observe_recording
from verifier.observe.face_detector import FaceDetector
from verifier.observe.face_mesh import FaceMesher
from verifier.observe.faces import FaceObserver
from verifier.report.model import Report
from verifier.timing import Span

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
ROUNDS = {number: SAMPLES / "media" / f"round-{number}.mp4" for number in (1, 2, 3)}
PHOTO = SAMPLES / "media" / "passport-photo.jpg"


def test_samples_are_small() -> None:
    sizes = [path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert max(sizes) < 5e6
    assert sum(sizes) < 15e6


def test_only_media_and_texts_are_shipped() -> None:
    """No face model, no array, no archive: nothing from which a source photo could be made again."""
    kinds = {path.suffix for path in SAMPLES.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert kinds <= {".py", ".md", ".mp4", ".jpg", ".vtt", ".json", ".otf"}


@pytest.mark.parametrize("number", ROUNDS)
def test_rounds_are_recordings_with_sound(number: int) -> None:
    facts = probe(ROUNDS[number])
    assert facts.video is not None
    assert (facts.video.width, facts.video.height, facts.video.codec) == (960, 540, "h264")
    assert len(facts.audio) == 1
    assert 24 < float(facts.duration or 0) < 40


@pytest.mark.parametrize("number", ROUNDS)
def test_a_mesh_is_found_in_nearly_all_pictures(number: int) -> None:
    faces = observe_recording(ROUNDS[number], [FaceObserver()]).tables["faces"]
    large = [s for t in faces.tracklets for s in t.samples if s.box.width > 100]
    assert len(large) >= 0.97 * len(faces.sampled)
    measured = [s.quality for s in large if s.quality is not None]
    assert len(measured) >= 10
    assert sum(quality.usable for quality in measured) >= 0.9 * len(measured)


@cache
def _checked() -> Report:
    """All rounds and the photo, looked at once."""
    return api.check_case(list(ROUNDS.values()), [PHOTO], name="Jordan Reyes")


@pytest.mark.parametrize(("number", "people"), [(1, 2), (2, 1), (3, 1)])
def test_nothing_in_a_room_is_taken_for_a_face(number: int, people: int) -> None:
    """The interviewer is on screen in round 1 alone, and no picture on a wall looks like somebody."""
    seen = [p for p in _checked().participants if p.id.startswith(f"round-{number}/")]
    assert len(seen) == people


def _compared() -> dict[tuple[object, object], api.CompareRow]:
    files = {**ROUNDS, "photo": PHOTO}
    pairs = list(combinations(files, 2))
    rows = api.compare_pairs([(files[a], files[b]) for a, b in pairs])
    return dict(zip(pairs, rows, strict=True))


def _assert_two_people(compared: dict[tuple[object, object], api.CompareRow]) -> None:
    for (a, b), row in compared.items():
        assert row.support == ("second" if 3 in (a, b) else "first"), (a, b, row)


def test_dlib_alone_tells_the_two_people_apart() -> None:
    _assert_two_people(_compared())


def test_two_comparators_tell_the_two_people_apart(with_mobileface: Path) -> None:
    _assert_two_people(_compared())


def test_the_candidate_of_round_1_is_not_the_interviewer() -> None:
    in_round_1 = [p for p in _checked().participants if p.id.startswith("round-1/")]
    assert len(in_round_1) == 2
    candidate = next(p for p in in_round_1 if p.is_candidate)
    other = next(p for p in in_round_1 if not p.is_candidate)
    assert candidate.visible > other.visible


@pytest.mark.parametrize("number", [2, 3])
def test_the_mouth_follows_the_sound(number: int) -> None:
    """The lips are apart when the voice is heard, and a sound half a second late fits worse."""
    span = Span(Fraction(2), Fraction(10))
    times, apart = _mouth(ROUNDS[number], span)
    fits = {shift: _correlation(apart, _loudness(ROUNDS[number], times + shift)) for shift in (0.0, -0.5, 0.5)}
    # loudness is one of several things that move these mouths: the next test asks for all of them
    assert fits[0.0] > 0.4, fits
    assert fits[0.0] > max(fits[-0.5], fits[0.5]) + 0.25, fits


def test_lips_and_voices_belong_together() -> None:
    assert [f.outcome for f in _checked().findings if f.check == "lip-voice"] == [Outcome.NOT_OBSERVED] * 3


def _mouth(path: Path, span: Span) -> tuple[np.ndarray, np.ndarray]:
    detector, mesher = FaceDetector(), FaceMesher()
    times, apart, box = [], [], None
    with Recording(path) as recording:
        for frame in recording.frames(SamplingPlan(), span):
            box = box or max(detector.find(frame.image), key=lambda found: found.width)
            mesh = mesher.fit(frame.image, box)
            if mesh is not None:
                times.append(float(frame.time))
                apart.append(float(np.linalg.norm(mesh.points[13] - mesh.points[14])) / mesh.inter_eye)
    return np.array(times), np.array(apart)


def _loudness(path: Path, times: np.ndarray) -> np.ndarray:
    with Recording(path) as recording:
        blocks = list(recording.audio())
    rate = blocks[0].sample_rate
    sound = np.concatenate([block.samples for block in blocks])
    start = float(blocks[0].time)
    level = []
    for time in times:
        at = round((time - start) * rate)
        window = sound[max(0, at - rate // 40) : max(1, at + rate // 40)]
        level.append(20 * np.log10(float(np.sqrt((window**2).mean())) + 1e-3))
    return np.array(level)


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1])


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_no_sample_face_resembles_a_source_person(data: Path, tmp_path: Path, with_mobileface: Path) -> None:
    """Against every photo that the face model mixes: no comparison supports the same person."""
    from samples.generate import cast
    from samples.generate.photos import choose, find_faces

    folder = data / "faces" / "lfw"
    sources = [min((folder / p.person).glob("*.jpg")) for p in choose(find_faces(data), cast.PHOTO_COUNT)]
    portraits = sorted((SAMPLES / "documents" / "faces").glob("*.jpg"))
    samples = (PHOTO, ROUNDS[3], _interviewer(tmp_path / "interviewer.png"), *portraits)
    rows = api.compare_pairs([(sample, source) for sample in samples for source in sources])
    compared = [row for row in rows if row.log10_lr is not None]
    assert len(compared) > 0.97 * len(rows)
    assert [row for row in compared if row.support == "first"] == []


def _interviewer(path: Path) -> Path:
    """The tile in the corner of round 1, twice its size."""
    from PIL import Image

    from samples.generate.__main__ import TILE_PLACE, TILE_SIZE

    (x, y), (width, height) = TILE_PLACE, TILE_SIZE
    with Recording(ROUNDS[1]) as recording:
        frame = next(iter(recording.frames(SamplingPlan())))
    tile = Image.fromarray(frame.image[y : y + height, x : x + width])
    tile.resize((2 * width, 2 * height), Image.Resampling.BICUBIC).save(path)
    return path
