"""A slab is drawn as it lies: from the fluid down, its cells by the binders that see them."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from slab_stand_in import COUNTS, DEPTH, EDGE, SURFACE

from perforin.analysis import antigen_classes, binders, depths, tables
from perforin.plots import cut, gallery, oxygen, palette, panels, slab_sheet, visible
from perforin.plots import replicates as over_seeds
from perforin.quantities import UM3_PER_MM3
from perforin.report import replicates as report_of_replicates
from perforin.report.asked import asked
from perforin.report.page import page

EMPTY = pd.DataFrame({"minute": pd.Series(dtype=float), "day": pd.Series(dtype=float)})


@pytest.mark.parametrize("name", gallery.FIGURES)
def test_every_figure_of_a_slab_has_units_on_its_axes(name, slab):
    ax = gallery.draw(name, slab)
    assert isinstance(ax, Axes)
    for label in (ax.get_xlabel(), ax.get_ylabel()):
        assert re.search(r"\(.+\)$", label), f"{name}: {label!r}"


@pytest.mark.parametrize("name", gallery.FIGURES)
def test_every_figure_can_be_drawn_of_a_slab_with_nothing_in_it(name, slab):
    bare = slab.but(series=EMPTY, snapshots={}, grids={}, events=slab.events.iloc[:0])
    gallery.draw(name, bare).figure.draw_without_rendering()


@pytest.mark.parametrize("name", gallery.FIGURES)
def test_every_figure_can_be_drawn_of_an_emptied_slab_and_of_one_without_t_cells(name, slab_of):
    emptied = slab_of({0.0: COUNTS[0.0], 10.0: (5, 0, 0, 0), 20.0: (0, 0, 0, 0)})
    for one in (emptied, slab_of(entered=0)):
        gallery.draw(name, one).figure.draw_without_rendering()


def test_a_slab_is_cut_upright_from_the_fluid_down(slab):
    shown = cut.of(slab, 0.0)
    assert shown.lay(np.array([[3.0, 4.0, SURFACE]])).tolist() == [[3.0, 0.0, 4.0]]
    assert shown.lay(np.array([[0.0, 0.0, SURFACE - DEPTH]]))[0, 1] == DEPTH
    left, right, foot, top = shown.window
    assert (left, right, foot) == (-EDGE / 2, EDGE / 2, DEPTH)
    assert top <= -cut.FLUID
    ax = gallery.draw("slice", slab)
    assert ax.get_ylim() == (foot, top)  # deep below, fluid above
    assert "CSF of the ventricle" in [text.get_text() for text in ax.texts]


def test_oxygen_in_the_upright_plane_is_that_of_the_height(slab):
    across, depth, values = oxygen.plane(slab, 20.0, cut.of(slab, 20.0))
    assert (across[0], across[-1]) == (-EDGE / 2, EDGE / 2)
    field, spacing, origin = slab.field("oxygen", 20.0)
    height = SURFACE - depth[1:-1]
    layer = np.rint((height - origin[2]) / spacing).astype(int)
    assert np.array_equal(values[1:-1, 1:-1], field[layer, 4, :])


def test_a_field_that_was_not_solved_yet_is_not_painted(slab):
    assert oxygen.plane(slab, 0.0, cut.of(slab, 0.0)) is None
    assert depths.oxygen(slab, 0.0)[0].size == 0


def test_classes_are_those_that_were_put_in_and_a_border_belongs_to_the_seen(slab):
    found = antigen_classes.census(slab)
    assert found.cells.tolist() == [list(map(float, COUNTS[day])) for day in COUNTS]
    first, second = binders.pair(slab)
    assert (first.name, first.antigen, second.name) == ("EGFR-806", "EGFR", "IL13RA2")
    stored = 53.906  # the threshold in run.json of this scenario
    assert min(first.least, second.least) == pytest.approx(stored, abs=0.001)
    cells = pd.DataFrame(
        {
            "copies__EGFR": [first.least, 0.99 * first.least, 0.0, 0.9 * first.least],
            "copies__IL13RA2": [second.least, 0.0, second.least, 0.9 * second.least],
            "answer": [0.5, 0.1, 0.5, 0.2],
        }
    )
    seen, unseen, second_only, together = antigen_classes.classes(slab, cells)
    assert (seen, unseen, second_only) == (
        antigen_classes.SEEN,
        antigen_classes.UNSEEN,
        antigen_classes.SECOND,
    )
    assert together == antigen_classes.SEEN  # two signals that only together reach the border


def test_cells_and_their_legend_have_the_colours_and_names_of_their_classes(slab):
    code = visible.codes(slab, slab.cells(20.0))
    keys, counts = np.unique(code, return_counts=True)
    assert {visible.KEYS[k]: int(n) for k, n in zip(keys, counts, strict=True)} == {
        "tumour": 60, "first": 40, "second": 30, "negative": 220, "t_cell": 41,
    }  # fmt: skip
    named = {handle.get_label(): handle.get_color() for handle in visible.handles(slab, [20.0])}
    assert named["tumour cell, seen by EGFR-806 only"] == palette.ONLY_FIRST
    assert named["tumour cell, seen by neither"] == palette.ANTIGEN_NEGATIVE


def test_a_profile_counts_every_cell_once(slab):
    found = depths.profile(slab, 20.0)
    volume = EDGE**2 * depths.LAYER / UM3_PER_MM3
    assert found.tumour.sum() * volume == pytest.approx(350, rel=0.02)  # the blur loses a little at the top
    assert found.negative.sum() * volume == pytest.approx(220, rel=0.02)
    assert found.t_cells.sum() * volume == pytest.approx(41, rel=0.02)
    top = found.depth < 0.4 * DEPTH
    assert found.tumour[top].sum() == pytest.approx(found.negative[top].sum(), rel=0.1)


def test_penetration_is_counted_from_the_surface_of_its_day(slab):
    found = depths.penetration(slab)
    assert np.isnan(found.median[0])
    cells = slab.cells(20.0)
    surface = SURFACE - 0.1 * DEPTH
    depth = surface - tables.living(slab, cells, tables.T_CELL)["z"].to_numpy()
    assert found.median[-1] == pytest.approx(np.median(depth[depth > 0]))
    assert found.median[-1] < found.deep[-1] < 0.9 * DEPTH


def test_t_cells_near_the_plane_are_shown_whole(slab):
    near = tables.living(slab, slab.cells(20.0), tables.T_CELL)["y"].abs() < cut.SECTION / 2
    *_, drawn = [found for found in gallery.draw("slice", slab).collections if hasattr(found, "get_widths")]
    assert len(drawn.get_offsets()) == near.sum() > 0
    assert set(drawn.get_widths()) == {2 * 5.5}  # none is cut


def test_the_nadir_of_a_slab_is_no_response(slab):
    words = [text.get_text() for text in gallery.draw("burden", slab).texts]
    assert "nadir, 37\u00a0% of the start" in words
    labels = gallery.draw("burden", slab).get_legend_handles_labels()[1]
    assert "of them seen by no CAR" in labels


def test_slices_of_two_antigens_are_one_row_in_one_frame(slab):
    drawn = [ax for ax in panels.slices(slab, [0.0, 20.0]).axes if ax.get_ylabel().startswith("Depth")]
    assert len(drawn) == 2
    assert len({ax.get_ylim() for ax in drawn}) == 1
    one_binder = slab.but(scenario_text="")
    assert panels.ways(one_binder) == ("type", "antigen")


def test_the_report_of_a_slab_speaks_of_a_slab(slab, monkeypatch):
    monkeypatch.setattr("perforin.report.pictures.PIXELS", 30)
    monkeypatch.setattr("perforin.plots.tissue_view.PIXELS", 40)
    html = page(slab)
    first = html[: html.index('id="tissue"')]
    for part in (
        "stands for",
        "160\u00a0\u00d7\u00a0160\u00a0\u00b5m wide and 200\u00a0\u00b5m deep",
        "2 guesses that decide",
        "csf.entry",
        "nadir",
        "Seen by no CAR",
        "gained since",
    ):
        assert part in first, part
    words = re.sub(r'src="[^"]*"|<style>.*?</style>', "", html, flags=re.DOTALL)
    assert not re.search(r"best response|the dish|shrank|centre out", words, re.IGNORECASE)
    assert "only both" not in words


@pytest.fixture
def three(slab_of):
    """Replicates of which the second has fewer of every class at the end."""
    fewer = {**COUNTS, 20.0: tuple(count // 2 for count in COUNTS[20.0])}
    return [slab_of(), slab_of(fewer, entered=29, seed=8), slab_of(seed=9)]


def test_classes_over_replicates_are_their_means(three):
    ax = over_seeds.classes(three)
    assert [line.get_label() for line in ax.lines] == [
        "both binders",
        "EGFR-806 only",
        "IL13RA2 only",
        "neither",
    ]
    ends = [line.get_ydata()[-1] for line in ax.lines]
    assert ends == pytest.approx([5 / 6 * count for count in COUNTS[20.0]])
    assert len(ax.collections) == 4  # an interval each
    one = over_seeds.classes(three[:1])
    assert not one.collections


def test_reasons_over_replicates_show_every_seed(three):
    ax = over_seeds.reasons(three)
    said = [tick.get_text().split("\n") for tick in ax.get_yticklabels()]
    assert [reason for reason, _ in said] == ["antigen-negative", "never reached", "suppressed"]
    assert said[0][1].startswith("183 (")
    widths = [bar.get_width() for bar in ax.patches]
    assert sum(widths) == pytest.approx(5 / 6 * sum(COUNTS[20.0]), abs=1)
    assert sum(len(line.get_xdata()) == len(three) for line in ax.lines) == 3
    over_seeds.reasons([one.but(snapshots={}) for one in three]).figure.draw_without_rendering()
    over_seeds.classes([one.but(snapshots={}) for one in three]).figure.draw_without_rendering()


def test_the_report_of_replicates_of_a_slab_speaks_of_slabs(three, tmp_path):
    html = report_of_replicates.page(three, tmp_path)
    words = re.sub(r'src="[^"]*"|<style>.*?</style>', "", html, flags=re.DOTALL)
    for part in (
        "of its 3 replicates",
        "csf.entry",
        "it takes at least 8",
        "No replicate was cleared",
        "Nadir (% of the start)",
        "Seen by no CAR at the end (%)",
        "tumour left",
    ):
        assert part in words, part
    assert not re.search(r"best response|shrank|Tumour radius", words)


def test_the_sheet_shows_the_replicate_in_the_middle_at_start_nadir_and_end(three):
    assert slab_sheet.typical(three) is three[0]  # 175, 350 and 350 at the end
    assert slab_sheet.moments(three[0]) == (0.0, 10.0, 20.0)
    figure = slab_sheet.slab_sheet(three)
    titles = [ax.get_title(loc="left") for ax in figure.axes if ax.get_title(loc="left")]
    assert titles == ["day 0, start", "day 10, near the nadir", "day 20, end"]
    assert all(re.search(r"\(.+\)$", ax.get_ylabel()) for ax in figure.axes)
    with pytest.raises(ValueError, match="2 snapshots"):
        slab_sheet.moments(three[0].but(snapshots={0.0: three[0].cells(0), 20.0: three[0].cells(20)}))


def test_nothing_on_the_sheet_lies_over_another_or_beyond_the_edge(three):
    figure = slab_sheet.slab_sheet(three)
    figure.draw_without_rendering()
    edge = figure.bbox
    for ax in figure.axes:
        box = ax.get_tightbbox()
        assert box.x0 >= edge.x0 - 1, ax.get_ylabel()
        assert box.x1 <= edge.x1 + 1, ax.get_ylabel()
        assert box.y0 >= edge.y0 - 1, ax.get_ylabel()
        assert box.y1 <= edge.y1 + 1, ax.get_ylabel()
    boxes = [ax.get_tightbbox() for ax in figure.axes if ax.get_label() != "<colorbar>"]
    assert not any(one.overlaps(other) for k, one in enumerate(boxes) for other in boxes[:k])


def test_the_kinds_of_t_cells_of_one_infusion_are_one_dose(slab):
    half = {**slab.meta["doses"][0], "cells": 5_000_000}
    later = {**half, "tick": 14_400}
    said = asked(slab.but(meta={"doses": [half, {**half, "type": 2}, later]}))
    assert (
        "At the start, 10,000,000 CAR-T cells (bivalent) against EGFR-806 or IL13RA2 were put into a ventricle."
        in said
    )
    assert said.count("At the start") == 1
    assert "After 1 day, 5,000,000" in said
