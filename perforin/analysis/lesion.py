"""What a slab or block says of the lesion it is a sample of: how much of it, how many founders, what became of it.

Whether a lesion shrinks or responds is a matter of the patient: a sample speaks of its own cells only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import depths, guesses, tables
from perforin.analysis import wording as say
from perforin.analysis.burden import burden
from perforin.quantities import UM2_PER_MM2, UM3_PER_ML

if TYPE_CHECKING:
    from perforin.results.run import RunData

CLEAR = 5.0  # % of change below which a count is not said to have risen or fallen
RULE_OF_THREE = 3.0  # none in a sample: fewer than this many times its weight in all (95 %)
ENOUGH_NEGATIVE = 20  # cells that no CAR sees at the start; with fewer an empty slab says nothing of escape


@dataclass(frozen=True)
class Lesion:
    """A slab or block from its start over its lowest count to its end."""

    share: float  # of the lesion that the sample stands for
    weight: float  # slabs in the contact area of the lesion, or blocks in its volume
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
    piece: str = "slab"
    volume_start: float = math.nan  # of the lesion that a block stands for [cm^3]; nan for a slab
    volume_end: float = math.nan
    dose_share: float = math.nan  # of the dose per cm^3 on day 1 [%]; nan for a slab
    frozen_day: float = math.nan  # from which a block is too small to follow its tissue
    vessels_start: float = math.nan  # drawn through a block, with flow or without; nan where none are
    vessels_end: float = math.nan

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


def piece(run: RunData) -> str:
    """What of a lesion was simulated: "slab", "block" or "suspension"; nothing for a dish."""
    if run.meta.get("block"):
        return run.meta["geometry"]["kind"]
    return "slab" if run.meta.get("slab") else ""


def lesion(run: RunData) -> Lesion | None:
    """Read the slab or block of a run; None for a dish, and before anything was recorded."""
    kind, tumour = piece(run), burden(run)
    day, negative = tables.column(run, "day"), tables.column(run, "antigen_negative")
    if not kind or not day.size:
        return None
    sample, entered = run.meta.get("slab") or run.meta["block"], tables.column(run, "entered")
    of_piece = _of_slab(run) if kind == "slab" else _of_block(run, day)
    return Lesion(
        piece=kind,
        share=float(sample.get("share", 1.0)),
        weight=float(sample["weight"]),
        founders=float(entered[-1]) if entered.size else 0.0,
        start=tumour.start,
        nadir=tumour.nadir,
        nadir_day=tumour.nadir_day,
        end=tumour.end,
        negative_start=float(negative[0]),
        negative_nadir=float(np.interp(tumour.nadir_day, day, negative)),
        negative_end=float(negative[-1]),
        **of_piece,
    )


def _of_slab(run: RunData) -> dict[str, float]:
    depth = tables.column(run, "tissue_depth")
    cleared = depths.cleared_depth(run, run.snapshot_days[-1]) if run.snapshot_days else math.nan
    return {"depth_start": float(depth[0]), "depth_end": float(depth[-1]), "cleared_depth": cleared}


def _of_block(run: RunData, day: np.ndarray) -> dict[str, float]:
    edge = tables.column(run, "block_edge")
    volume = run.meta["block"]["weight"] * edge**3 / UM3_PER_ML
    length = (
        tables.column(run, "vessel_density") / UM2_PER_MM2 * edge**2
        if run.meta.get("vessels")
        else np.array([math.nan])
    )
    vessels = np.maximum(1.0, np.round(length))
    share, frozen = tables.column(run, "id_per_cm3"), tables.column(run, "block_frozen") > 0
    treated = bool(run.meta.get("doses")) and day[-1] >= 1.0
    return {
        "depth_start": math.nan,
        "depth_end": math.nan,
        "cleared_depth": math.nan,
        "volume_start": float(volume[0]),
        "volume_end": float(volume[-1]),
        "dose_share": float(np.interp(1.0, day, share)) if treated else math.nan,
        "frozen_day": float(day[np.argmax(frozen)]) if frozen.any() else math.nan,
        "vessels_start": float(vessels[0]),
        "vessels_end": float(vessels[-1]),
    }


def is_a(kind: str, share: float, weight: float) -> str:
    """What a sample is to its lesion, as a sentence without its end."""
    if kind == "slab":
        return f"This slab stands for {say.percent(100 * share)} of the lesion"
    return f"This {kind} is a sample of the whole lesion, one of {say.count(weight)} such pieces on day 0"


def stands_for(run: RunData) -> str:
    """The sentence that says what the slab or block of a run stands for; nothing for a dish."""
    kind = piece(run)
    if not kind:
        return ""
    sample = run.meta.get("slab") or run.meta["block"]
    sentence = is_a(kind, sample.get("share", 1.0), sample["weight"])
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
    """What an empty sample lets one say of the lesion; nothing where cells are left."""
    if not found.is_empty:
        return ""
    most = at_most(found)
    if not found.is_cleared:
        few = say.cells(found.negative_start, "antigen-negative tumour")
        return f"None in this sample means {most}; with {few} at the start it is too small to show escape."
    return f"It is cleared: none in this sample means {most}."


def at_most(found: Lesion) -> str:
    """How many cells an empty sample leaves possible in the lesion: 3 w, as none in it allows (95 %)."""
    most = say.count(RULE_OF_THREE * found.weight)
    if found.piece == "slab":
        return f"fewer than about {most} in that share of the lesion (95 %)"
    return f"fewer than about {most} cells in the lesion (95 %)"
