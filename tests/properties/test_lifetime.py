"""Lifetime: T cells die as (1 - a / span)^(1 / exponent) says, whatever the step."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

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
