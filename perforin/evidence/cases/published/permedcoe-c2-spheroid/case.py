"""PerMedCoE use case 2: a spheroid of a hundred cells grows for four days, and nothing holds it back.

The benchmark has no reference. Without inhibition the expected number of cells does not depend on where they are, so
it is the age-structured renewal of `community.renewal`, with all founders newborn, which the benchmark leaves open and
which keeps the steps of the generations sharp. Cells push, are shaken, and die as the product clears them.

A division is seen at the end of a step, half a step late on average; cycles are drawn that much shorter.
"""

from pathlib import Path

import numpy as np

from perforin.evidence.community import culture as laws
from perforin.evidence.community.culture import Culture
from perforin.evidence.community.renewal import expected
from perforin.evidence.figures import read_figures
from perforin.evidence.probes import Probe
from perforin.evidence.rows import Row

FILE = Path(__file__).parent / "culture.toml"
SEEDS = {"spheroid": range(1, 51)}
END, EVERY = 96.0, 0.5  # h
DEATH = 5.31667e-5  # 1/min, of the benchmark
SHAKEN = (
    0.1  # um^2/min: the benchmark says Brownian and no number; a cell goes its radius in about three hours
)


def probe() -> Probe:
    """Twenty hours, in which the first generation divides: who is there, and how far in which cycle.

    Where the cells are does not matter to their number and is not in it.
    """
    grown = Culture(FILE, 1)
    _grow(grown, 20.0)
    return laws.probe_of(grown, ("id", "fate", "divisions", "cycle_time", "cycle_duration"))


def run_seed(arm: str, seed: int, folder: Path) -> dict:
    """One spheroid: living cells each half hour, all of them, and the radius at the end."""
    grown = Culture(FILE, seed)
    living = _grow(grown, END)
    return {"living": living, "all": grown.cells.count, "radius": round(grown.state.tumour_radius(), 2)}


def judge(results: dict[str, dict[int, dict]]) -> list[Row]:
    """The mean over seeds beside the renewal."""
    figures = read_figures(__file__)
    exact = renewal()
    seeds = [numbers["living"] for numbers in results["spheroid"].values()]
    mean = np.mean(seeds, axis=0) if seeds else np.full(exact.size, np.nan)
    off = mean / exact - 1.0
    error = (
        np.std(seeds, axis=0, ddof=1) / np.sqrt(len(seeds)) / exact if len(seeds) > 1 else np.full(1, np.nan)
    )
    why = "what chance leaves of it, beside the tolerance"
    return [
        figures.row("mean number at 96 h over the renewal", off[-1]),
        figures.row("largest distance of the mean from the renewal over half hours", np.abs(off).max()),
        Row("largest standard error of that mean", float(error.max()), 0.02, 0.0, why, rule="shown"),
        Row("mean number at 96 h", float(mean[-1]), float(exact[-1]), 0.0, "the renewal", "cells", "shown"),
    ]


def renewal() -> np.ndarray:
    """The expected number of living cells each half hour."""
    n = Culture(FILE, 1).plan.numbers["growth"]
    hours = np.arange(0.0, END + EVERY / 2, EVERY)
    return 100 * expected(hours, n.duration[0] / 60, n.duration_spread[0] / 60, DEATH * 60)


def _grow(grown: Culture, end: float) -> list[int]:
    laws.draw_cycles_anew(grown)
    living, due = [grown.living], EVERY
    while grown.hours < end - 1e-9:
        grown.step()
        laws.draw_cycles_anew(grown)
        laws.die_at_random(grown, DEATH)
        laws.shake(grown, SHAKEN)
        if grown.hours >= due - 1e-9:
            living.append(grown.living)
            due += EVERY
    return living
