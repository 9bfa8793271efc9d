"""Who is taken for the candidate, and how that is said."""

from __future__ import annotations

from tests.checks.cases import DIFFERENT, OPEN, SAME, a_round, compared, seen, template
from verifier.calibration import Comparison
from verifier.candidate import NO_FACE, Anchor, is_sure, pick
from verifier.observe.templates import FaceTemplate

ANCHOR = Anchor(template(1, photo=True), "the face nearest to the first reference")
A, B, C = (seen(f"round-1/{letter}", (0, 50 - 10 * n)) for n, letter in enumerate("ABC"))
ROUND = a_round(1, A, B, C)


def _says(**by_face: tuple[float, float, float]):  # type: ignore[no-untyped-def]
    known = {id(face.template): by_face[face.id[-1]] for face in (A, B, C)}

    def compare(anchor: FaceTemplate, face: FaceTemplate) -> Comparison:
        assert anchor is ANCHOR.template
        return compared(known[id(face)])

    return compare


def test_without_anything_else_it_is_the_face_longest_on_screen() -> None:
    picked = pick([ROUND], (), None, _says(A=SAME, B=SAME, C=SAME))
    assert picked.rounds[0].candidate is A
    assert "longest on screen" in picked.basis
    assert "This is an assumption; name another" in picked.basis
    assert picked.among == {}


def test_a_named_face_comes_before_a_reference() -> None:
    picked = pick([ROUND], ("round-1/C",), ANCHOR, _says(A=SAME, B=SAME, C=DIFFERENT))
    assert picked.rounds[0].candidate is C
    assert "that you named. Name another" in picked.basis
    assert "assumption" not in picked.basis
    assert picked.among == {}


def test_a_reference_picks_its_face_and_remembers_among_how_many() -> None:
    picked = pick([ROUND], (), ANCHOR, _says(A=DIFFERENT, B=SAME, C=OPEN))
    assert picked.rounds[0].candidate is B
    assert picked.among == {"round-1": 3}
    assert "nearest to the first reference" in picked.basis


def test_a_weak_likeness_among_several_picks_nobody() -> None:
    """Lower bound LR 2.5: enough for one face, not for the best of three."""
    picked = pick([ROUND], (), ANCHOR, _says(A=DIFFERENT, B=(0.6, 0.4, 0.9), C=DIFFERENT))
    assert picked.rounds[0].candidate is A
    assert picked.among == {}


def test_a_round_without_a_usable_face_says_so() -> None:
    nobody = a_round(2, seen("round-2/A", (0, 9), frames=None))
    picked = pick([nobody], (), ANCHOR, _says(A=SAME, B=SAME, C=SAME))
    assert picked.rounds[0].reason == NO_FACE


def test_of_two_at_the_cap_the_nearer_one_is_picked_not_the_longer_one() -> None:
    def compare(anchor: FaceTemplate, face: FaceTemplate) -> Comparison:
        return Comparison({"test": 0.95 if face is B.template else 0.7}, compared(SAME).lr)

    assert pick([ROUND], (), ANCHOR, compare).rounds[0].candidate is B


def test_of_faces_equally_long_on_screen_nobody_is_taken() -> None:
    tied = a_round(1, seen("round-1/A", (0, 50)), seen("round-1/B", (0, 48)), seen("round-1/C", (0, 20)))
    picked = pick([tied], (), None, _says(A=SAME, B=SAME, C=SAME))
    assert picked.rounds[0].candidate is None
    assert "which of the 2 faces in Round 1 is the candidate's" in picked.rounds[0].reason
    assert picked.basis.startswith("Nobody was taken for the candidate")
    assert pick([tied], ("round-1/B",), None, _says(A=SAME, B=SAME, C=SAME)).rounds[0].candidate is tied.seen[1]


def test_the_round_is_named_where_another_has_nobody() -> None:
    tied = a_round(1, seen("round-1/A", (0, 50)), seen("round-1/B", (0, 48)))
    clear = a_round(2, seen("round-2/A", (0, 50)))
    basis = pick([tied, clear], (), None, _says(A=SAME, B=SAME, C=SAME)).basis
    assert basis.startswith("Taken as the candidate: in Round 2 the face that is longest on screen")
    assert "Nobody was taken in Round 1." in basis


def test_who_is_longest_on_screen_among_several_is_no_sure_candidate() -> None:
    like = _says(A=SAME, B=SAME, C=SAME)
    alone = a_round(1, A)
    picks = [((ROUND,), (), None), ((ROUND,), ("round-1/A",), None), ((ROUND,), (), ANCHOR), ((alone,), (), None)]
    assert [is_sure(pick(*p, like).rounds[0]) for p in picks] == [False, True, True, True]
