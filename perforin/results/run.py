"""The run folder, read side: what a run left, without an engine.

A run that is still going, was stopped or was killed opens too: what it has closed so far is shown.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from perforin.quantities import MINUTES_PER_DAY
from perforin.results import fields, lock, parts, snapshots
from perforin.results.layout import (
    CELLS,
    EVENT_KINDS,
    EVENTS,
    FIELDS,
    LARGEST_TEXT,
    SCENARIO,
    SERIES,
    SOURCES,
    read_bytes,
    unfit,
)
from perforin.results.store import read_meta

EVENT_COLUMNS = {
    "minute": "float64", "kind": "category", "cell": "uint64", "other": "uint64",
    "x": "float32", "y": "float32", "z": "float32",
}  # fmt: skip
SLACK = 1e-6  # days: a rounding of minutes to days is not a difference


class RunData:
    """One run as it lies on disk: tables, snapshots and fields, read when asked for.

    `days` shows the run only up to that day, as if it had been asked for no longer: rows, events, snapshots and
    fields after it are left out, `meta` counts the cells of that day and has no state hash and no survivors.
    """

    def __init__(self, path: Path, meta: dict[str, Any], days: float | None = None) -> None:
        self.path = path
        self.days = meta["days"] if days is None else min(days, meta["days"])
        self.meta = meta if self.days > meta["days"] - SLACK else {**meta, **self._numbers_of_that_day()}

    @classmethod
    def open(cls, path: Path | str, days: float | None = None) -> RunData:
        """Open a run folder. Raises FolderError."""
        place = Path(path)
        return cls(place, read_meta(place), days)

    def _numbers_of_that_day(self) -> dict[str, Any]:
        row = self.series.iloc[-1]
        cells = {"tumour_cells_end": int(row["tumour_cells"]), "t_cells_end": int(row["t_cells"])}
        return {"days": self.days, "state_hash": None, "survivors_by_reason": None, **cells}

    def __repr__(self) -> str:
        return f"RunData({self.path.name}: {self.status}, {self.days:g} days, {len(self.snapshot_days)} snapshots)"

    @property
    def status(self) -> str:
        """running, done, stopped or failed; a run whose process is gone was stopped, whatever it says."""
        status = self.meta["status"]
        return "stopped" if status == "running" and not lock.is_held(self.path) else status

    @cached_property
    def series(self) -> pd.DataFrame:
        """One row per recorded moment."""
        table = self._table(SERIES)
        if table is None:
            return pd.DataFrame({"minute": pd.Series(dtype=float), "day": pd.Series(dtype=float)})
        if not {"minute", "day"} <= set(table):
            raise unfit(self.path / SERIES, "columns", list(table), "minute and day among them")
        return table

    @cached_property
    def events(self) -> pd.DataFrame:
        """One row per event: when, what, to which cell, by which other, where."""
        table = self._table(EVENTS)
        if table is None:
            table = pd.DataFrame({name: pd.Series(dtype="float64") for name in EVENT_COLUMNS})
        if missing := [name for name in EVENT_COLUMNS if name not in table]:
            raise unfit(self.path / EVENTS, "columns", f"no {missing[0]}", ", ".join(EVENT_COLUMNS))
        table = table.astype({name: kind for name, kind in EVENT_COLUMNS.items() if name != "kind"})
        table["kind"] = pd.Categorical(table["kind"], categories=EVENT_KINDS)
        return table

    @property
    def snapshot_days(self) -> list[float]:
        """The days of which the cells were kept."""
        return [self._day(tick) for tick in self._snapshots()]

    @property
    def field_names(self) -> list[str]:
        """The fields that were kept."""
        return fields.names(self.path / FIELDS)

    @property
    def field_days(self) -> list[float]:
        """The days of which the fields were kept."""
        return [self._day(tick) for tick in fields.ticks(self.path / FIELDS) if self._is_shown(tick)]

    def cells(self, day: float) -> pd.DataFrame:
        """The cells at the kept moment nearest `day`: the recorded columns and x, y, z [um]."""
        known = self._snapshots()
        if not known:
            raise unfit(self.path / CELLS, "", "no snapshot", "at least one")
        return snapshots.read(self.path / CELLS, _nearest(known, self._tick(day)))

    def field(self, name: str, day: float) -> tuple[np.ndarray, float, tuple[float, float, float]]:
        """A field at the kept moment nearest `day`: (nz, ny, nx) float32, voxel edge [um], first centre (x, y, z)."""
        if name not in self.field_names:
            kept = ", ".join(self.field_names) or "none"
            raise unfit(self.path / FIELDS, name, "no such field", f"one that was recorded: {kept}")
        known = [tick for tick in fields.ticks(self.path / FIELDS) if self._is_shown(tick)]
        if not known:
            raise unfit(self.path / FIELDS, name, "no moment", "at least one")
        moment = known.index(_nearest(known, self._tick(day)))
        values, lattice = fields.read(self.path / FIELDS, name, moment)
        by = stretch(self.series, day)
        x, y, z = (by * centre for centre in lattice.origin)
        return values, by * lattice.spacing, (x, y, z)

    @cached_property
    def scenario_text(self) -> str:
        """The resolved scenario, as TOML."""
        try:
            return read_bytes(self.path / SCENARIO, LARGEST_TEXT).decode()
        except UnicodeDecodeError as error:
            raise unfit(self.path / SCENARIO, "", f"a damaged file ({error})", "UTF-8 text") from error

    @cached_property
    def sources(self) -> list[dict[str, Any]]:
        """Every number that was used: path, value, unit, source, grade, note."""
        try:
            rows = json.loads(read_bytes(self.path / SOURCES, LARGEST_TEXT))
        except ValueError as error:
            raise unfit(self.path / SOURCES, "", f"a damaged file ({error})", "JSON") from error
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise unfit(self.path / SOURCES, "", "something else", "a list of numbers with their sources")
        return rows

    def _table(self, kind: str) -> pd.DataFrame | None:
        try:
            table = parts.read(self.path / kind)
        except FileNotFoundError:  # the run that is going on merged its parts between the look and the read
            table = parts.read(self.path / kind)
        if table is None:
            return None
        frame = table.to_pandas()
        if "minute" in frame:
            frame = frame[frame["minute"] <= (self.days + SLACK) * MINUTES_PER_DAY]
        return frame.reset_index(drop=True)

    def _snapshots(self) -> list[int]:
        return [tick for tick in snapshots.ticks(self.path / CELLS) if self._is_shown(tick)]

    def _is_shown(self, tick: int) -> bool:
        return self._day(tick) <= self.days + SLACK

    def _day(self, tick: int) -> float:
        return tick * self.meta["tick_minutes"] / MINUTES_PER_DAY

    def _tick(self, day: float) -> float:
        return day * MINUTES_PER_DAY / self.meta["tick_minutes"]


def _nearest(known: list[int], tick: float) -> int:
    return min(known, key=lambda candidate: abs(candidate - tick))


def stretch(series: pd.DataFrame, day: float) -> float:
    """How many times as long as on day 0 the edge of a block is, with the grid of its fields; 1 of others."""
    if "block_edge" not in series or not len(series):
        return 1.0
    edge = series["block_edge"].to_numpy(dtype=float)
    return float(np.interp(day, series["day"].to_numpy(dtype=float), edge) / edge[0])
