"""Cells of the host: how many, where, constant in number, no targets, and refused where the shares do not sum."""

import subprocess
import sys

import numpy as np
import pytest
from ball import BALL, plan, scenario
from dish import walked
from hypothesis import given
from hypothesis import strategies as st

from perforin.mechanisms.tissue import infiltrate
from perforin.scenario.catalog import find
from perforin.scenario.compile import compile
from perforin.scenario.plan import HOST, TUMOUR, HostPlan
from perforin.scenario.scenario import load
from perforin.simulation import recorder, start, step
from perforin.simulation.state import State


def count(state, name, asked):
    kind = [t.name for t in asked.types].index(name)
    return int((state.cells.type[: state.cells.count] == kind).sum())


def test_hosts_are_the_last_types_and_have_their_share_beside_the_tumour_cells_asked_for():
    asked = plan()
    state = start.begin(asked)
    assert [kind.name for kind in asked.types] == ["tumour", "CAR-T", "fibroblast", "macrophage"]
    assert [kind.role for kind in asked.types] == [0, 1, 2, 2]
    assert count(state, "tumour", asked) == 120
    assert count(state, "fibroblast", asked) == pytest.approx(0.2 / 0.7 * 120, abs=1)
    assert count(state, "macrophage", asked) == pytest.approx(0.1 / 0.7 * 120, abs=1)
    types = state.cells.type[: state.cells.count]
    sizes = [float(state.cells.place[: types.size, 3][types == k].mean()) for k in (2, 3)]
    assert sizes == pytest.approx([(3 * v / 4 / np.pi) ** (1 / 3) for v in (2750, 3550)], rel=1e-4)


def test_hosts_stay_as_many_are_never_held_and_are_no_tumour_cells():
    asked = plan("culture.growth.proliferates=1", "culture.growth.duration=30 h")
    before = start.begin(asked)
    state = walked(asked, 12.0)
    assert state.counters["attachments"] > 0
    assert state.counters["divisions"] > 0
    for name in ("fibroblast", "macrophage"):
        assert count(state, name, asked) == count(before, name, asked)
    host = state.is_role(HOST)
    assert (state.cells.fate[: state.cells.count][host] == 0).all()
    assert (state.cells.first_contact[: state.cells.count][host] < 0).all()
    held = state.cells.partner[state.t_cells]
    assert state.is_role(TUMOUR)[held[held >= 0]].all()
    row = recorder.series_row(state, asked)
    assert row["host_cells"] == host.sum()
    assert row["tumour_cells"] + row["tumour_dead"] == state.is_role(TUMOUR).sum()


def test_hosts_do_not_die_where_there_is_no_oxygen():
    asked = plan("culture.fields.oxygen.start=0 mmHg", "culture.fields.oxygen.outside=0 mmHg",
                 "culture.necrosis.rate=1 1/min", "culture.cells=60")  # fmt: skip
    state = walked(asked, 3.0)
    assert state.counters["necroses"] == state.is_role(TUMOUR).sum() == 60
    assert (state.cells.fate[: state.cells.count][state.is_role(HOST)] == 0).all()


def test_a_ball_with_hosts_goes_on_from_a_checkpoint_with_the_same_bits():
    asked = plan()
    state = walked(asked, 1.0)
    restored = State.restore(asked, *walked(asked, 0.5).arrays())
    for _ in range(5):
        step.advance(restored, asked)
    assert restored.hash() == state.hash()


def test_the_resolved_scenario_holds_its_host_cells_and_means_the_same(tmp_path):
    asked = scenario()
    file = tmp_path / "resolved.toml"
    file.write_text(asked.text())
    assert set(asked.document()["library"]["cells"]) == {"target", "killer", "fibroblast", "macrophage"}
    assert compile(load(file)).plan_hash == compile(asked).plan_hash


def test_a_slab_holds_hosts_and_its_tissue_is_all_of_its_cells():
    own = {"library": {"tumours": {"g": {**_glioblastoma(), "infiltrate": {"macrophage": 0.3}}}}}
    scenario = load("glioblastoma-bivalent", ["patient.edge=160 um", "patient.depth=100 um"])
    document = {**scenario.document(), **own}
    document["patient"] = {**document["patient"], "tumour": "g"}
    asked = compile(type(scenario).of(document, "slab.toml"))
    state, alone = start.begin(asked), start.begin(compile(scenario))
    assert state.is_role(HOST).sum() == pytest.approx(0.3 * state.cells.count, abs=1)
    assert state.cells.count == alone.cells.count
    assert (state.slab.tissue == alone.slab.tissue).all()


