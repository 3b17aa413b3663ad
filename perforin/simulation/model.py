"""What the loop asks of a model: begin, advance by one step, and say what there is to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Snapshot = tuple[dict[str, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Model:
    """The five things the loop calls. `tissue()` is the product's; tests of the loop bring a smaller one."""

    begin: Callable[[Any], Any]  # plan -> state at tick 0
    restore: Callable[[Any, dict[str, np.ndarray], dict[str, Any]], Any]  # plan, arrays, scalars -> state
    advance: Callable[[Any, Any], None]  # state, plan: one phenotype step, in place
    series_row: Callable[[Any, Any], dict[str, float]]  # state, plan -> one row
    snapshot: Callable[[Any, Any], Snapshot]  # state, plan -> obs, spatial


def tissue() -> Model:
    """The cells and fields of `simulation.step`."""
    from perforin.simulation import recorder, start, state, step

    return Model(start.begin, state.State.restore, step.advance, recorder.series_row, recorder.snapshot)
