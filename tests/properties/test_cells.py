"""Cells: rows move together, partners are followed, and division does to each column what it declares."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from perforin.engine.cells import Cells, Column

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
