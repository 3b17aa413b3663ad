"""A treatment against fibroblasts: how many it kills, what goes with them, and where it is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nodule import numbers

from perforin.engine.cells import Cells
from perforin.errors import ScenarioError
from perforin.mechanisms.tissue import apoptosis, depletion
from perforin.mechanisms.tissue.depletion import DepletionNumbers
from perforin.mechanisms.tissue.vessels import Lines
from perforin.scenario.compile import compile
from perforin.scenario.scenario import load
from perforin.simulation import start, step
from perforin.simulation.block import fibroblasts
from perforin.simulation.events import EventLog
from perforin.simulation.state import State

DAY, STEP = 1440.0, 6.0  # min
LAW = DepletionNumbers(rate=0.3 / DAY, begin=DAY, lasts=2 * DAY, upheld=0.4)
PIECE = ("patient.edge=235 um", "dose=[]")
TREATED = (*PIECE, "patient.depletion.rate='6 1/day'")


def plan(*changes):
    return compile(load("pancreatic-cd19-mesothelin", list(changes)))


def alive_after(days, many=4000, seed=11):
    """How many of so many cells are alive, and how many were noted as depleted."""
    cells = Cells(apoptosis.DECLARATION.columns, capacity=many)
    cells.append(many, id=np.arange(many, dtype=np.uint64), type=3)
    rows, events, noted = np.arange(many), EventLog(), 0
    for k in range(round(days * DAY / STEP)):
        noted += depletion.advance(cells, rows, LAW, seed, k, events, k * STEP, STEP)
    assert (events.drain()["kind"] == "depletion").sum() == noted
    assert (cells.fate[:many] == apoptosis.APOPTOTIC).sum() == noted
    return int(apoptosis.is_alive(cells).sum())


@pytest.mark.parametrize("days", [1.0, 2.0, 3.0, 5.0])
def test_as_many_are_left_as_the_hazard_says_and_the_treatment_ends(days):
    """exp(-0.3 d) of 4,000 after d days of treatment, which begins on day 1 and lasts two; 4 standard errors."""
    share = math.exp(-0.3 * min(max(days - 1.0, 0.0), 2.0))
    assert alive_after(days) == pytest.approx(
        4000 * share, abs=4 * math.sqrt(4000 * share * (1 - share)) + 1e-9
    )


@given(st.floats(0, 5 * DAY), st.floats(0, 3 * DAY), st.floats(0, 1))
def test_two_part_steps_are_exposed_as_long_as_the_whole_and_never_longer(minute, dt, part):
    first = depletion.exposed(LAW, minute, part * dt)
    second = depletion.exposed(LAW, minute + part * dt, dt - part * dt)
    whole = depletion.exposed(LAW, minute, dt)
    assert first + second == pytest.approx(whole, abs=1e-6)
    assert 0.0 <= whole <= dt + 1e-9


def test_vessels_fall_to_what_is_upheld_with_the_time_of_pruning():
    """32 capillaries, half of the fibroblasts alive: 0.8 of them stand in the end, 0.8 + 0.2 / e after one time."""
    edge = 565.0
    lines = Lines(numbers(1e-4, 0.5), edge, 1)
    before, standing = lines.length, depletion.standing(LAW, 50, 100)
    assert standing == pytest.approx(0.8)
    for _ in range(round(7 * DAY / STEP)):
        lines.follow(edge, 1.0, STEP, standing)
    assert lines.length == pytest.approx(before * (0.8 + 0.2 / math.e), rel=1e-3)
    lines.follow(edge, 1.0, 1000 * DAY, standing)
    assert lines.flows.size == round(0.8 * before)
    assert depletion.standing(LAW, 100, 100) == depletion.standing(LAW, 0, 0) == 1.0


@pytest.fixture(scope="module")
def half_a_day():
    """Twelve hours of an untreated piece, with and without a treatment that leaves one fibroblast of twenty."""
    found = {}
    for name, changes in (("spared", PIECE), ("depleted", TREATED)):
        asked = plan(*changes)
        state = start.begin(asked)
        step.until(state, asked, 720.0)
        found[name] = state, asked
    return found


def test_the_fibroblasts_of_a_lesion_die_are_cleared_and_nobody_else_is_touched(half_a_day):
    (state, asked), (spared, _) = half_a_day["depleted"], half_a_day["spared"]
    rows = fibroblasts(state.cells, asked.hosts)
    alive = int(apoptosis.is_alive(state.cells)[rows].sum())
    day_0 = fibroblasts(spared.cells, asked.hosts).size
    assert apoptosis.is_alive(spared.cells)[fibroblasts(spared.cells, asked.hosts)].all()
    share = math.exp(-3.0)
    assert alive == pytest.approx(share * day_0, abs=4 * math.sqrt(day_0 * share * (1 - share)))
    events = state.events.drain()
    killed = events["cell"][events["kind"] == "depletion"]
    assert killed.size == day_0 - alive
    cleared = events["minute"][events["kind"] == "clearance"]
    assert cleared.min() == pytest.approx(8.6 * 60, abs=2 * STEP)
    for host in asked.hosts:
        if not host.in_stroma:
            count = [(of.cells.type[: of.cells.count] == host.type).sum() for of in (state, spared)]
            assert count[0] == count[1]


def test_what_they_made_goes_with_them(half_a_day):
    """Vessels begin to go, CXCL12 to fade; where matrix was laid down as fast as it was lost there is less of it."""
    (state, _), (spared, _) = half_a_day["depleted"], half_a_day["spared"]
    assert state.block.standing == pytest.approx(1 - 0.4 * (1 - math.exp(-3.0)), abs=0.05)
    length = [of.block.lines.length * of.block.edge for of in (state, spared)]
    assert length[0] < 0.98 * length[1]
    amounts = [of.fields["CXCL12"].values.mean() for of in (state, spared)]
    assert amounts[0] < 0.9 * amounts[1]
    matrix = [of.stroma.density.sum() * of.stroma.grid.voxel_volume for of in (state, spared)]
    assert matrix[0] < matrix[1]


def test_a_block_under_treatment_saved_and_restored_goes_on_as_if_nothing_had_been():
    asked = plan(*TREATED)
    state = start.begin(asked)
    step.until(state, asked, 60.0)
    assert state.block.standing < 1.0
    restored = State.restore(asked, *state.arrays())
    for one in (state, restored):
        step.until(one, asked, 90.0)
    assert restored.hash() == state.hash()


def test_a_treatment_that_has_not_begun_changes_nothing():
    hashes = set()
    for begin in ("5 day", "9 day"):
        asked = plan(*TREATED, f"patient.depletion.begin='{begin}'")
        state = start.begin(asked)
        step.until(state, asked, 30.0)
        hashes.add(state.hash())
    spared = plan(*PIECE)
    state = start.begin(spared)
    step.until(state, spared, 30.0)
    assert len(hashes) == 1
    assert state.block.lines.length == pytest.approx(start.begin(spared).block.lines.length, rel=0.01)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (("patient.depletion.upheld=1.4",), r"patient\.depletion\.upheld.*from 0 to 1"),
        (("patient.depletion.rate='-1 1/day'",), r"patient\.depletion\.rate.*at least 0"),
        (("patient.depletion.rate='1 mmHg'",), r"patient\.depletion\.rate.*mmHg"),
    ],
)
def test_numbers_that_cannot_be_are_refused(changes, said):
    with pytest.raises(ScenarioError, match=said):
        plan(*PIECE, *changes)


@pytest.mark.parametrize(
    ("scenario", "place"), [("pancreatic-cd19-mesothelin", "car"), ("pbt030-coculture", "culture")]
)
def test_numbers_of_a_lesion_stand_with_the_patient(scenario, place):
    with pytest.raises(ScenarioError, match=rf"{place}.*depletion.*\[patient\.depletion\]"):
        compile(load(scenario, [f"{place}.depletion.rate='1 1/day'"]))


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ("glioblastoma-bivalent", "act on a block"),
        ("leukaemia-cd19-mesothelin", "act on a block|settle in stroma"),
    ],
)
def test_where_there_are_no_fibroblasts_or_no_drawn_vessels_it_is_refused(scenario, said):
    with pytest.raises(ScenarioError, match=rf"patient\.depletion.*({said})"):
        compile(load(scenario, ["patient.depletion.rate='1 1/day'"]))
