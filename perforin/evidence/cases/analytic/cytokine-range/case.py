"""How far cytokines reach: interferon gamma decays only and goes far, IL-2 is taken up by T cells and does not.

    lambda = sqrt(D / (decay + uptake * density)),   plane: exp(-x / lambda),   point: exp(-r / lambda) / (4 pi D r)

Interferon with the numbers of its library entry. IL-2 by the product's uptake with receptors of high affinity
(3.16 um^3/min, 2,000 per cell) among 2e8 T cells per mL: lambda is 22 um, a few cells. Voxels of half of that give the
range to one per cent, and a sixth too much around a single cell; in voxels of 20 um the range is still right to 3 %,
but the levels are those of a neighbourhood: 30 % too much one range from a cell and at the cell itself.
"""

import math

import numpy as np

from perforin.engine.cells import Cells
from perforin.engine.diffusion import Field, solve_steady
from perforin.engine.voxels import VoxelGrid
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row
from perforin.mechanisms.tissue import columns_of, il2
from perforin.quantities import Numbers
from perforin.scenario.catalog import library
from perforin.scenario.units import canonical

DENSITY = 2e-4  # T cells per um^3
HIGH_AFFINITY = 3.16  # um^3/min per receptor
DIFFUSION = 600.0  # um^2/min, of IL-2
COARSE = 20.0  # um, the default voxel


def measure(seed=None) -> list[Row]:
    """Interferon left at 800 um; the range of IL-2 in fine and in coarse voxels, and beside one cell."""
    expected, uptake = read_figures(__file__), _uptake()
    length = math.sqrt(DIFFUSION / uptake)
    interferon = library().find("fields", "IFN-gamma").entry
    diffusion, decay = (canonical(v.value, v.unit) for v in (interferon.diffusion, interferon.decay))
    return [
        expected.row("IFN-gamma: left of the wall's value at 800 um", _left_at(800.0, diffusion, decay)),
        expected.row("IL-2: range among T cells of high affinity", length),
        expected.row("IL-2: range seen by voxels of half of it", _range(length / 2, uptake) / length),
        expected.row("IL-2: one range from a cell, voxels of a quarter", _beside(length, length / 4, uptake)),
        expected.row(
            "IL-2: one range from a cell, voxels of half of it", _beside(length, length / 2, uptake)
        ),
        expected.row("IL-2: one range from a cell, voxels of 20 um", _beside(length, COARSE, uptake)),
        expected.row(
            "IL-2: in the voxel of 20 um of the cell, beside its surface", _own(8.0, COARSE, uptake)
        ),
        expected.row("IL-2: range seen by voxels of 20 um", _range(COARSE, uptake) / length),
    ]


def _uptake() -> float:
    """What T cells take from each voxel [1/min], by the product's law."""
    cells = Cells(columns_of("car"), capacity=1)
    cells.append(1, id=1, type=0)
    given = il2.Il2()
    numbers = {"rate": given.rate.value, "receptors": given.receptors.value, "on_rate": HIGH_AFFINITY}
    law = Numbers({name: np.full(1, value) for name, value in numbers.items()})
    loss, gain = np.zeros(1, dtype=np.float32), np.zeros(1, dtype=np.float32)
    il2.exchange_per_cell(cells, np.zeros(1, dtype=np.int32), law, 6.0, 1.0 / DENSITY, loss, gain)
    return float(loss[0])


def _plane(spacing: float, diffusion: float, sink: float, voxels: int) -> tuple[np.ndarray, np.ndarray]:
    """Distance from the wall [um] and level, of a wall that gives into the first voxel."""
    grid = VoxelGrid((1, 1, voxels), spacing, (0.0, 0.0, 0.0))
    field = Field.build("cytokine", "pM", grid, diffusion, sink, 0.0, "closed", 0.0)
    field.gain[0, 0, 0] = 1.0
    solve_steady(field, tolerance=1e-7)
    return grid.centres()[0].ravel(), field.values.ravel().astype(float)


def _left_at(distance: float, diffusion: float, sink: float) -> float:
    x, values = _plane(COARSE, diffusion, sink, 400)
    wall = COARSE * math.sqrt(diffusion / sink) / diffusion
    return float(np.interp(distance, x, values)) / wall


def _range(spacing: float, sink: float) -> float:
    _, values = _plane(spacing, DIFFUSION, sink, 40)
    return float(spacing / math.log(values[2] / values[3]))


def _around(spacing: float, sink: float) -> tuple[VoxelGrid, np.ndarray]:
    """Levels around one cell that gives 1 unit um^3/min, in the middle of the middle voxel."""
    n = 2 * math.ceil(120.0 / spacing) + 1
    grid = VoxelGrid.of_box((n * spacing,) * 3, spacing)
    field = Field.build("IL-2", "nM", grid, DIFFUSION, sink, 0.0, "fixed", 0.0)
    field.gain[n // 2, n // 2, n // 2] = 1e6 / grid.voxel_volume
    solve_steady(field, tolerance=1e-7)
    return grid, field.values[n // 2, n // 2, n // 2 :].astype(float)


def _exact(r: float, sink: float) -> float:
    return 1e6 / (4 * math.pi * DIFFUSION * r) * math.exp(-r * math.sqrt(sink / DIFFUSION))


def _beside(r: float, spacing: float, sink: float) -> float:
    """What a cell r away reads in its voxel, beside the closed form."""
    _, values = _around(spacing, sink)
    return float(values[round(r / spacing)]) / _exact(r, sink)


def _own(radius: float, spacing: float, sink: float) -> float:
    _, values = _around(spacing, sink)
    return float(values[0]) / _exact(radius, sink)
