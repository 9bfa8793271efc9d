from __future__ import annotations

from threading import Event, current_thread

import pytest

from verifier.side_by_side import Halted, side_by_side


def test_both_results_and_progress_of_both_from_the_calling_thread_alone() -> None:
    told: list[tuple[float, bool]] = []
    heard = Event()

    def aside(step):
        step(0.5)
        heard.set()
        return "heard"

    def here(step):
        assert heard.wait(5)
        step(0.5)
        return "seen"

    caller = current_thread()
    found = side_by_side(here, aside, lambda share: told.append((share, current_thread() is caller)), 0.8)
    assert found == ("seen", "heard")
    assert told[0] == (pytest.approx(0.8 * 0.5 + 0.2 * 0.5), True)
    assert all(own for _, own in told)


def test_a_caller_that_cancels_ends_the_work_in_the_thread() -> None:
    ended: list[type[BaseException]] = []

    def aside(step):
        try:
            while True:
                step(0.0)
        except Halted as halt:
            ended.append(type(halt))
            raise

    def cancel(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side(lambda step: step(0.1), aside, cancel, 0.5)
    assert ended == [Halted]


def test_what_goes_wrong_in_the_thread_is_raised() -> None:
    def aside(step):
        raise ValueError("no sound")

    with pytest.raises(ValueError, match="no sound"):
        side_by_side(lambda step: None, aside, lambda share: None, 0.5)
