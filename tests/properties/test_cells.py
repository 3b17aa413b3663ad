"""Cells: rows move together, partners are followed, and division does to each column what it declares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perforin.engine.cells import Cells, Column
from perforin.mechanisms.tissue import columns_of

COLUMNS = (
    Column("partner", "int32", "1", start=-1, on_division="reset_both", reference=True),
    Column("volume", "float32", "um^3", on_division="halve"),
    Column("level", "float32", "1"),
    Column("before", "float32", "1", on_division="reset"),
)


def paired(count):
    """Cells 0-1, 2-3 and so on hold each other."""
    cells = Cells(COLUMNS, capacity=4)
    cells.append(count, id=np.arange(100, 100 + count, dtype=np.uint64))
    even = np.arange(0, count - 1, 2)
    cells.partner[even], cells.partner[even + 1] = even + 1, even
    return cells


@settings(max_examples=50)
@given(st.integers(1, 40), st.randoms(use_true_random=False))
def test_any_new_order_keeps_who_holds_whom(count, luck):
    cells = paired(count)
    held = {int(cells.id[i]): int(cells.id[p]) for i, p in enumerate(cells.partner[:count]) if p >= 0}
    kept = luck.sample(range(count), luck.randint(0, count))
    cells.reorder(np.array(kept, dtype=np.int64))
    ids = [int(i) for i in cells.id[: cells.count]]
    assert ids == [100 + k for k in kept]
    for row, partner in enumerate(cells.partner[: cells.count]):
        expected = held.get(ids[row])
        assert (int(cells.id[partner]) if partner >= 0 else None) == (expected if expected in ids else None)


def test_a_removed_cell_is_held_by_nobody():
    cells = paired(2)
    cells.reorder(np.array([1]))
    assert cells.count == 1
    assert cells.partner[0] == -1


def test_room_grows_and_nothing_is_lost():
    cells = paired(4)
    cells.level[:4] = [1, 2, 3, 4]
    cells.append(1000, level=9.0)
    assert cells.count == 1004
    assert list(cells.level[:5]) == [1, 2, 3, 4, 9]
    assert (cells.partner[4:1004] == -1).all()


def test_division_treats_each_column_as_declared():
    cells = paired(2)
    cells.volume[:2], cells.level[:2], cells.before[:2] = 8.0, 0.7, 5.0
    born = cells.divide(np.array([0]))
    assert (born.start, born.stop, cells.count) == (2, 3, 3)
    assert cells.volume[0] == cells.volume[2] == 4.0
    assert cells.level[0] == cells.level[2] == np.float32(0.7)
    assert (cells.before[0], cells.before[2]) == (5.0, 0.0)
    assert cells.partner[0] == cells.partner[2] == -1


def test_what_is_saved_is_what_is_restored():
    cells = paired(7)
    cells.level[:7], cells.volume[:7] = np.arange(7), np.arange(7) * 2
    saved = {name: rows.copy() for name, rows in cells.items()}
    other = Cells(COLUMNS, capacity=2)
    other.append(2, level=99.0)
    other.restore(saved)
    assert other.count == 7
    for name, rows in other.items():
        assert rows.dtype == saved[name].dtype
        assert np.array_equal(rows, saved[name])
    other.append(1)
    assert (other.level[7], other.partner[7]) == (0.0, -1)


@settings(max_examples=50)
@given(st.integers(1, 30), st.randoms(use_true_random=False))
def test_division_adds_one_cell_per_mother_and_keeps_the_total_of_what_is_halved(count, luck):
    cells = paired(count)
    cells.volume[:count] = [luck.uniform(1, 100) for _ in range(count)]
    cells.level[:count] = [luck.random() for _ in range(count)]
    before, levels = cells.volume[:count].copy(), cells.level[:count].copy()
    mothers = np.array(sorted(luck.sample(range(count), luck.randint(0, count))), dtype=np.int64)
    born = cells.divide(mothers)
    assert cells.count == count + mothers.size
    assert np.array_equal(
        cells.volume[mothers] + cells.volume[born], before[mothers]
    )  # halves are exact in float32
    assert np.array_equal(cells.level[born], levels[mothers])
    rest = np.setdiff1d(np.arange(count), mothers)
    assert np.array_equal(cells.volume[rest], before[rest])
    assert np.array_equal(cells.level[:count], levels)


def test_a_row_that_was_left_comes_back_as_new():
    cells = paired(4)
    cells.level[:4] = 5.0
    cells.reorder(np.array([0]))
    cells.append(3)
    assert cells.level[:4].tolist() == [5, 0, 0, 0]
    assert (cells.partner[1:4] == -1).all()


def test_two_mechanisms_cannot_own_one_column():
    with pytest.raises(ValueError, match="two mechanisms declare the column 'level'"):
        Cells((*COLUMNS, Column("level", "float32", "1")))


def test_a_column_nobody_declared_is_not_there():
    with pytest.raises(AttributeError, match="colour"):
        Cells(COLUMNS).colour


def test_all_mechanisms_together_declare_each_column_once_and_what_division_does_to_it():
    cells = Cells(columns_of("attach-and-die"))
    assert {c.on_division for c in cells.columns.values()} <= {"copy", "halve", "reset", "reset_both"}
    halved = {c.name for c in cells.columns.values() if c.on_division == "halve"}
    assert halved == {"fluid", "nuclear_solid", "cytoplasmic_solid"}
    assert cells.columns["antigen"].on_division == "copy"
