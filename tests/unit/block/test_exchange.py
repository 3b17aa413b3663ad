"""T cells between blood and block: who comes in where, who leaves, what chemokines call, and nothing made or lost."""

import numpy as np
import pytest
from nodule import TREATED, numbers, plan, walked

from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue import extravasation
from perforin.mechanisms.tissue.chemotaxis import Receptor
from perforin.mechanisms.tissue.vessels import Lines
from perforin.scenario.plan import T_CELL
from perforin.simulation import recorder, start, step
from perforin.simulation.state import State

MANY = (
    "patient.lesion_volume='0.01 cm^3'",  # a small weight: many founders
    "patient.blood.extravasation='100 1/(day*cm^3)'",
)


@pytest.fixture(scope="module")
def compiled():
    return plan(*MANY, "patient.vessels.egress='20 1/day'", base=TREATED)


@pytest.fixture(scope="module")
def hours(compiled):
    return walked(compiled, 6)


def held(state):
    """Body, weighted block and ledger, by kind of cell."""
    pools, ledger = state.block.pools, state.block.ledger
    return (
        pools.inside.sum(axis=0)
        + pools.lost
        + ledger.weight * (ledger.entered - ledger.left)
        + ledger.balance
    )


def test_body_block_and_ledger_hold_the_whole_dose(hours):
    ledger = hours.block.ledger
    assert ledger.entered.sum() == hours.counters["arrivals"] > 20
    assert ledger.left.sum() > 3
    assert held(hours) == pytest.approx([0.0, 2.5e8], rel=1e-10)


def test_cells_that_left_are_gone_and_those_within_add_up(hours):
    events = hours.events.drain()
    assert (events["kind"] == "egress").sum() == hours.block.ledger.left.sum()
    gone = set(events["cell"][events["kind"] == "egress"].tolist())
    assert gone.isdisjoint(hours.cells.id[: hours.cells.count].tolist())
    assert gone <= set(events["cell"][events["kind"] == "arrival"].tolist())


def test_arrivals_come_through_the_walls_of_vessels_with_flow():
    state = start.begin(plan(*MANY, "patient.vessels.egress='0 1/day'", base=TREATED))
    compiled = plan(*MANY, base=TREATED)
    while not state.counters["arrivals"]:
        step.advance(state, compiled)
    events = state.events.drain()
    came, lines, edge = events["kind"] == "arrival", state.block.lines, state.block.edge
    spots = np.stack([events["x"][came], events["y"][came]], axis=1)
    apart = np.abs(spots[:, None] - lines.place[lines.flows][None])
    off = np.sqrt((np.minimum(apart, edge - apart) ** 2).sum(axis=-1)).min(axis=1)
    radius = (3 * 710 / (4 * np.pi)) ** (1 / 3)
    assert off == pytest.approx(4.0 + radius, abs=0.01)


def test_a_restored_block_lets_the_same_cells_in_and_out(hours, compiled):
    copy = State.restore(compiled, *hours.arrays())
    assert copy.hash() == hours.hash()
    again = State.restore(compiled, *hours.arrays())
    for state in (copy, again):
        step.advance(state, compiled)
    assert copy.hash() == again.hash() != hours.hash()
    assert (copy.block.ledger.entered == again.block.ledger.entered).all()


def test_the_series_says_how_much_of_the_dose_reached_a_cubic_centimetre(hours, compiled):
    row = recorder.series_row(hours, compiled)
    into = 2.5e8 - row["blood_t_cells"] - row["body_t_cells"] - hours.block.pools.lost.sum()
    volume = compiled.block.weight * hours.block.edge**3 / 1e12
    assert row["id_per_cm3"] == pytest.approx(100 * into / 2.5e8 / volume, rel=1e-6)
    assert row["blood_t_cells"] / row["body_t_cells"] == pytest.approx(24 / 1440 / 2.44, rel=0.02)


