"""The case folder as its pages use it: who sees what, and what is written down by whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.checks.cases import evidence
from tests.report.sample import report as sample_report
from tests.report.sample import span
from verifier.case_desk import CaseDesk, DecisionRefused, Purpose, StoreError, mark_of
from verifier.checks.base import ReferenceFace
from verifier.decision import CHOICES
from verifier.report.json_report import to_json
from verifier.report.model import Picture
from verifier.store import codec, records, shown
from verifier.store.observations import KeptReference
from verifier.store.repository import Repository
from verifier.store.vault import CHUNK

NOTE = "The nose and the ears differ in every frame."
TEXT = "We keep the recordings of our calls until the job begins."


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    with Repository.open(tmp_path / "folder", actor="robin", create=True) as opened:
        yield opened


@pytest.fixture
def desk(repository: Repository) -> CaseDesk:
    return CaseDesk(repository).of("kim")


def consented(desk: CaseDesk, case_id: str, purposes: tuple[str, ...] = tuple(Purpose)) -> None:
    desk.give_consent(case_id, "the candidate", "consent", purposes, TEXT, "2999-01-31")


def test_a_case_is_for_those_it_is_for_and_the_log_names_who_did_what(desk: CaseDesk, repository: Repository) -> None:
    theirs, everybodys = desk.new("Ana Lima", visible_to=["lee"]), desk.new("Bo")
    desk.note(theirs, "kim", "asked for a second call")
    assert {c.id for c in desk.of("lee").cases()} == {theirs, everybodys}
    stranger = desk.of("sam")
    assert [c.id for c in stranger.cases()] == [everybodys]
    assert [r.line.id for r in stranger.recent()] == [everybodys]
    for asks in (
        stranger.look, stranger.rounds, stranger.may_keep, lambda c: stranger.played(c, 1),
        lambda c: stranger.note(c, "sam", "x"), lambda c: stranger.hold(c, "x"), lambda c: stranger.would_go(c, Purpose),
        lambda c: stranger.decide(c, "sam", CHOICES[0], NOTE), lambda c: stranger.withdraw(c, Purpose), lambda c: stranger.uncover(c, "sam"),
        lambda c: consented(stranger, c), lambda c: stranger.word(c, "dispute", "x"), lambda c: stranger.check(c, [], []),
        lambda c: stranger.report(c, "html"), lambda c: stranger.edit(c, "", "Eve", (), (), ()),
        lambda c: stranger.keep_apart(everybodys, "sam", c, "they are two people"),
    ):  # fmt: skip
        with pytest.raises(StoreError, match="there is no case"):
            asks(theirs)
    desk.of("lee").look(theirs, opened=True)
    assert [(line.actor, line.action) for line in repository.for_user("kim").history(theirs)] == [
        ("kim", "new case"), ("kim", "add note"), ("lee", "open case"),
    ]  # fmt: skip


def test_without_a_login_it_is_whoever_opened_the_folder(repository: Repository) -> None:
    assert CaseDesk(repository).of("").user == "robin"


def test_two_reviewers_decide_and_the_first_stays_covered_by_rule(desk: CaseDesk) -> None:
    case = desk.new("Ana Lima")
    for who, choice, note in (("kim", CHOICES[1], "no"), ("", CHOICES[1], NOTE), ("kim", "hire", NOTE)):
        with pytest.raises(DecisionRefused):
            desk.decide(case, who, choice, note)
    assert desk.look(case).of("decision") == []
    desk.decide(case, "kim", CHOICES[1], NOTE)
    with pytest.raises(DecisionRefused, match="somebody else"):
        desk.decide(case, "Kim", CHOICES[0], NOTE)
    desk.decide(case, "lee", CHOICES[2], "I cannot tell from these frames alone.")
    (made,) = (e.record for e in desk.look(case).of("decision"))
    assert (made.reviewer, made.second_reviewer, made.second_decision, made.opened) == ("kim", "lee", CHOICES[2], False)
    assert made.confirmed
    desk.decide(case, "lee", CHOICES[0], NOTE)  # another one
    desk.uncover(case, "kim")
    assert desk.look(case).of("decision")[-1].record.opened
    assert not desk.look(case).of("decision")[0].record.opened


def test_a_review_that_is_due_is_said(desk: CaseDesk, repository: Repository) -> None:
    cases = [desk.new(f"Candidate {n}") for n in range(10)]
    repository.add(cases[-1], records.Review(30, "2020-01-01T00:00:00+00:00"))
    repository.add(cases[-2], records.Review(30, records.now()))
    recent = {r.line.id: r for r in desk.recent()}
    assert len(recent) == 8
    assert [c for c, r in recent.items() if r.review_due] == [c for c in recent if c == cases[-1]]
    assert desk.look(cases[-1]).review_due
    assert not desk.look(cases[-2]).review_due


@pytest.mark.parametrize("size", [0, 10, CHUNK, 2 * CHUNK + 7])
def test_a_player_gets_any_part_of_a_kept_file(desk: CaseDesk, repository: Repository, size: int) -> None:
    case = desk.new("Ana Lima")
    data = bytes(range(251)) * (size // 251 + 1)
    data = data[:size]
    repository.add(case, records.Media("0" * 64, "a.mp4"), files=[data])
    with pytest.raises(StoreError, match="not kept"):  # consent is asked again when it is played
        desk.played(case, 1)
    consented(desk, case)
    played = desk.played(case, 1)
    assert played.size == size
    for start, stop in (
        (0, size),
        (size // 2, size),
        (max(0, size - 3), size),
        (0, min(5, size)),
        (CHUNK - 2, CHUNK + 2),
    ):
        assert b"".join(played.read(start, min(stop, size))) == data[start : min(stop, size)]
    with pytest.raises(StoreError):
        desk.played(case, 2)


def test_who_plays_a_kept_recording_is_logged_once_however_many_parts_are_asked_for(
    desk: CaseDesk, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.new("Ana Lima")
    for name in ("a.mp4", "b.mp4"):
        repository.add(case, records.Media("0" * 64, name), files=[b"x" * 10])
    consented(desk, case)

    def opened() -> list[tuple[str, str]]:
        return [(line.actor, line.detail) for line in repository.history(case) if line.action == "open kept file"]

    with pytest.raises(StoreError):
        desk.played(case, 3)
    assert opened() == []
    for number in (1, 1, 2, 1):
        desk.played(case, number)
    desk.of("lee").played(case, 1)
    expected = [("kim", '{"file": 1}'), ("kim", '{"file": 2}'), ("lee", '{"file": 1}')]
    assert opened() == expected
    monkeypatch.setattr("verifier.case_desk.SAME_OPENING", timedelta(seconds=-1))
    desk.played(case, 1)
    assert opened() == [*expected, expected[0]]


def test_a_changed_bit_is_never_played(desk: CaseDesk, repository: Repository) -> None:
    case = desk.new("Ana Lima")
    consented(desk, case)
    entry = repository.add(case, records.Media("0" * 64, "a.mp4"), files=[b"x" * (2 * CHUNK)])
    path = repository.blobs.path(repository.files(entry)[0])
    sealed = bytearray(path.read_bytes())
    sealed[CHUNK + 100] ^= 1
    path.write_bytes(sealed)
    assert b"".join(desk.played(case, 1).read(0, 10)) == b"x" * 10
    with pytest.raises(StoreError, match="damaged"):
        list(desk.played(case, 1).read(CHUNK, CHUNK + 10))


def test_what_withdrawal_deletes_is_said_before(desk: CaseDesk, repository: Repository) -> None:
    case = desk.new("Ana Lima")
    with pytest.raises(StoreError, match="2027-01-31"):
        desk.give_consent(case, "she", "consent", ["recordings"], TEXT, "soon")
    with pytest.raises(StoreError, match="needs who"):
        desk.give_consent(case, "she", "consent", ["recordings"], " ", "2999-01-31")
    consented(desk, case)
    assert desk.look(case).allowed == set(Purpose)
    for number in (1, 2):
        repository.add(case, records.Media(str(number) * 64, f"{number}.mp4"), files=[b"x"])
    repository.add(case, records.Transcript("round-1", "hello"))
    assert desk.would_go(case, [Purpose.SEARCH]) == []
    assert [count for count, _ in desk.would_go(case, [Purpose.RECORDINGS])] == [2, 1]
    repository.add(case, records.Run("{}", ()))
    assert desk.would_go(case, [Purpose.SEARCH]) == [(1, "reports so far")]
    desk.hold(case, "a court asked")
    with pytest.raises(StoreError, match="withdrawn"):
        desk.withdraw(case, [Purpose.RECORDINGS])
    assert len(desk.look(case).of("media")) == 2
    assert Purpose.RECORDINGS not in desk.look(case).allowed
    assert desk.may_keep(case)  # templates
    assert not desk.may_keep(desk.new("Bo"))
    desk.lift(case)
    assert desk.withdraw(case, [Purpose.RECORDINGS]) == 2
    assert desk.look(case).of("media") == desk.look(case).of("transcript") == []


def test_a_case_that_the_user_may_not_see_is_not_named_in_findings(desk: CaseDesk, repository: Repository) -> None:
    case, open_case, closed = desk.new("Ana"), desk.new("Bea"), desk.of("lee").new("Cy", visible_to=["lee"])
    statement = f"It is near case {open_case} and case {closed}."
    found = replace(next(f for f in sample_report().findings if f.lr), statement=statement, spans=(span(2, 3),))
    said = to_json(replace(sample_report(), findings=(found,)))
    repository.add(case, records.Run(json.dumps(said), ()))
    view = desk.look(case)
    assert view.readable
    (shown,) = view.findings
    assert open_case in shown.statement
    assert closed not in shown.statement
    assert "may not see" in shown.statement
    assert shown.lr is not None
    assert found.lr is not None
    assert shown.lr.support is found.lr.support
    assert shown.spans == found.spans
    assert view.others == {open_case: "Bea"}
    with pytest.raises(StoreError, match="few words"):
        desk.keep_apart(case, "kim", open_case, "no")
    desk.keep_apart(case, "kim", open_case, "both came to the office")
    view = desk.look(case)
    assert (view.others, view.apart) == ({}, {open_case: "Bea"})


def test_the_kept_report_is_given_out_without_other_cases_and_that_is_logged_once(
    desk: CaseDesk, repository: Repository
) -> None:
    case, closed = desk.new("Ana"), desk.of("lee").new("Cy", visible_to=["lee"])
    with pytest.raises(StoreError, match="no report"):
        desk.report(case, "html")
    found = replace(sample_report().findings[0], statement=f"It is near case {closed}.")
    repository.add(case, records.Run(json.dumps(to_json(replace(sample_report(), findings=(found,)))), ()))
    for _ in range(2):
        for ending in ("html", "json"):
            assert closed not in desk.report(case, ending)
            assert closed in desk.of("lee").report(case, ending)
    opened = [line.actor for line in repository.history(case) if line.action == "open kept report"]
    assert opened == ["kim", "lee"]


def test_what_the_candidate_says_can_be_changed_and_the_rest_stays(desk: CaseDesk, repository: Repository) -> None:
    case = repository.for_user("kim").new_case(
        records.Candidate("Ana Lima", agency="An agency", emails=("a@example.org",))
    )
    mark = mark_of(repository.case(case).candidate)
    desk.edit(case, mark, " Ana Lima Souza ", ["ana@example.org"], ["+1 555"], [])
    expected = records.Candidate("Ana Lima Souza", agency="An agency", emails=("ana@example.org",), phones=("+1 555",))
    assert repository.case(case).candidate == expected
    assert [c.id for c in desk.cases("ana@example.org")] == [case]
    with pytest.raises(StoreError, match="meanwhile"):
        desk.edit(case, mark, "Ana", [], [], [])
    mark = mark_of(expected)
    for name, emails, words in (("", [], "name"), ("Ana", ["no address"], "no address")):
        with pytest.raises(StoreError, match=words):
            desk.edit(case, mark, name, emails, [], [])
    assert repository.case(case).candidate == expected
    desk.hold(case, "asked for by counsel")
    with pytest.raises(StoreError, match="legal hold"):
        desk.edit(case, mark, "Ana", [], [], [])
    desk.lift(case)
    assert "change who may see it" not in [line.action for line in repository.history(case)]
    desk.edit(case, mark, "Ana", [], [], ["lee"])
    assert repository.for_user("kim").case(case).candidate.visible_to == ("lee", "kim")
    assert {"change case", "change who may see it"} <= {
        line.action for line in repository.for_user("kim").history(case)
    }


def test_of_a_case_on_hold_the_picture_that_was_taken_last_is_shown(desk: CaseDesk, repository: Repository) -> None:
    case = desk.new("Ana Lima")
    consented(desk, case)
    face = ReferenceFace(evidence("reference-1", "id.jpg", "photo"), None, ("reference-1",), "")
    for taken in (b"the first face", b"the face that was named afterwards"):
        held = KeptReference(face, (Picture("reference-1", taken, 1, 1, "", "reference-1", None),))
        observed = records.Observation("reference-1", "models", ("faces",), "reference-1")
        repository.add(case, observed, files=[codec.pack(held)])
        desk.hold(case, "asked for by counsel")
    assert [p.jpeg for p in shown.pictures(repository, case)] == [b"the face that was named afterwards"]


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"findings": [1], "checks": []}', '{"findings": [{}], "checks": []}', "null"]
)
def test_a_report_that_is_none_is_said_to_be(desk: CaseDesk, repository: Repository, text: str) -> None:
    case = desk.new("Ana")
    repository.add(case, records.Run(text, ()))
    view = desk.look(case)
    assert (view.readable, view.findings) == (False, ())


def test_a_folder_that_is_gone_is_one_line(desk: CaseDesk, repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "folder").rename(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="not there any more"):
        desk.of("kim")
    (tmp_path / "elsewhere").rename(tmp_path / "folder")
    assert desk.of("kim").cases() == []
