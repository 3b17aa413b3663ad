"""Dose-response of a killing assay: lysis against antigen density and E:T, and kills per T cell and day.

    python examples/dose_response.py

simulates the library's scenario `lysis-assay` for every pair of RATIOS and DENSITIES, prints a line for each and draws
dose-response.png. Two minutes on a laptop; runs that are stored already are not simulated again.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

import perforin as pf

TARGETS = 200
RATIOS = (0.05, 0.2, 0.5, 1, 2.5, 10)  # T cells per target
DENSITIES = (1e2, 3e2, 1e3, 1e4, 1e6)  # copies of the antigen per target, median
SHORT, LONG = 4, 24  # h: a chromium-release assay, and a day
# Lysis of CD20 lines in a chromium-release assay at E:T 10:1 (Blood 2013;122:4493): 0.4 to 0.6 from 5,172 copies up.
CD20 = {"x": (240, 5172), "y": (0.228, 0.5), "yerr": (0.02, 0.1)}


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
    _, axes = plt.subplots(1, 3, figsize=(14, 4.2), layout="constrained")
    for ratio, rows in table.groupby("E:T"):
        axes[0].plot(rows["copies"], rows["lysed, 4 h"], "o-", label=f"E:T {ratio:g}")
    axes[0].errorbar(**CD20, fmt="ks", label="CD20 lines, E:T 10, measured")
    for copies, rows in table.groupby("copies"):
        axes[1].plot(rows["E:T"], rows["lysed, 24 h"], "o-", label=f"{copies:,.0f} copies")
        axes[2].plot(rows["E:T"], rows["kills per T cell"], "o-", label=f"{copies:,.0f} copies")
    axes[2].axhspan(2, 16, alpha=0.1, label="in vivo, Halle 2016")
    names = ("lysed in 4 h", "lysed in 24 h", "kills per T cell and day")
    for ax, x, y in zip(axes, ("copies per target", "E:T", "E:T"), names, strict=True):
        ax.set(xscale="log", xlabel=x, ylabel=y)
        ax.legend(frameon=False, fontsize=8)
    return axes


def main(
    ratios: Sequence[float] = RATIOS, densities: Sequence[float] = DENSITIES, out: Path = Path("runs")
) -> None:
    """Simulate, print and draw."""
    axes = draw(pd.DataFrame(curves(ratios, densities, out)))
    axes[0].figure.savefig("dose-response.png", dpi=100)
    print("dose-response.png")


if __name__ == "__main__":
    main()
