"""The block of a lesion: a periodic piece from within it, what it stands for, and what enters it.

Cells that leave through a face come in through the one across; fields are mirrored at the faces. In a tissue that is
alike everywhere the two are the same, and a mirrored field differs from a periodic one only within its own range of
the faces.
"""

from __future__ import annotations

import numpy as np

from perforin.engine.diffusion import Field
from perforin.mechanisms.tissue import perfusion
from perforin.quantities import Numbers
from perforin.scenario.entries import OXYGEN
from perforin.scenario.plan import BlockPlan


class Block:
    """What a tissue from within a lesion has besides cells and fields."""

    def __init__(self, plan: BlockPlan, edge: float) -> None:
        self.plan = plan
        self.edge = edge  # um

    def __repr__(self) -> str:
        return f"Block({self.edge:.0f} um, weight {self.plan.weight:.4g})"

    def supply(self, field: Field, numbers: Numbers) -> None:
        """Add what vessels take and give to what a field loses and gains."""
        if field.name == OXYGEN:
            rate = perfusion.exchange_rate(numbers, field.diffusion)
            field.loss += np.float32(rate)
            field.gain += np.float32(rate * float(numbers.blood[0]))

    def row(self) -> dict[str, float]:
        """The columns of the series that a block adds."""
        return {"block_edge": self.edge}

    def state(self) -> dict[str, np.ndarray]:
        """What a checkpoint must keep."""
        return {"edge": np.array([self.edge])}

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take the numbers from a checkpoint."""
        self.edge = float(arrays["edge"][0])
