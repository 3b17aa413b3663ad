"""What a run of the CAR law writes down of antigens, contacts and the state of its T cells."""

from __future__ import annotations

import numpy as np

from perforin.mechanisms.tissue import visibility
from perforin.scenario.plan import AttackPlan, Plan
from perforin.simulation import brake_record
from perforin.simulation.brake_record import mean
from perforin.simulation.state import State

OF_TUMOUR = ("contact_time", "first_contact", "hits_felt", "hits_open", "own_contact_time", "own_hits_felt")
OF_TUMOUR += ("own_hits_open", "damage")
OF_T_CELLS = ("signal", "signal_dose", "tired", "worn", "car_level", "kills", "age")


def answers(state: State, plan: Plan, attack: AttackPlan) -> np.ndarray:
    """(n,) float32: how strongly the best CAR would answer to each cell; 0 where there is no CAR."""
    copies = state.cells.copies[: state.cells.count]
    return visibility.answers(copies, attack.receptors, plan.numbers["recognition"])


def copies_seen(state: State, attack: AttackPlan) -> np.ndarray:
    """(n,) float32 copies per cell of all antigens that a binder sees; of all antigens where nothing binds."""
    copies = state.cells.copies[: state.cells.count]
    which = visibility.seen(attack.receptors) or list(range(len(attack.antigens)))
    return copies[:, which].sum(axis=1, dtype=np.float32)


def series(
    state: State, plan: Plan, attack: AttackPlan, tumour: np.ndarray, t_cells: np.ndarray
) -> dict[str, float]:
    """The columns of the series that the law of attack owns.

    tumour, t_cells  (n,) bool: the living ones
    """
    cells, count = state.cells, state.cells.count
    row = {"antigen_mean": mean(copies_seen(state, attack)[tumour])}
    invisible = answers(state, plan, attack)[tumour] < attack.answer_threshold
    row["antigen_negative"] = float(invisible.sum())
    for k, name in enumerate(attack.antigens):
        row[f"copies_mean__{name}"] = mean(cells.copies[:count, k][tumour])
    for name in ("tired", "worn", "car_level"):
        row[f"{name}_mean"] = mean(getattr(cells, name)[:count][t_cells])
    row["reached"] = float((cells.first_contact[:count][tumour] >= 0).sum())
    return row | brake_record.series(state, plan, t_cells)


def snapshot(state: State, plan: Plan, attack: AttackPlan) -> dict[str, np.ndarray]:
    """The columns of a snapshot that the law of attack owns."""
    cells, count = state.cells, state.cells.count
    columns = {"antigen": copies_seen(state, attack), "answer": answers(state, plan, attack)}
    for k, name in enumerate(attack.antigens):
        columns[f"copies__{name}"] = cells.copies[:count, k].copy()
    for name in (*OF_TUMOUR, *OF_T_CELLS):
        columns[name] = getattr(cells, name)[:count].copy()
    for k, name in enumerate(plan.brakes):
        columns[f"brake_cost__{name}"] = cells.brake_cost[:count, k].copy()
        columns[f"own_brake_cost__{name}"] = cells.own_brake_cost[:count, k].copy()
    return columns
