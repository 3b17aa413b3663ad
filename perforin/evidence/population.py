"""Many cells of one kind without a tissue around them, for cases on what single cells do."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from perforin.engine.cells import Cells
from perforin.engine.diffusion import Field
from perforin.engine.motion import move
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue import columns_of, motility
from perforin.quantities import Numbers
from perforin.scenario.plan import LawPlan
from perforin.streams import founder_id

BLOCK = 256  # cells per block of `move`
EDGE = np.float32(1e6)  # um: walls that nobody reaches


def cells_of_one_kind(count: int) -> Cells:
    """Cells with the columns of every mechanism, all at their start values, named as founders are."""
    cells = Cells(columns_of("attach-and-die"), capacity=2 * count)
    ids = np.array([founder_id(np.uint64(i), np.uint64(1)) for i in range(count)], dtype=np.uint64)
    cells.append(count, id=ids)
    return cells


def numbers_of_one_kind(**values: float) -> Numbers:
    """Parameters of one cell type, in canonical units."""
    return Numbers({name: np.array([value], dtype=np.float64) for name, value in values.items()})


def mean_square_displacement(
    count: int, speed: float, persistence: float, times: Iterable[float], dt: float, seed: int, *, flat: bool
) -> list[tuple[float, float]]:
    """Let unbiased walkers walk from the origin; at each time [min] the mean of x^2 [um^2] and its standard error."""
    cells = cells_of_one_kind(count)
    rows = np.arange(count, dtype=np.int32)
    law = LawPlan("persistent", "within-reach", "isotropic", "reduced")
    numbers = numbers_of_one_kind(speed=speed, persistence=persistence, bias=0.0)
    nothing = Field.build(
        "nothing", "1", VoxelGrid.of_box((60.0, 60.0, 60.0), 20.0), 1.0, 0.0, 0.0, "closed", 0.0
    )
    found, step = [], 0
    for time in times:
        while step < round(time / dt):
            cells.velocity[:count] = 0.0
            motility.advance(cells, rows, numbers, nothing, law, flat, seed, step, dt)
            _move(cells, dt, first=step == 0, flat=flat)
            step += 1
        squares = (cells.place[:count, :3].astype(np.float64) ** 2).sum(axis=1)
        found.append((float(squares.mean()), float(squares.std(ddof=1) / np.sqrt(count))))
    return found


def _move(cells: Cells, dt: float, *, first: bool, flat: bool) -> None:
    blocks = (cells.count + BLOCK - 1) // BLOCK
    move(
        cells.place,
        cells.velocity,
        cells.velocity_before,
        cells.count,
        np.float32(dt),
        np.float32(0.0 if first else 0.5),
        EDGE,
        flat,
        np.full(3, EDGE / 2, dtype=np.float32),
        np.full(3, EDGE, dtype=np.float32),
        np.zeros(3, dtype=np.bool_),
        np.full(3, np.inf, dtype=np.float32),
        np.zeros((cells.count, 3), dtype=np.float32),
        np.zeros(blocks, dtype=np.float32),
        np.zeros(blocks, dtype=np.float32),
        np.zeros(blocks, dtype=np.int64),
    )
