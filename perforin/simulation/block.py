"""The block of a lesion: a periodic piece from within it, the blood that reaches it, and what it stands for.

Cells that leave through a face come in through the one across; fields are mirrored at the faces. In a tissue that is
alike everywhere the two are the same, and a mirrored field differs from a periodic one only within its own range of
the faces. Where the tissue has stroma, its matrix squeezes the vessels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from perforin.engine.diffusion import Field
from perforin.mechanisms.body.blood import Pools
from perforin.mechanisms.body.coupling import Ledger
from perforin.mechanisms.tissue import depletion, extravasation, normalisation, perfusion
from perforin.mechanisms.tissue.apoptosis import is_alive
from perforin.mechanisms.tissue.chemotaxis import Receptor
from perforin.mechanisms.tissue.vessels import Lines
from perforin.quantities import UM2_PER_MM2, UM3_PER_ML, Numbers
from perforin.scenario.plan import T_CELL, BlockPlan, HostPlan, VesselExchange


def fibroblasts(cells, hosts: Sequence[HostPlan]) -> np.ndarray:
    """(m,) rows of the cells of the host that settled in stroma, living and dead."""
    return np.flatnonzero(np.isin(cells.type[: cells.count], [host.type for host in hosts if host.in_stroma]))


class Block:
    """What a tissue from within a lesion has besides cells and fields."""

    def __init__(
        self, plan: BlockPlan, receptors: tuple[Receptor, ...], kinds: int, edge: float, seed: int
    ) -> None:
        self.plan = plan
        self.receptors = receptors  # of T cells, by which chemokines call them in
        self.edge = edge  # um
        self.pools = Pools(kinds)
        self.ledger = Ledger(kinds, plan.weight)
        self.lines = Lines(plan.vessels, edge, seed) if plan.vessels is not None else None
        self.founding = 0  # fibroblasts of day 0
        self.standing = 1.0  # share of the capillaries that those alive uphold
        self.entry = 1.0  # times as many T cells enter a volume of perfused tumour as with vessels of day 0
        self.packing = 1.0  # share of the block that cells, matrix and vessels fill at rest: that of day 0
        self.frozen = False  # too small to be a sample, and left as it is

    def __repr__(self) -> str:
        return f"Block({self.edge:.0f} um, {self.pools}, {self.ledger})"

    @property
    def lesion_volume(self) -> float:
        """Of the whole lesion [um^3]."""
        return self.plan.weight * self.edge**3

    def normalise(self, minute: float) -> None:
        """Let anti-VEGF make of the vessels what it has made of them by this minute."""
        law = self.plan.normalisation
        if law is None or self.lines is None:
            return
        n, before = normalisation.level(law, minute), self.lines.numbers.perfused_fraction
        self.lines.let_flow(min(1.0, before * normalisation.times(law.flow_most, n)))
        self.entry = normalisation.times(law.extravasation_most, n)

    def deplete(self, state, hosts: Sequence[HostPlan], step: int, span: float, minute: float) -> None:
        """Let a treatment kill fibroblasts for `span` [min] from a minute of the run; fewer vessels stand without."""
        law = self.plan.depletion
        if law is None:
            return
        rows = fibroblasts(state.cells, hosts)
        depletion.advance(state.cells, rows, law, state.seed, step, state.events, minute, span)
        alive = int(is_alive(state.cells)[rows].sum())
        self.standing = depletion.standing(law, alive, self.founding)

    def exchange(self, state, volumes: Numbers, step: int, span: float, minute: float) -> int:
        """Let T cells leave and come during a step of `span` [min]; returns how many came."""
        self._let_out(state, step, span, minute)
        kinds = np.flatnonzero(self.pools.inside.any(axis=0)).tolist()  # of the cells in the body
        weights = {kind: self._doors(state, kind) for kind in kinds}
        entering = np.zeros(state.role.size)
        for kind, weight in weights.items():
            share = self.entry * self._perfused(weight)
            entering[kind] = self.plan.blood.extravasation * self.lesion_volume * share
        came = self.ledger.settle(self.pools.pass_on(self.plan.blood, entering, span), state.seed, step)
        before = state.counters["arrivals"]
        for kind in np.flatnonzero(came).tolist():
            ids = extravasation.names_of(kind, before, int(came[kind]))
            places = self._places(state, weights[kind], ids, float(volumes.target[kind]))
            extravasation.arrive(state.cells, kind, ids, places, volumes, state.events, minute)
            before += ids.size
        return int(came.sum())

    def _doors(self, state, kind: int) -> np.ndarray | None:
        """How welcome each length of vessel is to a kind of T cell; None where there are no vessels."""
        if self.lines is None:
            return None
        return extravasation.doors(self.lines, state.fields, state.grid, state.matrix, self.receptors, kind)

    def _perfused(self, weight: np.ndarray | None) -> float:
        """The share of the lesion's volume that T cells can enter."""
        if self.lines is None or weight is None:
            return 1.0
        return extravasation.share_of_vessels(self.lines, weight)

    def _places(self, state, weight: np.ndarray | None, ids: np.ndarray, volume: float) -> np.ndarray:
        if self.lines is None or weight is None:
            return extravasation.anywhere(ids, self.edge, state.seed)
        radius = (3.0 * volume / (4.0 * np.pi)) ** (1.0 / 3.0)
        return extravasation.beside_walls(self.lines, state.grid, weight, ids, radius, state.seed)

    def _let_out(self, state, step: int, span: float, minute: float) -> None:
        """T cells beside open vessels return to the blood, each as many as the block stands for."""
        if self.lines is None:
            return
        cells = state.cells
        rows = extravasation.leave(
            cells, state.is_role(T_CELL), self.lines, state.grid, state.matrix, state.seed, step, span
        )
        if not rows.size:
            return
        left = np.bincount(cells.type[rows], minlength=state.role.size)
        self.pools.take_back(self.ledger.give_back(left))
        state.events.add(minute, "egress", cells, rows)
        cells.reorder(np.delete(np.arange(cells.count), rows))

    def supply(
        self, field: Field, numbers: Numbers, passing: VesselExchange | None, matrix: np.ndarray | None
    ) -> None:
        """Add what vessels take and give to what a field loses and gains.

        passing: how it crosses their walls, or None; matrix  (nz, ny, nx) about them, or None
        """
        if passing is None:
            return
        if self.lines is not None:
            self.lines.supply(field, passing.permeability, passing.blood, matrix)
            return
        rate = perfusion.exchange_rate(numbers, field.diffusion, passing.permeability)
        field.loss += np.float32(rate)  # well mixed: all of it as near to blood as its mean
        field.gain += np.float32(rate * passing.blood)

    def row(self) -> dict[str, float]:
        """The columns of the series that a block adds."""
        circulating, rest = self.pools.inside.sum(axis=1)
        given, ledger = float(self.pools.given.sum()), self.ledger
        into = float((ledger.weight * (ledger.entered - ledger.left) + ledger.balance).sum())
        return {
            "block_edge": self.edge,
            "block_frozen": float(self.frozen),
            "vessel_density": self.lines.length / self.edge**2 * UM2_PER_MM2
            if self.lines is not None
            else 0.0,
            "entered": float(ledger.entered.sum()),
            "left": float(ledger.left.sum()),
            "blood_t_cells": float(circulating),
            "body_t_cells": float(rest),
            "id_per_cm3": 100.0 * into / given / self.lesion_volume * UM3_PER_ML if given > 0.0 else 0.0,
        }

    def state(self) -> dict[str, np.ndarray]:
        """What a checkpoint must keep."""
        kept = {
            "edge": np.array([self.edge]),
            "packing": np.array([self.packing]),
            "frozen": np.array([self.frozen]),
            "inside": self.pools.inside,
            "lost": self.pools.lost,
            "given": self.pools.given,
            "balance": self.ledger.balance,
            "entered": self.ledger.entered,
            "left": self.ledger.left,
        }
        if self.plan.depletion is not None:
            kept["founding"] = np.array([self.founding])
        if self.lines is not None:
            kept |= {
                "vessels": self.lines.place,
                "flows": self.lines.flows,
                "chance": self.lines.chance,
                "length": np.array([self.lines.length]),
            }
        return kept

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take the numbers from a checkpoint."""
        self.edge, self.packing = float(arrays["edge"][0]), float(arrays["packing"][0])
        self.frozen = bool(arrays["frozen"][0])
        self.pools.inside[:], self.pools.lost[:] = arrays["inside"], arrays["lost"]
        self.pools.given[:], self.ledger.balance[:] = arrays["given"], arrays["balance"]
        self.ledger.entered[:], self.ledger.left[:] = arrays["entered"], arrays["left"]
        if self.plan.depletion is not None:
            self.founding = int(arrays["founding"][0])
        if self.lines is not None:
            self.lines.place, self.lines.flows = arrays["vessels"].copy(), arrays["flows"].copy()
            self.lines.chance, self.lines.length = arrays["chance"].copy(), float(arrays["length"][0])
