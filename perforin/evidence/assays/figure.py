"""The pictures of killing assays: `python -m perforin.evidence.assays.figure FOLDER`, about a minute.

lysis-density.png lays the seven papers beside the law and shows its loss over the hit rate; attackers.png shows death
against the number of attackers, kills per day, and what becomes of a few hits.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from perforin.evidence.assays import attackers, lysis
from perforin.evidence.figures import read_figures

PLACES = 13  # densities at which a curve is simulated for its line
MEASURED, LAW = "#1b6ca8", "#c77700"
RATES = ("#a3243b", "#c77700", "#555555")  # from slow to quick
EXPECTED = str(lysis.CASE.parent / "attackers" / "case.py")


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


def draw_attackers():
    """Death by attackers, kills per day over E:T, and what becomes of hits. Returns the figure."""
    import matplotlib.pyplot as plt

    page, axes = plt.subplots(1, 3, figsize=(14, 4.2), layout="constrained")
    _attackers(axes[0])
    _kills(axes[1])
    _hits(axes[2])
    return page


def _attackers(ax) -> None:
    many = range(1, 7)
    for colour, (name, rate) in zip(RATES, attackers.rates().items(), strict=True):
        dead = [attackers.dead_by(n, rate) for n in many]
        ax.plot(many, dead, "-", color=colour, label=f"{name}, {rate:.3f} per min")
        ax.plot(many, [attackers.independent(dead[0], n) for n in many], ":", color=colour)
    book = read_figures(EXPECTED)
    for n in (1, 2, 3, 5):
        name = f"dead in 12 h, {n} attacker{'s' if n > 1 else ''}"
        ax.plot(n, book.expected(name), "s", color=RATES[0], mfc="none")
    ax.set(xlabel="T cells that come back to the target", ylabel="dead in 12 h", ylim=(0, 1.03))
    ax.set_title("dotted: if they did not help each other\nsquares: Monte-Carlo of the design", fontsize=9)
    ax.legend(frameon=False, fontsize=8, loc="lower right")


def _kills(ax) -> None:
    ratios = np.geomspace(0.03, 5.0, 10)
    seen = read_figures(EXPECTED).row("kills per T cell and day, prior of the law", 0.0)
    low, high = seen.expected - seen.tolerance, seen.expected + seen.tolerance
    ax.axhspan(low, high, color=MEASURED, alpha=0.12, lw=0, label="Halle 2016, in vivo")
    for colour, (name, rate) in zip(RATES, attackers.rates().items(), strict=True):
        ax.plot(ratios, [attackers.kills_per_day(rate, float(r)) for r in ratios], color=colour, label=name)
    ax.plot(ratios, 1 / ratios, ":", color="#888888", label="no target is left")
    ax.set(
        xscale="log", yscale="log", xlabel="E:T", ylabel="kills per T cell in the first day", ylim=(0.1, 40)
    )
    ax.legend(frameon=False, fontsize=8, loc="lower left")


def _hits(ax) -> None:
    apart = np.linspace(0.0, 120.0, 25)
    for hits in (1, 2, 3, 4, 5):
        chance = [attackers.dies_of(attackers.spaced(hits, float(m))) for m in apart]
        ax.plot(apart, chance, color=_grey(hits), label=f"{hits} hit{'s' if hits > 1 else ''}")
    ax.axvline(50.0, color=MEASURED, lw=0.8)
    ax.text(51.0, 0.9, "Weigelin 2021: three hits\nless far apart kill", color=MEASURED, fontsize=8, va="top")
    ax.set(xlabel="minutes between hits", ylabel="dies", ylim=(-0.02, 1.03))
    ax.legend(frameon=False, fontsize=8, loc="center right")


def _grey(hits: int) -> str:
    """Darker for more hits."""
    return str(0.8 - 0.16 * hits)


DRAWINGS = {"lysis-density.png": draw_lysis, "attackers.png": draw_attackers}


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
