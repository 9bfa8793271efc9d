"""What only a browser can tell: what is seen on a screen, in the dark, on paper."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.media.clips import ClipSpec, write_clip
from tests.report.sample import report, span
from verifier.media.snippet import cut_snippet
from verifier.report.html_report import to_html
from verifier.report.model import Clip

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
SEEN = "Array.from(document.querySelectorAll('details > :not(summary)'), e => e.checkVisibility())"
"""For every fold-out: is what it holds seen?"""


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    file = tmp_path / "report.html"
    file.write_text(to_html(report()), "utf-8")
    opened = chromium.new_page(viewport={"width": 1280, "height": 720})
    requests: list[str] = []
    problems: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.on("console", lambda message: problems.append(message.text))
    opened.goto(file.as_uri())
    yield opened
    opened.close()
    assert [r for r in requests if not r.startswith(("file:", "data:"))] == []
    assert problems == []


@pytest.mark.parametrize("width", [420, 900, 1280])
def test_nothing_is_wider_than_the_page(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "height"), [(794, 1123), (816, 1056)], ids=["A4", "Letter"])
def test_fold_outs_print_open_and_nothing_is_cut(page: Page, width: int, height: int) -> None:
    assert False in page.evaluate(SEEN)
    page.set_viewport_size({"width": width - 106, "height": height - 106})  # 14 mm margins either side
    page.emulate_media(media="print")
    assert False not in page.evaluate(SEEN)
    assert page.evaluate("document.documentElement.scrollWidth") <= width - 106
    first = page.evaluate("document.getElementById('top').getBoundingClientRect().height")
    assert first <= height - 106


def test_a_time_leads_to_its_mark_and_a_mark_to_its_finding(page: Page) -> None:
    page.click("#top a.time >> nth=0")
    mark = page.url.partition("#")[2]
    assert page.evaluate(f"document.querySelector(':target').id === '{mark}'")
    assert page.locator(f"#{mark}").is_visible()
    page.click(f"#{mark}")
    assert page.url.partition("#")[2].startswith("finding-")
    assert page.locator(":target").is_visible()


def test_a_link_into_a_fold_out_opens_it(page: Page) -> None:
    assert not page.locator("#finding-1").is_visible()
    page.evaluate("location.hash = '#finding-1'")
    page.wait_for_function("document.getElementById('finding-1').closest('details').open")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(page: Page, scheme: Any) -> None:
    """WCAG contrast of 4.5 for every text, whatever it lies on."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    low = page.evaluate(CONTRAST)
    assert low == []


CONTRAST = """() => {
  const parse = c => { const v = c.match(/[\\d.]+/g).map(Number); return [v[0], v[1], v[2], v.length > 3 ? v[3] : 1]; };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => { const layers = []; for (let n = e; n; n = n.parentElement) layers.push(parse(getComputedStyle(n).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]); };
  const low = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || e.closest('svg')) continue;
    const back = behind(e), [a, b] = [light(over(parse(getComputedStyle(e).color), back)), light(back)].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) low.add(e.className + ': ' + walker.currentNode.data.trim().slice(0, 40));
  }
  return [...low];
}"""


def test_the_dark_page_is_dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 30)"


def test_pictures_are_drawn(page: Page) -> None:
    """Every face is drawn from the store of pictures: its pixels are not those of an empty box."""
    shot = page.locator("#frames .face >> nth=0").screenshot()
    import io

    from PIL import Image

    low, high = Image.open(io.BytesIO(shot)).convert("L").getextrema()
    assert high - low > 100


def test_it_can_be_read_by_keyboard(page: Page) -> None:
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
    assert {"A", "SUMMARY"} <= reached


@pytest.fixture(scope="module")
def real_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    made = write_clip(tmp_path_factory.mktemp("clip") / "call.mp4", ClipSpec(".mp4", audio=("aac",)))
    return cut_snippet(made, made, span(0, 2))


