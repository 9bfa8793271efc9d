"""The routes of the case folder: who may see what, what a player gets, and what a form cannot do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from verifier_ui import users, work
from verifier_ui.access import may
from verifier_ui.case_add import AddToCasePage
from verifier_ui.case_routes import _part, routes
from verifier_ui.case_views import change_words
from verifier_ui.compare_views import compare_view
from verifier_ui.desks import Desks
from verifier_ui.document_view import document_view
from verifier_ui.result_views import result_view
from verifier_ui.users import Role, User
from verifier_ui.worker import State, Worker

from tests.report.sample import report as sample_report
from tests.ui.test_desk import put
from verifier.case_desk import CaseDesk, Purpose
from verifier.decision import CHOICES
from verifier.report.json_report import to_json
from verifier.store import records
from verifier.store.repository import Repository

TOKEN = "de610f1e05fb44e8a13434b816141e78"
NOTE = "The nose and the ears differ in every frame."
CONSENT = {"who": "she", "basis": "consent", "until": "2999-01-31", "text": "May we?", "purposes": ["recordings"]}


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    with Repository.open(tmp_path / "folder", actor="robin", create=True) as opened:
        yield opened


@pytest.fixture
def desks(tmp_path: Path, repository: Repository) -> Iterator[Desks]:
    held = Desks(tmp_path / "desks", Worker(), cases=CaseDesk(repository))
    yield held
    held.close()


def client_of(desks: Desks) -> TestClient:
    """Speaks as whoever the header names."""
    app = FastAPI()
    app.include_router(routes(desks))

    @app.middleware("http")
    async def named(request: Request, go_on):  # type: ignore[no-untyped-def]
        name, _, role = request.headers.get("as", "").partition(":")
        request.scope["verifier_user"] = User(name, Role(role or "reviewer")) if name else None
        return await go_on(request)

    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def client(desks: Desks) -> TestClient:
    return client_of(desks)


@pytest.fixture
def lee() -> None:
    """Somebody who may be named as one who sees a case."""
    users.add_user("lee", "correct horse", Role.REVIEWER)


def new(client: TestClient, who: str = "kim", **said: str) -> str:
    return client.post("/case", json={"name": "Ana Lima", "sure": True} | said, headers={"as": who}).json()["id"]


@pytest.mark.usefixtures("lee")
def test_a_case_of_somebody_else_is_none_on_every_route(client: TestClient, repository: Repository) -> None:
    case = new(client, visible_to="lee")
    repository.for_user("kim").add(case, records.Media("0" * 64, "a.mp4"), files=[b"secret"])
    assert client.post(f"/case/{case}/consent", json=CONSENT, headers={"as": "kim"}).status_code == 200
    acts = ("note", "word", "decide", "uncover", "consent", "withdraw", "hold", "lift", "apart", "details")
    form = CONSENT | {
        "name": "Eve",
        "kind": "dispute",
        "choice": CHOICES[0],
        "reason": "I know them both",
        "other": case,
        "sure": True,
    }
    form["text"] = NOTE
    asked = [
        ("GET", ""),
        ("GET", "/media/1"),
        ("GET", "/report.html"),
        ("GET", "/report.json"),
        ("POST", f"/desk/{TOKEN}"),
        *(("POST", f"/{act}") for act in acts),
    ]
    before = len(repository.for_user("kim").entries(case))
    for method, path in asked:
        for who in ("sam", ""):
            answer = client.request(
                method, f"/case/{case}{path}", json=form if method == "POST" else None, headers={"as": who}
            )
            assert (answer.status_code, answer.text) == (409, f"There is no case {case!r} here.")
    assert len(repository.for_user("kim").entries(case)) == before
    assert "Ana Lima" not in client.get("/case", headers={"as": "sam"}).text
    assert client.get("/recent-cases", headers={"as": "sam"}).json() == []
    for who in ("kim", "lee"):
        assert client.get(f"/case/{case}/media/1", headers={"as": who}).content == b"secret"
        assert [c["name"] for c in client.get("/recent-cases", headers={"as": who}).json()] == ["Ana Lima"]


@pytest.mark.usefixtures("lee")
def test_who_may_see_a_case_is_said_by_reviewers_alone(client: TestClient, repository: Repository) -> None:
    case = new(client, visible_to="lee")
    slip = {"name": "Ana Lima", "sure": True, "visible_to": "lee, Lee"}
    for path in ("", f"/{case}/details"):
        answer = client.post(f"/case{path}", json=slip, headers={"as": "lee"})
        assert (answer.status_code, answer.text.partition(":")[0]) == (409, "Nobody has the login Lee")
    users.remove_user("lee")  # who was named before stays named
    for who, name, seen_by in (("lee:interviewer", "Ana Souza", ("lee", "kim")), ("lee", "Ana Souza Lima", ("lee",))):
        page = client.get(f"/case/{case}", headers={"as": who}).text
        assert ('name="visible_to"' in page) == (who == "lee")
        mark = page.partition('name="before" value="')[2].partition('"')[0]
        said = {"name": name, "before": mark, "visible_to": "lee"}
        assert client.post(f"/case/{case}/details", json=said, headers={"as": who}).status_code == 200
        candidate = repository.for_user("lee").case(case).candidate
        assert (candidate.name, candidate.visible_to) == (name, seen_by)


def test_the_document_desk_gets_no_cases(client: TestClient) -> None:
    new(client)
    assert client.get("/recent-cases", headers={"as": "paul:document-desk"}).json() is None
    for path in ("/case", "/case/c-0123456789", "/cases/", "/cases/gradio_api/queue/join", "/add-to-case"):
        assert not may(User("paul", Role.DOCUMENT_DESK), path)
        assert may(User("ivy", Role.INTERVIEWER), path)
        assert may(User("kim", Role.REVIEWER), path)
        assert may(User("root", Role.ADMIN), path)
        assert may(None, path)


def test_without_a_folder_there_is_one_line(tmp_path: Path) -> None:
    desks = Desks(tmp_path / "desks", Worker())
    try:
        client = client_of(desks)
        assert client.get("/recent-cases").json() is None
        answer = client.get("/case")
        assert answer.status_code == 409
        assert "verifier ui --store" in answer.text
    finally:
        desks.close()


def test_a_login_cannot_write_under_another_name_and_the_first_decision_stays_covered(client: TestClient) -> None:
    case = new(client)
    first = {"who": "lee", "choice": CHOICES[1], "text": NOTE}
    shown = client.post(f"/case/{case}/decide", json=first, headers={"as": "kim"})
    for page in (shown.text, client.get(f"/case/{case}", headers={"as": "lee"}).text):
        assert "A first decision is written down" in page
        assert NOTE not in page
    refused = client.post(f"/case/{case}/decide", json=first, headers={"as": "kim"})
    assert (refused.status_code, "somebody else" in refused.text) == (409, True)
    second = {"choice": CHOICES[2], "text": "I cannot tell from these frames alone."}
    page = client.post(f"/case/{case}/decide", json=second, headers={"as": "lee"}).text
    assert NOTE in page
    assert second["text"] in page
    assert client.post(f"/case/{case}/decide", json=second | {"text": "ok"}, headers={"as": "lee"}).status_code == 409


def test_deciding_holding_and_taking_back_are_for_reviewers(client: TestClient, repository: Repository) -> None:
    case = new(client)
    form = CONSENT | {"choice": CHOICES[0], "text": NOTE, "reason": "a court", "sure": True}
    ivy = {"as": "ivy:interviewer"}
    for act in ("decide", "uncover", "withdraw", "hold", "lift"):
        refused = client.post(f"/case/{case}/{act}", json=form, headers=ivy)
        assert (refused.status_code, "Your role does not cover" in refused.text) == (403, True)
    assert repository.entries(case) == []
    assert not repository.case(case).on_hold
    page = client.post(f"/case/{case}/consent", json=CONSENT, headers=ivy)
    assert page.status_code == 200
    for text in (page.text, client.get(f"/case/{case}", headers=ivy).text):
        assert not [act for act in ("decide", "uncover", "withdraw", "hold") if f'data-act="{act}"' in text]
    for who in ("root:admin", "kim:reviewer", ""):
        shown = client.get(f"/case/{case}", headers={"as": who}).text
        assert [act for act in ("decide", "withdraw", "hold") if f'data-act="{act}"' in shown] == [
            "decide",
            "withdraw",
            "hold",
        ]
        held = client.post(f"/case/{case}/hold", json={"reason": "a court"}, headers={"as": who})
        assert (held.status_code, 'data-act="lift"' in held.text) == (200, True)
        assert client.post(f"/case/{case}/lift", json={}, headers={"as": who}).status_code == 200


def test_a_bug_is_no_missing_page(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    case = new(client)

    def broken(*args: object, **named: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(CaseDesk, "look", broken)
    assert client.get(f"/case/{case}").status_code == 500


def test_withdrawal_says_what_goes_and_deletes_only_when_it_is_meant(
    client: TestClient, repository: Repository
) -> None:
    case = new(client)
    kim = {"as": "kim"}
    client.post(f"/case/{case}/consent", json=CONSENT, headers=kim)
    repository.for_user("kim").add(case, records.Media("0" * 64, "a.mp4"), files=[b"x"])
    asks = client.post(f"/case/{case}/withdraw", json={"purposes": ["recordings"]}, headers=kim).text
    assert "1 × recordings, photos and documents" in asks
    assert "alertdialog" in asks
    assert len(repository.for_user("kim").entries(case, "media")) == 1
    assert client.post(f"/case/{case}/withdraw", json={"purposes": ["all"]}, headers=kim).status_code == 422
    client.post(f"/case/{case}/hold", json={"reason": "a court"}, headers=kim)
    held = client.post(f"/case/{case}/withdraw", json={"purposes": ["recordings"], "sure": True}, headers=kim).text
    assert "legal hold" in held
    assert "taken back on" in held
    assert client.post(f"/case/{case}/hold", json={"reason": " "}, headers=kim).status_code == 409  # and it stays held
    client.post(f"/case/{case}/lift", json={}, headers=kim)
    assert len(repository.for_user("kim").entries(case, "media")) == 1
    client.post(f"/case/{case}/consent", json=CONSENT, headers=kim)
    client.post(f"/case/{case}/withdraw", json={"purposes": ["recordings"], "sure": True}, headers=kim)
    assert repository.for_user("kim").entries(case, "media") == []
    assert client.get(f"/case/{case}/media/1", headers=kim).status_code == 409


NASTY = [
    "../../etc/passwd",
    "a\r\nX: y.mp4",
    '"><script>alert(1)</script>.html',
    "..",
    "",
    "ü" * 300 + ".mp4",
    "evil.svg",
]


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_only_ever_a_name(client: TestClient, repository: Repository, name: str) -> None:
    case = new(client, name=name[:100] or "x")
    client.post(f"/case/{case}/consent", json=CONSENT)
    repository.add(case, records.Media("0" * 64, name), files=[b"<script>"])
    file = records.KeptFile("round-1", name, "0" * 64, 8, "recording")
    repository.add(case, records.RoundRecord("round-1", "Round 1", name, (name,), (file,)))
    repository.add(case, records.Note(name, name))
    page = client.get(f"/case/{case}").text
    assert "<script" not in page
    answer = client.get(f"/case/{case}/media/1")
    assert answer.content == b"<script>"
    assert answer.headers["content-type"] in ("application/octet-stream", "video/mp4")
    disposition = answer.headers["content-disposition"]
    assert "x" not in answer.headers
    assert not set(disposition.partition("''")[2]) & set('/\\"\r\n;')
    assert ("attachment" in disposition) == (not name.endswith(".mp4"))


@pytest.mark.parametrize("case", ["../x", "c-0123456789", "' OR 1=1", "%2e%2e", "c-" + "0" * 9999])
def test_an_id_that_is_none_is_a_plain_no(client: TestClient, case: str) -> None:
    for path in (f"/case/{case}", f"/case/{case}/media/1"):
        assert client.get(path).status_code in (404, 409)


def test_a_player_may_seek(client: TestClient, repository: Repository) -> None:
    case = new(client)
    client.post(f"/case/{case}/consent", json=CONSENT)
    data = bytes(range(256)) * 8000
    repository.add(case, records.Media("0" * 64, "a.mp4"), files=[data])
    url = f"/case/{case}/media/1"
    whole = client.get(url)
    assert (whole.status_code, whole.content, whole.headers["accept-ranges"]) == (200, data, "bytes")
    part = client.get(url, headers={"range": "bytes=1048570-1048585"})
    assert (part.status_code, part.content) == (206, data[1048570:1048586])
    assert part.headers["content-range"] == f"bytes 1048570-1048585/{len(data)}"
    assert client.get(url, headers={"range": "bytes=2000000-"}).content == data[2000000:]
    assert client.get(url, headers={"range": f"bytes={len(data)}-"}).status_code == 416


@given(st.text(max_size=40) | st.from_regex(r"bytes=\d{0,20}-\d{0,20}"), st.integers(0, 10**9))
def test_whatever_range_is_asked_for_no_byte_lies_outside(asked: str, size: int) -> None:
    start, stop = _part(asked, size)
    assert start >= 0
    assert stop <= size


def test_a_page_of_somebody_with_consent_adds_to_its_case_and_a_running_check_is_not_taken_over(
    client: TestClient, desks: Desks
) -> None:
    case = new(client)
    refused = client.post(f"/case/{case}/desk/{TOKEN}")
    assert (refused.status_code, "consented" in refused.text) == (409, True)
    client.post(f"/case/{case}/consent", json=CONSENT)
    assert client.post(f"/case/{case}/desk/{TOKEN}", headers={"as": "kim"}).status_code == 200
    desk = desks.get(TOKEN, "kim")
    assert desk is not None
    assert desk.case == case
    assert client.post(f"/case/{case}/desk/no-token").status_code == 404
    job = work.check_case(desk, desks.cases.of("kim"), case)  # type: ignore[union-attr]
    desk.job = job
    other = new(client)
    client.post(f"/case/{other}/consent", json=CONSENT)
    assert client.post(f"/case/{other}/desk/{TOKEN}").status_code == 404
    gone = client.post(f"/case/{other}/desk/{'0' * 32}?held=true", headers={"as": "kim"})
    assert (gone.status_code, "not here any more" in gone.text) == (410, True)
    assert client.post(f"/case/{other}/desk/{TOKEN}", headers={"as": "kim"}).status_code == 409
    assert desk.case == case
    work.start(desk, desks.worker, job)
    desk.job = None
    work.start(desk, desks.worker, job)  # nothing to look at: said in words
    assert job.ended.wait(60)
    assert job.state is State.UNUSABLE


def test_a_folder_that_goes_away_during_use_is_one_line(client: TestClient, tmp_path: Path) -> None:
    case = new(client)
    (tmp_path / "folder").rename(tmp_path / "away")
    for path in ("/case", f"/case/{case}", f"/case/{case}/media/1"):
        answer = client.get(path)
        assert (answer.status_code, "not there any more" in answer.text) == (409, True)
    assert client.get("/recent-cases").json() is None
    assert client.post(f"/case/{case}/note", json={"who": "kim", "text": "x"}).status_code == 409
    (tmp_path / "away").rename(tmp_path / "folder")
    assert client.get(f"/case/{case}").status_code == 200


def test_two_tabs_see_what_the_other_wrote(client: TestClient) -> None:
    case = new(client)
    client.post(f"/case/{case}/consent", json=CONSENT | {"purposes": list(Purpose)})
    client.post(f"/case/{case}/note", json={"who": "Kim", "text": "seen in tab one"})
    page = client.post(f"/case/{case}/note", json={"who": "Lee", "text": "seen in tab two"}).text
    assert "seen in tab one" in page
    assert (
        client.post(f"/case/{case}/decide", json={"who": "Kim", "choice": CHOICES[0], "text": NOTE}).status_code == 200
    )
    late = client.post(f"/case/{case}/decide", json={"who": " kim ", "choice": CHOICES[0], "text": NOTE})
    assert (late.status_code, "somebody else" in late.text) == (409, True)


@pytest.mark.parametrize("said", [{"text": "x" * 20_001}, {"purposes": ["recordings"] * 9}, {"who": 3}, []])
def test_a_form_that_is_none_changes_nothing(client: TestClient, repository: Repository, said: object) -> None:
    case = new(client)
    assert client.post(f"/case/{case}/note", json=said).status_code == 422
    assert repository.entries(case) == []
    assert client.post(f"/case/{case}/purge", json={}).status_code == 422


def test_what_changed_is_said_in_the_words_of_the_checks() -> None:
    lines = ("mrz, reference-1: new", "mrz: no longer there", "dlib: 19 before, 20 now")
    assert change_words(lines, {"mrz": "Does the zone add up?"}) == [
        "Does the zone add up? reference-1: new",
        "Does the zone add up? no longer there",
        "dlib: 19 before, 20 now",
    ]


def test_after_two_people_are_remembered_no_card_leads_with_the_other_case(
    client: TestClient, repository: Repository
) -> None:
    case, other = new(client), new(client, name="Tom Smith")
    finding = next(f for f in sample_report().findings if f.lr and f.outcome.value == "observed")
    said = replace(finding, statement=f"The face in case {other}, under another name.")
    repository.add(case, records.Run(json.dumps(to_json(replace(sample_report(), findings=(said,)))), ()))
    page = client.get(f"/case/{case}").text
    assert "Look at these first (1)" in page
    assert "these are two people</summary>" in page
    assert f"<small>{other}</small>: these are two people" not in page
    form = {"who": "Ana", "other": other, "reason": "both came to the office"}
    page = client.post(f"/case/{case}/apart", json=form).text
    assert "Look at these first (0)" in page
    assert "Remembered as two people, says Ana, 20" in page
    assert "is remembered as somebody else, says Ana, 20" in page


def test_consent_comes_first_while_nothing_may_be_kept(client: TestClient) -> None:
    case = new(client)
    page = client.get(f"/case/{case}").text
    assert 'data-act="add"' not in page
    assert page.index("<h3>Consent</h3>") < page.index("<h3>Rounds</h3>") < page.index("<h3>Decisions</h3>")
    page = client.post(f"/case/{case}/consent", json=CONSENT).text
    assert 'data-act="add"' in page
    assert page.index("<h3>Decisions</h3>") < page.index("<h3>Consent</h3>")
    assert page.count("<h3>Consent</h3>") == 1


def test_a_first_decision_is_shown_once_somebody_puts_a_name_to_it(client: TestClient) -> None:
    case = new(client)
    client.post(f"/case/{case}/decide", json={"who": "Ana", "choice": CHOICES[0], "text": NOTE})
    late = client.post(f"/case/{case}/decide", json={"who": "ana", "choice": CHOICES[0], "text": NOTE})
    assert late.text == "The second decision is written by somebody else than Ana."
    assert client.post(f"/case/{case}/uncover", json={}).status_code == 409
    page = client.post(f"/case/{case}/uncover", json={"who": "Bo"}).text
    assert NOTE in page
    assert "<b>Bo</b>" in page
    assert "at this computer (robin): wrote a decision" in page


def test_a_new_case_says_what_is_no_address_and_that_there_is_a_namesake(
    client: TestClient, repository: Repository
) -> None:
    refused = client.post("/case", json={"name": "Maria", "emails": "maria at example"})
    assert (refused.status_code, "“maria at example” is no e-mail address" in refused.text) == (409, True)
    said = {"name": "Maria Roy", "emails": "m@x.example, r@x.example", "visible_to": "Ana Lima, robin"}
    case = client.post("/case", json=said).json()["id"]
    made = repository.case(case).candidate
    assert (made.emails, made.visible_to) == (("m@x.example", "r@x.example"), ("Ana Lima", "robin"))
    asked = client.post("/case", json={"name": " maria  roy"}).json()
    assert (asked["id"], case in asked["asks"]) == (None, True)
    assert client.post("/case", json={"name": "maria roy"}, headers={"as": "sam"}).json()["id"]
    assert client.post("/case", json={"name": "maria roy", "sure": True}).json()["id"]


def test_who_was_named_in_a_check_is_named_in_the_case_by_the_number_of_the_round_there(
    client: TestClient, desks: Desks, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = new(client)
    client.post(f"/case/{case}/consent", json=CONSENT)
    for number in (1, 2):
        repository.add(case, records.RoundRecord(f"round-{number}", f"Round {number}", "", (), ()))
    desk = desks.open(TOKEN, "tab")
    put(desk, "a.mp4")
    second = put(desk, "b.mp4")
    desk.candidates = {("round-1", False): "round-1/B", ("round-2", True): "round-2/voice-3"}
    client.post(f"/case/{case}/desk/{TOKEN}")
    with gr.Blocks() as blocks:
        page = AddToCasePage(blocks, desks)
    assert "face B of round 1, voice 3 of round 2" in page.about(desk)
    shelf = page._show(desk)[page.everything.index(page.shelves["recordings"])]
    assert "Round 3" in shelf
    assert "Round 1" not in shelf
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(CaseDesk, "check", lambda *_, candidates, **__: asked.append(tuple(candidates)))
    job = page.job(desk, "")
    work.start(desk, desks.worker, job)
    assert job.ended.wait(60)
    desk.remove(second)
    assert desk.named == ()  # the rounds have other numbers now
    assert asked == [("round-3/B", "round-4/voice-3")]


def test_every_desk_leads_into_a_case_where_there_is_one(desks: Desks) -> None:
    desk = desks.open(TOKEN, "a")
    desk.report = sample_report()
    for view in (result_view, compare_view, document_view):
        assert f"/cases/?keep={TOKEN}" in view(desk, can_keep=True)
        assert "?keep=" not in view(desk)
