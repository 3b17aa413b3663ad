"""A run's cells as AnnData and its fields as xarray, the forms other tools read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import anndata
    import xarray

    from perforin.results.run import RunData

POSITION = ["x", "y", "z"]


def cells_as_anndata(run: RunData, day: float) -> anndata.AnnData:
    """The snapshot nearest to a day as AnnData without genes: obs per cell, obsm["spatial"] [um].

    Raises FolderError for a run without snapshots.
    """
    import anndata

    table = run.cells(day)
    kept = min(run.snapshot_days, key=lambda moment: abs(moment - day))
    obs = table.drop(columns=POSITION).set_index(table["id"].astype(str).rename("cell"))
    spatial = table[POSITION].to_numpy(np.float32)
    cells = anndata.AnnData(obs=obs, uns={"day": kept, "spatial_unit": "um"})
    cells.obsm["spatial"] = spatial
    return cells


def field_as_xarray(run: RunData, name: str) -> xarray.DataArray:
    """Every recorded moment of one field, (day, z, y, x), coordinates [day] and [um].

    Raises FolderError when the run did not record it.
    """
    import xarray

    days = run.field_days
    moments = [run.field(name, day) for day in days or [0.0]]
    values, spacing, origin = moments[0]
    along = dict(zip("zyx", zip(reversed(origin), values.shape, strict=True), strict=True))
    axes = {axis: first + spacing * np.arange(count) for axis, (first, count) in along.items()}
    return xarray.DataArray(
        np.stack([moment[0] for moment in moments]),
        dims=("day", "z", "y", "x"),
        coords={"day": days, **axes},
        name=name,
    )
