"""Tissues in which every answer is known: cells put where a test wants them, read like a run."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

RADIUS, STEP = 8.0, 15.0  # um: of a cell, and between the cells of a lattice


@dataclass
class Built:
    """The read side of a run of constructed moments."""

    moments: dict[float, pd.DataFrame]
    edge: tuple = (300.0, 300.0, 300.0)
    periodic: tuple = (True, True, True)
    more: dict = field(default_factory=dict)
    curves: dict = field(default_factory=dict)

    @property
    def meta(self):
        roles = {"tumour": "tumour", "killer": "t_cell", "fibroblast": "host"}
        return {
            "geometry": {"kind": "block", "box": list(self.edge), "periodic": list(self.periodic)},
            "types": [{"name": name, "role": role} for name, role in roles.items()],
            **self.more,
        }

    @property
    def snapshot_days(self):
        return sorted(self.moments)

    @property
    def series(self):
        return pd.DataFrame(self.curves)

    def cells(self, day):
        return self.moments[day]


def cells(tumour, t_cells=(), host=(), oxygen=20.0, dead=0):
    """One moment: so many places of each kind; the last `dead` tumour cells are dying."""
    parts = [np.asarray(places, float).reshape(-1, 3) for places in (tumour, t_cells, host)]
    many = [len(places) for places in parts]
    place, total = np.concatenate(parts), sum(many)
    fate = np.full(total, "alive", object)
    fate[many[0] - dead : many[0]] = "apoptotic"
    return pd.DataFrame(
        {
            "type": pd.Categorical(np.repeat(["tumour", "killer", "fibroblast"], many)),
            "fate": pd.Categorical(fate), "radius": np.float32(RADIUS), "antigen": 1.0,
            "oxygen": np.broadcast_to(np.asarray(oxygen, float), total),
            "x": place[:, 0], "y": place[:, 1], "z": place[:, 2],
        }
    )  # fmt: skip


def block(edge=(300.0, 300.0, 300.0), step=STEP):
    """(n, 3) a lattice that fills a periodic box without a seam."""
    axes = [
        -0.5 * length + length / round(length / step) * (np.arange(round(length / step)) + 0.5)
        for length in edge
    ]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)


def run(one, day=1.0, **how):
    """A run with one moment."""
    return Built({day: one}, **how)
