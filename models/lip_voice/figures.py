"""Third stage: the figures of the card, on people whose lips and voice the model and the curve never met.

python -m verifier_models.lip_voice.figures --work .work/lips --out models/lip_voice
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from verifier_models.lip_voice.clips import DUBBED, GENUINE, SHIFTS_S, TRAINED, Clip, Scored, load, own_offset
from verifier_models.lip_voice.material import HELD, LADDER
from verifier_models.lip_voice.train import REAL, curve_of, leave_one_out, train

from verifier.coupling import WINDOW_S, CouplingModel, above_noise, liveliness
from verifier.likelihood import INCONCLUSIVE_LOG10
from verifier.metrics import rate_interval
from verifier.mouth_motion import STILL
from verifier.observe.sound_features import BINS_PER_S

ATTACKS = (*(f"{s} s" for s in SHIFTS_S), DUBBED)
GROUPS = {"real people": REAL, "VASA-1": ("vasa1",), "SadTalker, EMO": ("sadtalker", "emo")}
REFITS = 30
ALARMS = 0.01
"""Share of untouched windows that a threshold lets pass at most."""


@dataclass(frozen=True)
class Judged:
    window: Scored
    apart: bool
    """The curve, fitted without this person, supports "apart"; or the score is above the threshold of all others."""


def judged(found: list[Scored]) -> list[Judged]:
    out = []
    for person in sorted({s.clip.person for s in found}):
        curve = curve_of([s for s in found if person not in (s.clip.person, s.voice)], REFITS)
        mine = [s for s in found if s.clip.person == person]
        model = replace(CouplingModel.load(), curve=curve)
        _, lower, _ = model.lr(np.array([s.score for s in mine]))
        out += [Judged(s, bool(low > INCONCLUSIVE_LOG10)) for s, low in zip(mine, lower, strict=True)]
    return out


def thresholds(found: list[Scored]) -> dict[str, float]:
    """Per person the least score that at most ALARMS of the untouched windows of all others reach, however coded."""
    plain = [s for s in found if s.what == GENUINE and s.clip.kind in (*REAL, "vasa1")]
    return {
        person: float(np.quantile([s.score for s in plain if s.clip.person != person], 1 - ALARMS, method="higher"))
        for person in {s.clip.person for s in found}
    }


def auc(apart: np.ndarray, together: np.ndarray) -> float:
    """Share of pairs in which the window that is apart scores higher; ties count half."""
    ordered = np.sort(together)
    ranks = np.searchsorted(ordered, apart, "left") + np.searchsorted(ordered, apart, "right")
    return float(ranks.mean() / 2 / len(ordered))


def auc_interval(apart: list[Scored], together: list[Scored]) -> tuple[float, float, float]:
    """AUC with its 95 % interval by bootstrap over the people whose lips they are."""
    names = sorted({s.clip.person for s in together})
    a, t = ([np.array([s.score for s in group if s.clip.person == n]) for n in names] for group in (apart, together))
    best = auc(np.concatenate(a), np.concatenate(t))
    rng = np.random.default_rng(0)
    draws = (rng.integers(0, len(names), len(names)) for _ in range(200))
    values = [auc(np.concatenate([a[i] for i in d]), np.concatenate([t[i] for i in d])) for d in draws]
    low, high = np.quantile(values, (0.025, 0.975))
    return best, float(low), float(high)


def share(group: list[Judged]) -> str:
    """ "3 of 148, 2.0 % (0.0 to 5.1)" by bootstrap over people."""
    if not group:
        return "none"
    people = {name: n for n, name in enumerate(sorted({j.window.clip.person for j in group}))}
    hit = np.array([j.apart for j in group])
    who = np.array([people[j.window.clip.person] for j in group])
    rate, low, high = (100 * v for v in rate_interval(hit, who, who))
    return f"{hit.sum()} of {len(hit)}, {rate:.1f} % ({low:.1f} to {high:.1f})"


def separation(found: list[Scored], steps: list[str]) -> Iterable[str]:
    yield "| clips | coding | untouched windows | " + " | ".join(ATTACKS) + " | all |"
    yield "|---" * (4 + len(ATTACKS)) + "|"
    for name, kinds in GROUPS.items():
        for step in steps:
            here = [s for s in found if s.clip.kind in kinds and s.clip.step == step]
            together = [s for s in here if s.what == GENUINE]
            if not together:
                continue
            cells = []
            for what in (*ATTACKS, None):
                apart = [s for s in here if s.what != GENUINE and what in (None, s.what)]
                cells.append(
                    "{:.3f} ({:.3f} to {:.3f}), {}".format(*auc_interval(apart, together), len(apart)) if apart else ""
                )
            people = len({s.clip.person for s in together})
            yield f"| {name}, {people} people | {step} | {len(together)} | " + " | ".join(cells) + " |"


def alarms(windows: list[Judged], steps: list[str]) -> Iterable[str]:
    yield "| clips | coding | untouched windows | " + " | ".join(ATTACKS) + " |"
    yield "|---" * (3 + len(ATTACKS)) + "|"
    for name, kinds in GROUPS.items():
        for step in steps:
            here = [j for j in windows if j.window.clip.kind in kinds and j.window.clip.step == step]
            if not here:
                continue
            cells = [share([j for j in here if j.window.what == what]) for what in (GENUINE, *ATTACKS)]
            yield f"| {name} | {step} | " + " | ".join(cells) + " |"


def still_mouths(held: list[Clip], clips: list[Clip], bounds: dict[str, float]) -> Iterable[str]:
    """Windows of clips whose mouth is held still: what the gates leave to be judged, and what is said of that."""
    yield "| clips | coding | windows with speech | left to be judged | of those above the threshold | seconds in which the mouth is still |"
    yield "|---" * 6 + "|"
    models = {p: train([c for c in clips if c.trains and c.person != p]) for p in {c.person for c in held}}
    for name, kinds in GROUPS.items():
        for step in LADDER:
            here = [c for c in held if c.kind in kinds and c.step == step]
            if not here:
                continue
            spoken, judged_, above = (
                sum(n) for n in zip(*(_held(c, models[c.person], bounds) for c in here), strict=True)
            )
            seconds = [second for c in here for second in _seconds(c.mouth)]
            still = sum(liveliness(second) <= STILL for second in seconds)
            people = len({c.person for c in here})
            yield f"| {name}, {people} people | {step} | {spoken} | {judged_} | {above} | {still} of {len(seconds)}, {100 * still / len(seconds):.1f} % |"


def _held(clip: Clip, model: CouplingModel, bounds: dict[str, float]) -> tuple[int, int, int]:
    """Windows in which the mouth is in view with speech, those that the gates leave, and those of them that lie above the bound."""
    found, louder = model.windows(clip.mouth, clip.sound), above_noise(clip.level)
    scores, _ = found.best(own_offset(found))
    length = WINDOW_S * BINS_PER_S
    spoken = [i for i, s in enumerate(found.start) if not np.isnan(scores[i]) and model.speaks(louder[s : s + length])]
    moving = [i for i in spoken if model.moves(clip.mouth[found.start[i] : found.start[i] + length])]
    bound = bounds.get(clip.person, float("inf"))
    return len(spoken), len(moving), int((scores[moving] > bound).sum())


def _seconds(mouth: np.ndarray) -> Iterable[np.ndarray]:
    for start in range(0, len(mouth) - BINS_PER_S + 1, BINS_PER_S):
        second = mouth[start : start + BINS_PER_S]
        if not np.isnan(second).any():
            yield second


def variants(work: Path) -> Iterable[str]:
    """What other ways to prepare the same tables would give: one line each, real people and VASA-1 together."""
    yield "| features | AUC, 5 s | untouched windows |"
    yield "|---|---|---|"
    ways: dict[str, tuple[int, str]] = {
        "15 pictures a second, training constants (as shipped)": (0, ""), "normalised over the whole clip": (0, "clip"),
        "normalised over the past": (0, "past"), "every picture (25 or 30 a second)": (1, ""),
    }  # fmt: skip
    for name, (every, normalise) in ways.items():
        found = leave_one_out(training(load(work, every=every, normalise=normalise)), 5)
        together = [s for s in found if s.what == GENUINE]
        value, low, high = auc_interval([s for s in found if s.what != GENUINE], together)
        yield f"| {name} | {value:.4f} ({low:.4f} to {high:.4f}) | {len(together)} |"


def training(clips: list[Clip]) -> list[Clip]:
    return [c for c in clips if c.trains]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    clips, held = load(args.work), load(args.work, change=HELD)
    steps = [step for step in LADDER if any(c.step == step for c in clips)]
    lines = [HEAD]
    for seconds in (5, 3):
        found = leave_one_out(clips, seconds)
        bounds = thresholds(found)
        lines += [
            "",
            f"## Windows of {seconds} s: area under the curve, apart against genuine; number of windows apart",
            "",
        ]
        lines += separation(found, steps)
        lines += [
            "",
            f"## Windows of {seconds} s above a threshold that {ALARMS:.0%} of the untouched windows of all other people reach",
            "",
        ]
        lines += alarms([Judged(s, s.score > bounds[s.clip.person]) for s in found], steps)
        if seconds == WINDOW_S:
            lines += [
                "",
                f'## Windows of {seconds} s that support "apart", as the check asks',
                "",
                *alarms(judged(found), steps),
            ]
            lines += [
                "",
                f"## A mouth that is held still: windows of {seconds} s",
                "",
                *still_mouths(held, clips, bounds),
            ]
    lines += ["", "## The same tables prepared otherwise", "", *variants(args.work)]
    (args.out / "figures.md").write_text("\n".join(lines) + "\n")


HEAD = f"""# Figures of the lip-voice model

Written by `python -m verifier_models.lip_voice.figures`; do not edit. Model and curve are fitted anew for each person, without
that person's lips and voice. Only windows whose mouth moves enough to be judged count. A window starts every second, so neighbours share four fifths of five seconds: intervals (95 %,
in brackets) are by bootstrap over people, or by the rule of three on people where nothing was counted. Model, curve and gates learn from clips as they are and at 300 kbit/s
({" and ".join(TRAINED)}): 150 kbit/s is new to them."""


if __name__ == "__main__":
    main()
