"""Anti-VEGF with T cells into a vein: more of them in the tumour than of the same T cells alone; a direction.

Two arms of the same block and the same seeds, one under anti-VEGF at the normalising dose from the day of the T cells
on. The gain in extravasation went into the law, so that more T cells are its calibration. How much of the tissue stays
hypoxic went into nothing: it is what the gain in flow comes to where the T cells are not looked at.
"""

from pathlib import Path

import numpy as np

from perforin.analysis.replicates import half_width
from perforin.evidence.assays import normalised
from perforin.evidence.figures import read_figures
from perforin.evidence.probes import Probe, probe_of
from perforin.evidence.rows import Row

DAYS = 3.0
EXPOSURES = {"alone": 0.0, "anti-VEGF": 1.0}
COUNTED = range(1, 5)  # seeds whose T cells are followed
SEEDS = {arm: range(1, 9) for arm in EXPOSURES}  # tissues whose oxygen is read


def probe() -> Probe:
    """Six hours of both arms."""
    return probe_of({arm: normalised.plan(exposure, 1) for arm, exposure in EXPOSURES.items()})


def run_seed(arm: str, seed: int, folder: Path) -> dict[str, float]:
    """Oxygen of one tissue and, of the first seeds, the T cells of its day 3."""
    plan = normalised.plan(EXPOSURES[arm], seed)
    found = {"hypoxic": normalised.hypoxic_share(plan, DAYS)}
    return found | ({"t_cells": float(normalised.t_cells(plan, DAYS))} if seed in COUNTED else {})


def judge(results: dict[str, dict[int, dict]]) -> list[Row]:
    """T cells and hypoxia in pairs of the same seed."""
    expected = read_figures(__file__)
    pairs = sorted(set(results["alone"]) & set(results["anti-VEGF"]))
    counted = [seed for seed in pairs if seed in COUNTED]
    alone, both = (_over(results[arm], "t_cells", counted) for arm in EXPOSURES)
    before, after = (_over(results[arm], "hypoxic", pairs) for arm in EXPOSURES)
    ratio, left = np.log(both / alone), after / before
    half = float(half_width(ratio))
    return [
        expected.row(
            "T cells in the tumour, with anti-VEGF against alone: low end", np.exp(ratio.mean() - half)
        ),
        expected.row("hypoxic share, with anti-VEGF against alone", left.mean()),
        _shown("T cells in the tumour, with anti-VEGF against alone", np.exp(ratio.mean()), "geometric mean"),
        _shown("the same: high end", np.exp(ratio.mean() + half), "95 % interval over the seeds"),
        _shown("T cells in the tumour, alone", alone.mean(), "mean of the blocks", "cell"),
        _shown("hypoxic share, alone", before.mean(), "of tumour cells, below 10 mmHg"),
        _shown(
            "hypoxic share, half of the interval of the ratio", float(half_width(left)), "over eight tissues"
        ),
    ]


def _over(of_arm: dict[int, dict], key: str, seeds: list[int]) -> np.ndarray:
    """(seeds,) one number of each; not a number where fewer than two are in, of which no interval can be made."""
    return np.array([of_arm[seed][key] for seed in seeds] if len(seeds) > 1 else [np.nan, np.nan])


def _shown(quantity: str, measured: float, reason: str, unit: str = "1") -> Row:
    return Row(quantity, float(measured), 0.0, 0.0, reason, unit, rule="shown")
