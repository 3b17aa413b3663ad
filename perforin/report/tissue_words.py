"""What the report says below its pictures of the tissue: of a tumour in a dish, or of a slab that faces a fluid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perforin.analysis.binders import pair

if TYPE_CHECKING:
    from perforin.results.run import RunData

OXYGEN_BEHIND = "Behind them the oxygen field, with lines of equal oxygen."


@dataclass(frozen=True)
class Words:
    """Captions, and descriptions for who cannot see the pictures."""

    views: str
    slices_alt: str  # {when}
    slices: str
    oxygen_alt: str
    oxygen: str
    types_alt: str  # {day}
    types: str
    penetration_alt: str
    penetration: str


DISH = Words(
    views="The dish from one corner, the eighth towards the reader cut away; the same scale on every day.",
    slices_alt="Slices through the middle of the tissue on {when}: cells by type and by antigen level over oxygen.",
    slices="The plane through the tumour\u2019s centre, from which x and y are counted. Above, cells by type; "
    f"below, tumour cells by antigen level. {OXYGEN_BEHIND}",
    oxygen_alt="Mean oxygen against distance from the tumour's centre.",
    oxygen="Oxygen at the living cells from the centre out.",
    types_alt="Shares of tumour cells, T cells and dead cells against distance from the centre on {day}.",
    types="",
    penetration_alt="Penetration depth and tumour radius over time.",
    penetration="Mean depth below the surface of the T cells inside the tumour, next to its radius.",
)
UPRIGHT = (
    "An upright cut through the middle of the slab, the fluid of the ventricle above, depth counted from the surface "
    "of day 0 (dashed). T cells of a section 20\u00a0\u00b5m thick are shown whole, all other cells as they are cut. "
)
SLAB = Words(
    views="The slab from one corner, the fluid above it, the eighth towards the reader cut away; the same scale on "
    "every day.",
    slices_alt="Upright cuts through the slab on {when}, the fluid above: cells by type and by antigen over oxygen.",
    slices=f"{UPRIGHT}Above, cells by type; below, tumour cells by antigen level. {OXYGEN_BEHIND}",
    oxygen_alt="Mean oxygen against depth below the surface of day 0, the fluid to the left.",
    oxygen="Mean oxygen of each layer, from the fluid (tinted, as on the later day) down.",
    types_alt="Density of tumour cells, of those that no CAR sees and of T cells against depth on {day}.",
    types="Dashed: the surface of day 0. T cells are drawn ten times as dense as they are.",
    penetration_alt="Median and 90th percentile of the depth of living T cells over time, in the depth of the tissue.",
    penetration="How deep below the surface of the day the living T cells inside the tissue are. Shaded: the tissue.",
)
BLOCK = Words(
    **{
        **vars(DISH),
        "views": "The block from one corner, the eighth towards the reader cut away; the same scale on every day.",
        "slices": "The level plane through the middle of the block. Above, cells by type; below, cells by antigen "
        f"level. {OXYGEN_BEHIND}",
    }
)
TWO_ANTIGENS = f"{UPRIGHT}Tumour cells by the binders that see them. {OXYGEN_BEHIND}"


def of(run: RunData) -> Words:
    """The words for a run."""
    if run.meta.get("block"):
        return BLOCK
    if not run.meta.get("slab"):
        return DISH
    if pair(run) is None:
        return SLAB
    return Words(**{**vars(SLAB), "slices": TWO_ANTIGENS})
