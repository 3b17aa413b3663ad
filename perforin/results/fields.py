"""fields.zarr: each recorded field as one array (time, z, y, x), which `xarray.open_zarr` opens as it is.

Every moment is one chunk of its own. Chunks are written first; then the one file that says how many moments
there are, for all fields together (the consolidated metadata in the root's zarr.json). So a kill leaves
either all of a moment or none of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from perforin.results import disk, zarrays
from perforin.results.layout import unfit

TIME, TICK = "time", "tick"
AXES = ("z", "y", "x")
Metadata = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Lattice:
    """Where the voxels are: edge [um] and the centre of the first voxel (x, y, z) [um]."""

    spacing: float
    origin: tuple[float, float, float]


def write(
    folder: Path,
    tick: int,
    day: float,
    values: dict[str, np.ndarray],
    lattice: Lattice,
    units: dict[str, str],
) -> None:
    """Add the fields of one moment, (nz, ny, nx) each."""
    metadata = (
        _read(folder) if (folder / zarrays.METADATA).exists() else _begin(folder, values, lattice, units)
    )
    moment = metadata[TIME]["shape"][0]
    disk.make_directory(folder / TIME / "c")
    disk.make_directory(folder / TICK / "c")
    disk.write_file(folder / TIME / "c" / str(moment), zarrays.chunk_of(np.array([day])))
    disk.write_file(folder / TICK / "c" / str(moment), zarrays.chunk_of(np.array([tick], dtype=np.int64)))
    for name, array in values.items():
        place = folder / name / "c" / str(moment) / "0" / "0"
        disk.make_directory(place)
        disk.write_file(place / "0", zarrays.chunk_of(np.asarray(array, dtype=np.float32)))
    _publish(folder, metadata, moment + 1)


def names(folder: Path) -> list[str]:
    """The recorded fields."""
    if not (folder / zarrays.METADATA).exists():
        return []
    return [name for name in _read(folder) if name not in (TIME, TICK, *AXES)]


def ticks(folder: Path) -> list[int]:
    """When the fields were recorded, in time. Raises FolderError."""
    if not (folder / zarrays.METADATA).exists():
        return []
    count = _read(folder)[TIME]["shape"][0]
    return [int(zarrays.read_numbers(folder / TICK, (moment,))[0]) for moment in range(count)]


def read(folder: Path, name: str, moment: int) -> tuple[np.ndarray, Lattice]:
    """One field at one moment: (nz, ny, nx) float32 and where it is. Raises FolderError."""
    metadata = _read(folder)
    attributes = metadata[name].get("attributes", {})
    try:
        x, y, z = (float(centre) for centre in attributes["origin"])
        lattice = Lattice(float(attributes["spacing"]), (x, y, z))
    except (KeyError, TypeError, ValueError) as error:
        raise unfit(folder / zarrays.METADATA, name, attributes, "spacing and origin") from error
    return zarrays.read_numbers(folder / name, (moment, 0, 0, 0))[0], lattice


def forget_after(folder: Path, tick: int) -> None:
    """Let go of the moments later than `tick`; their chunks are overwritten."""
    known = ticks(folder)
    kept = [moment for moment in known if moment <= tick]
    if len(kept) < len(known):
        _publish(folder, _read(folder), len(kept))


def _begin(folder: Path, values: dict[str, np.ndarray], lattice: Lattice, units: dict[str, str]) -> Metadata:
    shape = next(iter(values.values())).shape
    metadata: Metadata = {
        TIME: zarrays.array_metadata((0,), (1,), "float64", {"long_name": "day of the run"}, (TIME,)),
        TICK: zarrays.array_metadata((0,), (1,), "int64", {"long_name": "tick of the run"}, (TIME,)),
    }
    for axis, count, start in zip(AXES, shape, reversed(lattice.origin), strict=True):
        centres = start + lattice.spacing * np.arange(count, dtype=np.float64)
        metadata[axis] = zarrays.array_metadata((count,), (count,), "float64", {"unit": "um"}, (axis,))
        disk.make_directory(folder / axis / "c")
        disk.write_file(folder / axis / "c" / "0", zarrays.chunk_of(centres))
        disk.write_file(folder / axis / zarrays.METADATA, zarrays.as_json(metadata[axis]))
    place = {"spacing": float(lattice.spacing), "origin": [float(x) for x in lattice.origin]}
    for name in values:
        attributes = {"units": units.get(name, "1"), **place}
        metadata[name] = zarrays.array_metadata(
            (0, *shape), (1, *shape), "float32", attributes, (TIME, *AXES)
        )
    return metadata


def _publish(folder: Path, metadata: Metadata, moments: int) -> None:
    for name, entry in metadata.items():
        if name not in AXES:
            entry["shape"][0] = moments
            disk.write_file(folder / name / zarrays.METADATA, zarrays.as_json(entry))
    root = {"zarr_format": 3, "node_type": "group", "attributes": {}}
    consolidated = {"kind": "inline", "must_understand": False, "metadata": metadata}
    disk.write_file(
        folder / zarrays.METADATA, zarrays.as_json({**root, "consolidated_metadata": consolidated})
    )


def _read(folder: Path) -> Metadata:
    root = zarrays.read_metadata(folder, "group")
    metadata = root.get("consolidated_metadata", {}).get("metadata")
    if not isinstance(metadata, dict) or not {TIME, TICK, *AXES} <= set(metadata):
        raise unfit(
            folder / zarrays.METADATA, "consolidated_metadata", "nothing usable", "the list of arrays"
        )
    return metadata
