"""CARs on the surface by themselves: exact in time, bounded, and untouched by contacts without antigen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from t_cells import SPAN, feed, numbers, t_cells

from perforin.mechanisms.tissue import car_surface

level = st.floats(0, 1)
half_life = st.floats(60, 3000)


@given(level, level, half_life, half_life, st.floats(1e-2, 1e4))
def test_two_half_steps_equal_one_step_and_stay_within_bounds(start, engaged, inside, back, dt):
    whole = car_surface.turnover(start, engaged, inside, back, dt)
    half = car_surface.turnover(start, engaged, inside, back, dt / 2)
    assert car_surface.turnover(half, engaged, inside, back, dt / 2) == pytest.approx(whole, abs=1e-12)
    assert -1e-12 <= whole <= 1 + 1e-12


def test_a_fresh_t_cell_keeps_its_cars_among_cells_without_antigen():
    cells, rows = t_cells()
    for _ in range(240):
        car_surface.advance(cells, rows, numbers("car_surface"), SPAN)
    assert cells.car_level[0] == pytest.approx(1.0, abs=1e-5)  # 240 roundings of float32


def test_the_product_loses_and_regains_cars_as_the_half_lives_say():
    cells, rows = t_cells()
    for signal, hours, engaged in ((1.0, 12, 1.0), (0.5, 12, 0.5), (0.0, 24, 0.0)):
        expected = car_surface.turnover(float(cells.car_level[0]), engaged, 360.0, 1080.0, hours * 60.0)
        for _ in range(hours * 10):
            feed(cells, signal)
            car_surface.advance(cells, rows, numbers("car_surface"), SPAN)
        assert cells.car_level[0] == pytest.approx(expected, rel=1e-4)
