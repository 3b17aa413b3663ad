"""The slab of a lesion: the fluid that it faces, what enters from it, and where the tissue is now.

Sideways cells are periodic and fields are mirrored: for a slab that is alike everywhere the two are the same, and a
field differs from a periodic one only within its own range of the sides.
"""

from __future__ import annotations

import numpy as np

from perforin.engine.diffusion import Field
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.body.coupling import Ledger
from perforin.mechanisms.body.csf import Fluid
from perforin.mechanisms.tissue import perfusion, trafficking
from perforin.mechanisms.tissue.vessels import openness
from perforin.quantities import UM3_PER_ML, Numbers
from perforin.scenario.plan import SlabPlan, VesselExchange


class Slab:
    """What a tissue that faces a fluid has besides cells and fields."""

    def __init__(self, plan: SlabPlan, kinds: int, grid: VoxelGrid) -> None:
        self.plan = plan
        self.grid = grid
        self.fluid = Fluid(kinds)
        self.ledger = Ledger(kinds, plan.weight)
        self.tissue = np.zeros(grid.shape, dtype=bool)

    def __repr__(self) -> str:
        return f"Slab({self.fluid}, {self.ledger})"

    @property
    def surface(self) -> np.ndarray:
        """(ny, nx) height of the tissue in each column of voxels [um]."""
        return perfusion.surface_of(self.tissue, self.grid)

    @property
    def depth(self) -> float:
        """Mean thickness of the tissue [um]."""
        return float(self.tissue.sum(axis=0).mean() * self.grid.spacing)

    def look(self, tumour: np.ndarray) -> None:
        """Find out where the tissue is. tumour (n, 3 or more) places of its cells, living and dead."""
        self.tissue = perfusion.tissue_of(tumour, self.grid, self.plan.density)

    def let_in(self, state, volumes: Numbers, seed: int, step: int, span: float, minute: float) -> int:
        """Let cells of the fluid enter during a step of `span` [min]; returns how many came."""
        debited = self.fluid.pass_on(self.plan.loss, self.plan.entry, span)
        entering = self.ledger.settle(debited, seed, step)
        before = state.counters["arrivals"]
        for kind in np.flatnonzero(entering):
            many = int(entering[kind])
            trafficking.arrive_through_face(
                state.cells,
                many,
                int(kind),
                before,
                state.box,
                self.surface,
                volumes,
                seed,
                state.events,
                minute,
            )
            before += many
        return int(entering.sum())

    def supply(
        self,
        field: Field,
        numbers: Numbers,
        passing: VesselExchange | None,
        fluid: float,
        matrix: np.ndarray | None,
    ) -> None:
        """Add vessels and fluid to what a field loses and gains.

        passing: how it crosses the walls of vessels, or None; fluid: its level there [the field's unit]
        matrix  (nz, ny, nx) about the vessels, or None
        """
        stirring = perfusion.stirring_rate(numbers, field.diffusion)
        vessels, blood = 0.0, 0.0
        if passing is not None:
            vessels = perfusion.exchange_rate(numbers, field.diffusion, passing.permeability)
            blood = passing.blood
            if matrix is not None and self.plan.squeeze is not None:
                vessels = vessels * openness(matrix, self.plan.squeeze)
        perfusion.supply(field, self.tissue, vessels, blood, stirring, fluid)

    def turn_back(self, cells, rows: np.ndarray) -> None:
        """Keep the T cells in `rows` from swimming away."""
        trafficking.turn_back(
            rows, cells.place, cells.heading, self.tissue, self.grid.corner, self.grid.spacing
        )

    def depths(self, place: np.ndarray) -> np.ndarray:
        """(m,) how far below the surface of its column each place lies [um], negative in the fluid."""
        return self.surface[self.grid.holding(place[:, :2])] - place[:, 2]

    def row(self) -> dict[str, float]:
        """The columns of the series that a slab adds."""
        inside = float(self.fluid.inside.sum())
        return {
            "tissue_depth": self.depth,
            "entered": float(self.ledger.entered.sum()),
            "csf_t_cells": inside,
            "csf_t_cells_per_ml": inside / self.plan.volume * UM3_PER_ML,
        }

    def state(self) -> dict[str, np.ndarray]:
        """What a checkpoint must keep: the numbers of the fluid and the ledger. The tissue is found anew."""
        fluid, ledger = self.fluid, self.ledger
        return {
            "inside": fluid.inside,
            "lost": fluid.lost,
            "balance": ledger.balance,
            "entered": ledger.entered,
        }

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take the numbers from a checkpoint."""
        for name, array in self.state().items():
            array[:] = arrays[name]
