"""The matrix of a slab: it squeezes capillaries that are not drawn, slows T cells, and is at rest while nothing is killed."""

import numpy as np
import pytest

from perforin.mechanisms.tissue import perfusion
from perforin.mechanisms.tissue.passage import drag
from perforin.scenario.compile import compile
from perforin.scenario.plan import T_CELL, crossing
from perforin.scenario.scenario import load
from perforin.simulation import start

SMALL = ["patient.edge=160 um", "patient.depth=200 um"]
HALVED = "patient.matrix.density=6 mg/mL"  # a fifth of solid: vessels half open


def begun(*changes):
    plan = compile(load("glioblastoma-bivalent", [*SMALL, *changes]))
    return plan, start.begin(plan)


@pytest.mark.parametrize("name", ["oxygen", "glucose", "lactate"])
def test_matrix_takes_from_all_that_vessels_carry_the_same_share(name):
    """Half of it at a fifth of the densest, by the numbers of drawn vessels; the fluid gives what it gave."""
    plan, state = begun(HALVED)
    field, of = state.fields[name], next(field for field in plan.fields if field.name == name)
    field.clear()
    passing = crossing(plan.vessel_exchanges, name)
    state.slab.supply(field, plan.numbers["perfusion"], passing, of.fluid, state.matrix)
    whole = perfusion.exchange_rate(plan.numbers["perfusion"], field.diffusion, passing.permeability)
    tissue = state.slab.tissue
    assert field.loss[tissue] == pytest.approx(whole / 2, rel=1e-5)
    assert field.loss[~tissue] == pytest.approx(
        perfusion.stirring_rate(plan.numbers["perfusion"], field.diffusion)
    )


def test_matrix_lies_where_the_tissue_is_as_dense_as_the_archetype_says():
    _, state = begun()
    assert state.stroma.density[state.slab.tissue] == pytest.approx(1.5)
    assert not state.stroma.axis.any()
    above = state.grid.centres()[2] > state.slab.surface.max() + state.grid.spacing
    assert not state.stroma.density[np.broadcast_to(above, state.grid.shape)].any()


def test_the_matrix_of_untreated_tissue_is_at_rest():
    """Within 5 % for sixty days: what tumour cells lay down was set so, and a voxel holds a whole number of them."""
    _, state = begun()
    before = state.stroma.density[state.slab.tissue].mean()
    for _ in range(60):
        state.stroma.remodel(state.cells, state.fields, 1440.0)
    assert state.stroma.density[state.slab.tissue].mean() == pytest.approx(before, rel=0.05)


def test_where_no_cell_lays_down_anew_half_of_the_matrix_is_gone_after_58_days():
    _, state = begun("patient.remodelling.deposition=0 pg/cell/day")
    for _ in range(58):
        state.stroma.remodel(state.cells, state.fields, 1440.0)
    assert state.stroma.density[state.slab.tissue].mean() == pytest.approx(
        1.5 * np.exp(-58 * 0.012), rel=1e-3
    )


def test_brain_slows_a_t_cell_by_an_eighth_and_shuts_nobody_out():
    plan, state = begun()
    ground, t = state.ground, [kind.role for kind in plan.types].index(T_CELL)
    assert drag(1.5, ground.half[t], ground.steepness[t]) == pytest.approx(0.877, abs=1e-3)
    assert (ground.density < ground.closed[t]).all()


def test_without_the_obstacle_t_cells_walk_freely_and_vessels_stay_squeezed():
    plan, state = begun("without=stroma")
    ground, t = state.ground, [kind.role for kind in plan.types].index(T_CELL)
    assert drag(1.5, ground.half[t], ground.steepness[t]) == pytest.approx(1.0)
    assert plan.slab.squeeze.half == 0.2
