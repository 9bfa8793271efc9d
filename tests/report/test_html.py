"""report.html: nothing missing, nothing from elsewhere, nothing that a file name can do to it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.report.pages import Page
from tests.report.sample import DIFFERENT, SAME, pair, picture, report, span
from verifier.case import Participant, Round
from verifier.checks.base import REASON
from verifier.findings import Outcome
from verifier.report.html_report import MOST_IN_MATRIX, to_html
from verifier.report.json_report import to_json
from verifier.report.leads import could_not_see, leads, questions
from verifier.report.model import Clip, Lane, Matrix, MatrixCell, Report, Timeline

BANNED = re.compile(
    r"\b(fake|fraud|liar|cheat\w*|passed|failed|score|mismatch|probability of)\b|(?<!95 )%", re.IGNORECASE
)


def test_golden(golden: Callable[[str, str], None]) -> None:
    golden("report.html", to_html(report()))


def test_every_finding_of_the_json_is_in_the_page() -> None:
    page = Page(to_html(report()))
    for finding in to_json(report())["findings"]:
        assert finding["statement"] in _squeezed(page.texts[finding["id"]])
    for listed in to_json(report())["unusable"]:
        assert listed["name"] in page.texts["files"]
        assert listed["reason"] in page.texts["files"]


def test_the_first_page_says_who_what_and_what_not() -> None:
    first = _squeezed(Page(to_html(report())).texts["top"])
    assert "Jordan Reyes" in first
    for name in ("call-1.mp4", "call-2.mp4 and 1 more", "call-3.mp4", "passport.jpg"):
        assert name in first
    assert (
        "The face in Round 3 (call-3.mp4), compared one by one with Round 1 and passport.jpg: moderate support" in first
    )
    assert "notes.mp4 was not used: This is a text file" in first
    assert "The photo blank.png could not be compared with Round 1 and Round 2: no face was found in it." in first
    assert "the candidate is not on screen for 00:43 of 01:00, the first time at 00:17" in first
    assert "This report decides nothing" in first


def test_it_runs_nothing_but_its_own_script_and_asks_nobody() -> None:
    source = to_html(report())
    page = Page(source)
    assert page.tags.count("script") == 1
    script = source.split("<script>")[1].split("</script>")[0]
    assert not re.search(r"fetch|XMLHttp|import|eval|innerHTML|storage|cookie|location", script, re.IGNORECASE)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    policy = " ".join(page.values("content"))
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    links = [*page.values("href"), *page.values("src")]
    assert links
    assert not [link for link in links if not link.startswith(("#", "data:image/jpeg;base64,"))]
    style = source.split("<style>")[1].split("</style>")[0]
    assert not re.search(r"url\(|@import|//", style)
    shown = re.sub(r"data:image/jpeg;base64,[\w+/=]+|^// .*$", "", source, flags=re.MULTILINE)
    assert not re.search(r"https?:|//", shown)


def test_every_link_leads_to_one_place() -> None:
    page = Page(to_html(report()))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert not {link[1:] for link in page.values("href") if link.startswith("#")} - set(ids)


def test_times_lead_to_their_mark_on_the_time_line() -> None:
    source = to_html(report())
    assert '<a class="time" href="#time-9-1">00:12–00:27</a>' in source
    assert re.search(r'class="pin identity different" id="time-9-1"[^>]*left:20.0%;width:25.0%', source)


def with_clips(*clips: Clip) -> Report:
    return replace(report(), clips=clips)


def a_clip(round_id: str, start: int, end: int, mime: str = "video/webm") -> Clip:
    return Clip(round_id, span(start, end), span(start, min(end, start + 8)), mime, b"not really a clip")


def test_a_clip_stands_beside_its_finding_and_its_times_play_it() -> None:
    page = Page(to_html(with_clips(a_clip("round-1", 12, 27), a_clip("round-2", 58, 60, "audio/webm"))))
    assert (page.tags.count("video"), page.tags.count("audio")) == (1, 1)
    assert "Round 1, 00:12–00:20, its beginning" in _squeezed(page.texts["finding-9"])
    assert "One time has no clip here: play the recording at 00:20." in _squeezed(page.texts["finding-9"])
    assert "Round 2, 00:58–01:00" in _squeezed(page.texts["finding-11"])
    assert page.values("data-clip").count("clip-1") == 4  # first page, card, mark and list of the time line
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert not {link[1:] for link in page.values("href") if link.startswith("#")} - set(ids)


def test_a_clip_that_no_finding_points_to_is_not_carried() -> None:
    assert "<video" not in to_html(with_clips(a_clip("round-1", 1, 2), a_clip("round-9", 12, 27)))


def test_no_word_of_a_verdict() -> None:
    found = BANNED.search(Page(to_html(report())).all_text)
    assert found is None, found


def test_a_colour_never_comes_without_its_shape() -> None:
    source = to_html(report())
    for tone in ("same", "different", "open", "unseen"):
        cells = re.findall(rf'<td class="cell {tone}[^>]*>\s*(.*)', source)
        assert cells
        assert all(cell.startswith('<span class="shape"') for cell in cells)


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202egpj.\u200b{{ 7*7 }}</style>&amp;'


def test_names_and_metadata_of_files_are_text() -> None:
    """The page with hostile names has the very same elements as the page with harmless ones."""
    plain, hostile = (Page(to_html(_named(text))) for text in ("harmless", HOSTILE))
    assert hostile.tags == plain.tags
    assert {name for _, name, _ in hostile.attributes} == {name for _, name, _ in plain.attributes}
    assert "<script>alert(1)</script>" in hostile.all_text
    assert "{{ 7*7 }}" in hostile.all_text
    assert not set("\u202e\u200b") & set(hostile.source)


def test_very_long_names_and_paths_stay_harmless() -> None:
    page = Page(to_html(_named("x" * 5_000)))
    assert "x" * 200 not in page.texts["top"].split("The most important findings")[0]
    assert "/somewhere/private" not in page.source


def _named(text: str) -> Report:
    """The sample with one text wherever a file or a person could put theirs."""
    base = report()
    file = replace(base.rounds[0].evidence[0], name=text, facts=(("title", text),), problems=(text,))
    first = replace(base.findings[0], statement=f"The face in {text}: no.", details=((text, text),), origin=text)
    return replace(
        base,
        claimed_name=text,
        rounds=(Round("round-1", text, (file,)), *base.rounds[1:]),
        references=(replace(base.references[0], name=text), *base.references[1:]),
        findings=(first, *base.findings[1:]),
        unusable=((text, text),),
        versions=((text, text),),
        pictures=tuple(replace(p, caption=text) for p in base.pictures),
        timelines=tuple(replace(t, label=text) for t in base.timelines),
        matrices=tuple(replace(m, labels=(text, *m.labels[1:])) for m in base.matrices),
    )


def test_an_empty_report_is_a_page_too() -> None:
    base = report()
    bare = replace(base, claimed_name=None, findings=(), matrices=(), timelines=(), pictures=(), participants=(),
                   unusable=(), references=(), versions=(), timing=(), checks=())  # fmt: skip
    page = Page(to_html(bare))
    assert "no name was given" in page.texts["top"]
    assert "Nothing could be looked into" in page.texts["top"]
    assert not {link[1:] for link in page.values("href") if link.startswith("#")} - set(page.values("id"))


@pytest.fixture(scope="module")
def crowded() -> Report:
    """40 rounds with 12 faces each, 30 kB a picture, 200 marks on one time line."""
    base, n = report(), 40
    ids = tuple(f"round-{k}" for k in range(1, n + 1))
    rounds = tuple(Round(i, i, base.rounds[0].evidence) for i in ids)
    jpeg = base.pictures[0].jpeg + bytes(30_000)
    faces = [f"{i}/{letter}" for i in ids for letter in "ABCDEFGHIJKL"]
    pictures = [replace(picture(f, k, f, k), jpeg=jpeg) for f in faces for k in range(5)]
    findings = [pair(a, b, DIFFERENT if b == ids[-1] else SAME) for k, a in enumerate(ids) for b in ids[k + 1 :]]
    findings[-1] = replace(findings[-1], spans=tuple(span(k, k + 5) for k in range(0, 600, 3)))
    cells = [
        MatrixCell(*f.rounds, f.lr, "", tuple((f"{f.rounds[0]}/A#{k}", f"{f.rounds[1]}/A#{k}") for k in range(5)))
        for f in findings
    ]
    lanes = [
        Lane(f"Face {letter}", "other", tuple(span(k, k + 1) for k in range(0, 3600, 18))) for letter in "BCDEFGHIJKL"
    ]
    return replace(
        base,
        rounds=rounds,
        findings=tuple(findings),
        matrices=(Matrix("Same face?", ids, ids, tuple(cells)),),
        pictures=tuple(pictures),
        participants=tuple(
            Participant(f, f.partition("/")[0], (span(0, 60),), Fraction(60), f"{f}#0", f.endswith("/A")) for f in faces
        ),
        timelines=tuple(
            Timeline(i, i, Fraction(3600), (Lane("Candidate", "candidate", (span(0, 60),)), *lanes)) for i in ids
        ),
    )


def test_a_crowded_case_stays_small_enough_to_send_and_says_what_is_left_out(crowded: Report) -> None:
    source = to_html(crowded)
    page = Page(source)
    size, said = len(source), page.all_text
    assert size < 12_000_000
    left_out = [
        re.search(words, said) is not None
        for words in (
            r"\d+ more pictures were left out",
            f"Drawn: the first {MOST_IN_MATRIX} of 40",
            "more marks are not drawn",
            "more comparisons are not laid out",
            "6 other faces",
        )
    ]
    assert left_out == [True] * 5
    ids = set(page.values("id"))
    lost = {link[1:] for link in page.values("href") if link.startswith("#")} - ids
    lost |= {f"finding-{number}" for number in range(1, len(crowded.findings) + 1)} - ids
    assert lost == set()


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_checks_that_lack_the_same_thing_are_told_in_one_line() -> None:
    whole = report()
    lacking = tuple(
        replace(
            whole.findings[0], check=name, outcome=Outcome.NOT_AVAILABLE, lr=None, rounds=rounds,
            statement=f"{name} could not be looked at: there is no transcript.", details=((REASON, "there is no transcript"),),
        )
        for rounds in (tuple(r.id for r in whole.rounds), (whole.rounds[1].id,))
        for name in ("answer-timing", "spoken-style", "answer-reuse")
    )  # fmt: skip
    texts = [u.text for u in could_not_see(replace(whole, findings=lacking, unusable=(), timelines=()))]
    assert texts[:2] == [
        "There is no transcript: 3 checks were not asked.",
        "There is no transcript: 3 checks were not asked in Round 2.",
    ]
    assert not any("could not be looked at" in text for text in texts)
    two = replace(whole, findings=lacking[:2], unusable=(), timelines=())
    assert sum("could not be looked at" in u.text for u in could_not_see(two)) == 2


def test_a_round_without_a_candidate_asks_who_it_is_before_anything_else() -> None:
    whole = report()
    why = "in Round 1, it is not known which of the 2 faces in Round 1 is the candidate's: name one"
    waiting = tuple(
        replace(f, check=name, outcome=Outcome.NOT_AVAILABLE, lr=None, rounds=rounds, details=((REASON, why),),
                statement=f"{name} could not be looked at: {why}.")
        for name, rounds, f in (("face-across-rounds", ("round-1", "round-2"), whole.findings[0]),
                                ("face-reference", ("round-1", "reference-1"), whole.findings[0]),
                                ("lip-voice", ("round-1",), whole.findings[0]))
    )  # fmt: skip
    steady = replace(
        pair("round-2", "round-2", SAME, "face-continuity"),
        rounds=("round-2",),
        statement="One face all through Round 2.",
    )
    people = tuple(replace(p, is_candidate=False) if p.round_id == "round-1" else p for p in whole.participants)
    asked = replace(whole, findings=(steady, *waiting), participants=people, unusable=(), timelines=())
    assert [(q.label, [p.id for p in q.faces]) for q in questions(asked)] == [("Round 1", ["round-1/A", "round-1/B"])]
    first = _squeezed(Page(to_html(asked)).texts["top"])
    assert first.index("Who is the candidate in Round 1?") < first.index("The most important findings")
    assert "--candidate round-1/A" in first
    assert "--candidate round-1/B" in first
    assert [u.text for u in could_not_see(asked)] == ["3 checks wait for somebody to say who the candidate is."]
    assert [lead.findings[0].check for lead in leads(asked)] == ["face-across-rounds", "face-continuity"]
    assert questions(whole) == ()


def test_bounds_without_a_width_are_called_a_cap() -> None:
    page = Page(to_html(replace(report(), findings=(pair("round-1", "round-2", (0.9, 0.9, 0.9)),)))).all_text
    assert "log10 LR 0.9, capped by what the calibration supports" in page
    assert "(95 %: 0.9 to 0.9)" not in page
    assert "in brackets" not in page
