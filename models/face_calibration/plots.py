"""Reliability and Tippett plots of held-out ratios."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

PANELS = (("photo-photo", "clear"), ("photo-round", "clear"), ("round-round", "clear"), ("round-round", "small"))
STYLE = {("dlib",): "tab:orange", ("mobileface",): "tab:blue", ("dlib", "mobileface"): "black"}


def draw_plots(measured: dict[tuple[str, str, tuple[str, ...]], Any], out: Path) -> None:
    """reliability.png and tippett.png in `out`; `measured`: (kind, bin, comparators) -> held-out pairs by set."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    for name, draw in (("reliability", _reliability), ("tippett", _tippett)):
        figure, axes = pyplot.subplots(2, 2, figsize=(9, 7.5), constrained_layout=True)
        for axis, (kind, bin_name) in zip(axes.flat, PANELS, strict=True):
            for names, colour in STYLE.items():
                got = measured[kind, bin_name, names]
                unlike = np.concatenate([got["hard"].log10, got["nearest"].log10])
                draw(axis, got["like"].log10, unlike, got["random"].log10, colour, " + ".join(names))
            axis.set_title(f"{kind}, {bin_name} faces", fontsize=10)
            axis.grid(alpha=0.3)
        axes.flat[0].legend(fontsize=8)
        figure.savefig(out / f"{name}.png", dpi=80)
        pyplot.close(figure)


def _reliability(axis: Any, like: Any, unlike: Any, random: Any, colour: str, label: str) -> None:
    """Stated log10 LR against what the shares of like and lookalike pairs in its neighbourhood say."""
    del random
    edges = np.arange(-3.5, 5.0, 0.5)
    x, y = [], []
    for low, high in pairwise(edges):
        a, b = ((v >= low) & (v < high) for v in (like, unlike))
        if a.sum() >= 5 and b.sum() >= 5:
            x.append(float(np.concatenate([like[a], unlike[b]]).mean()))
            y.append(float(np.log10(a.mean() / b.mean())))
    axis.plot(x, y, "o-", color=colour, label=label, markersize=3)
    axis.plot([-3, 4], [-3, 4], ":", color="grey", linewidth=1)
    axis.set_xlabel("stated log10 LR")
    axis.set_ylabel("log10 LR found in held-out pairs")


def _tippett(axis: Any, like: Any, unlike: Any, random: Any, colour: str, label: str) -> None:
    """Share of pairs whose ratio is at least x: like (full), lookalikes (dashed), random unlike (dotted)."""
    x = np.linspace(-3, 5, 400)
    for values, line in ((like, "-"), (unlike, "--"), (random, ":")):
        above = 1 - np.searchsorted(np.sort(values), x) / len(values)
        axis.plot(x, above, line, color=colour, label=label if line == "-" else None, linewidth=1)
    axis.axvline(0, color="grey", linewidth=0.5)
    axis.set_xlabel("log10 LR")
    axis.set_ylabel("share of pairs at or above")
