"""What a slab says of the lesion it is a sample of: how much of it, from how many founders, and what became of it.

Whether a lesion shrinks or responds is a matter of the patient: a slab speaks of its own cells only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import depths, guesses, tables
from perforin.analysis import wording as say
from perforin.analysis.burden import burden

if TYPE_CHECKING:
    from perforin.results.run import RunData

CLEAR = 5.0  # % of change below which a count is not said to have risen or fallen
RULE_OF_THREE = 3.0  # none in a sample: fewer than this many times its weight in all (95 %)
ENOUGH_NEGATIVE = 20  # cells that no CAR sees at the start; with fewer an empty slab says nothing of escape


@dataclass(frozen=True)
class Lesion:
    """A slab from its start over its lowest count to its end."""

    share: float  # of the lesion that the slab stands for
    weight: float  # slabs in the contact area of the lesion
    founders: float  # T cells that entered it
    start: float  # living tumour cells
    nadir: float  # the fewest after the start
    nadir_day: float
    end: float
    negative_start: float  # of them, those that no CAR sees
    negative_nadir: float
    negative_end: float
    depth_start: float  # mean thickness of the tissue, dying cells included [um]
    depth_end: float
    cleared_depth: (
        float  # below the surface of day 0, cleared of cells that a CAR sees [um]; nan if not known
    )

    @property
    def fell(self) -> bool:
        """Whether the tumour cells were ever clearly fewer than at the start."""
        return self.start > 0 and self.nadir <= (1 - CLEAR / 100) * self.start

    @property
    def nadir_of_start(self) -> float:
        """The nadir as a share of the start; nan for an empty start."""
        return self.nadir / self.start if self.start > 0 else math.nan

    @property
    def end_of_start(self) -> float:
        """The end as a share of the start; nan for an empty start."""
        return self.end / self.start if self.start > 0 else math.nan

    @property
    def unseen_start(self) -> float:
        """Share of the tumour cells at the start that no CAR sees; nan where there are none."""
        return self.negative_start / self.start if self.start > 0 else math.nan

    @property
    def unseen_end(self) -> float:
        """Share of the tumour cells at the end that no CAR sees; nan where none is left."""
        return self.negative_end / self.end if self.end > 0 else math.nan

    @property
    def lost_depth(self) -> float:
        """How much thinner the tissue has become [um]; negative where it grew."""
        return self.depth_start - self.depth_end

    @property
    def regrown(self) -> float:
        """Cells gained since the nadir."""
        return self.end - self.nadir

    @property
    def regrowth(self) -> float:
        """End over nadir; infinite after a nadir of zero, 1 where the nadir is the end or nothing came back."""
        if self.nadir > 0:
            return self.end / self.nadir
        return math.inf if self.end > 0 else 1.0

    @property
    def negative_of_regrown(self) -> float:
        """Share of the cells gained since the nadir that no CAR sees, births less deaths; nan without a gain."""
        gained = self.negative_end - self.negative_nadir
        return float(np.clip(gained / self.regrown, 0.0, 1.0)) if self.regrown > 0 else math.nan

    @property
    def is_empty(self) -> bool:
        """Whether tumour cells were there and none is left."""
        return self.start > 0 and self.end == 0

    @property
    def is_cleared(self) -> bool:
        """Empty, and from enough cells that no CAR sees at the start that escape would have shown."""
        return self.is_empty and self.negative_start >= ENOUGH_NEGATIVE


def lesion(run: RunData) -> Lesion | None:
    """Read the slab of a run; None for a dish, and before anything was recorded."""
    slab, tumour = run.meta.get("slab"), burden(run)
    day, negative = tables.column(run, "day"), tables.column(run, "antigen_negative")
    if not slab or not day.size:
        return None
    entered, depth = tables.column(run, "entered"), tables.column(run, "tissue_depth")
    return Lesion(
        share=float(slab["share"]),
        weight=float(slab["weight"]),
        founders=float(entered[-1]) if entered.size else 0.0,
        start=tumour.start,
        nadir=tumour.nadir,
        nadir_day=tumour.nadir_day,
        end=tumour.end,
        negative_start=float(negative[0]),
        negative_nadir=float(np.interp(tumour.nadir_day, day, negative)),
        negative_end=float(negative[-1]),
        depth_start=float(depth[0]),
        depth_end=float(depth[-1]),
        cleared_depth=depths.cleared_depth(run, run.snapshot_days[-1]) if run.snapshot_days else math.nan,
    )


def stands_for(run: RunData) -> str:
    """The sentence that says what the slab of a run stands for; nothing for a dish."""
    slab = run.meta.get("slab")
    if not slab:
        return ""
    sentence = f"This slab stands for {say.percent(100 * slab['share'])} of the lesion"
    entered = tables.column(run, "entered")
    if not run.meta.get("doses") or not entered.size:
        return sentence + "."
    sentence += f"; {say.cells(entered[-1], 'T')} entered it (its founders)"
    if guesses.too_few(entered[-1]):
        sentence += (
            ", too few for one run to be an answer: read it as one of at least "
            f"{guesses.ENOUGH_REPLICATES} replicates"
        )
    return sentence + "."


def none_left(found: Lesion) -> str:
    """What an empty slab lets one say of the lesion; nothing where cells are left."""
    if not found.is_empty:
        return ""
    most = at_most(found)
    if not found.is_cleared:
        few = say.cells(found.negative_start, "antigen-negative tumour")
        return f"None in this sample means {most}; with {few} at the start it is too small to show escape."
    return f"It is cleared: none in this sample means {most}."


def at_most(found: Lesion) -> str:
    """How many cells an empty slab leaves possible in the lesion: 3 w, as none in a sample allows (95 %)."""
    return f"fewer than about {say.count(RULE_OF_THREE * found.weight)} in that share of the lesion (95 %)"
