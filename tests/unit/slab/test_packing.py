"""The cells of a slab on day 0: as dense as stated, everywhere, also across the periodic sides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from perforin.errors import EngineError
from perforin.simulation.packing import slab_packing


def test_a_cube_of_310_um_holds_about_6000_cells():
    assert len(slab_packing(310, 310, 2e-4, 1550)) == pytest.approx(6000, rel=0.02)


@settings(max_examples=40)
@given(st.floats(150, 600), st.floats(30, 600), st.floats(1e-4, 4e-4))
def test_a_slab_has_the_stated_density_and_no_seam(edge, depth, density):
    height = 5 * depth
    place = slab_packing(edge, depth, density, height)
    layer = 2 * density ** (2 / 3) * edge**2  # generous: cells of two layers
    assert abs(len(place) - density * edge**2 * depth) < layer
    assert (np.abs(place[:, :2]) <= edge / 2).all()
    assert (place[:, 2] > -height / 2).all()
    assert (place[:, 2] < -height / 2 + depth).all()
    wrapped = np.column_stack([(place[:, :2] + edge / 2) % edge, place[:, 2] + height / 2])
    tree = cKDTree(wrapped, boxsize=(edge, edge, 4 * height))
    nearest = tree.query(wrapped, k=2)[0][:, 1]
    spacing = (np.sqrt(2) / density) ** (1 / 3)
    layers = len(np.unique(place[:, 2]))
    if layers > 3:
        assert nearest.min() > 0.8 * spacing
        assert nearest.max() < 1.2 * spacing


def test_a_slab_that_does_not_fit_or_is_a_needle_is_refused():
    with pytest.raises(EngineError, match="does not fit a box 200 um high"):
        slab_packing(310, 310, 2e-4, 200)
    with pytest.raises(EngineError, match="from side to side"):
        slab_packing(40, 310, 2e-4, 1550)
