"""One block and one seed give one result: whatever the threads, or a stop in the middle."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alike_block import BUSY, HOURS
from nodule import TREATED, plan, walked

import perforin
from perforin.simulation import step
from perforin.simulation.state import State


@pytest.fixture(scope="module")
def compiled():
    return plan(*BUSY, base=TREATED)


@pytest.fixture(scope="module")
def uninterrupted(compiled):
    """The hash of a block in which T cells come, kill and leave while the box moves."""
    state = walked(compiled, HOURS)
    assert state.block.ledger.entered.sum() > 10
    assert state.block.ledger.left.sum() > 0
    assert state.block.edge != 150.0
    return state.hash()


@pytest.mark.parametrize(("threads", "layer"), [(1, None), (4, None), (4, "workqueue")])
def test_the_number_of_threads_and_their_layer_do_not_change_a_bit(uninterrupted, threads, layer):
    environment = os.environ | {"NUMBA_NUM_THREADS": str(threads)}
    environment.pop("NUMBA_THREADING_LAYER", None)
    if layer:
        environment["NUMBA_THREADING_LAYER"] = layer
    environment["PYTHONPATH"] = str(Path(perforin.__file__).parents[1])
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("alike_block.py"))],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found, used = ran.stdout.split()
    assert used == (layer or used)
    assert found == uninterrupted


@pytest.mark.parametrize("stop", [1, 7])
def test_a_block_saved_and_restored_goes_on_as_if_nothing_had_been(uninterrupted, compiled, stop):
    restored = State.restore(compiled, *walked(compiled, 0.1 * stop).arrays())
    for _ in range(10 * HOURS - stop):
        step.advance(restored, compiled)
    assert restored.hash() == uninterrupted
