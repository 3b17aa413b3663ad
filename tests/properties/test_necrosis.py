"""Necrosis: lack of oxygen kills at a rate, the dead swell, burst and are cleared."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from perforin.mechanisms.tissue import apoptosis, necrosis
from perforin.mechanisms.tissue.apoptosis import ALIVE, LYSED, NECROTIC

MANY = 4000


def starve(cells, numbers, events, steps, **changes):
    law = numbers("necrosis", **changes)
    return sum(necrosis.advance(cells, law, 1, step, events, step * 6.0, 6.0) for step in range(steps))


@pytest.mark.parametrize(("oxygen", "share"), [(0.0, 1.0), (2.5, 1.0), (3.75, 0.5)])
def test_cells_die_exponentially_at_the_hazard_of_their_oxygen(tissue, numbers, events, oxygen, share):
    cells = tissue(MANY, oxygen=oxygen)
    died = starve(cells, numbers, events, 60)  # six hours
    expected = 1 - np.exp(-share)
    assert_allclose(died / MANY, expected, atol=4 * np.sqrt(expected * (1 - expected) / MANY))  # seed 1


def test_nobody_dies_above_the_threshold_or_while_held(tissue, numbers, events):
    cells = tissue(4, oxygen=np.array([5.0, 38.0, 0.0, 0.0], dtype=np.float32))
    cells.partner[2:4] = [3, 2]
    assert starve(cells, numbers, events, 200) == 0
    assert (cells.fate[:4] == ALIVE).all()


def test_the_dead_swell_and_burst_at_twice_their_volume(tissue, numbers, events):
    cells = tissue(1, oxygen=0.0)
    starve(cells, numbers, events, 1, rate=1e9)
    assert cells.fate[0] == NECROTIC
    assert cells.burst_volume[0] == pytest.approx(2 * 2494.0, rel=1e-5)
    sizes = []
    while cells.fate[0] == NECROTIC:
        starve(cells, numbers, events, 1)
        sizes.append(float(cells.place[0, 3]))
    assert cells.fate[0] == LYSED
    assert (np.diff(sizes) >= 0).all()
    assert 4 / 3 * np.pi * sizes[-1] ** 3 == pytest.approx(2 * 2494.0, rel=0.01)  # one step of swelling


def test_the_burst_are_cleared_after_their_time(tissue, numbers, events):
    cells = tissue(2, oxygen=38.0)
    cells.fate[0] = LYSED
    for step in range(20):
        apoptosis.advance(cells, numbers("apoptosis"), events, step * 6.0, 6.0)
        starve(cells, numbers, events, 1, clearance=60.0)
        if cells.count == 1:
            break
    assert step == 9
    assert cells.id[0] == 2
    assert list(events.drain()["kind"]) == ["clearance"]


def test_deaths_and_bursts_are_events(tissue, numbers, events):
    cells = tissue(3, oxygen=0.0)
    starve(cells, numbers, events, 1, rate=1e9, burst_ratio=0.5)
    assert sorted(events.drain()["kind"]) == ["lysis"] * 3 + ["necrosis"] * 3


@given(st.floats(0, 100), st.floats(0, 100))
def test_less_oxygen_is_never_safer_and_no_hazard_exceeds_the_full_one(one, two):
    low, high = (necrosis.hazard(p, 5.0, 2.5, 1 / 360) for p in sorted((one, two)))
    assert 0.0 <= high <= low <= 1 / 360


@pytest.mark.parametrize(
    ("oxygen", "share"), [(0.0, 1), (2.5, 1), (3.125, 0.75), (3.75, 0.5), (5.0, 0), (38.0, 0)]
)
def test_the_hazard_is_linear_between_threshold_and_full(oxygen, share):
    assert necrosis.hazard(oxygen, 5.0, 2.5, 1 / 360) == pytest.approx(share / 360)


def test_the_swelling_follows_the_closed_form(tissue, numbers, events):
    """Solids leave exponentially; the fluid relaxes to the volume at the start of each step."""
    cells = tissue(1, oxygen=0.0)
    starve(cells, numbers, events, 1, rate=1e9, burst_ratio=10.0)
    fluid, n, c = 1870.5, 135.0, 488.5
    for step in range(40):
        total = fluid + n + c
        fluid = total + (fluid - total) * np.exp(-0.050 * 0.1)
        n, c = n * np.exp(-0.013 * 0.1), c * np.exp(-0.0032 * 0.1)
        if step:
            starve(cells, numbers, events, 1, burst_ratio=10.0)
    assert_allclose(
        [cells.fluid[0], cells.nuclear_solid[0], cells.cytoplasmic_solid[0]], [fluid, n, c], rtol=1e-5
    )
