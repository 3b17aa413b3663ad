"""A small ball of tumour cells with matrix in and around it, and T cells in the medium: arms of cases about stroma.

The scenario is gel.toml beside this file; an arm changes numbers of it. What is read of a run is where its T cells are
and what they did.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from perforin.mechanisms.tissue.apoptosis import ALIVE
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.plan import T_CELL, TUMOUR, Plan
from perforin.scenario.scenario import load
from perforin.simulation import start, step
from perforin.simulation.state import State

GEL = Path(__file__).with_name("gel.toml")
SURFACE = 0.95  # of the tumour cells lie within the surface of the ball


@dataclass(frozen=True)
class Arm:
    """What one arm came to, summed over its seeds."""

    inside: float  # T cells within the ball
    outside: float  # T cells beyond it
    fullness: float  # T cells per volume within, as a share of that beyond
    depth: float  # of those within, below the surface [um]
    kills: float
    attachments: float
    tumour_left: float  # share of the tumour cells of the start


def run(changes: tuple[str, ...], hours: float, seeds: range) -> Arm:
    """Simulate an arm for some hours."""
    found = [_seed((*changes, f"seed={seed}"), hours) for seed in seeds]
    inside, outside, room, depth, kills, attachments, left = np.array(found).T
    return Arm(
        inside=float(inside.sum()),
        outside=float(outside.sum()),
        fullness=float(inside.sum() / outside.sum() * (1.0 / room - 1.0).mean()),
        depth=float(np.average(depth, weights=np.maximum(inside, 1e-9))),
        kills=float(kills.sum()),
        attachments=float(attachments.sum()),
        tumour_left=float(left.mean()),
    )


def _seed(changes: tuple[str, ...], hours: float) -> tuple[float, ...]:
    plan = compile_scenario(load(GEL, list(changes)))
    state = start.begin(plan)
    begun = int(state.is_role(TUMOUR).sum())
    for _ in range(round(hours * 60.0 / (plan.clock.phenotype * plan.clock.tick))):
        step.advance(state, plan)
    return (
        *_where(state, plan),
        state.counters["kills"],
        state.counters["attachments"],
        _living(state, TUMOUR).sum() / begun,
    )


def _where(state: State, plan: Plan) -> tuple[float, float, float, float]:
    """T cells within and beyond the ball, its share of the box, and the mean depth of those within [um]."""
    axes = 2 if state.box.flat else 3
    place = state.cells.place[: state.cells.count, :axes].astype(np.float64)
    tumour = place[state.is_role(TUMOUR)]
    centre = tumour.mean(axis=0)
    radius = float(np.quantile(np.linalg.norm(tumour - centre, axis=1), SURFACE))
    below = radius - np.linalg.norm(place[_living(state, T_CELL)] - centre, axis=1)
    within = below > 0.0
    share = 4.0 / 3.0 * np.pi * radius**3 / float(np.prod(plan.geometry.box))
    mean = float(below[within].mean()) if within.any() else 0.0
    return float(within.sum()), float((~within).sum()), share, mean


def _living(state: State, role: int) -> np.ndarray:
    return state.is_role(role) & (state.cells.fate[: state.cells.count] == ALIVE)
