"""What the figures say of ours against the peers, on clips with numbers made by hand."""

from __future__ import annotations

from verifier_models.face_rendering.figures import LEAST_PEOPLE, OURS, Clip, against_peers, cell

PEERS = ("weak", "strong")


def clip(kind: str, label: str, number: int, *, ours: float, strong: float) -> Clip:
    scores = {OURS: -ours, "without swap": ours, "weak": 0.0, "strong": strong}
    return Clip(kind, label, f"person {number}", False, scores)


def rows(ours: float, strong: float) -> list[str]:
    """Genuine clips at 0 to 9, swapped ones so much higher."""
    clips = [clip("hdtf", "genuine", n, ours=n, strong=n) for n in range(10)]
    clips += [clip("swap", "seeded", n, ours=n + ours, strong=n + strong) for n in range(10)]
    return list(against_peers(clips, PEERS))[2:]


def test_the_detector_that_never_saw_it_meets_the_best_peer_of_the_row() -> None:
    (better,) = rows(ours=20, strong=5)
    assert better.startswith("| swap | as it is | 1.00 (1.00 to 1.00) | no | strong 0.")
    assert better.endswith("| yes |")
    (worse,) = rows(ours=0, strong=20)
    assert worse.startswith("| swap | as it is | 0.50 (")
    assert "| yes | strong 1.00 (1.00 to 1.00) | no |" in worse


def test_no_interval_is_given_of_a_few_people() -> None:
    genuine = [(f"person {n}", float(n)) for n in range(9)]
    few = [(f"person {n % (LEAST_PEOPLE - 1)}", 20.0) for n in range(9)]
    assert cell(few, genuine) == "1.00 (too few)"
    assert cell(genuine[4:], genuine[:1]) == "1.00 (too few)"
    assert cell([*few, ("another", 20.0)], genuine) == "1.00 (1.00 to 1.00)"
