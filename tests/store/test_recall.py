"""Transcripts of a case, handed on as files in memory."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.store.conftest import Place
from verifier.store.recall import Held, Recall
from verifier.store.records import Candidate, Transcript


@pytest.mark.parametrize("name", ["call.vtt", "..", "../../x.vtt", "é" * 300, "a\0b.vtt", ""])
def test_a_kept_transcript_is_a_link_to_memory_whatever_it_was_called(sqlite: Place, name: str) -> None:
    with sqlite.open() as repository:
        case = repository.new_case(Candidate(name="Alice Ames"))
        entry = repository.add(case, Transcript("round-1", "WEBVTT and more", name))
        held = Held(case, frozenset(), [], [], {}, {}, {}, {}, (entry,))
        with ExitStack() as stack:
            ((round_id, link),) = Recall(repository, held, None).transcripts(stack)
            assert (round_id, link.is_symlink(), link.read_text()) == ("round-1", True, "WEBVTT and more")
        assert not link.parent.exists()