@pytest.fixture
def playing(chromium: Browser, tmp_path: Path, real_clip: bytes) -> Iterator[Page]:
    """The page with a clip that a browser has to play; autoplay is allowed, as after a click."""
    file = tmp_path / "report.html"
    clip = Clip("round-1", span(12, 27), span(11, 13), "video/webm", real_clip)
    file.write_text(to_html(replace(report(), clips=(clip,))), "utf-8")
    opened = chromium.new_page(viewport={"width": 1280, "height": 720})
    problems: list[str] = []
    opened.on("console", lambda message: problems.append(message.text))
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.goto(file.as_uri())
    yield opened
    opened.close()
    assert problems == []


def wait_for(page: Page, what: str) -> None:
    """Until an expression is true; `wait_for_function` would need eval, which the page forbids."""
    page.evaluate(f"new Promise(done => {{ const look = () => {what} ? done() : setTimeout(look, 50); look(); }})")


def test_a_time_plays_its_clip_beside_the_finding(playing: Page) -> None:
    playing.click("#findings a[data-clip] >> nth=0")
    wait_for(playing, "document.querySelector('.clip video').currentTime > 0.2")
    assert playing.locator(".clip video").is_visible()


def test_a_mark_plays_its_clip_under_the_time_line_and_leads_on_to_its_finding(playing: Page) -> None:
    playing.click(".pin[data-clip]")
    wait_for(playing, "document.querySelector('.stage video').currentTime > 0.2")
    playing.click(".stage a")
    assert playing.url.endswith("#finding-9")


def test_a_time_line_zooms_by_button_key_and_wheel(playing: Page) -> None:
    def width() -> float:
        return float(playing.evaluate("document.querySelector('.axis .track').getBoundingClientRect().width"))

    whole, ticks = width(), playing.locator(".timeline >> nth=0 >> .ticks span:visible").count()
    playing.click(".tools label:has-text('4×') >> nth=0")
    assert abs(width() / whole - 4) < 0.01
    assert playing.locator(".timeline >> nth=0 >> .ticks span:visible").count() > ticks
    playing.focus(".axis >> nth=0")
    playing.keyboard.press("-")
    assert abs(width() / whole - 2) < 0.01
    playing.hover(".axis >> nth=0")
    playing.keyboard.down("Control")
    playing.mouse.wheel(0, -100)
    playing.keyboard.up("Control")
    wait_for(playing, f"document.querySelector('.axis .track').getBoundingClientRect().width > {3.9 * whole}")
    playing.emulate_media(media="print")
    assert playing.evaluate("document.documentElement.scrollWidth") <= 1280
    assert not playing.locator(".clip video").is_visible()


def test_marks_can_be_kept_to_one_group(chromium: Browser, tmp_path: Path) -> None:
    both = replace(report().findings[10], rounds=("round-1",))
    file = tmp_path / "report.html"
    file.write_text(to_html(replace(report(), findings=(*report().findings, both))), "utf-8")
    opened = chromium.new_page(java_script_enabled=False)
    opened.goto(file.as_uri())
    assert opened.locator(".pin.identity:visible").count() == 2
    opened.click("#round-1 .tools label:has-text('identity')")
    assert opened.locator("#round-1 .pin.identity:visible").count() == 0
    assert opened.locator("#round-1 .pin.provenance:visible").count() == 1
    opened.close()


def test_links_stay_inside_a_frame_of_another_page(chromium: Browser) -> None:
    around = chromium.new_page(viewport={"width": 960, "height": 720})
    source = html.escape(to_html(report(), in_frame=True), quote=True)
    around.set_content(f'<iframe sandbox style="width:900px;height:600px" srcdoc="{source}"></iframe>')
    around.wait_for_selector("iframe")
    inside = around.frame_locator("iframe")
    inside.locator("#top a.time >> nth=0").click()
    inside.locator(".pin:target").wait_for()
    assert inside.locator("h1").count() == 1
    around.close()
