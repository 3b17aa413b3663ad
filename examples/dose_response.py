"""Dose-response of a killing assay: lysis against antigen density and E:T, and kills per T cell and day.

    python examples/dose_response.py

simulates the library's scenario `lysis-assay` for every pair of RATIOS and DENSITIES, prints a line for each and draws
dose-response.png. Two to three minutes on one core; runs that are stored already are not simulated again.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import perforin as pf

TARGETS = 200
RATIOS = (0.05, 0.2, 0.5, 1, 2.5, 10)  # T cells per target
DENSITIES = (1e2, 3e2, 1e3, 1e4, 1e6)  # copies of the antigen per target, median
SHORT, LONG = 4, 24  # h: a chromium-release assay, and a day
# Lysis of CD20 lines in a chromium-release assay at E:T 10:1 (Blood 2013;122:4493): 0.4 to 0.6 from 5,172 copies.
CD20 = ({"x": 240, "y": 0.228}, {"x": (5172, 230546), "y": (0.4, 0.6)})
SHARE = {"ylim": (-0.03, 1.35), "yticks": np.linspace(0, 1, 6)}  # room for a legend above


def assay(ratio: float, copies: float, out: Path) -> pd.Series:
    """Simulate one well and read it."""
    changes = [f"dose.cells={round(ratio * TARGETS)}", f"culture.antigens.IL13RA2.median='{copies} copy'"]
    run = pf.simulate("lysis-assay", changes=changes, out=out)
    kills = run.series.set_index("minute")["kills"]
    short, long = (float(kills[60 * hours]) for hours in (SHORT, LONG))
    return pd.Series(
        {
            "E:T": ratio,
            "copies": copies,
            "lysed, 4 h": short / TARGETS,
            "lysed, 24 h": long / TARGETS,
            "kills per T cell": long / round(ratio * TARGETS),
        }
    )


def curves(ratios: Sequence[float], densities: Sequence[float], out: Path) -> Iterator[pd.Series]:
    """All wells, one after the other."""
    for number, (ratio, copies) in enumerate(product(ratios, densities), start=1):
        row = assay(ratio, copies, out)
        print(
            f"{number:3} of {len(ratios) * len(densities)}",
            *(f"{k} {v:g}" for k, v in row.items()),
            sep="   ",
        )
        yield row


def draw(table: pd.DataFrame):
    """Three panels: lysis over density, lysis over E:T, kills over E:T; returns their axes."""
    _, axes = plt.subplots(1, 3, figsize=(14, 4.4), layout="constrained")
    over_density(axes[0], table)
    over_ratio(axes[1], table)
    kills_over_ratio(axes[2], table)
    for ax, place in zip(axes, ("upper left", "upper left", "lower left"), strict=True):
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(frameon=False, fontsize=9, loc=place, ncols=2 if ax is axes[1] else 1)
    return axes


def over_density(ax, table: pd.DataFrame) -> None:
    """One line for each E:T, beside the lines of CD20."""
    groups = table.groupby("E:T")
    for shade, (ratio, rows) in zip(shades(len(groups)), groups, strict=True):
        x, y = rows["copies"], rows["lysed, 4 h"]
        ax.plot(x, y, "o-", color=shade, ms=4)
        end = (x.iloc[-1], y.iloc[-1])
        ax.annotate(f"E:T {ratio:g}", end, (6, -3), textcoords="offset points", color=shade)
    few, many = CD20
    ax.plot(few["x"], few["y"], "ks", ms=5, mfc="none", label="measured at E:T 10: CD20 line of 240 copies")
    ax.fill_between(many["x"], *many["y"], color="k", alpha=0.12, lw=0, label="of 5,172 copies and more")
    ax.set(xscale="log", xlabel="copies per target, median", ylabel="lysed in 4 h", **SHARE)
    ax.set_xlim(right=20 * table["copies"].max())  # room for the names of the lines


def over_ratio(ax, table: pd.DataFrame) -> None:
    """One line for each density."""
    groups = table.groupby("copies")
    for shade, (copies, rows) in zip(shades(len(groups)), groups, strict=True):
        ax.plot(rows["E:T"], rows["lysed, 24 h"], "o-", color=shade, ms=4, label=f"{copies:,.0f} copies")
    ax.set(xscale="log", xlabel="T cells per target", ylabel="lysed in 24 h", **SHARE)


def kills_over_ratio(ax, table: pd.DataFrame) -> None:
    """One line for each density, between what is seen in vivo and the targets there are."""
    groups = table.groupby("copies")
    for shade, (_, rows) in zip(shades(len(groups)), groups, strict=True):
        ax.plot(rows["E:T"], rows["kills per T cell"], "o-", color=shade, ms=4)
    ratios = table["E:T"].unique()
    ax.axhspan(2, 16, color="k", alpha=0.08, lw=0, label="in vivo, Halle 2016")
    ax.plot(ratios, 1 / ratios, "k:", lw=1, label="no target is left")
    ax.set(xscale="log", xlabel="T cells per target", ylabel="kills per T cell in 24 h", ylim=(0.02, 30))
    ax.set_yscale("log", nonpositive="mask")


def shades(count: int) -> list:
    """As many colours of one scale, from dark to light."""
    return list(plt.get_cmap("viridis")(np.linspace(0.0, 0.85, count)))


def main(
    ratios: Sequence[float] = RATIOS, densities: Sequence[float] = DENSITIES, out: Path = Path("runs")
) -> None:
    """Simulate, print and draw."""
    axes = draw(pd.DataFrame(curves(ratios, densities, out)))
    axes[0].figure.savefig("dose-response.png", dpi=100)
    print("dose-response.png")


if __name__ == "__main__":
    main()
