from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.checks.cases import DIFFERENT, OPEN, SAME, a_round, case, compared, seen, template
from tests.checks.test_documents import document
from tests.documents.pictures import clean
from tests.voice_cases import heard, motion, source, voice
from verifier.calibration import FaceCalibration
from verifier.case import Evidence, Role
from verifier.checks import (
    document_barcode,
    document_dates,
    document_editing,
    document_name,
    document_portrait,
    face_continuity,
    mrz,
    second_voice,
    speech_without_lips,
    voice_continuity,
)
from verifier.checks.base import CaseObservations, PickedAs
from verifier.documents.portraits import PortraitFacts
from verifier.documents.reading import DocumentReader
from verifier.gather import Gatherer
from verifier.observe.comparators.registry import Comparators
from verifier.report.model import Picture
from verifier.store import codec, observations


def gatherer() -> Gatherer:
    return Gatherer(Comparators((), ()), FaceCalibration((), {}, "test"))


def everything_in(value: Any) -> list[Any]:
    """Every array and byte string inside."""
    if isinstance(value, (np.ndarray, bytes)):
        return [value]
    if isinstance(value, str):
        return []
    if isinstance(value, dict):
        return [x for v in value.values() for x in everything_in(v)]
    if isinstance(value, (tuple, list)):
        return [x for v in value for x in everything_in(v)]
    return [x for v in vars(value).values() for x in everything_in(v)] if hasattr(value, "__dict__") else []


def observed() -> tuple[Any, Any, Gatherer]:
    candidate, other = seen("round-1/A", (0, 30)), seen("round-1/B", (32, 60))
    r = replace(a_round(1, candidate, other), picked=PickedAs("the face that you named", 2))
    whole = case(
        r,
        compared={
            ("round-1", "round-1/B"): compared(DIFFERENT), ("round-1#first", "round-1#last"): compared(SAME),
            ("round-1", "round-2"): compared(SAME),
        },
    )  # fmt: skip
    g = gatherer()
    for key in ("round-1/A#0", "round-1/B#0"):
        g.pictures[key] = Picture(key, key.encode() * 5, 4, 4, "Round 1, 00:01", "round-1", Fraction(1))
    return r, whole, g


def test_nothing_to_recognise_anybody_but_the_candidate_by_is_kept() -> None:
    r, whole, g = observed()
    kept = observations.kept_round(r, whole, g)
    packed = codec.pack(kept)
    back = codec.unpack(packed)
    assert [p.key for p in back.pictures] == ["round-1/A#0"]
    candidate, other = back.observed.seen
    assert candidate.template.vectors
    assert not other.template.vectors
    assert other.pictures == ()
    assert [x for x in everything_in(other) if len(x)] == []
    assert all(f.crop.image.size == 0 for f in candidate.template.frames)
    assert other.person.spans == r.seen[1].person.spans


def test_a_restored_round_says_what_it_said_before() -> None:
    r, whole, g = observed()
    kept = codec.unpack(codec.pack(observations.kept_round(r, whole, g)))
    fresh = gatherer()
    back = observations.restored(kept, fresh)
    assert back.candidate is back.seen[0]
    again, basis = fresh.case([back], [], (), "test 1.0")
    assert "the face that you named" in basis
    assert again.compared == {k: v for k, v in whole.compared.items() if k != ("round-1", "round-2")}
    before, after = face_continuity.run(whole), face_continuity.run(again)
    assert [replace(f, pictures=()) for f in before] == [replace(f, pictures=()) for f in after]
    assert [f.pictures for f in after] == [("round-1/A#0",)]


def test_a_pick_among_several_keeps_its_weight() -> None:
    r, whole, g = observed()
    kept = observations.kept_round(r, whole, g)
    back = observations.restored(kept, gatherer())
    assert back.picked == PickedAs("the face that you named", 2)


def test_models_are_told_apart_by_their_weights() -> None:
    class One:
        name, model_sha256 = "dlib", "0" * 64

    class Other(One):
        model_sha256 = "1" * 64

    made = [observations.models_of(replace(gatherer(), comparators=Comparators((c,), ()))) for c in (One(), Other())]  # type: ignore[arg-type]
    assert made[0] != made[1]


def test_a_template_for_searching_compares_as_the_whole_one() -> None:
    whole = seen("round-1/A", (0, 30)).template
    assert whole is not None
    small = observations.for_search(whole)
    assert (small.inter_eye_px, small.is_photo, len(small.frames)) == (whole.inter_eye_px, whole.is_photo, 1)
    assert small.vectors is whole.vectors


