"""Bins: every cell in the bin that holds it, in an order that no history can change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perforin.engine.grid import Bins, Box
from perforin.errors import EngineError

CLOSED, PERIODIC = (False, False, False), (True, True, True)


def scattered(seed, count, edges):
    """Cells anywhere in a box, some of them exactly on its walls and corners, with ids that follow no order."""
    rng = np.random.default_rng(seed)
    half = np.array(edges, dtype=np.float32) / 2
    place = np.empty((count, 4), dtype=np.float32)
    place[:, :3] = rng.uniform(-half, half, (count, 3))
    on_wall = rng.random((count, 3)) < 0.05
    place[:, :3] = np.where(on_wall, np.where(rng.random((count, 3)) < 0.5, -half, half), place[:, :3])
    place[:, 3] = rng.uniform(3, 9, count)
    return place, rng.integers(0, 2**63, count, dtype=np.uint64)


def binned(place, ids, edges, edge):
    bins = Bins(Box(edges, CLOSED))
    bins.build(place, ids, np.arange(len(place), dtype=np.int32), edge)
    return bins


many = st.integers(0, 300)
edge_lengths = st.tuples(*[st.floats(40, 300)] * 3)


@settings(max_examples=40)
@given(st.integers(0, 2**32), many, edge_lengths, st.floats(5, 60))
def test_every_cell_is_in_the_bin_that_holds_it(seed, count, edges, edge):
    place, ids = scattered(seed, count, edges)
    bins = binned(place, ids, edges, edge)
    assert sorted(bins.order[:count]) == list(range(count))
    assert (bins.start[0], bins.start[-1]) == (0, count)
    rows = bins.order[:count]
    of = np.repeat(np.arange(bins.start.size - 1), np.diff(bins.start))  # bin of each row in order
    nx, ny, _ = bins.shape
    corner = np.stack([of % nx, of // nx % ny, of // (nx * ny)], axis=-1) * bins.width - bins.box.half
    slack = 1e-5 * max(edges)  # rounding of float32 coordinates
    assert (place[rows, :3] >= corner - slack).all()
    assert (place[rows, :3] <= corner + bins.width + slack).all()
    neighbours_in_order = of[1:] == of[:-1]
    assert (ids[rows][1:] > ids[rows][:-1])[neighbours_in_order].all()
    assert (bins.packed[:count] == place[bins.order[:count]]).all()


@settings(max_examples=40)
@given(edge_lengths, st.floats(5, 60))
def test_a_bin_is_never_narrower_than_asked_unless_the_box_is(edges, edge):
    bins = binned(*scattered(0, 5, edges), edges, edge)
    assert (bins.width >= np.minimum(edge, edges) * (1 - 1e-6)).all()
    assert np.allclose(bins.width * bins.shape, edges)


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(1, 300))
def test_the_order_depends_on_places_and_ids_and_not_on_rows(seed, count):
    place, ids = scattered(seed, count, (200.0, 150.0, 100.0))
    shuffle = np.random.default_rng(seed + 1).permutation(count)
    one = binned(place, ids, (200.0, 150.0, 100.0), 25.0)
    two = binned(place[shuffle], ids[shuffle], (200.0, 150.0, 100.0), 25.0)
    assert (ids[one.order[:count]] == ids[shuffle][two.order[:count]]).all()


def test_a_second_build_forgets_the_first():
    bins = Bins(Box((200.0,) * 3, CLOSED))
    for seed, count, edge in ((1, 300, 20.0), (2, 40, 50.0), (3, 700, 30.0)):
        place, ids = scattered(seed, count, (200.0,) * 3)
        bins.build(place, ids, np.arange(count, dtype=np.int32), edge)
        fresh = binned(place, ids, (200.0,) * 3, edge)
        assert (bins.order[:count] == fresh.order[:count]).all()
        assert (bins.start == fresh.start).all()


def test_a_periodic_box_narrower_than_three_bins_is_refused():
    bins = Bins(Box((200.0, 200.0, 70.0), PERIODIC))
    with pytest.raises(EngineError, match=r"narrower than three bins of 25\.0 um"):
        bins.build(*scattered(0, 5, (200.0, 200.0, 70.0)), 5, 25.0)


def test_only_periodic_axes_need_three_bins():
    bins = Bins(Box((200.0, 200.0, 20.0), (True, True, False), flat=True))
    bins.build(*scattered(0, 50, (200.0, 200.0, 20.0)), np.arange(50, dtype=np.int32), 25.0)
    assert list(bins.shape) == [8, 8, 1]
