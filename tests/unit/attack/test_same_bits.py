"""One plan of the CAR law and one seed give one result: whatever the threads, or a stop in the middle."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from alike import CROWD, HOURS
from dish import plan, walked

import perforin
from perforin.simulation import start, step
from perforin.simulation.state import State


@pytest.fixture(scope="module")
def uninterrupted():
    """The hash of a crowd in which T cells fill three blocks, push and kill."""
    state = walked(plan(*CROWD), HOURS)
    assert state.t_cells.size > 512
    assert state.counters["kills"] > 0
    assert state.counters["attachments"] > 100
    return state.hash()


@pytest.mark.parametrize(("threads", "layer"), [(1, None), (2, None), (4, None), (4, "workqueue")])
def test_the_number_of_threads_and_their_layer_do_not_change_a_bit(uninterrupted, threads, layer):
    environment = os.environ | {"NUMBA_NUM_THREADS": str(threads)}
    environment.pop("NUMBA_THREADING_LAYER", None)
    if layer:
        environment["NUMBA_THREADING_LAYER"] = layer
    environment["PYTHONPATH"] = str(Path(perforin.__file__).parents[1])
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("alike.py"))],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found, used = ran.stdout.split()
    assert used == (layer or used)
    assert found == uninterrupted


@pytest.mark.parametrize("stop", [1, 10])
def test_a_crowd_saved_and_restored_goes_on_as_if_nothing_had_been(uninterrupted, stop):
    asked = plan(*CROWD)
    state = walked(asked, 0.1 * stop)
    restored = State.restore(asked, *state.arrays())
    for _ in range(12 - stop):
        step.advance(restored, asked)
    assert restored.hash() == uninterrupted


def test_founders_in_another_order_make_the_same_crowd():
    """Sums of forces are taken in the order of bins and of rows that walk: equal to float32 rounding, not in bits."""
    asked = plan(*CROWD)
    places = []
    for turned in (False, True):
        state = start.begin(asked)
        if turned:
            state.cells.reorder(np.arange(state.cells.count)[::-1].astype(np.int32))
        for _ in range(2):
            step.advance(state, asked)
        order = np.argsort(state.cells.id[: state.cells.count])
        places.append(state.cells.place[: state.cells.count][order])
    np.testing.assert_allclose(places[0], places[1], atol=1e-3)