def listened() -> tuple[CaseObservations, Gatherer]:
    """The candidate speaks and somebody near them does; another participant answers. The mouth stands still for a while."""
    of = source((0, (0, 20)), (1, (22, 34)), (0, (36, 56)), soft=((2, (20, 21.5)), (2, (34, 35.5))))
    voices = heard(voice(1, of, 0, (0, 20), (36, 56)), voice(2, of, 1, (22, 34)))
    moves = {"round-1/A": motion((0, 10), (36, 56)), "round-1/B": motion((22, 34))}
    r = replace(
        a_round(1, seen("round-1/A", (0, 60)), seen("round-1/B", (20, 36), at=(900.0, 100.0))), voices=voices,
        voice=voices.voices[0], voice_basis="it speaks longest (an assumption)", motions=moves, picked=PickedAs("the face that you named"),
    )  # fmt: skip
    found = {("round-1#first", "round-1#last"): compared(SAME), ("round-1", "round-1/voice-2"): compared(OPEN)}
    return replace(case(r), voices_compared=found), gatherer()


def test_of_voices_only_the_candidates_is_kept_and_the_checks_say_what_they_said() -> None:
    whole, g = listened()
    kept = codec.unpack(codec.pack(observations.kept_round(whole.rounds[0], whole, g)))
    mine, other = kept.observed.voices.voices
    assert list(mine.template.vectors) == ["resemblyzer"]
    assert [x for x in everything_in((other, kept.observed.voices.sources, kept.observed.motions)) if len(x)] == []
    fresh = gatherer()
    again, _ = fresh.case([observations.restored(kept, fresh)], [], (), "test 1.0")
    assert again.voices_compared == whole.voices_compared
    assert again.rounds[0].voice is again.rounds[0].voices.voices[0]  # type: ignore[union-attr]
    for check in (second_voice, speech_without_lips, voice_continuity):
        before, after = check.run(whole), check.run(again)
        assert [f.statement for f in before] == [f.statement for f in after]
        assert before == after
    twice = observations.kept_round(again.rounds[0], again, fresh)
    assert twice.observed.asides == kept.observed.asides


def test_a_voice_that_other_models_heard_is_not_compared() -> None:
    whole, g = listened()
    kept = observations.kept_round(whole.rounds[0], whole, g)
    back = observations.restored(kept, gatherer(), same_ears=False)
    assert (back.voice, back.voice_reason) == (None, observations.OTHER_LISTENER)


def test_a_document_says_what_it_said_without_a_picture() -> None:
    portrait = PortraitFacts(template(1, photo=True).frames[0], "", 1, "8f3a55aa00ff1236")
    seen_now = replace(document(printed=("ERIKSSON", "12 AUG 1974", "15.04.2012")), portrait=portrait)
    kept = codec.unpack(codec.pack(observations.kept_document(seen_now)))
    assert [x for x in everything_in(kept) if getattr(x, "dtype", None) == np.uint8 and x.size] == []
    for check in (mrz, document_dates, document_name, document_portrait):
        before, after = (
            check.run(CaseObservations((), (), {}, "test 1.0", documents=(d,), claimed_name="Anna Eriksson"))
            for d in (seen_now, kept)
        )
        assert [f.statement for f in before] == [f.statement for f in after]
        assert before == after
    found = observations.reading_of("reference-1", kept)
    assert (found.number, found.country, found.portrait) == ("L898902C3", "UTO", portrait.hash)
    doubtful = observations.reading_of("reference-1", document(doubtful=((), (3,))))
    assert doubtful.number == ""
    assert observations.reading_of("reference-1", None).number == ""


@pytest.mark.parametrize("kind", ["TD3", pytest.param("licence", marks=pytest.mark.slow)])
def test_a_document_that_was_really_read_needs_no_second_reading(kind: str, tmp_path: Path) -> None:
    """Print by its labels, barcode and traces of editing come out of what is kept as out of the picture."""
    path = tmp_path / "id.jpg"
    path.write_bytes(clean(kind).data)
    reader = DocumentReader()
    seen_now = reader.read(Evidence("reference-1", "0" * 64, path, path.name, Role.REFERENCE, "photo", 1))
    reader.close()
    assert (seen_now.licence is not None) == (kind == "licence")
    assert seen_now.traces is not None
    assert seen_now.visual is not None
    assert seen_now.visual.labelled
    kept = codec.unpack(codec.pack(observations.kept_document(seen_now)))
    assert [x for x in everything_in(kept) if getattr(x, "dtype", None) == np.uint8 and x.size] == []
    assert kept.places.keys() == seen_now.places.keys()
    for check in (mrz, document_dates, document_name, document_portrait, document_barcode, document_editing):
        before, after = (
            check.run(CaseObservations((), (), {}, "test 1.0", documents=(d,), claimed_name="Anna Eriksson"))
            for d in (seen_now, kept)
        )
        assert before == after


def test_every_field_of_a_round_that_is_kept_exists_and_the_others_go_back() -> None:
    r, whole, g = observed()
    assert {f.name for f in fields(r)} >= observations.KEPT
    kept = observations.kept_round(replace(r, mouths=object()), whole, g).observed
    assert kept.mouths is None
    assert (kept.end, kept.picked, kept.looked_at) == (r.end, r.picked, r.looked_at)
