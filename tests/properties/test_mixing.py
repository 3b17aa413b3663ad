"""Mixing: free T cells of a suspension are put anywhere, those that hold a target stay."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import stats

from perforin.engine.cells import Cells
from perforin.engine.grid import Box
from perforin.mechanisms.tissue import columns_of, mixing
from perforin.quantities import Numbers

MANY = 4000
ROWS = np.arange(MANY, dtype=np.int32)
EDGE = 200.0


@pytest.fixture
def mixed():
    """mixed(dt, partner=...): T cells of the centre after one step of mixing in a cube; cells and how many moved."""

    def of(dt, step=0, seed=1, partner=-1):
        cells = Cells(columns_of("car", antigens=1), capacity=MANY)
        cells.append(MANY, id=np.arange(1, MANY + 1, dtype=np.uint64), type=1, partner=partner)
        numbers = Numbers({"time": np.array([30.0, 30.0])})
        moved = mixing.advance(cells, ROWS, numbers, Box((EDGE,) * 3, (True,) * 3), seed, step, dt)
        return cells, moved

    return of


def test_every_place_is_equally_likely(mixed):
    cells, moved = mixed(dt=1e4)
    assert moved == MANY
    for axis in range(3):
        # seed 1; a right law fails below 0.001 once in a thousand seeds
        share = cells.place[:MANY, axis].astype(float) / EDGE + 0.5
        assert stats.kstest(share, "uniform").pvalue > 0.001
    assert np.abs(np.corrcoef(cells.place[:MANY, :3].T) - np.eye(3)).max() < 4 / np.sqrt(MANY)


@pytest.mark.parametrize("dt", [3.0, 30.0, 90.0])
def test_a_free_cell_is_mixed_at_the_stated_rate(mixed, dt):
    _, moved = mixed(dt)
    expected = 1 - np.exp(-dt / 30.0)
    assert abs(moved / MANY - expected) < 4 * np.sqrt(expected * (1 - expected) / MANY)  # seed 1, four sd


def test_who_holds_a_target_stays(mixed):
    cells, moved = mixed(dt=1e4, partner=0)
    assert moved == 0
    assert_array_equal(cells.place[:MANY, :3], 0.0)


def test_steps_and_seeds_draw_anew(mixed):
    places = [mixed(1e4, step=s, seed=k)[0].place[:MANY, 0] for s, k in ((0, 1), (6, 1), (0, 2))]
    assert not np.array_equal(places[0], places[1])
    assert not np.array_equal(places[0], places[2])
