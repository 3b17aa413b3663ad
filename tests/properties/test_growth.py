"""Growth: the cycle runs on oxygen and antigen, and stands still without them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from perforin.mechanisms.tissue import division, growth

pressure = st.floats(0, 200)


@given(pressure, pressure, st.floats(0, 4))
def test_more_oxygen_never_slows_the_cycle(one, two, level):
    low, high = sorted((one, two))
    speeds = [growth.cycle_speed(p, level, 10.0, 38.0, 1.0) for p in (low, high)]
    assert 0.0 <= speeds[0] <= speeds[1] <= level


@pytest.mark.parametrize(
    ("oxygen", "level", "speed"), [(10, 1, 0), (24, 1, 0.5), (38, 1, 1), (100, 1, 1), (38, 2, 2), (38, 0, 0)]
)
def test_the_speed_is_linear_between_threshold_and_saturation_and_in_the_antigen(oxygen, level, speed):
    assert growth.cycle_speed(float(oxygen), float(level), 10.0, 38.0, 1.0) == pytest.approx(speed)


@pytest.mark.parametrize(
    ("oxygen", "level", "expected"), [(38.0, 1.0, 600.0), (24.0, 1.0, 1200.0), (38.0, 2.0, 300.0)]
)
def test_a_cell_divides_when_its_time_is_full(tissue, numbers, oxygen, level, expected):
    cells = tissue(1, oxygen=oxygen, antigen=level, cycle_duration=600.0)
    steps = 1
    while growth.advance(cells, numbers("growth"), 6.0).size == 0:
        steps += 1
    assert steps * 6.0 == pytest.approx(expected, abs=6.1)  # one phenotype step


@pytest.mark.parametrize("hindrance", ["no oxygen", "held by a T cell", "dead", "does not proliferate"])
def test_the_timer_stands_still_when(tissue, numbers, hindrance):
    cells = tissue(2, oxygen=38.0, antigen=1.0, cycle_duration=10.0)
    law = numbers("growth", proliferates=0.0 if hindrance == "does not proliferate" else 1.0)
    if hindrance == "no oxygen":
        cells.oxygen[:2] = 10.0
    if hindrance == "held by a T cell":
        cells.partner[:2] = [1, 0]
    if hindrance == "dead":
        cells.fate[:2] = 1
    assert growth.advance(cells, law, 6.0).size == 0
    assert growth.advance(cells, law, 6.0).size == 0
    assert (cells.cycle_time[:2] == 0).all()
    assert not cells.growing[:2].any()


def test_only_the_full_divide(tissue, numbers):
    cells = tissue(3, oxygen=38.0, antigen=1.0, cycle_duration=np.array([5.0, 500.0, 5.0], dtype=np.float32))
    assert list(growth.advance(cells, numbers("growth"), 6.0)) == [0, 2]


@given(pressure, st.floats(0, 4))
def test_the_speed_is_the_product_of_fuel_and_level(oxygen, level):
    speed = growth.cycle_speed(oxygen, level, 10.0, 38.0, 1.0)
    expected = min(max((oxygen - 10) / 28, 0), 1) * level
    assert speed == pytest.approx(expected, abs=1e-12)


def test_founders_cycle_in_the_published_time_and_spread(tissue, numbers):
    """38.6 h with a standard deviation of 3.7 h: Luque 2024."""
    cells = tissue(10000)
    division.start(cells, slice(0, 10000), numbers("growth"), seed=1)
    hours = cells.cycle_duration[:10000].astype(float) / 60
    assert stats.kstest(hours, "norm", args=(38.6, 3.7)).pvalue > 1e-4


def test_a_cell_that_was_held_takes_up_its_cycle_where_it_stood(tissue, numbers):
    cells = tissue(2, oxygen=38.0, antigen=1.0, cycle_duration=100.0)
    law = numbers("growth")
    growth.advance(cells, law, 6.0)
    cells.partner[:2] = [1, 0]
    for _ in range(50):
        assert growth.advance(cells, law, 6.0).size == 0
    cells.partner[:2] = -1
    steps = 1
    while growth.advance(cells, law, 6.0).size == 0:
        steps += 1
    assert steps == 16  # 17 steps of 6 min exceed 100 min, one of them before it was held


def test_a_memoryless_cycle_ends_at_its_rate(tissue, numbers):
    """P(divide within 6 min) = 1 - exp(-6 speed / duration) = 0.0296: 200,000 draws within four standard errors."""
    many, p = 200_000, 1.0 - np.exp(-6.0 * 0.5 / 100.0)
    cells = tissue(many, oxygen=24.0, antigen=1.0, cycle_duration=100.0)
    rows = growth.advance(cells, numbers("growth"), 6.0, None, (3, 70))
    assert rows.size == pytest.approx(many * p, abs=4.0 * np.sqrt(many * p * (1.0 - p)))


def test_a_memoryless_cycle_forgets_how_long_it_ran(tissue, numbers):
    """Survivors of the first steps divide no more often than fresh cells: seeds 5, shares within four errors."""
    many, law, shares = 100_000, numbers("growth"), []
    cells = tissue(many, oxygen=38.0, antigen=1.0, cycle_duration=60.0)
    undivided = np.ones(many, dtype=bool)
    for step in range(8):
        rows = growth.advance(cells, law, 6.0, None, (5, step))
        shares.append(undivided[rows].sum() / undivided.sum())
        undivided[rows] = False
    p = 1.0 - np.exp(-0.1)
    assert shares == pytest.approx([p] * 8, abs=4.0 * np.sqrt(p / undivided.sum()))


@pytest.mark.parametrize("hindrance", ["no oxygen", "held by a T cell", "dead", "does not proliferate"])
def test_a_memoryless_cycle_never_ends_when(tissue, numbers, hindrance):
    cells = tissue(2, oxygen=38.0, antigen=1.0, cycle_duration=1e-3)
    law = numbers("growth", proliferates=0.0 if hindrance == "does not proliferate" else 1.0)
    if hindrance == "no oxygen":
        cells.oxygen[:2] = 10.0
    if hindrance == "held by a T cell":
        cells.partner[:2] = [1, 0]
    if hindrance == "dead":
        cells.fate[:2] = 1
    assert growth.advance(cells, law, 6.0, None, (1, 0)).size == 0
    assert growth.advance(cells, numbers("growth"), 6.0, None, (1, 0)).size == (
        2 if hindrance == "does not proliferate" else 0
    )
