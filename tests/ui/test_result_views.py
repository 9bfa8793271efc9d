"""The result on the page says as much of what was not judged as the report does."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from verifier_ui.desk import Desk
from verifier_ui.result_views import result_view

from tests.report.test_first_page import NOT_JUDGED, about, of
from tests.ui.test_desk import put
from verifier.checks.base import MADE
from verifier.findings import Outcome


def test_a_calm_result_draws_no_amber_and_says_what_was_not_judged(tmp_path: Path) -> None:
    calm = of(
        about("challenge", Outcome.NOT_OBSERVED, (10, 13), MADE),
        about("challenge", Outcome.INCONCLUSIVE, (20, 23), "not seen"),
    )
    desk = Desk("de610f1e-05fb-44e8-a134-34b816141e78", tmp_path)
    put(desk, "call-1.mp4")
    first = replace(calm.rounds[0].evidence[0], path=desk.recordings[0].path)
    desk.report = replace(calm, rounds=(replace(calm.rounds[0], evidence=(first,)),))
    page = result_view(desk)
    assert NOT_JUDGED in page
    assert "1 of 2 made; 1 of 2 not seen: ask for it again." in page
    assert re.findall(r'class="pin manipulation (\w+)".*?>(.)</button>', page) == [("clear", "–"), ("open", "○")]
