"""One plan and one seed give one result: whatever the threads, the run, or a stop in the middle."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from lively import IMPULSE, PERSISTENT, hash_of, plan, walked

import perforin
from perforin.simulation import start
from perforin.simulation.state import State

STEPS = 25  # two sortings of all columns, arrivals, divisions, kills, deaths and clearances
LAWS = pytest.mark.parametrize("law", [PERSISTENT, IMPULSE], ids=["persistent", "impulse"])


def outcome(state):
    return state.hash(), hash_of(state.events.drain())


@pytest.fixture(scope="module")
def uninterrupted():
    """Hash of state and events of the standard tissue, and that everything happened in it."""
    state = walked(plan(), STEPS)
    assert state.cells.count > 512  # three parallel blocks
    assert min(state.counters[name] for name in ("kills", "divisions", "necroses", "ageings")) > 5
    return outcome(state)


@pytest.mark.parametrize(
    ("threads", "layer"),
    [(1, None), (2, None), (4, None), (4, "workqueue")],
    ids=["1", "2", "4", "workqueue"],
)
def test_the_number_of_threads_and_their_layer_do_not_change_a_bit(uninterrupted, threads, layer):
    environment = os.environ | {"NUMBA_NUM_THREADS": str(threads)}
    environment.pop("NUMBA_THREADING_LAYER", None)
    if layer:
        environment["NUMBA_THREADING_LAYER"] = layer
    environment["PYTHONPATH"] = str(Path(perforin.__file__).parents[1])
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("lively.py")), str(STEPS), "1"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    state, events, used_layer, used_threads = ran.stdout.split()
    assert (int(used_threads), used_layer) == (threads, layer or used_layer)
    assert (state, events) == uninterrupted


def test_a_second_run_is_the_same(uninterrupted):
    assert outcome(walked(plan(), STEPS)) == uninterrupted


def test_another_seed_is_another_tissue(uninterrupted):
    other = outcome(walked(plan(seed=2), STEPS))
    assert other[0] != uninterrupted[0]
    assert other[1] != uninterrupted[1]


@LAWS
@pytest.mark.parametrize("stop", [1, 2, 10, 13])
def test_a_state_saved_and_restored_goes_on_as_if_nothing_had_been(law, stop):
    asked = plan(law=law, cells=300, dose=80)
    whole = walked(asked, 20)
    first = walked(asked, stop)
    arrays, scalars = first.arrays()
    written = {name: values.copy() for name, values in arrays.items()}
    events = first.events.drain()
    walked(asked, 3, first)  # the saved arrays are copies: going on does not reach them
    restored = State.restore(asked, arrays, scalars)
    assert all(np.array_equal(arrays[name], values) for name, values in written.items())
    walked(asked, 20 - stop, restored)
    later = restored.events.drain()
    assert restored.hash() == whole.hash()
    both = {name: np.concatenate([events[name], later[name]]) for name in events}
    assert hash_of(both) == hash_of(whole.events.drain())


def test_a_restored_state_has_the_hash_of_the_saved_one():
    asked = plan(cells=100, dose=30)
    state = walked(asked, 8)
    assert State.restore(asked, *state.arrays()).hash() == state.hash()


@pytest.mark.parametrize("column", ["place", "antigen", "partner", "cycle_time", "fate", "velocity_before"])
def test_the_hash_notices_a_change_in_any_column(column):
    asked = plan(cells=60, dose=20)
    state = walked(asked, 4)
    before = state.hash()
    array = getattr(state.cells, column)
    array[5] = np.where(array[5] == 7, 8, 7)
    assert state.hash() != before


def test_the_hash_does_not_depend_on_the_order_of_rows():
    state = walked(plan(cells=100, dose=30), 8)
    before = state.hash()
    assert (state.cells.partner[: state.cells.count] >= 0).any()
    state.cells.reorder(np.random.default_rng(1).permutation(state.cells.count))
    assert state.hash() == before


def test_reading_a_state_does_not_change_it():
    from perforin.simulation import recorder

    asked = plan(cells=100, dose=30)
    one, two = start.begin(asked), start.begin(asked)
    for _ in range(8):
        walked(asked, 1, one)
        walked(asked, 1, two)
        recorder.series_row(two, asked)
        recorder.snapshot(two, asked)
        two.hash()
        two.arrays()
    assert one.hash() == two.hash()


@LAWS
def test_founders_in_another_order_make_the_same_tissue(law):
    asked = plan(law=law, cells=300, dose=80)
    one, two = start.begin(asked), start.begin(asked)
    two.cells.reorder(np.random.default_rng(1).permutation(two.cells.count))
    assert outcome(walked(asked, 15, one)) == outcome(walked(asked, 15, two))


@LAWS
@pytest.mark.parametrize("steps", [7, 12, 24])
def test_chance_belongs_to_the_cell_and_not_to_its_row(law, steps):
    """Rows shuffled before a step: the same events, and the same cells up to the order in which uptake is summed."""
    asked = plan(law=law, cells=300, dose=80, engagement={"attachment_rate": 50.0, "reach": 25.0})
    one = walked(asked, steps)
    two = State.restore(asked, *one.arrays())
    one.events.drain()
    two.cells.reorder(np.random.default_rng(1).permutation(two.cells.count))
    walked(asked, 1, one)
    walked(asked, 1, two)
    happened, again = one.events.drain(), two.events.drain()
    assert happened["kind"].size > 3
    for name in ("minute", "kind", "cell", "other"):
        assert np.array_equal(happened[name], again[name])
    rows = [np.argsort(state.cells.id[: state.cells.count]) for state in (one, two)]
    for name, column in one.cells.items():
        mine, theirs = column[rows[0]], getattr(two.cells, name)[rows[1]]
        if one.cells.columns[name].reference:
            mine, theirs = one.cells.id[mine] * (mine >= 0), two.cells.id[theirs] * (theirs >= 0)
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-4, err_msg=name)  # float32
