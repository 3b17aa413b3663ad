"""Figures of places: T cells by edge and vessel, who lies beside whom, fields with the cells over them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from block_stand_in import EDGE, VESSELS
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Circle

from perforin.analysis import hypoxia, infiltration, neighbourhood, vicinity
from perforin.errors import InputError
from perforin.face.figures import draw_named
from perforin.plots import cut, gallery, maps, palette, visible
from perforin.report import sections
from perforin.report.page import page


@pytest.mark.parametrize("name", [*gallery.FIGURES, "map-oxygen", "map-TGF-beta"])
def test_every_figure_of_a_block_has_units_on_its_axes_and_can_be_drawn(name, block):
    ax = gallery.draw(name, block)
    assert isinstance(ax, Axes)
    for label in (ax.get_xlabel(), ax.get_ylabel()):
        assert re.search(r"\(.+\)$", label), f"{name}: {label!r}"
    ax.figure.draw_without_rendering()


def test_a_block_is_seen_whole_and_its_vessels_where_they_are(block):
    shown = cut.of(block, 4.0)
    assert shown.window == (-EDGE / 2, EDGE / 2, -EDGE / 2, EDGE / 2)
    for name in ("slice", "map-TGF-beta"):
        ax = gallery.draw(name, block)
        rings = [patch for patch in ax.patches if isinstance(patch, Circle)]
        assert [ring.center for ring in rings] == [(v["x"], v["y"]) for v in VESSELS]
        filled = [to_hex(ring.get_facecolor()) == palette.VESSEL for ring in rings]
        assert filled == [v["open"] for v in VESSELS]
        assert {"vessel with flow", "vessel without flow"} <= {
            t.get_text() for t in ax.get_legend().get_texts()
        }


def test_a_slab_is_cut_along_its_vessels_and_shows_no_rings(slab):
    with_vessels = slab.but(meta={"vessels": VESSELS})
    assert not [patch for patch in gallery.draw("slice", with_vessels).patches if isinstance(patch, Circle)]


def test_host_cells_have_their_own_colours_and_names(block):
    cells = block.cells(4.0)
    keys = np.array(visible.KEYS)[visible.codes(block, cells)]
    alive = np.asarray(cells["fate"] == "alive")
    for name, key in (
        ("fibroblast", "host_1"),
        ("macrophage", "host_2"),
        ("CAR-T", "t_cell"),
        ("tumour", "tumour"),
    ):
        of_type = np.asarray(cells["type"] == name)
        assert set(keys[of_type & alive]) == {key}
    assert set(keys[~alive & np.asarray(cells["type"] == "fibroblast")]) == {"dead_host"}
    assert visible.labels(block)["host_1"] == "fibroblast"


def test_t_cells_that_came_by_vessels_are_densest_there(block):
    ax = gallery.draw("vessel-distance", block, day=4.0)
    (steps,) = (patch for patch in ax.patches if hasattr(patch, "get_data"))
    found = vicinity.from_vessel(block, 4.0)
    assert steps.get_data().values == pytest.approx(found.per_mm3, nan_ok=True)
    assert np.nanargmax(found.per_mm3) == 0
    assert found.per_mm3[0] > 4 * found.even


def test_without_vessels_the_figure_says_so_and_the_report_leaves_it_out(block):
    bare = block.but(meta={"vessels": []})
    assert "no vessels" in gallery.draw("vessel-distance", bare).texts[0].get_text()
    assert "nearest open vessel" in page(block)
    assert "nearest open vessel" not in page(bare)


def test_a_map_shows_its_field_from_zero_with_its_unit(block):
    ax = gallery.draw("map-TGF-beta", block, day=4.0)
    mesh = ax.collections[0]
    values = block.field("TGF-beta", 4.0)[0]
    assert mesh.get_clim() == pytest.approx((0.0, values.max()))
    assert [other.get_ylabel() for other in ax.figure.axes if other is not ax] == ["TGF-beta (nM)"]
    fields = [ax.get_title(loc="left") for ax in maps.sheet(block, 4.0).axes if ax.get_title(loc="left")]
    assert fields == ["TGF-beta", "oxygen"]


def test_a_field_that_was_not_recorded_has_no_map(block, run):
    with pytest.raises(InputError, match="map-TGF-beta"):
        draw_named("map-TGF-bta", block, None, None)
    with pytest.raises(InputError):
        draw_named("map-TGF-beta", run, None, None)
    assert "TGF-beta was not recorded" in maps.field_map(run, "TGF-beta").texts[0].get_text()


def test_the_report_says_the_numbers_that_are_drawn(block):
    html = page(block)
    share = hypoxia.course(block).share[-1]
    assert f"{100 * share[0]:.1f}\u00a0% of the living tumour cells have less than 10 mmHg" in html
    assert f"{100 * infiltration.infiltrated_share(block, 4.0):.1f}\u00a0% of those left" in html
    assert "cells as dots over TGF-beta, oxygen" in html


def test_the_report_of_a_block_says_nothing_of_a_centre_a_surface_or_a_model_that_it_replicates(
    block, monkeypatch
):
    monkeypatch.setitem(block.meta, "block", {"weight": 4e5})
    said = str(sections.tissue(block)) + str(sections.attack(block)) + str(sections.departed(block))
    for word in ("from the centre", "below the surface", "tumour's centre", "replicates a published"):
        assert word not in said


def test_fields_beside_oxygen_are_mapped_and_oxygen_alone_is_not(run):
    assert "cells as dots over" not in page(run)


def test_the_heat_map_writes_every_ratio(block):
    ax = gallery.draw("neighbourhood", block)
    found = neighbourhood.neighbourhood(block, 4.0)
    assert len(ax.texts) == len(found.kinds) ** 2
    assert found.kinds == ("tumour, seen by the CAR", "CAR-T", "fibroblast", "macrophage")
    assert [label.get_text() for label in ax.get_xticklabels()] == list(found.kinds)


def test_hypoxia_and_infiltration_are_drawn_in_percent_over_time(block):
    for name, share in (
        ("hypoxia", hypoxia.course(block).share[:, 1]),
        ("infiltration", infiltration.course(block).share),
    ):
        line = gallery.draw(name, block).lines[-1]
        assert line.get_ydata() == pytest.approx(100 * share)
        assert line.get_xdata().tolist() == [0.0, 2.0, 4.0]


def test_the_page_of_figures_names_every_figure():
    text = (Path(__file__).parents[3] / "docs" / "figures.md").read_text(encoding="utf-8")
    for name in gallery.FIGURES:
        assert f"`{name}`" in text
