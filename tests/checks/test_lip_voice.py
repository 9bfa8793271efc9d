from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.checks.cases import a_round, case, ratio, seen
from tests.voice_cases import Pair, heard, source, voice
from verifier.candidate_voice import with_voice
from verifier.checks import lip_voice
from verifier.findings import Finding, Outcome
from verifier.likelihood import Support
from verifier.lip_voice import Coupling, unheard
from verifier.timing import Span

TOGETHER, APART, OPEN = (-0.8, -0.9, -0.6), (0.8, 0.5, 0.9), (0.1, -0.4, 0.5)


def span(start: int, end: int) -> Span:
    return Span(Fraction(start), Fraction(end))


def coupling(values: tuple[float, float, float], *parted: Span, **fields: object) -> Coupling:
    plain = Coupling((span(0, 6), span(300, 306)), parted, 0.5, ratio(*values), 0.0, None)
    return replace(plain, **fields)  # type: ignore[arg-type]


def finding(found: Coupling | None, reason: str = "") -> Finding:
    faces = () if reason else (seen("round-1/A", (0, 60)),)
    (one,) = lip_voice.run(case(replace(a_round(1, *faces, reason=reason), coupling=found)))
    return one


def test_lips_and_voice_together_are_not_observed_and_how_much_was_heard_is_said() -> None:
    found = finding(coupling(TOGETHER))
    assert found.outcome is Outcome.NOT_OBSERVED
    assert "12 seconds of speech with the mouth in view" in found.statement
    assert "weak support for lips and voice belonging together" in found.statement
    assert found.spans == ()
    assert ("Constant offset", "none") in found.details
    assert found.rounds == ("round-1",)


def test_lips_and_voice_apart_are_observed_with_their_seconds() -> None:
    found = finding(coupling(APART, span(61, 67), span(100, 106)))
    assert found.outcome is Outcome.OBSERVED
    assert found.support is Support.FIRST
    assert "part ways at 01:01 to 01:07, 01:40 to 01:46: weak support" in found.statement
    assert found.spans == (span(61, 67), span(100, 106))
    assert found.next_step == lip_voice.spec.follow_up


@pytest.mark.parametrize(("spoken", "outcome"), [((62, 70), Outcome.INCONCLUSIVE), ((65, 70), Outcome.OBSERVED)])
def test_where_lips_and_voice_part_while_another_is_heard_it_stays_open(spoken: Pair, outcome: Outcome) -> None:
    sound = source((1, (0, 50)), (2, spoken))
    r = replace(a_round(1, seen("round-1/A", (0, 60))), coupling=coupling(APART, span(61, 67)))
    (found,) = lip_voice.run(case(with_voice(replace(r, voices=heard(voice(1, sound, 1, (0, 50)), voice(2, sound, 2, spoken))))))  # fmt: skip
    assert found.outcome is outcome
    assert ("At 01:01 to 01:07 it is mostly another voice" in found.statement) is (outcome is Outcome.INCONCLUSIVE)
    assert "laughs or eats while another person speaks" in found.statement


def test_a_single_stretch_of_many_is_shown_and_left_open() -> None:
    found = finding(coupling(OPEN, span(61, 67)))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "may be chance" in found.statement
    assert found.spans == (span(61, 67),)


def test_nothing_parted_and_nothing_supported_is_inconclusive() -> None:
    found = finding(coupling(OPEN))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "no clear support either way" in found.statement


def test_many_stretches_are_counted_not_listed() -> None:
    many = [span(30 * n, 30 * n + 6) for n in range(20)]
    found = finding(coupling(APART, *many))
    assert "and 14 more" in found.statement
    assert len(found.spans) == 20


def test_an_offset_is_a_fact_called_innocent_and_a_drift_gets_a_sentence() -> None:
    found = finding(coupling(TOGETHER, offset_s=0.32, drift_ms_per_min=50.0))
    assert ("Constant offset", "sound 320 ms later than the lips (innocent)") in found.details
    assert ("Drift", "+50 ms a minute") in found.details
    assert "drifts against the lips, by 255 ms" in found.statement
    early = finding(coupling(TOGETHER, offset_s=-0.2, drift_ms_per_min=5.0))
    assert ("Constant offset", "sound 200 ms earlier than the lips (innocent)") in early.details
    assert "drifts" not in early.statement
    assert any("none stands out" in value for _, value in finding(coupling(TOGETHER, offset_s=None)).details)


def test_what_could_not_be_judged_is_not_available_with_its_reason() -> None:
    found = finding(unheard("the recording with the picture has no sound"))
    assert found.outcome is Outcome.NOT_AVAILABLE
    assert found.lr is None
    assert "call-1.mp4): the recording with the picture has no sound." in found.statement
    assert "sound" in found.next_step
    assert "no picture" in finding(None, reason="the recording has no picture").statement
    assert "not looked at" in finding(None).statement


def test_each_round_speaks_for_itself() -> None:
    rounds = [replace(a_round(n, seen(f"round-{n}/A", (0, 9))), coupling=c) for n, c in
              ((1, coupling(TOGETHER)), (2, coupling(APART, span(0, 6))))]  # fmt: skip
    assert [f.outcome for f in lip_voice.run(case(*rounds))] == [Outcome.NOT_OBSERVED, Outcome.OBSERVED]
