"""Four tissues built so that the answer is known: why the survivors survived must come out at least 95 % right."""

import numpy as np
import pandas as pd
import pytest
from dish import plan, walked

from perforin.analysis import survivors
from perforin.simulation import recorder

RIGHT = 0.95  # asked for; a contact may begin in the very last step


def reasons(plan, state) -> np.ndarray:
    """The reason of every surviving tumour cell."""
    columns, _ = recorder.snapshot(state, plan)
    cells = pd.DataFrame(columns)
    alive = cells[(cells["type"] == 0) & (cells["fate"] == 0)]
    return survivors.reasons_of(alive, plan.attack.answer_threshold, attacked=True)


@pytest.fixture(scope="module")
def spared():
    asked = plan()
    state = walked(asked, 10)
    return asked, state, reasons(asked, state)


def test_cells_without_antigen_survive_as_antigen_negative():
    asked = plan("library.tumours.patch.antigens.A.positive_fraction=0")
    state = walked(asked, 12)
    why = reasons(asked, state)
    assert state.counters["attachments"] > 100
    assert (why == "antigen_negative").mean() >= RIGHT


def test_cells_that_no_t_cell_came_near_survive_as_never_reached():
    asked = plan("car.motility.speed='0 um/min'", "library.cells.killer.mechanics.repulsion='0 um/min'")
    state = walked(asked, 12)
    why = reasons(asked, state)
    untouched = state.cells.first_contact[: state.cells.count][state.is_role(0)] < 0
    assert untouched.mean() > 0.5
    assert (why == "never_reached").sum() >= RIGHT * untouched.sum()


def test_cells_under_brakes_survive_as_suppressed():
    asked = plan("culture.suppression.product=0.04")
    state = walked(asked, 24)
    why = reasons(asked, state)
    cells = state.cells
    alive = state.is_role(0) & (cells.fate[: cells.count] == 0)
    reached = cells.hits_open[: cells.count][alive] > 0
    assert reached.sum() > 30
    assert (why[reached] == "suppressed").mean() >= RIGHT


def test_cells_that_unbraked_t_cells_met_and_left_alive_are_spared_by_chance(spared):
    _, state, why = spared
    cells = state.cells
    alive = state.is_role(0) & (cells.fate[: cells.count] == 0)
    met = cells.first_contact[: cells.count][alive] >= 0
    assert met.sum() > 20
    assert (why[met] == "spared_by_chance").mean() >= RIGHT


def test_every_survivor_has_one_reason(spared):
    _, state, why = spared
    alive = state.is_role(0) & (state.cells.fate[: state.cells.count] == 0)
    assert len(why) == alive.sum()
    assert set(why) <= set(survivors.REASONS)
