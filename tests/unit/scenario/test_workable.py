"""What cannot work is refused with the number that would, and the bounds are where things break."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perforin.engine.forces import NOBODY, contact_velocity
from perforin.engine.grid import Bins, Box
from perforin.engine.neighbours import Neighbours
from perforin.quantities import Numbers
from perforin.scenario.catalog import library
from perforin.scenario.compile import compile
from perforin.scenario.scenario import load
from perforin.scenario.workable import (
    ADAMS_BASHFORTH,
    EULER,
    OVERLAP,
    length_scale,
    longest_step,
    unworkable,
)
from perforin.trial.comparison import is_comparison

SCENARIOS = [name for name in library().names("scenarios") if not is_comparison(name)]
NEAR = {"IL-2"}  # as if T cells were packed: the field gives the help of a neighbourhood
UNTREATED = compile(load("luque2024-untreated"))


def compressed_lattice(across, apart):
    """(n, 3) close packing, `across` cubes of four cells along each edge, and the edge of its periodic box."""
    cube = np.array([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]])
    corners = np.stack(np.meshgrid(*[np.arange(across)] * 3, indexing="ij"), axis=-1).reshape(-1, 1, 3)
    edge = apart * math.sqrt(2.0)
    return (corners + cube).reshape(-1, 3) * edge - across * edge / 2, across * edge


def left_of_a_disturbance(dt, repulsion, radius, is_euler, steps=100):
    """How far cells of a lattice at OVERLAP are from their places after so many steps, over how far they began."""
    places, edge = compressed_lattice(6, 2 * radius * (1 - OVERLAP))
    noise = np.random.default_rng(1).normal(0, 1e-3 * radius, places.shape)
    count, box = len(places), Box((edge,) * 3, (True,) * 3)
    cells = np.c_[places + noise, np.full(count, radius)].astype(np.float32)
    near, rows = Neighbours(Bins(box), 1.25, 0.0, 2.0), np.arange(count, dtype=np.int32)
    near.build(cells, rows.astype(np.uint64), count)
    push, hold, reach = (np.full((1, 1), x, dtype=np.float32) for x in (repulsion, 0.0, 0.8))
    velocity, before, left = np.zeros((count, 3), np.float32), None, [1e-3 * radius]
    for _ in range(steps):
        contact_velocity(
            cells, np.zeros(count, np.uint8), rows, near.start, near.stop, near.listed, near.edges, box.wrap,
            push, hold, reach, velocity, NOBODY,
        )  # fmt: skip
        before = velocity.copy() if before is None or is_euler else before
        cells[:, :3] += dt * (1.5 * velocity - 0.5 * before)
        before = velocity.copy()
        left.append(float(np.sqrt(((cells[:, :3] - places) ** 2).mean())))
        if left[-1] > 0.1 * radius:
            break
    return left[-1] / left[0]


@pytest.mark.parametrize(("limit", "is_euler"), [(ADAMS_BASHFORTH, False), (EULER, True)])
@pytest.mark.parametrize(("repulsion", "radius"), [(10.0, 8.4), (50.0, 5.5)], ids=["tumour", "T cells"])
def test_a_disturbance_dies_below_the_longest_step_and_grows_above(limit, is_euler, repulsion, radius):
    """Forces across the pairs lower the fastest rate by less than a fifth at this overlap; seed 1."""
    longest = longest_step(np.array([repulsion]), np.array([radius]), limit)
    assert left_of_a_disturbance(0.9 * longest, repulsion, radius, is_euler) < 1.1
    assert left_of_a_disturbance(1.25 * longest, repulsion, radius, is_euler) > 10.0


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0.1, 100), st.floats(3, 12)), min_size=1, max_size=4))
def test_one_more_kind_never_allows_a_longer_step(kinds):
    repulsion, radius = np.array(kinds).T
    steps = [longest_step(repulsion[:n], radius[:n], EULER) for n in range(1, len(kinds) + 1)]
    assert steps == sorted(steps, reverse=True)
    assert longest_step(0 * repulsion, radius, EULER) == math.inf


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_of_the_library_can_work(name):
    plan = compile(load(name))
    assert unworkable(plan, name) == []
    mixed = plan.geometry.kind == "suspension"  # where fields are alike everywhere
    for field in () if mixed else plan.fields:
        least = 1.0 if field.name in NEAR else 3.0  # voxels in the length of a field
        assert plan.geometry.voxel < length_scale(plan, field) / least


def test_the_length_of_a_field_is_that_of_its_uptake():
    plan = compile(load("luque2024"))
    oxygen, factor = plan.fields
    assert length_scale(plan, oxygen) == pytest.approx(math.sqrt(1e5 / (0.1 + 10 * 0.7)))
    assert length_scale(plan, factor) == pytest.approx(math.sqrt(1e3 / 0.016))  # what fills does not count
    assert length_scale(plan, replace(factor, decay=0.0)) == math.inf


def test_what_t_cells_take_of_il2_counts_as_if_they_were_packed():
    plan = compile(load("lysis-assay"))
    il2 = replace(plan.fields[0], name="IL-2", diffusion=6000.0, decay=0.0)
    per_volume = 2000 * 0.038 * 0.7 / 710
    assert length_scale(plan, il2) == pytest.approx(math.sqrt(6000 / per_volume), rel=1e-3)


BAD = [
    ("luque2024-small", ["numerics.mechanics=3 min"], "numerics.mechanics", "3 min", "at most 2 min"),
    ("luque2024-small", ["numerics.crowded_mechanics=0.6 min"], "numerics.crowded_mechanics", "0.6 min", "at most 0.4 min"),
    ("lysis-assay", ["numerics.contact=2 min", "numerics.mechanics=1 min", "numerics.crowded_mechanics=1 min"], "numerics.crowded_mechanics", "1 min", "at most 0.5 min"),
    ("luque2024-small", ["culture.mechanics.repulsion=5000 um/min"], "numerics.mechanics", "0.5 min", "0.002 min, with as short a tick"),
    ("luque2024-small", ["numerics.voxel=200 um", "culture.box=1 mm"], "numerics.voxel", "200 um", "at most 100 um"),
    ("glioblastoma-egfr", ["numerics.voxel=100 um"], "numerics.voxel", "103.333 um", "at most 50 um"),
    ("luque2024-small", ["culture.box=190 um", "dose=[]"], "culture.box", "160 um across", "at least 200 um"),
    ("monolayer", ["culture.cells=3000", "dose=[]"], "culture.box", "968 um across", "at least 1010 um"),
    ("lysis-assay", ["culture.cells=3000", "dose=[]"], "culture.box", "640 um", "at least 860 um"),
    ("luque2024-small", ["dose.cells=30000"], "culture.box", "30000 T cells", "at least 490 um"),
    ("lysis-assay", ["dose.cells=20000"], "culture.box", "20000 T cells", "at least 1480 um"),
    ("luque2024-small", ["culture.growth.duration_spread=39 h"], "culture.growth.duration_spread", "39 h about 38.6 h", "at most 9.65 h"),
    ("glioblastoma-egfr", ["patient.growth.duration_spread=9 day"], "patient.growth.duration_spread", "216 h about 648 h", "at most 162 h"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "key", "found", "expected"), BAD)
def test_what_cannot_work_is_refused_with_a_number_that_does(name, changes, key, found, expected):
    problem = next(p for p in unworkable(compile(load(name, changes)), name) if p.key == key)
    assert found in problem.found
    assert expected in problem.expected


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("luque2024-small", ["numerics.mechanics=2 min"]),
        ("luque2024-small", ["numerics.crowded_mechanics=0.4 min"]),
        ("lysis-assay", ["numerics.contact=2 min", "numerics.mechanics=1 min", "numerics.crowded_mechanics=0.5 min"]),
        ("luque2024-small", ["numerics.voxel=100 um", "culture.box=1 mm"]),
        ("glioblastoma-egfr", ["numerics.voxel=50 um"]),
        ("luque2024-small", ["culture.box=200 um", "dose=[]"]),
        ("monolayer", ["culture.cells=3000", "dose=[]", "culture.box=1010 um"]),
        ("lysis-assay", ["culture.cells=3000", "dose=[]", "culture.box=860 um"]),
        ("luque2024-small", ["dose.cells=30000", "culture.box=490 um"]),
        ("lysis-assay", ["dose.cells=20000", "culture.box=1480 um"]),
        ("luque2024-small", ["culture.growth.duration_spread=9.65 h"]),
    ],
)  # fmt: skip
def test_the_number_that_is_named_is_accepted(name, changes):
    assert unworkable(compile(load(name, changes)), name) == []


@settings(max_examples=40)
@given(st.floats(1.0, 1e5), st.floats(1e-3, 100.0))
def test_a_voxel_that_is_named_is_accepted_whatever_the_field(diffusion, uptake):
    plan = UNTREATED
    numbers = dict(plan.numbers)
    arrays = numbers["oxygenation"].as_dict() | {"uptake": np.array([uptake])}
    fields = (replace(plan.fields[0], diffusion=diffusion),)
    plan = replace(plan, fields=fields, numbers=numbers | {"oxygenation": Numbers(arrays)})
    for problem in unworkable(plan, "test"):
        named = float(problem.expected.split()[2])
        assert unworkable(replace(plan, geometry=replace(plan.geometry, voxel=named)), "test") == []
