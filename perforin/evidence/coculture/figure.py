"""The picture of the killing wells: measured against simulated, over replicates.

`python -m perforin.evidence.coculture.figure FOLDER` draws one page per line from the seeds that are kept.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

from perforin.evidence.coculture import fit, judging, wells
from perforin.evidence.coculture.readings import share_positive
from perforin.evidence.stored import read_seeds

CASES = {"PBT030": "pbt030-coculture", "PBT128": "pbt128-transfer"}
COLOURS = {0: "#555555", 500: "#1b6ca8", 1250: "#c77700", 2500: "#a3243b"}
RIVALS = (
    "Why MFI falls is open. Three explanations give the same end point: growth of cells with little antigen,\n"
    "down-modulation of antigen on contact (what the law does), and selection of the less visible by killing."
)


def results(line: str) -> judging.Results:
    """The kept seeds of a line, by arm."""
    arms = {str(effectors): list(range(1, 100)) for effectors in wells.wells(line)}
    found: judging.Results = {arm: {} for arm in arms}
    for seed in read_seeds(CASES[line], arms):
        found[seed.arm][seed.seed] = seed.numbers
    return found


def draw(line: str, found: judging.Results):
    """Curves, end points, T cells, MFI and percent positive of a line; and the ridge of the fit. Returns the figure."""
    import matplotlib.pyplot as plt

    page, axes = plt.subplots(2, 3, figsize=(13, 7.4), layout="constrained")
    _curves(axes[0, 0], line, found)
    _counts(axes[0, 1], line, found, "tumour_cells", "tumour cells per well at the end")
    _counts(axes[0, 2], line, found, "t_cells", "T cells per well at the end")
    _mfi(axes[1, 0], line, found)
    _gate(axes[1, 1], line, found)
    _ridge(axes[1, 2])
    page.suptitle(f"{line}: measured (filled, two wells) against simulated (open, one draw of the fit each)")
    page.supxlabel(RIVALS, fontsize=9)
    return page


def _curves(axes, line: str, found: judging.Results) -> None:
    for effectors, well in wells.wells(line).items():
        colour = COLOURS[effectors]
        axes.plot(well.hours, well.index, color=colour, lw=2, label=f"{effectors} effectors")
        courses = np.array([judging.curve(numbers) for numbers in found[str(effectors)].values()])
        if courses.size:
            axes.fill_between(
                well.hours, courses.min(axis=0), courses.max(axis=0), color=colour, alpha=0.2, lw=0
            )
    axes.set(xlabel="hours after plating", ylabel="cell index (band: simulated)", title="curves from 40 h")
    axes.legend(frameon=False, fontsize=8, loc="upper right")


def _counts(axes, line: str, found: judging.Results, quantity: str, title: str) -> None:
    for place, (effectors, well) in enumerate(sorted(wells.wells(line).items())):
        if effectors == 0 and quantity == "t_cells":
            continue
        measured, seeds = getattr(well, quantity), judging.ends(found, str(effectors), quantity)
        _points(axes, place, measured, [max(x, 20.0) for x in seeds], COLOURS[effectors])
    axes.set_yscale("log")
    _by_well(axes, line, title)
    if quantity == "tumour_cells":
        axes.axhspan(1275, 2130, color="#888888", alpha=0.25, lw=0)
        axes.text(-0.4, 1200, "what the assay leaves of PBT030", fontsize=8, va="top")


def _mfi(axes, line: str, found: judging.Results) -> None:
    for place, (effectors, well) in enumerate(sorted(wells.wells(line).items())):
        seeds = [
            numbers["mfi"] for numbers in found[str(effectors)].values() if math.isfinite(numbers["mfi"])
        ]
        _points(axes, place, well.mfi, seeds, COLOURS[effectors])
    axes.set_yscale("log")
    _by_well(axes, line, "MFI of all tumour cells (not fitted)")


def _gate(axes, line: str, found: judging.Results) -> None:
    said = wells.declaration()["antigen"]
    gate, sigma = math.sqrt(math.prod(said["gate"])), sum(said["gate_sigma"]) / 2
    for place, (effectors, well) in enumerate(sorted(wells.wells(line).items())):
        seeds = [
            numbers["mfi"] for numbers in found[str(effectors)].values() if math.isfinite(numbers["mfi"])
        ]
        shares = [100 * float(share_positive(mfi, gate, sigma)) for mfi in seeds]
        _points(axes, place, well.positive, shares, COLOURS[effectors])
    axes.set_ylim(-3, 103)
    _by_well(axes, line, "percent positive through the gate (not fitted)")


def _ridge(axes) -> None:
    known = fit.read()
    names = list(known["law"])
    ridge = np.array([[draw[name] for name in names] for draw in known["draw"]])
    sizes = 2.0 + 10.0 * (ridge[:, 2] / ridge[:, 2].max())
    axes.scatter(60 * ridge[:, 0], ridge[:, 1], s=sizes, color="#444444", alpha=0.5, lw=0)
    for free, axis in zip(wells.biology()[:2], ("x", "y"), strict=True):
        scale = 60 if axis == "x" else 1
        span = axes.axvspan if axis == "x" else axes.axhspan
        span(scale * free.prior.low, scale * free.prior.high, color="#1b6ca8", alpha=0.08, lw=0)
    axes.set(
        xlabel="hits per hour of contact", ylabel="hours of signal per division",
        title=f"the fit (bands: priors; size: {names[2]})",
    )  # fmt: skip


def _points(axes, place: int, measured, simulated, colour: str) -> None:
    axes.plot([place - 0.12] * len(measured), measured, "o", color=colour)
    axes.plot([place + 0.12] * len(simulated), simulated, "o", color=colour, mfc="none")


def _by_well(axes, line: str, title: str) -> None:
    names = sorted(wells.wells(line))
    axes.set_xticks(range(len(names)), [str(name) for name in names])
    axes.set(title=title, xlabel="effectors plated", xlim=(-0.5, len(names) - 0.5))


def main(words: list[str]) -> int:
    """Draw both lines into a folder."""
    for line, case in CASES.items():
        place = Path(words[0]) / f"{case}.png"
        draw(line, results(line)).savefig(place, dpi=110)
        sys.stdout.write(f"{place}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
