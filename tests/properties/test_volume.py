"""Volume: a growing cell relaxes to its target by exact exponentials; nobody else changes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from perforin.mechanisms.tissue import volume


def total(cells):
    n = cells.count
    return cells.fluid[:n] + cells.nuclear_solid[:n] + cells.cytoplasmic_solid[:n]


def test_a_cell_at_its_target_stays_there(tissue, numbers):
    cells = tissue(3, growing=True)
    volume.advance(cells, numbers("volume"), 6000.0)
    assert_allclose(total(cells), 2494.0, rtol=1e-5)  # float32
    assert_allclose(cells.place[:3, 3], 8.4127, rtol=1e-4)


def test_half_a_cell_grows_back_by_the_closed_form(tissue, numbers):
    cells = tissue(1, growing=True)
    for name in ("fluid", "nuclear_solid", "cytoplasmic_solid"):
        getattr(cells, name)[:1] /= 2
    for _ in range(100):
        volume.advance(cells, numbers("volume"), 6.0)
    left_n, left_c = np.exp(-0.22 * 10), np.exp(-0.13 * 10)  # ten hours at rates per hour
    assert_allclose(cells.nuclear_solid[0], 135.0 * (1 - 0.5 * left_n), rtol=1e-4)
    assert_allclose(cells.cytoplasmic_solid[0], 488.5 * (1 - 0.5 * left_c), rtol=1e-4)
    assert 1247 < total(cells)[0] < 2494
    assert_allclose(cells.place[0, 3], volume.radius_of(float(total(cells)[0])), rtol=1e-5)


def test_a_cell_that_does_not_cycle_keeps_its_size(tissue, numbers):
    cells = tissue(2, growing=False)
    cells.fluid[:2] = 100.0
    before = total(cells)
    volume.advance(cells, numbers("volume"), 600.0)
    assert_allclose(total(cells), before, rtol=0)


@given(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1), st.floats(0, 100))
def test_two_half_steps_equal_one_step(start, target, rate, dt):
    half = volume.approach(volume.approach(start, target, rate, dt / 2), target, rate, dt / 2)
    assert_allclose(half, volume.approach(start, target, rate, dt), atol=1e-8, rtol=1e-12)


@given(st.floats(1, 1e5))
def test_the_radius_is_that_of_a_sphere(size):
    assert_allclose(4 / 3 * np.pi * volume.radius_of(size) ** 3, size, rtol=1e-12)


@given(st.floats(0.5, 1.5), st.floats(0.5, 1.5), st.sampled_from([6.0, 30.0, 120.0]))
def test_solids_grow_the_same_in_two_half_steps_as_in_one(nuclear, cytoplasmic, dt):
    grown = []
    for pieces in (1, 2):
        one = np.ones(1, dtype=np.float32)
        fluid, place = 1000 * one, np.zeros((1, 4), dtype=np.float32)
        n, c = np.float32(nuclear * 135) * one, np.float32(cytoplasmic * 488.5) * one
        law = [np.full(2, value) for value in (2494.0, 540.0, 0.75, 1.3 / 60, 0.22 / 60, 0.13 / 60)]
        for _ in range(pieces):
            kind, growing = np.zeros(1, dtype=np.uint8), np.ones(1, dtype=bool)
            volume.grow(kind, growing, fluid, n, c, place, 1, dt / pieces, *law)
        grown.append((n[0], c[0]))
    assert_allclose(grown[0], grown[1], rtol=1e-6)  # float32
