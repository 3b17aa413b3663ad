"""Growth and capacity of a line, from its untreated well alone: the first stage of the fit.

The logistic curve is seen through the observation model, at 40 h to the hour at which the index saturates, and at the
end through the counts. Only growth is kept; the observation model is fitted again with the treated wells.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from perforin.evidence.coculture import wells
from perforin.evidence.coculture.readings import PLATED, Observation, index, logistic, score_of


class Growth(NamedTuple):
    """A line without T cells."""

    doubling: float  # h
    capacity: float  # tumour cells per well


def fit_growth(line: str) -> tuple[Growth, Observation]:
    """The most probable growth of a line and the observation model that goes with it."""
    well = wells.wells(line)[0]
    use = well.hours <= wells.declaration()["growth"]["saturated"][line]
    names = ("doubling", "capacity", "a", "b", "sigma")
    priors = [wells.prior("growth" if i < 2 else "observation", name) for i, name in enumerate(names)]
    rules, offset = wells.declaration()["error"], wells.declaration()["observation"]["d"]
    end = wells.experiment()["ends_at"]

    def unpacked(x: np.ndarray) -> tuple[Growth, Observation]:
        doubling, capacity, a, b, sigma = (float(p.at(z)) for p, z in zip(priors, x[:5], strict=True))
        return Growth(doubling, capacity), Observation(
            a, b, 0.0, offset["mean"] + offset["sd"] * x[5], sigma, 0.0
        )

    def cost(x: np.ndarray) -> float:
        grown, seen = unpacked(x)
        shown = index(logistic(well.hours[use], PLATED, *grown), 0.0, seen)
        apart = (shown - well.index[use]) / seen.sigma
        total = (0.5 * apart @ apart + apart.size * np.log(seen.sigma)) / rules["readings_per_day_apart"]
        last = score_of(logistic(end, PLATED, *grown))
        total += sum(0.5 * ((last - score_of(n)) / rules["end"]) ** 2 for n in well.tumour_cells)
        return float(total + 0.5 * x @ x)

    best = min(
        (
            minimize(
                cost,
                np.full(6, start),
                method="Nelder-Mead",
                options={"maxiter": 20000, "fatol": 1e-8, "xatol": 1e-6},
            )
            for start in (-0.5, 0.0, 0.5)
        ),
        key=lambda found: found.fun,
    )
    return unpacked(best.x)
