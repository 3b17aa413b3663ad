"""The pictures of killing assays: `python -m perforin.evidence.assays.figure FOLDER`, about a minute.

lysis-density.png lays the seven papers beside the law and shows its loss over the hit rate.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from perforin.evidence.assays import lysis

PLACES = 13  # densities at which a curve is simulated for its line
MEASURED, LAW = "#1b6ca8", "#c77700"


def draw_lysis():
    """Seven papers and the loss. Returns the figure."""
    import matplotlib.pyplot as plt

    said, hit_rate = lysis.declaration(), lysis.fit()
    page, axes = plt.subplots(2, 4, figsize=(15, 7.2), layout="constrained")
    for name, ax in zip(lysis.papers(), axes.flat, strict=False):
        _paper(ax, name, hit_rate, "fitted" if name in said["fitted"] else "not fitted")
    _losses(axes.flat[-1], hit_rate)
    page.suptitle(
        f"Lysed fraction, measured (points) and by the law with one hit rate for all, {hit_rate:.4f} per minute"
    )
    return page


def _paper(ax, name: str, hit_rate: float, word: str) -> None:
    chosen = lysis.curves([name])
    shades = np.linspace(1.0, 0.35, len(chosen))
    for shade, curve in zip(shades, chosen, strict=True):
        places = np.geomspace(curve.copies.min(), curve.copies.max(), PLACES)
        ax.plot(
            curve.copies,
            curve.lysed,
            "o",
            color=MEASURED,
            alpha=shade,
            label=_label(curve),
        )
        ax.plot(places, lysis.foretold(curve, hit_rate, places), color=LAW, alpha=shade)
    paper, rmse = lysis.papers()[name], lysis.misfit(chosen, hit_rate)
    ax.set(xscale="log", ylim=(-0.03, 1.03), xlabel="copies per target")
    ax.set_title(f"{name}, {paper['what']}, E:T {paper['e_t']:g}\n{word}, rmse {rmse:.2f}", fontsize=9)
    ax.legend(frameon=False, fontsize=7)


def _losses(ax, hit_rate: float) -> None:
    said = lysis.declaration()
    others = said["foretold"] + said["in_view"]
    for papers, colour, name in ((said["fitted"], MEASURED, "fitted"), (others, LAW, "not fitted")):
        chosen = lysis.curves(papers)
        for lie, line in ((lysis.PELLET, "-"), (lysis.OWN, ":")):
            losses = [lysis.misfit(chosen, float(h), lie) for h in lysis.rates()]
            ax.plot(lysis.rates(), losses, line, color=colour, label=f"{name}, {lie}")
            best = int(np.argmin(losses))
            sys.stdout.write(
                f"{name:10} {lie:6} best rmse {losses[best]:.3f} at {lysis.rates()[best]:.4f} 1/min\n"
            )
        ax.axhline(lysis.spread(chosen), color=colour, lw=0.6)
    ax.axvline(hit_rate, color="#888888", lw=0.8)
    ax.set(xscale="log", xlabel="hits per minute of contact", ylim=(0, 0.65))
    ax.set_title(
        "rmse over the hit rate; thin: of a constant\ndotted: each target has T cells of its own", fontsize=9
    )
    ax.legend(frameon=False, fontsize=7, loc="lower right")


def _label(curve: lysis.Curve) -> str:
    kd = f"{curve.kd / 1000:g} uM" if curve.kd >= 1000 else f"{curve.kd:g} nM"
    return kd if curve.binder[0].isdigit() else f"{curve.binder}, {kd}"


DRAWINGS = {"lysis-density.png": draw_lysis}


def main(words: list[str]) -> int:
    """Draw all pictures into a folder."""
    import matplotlib as mpl

    mpl.use("Agg")
    for name, draw in DRAWINGS.items():
        place = Path(words[0]) / name
        draw().savefig(place, dpi=100)
        sys.stdout.write(f"{place}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
