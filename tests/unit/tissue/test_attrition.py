"""Attrition by itself: the same curve for any step, by the cell and not by the row, and nobody dies twice."""

import numpy as np
import pytest
from t_cells import DAY, SPAN, feed, numbers, t_cells

from perforin.mechanisms.tissue import attrition
from perforin.mechanisms.tissue.apoptosis import ALIVE, APOPTOTIC
from perforin.simulation.events import EventLog

MANY = 20_000


def survivors(days, dt, signal=0.0, worn=0.0, **changes):
    """The share alive after some days in steps of dt [min]; seed 3."""
    cells, rows = t_cells(MANY)
    cells.worn[:MANY] = worn
    for step in range(round(days * DAY / dt)):
        feed(cells, signal, dt)
        attrition.advance(cells, rows, numbers("attrition", **changes), 3, step, EventLog(), 0.0, dt)
    return (cells.fate[:MANY] == ALIVE).mean()


@pytest.mark.parametrize("dt", [60.0, 2 * DAY])
def test_survival_follows_the_closed_form_for_any_step(dt):
    # 4 days: base 0.03 per day, 0.15 per day at half exhaustion, and 0.05 for each 8 h of a tenth of full signal
    expected = np.exp(-4 * (0.03 + 0.15 * 0.5 + 3 * 0.05 * 0.1))
    error = 4 * np.sqrt(expected * (1 - expected) / MANY)  # four standard errors
    assert survivors(4, dt, signal=0.1, worn=0.5) == pytest.approx(expected, abs=error)


def test_death_by_activation_counts_the_signal_and_not_the_steps_it_came_in():
    at_once = survivors(1, 480.0, signal=1.0, death_rate=0.0, aicd=0.3)
    error = 4 * np.sqrt(0.24 / MANY)
    assert at_once == pytest.approx(np.exp(-3 * 0.3), abs=error)
    assert survivors(1, 60.0, signal=1.0, death_rate=0.0, aicd=0.3) == pytest.approx(at_once, abs=2 * error)


def test_who_dies_depends_on_the_cell_and_not_on_its_row():
    order = np.random.default_rng(1).permutation(2000)
    dead = []
    for ids in (np.arange(2000), order):
        cells, rows = t_cells(2000)
        cells.id[:2000] = ids
        attrition.advance(cells, rows, numbers("attrition"), 5, 9, EventLog(), 0.0, 5 * DAY)
        dead.append(set(cells.id[:2000][cells.fate[:2000] == APOPTOTIC].tolist()))
    assert dead[0] == dead[1]
    assert 100 < len(dead[0]) < 500


def test_a_dying_t_cell_lets_go_of_its_target_which_lives_on_and_is_noted_once():
    cells, rows = t_cells(2)
    cells.type[1], cells.partner[0] = 0, 1
    log, certain = EventLog(), numbers("attrition", death_rate=1e3)
    for step in range(5):
        attrition.advance(cells, rows[:1], certain, 1, step, log, step * SPAN, SPAN)
    assert list(cells.fate[:2]) == [APOPTOTIC, ALIVE]
    assert cells.partner[0] == -1
    assert log.drain()["cell"].tolist() == [1]


def test_age_counts_the_minutes_of_the_living():
    cells, rows = t_cells(2)
    cells.fate[1] = APOPTOTIC
    for step in range(10):
        attrition.advance(cells, rows, numbers("attrition", death_rate=0.0), 1, step, EventLog(), 0.0, SPAN)
    assert list(cells.age[:2]) == [60.0, 0.0]
