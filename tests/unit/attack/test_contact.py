"""Contact: T cells find by touch, hold what they recognise, share targets and let go."""

import numpy as np
import pytest
from dish import plan, walked
from test_damage import numbers

from perforin.engine.cells import Cells
from perforin.engine.grid import Bins, Box
from perforin.engine.neighbours import Neighbours
from perforin.mechanisms.tissue import columns_of, contact, recognition
from perforin.simulation import start, step

ROLE = np.array([0, 1], dtype=np.uint8)
PAIRS = 4000


def receptors():
    antigen, two = np.array([[-1, -1], [0, -1]]), np.full((2, 2), 10.0)
    gate, on = np.zeros(2, dtype=np.int64), np.full((2, 2), 0.006)
    shown = np.ones((2, 2))
    return recognition.receptors_of(
        gate, antigen, two, on, shown, numbers("recognition"), np.array([889.0, 385.0])
    )


def pairs(copies, apart=12.0, t_cells=1, count=PAIRS):
    """Targets on a lattice, far from each other, with T cells at a distance of each."""
    cells = Cells(columns_of("car"), capacity=count * (1 + t_cells))
    ids = np.arange(1, count * (1 + t_cells) + 1, dtype=np.uint64)
    cells.append(count, id=ids[:count], type=0)
    cells.append(count * t_cells, id=ids[count:], type=1)
    side = int(np.ceil(np.sqrt(count)))
    grid = 40.0 * np.stack(np.divmod(np.arange(count), side), axis=1) - 20.0 * side
    cells.place[:count, :2] = grid
    for k in range(t_cells):
        rows = slice(count * (1 + k), count * (2 + k))
        cells.place[rows, :2] = grid + apart * np.array([np.cos(2.1 * k), np.sin(2.1 * k)])
    cells.place[:count, 3], cells.place[count : cells.count, 3] = 8.41, 5.5
    cells.copies[:count] = copies
    edge = 40.0 * side + 200.0
    near = Neighbours(Bins(Box((edge, edge, 60.0), (False,) * 3, True)), 1.25, 0.0, 2.5)
    near.build(cells.place, cells.id, cells.count)
    return cells, np.arange(count, cells.count, dtype=np.int32), near


def advance(cells, rows, near, at, dt=1.0, seed=3):
    return contact.advance(
        cells,
        rows,
        numbers("contact"),
        numbers("recognition"),
        receptors(),
        ROLE,
        near,
        near.bins.box,
        seed,
        at,
        dt,
    )


def held_for(copies):
    """Mean minutes for which T cells hold targets with so many copies."""
    cells, rows, near = pairs(copies)
    cells.partner[rows] = np.arange(PAIRS)
    minutes = 0
    for at in range(200):
        holding = cells.partner[rows] >= 0
        minutes += holding.sum()
        advance(cells, rows[holding], near, at)
    return minutes / PAIRS


def test_recognised_targets_are_held_ten_times_longer_than_empty_ones():
    assert held_for(1e5) == pytest.approx(
        30.0, rel=0.06
    )  # 4 standard errors of 4,000 holds, 200 min of exp(30)
    assert held_for(0.0) == pytest.approx(1 / (1 - np.exp(-1 / 3)), rel=0.06)  # in steps of a minute


def test_free_t_cells_touch_at_the_rate_of_the_gap_and_only_what_is_in_touch():
    cells, rows, near = pairs(1e5)
    attached = advance(cells, rows, near, 0)
    assert attached.size / PAIRS == pytest.approx(1 - np.exp(-1 / 40), abs=4 * np.sqrt(0.025 / PAIRS))
    far, rows, near = pairs(1e5, apart=17.5)
    assert all(advance(far, rows, near, at).size == 0 for at in range(60))


def test_several_t_cells_may_hold_one_target_and_are_counted():
    cells, rows, near = pairs(1e5, t_cells=3, count=300)
    for at in range(60):
        advance(cells, rows, near, at)
    held = np.bincount(cells.partner[rows][cells.partner[rows] >= 0], minlength=cells.count)
    np.testing.assert_array_equal(cells.holders[: cells.count], held[: cells.count])
    assert held.max() == 3


def between_two():
    """T cells that each touch two targets."""
    cells, rows, near = pairs(1e5, t_cells=2, count=300)
    first, second = rows[:300], rows[300:]
    cells.type[second] = 0
    cells.place[second, :2] = cells.place[first, :2] + np.array([12.0, 0.0])
    cells.place[second, 3], cells.copies[second] = 8.41, 1e5
    near.build(cells.place, cells.id, cells.count)
    return cells, first, near


def test_who_is_picked_does_not_depend_on_the_order_of_the_list():
    cells, rows, near = between_two()
    again, _, reversed_ = between_two()
    for i in rows:
        own = slice(reversed_.start[i], reversed_.stop[i])
        reversed_.listed[own] = reversed_.listed[own][::-1].copy()
    for at in range(20):
        np.testing.assert_array_equal(advance(cells, rows, near, at), advance(again, rows, reversed_, at))
        np.testing.assert_array_equal(cells.partner[rows], again.partner[rows])
    taken = cells.partner[rows][cells.partner[rows] >= 0]
    assert 0.3 < (taken < 300).mean() < 0.7  # two targets, each as likely; 4 standard errors of some 90 holds


def test_a_target_that_died_is_let_go_at_once():
    cells, rows, near = pairs(1e5)
    cells.partner[rows] = np.arange(PAIRS)
    cells.fate[:PAIRS] = 1
    advance(cells, rows, near, 0)
    assert (cells.partner[rows] == -1).all()


def test_a_dish_stopped_and_restored_goes_on_bit_for_bit():
    from perforin.simulation.state import State

    asked = plan()
    state = walked(asked, 3)
    arrays, scalars = state.arrays()
    restored = State.restore(asked, arrays, scalars)
    for each in (state, restored):
        for _ in range(30):
            step.advance(each, asked)
    assert state.hash() == restored.hash()
    assert state.hash() == walked(asked, 6).hash()
    other = start.begin(plan("seed=2"))
    for _ in range(60):
        step.advance(other, plan("seed=2"))
    assert other.hash() != state.hash()
