"""What a change of code does to measurements that were kept."""

from __future__ import annotations

from tests.benchmarks.code_hash import meaning, reached
from tests.benchmarks.manipulations import ROOTS, _apart

CHECK = '''
"""Is it so?"""
LIMIT = 0.5  # of all

def run(case):
    return make("observed", f"{case.name} stood still for a moment, as far as could be seen.", "low light")
'''


def test_words_comments_and_layout_change_nothing_but_numbers_and_names_do() -> None:
    def same(old: str, new: str, *, words: bool = False) -> bool:
        assert old in CHECK
        return meaning(CHECK, words=words) == meaning(CHECK.replace(old, new), words=words)

    assert same("  # of all", "")
    assert same("Is it so?", "Was it so?")
    assert same("stood still for a moment", "did not move for a while")
    assert not same("stood still for a moment", "did not move for a while", words=True)
    assert not same("0.5", "0.6")
    assert not same("low light", "smoothing")
    assert not same("case.name", "case.id")


def test_what_is_measured_by_is_reached_and_pages_are_not() -> None:
    found = reached(ROOTS, _apart)
    for needed in (
        "verifier.replay", "verifier.checks.replay", "verifier.checks.base", "verifier.gather", "verifier.observe.faces", "verifier.observe.lips",
        "verifier.seeds.face_changes", "verifier.seeds.filters", "verifier.media.video_pass", "verifier_models.face_rendering.lrnet",
        "verifier.observe.comparators.dlib_onnx", "tests.benchmarks.manipulation_peers",
    ):  # fmt: skip
        assert needed in found
    assert not any(
        n.startswith(("verifier.report", "verifier.ui", "verifier.store", "verifier.cli", "verifier.live"))
        for n in found
    )
    assert "verifier.checks.mrz" not in found
