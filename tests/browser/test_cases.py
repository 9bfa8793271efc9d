"""From the start page to a case with a report and two reviewers' decisions, and back from a check into a case."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import av
import pytest

from tests.browser.conftest import Server, start_server, write_video
from tests.browser.steps import add, agree, download

pytestmark = pytest.mark.browser
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "media"
SHORT = 200
"""Pictures: eight seconds are enough for one face."""
DIFFERENT = "Different people, as far as I can tell"


@pytest.fixture(scope="module")
def short_round(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with av.open(str(SAMPLES / "round-2.mp4")) as media:
        pictures = (f.to_ndarray(format="rgb24") for f in islice(media.decode(video=0), SHORT))
        return write_video(tmp_path_factory.mktemp("short") / "round-2.mp4", pictures, 25)


@pytest.fixture
def with_folder(home: Path, tmp_path: Path) -> Iterator[Server]:
    store = tmp_path / "folder"
    subprocess.run([sys.executable, "-m", "verifier.cli", "store", "new", "--store", str(store)], check=True)
    server = start_server(tmp_path / "tmp", home, "--store", str(store))
    yield server
    server.process.send_signal(signal.SIGINT)
    server.process.wait(20)


def decide(page, who: str, note: str, choice: str) -> None:  # type: ignore[no-untyped-def]
    form = page.locator("form[data-act=decide]")
    if not form.is_visible():
        page.get_by_text("Write a decision down").click()
    form.get_by_label("Your name").fill(who)
    form.get_by_label("What you saw and heard").fill(note)
    if choice:
        form.get_by_label(choice).check()
    form.get_by_role("button", name="Save the decision").click()


def test_from_the_start_page_to_a_case_with_decisions(chromium, with_folder: Server, short_round: Path) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    page, problems, asked = context.new_page(), [], []
    page.set_default_timeout(90_000)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" and "409" not in m.text else None)
    page.on("request", lambda request: asked.append(request.url))

    page.goto(with_folder.address)
    page.get_by_role("link", name="Cases").click()
    page.get_by_text("There is no case yet").wait_for()
    page.get_by_label("Name the candidate gave").fill('<b>Ana</b> "Lima"')
    page.get_by_label("E-mail addresses").fill("ana@example.org, lima@example.org")
    page.get_by_role("button", name="Open the case").click()
    page.get_by_role("heading", name='<b>Ana</b> "Lima"').wait_for()
    assert page.get_by_role("button", name="Add files").count() == 0  # before there is a consent

    consent = page.locator("form[data-act=consent]")
    consent.get_by_label("Who gave it").fill("Ana Lima")
    for purpose in ("recordings, photos", "templates"):
        consent.get_by_label(purpose).check()
    consent.get_by_label("Until when").fill("2999-01-31")
    consent.get_by_label("The text that was shown").fill("We keep the recordings of our calls.")
    consent.get_by_role("button", name="Write it down").click()
    page.get_by_text("until 2999-01-31").wait_for()
    address = page.url
    page.get_by_role("button", name="Add files").click()
    page.get_by_text("To the case of").wait_for()
    add(page, [short_round])
    page.get_by_label("When the call was").fill("2 November")
    page.get_by_role("button", name="Add them and check the case").click()
    page.locator(".progress").wait_for()
    page.reload()  # in mid-job
    page.locator(".result").wait_for(timeout=180_000)
    assert with_folder.held_files() <= {"report.html", "report.json"}  # the recording is in the case alone
    page.get_by_role("link", name="Back to the case").last.click()

    page.get_by_role("heading", name="The latest report").wait_for()
    page.wait_for_function("document.querySelector('video[data-round=round-1]').readyState > 0")
    page.evaluate("document.querySelector('video[data-round=round-1]').currentTime = 6")
    page.wait_for_function("document.querySelector('video[data-round=round-1]').currentTime === 6")
    page.locator("details.group").evaluate_all("all => all.forEach((d) => { d.open = true; })")
    page.locator(".card .frames img").first.wait_for()
    page.get_by_text("Show it here").click()
    inside = page.frame_locator("iframe[title='The latest report']")
    assert '<b>Ana</b> "Lima"' in inside.locator("h1").inner_text()
    inside.locator("image[href^='data:image/jpeg']").first.wait_for(state="attached")
    assert json.loads(download(page, "Data (JSON)"))["claimed_name"] == '<b>Ana</b> "Lima"'
    assert "made anew from what the case keeps" in download(page, "Download the report").decode()
    page.get_by_text("Change these details").click()
    details = page.locator("form[data-act=details]")
    details.get_by_label("Telephone numbers").fill("+1 555 0100")
    details.get_by_role("button", name="Save the details").click()
    page.locator("header.case .quiet", has_text="+1 555 0100").wait_for()
    decide(page, "Ana Reviewer", "ok", "")
    page.get_by_text("Write at least one sentence").wait_for()
    decide(page, "Ana Reviewer", "The nose and the ears differ in every frame.", DIFFERENT)
    page.get_by_text("A first decision is written down").wait_for()
    second = context.new_page()  # another tab
    second.goto(address)
    second.get_by_text("A first decision is written down").wait_for()
    assert "The nose" not in second.content()
    decide(second, "Bo", "I cannot tell from these frames alone.", "Not settled: more is needed")
    second.get_by_text("The nose and the ears").wait_for()
    second.close()

    page.reload()
    page.get_by_text("The candidate takes consent back").click()
    page.get_by_role("button", name="See what would be deleted").click()
    page.get_by_text("1 × recordings, photos and documents").wait_for()
    page.get_by_role("button", name="No, leave it").click()
    page.get_by_role("alertdialog").wait_for(state="detached")
    assert page.locator("video[data-round=round-1]").count() == 1

    page.goto(f"{with_folder.address}/call/")  # a check of its own is kept in the same case
    page.wait_for_selector(".drop")
    agree(page)
    add(page, [short_round])
    page.get_by_role("button", name="Start the check").click()
    page.locator(".result").wait_for(timeout=180_000)
    page.get_by_role("link", name="Keep this in a case").click()
    page.get_by_text("Choose the case that the files of your check go into").wait_for()
    page.get_by_label("Name, e-mail address or id").fill("LIMA@example")
    page.get_by_role("button", name="Search").click()
    page.locator('[name=text][value="LIMA@example"]').wait_for()  # the answer is there
    page.get_by_role("link", name='<b>Ana</b> "Lima"').click()
    page.get_by_role("button", name="Put the files of the check into this case").click()
    page.locator(".files li", has_text="round-2.mp4").wait_for()

    page.goto(with_folder.address)
    row = page.locator("#recent-cases li")
    row.wait_for()
    assert "1 round, opened" in row.inner_text()
    assert problems == []
    assert [url for url in asked if not url.startswith((with_folder.address, "data:", "blob:", "about:"))] == []
    context.close()


def test_what_is_typed_in_one_form_stays_when_another_is_sent(chromium, with_folder: Server) -> None:
    page = chromium.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.goto(f"{with_folder.address}/cases/")
    page.get_by_label("Name the candidate gave").fill("Ana Lima")
    page.get_by_label("E-mail addresses").fill("ana at example")
    page.get_by_role("button", name="Open the case").click()
    page.locator("form[data-act=new] [role=alert]", has_text="no e-mail address").wait_for()
    page.get_by_label("E-mail addresses").fill("ana@example.org")
    page.get_by_role("button", name="Open the case").click()
    page.get_by_role("heading", name="Ana Lima").wait_for()

    page.get_by_text("Write a decision down").click()
    decision = page.locator("form[data-act=decide]")
    decision.get_by_label("What you saw and heard").fill("The ears differ")
    decision.get_by_label(DIFFERENT).check()
    page.get_by_text("Add a note").click()
    note = page.locator("form[data-act=note]")
    note.get_by_label("Your name").fill("Ana")
    note.get_by_label("Your note").fill("asked for a second call")
    note.get_by_role("button").click()
    page.locator("p.note", has_text="asked for a second call").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Notes"
    assert note.get_by_label("Your note").input_value() == ""
    for _ in range(2):
        assert decision.get_by_label("What you saw and heard").is_visible()
        assert decision.get_by_label("What you saw and heard").input_value() == "The ears differ"
        assert decision.get_by_label(DIFFERENT).is_checked()
        page.get_by_role("link", name="All cases").click()
        page.get_by_role("link", name="Ana Lima").click()
        page.get_by_role("heading", name="Ana Lima").wait_for()
    decision.get_by_role("button", name="Save the decision").click()
    decision.locator("[role=alert]", has_text="at least one sentence").wait_for()

    # a file of which the browser can play the sound alone: its picture would stay black
    said = """(kind) => {
      document.body.insertAdjacentHTML('beforeend', `<div><video data-round="r" data-kind="${kind}"></video><p class="no-play" hidden></p></div>`);
      document.body.lastElementChild.firstElementChild.dispatchEvent(new Event('loadedmetadata'));
      return !document.body.lastElementChild.lastElementChild.hidden;
    }"""
    assert [page.evaluate(said, kind) for kind in ("recording", "sound")] == [True, False]
    page.context.close()
