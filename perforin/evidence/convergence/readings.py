"""What is read of one run of a convergence study: a few numbers that must not hang on a step or a grid.

tumour_cells       living tumour cells at the end
tumour_radius      of the sphere around the centroid that holds 95 % of them [um]
oxygen_mean        of the living tumour cells, as they last sensed it [mmHg]
oxygen_min         the least of them [mmHg]
kills_per_day      kills over living T cells times days [1/day]
penetration_depth  mean depth of the T cells below the surface of the tumour, over those inside it [um]

All but the first and the fifth are means over the hourly readings of the tail: one moment is noisier than a step.
"""

from __future__ import annotations

import hashlib

import numpy as np

from perforin.mechanisms.tissue.apoptosis import ALIVE
from perforin.quantities import MINUTES_PER_DAY
from perforin.scenario.plan import TUMOUR, Plan
from perforin.simulation import start, step
from perforin.simulation.recorder import series_row
from perforin.simulation.state import State

HOUR = 60.0  # min between readings
WITHIN = 0.95  # of the living tumour cells, in the sphere whose radius is read
QUANTITIES = {
    "tumour_cells": "tumour cells at the end",
    "tumour_radius": "tumour radius",
    "oxygen_mean": "mean oxygen",
    "oxygen_min": "minimum oxygen",
    "kills_per_day": "kills per T cell and day",
    "penetration_depth": "penetration depth",
}
_FOUNDING = ("id", "type", "place", "cycle_time", "antigen", "copies")  # what a founder has of its seed


def read(plan: Plan, tail: float) -> dict[str, float | str | None]:
    """Run a plan in memory and read it; `tail` [h]. None where nothing is to be read; besides, its founders' hash."""
    state = start.begin(plan)
    founders = founders_hash(state)
    hours = round(plan.days * MINUTES_PER_DAY / HOUR)
    rows, t_days = [], 0.0
    for hour in range(1, hours + 1):
        step.until(state, plan, hour * HOUR)
        row = series_row(state, plan)
        t_days += row["t_cells"] * HOUR / MINUTES_PER_DAY
        if hour > hours - tail:
            rows.append(row | {"tumour_radius": radius(state)})
    means = {
        name: _mean([row[name] for row in rows])
        for name in ("tumour_radius", "oxygen_mean", "oxygen_min", "penetration_depth")
    }
    return {
        "tumour_cells": rows[-1]["tumour_cells"],
        **means,
        "kills_per_day": rows[-1]["kills"] / t_days if t_days else 0.0,
        "t_cells": rows[-1]["t_cells"],
        "kills": rows[-1]["kills"],
        "guard_hits": rows[-1]["guard_hits"],
        "founders": founders,
    }


def radius(state: State) -> float:
    """Radius of the sphere around the centroid that holds 95 % of the living tumour cells [um]; 0 for none."""
    count = state.cells.count
    alive = state.is_role(TUMOUR) & (state.cells.fate[:count] == ALIVE)
    place = state.cells.place[:count, :3][alive].astype(np.float64)
    if not place.size:
        return 0.0
    return float(np.quantile(np.linalg.norm(place - place.mean(axis=0), axis=1), WITHIN))


def founders_hash(state: State) -> str:
    """SHA-256 of what the founders have of their seed, in the order of their names: equal in paired runs."""
    cells, digest = state.cells, hashlib.sha256()
    order = np.argsort(cells.id[: cells.count], kind="stable")
    for name in _FOUNDING:
        if name in cells.columns:
            digest.update(np.ascontiguousarray(getattr(cells, name)[: cells.count][order]).tobytes())
    return digest.hexdigest()[:16]


def _mean(values: list[float]) -> float | None:
    """The mean of the finite ones; None, which JSON has, when there is none."""
    finite = [value for value in values if np.isfinite(value)]
    return round(float(np.mean(finite)), 6) if finite else None
