"""Activation by itself: every division is paid for, waits its time, and counts for the line."""

import numpy as np
import pytest
from t_cells import SPAN, feed, numbers, t_cells

from perforin.mechanisms.tissue import activation
from perforin.mechanisms.tissue.apoptosis import APOPTOTIC


def step(cells, rows, signal, il2=0.0, **changes):
    """One phenotype step at this share of full signal; returns the rows that divide."""
    feed(cells, signal)
    level = np.full(rows.size, il2)
    return activation.advance(cells, rows, numbers("activation", **changes), level, 1.0, SPAN)


def line(hours, signal=1.0, il2=0.0, **changes):
    """The hours at which one line divides, following one daughter through the columns' own rules."""
    cells, rows = t_cells()
    cells.reserve(64)
    when = []
    for k in range(round(hours * 60 / SPAN)):
        ready = step(cells, rows, signal, il2, **changes)
        if ready.size:
            cells.divide(ready)
            cells.divisions[: cells.count] += 1
            when.append((k + 1) * SPAN / 60)
    return when


def test_daughters_start_their_dose_and_their_cycle_anew_and_stay_primed():
    cells, rows = t_cells()
    cells.signal_dose[0], cells.primed[0], cells.rested[0] = 5000.0, 2000.0, 1000.0
    born = cells.divide(step(cells, rows, 1.0))
    both = np.array([0, born.start])
    assert (cells.signal_dose[both] == 0.0).all()
    assert (cells.rested[both] == 0.0).all()
    assert (cells.primed[both] == 2006.0).all()


def test_signal_beyond_the_dose_buys_no_second_division():
    cells, rows = t_cells()
    cells.signal_dose[0], cells.primed[0] = 5 * 540.0, 1e4
    cells.divide(step(cells, rows, 1.0))
    cells.divisions[:2] += 1
    for _ in range(200):
        assert step(cells, rows, 0.0).size == 0


def test_where_signal_is_plenty_the_shortest_cycle_sets_the_pace():
    assert np.diff(line(72, needed=60.0)) == pytest.approx(8.0, abs=0.11)


def test_half_the_signal_takes_twice_as_long_for_each_division():
    assert np.diff(line(120, signal=0.5)) == pytest.approx(18.0, abs=0.21)


def test_the_clock_of_the_first_division_starts_with_signal_and_not_with_arrival():
    cells, rows = t_cells()
    for _ in range(500):
        assert step(cells, rows, 0.0).size == 0
    assert cells.primed[0] == -1.0
    waited = next(k for k in range(1000) if step(cells, rows, 1.0).size)
    assert waited * SPAN == pytest.approx(24 * 60.0, abs=2 * SPAN)


@pytest.mark.parametrize(("il2", "most"), [(0.0, 4), (0.32, 6), (0.96, 7)])
def test_il2_raises_the_limit_by_its_share_of_four_divisions(il2, most):
    assert len(line(240, il2=il2)) == most  # 4 + 4 * (0, 1/2, 3/4)


def test_the_dead_neither_collect_signal_nor_divide():
    cells, rows = t_cells(2)
    cells.signal_dose[:2], cells.primed[:2], cells.rested[:2] = 540.0, 1e4, 1e4
    cells.fate[1] = APOPTOTIC
    assert list(step(cells, rows, 1.0)) == [0]
    assert cells.signal_dose[1] == 540.0
