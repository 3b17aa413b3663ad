"""cells.zarr: the cells at some moments, one group each, which `anndata.read_zarr` opens as it is.

cells.zarr/<tick>/obs/...            one row per cell: numbers, and words as categories
cells.zarr/<tick>/obsm/spatial       (n, 3) float32 [um] from the local origin
cells.zarr/<tick>/var                empty: nothing is measured per gene
cells.zarr/<tick>/uns/day           when
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from perforin.results import disk, zarrays
from perforin.results.layout import TICK_DIGITS, tick_name, unfit

CATEGORICAL = {"encoding-type": "categorical", "encoding-version": "0.2.0", "ordered": False}
DICTIONARY = {"encoding-type": "dict", "encoding-version": "0.1.0"}
INDEX = "cell"
COLUMN = re.compile(
    r"\w[\w .+-]*"
)  # a file's name that leads nowhere else: CLDN18.2, B7-H3 and TGF-beta are in columns


def begin(folder: Path) -> None:
    """Make the empty store."""
    disk.make_directory(folder)
    disk.write_file(folder / zarrays.METADATA, zarrays.group({"holds": "one AnnData group per tick"}))


def write(
    folder: Path,
    tick: int,
    day: float,
    obs: dict[str, np.ndarray],
    spatial: np.ndarray,
    categories: dict[str, list[str]],
) -> None:
    """Write the cells at `tick`; `obs` needs the column id, and columns named in `categories` are codes into them."""
    files: zarrays.Files = {}
    files[zarrays.METADATA] = zarrays.group({"encoding-type": "anndata", "encoding-version": "0.1.0"})
    _add_frame(files, "obs", list(obs))
    zarrays.add_names_of(files, f"obs/{INDEX}", np.asarray(obs["id"], dtype=np.uint64))
    for name, values in obs.items():
        array = np.asarray(values)
        if name in categories:
            files[f"obs/{name}/{zarrays.METADATA}"] = zarrays.group(CATEGORICAL)
            zarrays.add_numbers(files, f"obs/{name}/codes", array.astype(np.int8))
            zarrays.add_words(files, f"obs/{name}/categories", list(categories[name]))
        else:
            zarrays.add_numbers(files, f"obs/{name}", array)
    _add_frame(files, "var", [])
    zarrays.add_words(files, f"var/{INDEX}", [])
    files[f"obsm/{zarrays.METADATA}"] = zarrays.group(DICTIONARY)
    zarrays.add_numbers(files, "obsm/spatial", np.asarray(spatial, dtype=np.float32).reshape(-1, 3))
    files[f"uns/{zarrays.METADATA}"] = zarrays.group(DICTIONARY)
    scalar = {"encoding-type": "numeric-scalar", "encoding-version": "0.2.0"}
    zarrays.add_numbers(files, "uns/day", np.array(day, dtype=np.float64), scalar)
    disk.write_folder(folder / tick_name(tick), files)


def ticks(folder: Path) -> list[int]:
    """When there are snapshots, in time."""
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted(int(name) for name in names if name.isdigit() and len(name) == TICK_DIGITS)


def read(folder: Path, tick: int) -> pd.DataFrame:
    """The cells at `tick`, one row each, named by id, with x, y, z [um] last. Raises FolderError."""
    place = folder / tick_name(tick)
    zarrays.read_metadata(place, "group")
    metadata = zarrays.read_metadata(place / "obs", "group")
    order = metadata.get("attributes", {}).get("column-order")
    if not isinstance(order, list) or not all(isinstance(n, str) and COLUMN.fullmatch(n) for n in order):
        raise unfit(place / "obs" / zarrays.METADATA, "column-order", order, "a list of column names")
    columns: dict[str, Any] = {name: _read_column(place / "obs" / name) for name in order}
    spatial = zarrays.read_numbers(place / "obsm" / "spatial")
    columns |= {axis: spatial[:, i] for i, axis in enumerate("xyz")}
    counts = {name: len(values) for name, values in columns.items()}
    if len(set(counts.values())) > 1:
        raise unfit(place, "obs", counts, "columns of one length")
    return pd.DataFrame(columns, index=pd.Index(zarrays.read_words(place / "obs" / INDEX), name=INDEX))


def forget_after(folder: Path, tick: int) -> None:
    """Remove the snapshots later than `tick`."""
    for later in ticks(folder):
        if later > tick:
            disk.remove(folder / tick_name(later))


def _add_frame(files: zarrays.Files, name: str, columns: list[str]) -> None:
    kind = {"encoding-type": "dataframe", "encoding-version": "0.2.0", "_index": INDEX}
    files[f"{name}/{zarrays.METADATA}"] = zarrays.group({**kind, "column-order": columns})


def _read_column(folder: Path) -> np.ndarray | pd.Categorical:
    if (folder / "codes").is_dir():
        codes = zarrays.read_numbers(folder / "codes")
        words = zarrays.read_words(folder / "categories")
        if codes.size and (codes.min() < -1 or codes.max() >= len(words)):
            raise unfit(folder / "codes", "", f"code {codes.max()}", f"codes of {len(words)} categories")
        return pd.Categorical.from_codes(codes.tolist(), pd.Index(words))
    return zarrays.read_numbers(folder)
