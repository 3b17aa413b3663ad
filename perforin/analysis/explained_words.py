"""What was found about the obstacles of a run, in sentences: the same in the command, the report and the picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perforin.analysis import wording as say
from perforin.analysis.explained import BEYOND, Cost, Explained, Guess, excludes_zero

if TYPE_CHECKING:
    from perforin.analysis.intervals import Interval

BASIS = (
    "Cost: tumour cells at the end with the obstacle, less those without it, the same {seeds} seeds in both; "
    "mean and 95 % interval."
)

NAMED = 4  # of what the budget left out; explain.json has all


def headline(found: Explained) -> str:
    """Which obstacle costs most, and whether that is sure."""
    sure = [cost for cost in found.obstacles if excludes_zero(cost.cost) and cost.cost.mean > 0]
    if not sure:
        return "No obstacle was found whose removal leaves surely fewer tumour cells."
    dearest = sure[0]
    others = f", then {', '.join(cost.name for cost in sure[1:])}" if sure[1:] else ""
    return f"The dearest obstacle is {dearest.name}: it costs {_cells(dearest.cost)}{others}."


def verdict(cost: Cost) -> str:
    """Whether the interval excludes 0, and what sharing the luck gave."""
    if cost.cost.n < 2:
        sure = "one seed: no interval"
    else:
        sure = "differs from 0" if excludes_zero(cost.cost) else "0 is within the interval"
    return f"{sure}; {pairing(cost)}"


def pairing(cost: Cost) -> str:
    """The measured correlation of the ends with and without."""
    r = cost.correlation
    if math.isnan(r):
        return "correlation of the seeds cannot be told"
    return f"the seeds pair (r = {r:.2f})" if r > 0 else f"pairing gains nothing (r = {r:.2f})"


def interaction(cost: Cost) -> str:
    """How far two obstacles together are from their sum."""
    found = cost.interaction
    if found is None or found.n == 0:
        return f"{cost.name}: no interaction could be told."
    words = f"{cost.name}: without both the gain differs from the sum of their gains by {found}"
    if not excludes_zero(found):
        return f"{words}: not surely."
    return (
        f"{words}: they back each other." if found.mean > 0 else f"{words}: each hides what the other costs."
    )


def guess(found: Guess) -> str:
    """What one assumed number decides."""
    unit = "" if found.unit == "1" else f" {found.unit}"
    sides = [
        f"{side:g}{unit}: {effect.mean:+,.4g} tumour cells" + (f" ({_range(effect)})" if effect.n > 1 else "")
        for side, effect in zip(found.sides, found.effects, strict=True)
        if effect.n
    ]
    one = all(effect.n <= 1 for effect in found.effects)
    judged = "one seed against the scatter of the seeds" if one else "paired over seeds"
    mattered = "mattered" if found.mattered else "did not surely matter"
    return f"{found.path} ({found.value:g}{unit}) {mattered}: {'; '.join(sides)}; {judged}"


def left_out(found: Explained) -> list[str]:
    """What was not run and why; of what the budget left out only the first are named, and how many more there are."""
    late = [what.removesuffix(f": {BEYOND}") for what in found.left_out if what.endswith(BEYOND)]
    rest = [what for what in found.left_out if not what.endswith(BEYOND)]
    if not late:
        return rest
    more = f" and {say.count(len(late) - NAMED)} more" if len(late) > NAMED else ""
    return [f"{'; '.join(late[:NAMED])}{more}: beyond the budget", *rest]


def _range(found: Interval) -> str:
    return f"95 % {found.low:+,.4g} to {found.high:+,.4g}"


def _cells(found: Interval) -> str:
    return f"{say.cells(found.mean, 'tumour')} (95 % {say.count(found.low)} to {say.count(found.high)})"
