"""The infiltrated share is the part of the tumour within reach of a T cell; hypoxia is below a border, not above."""

from __future__ import annotations

import math

import numpy as np
import pytest
from built import Built, block, cells, run
from hypothesis import given, settings
from hypothesis import strategies as st

from perforin.analysis import hypoxia, infiltration, spatial


@pytest.mark.parametrize("centre", [(0.0, 0.0, 0.0), (150.0, 150.0, -150.0), (149.0, 20.0, 0.0)])
def test_one_t_cell_infiltrates_a_ball_wherever_it_is_in_a_periodic_block(centre):
    made = run(cells(block(step=7.5), t_cells=[centre]))
    share = infiltration.infiltrated_share(made, 1.0)
    assert share == pytest.approx(
        4 / 3 * math.pi * infiltration.REACH**3 / 300.0**3, rel=0.03
    )  # of a lattice


def test_one_t_cell_in_the_corner_of_a_closed_box_infiltrates_an_eighth_of_it():
    made = run(cells(block(step=7.5), t_cells=[(150.0, 150.0, -150.0)]), periodic=(False,) * 3)
    share = infiltration.infiltrated_share(made, 1.0)
    assert share == pytest.approx(math.pi / 6 * infiltration.REACH**3 / 300.0**3, rel=0.06)


def test_no_t_cell_no_infiltration_and_no_tumour_no_share():
    made = run(cells(block()))
    assert infiltration.infiltrated_share(made, 1.0) == 0.0
    nobody = cells([], t_cells=[[0, 0, 0]])
    assert math.isnan(infiltration.infiltrated_share(run(nobody), 1.0))


@settings(max_examples=25)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 10_000))
def test_more_t_cells_never_infiltrate_less(few, more, seed):
    places = np.random.default_rng(seed).uniform(-150, 150, (few + more, 3))
    shares = [
        infiltration.infiltrated_share(run(one), 1.0)
        for one in (cells(block(step=30.0), t_cells=places[:many]) for many in (few, few + more))
    ]
    assert 0.0 <= shares[0] <= shares[1] <= 1.0


def test_the_infiltrated_share_is_followed_over_the_snapshots():
    made = Built({0.0: cells(block()), 2.0: cells(block(), t_cells=block(step=60.0))})
    found = infiltration.course(made)
    assert found.day.tolist() == [0.0, 2.0]
    assert found.share.tolist() == [0.0, 1.0]


def test_hypoxic_is_below_the_border_and_counts_living_tumour_cells_only():
    oxygen = [1.0, 2.4, 2.5, 9.9, 10.0, 30.0, 0.1, 0.1]
    places = block(step=100.0)[:8]
    one = cells(places[:7], t_cells=places[7:], oxygen=oxygen, dead=1)
    found = hypoxia.course(run(one))
    assert hypoxia.BORDERS == (spatial.HYPOXIC, 2.5)
    assert found.share.tolist() == [[4 / 6, 2 / 6]]
    assert found.median.tolist() == [pytest.approx(0.5 * (2.5 + 9.9))]


def test_oxygen_that_was_not_solved_yet_is_not_told():
    made = Built({0.0: cells(block(), oxygen=13.0), 1.0: cells(block(), oxygen=np.linspace(0, 20, 8000))})
    found = hypoxia.course(made)
    assert found.day.tolist() == [1.0]
    assert found.share[0] == pytest.approx([0.5, 0.125], abs=1e-3)
    assert hypoxia.course(run(cells([]))).day.size == 0
