"""Every figure returns its axes, has a unit on each axis, and survives what runs can be."""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from perforin.plots import gallery, palette, panels, spheres, visible
from perforin.plots.published import published
from perforin.plots.replicates import replicates

EMPTY = pd.DataFrame({"minute": pd.Series(dtype=float), "day": pd.Series(dtype=float)})


@pytest.mark.parametrize("name", gallery.FIGURES)
def test_every_figure_returns_the_axes_it_was_given(name, run):
    ax = Figure().add_subplot()
    assert gallery.draw(name, run, ax) is ax


@pytest.mark.parametrize("name", gallery.FIGURES)
def test_every_axis_has_a_unit(name, run):
    ax = gallery.draw(name, run)
    assert isinstance(ax, Axes)
    for label in (ax.get_xlabel(), ax.get_ylabel()):
        assert label.rstrip().endswith(")"), f"{name}: {label!r}"
        assert "(" in label


@pytest.mark.parametrize("name", gallery.FIGURES)
def test_every_figure_can_be_drawn_of_a_run_with_nothing_in_it(name, run):
    bare = run.but(series=EMPTY, snapshots={}, grids={}, events=run.events.iloc[:0])
    gallery.draw(name, bare).figure.draw_without_rendering()


@pytest.mark.parametrize("name", gallery.FIGURES)
def test_every_figure_can_be_drawn_without_tumour_or_t_cells(name, make):
    gallery.draw(name, make(days=0.25, scale=0.0, t_cells=0)).figure.draw_without_rendering()


def test_figures_leave_pyplot_alone(run):
    before = "matplotlib.pyplot" in sys.modules
    for name in gallery.FIGURES:
        gallery.draw(name, run)
    assert before or "matplotlib.pyplot" not in sys.modules


def test_colours_of_the_cell_types_are_fixed():
    """A change here changes every report made so far: say so in changes/."""
    assert palette.TISSUE_COLOURS == {
        "tumour": "#e69f00",
        "first": "#f0e442",
        "second": "#009e73",
        "negative": "#cc79a7",
        "t_cell": "#0072b2",
        "dead_tumour": "#b9bcc0",
        "necrotic": "#4a4038",
        "dead_t_cell": "#8fb4cd",
        "host_1": "#8c2d04",
        "host_2": "#6a51a3",
        "host_3": "#56b4e9",
        "host_4": "#7f8c3b",
        "dead_host": "#d3c7bd",
    }


def test_tumour_and_t_cell_differ_in_a_grey_print():
    def grey(colour):
        return float(np.dot(to_rgb(colour), (0.2126, 0.7152, 0.0722)))

    assert abs(grey(palette.TUMOUR) - grey(palette.T_CELL)) > 0.2


def test_a_cell_type_has_the_same_colour_on_every_day_and_in_every_run(run, make):
    other = make(days=4.0, scale=0.02, t_cells=20)
    for one, day in ((run, 0.0), (run, 8.0), (other, 4.0)):
        rgb = visible.colours(visible.codes(one, one.cells(day)))
        alive = (one.cells(day)["type"] == "luque2024") & (one.cells(day)["fate"] == "alive")
        assert {to_hex(colour) for colour in rgb[alive.to_numpy()]} <= {palette.T_CELL}


def test_a_line_never_tells_by_colour_alone(run):
    ax = gallery.draw("penetration", run)
    assert len({line.get_linestyle() for line in ax.lines}) == len(ax.lines)


def test_published_points_are_laid_over_the_burden(run):
    labels = gallery.draw("burden", run).get_legend_handles_labels()[1]
    assert "published: Luque 2024" in labels


@pytest.mark.parametrize(("days", "scale"), [(2.0, 1.0), (8.0, 1.0), (10.0, 0.1), (30.0, 1.0)])
def test_the_words_at_the_lowest_count_meet_no_line_and_no_marker(make, days, scale):
    dipped = make(days=days, scale=scale)
    series = dipped.series.copy()
    series.loc[abs(series["day"] - min(9.0, 0.75 * days)) < 0.2, "tumour_cells"] *= 0.5
    ax = gallery.draw("burden", dipped.but(series=series))
    ax.figure.draw_without_rendering()
    (words,) = [text for text in ax.texts if "best response" in text.get_text()]
    box = Text.get_window_extent(words)
    assert ax.bbox.y0 < box.y0
    assert box.y1 < ax.bbox.y1
    for line in ax.lines:
        at = line.get_transform().transform(line.get_xydata())
        if len(at) > 1:
            along = np.linspace(at[0, 0], at[-1, 0], 5000)
            at = np.column_stack([along, np.interp(along, at[:, 0], at[:, 1])])
        assert not inside(box, at).any()


