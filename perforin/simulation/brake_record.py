"""What a run in which fields act on T cells writes down of it: what is left of each function, and who is worn out."""

from __future__ import annotations

from typing import Any

import numpy as np

from perforin.mechanisms.tissue import damage, exhaustion, responses
from perforin.scenario.plan import Plan
from perforin.simulation.state import State

HALF = 0.5  # of function: a T cell with less counts as exhausted
PRODUCTS = np.linspace(0.0, 1.0, 21)  # of brakes, at which the share of kills is worked out


def series(state: State, plan: Plan, t_cells: np.ndarray) -> dict[str, float]:
    """Means over living T cells ((n,) bool); nothing where no field acts.

    `brake_kill_mean` is the product of the fields' brakes and the static one, before the root that hits take.
    """
    if plan.responses is None:
        return {}
    rows, cells = np.flatnonzero(t_cells), state.cells
    row = {}
    static = float(plan.numbers["suppression"].product[0])
    for code, name in enumerate(responses.OF_T_CELL):
        left = responses.left(cells, rows, plan.responses, code)
        braked = static if code in (responses.KILL, responses.PROLIFERATION) else 1.0
        row[f"brake_{name}_mean"] = mean(left * braked)
    n, kind = plan.numbers["exhaustion"], cells.type[rows]
    function = exhaustion.function(cells.tired[rows], cells.worn[rows], n.loss_tired[kind], n.loss_worn[kind])
    row["exhausted_share"] = mean(function < HALF)
    return row


def kills_left(plan: Plan) -> dict[str, Any] | None:
    """The share of unbraked kills per contact by the product of brakes: a table, so that analysis needs no law.

    A contact lasts the mean hold of a recognised cell, at the full hit rate of the first kind of T cell; None where no
    field acts or no T cell is given.
    """
    if plan.responses is None or len(plan.types) < 2:
        return None
    n = plan.numbers
    minutes, rate, law = (
        float(n["contact"].hold[1]),
        float(n["damage"].hit_rate[1]),
        damage.of_targets(n["damage"]),
    )
    died = [damage.death_probability(rate * np.sqrt(product), minutes, *law) for product in PRODUCTS]
    if not died[-1] > 0.0:
        return None
    return {"product": PRODUCTS.tolist(), "kills": [float(chance / died[-1]) for chance in died]}


def mean(values: np.ndarray) -> float:
    """The mean of some cells, in double precision; nan of none."""
    return float(values.mean(dtype=np.float64)) if values.size else float("nan")
