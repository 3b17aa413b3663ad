"""The picture of the community cases: `python -m perforin.evidence.community.figure FOLDER`, half a minute.

Above, the seeds that are kept beside what was measured or derived; below, the three regimes of sorting, at the end.
"""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path
from types import ModuleType

import numpy as np

from perforin.evidence.shelf import find_cases
from perforin.evidence.stored import read_seeds

MEASURED, LAW = "#1b6ca8", "#c77700"
KINDS = np.array(["#c77700", "#1b6ca8"])
SEED = 3  # of the regimes that are drawn
EVERY = 0.5  # h between the numbers that use cases 1 and 2 keep


def draw():
    """Use cases 1 to 3 and the three regimes. Returns the figure."""
    import matplotlib.pyplot as plt

    page, axes = plt.subplots(2, 3, figsize=(13, 8), layout="constrained")
    _colony(axes[0, 0])
    _free(axes[0, 1])
    _oxygen(axes[0, 2])
    case = find_cases(["openvt-sorting"])[0].load()
    for ax, name in zip(axes[1], case.NAMES, strict=True):
        _regime(ax, case, name)
    return page


def _kept(name: str) -> tuple[ModuleType, list[dict]]:
    """The case and the numbers of its kept seeds."""
    case = find_cases([name])[0].load()
    wanted = {arm: list(seeds) for arm, seeds in case.SEEDS.items()}
    return case, [seed.numbers for seed in read_seeds(name, wanted)]


def _colony(ax) -> None:
    case, kept = _kept("permedcoe-c1-monolayer")
    for numbers in kept:
        hours = EVERY * np.arange(len(numbers["diameter"]))
        ax.plot(hours, numbers["diameter"], color=LAW, label=_first(ax, "simulated"))
    points = np.array(case.measured())
    ax.plot(points[:, 0], points[:, 1], "o", color=MEASURED, label="Bru 1998")
    ax.set(xlabel="h", ylabel="diameter [um]", title="use case 1: colony, pressed cells do not cycle")
    ax.legend(frameon=False)


def _free(ax) -> None:
    case, kept = _kept("permedcoe-c2-spheroid")
    exact = case.renewal()
    hours = EVERY * np.arange(exact.size)
    if kept:
        runs = np.array([numbers["living"] for numbers in kept])
        ax.fill_between(hours, runs.min(axis=0), runs.max(axis=0), color=LAW, alpha=0.25, lw=0)
        ax.plot(hours, runs.mean(axis=0), color=LAW, lw=3, label=f"mean and range of {len(runs)} spheroids")
    ax.plot(hours, exact, color=MEASURED, lw=1, label="renewal of the cycles")
    ax.set(xlabel="h", ylabel="living cells", yscale="log", title="use case 2: nothing holds it back")
    ax.legend(frameon=False)


def _oxygen(ax) -> None:
    case, kept = _kept("permedcoe-c3-oxygen")
    for numbers in kept:
        notes = np.array(numbers["notes"])
        ax.plot(notes[:, 0], notes[:, 1], color=LAW, label="living")
        ax.plot(notes[:, 0], notes[:, 2], ":", color=LAW, label="not burst")
    points = np.array(case.measured())
    ax.plot(points[:, 0], points[:, 1], "o", color=MEASURED, label="Freyer and Sutherland 1986")
    ax.set(xlabel="h", ylabel="cells", yscale="log", title="use case 3: spheroid under oxygen")
    ax.legend(frameon=False)


def _regime(ax, case, name: str) -> None:
    made = case.aggregate(name, SEED)
    (last,) = deque(made.frames(case.REGIMES["end"]), maxlen=1)
    ax.scatter(last.places[:, 0], last.places[:, 1], s=130, c=KINDS[made.kinds], edgecolors="white", lw=0.5)
    ax.set(
        aspect="equal",
        xlabel="cell diameters (A orange, B blue)",
        title=f"{name}: A orange, B blue, after {last.time:g} units",
    )


def _first(ax, label: str) -> str:
    """The label for the first line of its kind, none for the others."""
    return "" if ax.lines else label


def main(words: list[str]) -> int:
    """Draw the picture into a folder."""
    import matplotlib as mpl

    mpl.use("Agg")
    place = Path(words[0]) / "community-cases.png"
    draw().savefig(place, dpi=90)
    sys.stdout.write(f"{place}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
