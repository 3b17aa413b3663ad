"""What a slab says of the lesion it is a sample of: how much of it, from how many founders, and what zero means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perforin.analysis import tables
from perforin.analysis import wording as say

if TYPE_CHECKING:
    from perforin.analysis.burden import Burden
    from perforin.results.run import RunData

RULE_OF_THREE = 3.0  # none in a sample: fewer than this many times its weight in all (95 %)
ENOUGH_NEGATIVE = 20  # antigen-negative cells at the start; with fewer an empty slab says nothing of escape


def stands_for(run: RunData) -> str:
    """The sentence that says what the slab of a run stands for; nothing for a dish."""
    slab = run.meta.get("slab")
    if not slab:
        return ""
    sentence = f"This slab stands for {say.percent(100 * slab['share'])} of the lesion"
    entered = tables.column(run, "entered")
    if not run.meta.get("doses") or not entered.size:
        return sentence + "."
    return f"{sentence}; {say.cells(entered[-1], 'T')} entered it (its founders)."


def cleared(run: RunData, tumour: Burden) -> str:
    """What an empty slab lets one say of the lesion; nothing where cells are left, or for a dish."""
    slab = run.meta.get("slab")
    if not slab or tumour.start == 0 or tumour.end > 0:
        return ""
    most = RULE_OF_THREE * slab["weight"]
    sentence = (
        f"None in this sample means fewer than about {say.count(most)} in that share of the lesion (95 %)"
    )
    negative = tables.column(run, "antigen_negative")
    if negative.size and negative[0] < ENOUGH_NEGATIVE:
        few = say.cells(negative[0], "antigen-negative tumour")
        return f"{sentence}; with {few} at the start it is too small to show escape."
    return sentence + "."
