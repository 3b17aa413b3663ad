"""The section on what each obstacle costs; only where it was measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perforin.analysis import explained_words as words
from perforin.analysis import wording as say
from perforin.analysis.explained import Cost, excludes_zero, explained
from perforin.analysis.intervals import Interval
from perforin.plots.obstacles import obstacles
from perforin.report import pictures
from perforin.report.html import Html, paragraph, picture, section, table, tag

if TYPE_CHECKING:
    from perforin.results.run import RunData

CAUTION = (
    "A cost says what this model loses by an obstacle in this scenario, all else as it is. It is no share of the "
    "survivors: costs of several obstacles do not add up, and with few seeds an interval is wide."
)


def costs(run: RunData) -> Html:
    """Picture, table and words; nothing for a run that nobody explained."""
    found = explained(run)
    if found is None or not found.obstacles:
        return Html("")
    caption = words.BASIS.format(seeds=len(found.seeds)) + " Pale: the interval holds 0."
    drawn = picture(pictures.of(obstacles(found)), f"{words.headline(found)} {caption}", caption, "wide")
    rows = [_row(cost) for cost in (*found.obstacles, *found.pairs)]
    head = ("Without", "Cost (cells)", "95 % low", "95 % high", "Left (cells)", "Sure", "Correlation")
    guesses = tag("ul", *(tag("li", words.guess(guess)) for guess in found.guesses))
    left_out = "; ".join(words.left_out(found))
    return section(
        "What each obstacle costs",
        paragraph(words.headline(found)),
        drawn,
        table(head, rows, numeric=(1, 2, 3, 4, 6)),
        *(paragraph(words.interaction(cost)) for cost in found.pairs),
        guesses if found.guesses else "",
        *(paragraph(note.capitalize() + ".", class_="fine") for note in found.notes),
        paragraph(f"Left out: {left_out}.", class_="fine") if left_out else "",
        paragraph(CAUTION, class_="fine"),
        id="obstacles",
    )


def _row(cost: Cost) -> tuple[str, ...]:
    left = Interval.of([math.nan if end is None else end for end in cost.ends]).mean
    counts = (cost.cost.mean, cost.cost.low, cost.cost.high, left)
    r = say.NONE if math.isnan(cost.correlation) else f"{cost.correlation:.2f}".replace("-", say.MINUS)
    return (cost.name, *(say.count(n) for n in counts), "yes" if excludes_zero(cost.cost) else "no", r)
