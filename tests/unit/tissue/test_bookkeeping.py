"""Bookkeeping: every cell that is there came from somewhere, and every event happened once."""

import numpy as np
import pytest
from lively import IMPULSE, PERSISTENT, plan, walked

from perforin.mechanisms.tissue.apoptosis import ALIVE, APOPTOTIC, LYSED, NECROTIC
from perforin.scenario.plan import TUMOUR
from perforin.simulation import recorder, start

STEPS, CELLS, DOSE = 60, 300, 100


@pytest.fixture(scope="module", params=[PERSISTENT, IMPULSE], ids=["persistent", "impulse"])
def walk(request):
    """The plan, the final state, all events, and per step the count of cells and of events so far."""
    asked = plan(
        cells=CELLS, dose=DOSE, law=request.param, engagement={"attachment_rate": 5.0, "reach": 25.0}
    )
    state, counts, parts = start.begin(asked), [], []
    founders = set(state.cells.id[:CELLS].tolist())
    for _ in range(STEPS):
        walked(asked, 1, state)
        parts.append(state.events.drain())
        counts.append(state.cells.count)
    events = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return asked, state, events, counts, parts, founders


def of(events, kind):
    return events["cell"][events["kind"] == kind].tolist()


def test_cells_are_those_of_the_start_and_the_born_and_the_arrived_less_the_cleared(walk):
    _, _, _, counts, parts, _ = walk
    expected = CELLS
    for count, part in zip(counts, parts, strict=True):
        expected += len(of(part, "division")) // 2 + len(of(part, "arrival")) - len(of(part, "clearance"))
        assert count == expected
    assert len(set(counts)) > 10


def test_counters_are_the_numbers_of_events(walk):
    _, state, events, *_ = walk
    assert state.counters["kills"] == len(of(events, "kill")) > 0
    assert state.counters["divisions"] == len(of(events, "division")) / 2 > 0
    assert state.counters["necroses"] == len(of(events, "necrosis")) > 0
    assert state.counters["ageings"] == len(of(events, "ageing")) > 0
    assert state.counters["arrivals"] == len(of(events, "arrival")) == DOSE
    assert len(of(events, "lysis")) > 0


def test_nothing_happens_twice_to_one_cell(walk):
    _, _, events, *_ = walk
    for kind in ("arrival", "division", "kill", "necrosis", "lysis", "clearance", "ageing"):
        cells = of(events, kind)
        assert len(cells) == len(set(cells)), kind


def test_a_cell_dies_of_one_cause_and_is_cleared_only_when_dead(walk):
    _, _, events, *_ = walk
    killed, starved, aged = (set(of(events, kind)) for kind in ("kill", "necrosis", "ageing"))
    assert not killed & starved
    assert not killed & aged
    assert not starved & aged
    assert set(of(events, "lysis")) <= starved
    assert set(of(events, "clearance")) <= killed | aged | set(of(events, "lysis"))


def test_what_the_events_say_is_what_the_tissue_is(walk):
    """Replay: founders and newcomers, mothers replaced by daughters, the cleared removed, the dead by their cause."""
    _, state, events, _, _, founders = walk
    present, fate = set(founders), {}
    for kind, cell, other in zip(
        events["kind"].tolist(), events["cell"].tolist(), events["other"].tolist(), strict=True
    ):
        if kind in ("arrival", "division"):
            assert cell not in present
            present.add(cell)
            present.discard(other)
        elif kind == "clearance":
            present.remove(cell)
        else:
            assert cell in present
            fate[cell] = {"kill": APOPTOTIC, "ageing": APOPTOTIC, "necrosis": NECROTIC, "lysis": LYSED}[kind]
    count = state.cells.count
    assert present == set(state.cells.id[:count].tolist())
    expected = [fate.get(cell, ALIVE) for cell in state.cells.id[:count].tolist()]
    assert state.cells.fate[:count].tolist() == expected


def test_kills_name_a_t_cell_and_are_counted_on_it(walk):
    _, state, events, *_ = walk
    t_cells = set(of(events, "arrival"))
    killers = events["other"][events["kind"] == "kill"].tolist()
    assert set(killers) <= t_cells
    assert not set(of(events, "kill")) & t_cells
    count = state.cells.count
    for cell, kills in zip(state.cells.id[:count].tolist(), state.cells.kills[:count].tolist(), strict=True):
        assert kills == killers.count(cell)


def test_two_daughters_share_a_mother_who_is_gone(walk):
    _, _, events, *_ = walk
    mothers = events["other"][events["kind"] == "division"]
    _, times = np.unique(mothers, return_counts=True)
    assert (times == 2).all()


def test_events_come_in_order_of_time(walk):
    """Within a step, kills are noted at their own minute and the rest at its end."""
    _, _, events, *_ = walk
    assert (np.diff(events["minute"]) >= 0).all()
    assert events["minute"].min() == 6.0  # the dose
    assert events["minute"].max() <= 6.0 * STEPS
    assert np.isfinite(np.stack([events[axis] for axis in "xyz"])).all()


def test_a_dead_cell_is_cleared_after_its_time_to_the_step(walk):
    asked, _, events, *_ = walk
    death = np.isin(events["kind"], ["kill", "ageing"])
    died = dict(zip(events["cell"][death].tolist(), events["minute"][death], strict=True))
    cleared = dict(zip(of(events, "clearance"), events["minute"][events["kind"] == "clearance"], strict=True))
    waits = np.array([cleared[cell] - died[cell] for cell in died if cell in cleared])
    clearance, step = asked.numbers["apoptosis"].clearance[0], asked.clock.phenotype * asked.clock.tick
    assert waits.size > 3
    assert (waits <= clearance + 1e-6).all()
    assert (waits >= clearance - step - 1e-6).all()


def test_the_series_counts_who_is_there(walk):
    asked, state, events, *_ = walk
    row = recorder.series_row(state, asked)
    cells, count = state.cells, state.cells.count
    tumour, alive = cells.type[:count] == TUMOUR, cells.fate[:count] == ALIVE
    assert row["tumour_cells"] == (tumour & alive).sum()
    assert row["tumour_dead"] == (tumour & ~alive).sum()
    assert row["t_cells"] == (~tumour & alive).sum()
    assert row["t_cells_dead"] == (~tumour & ~alive).sum()
    assert row["kills"] == len(of(events, "kill"))
    assert row["attached_pairs"] * 2 == (cells.partner[:count] >= 0).sum()
    assert row["minute"] == 6.0 * STEPS
    assert row["oxygen_min"] <= row["oxygen_mean"] <= 38.0 + 1e-3


def test_partners_are_living_and_each_others(walk):
    _, state, *_ = walk
    cells = state.cells
    held = np.flatnonzero(cells.partner[: cells.count] >= 0)
    assert (cells.partner[cells.partner[held]] == held).all()
    assert (cells.fate[held] == ALIVE).all()
    assert (cells.type[held] != cells.type[cells.partner[held]]).all()


def test_a_snapshot_names_partners_by_id(walk):
    asked, state, *_ = walk
    columns, spatial = recorder.snapshot(state, asked)
    partner_of = dict(zip(columns["id"].tolist(), columns["partner"].tolist(), strict=True))
    assert all(partner_of[other] == cell for cell, other in partner_of.items() if other)
    assert spatial.shape == (state.cells.count, 3)
    assert sum(p > 0 for p in partner_of.values()) == (state.cells.partner[: state.cells.count] >= 0).sum()
