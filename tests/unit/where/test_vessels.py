"""Distance to a vessel is that to the nearest open wall, around a periodic box."""

from __future__ import annotations

import numpy as np
import pytest
from built import block, cells, run
from hypothesis import given
from hypothesis import strategies as st

from perforin.analysis import box, vicinity

coordinate = st.floats(-149.0, 149.0)
VESSELS = [
    {"x": 140.0, "y": 0.0, "radius": 5.0, "open": True},
    {"x": 0.0, "y": 0.0, "radius": 5.0, "open": False},
]


def test_a_run_without_open_vessels_has_no_distance_to_them():
    one = cells(block(), t_cells=[[0, 0, 0]])
    for more in ({}, {"vessels": []}, {"vessels": [VESSELS[1]]}):
        made = run(one, more=more)
        assert vicinity.from_vessel(made, 1.0) is None


def test_the_way_to_a_vessel_leads_across_a_periodic_face():
    made = run(cells(block()), more={"vessels": VESSELS})
    open_ = vicinity.open_vessels(made, 1.0)
    assert len(open_) == 1
    way = vicinity.to_vessel(
        box.of(made, 1.0), open_, np.array([[-140.0, 0, 99.0], [100.0, 0, 0], [140.0, 3.0, 0]])
    )
    assert way == pytest.approx([15.0, 35.0, -2.0])
    closed = run(cells(block()), periodic=(False,) * 3, more={"vessels": VESSELS})
    assert vicinity.to_vessel(box.of(closed, 1.0), open_, np.array([[-140.0, 0, 0]])) == pytest.approx(
        [275.0]
    )


@given(coordinate, coordinate, coordinate, coordinate, st.integers(-2, 2), st.integers(-2, 2))
def test_a_periodic_distance_does_not_care_which_image_is_asked(x, y, u, v, i, j):
    made = run(cells(block((300.0,) * 3, 100.0)))
    vessel = np.array([[u, v, 4.0]])
    here = vicinity.to_vessel(box.of(made, 1.0), vessel, np.array([[x, y, 0.0]]))
    there = vicinity.to_vessel(box.of(made, 1.0), vessel, np.array([[x + 300.0 * i, y + 300.0 * j, 5.0]]))
    assert here == pytest.approx(there, abs=1e-6)
    assert here[0] <= np.hypot(150.0, 150.0) - 4.0 + 1e-9


def test_t_cells_anywhere_are_as_dense_at_every_distance_from_a_vessel():
    places = np.random.default_rng(4).uniform(-150, 150, (40_000, 3))
    made = run(cells(block(), t_cells=places), more={"vessels": [VESSELS[0]]})
    found = vicinity.from_vessel(made, 1.0)
    expected = 40_000 / 0.3**3
    told = np.isfinite(found.per_mm3) & (found.count > 50)
    error = found.per_mm3[told] / np.sqrt(found.count[told])
    # 5 standard errors; cells inside the vessel (0.1 % of the box) count as at its wall
    assert np.all(np.abs(found.per_mm3[told] - expected) < 5 * error + 0.08 * expected)
    assert found.count.sum() == 40_000
    assert found.volume.sum() == pytest.approx(300.0**3 - np.pi * 25.0 * 300.0, rel=0.002)


def test_t_cells_at_the_wall_are_in_the_first_bin():
    around = np.linspace(0, 2 * np.pi, 40)
    places = np.stack([140.0 + 9.0 * np.cos(around), 9.0 * np.sin(around), 0 * around], axis=1)
    made = run(cells(block(), t_cells=places), more={"vessels": VESSELS})
    found = vicinity.from_vessel(made, 1.0)
    assert found.count[0] == 40
    assert found.count[1:].sum() == 0


def test_vessels_and_faces_move_with_a_box_that_follows_its_tissue():
    grown = {"day": [0.0, 1.0], "block_edge": [300.0, 600.0]}
    made = run(cells(block()), more={"vessels": VESSELS}, curves=grown)
    assert box.of(made, 0.0).edge.tolist() == [300.0] * 3
    assert box.of(made, 1.0).edge.tolist() == [600.0] * 3
    assert vicinity.open_vessels(made, 1.0).tolist() == [[280.0, 0.0, 5.0]]
    way = vicinity.to_vessel(box.of(made, 1.0), vicinity.open_vessels(made, 1.0), np.array([[-290.0, 0, 0]]))
    assert way == pytest.approx([25.0])
