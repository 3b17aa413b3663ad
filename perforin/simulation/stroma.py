"""The stroma of a tissue: its matrix on the voxels of the fields, and what of the tissue it shuts out."""

from __future__ import annotations

import numpy as np

from perforin.engine.recut import recut
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue import matrix, remodelling, stroma
from perforin.mechanisms.tissue.passage import Ground, ground_of
from perforin.scenario.plan import Plan, StromaPlan

NO_DRIVER = np.zeros((1, 1, 1), dtype=np.float32)


class Stroma:
    """The density of the matrix and the axis of its fibres, which changes do not turn."""

    def __init__(self, plan: Plan, grid: VoxelGrid) -> None:
        if plan.stroma is None:
            raise TypeError("a tumour without stroma")
        self.plan: StromaPlan = plan.stroma
        self.grid = grid
        self.density = np.zeros(grid.shape, dtype=np.float32)  # mg/mL
        self.axis = np.zeros((*grid.shape, 3), dtype=np.float32)  # as long as the fibres are aligned
        self._numbers = plan.numbers
        self._laid = np.zeros(grid.shape, dtype=np.float32)
        self._enzyme = np.zeros(grid.shape, dtype=np.float32)

    def __repr__(self) -> str:
        return f"Stroma({self.plan.layout}, {self.mean:.3g} mg/mL)"

    @property
    def solid(self) -> float:
        """The density that leaves no pore [mg/mL]."""
        return matrix.per_ml(self._numbers["matrix"], "solid")

    @property
    def filled(self) -> np.ndarray:
        """(nz, ny, nx) float32: the share of each voxel that matrix fills."""
        return self.density / np.float32(self.solid)

    @property
    def volume(self) -> float:
        """Of the matrix in the tissue [um^3]."""
        return float(self.filled.sum(dtype=np.float64)) * self.grid.voxel_volume

    @property
    def mean(self) -> float:
        """Mean density of the voxels that have any [mg/mL]."""
        some = self.density[self.density > 0.0]
        return float(some.mean(dtype=np.float64)) if some.size else 0.0

    @property
    def ground(self) -> Ground:
        """What T cells walk on."""
        return ground_of(self.density, self.axis, self._numbers["passage"], self.solid)

    def begin(self, founders: np.ndarray, box, seed: int) -> None:
        """Lay the matrix of day 0 around the places of the founders (n, 3) [um]."""
        laid = stroma.lay(self.plan.layout, self._numbers["matrix"], self.grid, box, founders, seed)
        self.density[:], self.axis[:] = laid.density, laid.fibre

    def density_at(self, places: np.ndarray) -> np.ndarray:
        """(n,) density at some places (n, 3) [um], in mg/mL; a place outside the box reads the nearest voxel."""
        return self.density[self.grid.holding(places)]

    def lie_on(self, grid: VoxelGrid) -> None:
        """Lie on another grid of the same tissue, stretched or cut into other voxels: the amount of matrix stays."""
        if grid.shape != self.grid.shape:
            self.density = recut(self.density, grid.shape)
            self.axis = np.stack([recut(along, grid.shape) for along in np.moveaxis(self.axis, 3, 0)], axis=3)
            self._laid, self._enzyme = np.zeros_like(self.density), np.zeros_like(self.density)
        before = self.grid.spacing * np.array(self.grid.shape[::-1])
        after = grid.spacing * np.array(grid.shape[::-1])
        self.density *= np.float32(np.prod(before / after))
        self.grid = grid

    def remodel(self, cells, fields, span: float) -> None:
        """Let the cells lay down matrix and enzymes cut it for `span` [min]."""
        n, own = self._numbers["matrix"], self._numbers["remodelling"]
        remodelling.gather(
            cells.type,
            cells.fate,
            cells.place,
            cells.count,
            self.grid.corner,
            self.grid.spacing,
            own.deposition,
            own.enzyme,
            float(n.bath[0]),
            self._laid,
            self._enzyme,
        )
        driver = fields[self.plan.driver].values if self.plan.driver else NO_DRIVER
        gain, turnover, cut = (float(getattr(n, name)[0]) for name in ("drive_gain", "turnover", "cut"))
        matrix.remodel(
            self.density,
            self._laid,
            self._enzyme,
            driver,
            self.plan.driver_half,
            gain,
            self.solid,
            turnover,
            cut,
            span,
        )

    def state(self) -> dict[str, np.ndarray]:
        """What a checkpoint must keep."""
        return {"density": self.density, "axis": self.axis}

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take the matrix from a checkpoint."""
        for name, array in self.state().items():
            array[:] = arrays[name]
