"""Apoptosis: the dying stay for their time and then leave, and nobody else is disturbed."""

import numpy as np

from perforin.mechanisms.tissue import apoptosis
from perforin.mechanisms.tissue.apoptosis import APOPTOTIC


def test_a_dying_cell_leaves_after_its_time(tissue, numbers, events):
    cells = tissue(3)
    cells.fate[1] = APOPTOTIC
    law = numbers("apoptosis", clearance=60.0)
    left = [apoptosis.advance(cells, law, events, step * 6.0, 6.0) for step in range(12)]
    assert left.index(1) == 9
    assert sum(left) == 1
    assert list(cells.id[: cells.count]) == [1, 3]
    noted = events.drain()
    assert list(noted["kind"]) == ["clearance"]
    assert list(noted["cell"]) == [2]


def test_pairs_outlast_a_clearance_before_them(tissue, numbers, events):
    cells = tissue(4)
    cells.fate[0] = APOPTOTIC
    cells.partner[2:4] = [3, 2]
    apoptosis.advance(cells, numbers("apoptosis", clearance=6.0), events, 6.0, 6.0)
    assert cells.count == 3
    assert list(cells.partner[:3]) == [-1, 2, 1]


def test_the_living_do_not_age_towards_clearance(tissue, numbers, events):
    cells = tissue(2)
    for _ in range(200):
        apoptosis.advance(cells, numbers("apoptosis"), events, 0.0, 6.0)
    assert cells.count == 2
    assert np.all(cells.dying_time[:2] == 0)


def test_the_published_clearance_is_516_minutes(tissue, numbers, events):
    """A cell found dead at the start of a step is there for 85 steps and leaves with the 86th."""
    cells = tissue(1, fate=APOPTOTIC)
    left = [apoptosis.advance(cells, numbers("apoptosis"), events, step * 6.0, 6.0) for step in range(1, 87)]
    assert left == [0] * 85 + [1]
    assert events.drain()["minute"].tolist() == [516.0]
