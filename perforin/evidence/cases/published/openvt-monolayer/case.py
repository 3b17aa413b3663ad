"""OpenVT's monolayer of a thousand cells that nothing holds back, a hundred replicates, on the product's contact law.

The unit of time is the relaxation of eleven cells; PhysiCell, which has the same law, gives 88.7 min for it. Without
spread of the area at division 1,024 cells stand after ten cycles. OpenVT asks for the distributions of gamma (share of
a cell's edge that lies in no other cell) and beta (the same of its disc) and shows them in figures only, so ours are
shown without a verdict; so are area, perimeter and roughness, which it asks for at ten thousand cells.
"""

from pathlib import Path

import numpy as np

from perforin.evidence.community import culture as laws
from perforin.evidence.community.monolayer import CYCLE, Monolayer, free_shares, hull, relaxation
from perforin.evidence.figures import read_figures
from perforin.evidence.probes import Probe
from perforin.evidence.rows import Row

FILE = Path(__file__).parent / "culture.toml"
SEEDS = {"even": range(1, 2), "spread": range(1, 11)}  # a seed of "spread" is a batch of ten monolayers
ENOUGH, SPREAD, BATCH = 1000, 0.4, 10  # cells; of the area at division, OpenVT; monolayers
REPULSION = 10.0  # um/min, as in culture.toml
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


def probe() -> Probe:
    """One replicate to a hundred cells."""
    made = monolayer(1, SPREAD)
    made.until(lambda m: m.culture.cells.count >= 100)
    return laws.probe_of(made.culture)


def monolayer(seed: int, spread: float) -> Monolayer:
    """One cell, with the unit of time of the product's contact law."""
    return Monolayer(FILE, seed, relaxation(REPULSION, dt=0.05), spread)


def run_seed(arm: str, seed: int, folder: Path) -> dict:
    """Cells after ten cycles without spread; or ten monolayers of a thousand cells."""
    if arm == "even":
        made = monolayer(seed, 0.0)
        made.until(lambda m: m.time >= 10.5 * CYCLE)
        return {"cells": made.culture.cells.count}
    batch = [_measure(monolayer(BATCH * (seed - 1) + k + 1, SPREAD)) for k in range(BATCH)]
    return {name: [one[name] for one in batch] for name in batch[0]}


def _measure(made: Monolayer) -> dict:
    made.until(lambda m: m.culture.cells.count >= ENOUGH)
    gamma, beta = free_shares(made.places, made.radii)
    area, perimeter, roughness = hull(made.places)
    return {
        "cycles": round(made.time / CYCLE, 4),
        "gamma": np.quantile(gamma, QUANTILES).round(4).tolist(),
        "beta": np.quantile(beta, QUANTILES).round(4).tolist(),
        "area": round(area, 2),
        "perimeter": round(perimeter, 2),
        "roughness": round(roughness, 4),
    }


def judge(results: dict[str, dict[int, dict]]) -> list[Row]:
    """Unit of time and number of cells judged, distributions shown."""
    figures = read_figures(__file__)
    even = [numbers["cells"] for numbers in results["even"].values()]
    rows = [
        figures.row("relaxation of eleven cells, repulsion 10 um/min", relaxation(10.0, dt=0.05)),
        figures.row("relaxation of eleven cells, repulsion 15 um/min", relaxation(15.0, dt=0.05)),
        figures.row("cells after ten cycles without spread", even[0] if even else np.nan),
    ]
    return rows + _shown(list(results["spread"].values()))


def _shown(batches: list[dict]) -> list[Row]:
    many = f"mean of {BATCH * len(batches)} monolayers of {ENOUGH} cells; standard deviation beside it"
    kept = {
        name: np.array([one for batch in batches for one in batch[name]]) for name in (batches or [{}])[0]
    }
    table = {
        "cycles to a thousand cells": ("cycles", None, "cycles"),
        "area": ("area", None, "cell diameters^2"),
        "perimeter": ("perimeter", None, "cell diameters"),
        "roughness": ("roughness", None, "1"),
        **{f"gamma, quantile {q:g}": ("gamma", k, "1") for k, q in enumerate(QUANTILES)},
        **{f"beta, quantile {q:g}": ("beta", k, "1") for k, q in enumerate(QUANTILES)},
    }
    rows = []
    for quantity, (name, column, unit) in table.items():
        values = np.array([np.nan]) if not kept else kept[name] if column is None else kept[name][:, column]
        rows.append(
            Row(quantity, float(values.mean()), float(values.std()), 0.0, many, unit, "shown", arm="spread")
        )
    return rows
