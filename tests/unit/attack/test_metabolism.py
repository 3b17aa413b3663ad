"""What cells take from fields and give to them: nothing is lost, and lactate is what became of glucose."""

import numpy as np
import pytest
import starved
from dish import walked

from perforin.engine.exchange import balance, total_amount
from perforin.mechanisms.tissue.recognition import PER_NM
from perforin.quantities import Value
from perforin.scenario.living import per_cell
from perforin.simulation.medium import diffuse

BOTH = ("library.fields.glucose.boundary='closed'", "library.fields.lactate.boundary='closed'")


@pytest.fixture(scope="module")
def fed():
    """The dish after two hours: the plan, the state, and the fields before and after one more solve of each."""
    asked = starved.plan("car.damage.hit_rate='0 1/min'")
    state = walked(asked, 2)
    before = {name: total_amount(field) for name, field in state.fields.items()}
    for field in asked.fields:
        diffuse(state, asked, field)
    return asked, state, before


def minutes(asked):
    return asked.clock.phenotype * asked.clock.tick


def test_every_field_gains_what_cells_give_less_what_they_take_and_what_decays(fed):
    asked, state, before = fed
    for plan in asked.fields:
        field = state.fields[plan.name]
        flows = balance(field)
        change = 0.0 if plan.steady else (total_amount(field) - before[plan.name]) / minutes(asked)
        assert flows.net == pytest.approx(change, abs=2e-3 * flows.turnover), plan.name


def test_lactate_given_is_the_yield_times_the_glucose_that_was_taken(fed):
    _, state, _ = fed
    taken, given = balance(state.fields["glucose"]).taken, balance(state.fields["lactate"]).gained
    assert taken > 0.0
    # T cells of this dish make no lactate: theirs is taken off
    glucose, rows = state.fields["glucose"], state.t_cells
    level = state.level_at(rows, "glucose")
    active = np.minimum(state.cells.cytokine_signal[rows] / 6.0, 1.0)
    by_t_cells = ((840.0 + 2880.0 * active) * level / (0.2 + level)).sum()
    held = glucose.held.sum()
    assert held > 0
    assert given == pytest.approx(1.8 * (taken - by_t_cells), rel=1e-4)


def test_uptake_saturates_and_an_engaged_t_cell_takes_more(fed):
    asked, state, _ = fed
    exchange = next(e for e in asked.exchanges if e.field == "glucose")
    assert exchange.peak[0].tolist() == [2400.0, 840.0]  # 40 and 14 amol/s in mM um^3/min
    assert exchange.peak[1].tolist() == [0.0, 2880.0]
    field, active = state.fields["glucose"], state.cells.cytokine_signal[state.t_cells] / 6.0
    assert active.max() > 0.1
    alive = state.cells.fate[: state.cells.count] == 0
    tumour = (state.is_role(0) & alive).sum()
    whole = 2400.0 * tumour + 840.0 * state.t_cells.size + 2880.0 * np.minimum(active, 1.0).sum()
    assert field.peak.sum() * field.grid.voxel_volume == pytest.approx(whole, rel=1e-4)


def test_adenosine_comes_with_the_lack_of_oxygen_and_the_dead_give_nothing():
    given = {}
    for pressure, fate in ((0.0, 0), (7.7, 0), (7.7e6, 0), (0.0, 2)):
        asked = starved.plan("dose.cells=1")
        state = walked(asked, 0.1)
        state.cells.oxygen[:] = pressure
        state.cells.fate[: state.cells.count] = fate
        diffuse(state, asked, next(f for f in asked.fields if f.name == "adenosine"))
        given[pressure, fate] = balance(state.fields["adenosine"]).gained
    whole = given[0.0, 0]
    assert whole == pytest.approx(120 * 120_000.0, rel=1e-4)  # 120 cells, 2 amol/s in uM um^3/min
    assert given[7.7, 0] == pytest.approx(0.5 * whole, rel=1e-4)
    assert given[7.7e6, 0] == pytest.approx(0.0, abs=1e-5 * whole)
    assert given[0.0, 2] == 0.0


def test_amounts_in_moles_molecules_and_mass_become_levels():
    def rate(value, unit, field):
        return per_cell(Value(value, unit, "test", "assumed"), field)

    assert rate(1.0, "amol/s", "mM") == pytest.approx(60.0)
    assert rate(PER_NM, "molecule/min", "nM") == pytest.approx(1.0)
    assert rate(PER_NM, "molecule/min", "pM") == pytest.approx(1000.0)
    assert rate(1440.0, "pg/day", "pg/mL") == pytest.approx(1e12)
    with pytest.raises(ValueError, match="measure"):
        rate(1.0, "amol/s", "pg/mL")


def test_what_is_induced_goes_with_the_level_of_its_inducer_in_the_voxel_of_the_cell():
    """s i / (i + half) per living cell: nothing without the inducer, half of it at half, and all of it at plenty."""
    induced = (
        'library.tumours.patch.fields=["oxygen", "IFN-gamma", "CXCL10"]',
        'library.cells.target.exchange=[{ field = "CXCL10", secretion = "2 amol/day", when = "induced", '
        'induced_by = "IFN-gamma", induction = "3 pM" }]',
        "dose.cells=1",
    )
    asked = starved.plan(*induced)
    state = walked(asked, 0.1)
    field = next(f for f in asked.fields if f.name == "CXCL10")
    whole = 120 * 2.0 / 1440.0 * 1e6  # 120 cells, 2 amol/day in nM um^3/min
    for level, share in ((0.0, 0.0), (3.0, 0.5), (9.0, 0.75), (3e6, 1.0)):
        state.fields["IFN-gamma"].values[:] = level
        diffuse(state, asked, field)
        assert balance(state.fields["CXCL10"]).gained == pytest.approx(share * whole, rel=1e-4, abs=1e-9)
    inducer = state.fields["IFN-gamma"]
    inducer.values[:] = 0.0
    right = inducer.grid.centres()[0] > 0
    inducer.values[np.broadcast_to(right, inducer.values.shape)] = 3e6
    diffuse(state, asked, field)
    lies = state.cells.place[: state.cells.count, 0][state.is_role(0)] > 0
    assert 20 < lies.sum() < 100
    assert balance(state.fields["CXCL10"]).gained == pytest.approx(whole * lies.sum() / 120, rel=1e-4)
    state.cells.fate[: state.cells.count] = 2
    diffuse(state, asked, field)
    assert balance(state.fields["CXCL10"]).gained == 0.0


def test_an_induced_secretion_is_left_out_where_the_inducer_is_not():
    cell = '{ field = "IL-10", secretion = "2 amol/day", when = "induced", induced_by = "TGF-beta", induction = "1 nM" }'
    asked = starved.plan(
        'library.tumours.patch.fields=["oxygen", "IL-10"]', f"library.cells.target.exchange=[{cell}]"
    )
    assert not any(e.field == "IL-10" for e in asked.exchanges)
