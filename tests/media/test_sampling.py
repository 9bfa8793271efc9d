from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.media.sampling import SamplingPlan, merge_plans
from verifier.timing import Span

TIMES = st.lists(st.integers(0, 4000), min_size=1, max_size=60, unique=True).map(
    lambda ms: [Fraction(at, 100) for at in sorted(ms)]
)
PERIODS = st.none() | st.integers(10, 900).map(lambda hundredths: Fraction(hundredths, 100))


def taken(plan, times, span=None):
    selector = plan.selector(span)
    return [time for time in times if selector.take(time, time % 2 == 0)]


@given(TIMES, PERIODS, st.booleans())
@settings(max_examples=60)
def test_one_picture_per_slot(times, every, keyframes):
    plan = SamplingPlan(every=every, keyframes=keyframes)
    found = set(taken(plan, times))
    if plan.wants_all:
        assert found == set(times)
        return
    firsts = {min(t for t in times if t // every == slot) for slot in {t // every for t in times}} if every else set()
    assert firsts <= found
    assert all(time in firsts or (keyframes and time % 2 == 0) for time in found)


@given(TIMES, PERIODS, st.sets(st.integers(0, 59)))
@settings(max_examples=60)
def test_what_could_not_be_wanted_may_be_missing(times, every, tried):
    """Leaving out whatever `could_want` refuses changes nothing: the promise that skipping rests on."""
    plan = SamplingPlan(every=every, bursts=((Fraction(1, 2), Fraction(3)),))
    selector, found = plan.selector(), []
    for index, time in enumerate(times):
        if index in tried and not selector.could_want(time, False):
            continue
        if selector.take(time, False):
            found.append(time)
    selector = plan.selector()
    assert found == [time for time in times if selector.take(time, False)]


def test_bursts_take_everything_in_them():
    plan = SamplingPlan(bursts=((Fraction(1), Fraction(10)),))
    times = [Fraction(at, 4) for at in range(60)]
    assert taken(plan, times) == [t for t in times if t % 10 < 1]


@given(TIMES, PERIODS)
@settings(max_examples=60)
def test_a_step_takes_the_first_of_each_in_bursts_and_leaves_the_rest_as_it_was(times, every):
    step, burst = Fraction(1, 5), (Fraction(1), Fraction(4))
    plan = SamplingPlan(every=every, bursts=(burst,), burst_step=step)
    found = taken(plan, times)
    in_bursts = [t for t in times if t % burst[1] < burst[0]]
    firsts = {min(t for t in in_bursts if t // step == slot) for slot in {t // step for t in in_bursts}}
    alone = set(taken(SamplingPlan(every=every), times)) if every else set()
    assert {t for t in found if t in in_bursts} - alone <= firsts
    assert {t // step for t in firsts} <= {t // step for t in found}
    assert {t for t in found if t not in in_bursts} <= alone


def test_spans_on_slot_borders_choose_what_one_reading_chooses():
    plan = SamplingPlan(every=Fraction(2))
    times = [Fraction(at, 7) for at in range(100)]
    cut = [Span(Fraction(0), Fraction(6)), Span(Fraction(6), Fraction(99))]
    assert [t for span in cut for t in taken(plan, times, span)] == taken(plan, times)


def test_merging():
    one = SamplingPlan(every=Fraction(2), max_width=640)
    other = SamplingPlan(every=Fraction(1), keyframes=True, bursts=((Fraction(1), Fraction(5)),), max_width=1280)
    plan = merge_plans([one, other])
    assert plan == SamplingPlan(Fraction(1), True, ((Fraction(1), Fraction(5)),), max_width=1280)
    stepped = replace(other, burst_step=Fraction(1, 10))
    assert merge_plans([one, stepped]).burst_step == Fraction(1, 10)
    assert merge_plans([other, stepped]).burst_step is None
    assert merge_plans([one, SamplingPlan(every=Fraction(3))]).max_width is None
    assert merge_plans([one, SamplingPlan()]).wants_all
    assert merge_plans([]).wants_all
    times = [Fraction(at, 30) for at in range(300)]
    assert taken(one, taken(plan, times)) == taken(one, times)


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": Fraction(0)},
        {"bursts": ((Fraction(2), Fraction(1)),)},
        {"bursts": ((0, Fraction(1)),)},
        {"burst_step": Fraction(0)},
        {"max_width": 3},
    ],
)
def test_impossible_plans(wrong):
    with pytest.raises(ValueError, match="must"):
        SamplingPlan(**wrong)