def inside(box, at):
    return (at[:, 0] > box.x0) & (at[:, 0] < box.x1) & (at[:, 1] > box.y0) & (at[:, 1] < box.y1)


def test_published_t_cells_have_the_colour_of_t_cells(run):
    assert published(run, "t_cells").lines[0].get_color() == palette.T_CELL
    assert published(run, "tumour_cells").lines[0].get_color() == palette.TUMOUR


def test_a_run_of_hours_has_its_time_in_hours(make):
    ax = gallery.draw("burden", make(days=0.5, scale=0.02, t_cells=5))
    assert ax.get_xlabel() == "Time (h)"
    assert ax.get_xlim()[1] == 12


def test_a_monolayer_is_drawn_uncut_from_above(run):
    flat = run.but(meta={"geometry": {"kind": "monolayer", "box": [1000.0, 1000.0, 60.0]}})
    assert isinstance(gallery.draw("tissue", flat), Axes)


def test_panels_share_one_scale(run):
    figure = panels.slices(run, [0.0, 8.0, 30.0])
    limits = {
        tuple(np.ptp(ax.get_xlim()).round(3, out=None).reshape(1)) for ax in figure.axes if ax.get_xlabel()
    }
    assert len({limit for limit in limits if limit[0] > 10}) == 1


def test_replicates_draw_every_seed_and_the_mean(run, make):
    ax = replicates([run, make(scale=0.1, t_cells=99, seed=8)])
    assert isinstance(ax, Axes)
    assert {"mean", "95 % of the mean", "2 seeds"} <= set(ax.get_legend_handles_labels()[1])


def test_the_nearest_sphere_covers_the_one_behind():
    view = spheres.View(reach=50.0, pixels=60)
    eye = spheres.towards(view)[2]
    place = np.array([20 * eye, -20 * eye])
    picture = spheres.render(place, np.array([10.0, 10.0]), np.array([[1.0, 0, 0], [0, 0, 1.0]]), view)
    red, _, blue, cover = picture[30, 30]
    assert cover == 1
    assert red > blue


def test_what_hides_a_sphere_hides_it_whether_or_not_it_was_left_out_early():
    rng = np.random.default_rng(5)
    place = rng.uniform(-60, 60, (3000, 3))
    radius = np.full(3000, 8.0)
    rgb = rng.random((3000, 3))
    view = spheres.View(reach=90.0, pixels=90, fine=1)
    seen = place @ spheres.towards(view).T
    spot = np.column_stack([seen[:, 0] + 90, 90 - seen[:, 1]]) * 0.5
    everyone = spheres._nearest(spot, seen[:, 2], radius, 0.5, 90)
    kept = spheres._near_surface(seen, radius, 90.0, np.ones(3000, bool))
    few = spheres._nearest(spot[kept], seen[kept, 2], radius[kept], 0.5, 90)
    where = np.flatnonzero(kept)
    assert kept.sum() < 2500
    assert np.mean(np.where(few >= 0, where[few], -1) != everyone) < 0.01  # rounding of the depth base only
    assert spheres.render(place, radius, rgb, view).shape == (90, 90, 4)


def test_fifty_thousand_spheres_are_drawn_in_seconds():
    rng = np.random.default_rng(1)
    place = rng.normal(size=(50_000, 3))
    place *= (350 * rng.random(50_000) ** (1 / 3) / np.linalg.norm(place, axis=1))[:, None]
    start = time.process_time()
    picture = spheres.render(
        place, np.full(50_000, 8.4), np.full((50_000, 3), 0.5), spheres.View(reach=400.0)
    )
    assert time.process_time() - start < 10  # about 1 s alone on a core; slack for a busy machine
    assert picture[280, 280, 3] == 1
    assert picture[0, 0, 3] == 0
