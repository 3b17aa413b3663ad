"""Killing: an attached T cell kills at a rate; with release the two race by their rates."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from perforin.mechanisms.tissue import engagement, killing
from perforin.mechanisms.tissue.apoptosis import ALIVE, APOPTOTIC

PAIRS = 4000
T_CELLS = np.arange(PAIRS, dtype=np.int32)


@pytest.fixture
def attached(tissue):
    """T cells in the first rows, each holding the tumour cell of the same number in the second half."""

    def of(level):
        kind = np.repeat(np.array([1, 0], dtype=np.uint8), PAIRS)
        cells = tissue(2 * PAIRS, kind, antigen=level)
        cells.partner[:PAIRS] = np.arange(PAIRS, 2 * PAIRS)
        cells.partner[PAIRS : 2 * PAIRS] = np.arange(PAIRS)
        return cells

    return of


@pytest.mark.parametrize(("level", "recognition"), [(1.0, 1 / 3), (2.0, 1.0), (5.0, 1.0)])
def test_targets_die_exponentially_at_the_rate_of_their_antigen(
    attached, numbers, events, level, recognition
):
    cells = attached(level)
    for step in range(100):
        killing.advance(
            cells, T_CELLS, numbers("killing"), numbers("antigen"), 1, step, 0.1, events, step * 0.1
        )
    expected = 1 - np.exp(-0.06667 * recognition * 10)
    dead = (cells.fate[PAIRS : 2 * PAIRS] == APOPTOTIC).mean()
    assert_allclose(dead, expected, atol=4 * np.sqrt(expected * (1 - expected) / PAIRS))  # seed 1
    assert (cells.fate[:PAIRS] == ALIVE).all()


@pytest.mark.parametrize(("level", "share"), [(1.0, 4 / 7), (1.5, 8 / 11), (2.0, 4 / 5), (3.0, 4 / 5)])
def test_killing_and_release_race_by_their_rates(attached, numbers, events, level, share):
    """P(kill | attached) = h / (h + 1 / T): 0.57, 0.73 and 0.80 of Luque 2024.

    The kill comes first in a step of 0.1 min against 15 and 60 min: 0.001 more than in continuous time at most.
    """
    cells = attached(level)
    kinds = (cells.type, cells.fate, cells.id, cells.partner)
    kill, antigen, holding = numbers("killing"), numbers("antigen"), numbers("engagement").holding_time
    for step in range(6000):
        killing.advance(cells, T_CELLS, kill, antigen, 1, step, 0.1, events, 0.0)
        engagement.release(T_CELLS, *kinds, 0.1, 1, step, holding)
    assert (cells.partner[: 2 * PAIRS] == -1).all()
    error = np.sqrt(share * (1 - share) / PAIRS)
    assert_allclose(cells.kills[:PAIRS].mean(), share, atol=4 * error + 0.001)  # seed 1


@pytest.mark.parametrize("level", [0.0, 0.5])
def test_a_target_without_visible_antigen_is_not_killed(attached, numbers, events, level):
    cells = attached(level)
    killing.advance(cells, T_CELLS, numbers("killing", rate=1e6), numbers("antigen"), 1, 0, 10.0, events, 0.0)
    assert (cells.fate[: 2 * PAIRS] == ALIVE).all()


def test_a_kill_frees_the_killer_and_is_written_down(attached, numbers, events):
    cells = attached(2.0)
    many = killing.advance(
        cells, T_CELLS, numbers("killing", rate=1e6), numbers("antigen"), 1, 0, 1.0, events, 3.0
    )
    assert many == PAIRS
    assert (cells.kills[:PAIRS] == 1).all()
    assert (cells.partner[: 2 * PAIRS] == -1).all()
    noted = events.drain()
    assert (noted["kind"] == "kill").all()
    assert (noted["minute"] == 3.0).all()
    assert_allclose(noted["cell"].astype(np.int64) - noted["other"].astype(np.int64), PAIRS)


def test_contact_time_is_counted_on_the_target(attached, numbers, events):
    cells = attached(0.0)
    for step in range(50):
        killing.advance(cells, T_CELLS, numbers("killing"), numbers("antigen"), 1, step, 0.1, events, 0.0)
    assert_allclose(cells.contact_time[PAIRS : 2 * PAIRS], 5.0, rtol=1e-4)  # fifty additions in float32
    assert (cells.contact_time[:PAIRS] == 0).all()
