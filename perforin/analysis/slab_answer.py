"""The answer of a slab in words and numbers: nadir, what grows since, and how deep it was cleared."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perforin.analysis import wording as say
from perforin.analysis.lesion import CLEAR, none_left, stands_for
from perforin.analysis.number import Number

if TYPE_CHECKING:
    from perforin.analysis.lesion import Lesion
    from perforin.results.run import RunData


FEW_VESSELS = 4  # with fewer, a piece that loses one loses a third of them or more


def headline(run: RunData, found: Lesion, days: float, treated: bool) -> str:
    """What the slab stands for, what became of its tumour cells, and what that means where none is left."""
    return " ".join(filter(None, (stands_for(run), _course(found, days, treated), none_left(found))))


def sentences(found: Lesion, treated: bool) -> list[str]:
    """What grows and how deep the tissue was cleared."""
    if not treated or found.start == 0:
        return [_frozen(found)] if math.isfinite(found.frozen_day) else []
    of_piece = _depth(found) if found.piece == "slab" else _frozen(found)
    return list(filter(None, [_what_grows(found), of_piece]))


def numbers(found: Lesion, days: float) -> list[Number]:
    """The tumour of a slab in numbers."""
    return [
        Number("Tumour cells", f"{say.count(found.start)} \u2192 {say.count(found.end)}", say.span(days)),
        _nadir(found),
        _since(found),
        Number(
            "Seen by no CAR",
            f"{_share(found.negative_start, found.start)} \u2192 {_share(found.negative_end, found.end)}",
            "of the living tumour cells",
        ),
        *(_slab_numbers(found) if found.piece == "slab" else _block_numbers(found)),
    ]


def _slab_numbers(found: Lesion) -> list[Number]:
    depth = f"{found.depth_start:.0f} \u2192 {found.depth_end:.0f}{say.GAP}\u00b5m"
    return [Number("Tissue depth", depth, _cleared_note(found))]


def _block_numbers(found: Lesion) -> list[Number]:
    volume = f"{say.figure(found.volume_start)} \u2192 {say.figure(found.volume_end)}{say.GAP}cm\u00b3"
    rows = [Number("Lesion", volume, "the volume that the sample stands for")]
    if math.isfinite(found.vessels_start):
        drawn = f"{found.vessels_start:.0f} \u2192 {found.vessels_end:.0f}"
        few = min(found.vessels_start, found.vessels_end) < FEW_VESSELS
        note = "drawn through this piece"
        rows.append(
            Number("Vessels", drawn, f"{note}: so few that one more or less is luck" if few else note)
        )
    if math.isfinite(found.dose_share):
        share = f"{say.figure(found.dose_share, 2)}{say.GAP}%"
        rows.append(
            Number(
                "Dose per cm\u00b3",
                share,
                "of the cells given that entered by day 1; prior 0.001 to 0.01",
            )
        )
    return rows


def _frozen(found: Lesion) -> str:
    """From when on a block was too small to be a sample; nothing where it never was."""
    if not math.isfinite(found.frozen_day):
        return ""
    return (
        f"From {say.moment(found.frozen_day)} on the {found.piece} was too small to be a sample of its lesion "
        "and was frozen: it no longer shrank with its tissue."
    )


def _course(found: Lesion, days: float, treated: bool) -> str:
    last = say.moment(days)
    if found.start == 0:
        return "There was no tumour to begin with."
    if found.end == 0:
        return f"No tumour cell is left in this {found.piece} from {say.moment(found.nadir_day)} on."
    ends = f"{_of_start(found.end, found)} of the start"
    if not treated:
        return f"Untreated, its tumour cells came to {ends} by {last}."
    if not found.fell:
        return f"Its tumour cells never fell clearly below their start and came to {ends} by {last}."
    low = f"Its tumour cells fell to {_of_start(found.nadir, found)} of the start on {say.moment(found.nadir_day)}"
    if found.regrowth < 1 + CLEAR / 100:
        return (
            f"{low} and stood there at the end, {last}."
            if found.nadir_day < days
            else f"{low}, the last day."
        )
    return f"{low} (the nadir) and came back to {ends} by {last}."


def _what_grows(found: Lesion) -> str:
    shares = [f"{_share(found.negative_start, found.start)} of the tumour cells at the start"]
    if found.fell and found.nadir > 0 and found.regrowth > 1:
        shares.append(f"{_share(found.negative_nadir, found.nadir)} at the nadir")
    if found.end > 0:
        shares.append(f"{_share(found.negative_end, found.end)} at the end")
    words = f"Antigen-negative cells, which no CAR sees, are {say.listed(shares)}"
    if len(shares) == 3:
        gained = say.percent(100 * found.negative_of_regrown, 0)
        return f"{words}; of the {say.count(found.regrown)} gained since the nadir they make up {gained}."
    return words + "."


def _depth(found: Lesion) -> str:
    less = "less" if found.lost_depth > 0 else "more"
    words = (
        f"The tissue is {found.depth_end:.0f}{say.GAP}\u00b5m deep, {abs(found.lost_depth):.0f}{say.GAP}\u00b5m "
        f"{less} than at the start"
    )
    if not math.isfinite(found.cleared_depth):
        return words + "."
    if found.cleared_depth < 1:
        return f"{words}. No depth is cleared: at its surface more than 1{say.GAP}% of the cells that a CAR sees live."
    return (
        f"{words}. It is cleared {found.cleared_depth:.0f}{say.GAP}\u00b5m deep: down to there, from the surface of "
        f"day 0, at most 1{say.GAP}% of the cells that a CAR sees are left."
    )


def _cleared_note(found: Lesion) -> str:
    if not found.cleared_depth >= 1:
        return "mean, start \u2192 end"
    return f"cleared of what a CAR sees down to {found.cleared_depth:.0f}{say.GAP}\u00b5m"


def _nadir(found: Lesion) -> Number:
    if not found.fell:
        return Number("Nadir", "none", "never clearly below its start")
    return Number("Nadir", _of_start(found.nadir, found), f"of the start, {say.moment(found.nadir_day)}")


def _since(found: Lesion) -> Number:
    if not found.fell:
        return Number(
            "Growth", say.fold(found.end / found.start if found.start else math.nan), "end over start"
        )
    return Number("Regrowth", say.fold(found.regrowth) if found.end > 0 else "none", "end over nadir")


def _of_start(cells: float, found: Lesion) -> str:
    return say.percent(100 * cells / found.start, 0)


def _share(part: float, whole: float) -> str:
    return say.share(part, whole)
