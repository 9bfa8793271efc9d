"""What a regular review may take for done. That it compares real calls is told in the story of the store."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from verifier import casework, reviews
from verifier.findings import Outcome
from verifier.store import consent
from verifier.store.records import Candidate, Consent, Purpose, Review
from verifier.store.repository import Repository

SAME, DIFFERENT, OPEN, NONE = Outcome.NOT_OBSERVED, Outcome.OBSERVED, Outcome.INCONCLUSIVE, Outcome.NOT_AVAILABLE
FACE, PHOTO, VOICE = "face-across-rounds", "face-reference", "voice-across-rounds"
GIVEN = Consent("A", "consent", tuple(Purpose), "May we?", "2020-01-01", "2999-01-01")


@pytest.mark.parametrize(
    ("found", "outcome", "done"),
    [
        ([(FACE, SAME)], SAME, True),
        ([(FACE, DIFFERENT)], DIFFERENT, False),
        ([(FACE, OPEN)], OPEN, False),
        ([(FACE, SAME), (FACE, OPEN)], OPEN, False),
        ([(FACE, SAME), (PHOTO, NONE)], SAME, True),
        ([(FACE, NONE)], NONE, False),
        ([(FACE, SAME), (VOICE, DIFFERENT)], DIFFERENT, False),
        ([(FACE, SAME), (VOICE, OPEN)], SAME, True),
        ([(FACE, NONE), (VOICE, SAME)], NONE, False),
    ],
)
def test_a_review_is_done_when_the_same_person_is_supported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: list[tuple[str, Outcome]], outcome: Outcome, done: bool
) -> None:
    long_ago = "2020-01-01T00:00:00+00:00"
    with Repository.open(tmp_path / "folder", create=True) as repository:
        case = repository.new_case(Candidate(name="A"))
        consent.give(repository, case, GIVEN)
        repository.add(case, Review(30, long_ago))
        calls = tmp_path / "calls"
        (calls / case).mkdir(parents=True)
        findings = [
            SimpleNamespace(check=c, outcome=o, rounds=("round-1",), statement=c, lr=1 if o is not NONE else None)
            for c, o in found
        ]
        report = SimpleNamespace(rounds=[SimpleNamespace(id="round-1")], findings=findings)
        monkeypatch.setattr(casework, "check", lambda *_, **__: SimpleNamespace(report=report))
        (line,) = reviews.run(repository, calls, lambda *_: None)
        assert line.outcome == reviews.WORDS[outcome]
        assert (reviews.due(repository) == []) is done
