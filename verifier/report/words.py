"""The few words, shapes and colours that every part of the page shares.

A tone names a colour of the style sheet; it never comes without its shape and its word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifier.findings import Finding, Group, Outcome
from verifier.likelihood import LikelihoodRatio, Support

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markupsafe import Markup

SHAPES = {"different": "◆", "same": "●", "open": "○", "look": "▲", "clear": "–", "unseen": "▨", "none": "–"}
WORDS = {
    "different": "different people",
    "same": "the same person",
    "open": "no clear support either way",
    "look": "look at this",
    "clear": "nothing seen",
    "unseen": "could not see",
    "none": "does not apply",
}
VOICE_WORDS = WORDS | {"different": "different voices", "same": "the same voice or an imitation of it"}
_OUTCOME_TONE = {
    Outcome.OBSERVED: "look",
    Outcome.NOT_OBSERVED: "clear",
    Outcome.INCONCLUSIVE: "open",
    Outcome.NOT_APPLICABLE: "none",
    Outcome.NOT_AVAILABLE: "unseen",
    Outcome.ERROR: "unseen",
}
_SUPPORT = re.compile(
    r"(?:(?:very strong|strong|moderately strong|moderate|weak)(?: to (?:very strong|strong|moderately strong|moderate))? )?"
    r"support for (?:the same person|different people|the same voice or an imitation of it|different voices)|no clear support either way"
)


def of_voices(finding: Finding) -> bool:
    """Whether it compares voices, not faces."""
    return finding.check.startswith("voice-") or finding.check == "cross-case-voice"


def elsewhere(finding: Finding) -> str:
    """ "same face, other name" of a face or voice that is supported to be in a case under another name, else "".

    Its ratio points the way of calm ones, but it is the one thing to look at.
    """
    if finding.outcome is not Outcome.OBSERVED or ratio_tone(finding.lr) != "same":
        return ""
    return f"same {'voice' if of_voices(finding) else 'face'}, other name"


def ratio_tone(lr: LikelihoodRatio | None) -> str:
    """The tone of one comparison of faces or voices."""
    if lr is None:
        return "unseen"
    return {Support.FIRST: "same", Support.SECOND: "different"}.get(lr.support, "open")


def finding_tone(finding: Finding) -> str:
    """Comparisons of faces and voices say which side they support; everything else says its outcome."""
    if finding.group is Group.IDENTITY and finding.lr is not None and not elsewhere(finding):
        return ratio_tone(finding.lr)
    return _OUTCOME_TONE[finding.outcome]


def mark(finding: Finding) -> str:
    """The line above a statement: "Look at this · supports different people"."""
    tone = finding_tone(finding)
    if finding.outcome is Outcome.ERROR:
        return "The check stopped"
    words = VOICE_WORDS if of_voices(finding) else WORDS
    if tone == "different":
        return f"{'Open' if finding.outcome is Outcome.INCONCLUSIVE else 'Look at this'}: supports {words[tone]}"
    if tone == "same":
        return f"Supports {words[tone]}"
    if tone == "look" and (found := elsewhere(finding)):
        return f"Look at this: {found}"
    return WORDS[tone].capitalize()


def ratio_words(lr: LikelihoodRatio | None, *, voices: bool = False) -> str:
    """The words of one cell of the heat map."""
    if lr is None:
        return "could not compare"
    tone = ratio_tone(lr)
    return WORDS[tone] if tone == "open" else f"{(VOICE_WORDS if voices else WORDS)[tone]}: {lr.strength}"


def emphasised(text: str) -> Markup:
    """Escaped text with what is supported, and how strongly, in bold."""
    from markupsafe import Markup, escape

    parts, at = [], 0
    for found in _SUPPORT.finditer(text):
        parts += [escape(text[at : found.start()]), Markup("<b>"), escape(found[0]), Markup("</b>")]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def listed(names: Sequence[str]) -> str:
    """ "Round 1, Round 2 and Round 3"."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def strength_range(ratios: Iterable[LikelihoodRatio]) -> tuple[str, str]:
    """Of ratios that support one side: "weak to strong" and "about 5 to about 2,000"."""
    ordered = sorted(ratios, key=lambda lr: abs(lr.log10))
    low, high = ordered[0], ordered[-1]
    words = low.strength if low.strength == high.strength else f"{low.strength} to {high.strength}"
    times = low.times() if low.times() == high.times() else f"{low.times()} to {high.times()}"
    return words, times
