"""Rows of pictures of the tissue over time, on one scale: the small multiples of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis.binders import pair
from perforin.plots import cut, visible
from perforin.plots.tissue_slice import colour_bars, cut_open
from perforin.plots.tissue_view import tissue_view

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from perforin.results.run import RunData

WIDTH = 11.6  # inch
ROOM = 0.5  # inch above and below each row, for its days and numbers


def views(run: RunData, days: list[float], by: str = "type") -> Figure:
    """The tissue in three dimensions on each of these days, one panel each."""
    figure, axes = _sheet(1, len(days), WIDTH / 4)
    reach = visible.reach(run, days)
    for place, day in enumerate(days):
        tissue_view(run, day, by, axes[0, place], reach)
    return figure


def slices(run: RunData, days: list[float]) -> Figure:
    """Slices on each of these days over oxygen: cells by type, and below by antigen where type does not tell it."""
    rows = ways(run)
    left, right, foot, top = cut.of(run, days[0], days).window
    figure, axes = _sheet(len(rows), len(days), 0.93 * WIDTH / 4 * abs((top - foot) / (right - left)))
    for row, by in enumerate(rows):
        for place, day in enumerate(days):
            ax = cut_open(run, day, by, axes[row, place], days)
            _inner(ax, first=place == 0, highest=row == 0, lowest=row == len(rows) - 1)
        has_field = "oxygen" in run.field_names
        colour_bars(run, list(axes[row]), antigen=by == "antigen", field=has_field and by == "type")
    return figure


def ways(run: RunData) -> tuple[str, ...]:
    """By what the cells of slices are coloured: the types of a run with two binders tell the antigen already."""
    return ("type",) if pair(run) is not None else ("type", "antigen")


def _sheet(rows: int, columns: int, height: float) -> tuple[Figure, np.ndarray]:
    """A sheet of panels, always four wide so that one day is not blown up; unused places stay empty."""
    from matplotlib.figure import Figure

    places = max(4, columns)
    figure = Figure(figsize=(WIDTH, rows * (height + ROOM)), layout="constrained")
    axes = figure.subplots(rows, places, squeeze=False)
    for ax in axes[:, columns:].flat:
        ax.set_axis_off()
    return figure, axes[:, :columns]


def _inner(ax: Axes, *, first: bool, highest: bool, lowest: bool) -> None:
    """Keep the numbers and labels of the outer axes only, and the days above."""
    if not first:
        ax.set_ylabel(ax.get_ylabel()).set_visible(False)
        ax.tick_params(labelleft=False)
    if not highest:
        ax.set_title("")
    if not lowest:
        ax.set_xlabel(ax.get_xlabel()).set_visible(False)
        ax.tick_params(labelbottom=False)
