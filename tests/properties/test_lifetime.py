"""Lifetime: T cells die as (1 - a / span)^(1 / exponent) says, whatever the step."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from perforin.mechanisms.tissue import lifetime
from perforin.mechanisms.tissue.apoptosis import ALIVE, APOPTOTIC

T_CELL = 1


@pytest.mark.parametrize("dt", [6.0, 300.0])
def test_survival_follows_the_closed_form_for_any_step(tissue, numbers, events, dt):
    span, many = 14400.0, 10000
    cells = tissue(many, T_CELL)
    mortal = numbers("lifetime", mortal=[0.0, 1.0])
    for step in range(int(7200 / dt)):
        lifetime.advance(cells, mortal, seed=1, step=step, events=events, minute=0.0, dt=dt)
    expected = 0.5 ** (1 / 6)
    error = np.sqrt(expected * (1 - expected) / many)
    assert_allclose(
        (cells.fate[:many] == ALIVE).mean(), expected, atol=4 * error
    )  # seed 1, four standard errors
    assert_allclose(lifetime.survival(7200.0, span, 6.0), expected)


def test_nobody_outlives_the_span(tissue, numbers, events):
    cells = tissue(500, T_CELL)
    for step in range(49):
        lifetime.advance(cells, numbers("lifetime", mortal=1.0), 1, step, events, 0.0, 300.0)
    assert (cells.fate[:500] == APOPTOTIC).all()
    assert sum(part["kind"].size for part in [events.drain()]) == 500


def test_a_cell_that_does_not_age_lives(tissue, numbers, events):
    cells = tissue(10)
    lifetime.advance(cells, numbers("lifetime", mortal=[0.0, 1.0]), 1, 0, events, 0.0, 1e6)
    assert (cells.fate[:10] == ALIVE).all()


def test_a_dying_t_cell_lets_its_target_go(tissue, numbers, events):
    cells = tissue(2, np.array([T_CELL, 0], dtype=np.uint8))
    cells.partner[:2] = [1, 0]
    lifetime.advance(cells, numbers("lifetime", mortal=[0.0, 1.0]), 1, 0, events, 0.0, 14400.0)
    assert cells.fate[0] == APOPTOTIC
    assert list(cells.partner[:2]) == [-1, -1]


ages = st.floats(0, 14400)


@given(ages, ages, ages)
def test_survival_over_two_spans_is_the_product_of_both(one, two, three):
    """S(c | a) = S(c | b) S(b | a): a cell that lived to b has forgotten how many steps it took."""
    a, b, c = (lifetime.survival(age, 14400.0, 6.0) for age in sorted((one, two, three)))
    if b > 0:
        assert_allclose((c / b) * (b / a), c / a, rtol=1e-12)
    assert 1.0 >= a >= b >= c >= 0.0


@pytest.mark.parametrize("age", [0.0, 1440.0, 7200.0, 13680.0])
def test_the_hazard_is_that_of_the_publication(age):
    """1 / (86400 - 6 a) per minute: Luque 2024."""
    h = 1.0
    lower, upper = (np.log(lifetime.survival(a, 14400.0, 6.0)) for a in (age + 9.0 - h, age + 9.0 + h))
    assert_allclose((lower - upper) / (2 * h), 1 / (86400 - 6 * (age + 9.0)), rtol=1e-6)


def test_ages_at_death_follow_the_published_distribution(tissue, numbers, events):
    """991 T cells and ten seeds against 1 - (1 - a / span)^(1 / 6)."""
    law, ages_at_death = numbers("lifetime", mortal=[0.0, 1.0]), []
    for seed in range(1, 11):
        cells = tissue(991, T_CELL)
        for step in range(240):  # sixty minutes each
            lifetime.advance(cells, law, seed, step, events, step * 60.0, 60.0)
        assert (cells.fate[:991] == APOPTOTIC).all()
        ages_at_death.append(cells.age[:991].astype(float))
    ages_at_death = np.concatenate(ages_at_death)
    ends = np.arange(1, 241) * 60.0
    died = np.array([(ages_at_death == end).sum() for end in ends])
    expected = 9910 * -np.diff([lifetime.survival(a, 14400.0, 6.0) for a in (0.0, *ends)])
    assert died.sum() == 9910
    assert stats.chisquare(died, expected * 9910 / expected.sum()).pvalue > 1e-4  # seeds 1 to 10
    distance = abs(np.cumsum(died) - np.cumsum(expected)).max() / 9910
    assert distance < 2.23 / np.sqrt(9910)  # Kolmogorov-Smirnov at a level of 1e-4
