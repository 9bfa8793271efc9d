"""A case with two people in its call leaves the house: the real detector looks for the interviewer in what was written."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from verifier import casework
from verifier.blurred_copy import ABOUT, OthersBlurred, _alone_longest
from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.observe.face_detector import FaceBox, FaceDetector
from verifier.store import archive, consent
from verifier.store.records import Candidate, Clips, Consent, Media, Observation, Purpose
from verifier.store.repository import Repository
from verifier.timing import Span
from verifier.tracks import Person

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "media"
GIVEN = Consent("the candidate", "consent", tuple(Purpose), "May we keep this?", "2020-01-01", "2999-01-01")
TWO = ("face-continuity", "face-reference")
SECONDS = 2


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The beginning of a sample: the candidate, and an interviewer in a tile."""
    path = tmp_path_factory.mktemp("call") / "call.mp4"
    with av.open(str(SAMPLES / "round-1.mp4")) as source, av.open(str(path), "w") as sink:
        copies = {s.index: sink.add_stream_from_template(s) for s in (*source.streams.video, *source.streams.audio)}
        for packet in source.demux(list(source.streams.video) + list(source.streams.audio)):
            if packet.dts is not None and packet.dts * packet.time_base < SECONDS:
                packet.stream = copies[packet.stream.index]
                sink.mux(packet)
    return path


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    with Repository.open(tmp_path / "folder", create=True) as opened:
        yield opened


def a_case(repository: Repository, *purposes: Purpose) -> str:
    case = repository.new_case(Candidate(name="Jordan Reyes"))
    consent.give(repository, case, replace(GIVEN, purposes=purposes))
    return case


def faces(path: Path) -> list[tuple[Fraction, list[FaceBox]]]:
    detector = FaceDetector()
    with Recording(path) as recording:
        found = [
            (f.time, detector.find(f.image, scan=True)) for f in recording.frames(SamplingPlan(every=Fraction(1, 4)))
        ]
    detector.close()
    return found


def exported(
    repository: Repository, case: str, tmp_path: Path, **more: bool
) -> tuple[dict[str, object], list[Path], str]:
    """The index of the archive, its recordings, and its README."""
    target, out = tmp_path / "copy.zip", tmp_path / "out"
    archive.write(repository, case, target, blurred=OthersBlurred(repository, case), **more)  # type: ignore[arg-type]
    with zipfile.ZipFile(target) as opened:
        opened.extractall(out)
        index = json.loads(opened.read("case.json"))
    media = [e for e in index["entries"] if e["kind"] == "media"]
    for entry in media:
        (listed,) = entry["files"]
        assert hashlib.sha256((out / listed["member"]).read_bytes()).hexdigest() == listed["sha256"]
        assert entry["record"]["sha256"] == listed["sha256"]
    return index, [out / e["files"][0]["member"] for e in media], (out / "README.txt").read_text()


def test_the_candidate_is_seen_and_nobody_else(repository: Repository, call: Path, tmp_path: Path) -> None:
    case = a_case(repository, *Purpose)
    casework.check(repository, case, [call], [SAMPLES / "passport-photo.jpg"], checks=TWO)
    repository.add(case, Clips("round-1"), files=[b"seconds of everybody"])
    before = {e.id: b"".join(repository.read(e)) for e in repository.entries(case, "media")}
    index, (recording, photo), readme = exported(repository, case, tmp_path, for_candidate=True)
    assert {e["kind"] for e in index["entries"]} >= {"media", "observation", "run"}  # type: ignore[attr-defined]
    assert "clips" not in {e["kind"] for e in index["entries"]}  # type: ignore[attr-defined]
    assert readme.splitlines()[0] == ABOUT
    assert "call.mp4: everybody is blurred but the face that its report takes for the candidate's." in readme
    assert (recording.name.split("-", 1)[1], photo.read_bytes()) == (
        "call.blurred.mp4", (SAMPLES / "passport-photo.jpg").read_bytes(),
    )  # fmt: skip

    were, are = faces(call), faces(recording)
    assert [t for t, _ in are] == [t for t, _ in were]
    mine = max(were[0][1], key=lambda b: b.size)
    assert all(len(boxes) == 2 for _, boxes in were)
    assert all(len(boxes) == 1 and boxes[0].overlap(mine) > 0.7 for _, boxes in are)
    with Recording(call) as old, Recording(recording) as new:
        assert new.facts.audio == old.facts.audio

    assert {e.id: b"".join(repository.read(e)) for e in repository.entries(case, "media")} == before
    assert repository.history()[-1].action == "candidate copy"
    kept = [e["record"]["sha256"] for e in index["entries"] if e["kind"] == "media"]  # type: ignore[attr-defined]
    assert len(kept) == 2
    assert set(kept).isdisjoint(
        {e.record.sha256 for e in repository.entries(case, "media") if e.record.name == call.name}
    )


def test_where_the_candidate_is_not_known_everybody_is_blurred(
    repository: Repository, call: Path, tmp_path: Path
) -> None:
    """Two faces, one as long on screen as the other, and nothing to tell them by."""
    case = a_case(repository, Purpose.RECORDINGS)
    casework.check(repository, case, [call], checks=TWO)
    assert not [e for e in repository.entries(case) if isinstance(e.record, Observation)]
    _, (recording,), readme = exported(repository, case, tmp_path)
    assert "call.mp4: everybody is blurred, since no face in it could be taken for the candidate's." in readme
    found = faces(recording)
    assert len(found) >= 4 * SECONDS
    assert all(boxes == [] for _, boxes in found)


def test_what_cannot_be_blurred_is_left_out(repository: Repository, tmp_path: Path) -> None:
    case = a_case(repository, Purpose.RECORDINGS)
    repository.add(case, Media("0" * 64, "who knows.mp4"), files=[b"anything"])
    index, recordings, readme = exported(repository, case, tmp_path)
    assert (recordings, [e["kind"] for e in index["entries"]]) == ([], ["consent"])  # type: ignore[attr-defined]
    assert "who knows.mp4: it is left out: no round or reference of the case names it." in readme


def test_in_a_reference_only_a_face_that_is_clearly_longest_is_shown() -> None:
    long, nearly, brief = (Person((), (Span(Fraction(0), Fraction(n)),), ()) for n in (20, 19, 5))
    assert _alone_longest([long, brief]) == [long]
    assert _alone_longest([long, nearly, brief]) == []
    assert _alone_longest([]) == []
