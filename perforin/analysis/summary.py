"""A run in a headline, a few sentences and a few numbers: what `show`, the summary and the report say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perforin.analysis import antigen, slab_answer, tables
from perforin.analysis import wording as say
from perforin.analysis.burden import Burden, burden
from perforin.analysis.guesses import caveat
from perforin.analysis.killing import Killing, killing
from perforin.analysis.lesion import lesion
from perforin.analysis.number import Number
from perforin.analysis.survivors import REASONS, label, survivors

if TYPE_CHECKING:
    from perforin.results.run import RunData

CLEAR = 5.0  # % of change below which a tumour is not said to have shrunk or grown


@dataclass(frozen=True)
class Summary:
    """What a run says about itself."""

    headline: str
    sentences: tuple[str, ...]
    numbers: tuple[Number, ...]
    survivors: dict[str, int]
    caveat: str = ""  # what the answer rests on and nobody measured

    def __str__(self) -> str:
        width = max((len(number.label) for number in self.numbers), default=0)
        rows = [f"  {n.label:<{width}}  {n.text}" + (f"  ({n.note})" if n.note else "") for n in self.numbers]
        return "\n".join(filter(None, [self.headline, self.caveat, *self.sentences, *rows]))


def summary(run: RunData) -> Summary:
    """Read a run once and say what happened."""
    tumour, attack, reasons = burden(run), killing(run), survivors(run)
    treated, slab = tables.was_attacked(run), lesion(run)
    if slab is None:
        answer, numbers = headline(tumour, treated), _tumour_numbers(tumour)
        sentences = [_antigen_sentence(run)] if treated else []
    else:
        answer = slab_answer.headline(run, slab, tumour.days, treated)
        numbers, sentences = slab_answer.numbers(slab, tumour.days), slab_answer.sentences(slab, treated)
    attacked = [_attack_sentence(attack), _survivor_sentence(tumour, reasons, treated)] if treated else []
    return Summary(
        headline=answer,
        sentences=tuple(filter(None, [*attacked, *_other_deaths(run, tumour, attack), *sentences])),
        numbers=tuple(numbers + (_attack_numbers(attack) if treated else [])),
        survivors=reasons,
        caveat=caveat(run),
    )


def headline(tumour: Burden, treated: bool) -> str:
    """The one sentence that answers whether the tumour shrank."""
    last = say.moment(tumour.days)
    if tumour.start == 0:
        return "There was no tumour to begin with."
    if tumour.end == 0:
        return f"No tumour cell is left in this dish from {say.moment(tumour.nadir_day)} on."
    grown = tumour.end / tumour.start
    if not treated:
        return f"Untreated, {_grew(grown)} {say.span(tumour.days)}."
    if tumour.best_change <= -CLEAR and math.isfinite(tumour.regrowth) and tumour.regrowth > 1 + CLEAR / 100:
        return (
            f"The tumour shrank by {say.percent(-tumour.best_change, 0)} until {say.moment(tumour.nadir_day)}, "
            f"then grew back {say.fold(tumour.regrowth)} by {last}."
        )
    if tumour.best_change <= -CLEAR:
        return f"The tumour shrank by {say.percent(-tumour.best_change, 0)} by {last}."
    if tumour.still and tumour.still[1] - tumour.still[0] >= 2 and grown > 1.5:
        begin, end = tumour.still[0], tumour.still[1]
        return (
            f"The tumour stood still from {say.moment(begin)} to {say.moment(end)} but did not shrink; "
            f"on {last} it was {say.fold(grown)} its start."
        )
    return f"Under attack, {_grew(grown)} {say.span(tumour.days)}."


def _grew(grown: float) -> str:
    if abs(grown - 1) * 100 < CLEAR:
        return "the tumour kept its size for"
    return f"the tumour grew to {say.fold(grown)} its start in" if grown > 1 else "the tumour dwindled over"


def _attack_sentence(attack: Killing) -> str:
    most = say.cells(attack.most_t_cells, "T")
    killed = say.cells(attack.kills, "tumour")
    were, they = ("was", "it") if attack.most_t_cells == 1 else ("were", "they")
    left = "1 was" if attack.t_cells_end == 1 else f"{say.count(attack.t_cells_end)} were"
    text = (
        f"At most {most} {were} alive at once ({say.moment(attack.most_t_cells_day)}); {they} killed {killed}"
    )
    if math.isfinite(attack.t_cells_gone_day):
        return f"{text}. The last T cell was gone by {say.moment(attack.t_cells_gone_day)}."
    return f"{text}, and {left} alive at the end."


def _other_deaths(run: RunData, tumour: Burden, attack: Killing) -> Iterator[str]:
    """What else than T cells took cells away: want of oxygen, where it was much, and a treatment of the stroma."""
    necroses, density = tables.column(run, "necroses"), tables.column(run, "vessel_density")
    if necroses.size and necroses[-1] > CLEAR / 100 * tumour.start:
        more = ", more than T cells killed" if necroses[-1] > attack.kills > 0 else ""
        yield f"{say.cells(necroses[-1], 'tumour')} died for want of oxygen{more}."
    if any(row.get("path") == "depletion.rate" for row in run.sources):
        killed = int((run.events["kind"] == "depletion").sum())
        yield (
            f"The treatment of the stroma killed {say.cells(killed, 'stromal')}; {density[-1]:.1f} of "
            f"{density[0]:.1f} capillaries per mm\u00b2 were left."
        )


def _survivor_sentence(tumour: Burden, reasons: dict[str, int], treated: bool) -> str:
    total = sum(reasons.values())
    if total == 0 or not treated:
        return ""
    parts = [
        f"{say.count(reasons[reason])} {label(reason)} ({say.share(reasons[reason], total)})"
        for reason in REASONS
        if reasons[reason]
    ]
    return f"Why {say.cells(total, 'tumour')} survived: {', '.join(parts)}."


def _antigen_sentence(run: RunData) -> str:
    pair = antigen.before_and_after(run)
    if pair is None or pair[0].day == pair[1].day or pair[1].levels.size == 0:
        return ""
    before, after = pair
    return (
        f"Mean antigen went from {say.figure(before.mean)} to {say.figure(after.mean)}; the antigen-negative share "
        f"from {say.percent(100 * before.negative_share)} to {say.percent(100 * after.negative_share)}."
    )


def _tumour_numbers(tumour: Burden) -> list[Number]:
    shrank = tumour.shrank
    return [
        Number(
            "Tumour cells", f"{say.count(tumour.start)} \u2192 {say.count(tumour.end)}", say.span(tumour.days)
        ),
        Number(
            "Best response",
            say.percent(tumour.best_change, 1 if tumour.best_change > -10 else 0) if shrank else "none",
            say.moment(tumour.nadir_day) if shrank else "never below its start",
        ),
        Number("Regrowth", say.fold(tumour.regrowth), "end over the lowest count")
        if shrank
        else Number(
            "Growth", say.fold(tumour.end / tumour.start if tumour.start else math.nan), "end over start"
        ),
        _doubling(tumour.doubling_time),
    ]


def _doubling(days: float) -> Number:
    if math.isfinite(days):
        return Number("Doubling time", f"{say.figure(days, 2)} d", "at the end")
    return Number("Doubling time", say.NONE, "not growing at the end")


def _attack_numbers(attack: Killing) -> list[Number]:
    gone = attack.t_cells_gone_day
    note = f"none from {say.moment(gone)}" if math.isfinite(gone) else "at most \u2192 at the end"
    return [
        Number("T cells", f"{say.count(attack.most_t_cells)} \u2192 {say.count(attack.t_cells_end)}", note),
        Number("Kills", say.count(attack.kills), f"{say.figure(attack.per_t_cell, 2)} per T cell"),
    ]