def test_only_perfused_vessels_let_cells_in():
    """The flux goes with the perfused fraction: the debit of the first step halves with it."""
    debits = []
    for fraction in (1.0, 0.5):
        compiled = plan(
            f"patient.perfusion.perfused_fraction={fraction}", "patient.edge='200 um'", base=TREATED
        )
        state = start.begin(compiled)
        step.advance(state, compiled)
        ledger = state.block.ledger
        debits.append(float((ledger.weight * ledger.entered + ledger.balance).sum()))
    assert debits[1] == pytest.approx(debits[0] / 2, rel=1e-3)


class Chemokine:
    def __init__(self, values):
        self.values = values


def test_a_chemokine_at_the_wall_calls_as_many_as_the_law_says_and_where_it_is():
    grid = VoxelGrid.of_box((200.0, 200.0, 200.0), 20.0)
    lines = Lines(numbers(1e-4, 1.0), 200.0, 1)
    values = np.zeros(grid.shape, dtype=np.float32)
    law = Receptor(kind=1, field="CCL2", half=2.0, most=12.5, bias=0.0, steepness=1e-3)
    fields = {"CCL2": Chemokine(values)}
    without = extravasation.doors(lines, fields, grid, None, (law,), 1)
    assert extravasation.share_of_vessels(lines, without) == 1.0
    values[:] = 1e6
    assert extravasation.share_of_vessels(
        lines, extravasation.doors(lines, fields, grid, None, (law,), 1)
    ) == pytest.approx(12.5, rel=1e-4)
    assert (
        extravasation.share_of_vessels(lines, extravasation.doors(lines, fields, grid, None, (law,), 2))
        == 1.0
    )
    values[:] = 2.0
    assert extravasation.share_of_vessels(
        lines, extravasation.doors(lines, fields, grid, None, (law,), 1)
    ) == pytest.approx(6.75)
    values[:] = 0.0
    values[5:] = 1e6  # above the middle
    weight = extravasation.doors(lines, fields, grid, None, (law,), 1)
    ids = extravasation.names_of(1, 0, 2000)
    places = extravasation.beside_walls(lines, grid, weight, ids, 5.5, 1)
    expected = 12.5 / 13.5
    above = (places[:, 2] > 0).mean()
    assert above == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 2000))
    assert (np.abs(places) <= 100.0).all()


def test_t_cells_leave_at_their_rate_and_only_beside_open_vessels(hours):
    """One step of the law on T cells laid against a vessel and far from one: 4 standard errors of the share."""
    many, rate, dt = 4000, 0.02, 6.0
    lines = Lines(numbers(1 / 200.0**2, 1.0, egress=rate), 200.0, 1)
    grid = VoxelGrid.of_box((200.0, 200.0, 200.0), 20.0)

    class Walkers:
        count = many
        fate = np.zeros(many, dtype=np.uint8)
        partner = np.where(np.arange(many) % 10 == 9, 0, -1)
        id = np.arange(many, dtype=np.uint64)
        place = np.zeros((many, 4), dtype=np.float32)

    Walkers.place[:, :2] = lines.place[0]
    Walkers.place[::2, 0] += 50.0
    rows = extravasation.leave(Walkers, np.ones(many, bool), lines, grid, None, 1, 7, dt)
    assert (rows % 2 == 1).all()
    assert (Walkers.partner[rows] < 0).all()
    expected, free = -np.expm1(-rate * dt), (np.arange(many) % 2 == 1) & (Walkers.partner < 0)
    assert len(rows) / free.sum() == pytest.approx(
        expected, abs=4 * np.sqrt(expected * (1 - expected) / free.sum())
    )
    assert (
        extravasation.leave(Walkers, np.ones(many, bool), lines, grid, np.ones(grid.shape), 1, 7, dt).size
        == 0
    )


def test_there_are_no_more_t_cells_than_came_in_and_stayed(hours):
    assert hours.is_role(T_CELL).sum() <= hours.block.ledger.entered.sum() - hours.block.ledger.left.sum()
