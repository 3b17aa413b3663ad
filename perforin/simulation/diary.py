"""What is written down while a run goes on: series and events since the last checkpoint, snapshots and fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from perforin.results.fields import Lattice
from perforin.results.layout import EVENTS, FATES, SERIES
from perforin.results.store import RunFolder
from perforin.scenario.plan import RecordPlan

if TYPE_CHECKING:
    from perforin.simulation.model import Model

Table = dict[str, np.ndarray]


class Diary:
    """Writes down one run; `close` makes what was collected permanent, together with a checkpoint."""

    def __init__(self, folder: RunFolder, model: Model, record: RecordPlan, closed: int, end: int) -> None:
        self.folder = folder
        self.model = model
        self.record = record
        self.closed = closed  # the tick of the last checkpoint
        self.end = end
        self.last_row: dict[str, float] = {}
        self._rows: list[dict[str, float]] = []

    def note(self, state: Any, plan: Any) -> bool:
        """Write down what is due at this tick; says whether a row of the series was."""
        tick = state.tick
        is_end = tick >= self.end
        due = tick % self.record.series == 0 or is_end
        if due:
            self.last_row = self.model.series_row(state, plan)
            self._rows.append(self.last_row)
        if tick % self.record.cells == 0 or is_end:
            self._photograph(state, plan)
        return due

    def close(self, state: Any) -> None:
        """Close the parts of series and events at this tick."""
        if state.tick > self.closed or self._rows:
            self.folder.write_part(SERIES, self.closed, state.tick, _rows_as_table(self._rows))
            self.folder.write_part(EVENTS, self.closed, state.tick, state.events.drain())
            self._rows = []
            self.closed = state.tick

    def _photograph(self, state: Any, plan: Any) -> None:
        obs, spatial = self.model.snapshot(state, plan)
        categories = {"type": [kind.name for kind in plan.types], "fate": list(FATES)}
        self.folder.write_snapshot(state.tick, obs, spatial, categories)
        kept = tuple(name for name in self.record.fields if name in state.fields)
        if kept:
            values, grid = self.model.fields(state, plan, kept)
            centre = tuple(float(corner) + 0.5 * grid.spacing for corner in grid.origin)
            lattice = Lattice(float(grid.spacing), (centre[0], centre[1], centre[2]))
            units = {name: state.fields[name].unit for name in kept}
            self.folder.write_fields(state.tick, values, lattice, units)


def _rows_as_table(rows: list[dict[str, float]]) -> Table:
    names = rows[0] if rows else ("minute", "day")
    return {name: np.array([row[name] for row in rows], dtype=np.float64) for name in names}
