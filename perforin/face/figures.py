"""One figure of a run by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perforin.errors import InputError, Problem
from perforin.plots.gallery import draw, names
from perforin.scenario.problems import nearest, one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData


def draw_named(name: str, run: RunData, axes: Axes | None, day: float | None) -> Axes:
    """Draw a figure. Raises InputError for a name that no figure has, with the nearest."""
    known = names(run)
    if name not in known:
        raise InputError([Problem("plot", "name", f"'{name}'", one_of(known), nearest(name, known))])
    return draw(name, run, axes, day)
