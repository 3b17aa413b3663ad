"""A slab stands for a lesion: its weight, its share, and a ledger in which nothing is made or lost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perforin.mechanisms.body.coupling import (
    Ledger,
    area_weight,
    expected_founders,
    poisson,
    share_of_lesion,
)
from perforin.mechanisms.body.csf import Fluid

SQUARE_CM, CUBIC_CM, EDGE = 1e8, 1e12, 310.0  # um^2, um^3, um
LOSS = 0.03 / 60  # 1/min


def test_a_slab_of_a_third_of_a_millimetre_stands_for_half_a_per_cent_of_a_lesion_of_12_cm3():
    assert area_weight(2 * SQUARE_CM, EDGE) == pytest.approx(2081.2, abs=0.1)
    assert share_of_lesion(2 * SQUARE_CM, EDGE, 12 * CUBIC_CM) == pytest.approx(0.005167, abs=1e-6)


def test_a_slab_cannot_stand_for_more_than_its_lesion():
    with pytest.raises(ValueError, match=r"2 cm\^2, 310 um deep, holds more than the 0\.05 cm\^3"):
        share_of_lesion(2 * SQUARE_CM, EDGE, 0.05 * CUBIC_CM)


def test_ten_million_cells_of_which_one_per_cent_enters_found_48_in_the_slab():
    weight = area_weight(2 * SQUARE_CM, EDGE)
    assert expected_founders(1e7, 0.01, weight, 60 * 1440, LOSS) == pytest.approx(48.05, abs=0.01)
    assert expected_founders(2.5e7, 0.01, weight, 60 * 1440, LOSS) == pytest.approx(120.1, abs=0.1)


@settings(max_examples=50)
@given(
    st.integers(0, 2**32),
    st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1e8)), min_size=1, max_size=4),
    st.floats(1e-5, 0.05),
    st.floats(0.0, 0.5),
    st.floats(100.0, 1e5),
)
def test_body_and_weighted_slab_and_ledger_are_what_was_given(seed, doses, loss, entry, weight):
    fluid, ledger, given_cells = Fluid(3), Ledger(3, weight), np.zeros(3)
    for step in range(30):
        if step < len(doses):
            fluid.receive(*doses[step])
            given_cells[doses[step][0]] += doses[step][1]
        ledger.settle(fluid.pass_on(loss, entry, 6.0), seed, step)
        present = fluid.inside + fluid.lost + weight * ledger.entered + ledger.balance
        assert np.allclose(present, given_cells, rtol=1e-11, atol=1e-6)


def test_founders_have_the_mean_and_the_variance_of_a_poisson_number():
    runs, weight = 300, area_weight(2 * SQUARE_CM, EDGE)
    founders = np.empty(runs)
    for seed in range(runs):
        fluid, ledger = Fluid(1), Ledger(1, weight)
        fluid.receive(0, 1e7)
        for step in range(80):
            ledger.settle(fluid.pass_on(LOSS, 0.01, 180.0), seed, step)
        founders[seed] = ledger.entered[0]
    mean = expected_founders(1e7, 0.01, weight, 80 * 180.0, LOSS)
    assert abs(founders.mean() - mean) < 4 * np.sqrt(mean / runs)  # four standard errors
    assert abs(founders.var(ddof=1) / mean - 1) < 4 * np.sqrt(2 / runs)  # of a variance


@pytest.mark.parametrize("mean", [0.02, 3.0, 8.0, 40.0])
def test_a_poisson_draw_is_poisson_also_where_it_is_made_in_pieces(mean):
    many = 4000
    drawn = np.array([poisson(mean, 5, step, 1) for step in range(many)])
    assert abs(drawn.mean() - mean) < 4 * np.sqrt(mean / many)
    assert abs(drawn.var() - mean) < 4 * np.sqrt(
        (2 * mean**2 + mean) / many
    )  # variance of a Poisson variance


def test_nothing_comes_from_nothing():
    assert poisson(0.0, 1, 1, 1) == 0
