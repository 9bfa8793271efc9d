"""What a check rests on: asked before anything else, written into the report."""

from __future__ import annotations

BASES: dict[str, str] = {
    "They agreed in writing that their faces and voices are compared": "the people in the files agreed in writing that their faces and voices are compared",
    "They were told in the call, and agreed": "the people in the files were told in the call that their faces and voices are compared, and agreed",
    "Another basis that our organisation has written down": "another basis that the organisation has written down",
}
QUESTION = "What does this check rest on?"
TICK = "This is true for everybody seen or heard in the files that I add."


def consent_line(basis: str | None) -> str:
    """The line for the report's last page: what was stated, by whom, and that nothing was kept."""
    from verifier.api import CONSENT

    return f"As stated by the person who ran this check: {BASES[basis]}. {CONSENT}" if basis in BASES else CONSENT
