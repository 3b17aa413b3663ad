"""The fields of a slab: each has its own level in blood and in the fluid above, and goes from one to the other."""

import numpy as np
import pytest

import perforin as pf
from perforin.engine.diffusion import solve_steady
from perforin.mechanisms.tissue import perfusion
from perforin.scenario.compile import compile
from perforin.scenario.entries import OXYGEN
from perforin.scenario.plan import HOST, crossing
from perforin.scenario.scenario import Scenario, load
from perforin.simulation import start, step

SMALL = ["patient.edge=160 um", "patient.depth=200 um", "dose=[]"]
CARRIED = {"glucose": (5.0, 3.0), "lactate": (1.0, 1.7)}  # level in blood and in the fluid [mM]


@pytest.fixture(scope="module")
def plan():
    return compile(load("glioblastoma-bivalent", SMALL))


def supplied(plan, name):
    """A field of the untouched slab that no cell takes from or gives to, and its tissue."""
    state = start.begin(plan)
    field, of = state.fields[name], next(field for field in plan.fields if field.name == name)
    field.clear()
    state.slab.supply(
        field, plan.numbers["perfusion"], crossing(plan.vessel_exchanges, name), of.fluid, state.matrix
    )
    return field, state.slab.tissue


@pytest.mark.parametrize("name", CARRIED)
def test_a_field_that_vessels_carry_goes_from_its_level_in_blood_to_its_level_in_the_fluid(plan, name):
    """Without cells: c = blood + (fluid - blood) A cosh(z / inside) in tissue of depth d, exponential above.

    Tolerance 2 % of the difference: second order in h / L, h 20 um against lengths of 50 um and more.
    """
    blood, fluid = CARRIED[name]
    field, tissue = supplied(plan, name)
    solve_steady(field)
    passing = crossing(plan.vessel_exchanges, name)
    rate = perfusion.exchange_rate(plan.numbers["perfusion"], field.diffusion, passing.permeability)
    inside, outside = np.sqrt(field.diffusion / rate), float(plan.numbers["perfusion"].layer[0])
    h, layers = field.grid.spacing, int(tissue[:, 0, 0].sum())
    deep, z = h * layers, h * (np.arange(layers) + 0.5)
    a = 1.0 / (np.cosh(deep / inside) + outside / inside * np.sinh(deep / inside))
    expected = blood + (fluid - blood) * a * np.cosh(z / inside)
    found = field.values[:layers, 0, 0]
    assert np.abs(found - expected).max() < 0.02 * abs(fluid - blood)
    assert field.values[-1] == pytest.approx(fluid, rel=1e-3)


def test_what_no_vessel_carries_is_cleared_by_the_fluid_alone(plan):
    field, tissue = supplied(plan, "TGF-beta")
    assert not field.loss[tissue].any()
    assert (field.loss[~tissue] > 0).all()
    assert not field.gain.any()


def test_a_patient_may_have_another_level_in_the_fluid():
    plan = compile(load("glioblastoma-bivalent", [*SMALL, "patient.fields.TGF-beta.fluid=20 pM"]))
    field, _ = supplied(plan, "TGF-beta")
    assert next(f.fluid for f in plan.fields if f.name == "TGF-beta") == pytest.approx(0.02)
    assert field.gain.max() == pytest.approx(0.02 * field.loss.max(), rel=1e-5)
    assert {row.path for row in plan.sources} >= {"fields.TGF-beta.fluid", "fields.glucose.fluid"}


def test_every_field_of_the_archetype_is_at_its_level_in_the_fluid_far_above_the_tissue(plan):
    state = start.begin(plan)
    for _ in range(100):
        step.advance(state, plan)
    for of in plan.fields:
        values = state.fields[of.name].values
        assert values[-1] == pytest.approx(of.fluid, abs=0.02 * max(of.fluid, float(values.max()))), of.name
    assert state.fields["lactate"].values[0].mean() > 1.7 > state.fields["lactate"].values[-1].mean() - 0.1
    assert state.fields["glucose"].values[0].mean() < 3.0
    for made_inside in ("TGF-beta", "adenosine", "IL-10"):
        levels = state.fields[made_inside].values.mean(axis=(1, 2))
        assert levels[0] > 2 * levels[int(200 / state.grid.spacing)] > 0


def test_a_field_that_says_no_level_in_the_fluid_is_refused_in_a_slab_and_nowhere_else():
    scenario = load("glioblastoma-bivalent", SMALL)
    document = scenario.document()
    del document["library"]["fields"]["lactate"]["fluid"]
    with pytest.raises(pf.ScenarioError, match=r"fluid.*patient\.fields\.lactate\.fluid"):
        compile(Scenario.of(document, "slab.toml"))
    document["patient"]["fields"]["lactate"] = {"fluid": "2 mM"}
    told = compile(Scenario.of(document, "slab.toml"))
    assert next(field.fluid for field in told.fields if field.name == "lactate") == 2.0
    block = compile(load("pancreatic-cd19-mesothelin"))
    assert not any(field.fluid for field in block.fields)
    assert not any(row.path.endswith(".fluid") and row.path.startswith("fields.") for row in block.sources)


def test_without_starvation_glucose_is_held_at_the_level_of_blood():
    plan = compile(load("glioblastoma-bivalent", [*SMALL, "without=starvation"]))
    held = {field.name: field.start for field in plan.fields if field.boundary == "held"}
    assert held == {OXYGEN: 40.0, "glucose": 5.0}


def test_the_archetype_holds_the_cells_of_the_host_that_it_says(plan):
    state = start.begin(plan)
    names = [kind.name for kind in plan.types]
    kinds = state.cells.type[: state.cells.count]
    shares = {name: float((kinds == names.index(name)).mean()) for name in names[1:]}
    assert shares == pytest.approx({"macrophage": 0.35, "mdsc": 0.05, "regulatory-t-cell": 0.01}, abs=0.002)
    hosts = state.cells.place[: state.cells.count][state.is_role(HOST)]
    assert state.slab.depths(hosts).min() > -state.grid.spacing
