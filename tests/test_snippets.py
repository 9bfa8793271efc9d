"""Which seconds a report plays: those of what is to be looked at, one of each finding first, within a size."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.media.clips import ClipSpec, write_clip
from verifier import snippets
from verifier.case import Evidence, Role, Round
from verifier.findings import Finding, Group, Outcome
from verifier.report.model import Clip
from verifier.timing import Span


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Round:
    path = write_clip(
        tmp_path_factory.mktemp("call") / "call.mp4", ClipSpec(".mp4", audio=("aac",), count=120, rate=10)
    )
    return Round("round-1", "Round 1", (Evidence("round-1", "0" * 64, path, path.name, Role.PROBE, "recording", 1),))


def span(start: float, end: float) -> Span:
    return Span(Fraction(start), Fraction(end))


def finding(check: str, outcome: Outcome, *spans: Span, group: Group = Group.COACHING) -> Finding:
    return Finding(check, group, outcome, "Something.", rounds=("round-1",), spans=spans)


def test_every_finding_gets_one_before_any_gets_two(call: Round) -> None:
    findings = [
        finding("later", Outcome.OBSERVED, span(1, 2), span(5, 6)),
        finding("calm", Outcome.NOT_OBSERVED, span(0, 9)),
        finding("first", Outcome.OBSERVED, span(3, 4), span(1, 2), group=Group.IDENTITY),
    ]
    clips = snippets.clips_of(findings, [call], {})
    assert [c.span for c in clips] == [span(3, 4), span(1, 2), span(5, 6)]
    assert clips[0].played == span(2, 4.5)
    assert {c.mime for c in clips} == {"video/webm"}


def test_a_long_span_is_played_from_its_beginning(call: Round) -> None:
    (clip,) = snippets.clips_of([finding("long", Outcome.INCONCLUSIVE, span(2, 12))], [call], {})
    assert clip.played == span(1, 9)


def test_spans_of_one_moment_share_what_is_cut(call: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Span] = []

    def cut(pictures: Path, sound: Path, played: Span) -> bytes:
        asked.append(played)
        return b"clip"

    monkeypatch.setattr(snippets, "cut_snippet", cut)
    spans = [span(2.25, 12), span(2.5, 12), span(2.75, 10.5), span(2.75, 9.25)]
    clips = snippets.clips_of([finding("one", Outcome.OBSERVED, *spans)], [call], {})
    assert [c.span for c in clips] == spans
    assert sorted(asked) == [span(1, 9), span(1.75, 9.75)]  # from 1 on, the last one would lose its end


def test_all_together_stay_within_the_size(call: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = [finding("many", Outcome.OBSERVED, *(span(k / 4, k / 4 + 1) for k in range(40)))]
    known: dict[tuple[str, Span], Clip | None] = {}
    assert len(snippets.clips_of(findings, [call], known)) == snippets.MOST_CLIPS
    size = len(next(iter(known.values())).data)  # type: ignore[union-attr]
    monkeypatch.setattr(snippets, "MAX_BYTES", 3 * size)
    monkeypatch.setattr(snippets, "cut_snippet", None)  # nothing is cut twice
    few = snippets.clips_of(findings, [call], known)
    assert 1 <= len(few) <= 4
    assert sum(len(c.data) for c in few) <= 3 * size


def test_a_file_that_is_gone_or_broken_costs_the_clip_only(call: Round, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(call.evidence[0].path.read_bytes()[:3000])
    for path in (tmp_path / "gone.mp4", broken):
        lost = replace(call, evidence=(replace(call.evidence[0], path=path),))
        assert snippets.clips_of([finding("any", Outcome.OBSERVED, span(1, 2))], [lost], {}) == ()
    assert snippets.clips_of([finding("any", Outcome.OBSERVED, span(1, 2))], [], {}) == ()
