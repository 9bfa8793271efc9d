"""A drawn set: half genuine, blind, marked, whole or not at all, from consenting people alone."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import av
import numpy as np
import pytest

from tests.audit.conftest import TODAY
from verifier.atomic import atomic_file
from verifier.audit import draw
from verifier.audit.draw import AUDITED, DAYS, Wanted, draw_set, planned
from verifier.audit.excerpt import Excerpt
from verifier.audit.people import AuditError, Company, Person, of_folder, read_consent
from verifier.audit.sets import BORROWING, PUT_TOGETHER, read_set, read_truth, truth_path
from verifier.media.recording import probe
from verifier.media.types import MediaError
from verifier.seeds.ladder import Step
from verifier.seeds.recipes import RECIPES, Material
from verifier.seeds.shots import RATE, Source, unchanged

MEDIA = Path(__file__).resolve().parents[2] / "samples" / "media"


def record(path: Path, *people: dict[str, object]) -> Path:
    path.write_text(json.dumps({"schema": "audit-consent-1", "kept_at": "folder 12", "people": list(people)}))
    return path


def test_no_count_of_the_calls_seen_tells_the_next() -> None:
    """In a set of four: however many of the first three are changed, the last is changed as often as not."""
    rng = np.random.default_rng(5)
    plans = [[changed for _, changed in planned(("proxy", "swap"), 4, rng)] for _ in range(20_000)]
    for seen in range(4):
        last = [plan[3] for plan in plans if sum(plan[:3]) == seen]
        assert np.mean(last) == pytest.approx(0.5, abs=0.05)
    of_one_seed = [plan[2] for plan in plans if plan[0]]
    assert np.mean(of_one_seed) == pytest.approx(0.5, abs=0.05)


def test_two_rounds_tell_neither_the_seed_nor_that_it_was_changed(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draw, "SECOND_ROUNDS", 1.0)
    audit = draw_set(company, tmp_path / "set", Wanted(4, 4.0, ("second voice", "proxy"), seed=3), TODAY)
    truths = read_truth(audit)
    assert {(t.drawn_for, bool(t.manipulation)) for t in truths.values()} == {
        (name, changed) for name in ("second voice", "proxy") for changed in (True, False)
    }
    for item in audit.file.items:
        first, second = (float(probe(path).duration or 0) for path in audit.paths(item))
        if truths[item.id].drawn_for == "proxy":  # another person's round is as long as the candidate's own
            assert second == pytest.approx(first, abs=0.15)
        assert first > 0.8
    files = {name for item in audit.file.items for name in item.files}
    assert {p.name for p in audit.folder.iterdir()} == files | {"set.json"}
    alone = draw_set(company, tmp_path / "alone", Wanted(2, 4.0, ("second voice",), seed=1), TODAY)
    assert [len(item.files) for item in alone.file.items] == [1, 1]


@pytest.mark.parametrize("name", ["frozen", "noisy frozen", "looped", "proxy"])
def test_length_does_not_tell_the_truth(
    name: str, company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Step, "drawn", lambda rng, filtered: Step(90, 100_000))
    ends = []
    for changed in (True, False):
        folder = tmp_path / str(changed)
        folder.mkdir()
        rng = np.random.default_rng(2)
        drawing = draw._Drawing(company, Wanted(2, 6.0, (name,)), rng, folder, draw.Mark())
        item, truth = drawing._one(name, changed, (name,))
        assert bool(truth.manipulation) is changed
        ends.append([round(max(last_pictures(folder / file)), 1) for file in item.files])
        assert max(e for e in ends[-1]) <= 6.0
    assert ends[0] == ends[1]


def last_pictures(path: Path) -> tuple[float, float]:
    """When the last picture and the last sound of a file come."""
    last = {"video": 0.0, "audio": 0.0}
    with av.open(str(path)) as container:
        for packet in container.demux():
            if packet.pts is not None:
                kind = packet.stream.type
                last[kind] = max(last[kind], float(packet.pts * packet.time_base))
    assert last["video"] == pytest.approx(last["audio"], abs=0.15)  # the voice goes on as long as the picture
    return last["video"], last["audio"]


def test_calls_are_half_as_long_as_asked_for_to_as_long(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Step, "drawn", lambda rng, filtered: Step(90, 100_000))
    wanted = Wanted(8, 4.0, ("frozen", "looped", "second voice"), seed=4)
    audit = draw_set(company, tmp_path / "set", wanted, TODAY)
    seconds = [float(probe(audit.paths(item)[-1]).duration or 0) for item in audit.file.items]
    assert 1.9 < min(seconds) < 2.8
    assert 3.2 < max(seconds) < 4.2


def test_no_one_is_a_proxy_who_speaks_for_too_short_a_time(company: Company, tmp_path: Path) -> None:
    one, two = company.people
    brief = Excerpt.drawn(two.clips[0], 1.0, np.random.default_rng(0))
    short = Company((one, Person(two.name, "", (brief,), None)), "", ())
    drawing = draw._Drawing(short, Wanted(2, 8.0, ("proxy",)), np.random.default_rng(0), tmp_path, draw.Mark())
    with pytest.raises(MediaError, match="another person"):
        drawing._made("proxy", False, short.people[0])


def test_the_truth_says_whose_face_or_voice_was_used(company: Company, blind: Path) -> None:
    one, two = (p.name for p in company.people)
    for truth in read_truth(read_set(blind)).values():
        borrowed = truth.manipulation in BORROWING
        assert truth.others == ([{one: two, two: one}[truth.person]] if borrowed else [])


def test_the_quality_is_that_of_the_written_picture(blind: Path) -> None:
    audit = read_set(blind)
    for item, truth in read_truth(audit).items():
        written = probe(audit.paths(audit.items[item])[-1]).video
        assert written is not None
        assert truth.quality.startswith(f"{written.height}p ")


def test_what_borrows_of_another_person_is_known(company: Company) -> None:
    own, other = (Excerpt.drawn(p.clips[0], 4.0, np.random.default_rng(0)) for p in company.people)
    material = Material(own, (other,), 90)
    assert {n for n, recipe in RECIPES.items() if recipe(material, np.random.default_rng(0)).others} == BORROWING
    assert {n for n in RECIPES if n not in AUDITED} == {PUT_TOGETHER}
    assert {
        n for n, recipe in RECIPES.items()
        if (plan := recipe(material, np.random.default_rng(0))).base_picture is not unchanged and not plan.first_round_s
    } == {PUT_TOGETHER}  # no genuine side of an audit has its pictures rearranged  # fmt: skip


def test_no_name_or_tag_tells_which(blind: Path) -> None:
    audit = read_set(blind, TODAY)
    truths = read_truth(audit)
    assert sum(bool(t.manipulation) for t in truths.values()) == 2
    assert audit.file.expires == TODAY + timedelta(days=DAYS)
    comments = set()
    for item in audit.file.items:
        assert len(item.files) == 2 or truths[item.id].drawn_for != "proxy"
        for path in audit.paths(item):
            assert path.stem.split("-")[0] == item.id
            comments |= {value for label, value in probe(path).metadata if "SEEDED CALL" in value}
    (comment,) = comments
    assert f"expires {audit.file.expires}" in comment
    assert not any(word in (blind / "set.json").read_text() for word in ("frozen", "proxy", "second voice", "made-up"))
    assert not any(word in truth_path(blind).read_text() for word in ("frozen", "proxy", "second voice", "made-up"))


def test_the_same_seed_draws_the_same_set(company: Company, tmp_path: Path) -> None:
    wanted = Wanted(2, 4.0, ("second voice",), seed=8)
    a, b = (draw_set(company, tmp_path / name, wanted, TODAY) for name in ("a", "b"))
    assert a.file == b.file
    assert read_truth(a) == read_truth(b)
    for name in (file for item in a.file.items for file in item.files):
        assert (a.folder / name).read_bytes() == (b.folder / name).read_bytes()
    with pytest.raises(AuditError, match="there already"):
        draw_set(company, tmp_path / "a", wanted, TODAY)


def test_what_the_clips_do_not_give_is_one_line_and_leaves_nothing(company: Company, tmp_path: Path) -> None:
    alone = Company(company.people[:1], "", ())
    with pytest.raises(AuditError, match="clip of another person"):
        draw_set(alone, tmp_path / "set", Wanted(2, 4.0, ("swap",)), TODAY)
    with pytest.raises(AuditError, match="expired"):
        draw_set(company, tmp_path / "set", Wanted(2, 4.0, expires=date(2020, 1, 1)), TODAY)
    assert not list(tmp_path.iterdir())


def test_an_excerpt_is_the_clip_from_its_start_on() -> None:
    source = Source.open(MEDIA / "round-2.mp4")
    part = Excerpt.drawn(source, 2.0, np.random.default_rng(4))
    start = float(part.span.start)
    whole = {round(t - start, 2): image for t, image in source.shots(90) if start <= t < start + 2}
    shots = dict(part.shots(90))
    assert len(shots) == pytest.approx(50, abs=1)
    assert all(np.array_equal(image, whole[round(t, 2)]) for t, image in shots.items())
    at = round(start * RATE)
    assert len(part.sound) == 2 * RATE
    assert np.corrcoef(part.sound, source.sound[at : at + 2 * RATE])[0, 1] > 0.99


def test_people_come_with_their_consent_or_not_at_all(tmp_path: Path) -> None:
    clips = tmp_path / "clips"
    for name, number in (("anna", 2), ("ben", 3)):
        (clips / name).mkdir(parents=True)
        shutil.copy(MEDIA / f"round-{number}.mp4", clips / name)
    (clips / "ben" / "broken.mp4").write_bytes(b"nothing")
    anna: dict[str, object] = {"name": "anna", "consented_on": "2026-01-01", "until": "2026-12-01", "group": "remote"}
    ben: dict[str, object] = {"name": "ben", "consented_on": "2026-01-01"}
    company = of_folder(clips, record(tmp_path / "all.json", anna, ben), TODAY)
    assert [(p.name, p.group, len(p.clips)) for p in company.people] == [("anna", "remote", 1), ("ben", "", 1)]
    assert [name for name, _ in company.unusable] == ["broken.mp4"]
    audit = draw_set(company, tmp_path / "set", Wanted(2, 4.0, ("second voice",), seed=1), TODAY)
    assert audit.file.expires == date(2026, 12, 1)  # no later than the first consent ends
    assert audit.file.consent == "folder 12"
    with pytest.raises(AuditError, match="names nobody for the folder 'ben'"):
        of_folder(clips, record(tmp_path / "one.json", anna), TODAY)
    with pytest.raises(AuditError, match="'anna' is not valid today"):
        of_folder(clips, record(tmp_path / "late.json", anna, ben), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "no consent record"), ('{"schema": "audit-consent-1", "kept_at": "x", "people": [{}]}', "people.0.name"), (None, "cannot be read")],
)  # fmt: skip
def test_a_broken_consent_record_is_one_line(content: str | None, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "consent.json"
    if content is not None:
        with atomic_file(path) as sink:
            sink.write(content.encode())
    with pytest.raises(AuditError, match=reason) as caught:
        read_consent(path)
    assert "\n" not in str(caught.value)


def test_who_gives_no_recording_is_named_and_mpeg_files_are_recordings(tmp_path: Path) -> None:
    for name in ("anna", "ben"):
        (tmp_path / "clips" / name).mkdir(parents=True)
    (tmp_path / "clips" / "ben" / "notes.txt").touch()
    picture = next(iter(Source.open(MEDIA / "round-2.mp4").shots()))[1]
    with av.open(str(tmp_path / "clips" / "anna" / "call.mpg"), "w") as sink:
        video = sink.add_stream("mpeg2video", rate=25)
        video.width, video.height, video.pix_fmt = picture.shape[1], picture.shape[0], "yuv420p"
        for _ in range(50):
            sink.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        sink.mux(video.encode(None))
    people = [{"name": name, "consented_on": "2026-01-01"} for name in ("anna", "ben")]
    company = of_folder(tmp_path / "clips", record(tmp_path / "c.json", *people), TODAY)
    assert [p.name for p in company.people] == ["anna"]
    ((name, reason),) = company.unusable
    assert name == "ben"
    assert "no recording" in reason


def test_recordings_without_faces_are_named(tmp_path: Path) -> None:
    from itertools import repeat

    from verifier.seeds.ladder import encode

    (tmp_path / "clips" / "anna").mkdir(parents=True)
    grey = ((n / 10, np.full((90, 160, 3), 90, np.uint8)) for n, _ in enumerate(repeat(0, 20)))
    encode(grey, None, Step(90, 100_000), tmp_path / "clips" / "anna" / "wall.mkv")
    consent = record(tmp_path / "c.json", {"name": "anna", "consented_on": "2026-01-01"})
    with pytest.raises(AuditError, match=r"wall\.mkv: No face was found"):
        of_folder(tmp_path / "clips", consent, TODAY)
