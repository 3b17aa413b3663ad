"""A finished or interrupted run, with everything one asks of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perforin.face.citation import as_table
from perforin.face.find import find_run
from perforin.face.summary import Text, summarise, tree_of_run
from perforin.results.layout import REPORT
from perforin.results.run import RunData

if TYPE_CHECKING:
    import anndata
    import pandas as pd
    import xarray
    from matplotlib.axes import Axes


class Run:
    """One run folder, opened for reading: its curves, cells, fields, answer and sources."""

    def __init__(self, data: RunData, reused: bool = False, note: str = "") -> None:
        self.data = data
        self.reused = reused
        self.note = note

    @classmethod
    def open(cls, folder: str | Path) -> Run:
        """Open a run folder, its run.json, or the beginning of a name inside ./runs."""
        return cls(RunData.open(find_run(folder)))

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.data.path

    @property
    def report(self) -> Path:
        """The page the run left behind."""
        return self.path / REPORT

    @property
    def meta(self) -> dict[str, Any]:
        """What run.json says: status, seed, versions, timing, state hash, survivors by reason."""
        return self.data.meta

    @property
    def numbers(self) -> list[dict[str, Any]]:
        """Every number that was used, one by one, for a program to read."""
        return self.data.sources

    @property
    def series(self) -> pd.DataFrame:
        """One row per recorded moment: cells, kills, oxygen, penetration and so on over time."""
        return self.data.series

    @property
    def events(self) -> pd.DataFrame:
        """One row per division, death, arrival and clearance, with who and when."""
        return self.data.events

    @property
    def fields(self) -> Fields:
        """The recorded fields by name: `run.fields["oxygen"]`."""
        return Fields(self.data)

    def summary(self) -> Text:
        """The answer in words, the first line first."""
        return summarise(self.data)

    def why_survived(self) -> pd.DataFrame:
        """How many tumour cells are left at the end, by the reason they survived.

        Returns one row per reason with the columns cells and share, for the line since day 0. A run of the CAR law has
        since_birth beside it, by what the cell itself has met, regrown, the cells born after the last kill, and
        largest_brake, the brakes on the suppressed with how many each held back most; `attrs` holds suppressed_by
        (cells by their largest brake) and regrown (share born after the last kill).
        """
        import pandas as pd

        from perforin.analysis import survivors

        cells = pd.Series(self.meta.get("survivors_by_reason") or {}, name="cells", dtype="int64")
        total = int(cells.sum())
        table = pd.DataFrame({"cells": cells, "share": cells / total if total else 0.0 * cells})
        own, held = survivors.since_birth(self.data), survivors.suppressed_by(self.data)
        if own:
            table["since_birth"] = pd.Series(own)
            table["regrown"] = pd.Series(survivors.regrown(self.data))
            by = ", ".join(f"{survivors.label(brake)} {cells}" for brake, cells in held.items())
            table["largest_brake"] = pd.Series({"suppressed": by}).reindex(table.index, fill_value="")
        table.attrs["suppressed_by"] = held
        table.attrs["regrown"] = survivors.regrown_share(self.data)
        return table

    def sources(self) -> pd.DataFrame:
        """Every number that was used, with its unit, source and grade."""
        return as_table(self.numbers)

    def plot(self, name: str, ax: Axes | None = None, day: float | None = None) -> Axes:
        """Draw one figure of the report by its name, such as "burden"; returns its axes.

        day  for figures of one moment; the last if not given
        """
        from perforin.face.figures import draw_named

        return draw_named(name, self.data, ax, day)

    def write_report(self) -> Path:
        """Write the report again, from what is stored."""
        from perforin import report

        return report.write(self.data, self.report)

    def cells(self, day: float) -> anndata.AnnData:
        """The cells recorded nearest to a day: attributes in `obs`, positions [um] in `obsm["spatial"]`."""
        from perforin.face.tables import cells_as_anndata

        return cells_as_anndata(self.data, day)

    def __repr__(self) -> str:
        return tree_of_run(self.data)


class Fields(Mapping[str, "xarray.DataArray"]):
    """The fields a run recorded, by name, each (day, z, y, x)."""

    def __init__(self, data: RunData) -> None:
        self._data = data

    def __getitem__(self, name: str) -> xarray.DataArray:
        from perforin.face.tables import field_as_xarray

        return field_as_xarray(self._data, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._data.field_names)

    def __len__(self) -> int:
        return len(self._data.field_names)

    def __repr__(self) -> str:
        return "Fields(" + ", ".join(self) + ")"
