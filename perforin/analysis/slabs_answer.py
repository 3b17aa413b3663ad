"""The answer of replicates of a slab in words and numbers: what they have in common, and how far they differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from perforin.analysis import wording as say
from perforin.analysis.burden import burden
from perforin.analysis.guesses import caveat_over
from perforin.analysis.killing import killing
from perforin.analysis.lesion import at_most, is_a
from perforin.analysis.number import Number
from perforin.analysis.slabs import Slabs, Spread, slabs, spread
from perforin.analysis.summary import Summary
from perforin.analysis.survivors import REASONS, label, survivors
from perforin.analysis.tables import was_attacked

if TYPE_CHECKING:
    from perforin.results.run import RunData

LISTED = 12  # as many founders are written one by one


def summary(runs: Sequence[RunData]) -> Summary | None:
    """Replicates of a slab as one answer; None for dishes, and before anything was recorded."""
    found = slabs(runs)
    if found is None:
        return None
    treated, days = any(was_attacked(run) for run in runs), min(burden(run).days for run in runs)
    reasons = mean_survivors(runs)
    cleared = none_left(found) if treated else ""
    answer = [_stands_for(found, treated), _course(found, days, treated), cleared]
    sentences = [_why(reasons), _unseen(found), _depth(found)] if treated else []
    return Summary(
        headline=" ".join(filter(None, answer)),
        sentences=tuple(filter(None, sentences)),
        numbers=tuple(_numbers(found, days) + (_attack(runs, found) if treated else [])),
        survivors={reason: round(number) for reason, number in reasons.items()},
        caveat=caveat_over(runs, [one.founders for one in found.each]),
    )


def mean_survivors(runs: Sequence[RunData]) -> dict[str, float]:
    """The survivors by reason, the mean over the replicates."""
    each = [survivors(run) for run in runs]
    return {reason: sum(one[reason] for one in each) / len(each) for reason in REASONS}


def none_left(found: Slabs) -> str:
    """How many replicates were cleared, and what that means for the lesion; only where there was enough to escape."""
    if found.each[0].start == 0:
        return ""
    many, empty, cleared = len(found), found.empty, found.cleared
    if not empty:
        return f"No replicate was cleared: tumour cells are left in {'both' if many == 2 else f'all {many}'}."
    words = f"{cleared} of {many} replicates {_were(cleared)} cleared" if cleared else ""
    if empty > cleared:
        emptied = f"{empty - cleared} of {many} {_were(empty - cleared)} empty at the end"
        words += f"; {emptied}" if words else emptied
        words += ", too small a sample at the start to show escape"
    return f"{words}. None in a sample means {at_most(found.each[0])}."


def _stands_for(found: Slabs, treated: bool) -> str:
    one = found.each[0]
    words = is_a(one.piece, one.share, one.weight)
    if not treated:
        return words + "."
    came = found.over(lambda one: one.founders)
    return f"{words}; {_range(came)} T cells entered each of its {len(found)} replicates (their founders)."


def _course(found: Slabs, days: float, treated: bool) -> str:
    many, last, fell = len(found), say.moment(days), found.fell
    if found.each[0].start == 0:
        return "There was no tumour to begin with."
    end = found.over(lambda one: 100 * one.end_of_start)
    ends = f"{say.percent(end.mean, 0)} of the start by {last} (mean{_sure(end)})"
    if not treated:
        return f"Untreated, their tumour cells came to {ends}."
    if fell is None:
        return f"Their tumour cells never fell clearly below the start and came to {ends}."
    low, day = fell.over(lambda one: 100 * one.nadir_of_start), fell.over(lambda one: one.nadir_day)
    who = "Their tumour cells" if len(fell) == many else f"In {len(fell)} of {many}, the tumour cells"
    all_ = "and" if len(fell) == many else "and over all of them"
    when = say.moment(day.median) + _between(day, 1, of_days=True)
    return (
        f"{who} fell to {say.percent(low.median, 0)} of the start{_between(low, 0)} on {when} "
        f"(the nadir, medians and ranges), {all_} came to {ends}."
    )


def _why(reasons: dict[str, float]) -> str:
    total = sum(reasons.values())
    if total == 0:
        return ""
    parts = [f"{label(r)} {say.share(reasons[r], total)}" for r in REASONS if reasons[r]]
    return f"Why the survivors survived, {say.count(total)} in the mean: {', '.join(parts)}."


def _shares_unseen(found: Slabs) -> tuple[Spread, Spread]:
    """How many of the tumour cells no CAR sees at the start and at the end [%]."""
    return found.over(lambda one: 100 * one.unseen_start, 100), found.over(
        lambda one: 100 * one.unseen_end, 100
    )


def _unseen(found: Slabs) -> str:
    start, end = _shares_unseen(found)
    words = f"Antigen-negative cells, which no CAR sees, are {say.percent(start.mean)} of the tumour cells at the start"
    if not end.n:
        return words + "."
    return f"{words} and {say.percent(end.mean)} at the end (means{_sure(end, 1)})."


def _depth(found: Slabs) -> str:
    deep = found.over(lambda one: one.cleared_depth)
    if not deep.n:
        return ""
    if deep.most < 1:
        return f"No depth is cleared: at every surface more than 1{say.GAP}% of the cells that a CAR sees still live."
    return (
        f"The tissue is cleared {deep.median:.0f}{say.GAP}\u00b5m deep (median, {_range(deep)}): down to there, from "
        f"the surface of day 0, at most 1{say.GAP}% of the cells that a CAR sees are left."
    )


def _numbers(found: Slabs, days: float) -> list[Number]:
    start, end = found.over(lambda one: one.start), found.over(lambda one: one.end)
    share = found.over(lambda one: 100 * one.end_of_start)
    unseen = _shares_unseen(found)
    depth, deep = found.over(lambda one: one.depth_end), found.over(lambda one: one.cleared_depth)
    return [
        Number("Tumour cells", f"{say.count(start.mean)} \u2192 {say.count(end.mean)}", f"means, {say.span(days)}"),
        *_nadir(found),
        Number("End", say.percent(share.mean, 0), f"of the start, mean{_sure(share)}"),
        Number(
            "Seen by no CAR",
            f"{say.percent(unseen[0].mean)} \u2192 {say.percent(unseen[1].mean)}",
            f"of the living tumour cells, means{_sure(unseen[1], 1)} at the end",
        ),
        Number("Cleared", f"{found.cleared} of {len(found)}", "replicates"),
        *(
            [Number("Tissue depth", f"{depth.median:.0f}{say.GAP}\u00b5m", f"median at the end, {_range(depth)}")]
            if depth.n
            else []
        ),
        *(
            [Number("Cleared depth", f"{deep.median:.0f}{say.GAP}\u00b5m", f"median, {_range(deep)}")]
            if deep.n
            else []
        ),
    ]  # fmt: skip


def _nadir(found: Slabs) -> list[Number]:
    fell = found.fell
    if fell is None:
        return [Number("Nadir", "none", "never clearly below the start")]
    low, day = fell.over(lambda one: 100 * one.nadir_of_start), fell.over(lambda one: one.nadir_day)
    where = "" if len(fell) == len(found) else f" in {len(fell)} of {len(found)}"
    return [
        Number("Nadir", say.percent(low.median, 0), f"of the start{where}, median, {_range(low)}"),
        Number("Day of nadir", f"{day.median:.1f}".removesuffix(".0"), f"median, {_range(day, 1)}"),
    ]


def _attack(runs: Sequence[RunData], found: Slabs) -> list[Number]:
    each = [killing(run) for run in runs]
    t_cells, kills = spread([one.t_cells_end for one in each]), spread([one.kills for one in each])
    came = [one.founders for one in found.each]
    listed = ", ".join(map(say.count, came)) if len(came) <= LISTED else _range(spread(came))
    return [
        Number("Founders", f"{spread(came).median:.1f}".removesuffix(".0"), f"T cells, median; {listed}"),
        Number("T cells", say.count(t_cells.mean), f"at the end, mean{_sure(t_cells)}"),
        Number("Kills", say.count(kills.mean), f"mean{_sure(kills)}"),
    ]


def _sure(found: Spread, digits: int = 0) -> str:
    """The interval of a mean as an addition: `, 95 % 60 to 108`; nothing for a single replicate."""
    if not math.isfinite(found.low):
        return ""
    return f", 95{say.GAP}% interval {found.low:,.{digits}f} to {found.high:,.{digits}f}"


def _between(found: Spread, digits: int, of_days: bool = False) -> str:
    """The range as an addition: ` (20 to 41)`; nothing where all are alike."""
    said = _range(found, digits)
    if "to" not in said:
        return ""
    return f" ({said}{'' if of_days else f'{say.GAP}%'})"


def _range(found: Spread, digits: int = 0) -> str:
    """Least to most, or the one number all have."""
    least, most = (f"{number:,.{digits}f}".removesuffix(".0") for number in (found.least, found.most))
    return least if least == most else f"{least} to {most}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
