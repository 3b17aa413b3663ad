"""Down-modulation: each contact takes its share, of what a binder can hold, and tight binders take more."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_recognition import receptors

from perforin.engine.cells import Cells
from perforin.mechanisms.tissue import MECHANISMS, columns_of, down_modulation
from perforin.quantities import Numbers
from perforin.scenario.units import canonical

COPIES = [2e4, 5e3]
BOND = 100.0 / 60.0  # min, of the law
ROUNDING = 2e-6  # copies are float32


def numbers(fraction=0.015):
    defaults = next(m for m in MECHANISMS if m.name == "down_modulation").defaults()
    values = {name: canonical(value.value, value.unit) for name, value in defaults.items()}
    return Numbers({name: np.full(2, value) for name, value in (values | {"fraction": fraction}).items()})


def left(contacts, fraction=0.015, t_cells=1, partner=0, **asked):
    """Copies of both antigens on a target after so many contacts with each T cell, as shares of the first."""
    cells = Cells(columns_of("car", 2), capacity=8)
    cells.append(1, id=np.array([1], dtype=np.uint64), type=0)
    cells.append(t_cells, id=np.arange(2, 2 + t_cells, dtype=np.uint64), type=1)
    cells.copies[0] = COPIES
    rows = np.arange(1, 1 + t_cells, dtype=np.int32)
    cells.partner[rows] = partner
    for _ in range(contacts):
        down_modulation.advance(cells, rows, numbers(fraction), receptors(**asked))
    return cells.copies[0].astype(float) / COPIES


@settings(max_examples=40)
@given(st.integers(0, 40), st.floats(0.003, 0.07), st.floats(0.01, 1e4), st.floats(0.001, 1.0))
def test_contacts_take_shares_of_what_is_left(contacts, fraction, kd, accessible):
    lifetime = 1.0 / (kd * 0.006)
    once = 1.0 - fraction * accessible * lifetime / (lifetime + BOND)
    expected = pytest.approx(once**contacts, rel=ROUNDING)
    assert left(contacts, fraction, kd=kd, accessible=accessible)[0] == expected


def test_what_no_binder_sees_stays_and_two_binders_take_of_both():
    assert left(10, kd=10.0)[1] == 1.0
    one, other = left(10, kd=10.0, antigens=(0, 1))
    assert one == pytest.approx(other, rel=ROUNDING)
    assert other < 0.9


def test_two_t_cells_take_as_much_as_two_contacts_of_one():
    assert left(1, kd=10.0, t_cells=2)[0] == pytest.approx(left(2, kd=10.0)[0], rel=ROUNDING)


def test_a_weak_binder_takes_little():
    tight, weak = 1.0 - left(1, kd=1.0)[0], 1.0 - left(1, kd=1000.0)[0]
    assert tight == pytest.approx(0.015 / 1.01, rel=0.001)  # bonds of 10,000 s
    assert weak == pytest.approx(0.015 / 11.0, rel=0.01)  # of 10 s


def test_a_t_cell_that_holds_nothing_takes_nothing():
    assert (left(5, kd=1.0, partner=-1) == 1.0).all()


def test_an_epitope_that_a_tissue_hardly_shows_protects_its_antigen():
    assert left(200, kd=10.0, accessible=0.001)[0] > 0.997
