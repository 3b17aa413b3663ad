"""What the loop asks of a model: begin, advance by one step, and say what there is to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from perforin.engine.voxels import VoxelGrid

Snapshot = tuple[dict[str, np.ndarray], np.ndarray]
Fields = tuple[dict[str, np.ndarray], VoxelGrid]


def as_they_lie(state: Any, plan: Any, names: tuple[str, ...]) -> Fields:
    """Some fields of a state by name, and the grid of the first."""
    return {name: state.fields[name].values for name in names}, state.fields[names[0]].grid


@dataclass(frozen=True)
class Model:
    """The six things the loop calls. `tissue()` is the product's; tests of the loop bring a smaller one."""

    begin: Callable[[Any], Any]  # plan -> state at tick 0
    restore: Callable[[Any, dict[str, np.ndarray], dict[str, Any]], Any]  # plan, arrays, scalars -> state
    advance: Callable[[Any, Any], None]  # state, plan: one phenotype step, in place
    series_row: Callable[[Any, Any], dict[str, float]]  # state, plan -> one row
    snapshot: Callable[[Any, Any], Snapshot]  # state, plan -> obs, spatial
    fields: Callable[[Any, Any, tuple[str, ...]], Fields] = (
        as_they_lie  # state, plan, names -> values, their grid
    )


def tissue() -> Model:
    """The cells and fields of `simulation.step`."""
    from perforin.simulation import recorder, start, state, step

    return Model(
        start.begin,
        state.State.restore,
        step.advance,
        recorder.series_row,
        recorder.snapshot,
        recorder.fields,
    )
