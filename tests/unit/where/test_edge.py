"""Depth below the tumour's edge is that of geometry: of a ball, a layer, an islet across a periodic face."""

from __future__ import annotations

import numpy as np
import pytest
from built import RADIUS, block, cells, run

from perforin.analysis import tissue, vicinity
from perforin.quantities import UM3_PER_MM3

HALF_VOXEL = 0.5 * tissue.VOXEL
FINE = 7.5  # um between cells: the surface of a ball cut out of a lattice is as rough as its step


def ball(radius, centre=(0.0, 0.0, 0.0), edge=(600.0,) * 3):
    places = block(edge, FINE)
    return places[np.linalg.norm(places, axis=1) < radius] + centre


def test_depth_in_a_ball_is_the_way_to_its_surface():
    made = run(cells(ball(150.0)), edge=(600.0,) * 3, periodic=(False,) * 3)
    found = tissue.depths(made, 1.0)
    for distance in (0.0, 60.0, 120.0, 190.0):
        around = np.random.default_rng(1).normal(size=(200, 3))
        around *= distance / np.linalg.norm(around, axis=1, keepdims=True)
        expected = (
            150.0 - 0.5 * FINE + RADIUS - distance
        )  # the outermost centres lie up to a step inside the ball
        assert found.at(around).mean() == pytest.approx(expected, abs=HALF_VOXEL + FINE)


def test_depth_is_that_of_the_surface_in_a_slab_whose_floor_is_no_edge():
    places = block((300.0, 300.0, 300.0))
    slab = places[places[:, 2] < 0]
    made = run(cells(slab), periodic=(True, True, False))
    found = tissue.depths(made, 1.0)
    top = slab[:, 2].max() + RADIUS
    for height in (-145.0, -100.0, -50.0, -10.0, 20.0, 40.0):
        probe = np.array([[x, y, height] for x in (-149.0, 0.0, 131.0) for y in (-149.0, 20.0)])
        assert found.at(probe) == pytest.approx(top - height, abs=HALF_VOXEL + 3)


def test_an_islet_across_a_periodic_face_has_its_depth_on_both_sides():
    centre = np.array([150.0, 0.0, 0.0])
    places = ball(90.0, centre, edge=(300.0,) * 3)
    places[:, 0] = (places[:, 0] + 150.0) % 300.0 - 150.0
    made = run(cells(places))
    found = tissue.depths(made, 1.0)
    deep = found.at(np.array([[149.9, 0, 0], [-149.9, 0, 0]]))
    assert deep == pytest.approx(90.0 - 0.5 * FINE + RADIUS, abs=HALF_VOXEL + FINE)
    assert deep[0] == pytest.approx(deep[1], abs=0.5)
    assert found.at(np.array([[110.0, 0, 0]]))[0] == pytest.approx(
        found.at(np.array([[-110.0, 0, 0]]))[0], abs=HALF_VOXEL
    )
    assert found.at(np.zeros((1, 3)))[0] < 0


def test_a_box_full_of_tumour_has_no_edge_and_an_empty_one_no_tumour():
    for one in (cells(block()), cells([], t_cells=[[0, 0, 0]])):
        made = run(one)
        assert tissue.depths(made, 1.0) is None
        assert vicinity.from_edge(made, 1.0) is None


def test_the_dying_are_tissue_and_a_wide_gap_is_not():
    places = block()
    dying = np.linalg.norm(places, axis=1) < 40
    order = np.r_[np.flatnonzero(~dying), np.flatnonzero(dying)]
    made = run(cells(places[order], dead=int(dying.sum())))
    assert tissue.depths(made, 1.0) is None
    gone = run(cells(places[~dying]))
    assert tissue.depths(gone, 1.0).at(np.zeros((1, 3)))[0] == pytest.approx(RADIUS - 45.0, abs=12)


def test_t_cells_anywhere_are_as_dense_at_every_depth():
    rng, edge = np.random.default_rng(2), (400.0, 400.0, 400.0)
    made = run(
        cells(ball(160.0, edge=edge), t_cells=rng.uniform(-200, 200, (30_000, 3))),
        edge=edge,
        periodic=(False,) * 3,
    )
    found = vicinity.from_edge(made, 1.0)
    told = np.isfinite(found.per_mm3) & (found.volume > 1e5)
    expected = 30_000 / 0.4**3
    error = expected * np.sqrt(1 / (expected * found.volume[told] / UM3_PER_MM3))
    # 5 standard errors, and the depth of a point and of its voxel differ by up to half a voxel at the ends
    assert np.all(np.abs(found.per_mm3[told] - expected) < 5 * error + 0.06 * expected)
    assert found.even == pytest.approx(expected, rel=0.03)


def test_t_cells_at_the_rim_are_dense_at_the_rim_only():
    rng = np.random.default_rng(3)
    rim = rng.normal(size=(2000, 3))
    rim *= 145.0 / np.linalg.norm(rim, axis=1, keepdims=True)
    made = run(cells(ball(150.0), t_cells=rim), edge=(600.0,) * 3, periodic=(False,) * 3)
    found = vicinity.from_edge(made, 1.0)
    assert found.count[(found.middle > -20) & (found.middle < 40)].sum() > 1990
    low, high = found.interval()
    told = np.isfinite(found.per_mm3)
    assert np.all(low[told] <= found.per_mm3[told])
    assert np.all(found.per_mm3[told] <= high[told])
    assert np.all(high[told] > 0)


def test_the_nearest_edge_may_lie_across_a_periodic_face():
    places = block()
    layer = places[
        (places[:, 0] > 60.0) | (places[:, 0] < -130.0)
    ]  # 110 um thick, with the face 20 um from one side
    made = run(cells(layer))
    found = tissue.depths(made, 1.0)
    far = layer[:, 0][layer[:, 0] < 0].max() + RADIUS
    probe = np.array([[140.0, 0, 0], [145.0, 60.0, 149.0]])
    assert found.at(probe) == pytest.approx(300.0 + far - probe[:, 0], abs=HALF_VOXEL + 3)