def _glioblastoma():
    return {**find("tumours", "glioblastoma").document, "name": "g"}


@given(st.integers(0, 400), st.floats(0, 0.45), st.floats(0, 0.45), st.integers(0, 2**31))
def test_every_kind_has_its_share_to_the_nearest_cell(places, a, b, seed):
    hosts = (HostPlan(3, a, False), HostPlan(4, b, True))
    of = infiltrate.settled(places, hosts, 0, seed)
    for kind, share in ((0, 1 - a - b), (3, a), (4, b)):
        assert abs((of == kind).sum() - share * places) < 1


def test_cells_of_the_stroma_take_the_densest_places_and_others_any():
    density = np.linspace(0.0, 10.0, 1000)
    of = infiltrate.settled(1000, (HostPlan(2, 0.1, False), HostPlan(3, 0.2, True)), 0, 1, density)
    assert density[of == 3].min() == pytest.approx(8.0, abs=0.02)
    assert density[of == 2].mean() == pytest.approx(4.0, abs=0.8)  # of what is left; 3 standard errors


SLIPS = {
    "shares that make one": ("macrophage = 0.1", "macrophage = 0.8", ["infiltrate", "shares that make 1", "less than 1"]),
    "a cell nobody knows": ("fibroblast = 0.2", "fibroblasts = 0.2", ["fibroblasts", "fibroblast"]),
    "a share above one": ("macrophage = 0.1", "macrophage = 1.2", ["macrophage", "1.2"]),
    "a car called as a host": ('cell = "killer"\n', 'cell = "killer"\nname = "fibroblast"\n', ["car[0].name", "fibroblast"]),
    "a layout nobody knows": ('cell = "target"\n', 'cell = "target"\nstroma = "septum"\n', ["stroma", "septum", "septa"]),
    "a driver that is no field of the tumour": (
        'cell = "target"\n', 'cell = "target"\nstroma_driver = "immunostimulatory-factor"\n',
        ["stroma_driver", "immunostimulatory-factor", "oxygen"],
    ),
    "a driver that is not measured in nM": (
        'cell = "target"\n', 'cell = "target"\nstroma_driver = "oxygen"\n', ["culture.tumour", "mmHg", "nM"],
    ),
    "a porosity above one": (
        'cell = "killer"\n', 'cell = "killer"\npassage = { least_porosity = 1.5 }\n', ["car[0].passage", "1.5", "from 0 to 1"],
    ),
    "matrix denser than what leaves no pore": (
        'cell = "target"\n', 'cell = "target"\nstroma = "uniform"\nmatrix = { density = "300 mg/mL" }\n',
        ["culture.matrix.density", "300 mg/mL", "at most 30 mg/mL"],
    ),
    "matrix of a T cell": (
        'cell = "killer"\n', 'cell = "killer"\nmatrix = { bath = 1 }\n', ["car[0].matrix", "[culture.matrix]"],
    ),
    "a host that shall divide": (
        "[library.antigens.A]",
        '[library.cells.macrophage]\nname = "macrophage"\nsummary = "One."\ngrowth = { duration = "20 h" }\n\n[library.antigens.A]',
        ["growth", "acts on tumour cells and T cells"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_located(slip, tmp_path):
    right, wrong, said = SLIPS[slip]
    assert BALL.count(right) == 1
    file = tmp_path / "ball.toml"
    file.write_text(BALL.replace(right, wrong).replace('car = "CAR-T"', 'car = "fibroblast"') if "a car called" in slip
                    else BALL.replace(right, wrong))  # fmt: skip
    asked = [sys.executable, "-m", "perforin", "check", str(file)]
    answer = subprocess.run(asked, capture_output=True, text=True, timeout=120)
    words = answer.stdout + answer.stderr
    assert answer.returncode == 2, words
    for word in said:
        assert word in words, words
