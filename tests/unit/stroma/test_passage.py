"""T cells in matrix: half the speed at half density, blocked voxels are never entered, fibres guide along themselves."""

import dataclasses

import numpy as np
import pytest
from ball import plan
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from perforin.engine.voxels import VoxelGrid
from perforin.evidence.population import cells_of_one_kind, numbers_of_one_kind
from perforin.mechanisms.tissue import motility, passage
from perforin.mechanisms.tissue.chemotaxis import NOWHERE
from perforin.scenario.plan import LawPlan
from perforin.simulation import start, step
from perforin.simulation.state import Flat

MANY, SPEED, PERSISTENCE, DT = 3000, 4.0, 2.0, 0.1
GRID = VoxelGrid.of_box((100.0,) * 3, 20.0)
LAW = LawPlan("persistent", "within-reach", "isotropic", "reduced")


def ground(density, fibre=(0.0, 0.0, 0.0), guidance=0.55):
    one = np.ones(1)
    return passage.Ground(
        np.full(GRID.shape, density, np.float32), np.tile(np.array(fibre, np.float32), (*GRID.shape, 1)),
        4.0 * one, 2.0 * one, guidance * one, 18.0 * one,
    )  # fmt: skip


def ways(minutes, ground_):
    """(MANY, 3) how far walkers come in a uniform matrix, whose voxels reach without end [um]."""
    cells = cells_of_one_kind(MANY)
    rows, far = np.arange(MANY, dtype=np.int32), np.zeros((MANY, 3))
    numbers = numbers_of_one_kind(speed=SPEED, persistence=PERSISTENCE, bias=0.0)
    nothing = Flat(np.zeros(GRID.shape, np.float32), GRID)
    for k in range(round(minutes / DT)):
        cells.velocity[:MANY] = 0.0
        motility.advance(cells, rows, numbers, nothing, LAW, False, 1, k, DT, ground_)
        far += DT * cells.velocity[:MANY].astype(float)
    return far


def expected(speed, minutes):
    return 2 * speed**2 * PERSISTENCE * (minutes - PERSISTENCE * (1 - np.exp(-minutes / PERSISTENCE)))


@pytest.mark.parametrize(("density", "share"), [(0.0, 1.0), (4.0, 0.5), (8.0, 0.2), (12.0, 0.1)])
def test_the_spread_in_uniform_matrix_is_that_of_the_slowed_walk(density, share):
    squares = (ways(30.0, ground(density)) ** 2).sum(axis=1)
    law = expected(share * SPEED, 30.0)
    # seed 1, four standard errors; a turn at the start of a step adds dt / P at most
    assert squares.mean() == pytest.approx(
        law, abs=4 * squares.std() / np.sqrt(MANY) + DT / PERSISTENCE * law
    )


@given(st.floats(0, 100), st.floats(0.1, 20), st.floats(2, 3))
def test_more_matrix_never_makes_faster_and_half_density_halves(density, half, n):
    here = passage.drag(density, half, n)
    assert 0 < here <= 1
    assert passage.drag(density + 0.1, half, n) < here or here == 1.0
    assert passage.drag(half, half, n) == pytest.approx(0.5)


@pytest.mark.parametrize("guidance", [0.3, 0.9])
def test_fibres_guide_along_themselves_as_the_law_says(guidance):
    """The mean square cosine to the fibre of a turned isotropic direction, and the spread that follows from it."""
    axis = np.array([2.0, -1.0, 2.0]) / 3.0
    weight = guidance * 0.5  # the fibres are fully aligned, and at half density half of it guides

    def along(c):
        return ((1 - weight) * c + weight) ** 2 / (
            (1 - weight) ** 2 + weight**2 + 2 * weight * (1 - weight) * c
        )

    share = quad(along, 0, 1)[0]
    far = ways(30.0, ground(4.0, tuple(axis), guidance))
    lengthwise = (far @ axis) ** 2
    whole = (far**2).sum(axis=1)
    assert share > 1 / 3 + 0.03
    assert lengthwise.mean() / whole.mean() == pytest.approx(
        share, abs=4 * lengthwise.std() / np.sqrt(MANY) / whole.mean()
    )


def test_fibres_guide_nobody_where_there_is_no_matrix():
    bare, fibred = ways(5.0, ground(0.0)), ways(5.0, ground(0.0, (1.0, 0.0, 0.0)))
    assert (bare == fibred).all()


directions = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1)


@given(directions, directions, st.floats(0, 0.99))
def test_a_guided_direction_is_a_unit_vector_that_keeps_its_side(walk, fibre, weight):
    walk, fibre = np.array(walk) / np.linalg.norm(walk), np.array(fibre) / np.linalg.norm(fibre)
    turned = np.array(passage.guided(*walk, *fibre, weight))
    assert np.linalg.norm(turned) == pytest.approx(1.0)
    assert abs(turned @ fibre) >= abs(walk @ fibre) - 1e-9
    assert (turned @ fibre) * (walk @ fibre) >= -1e-9


@given(st.integers(0, 2**31), st.floats(0.1, 60.0), st.floats(0.2, 0.9))
@settings(max_examples=60)
def test_no_step_however_long_ends_in_a_blocked_voxel_that_it_did_not_begin_in(seed, longest, blocked):
    rng = np.random.default_rng(seed)
    density = np.where(rng.random(GRID.shape) < blocked, 20.0, 2.0).astype(np.float32)
    of = ground(0.0)._replace(density=density)
    before = rng.uniform(-49, 49, (400, 3)).astype(np.float32)
    place = np.zeros((400, 4), np.float32)
    place[:, :3] = before + rng.uniform(-longest, longest, (400, 3))
    went, rows = place.copy(), np.arange(400, dtype=np.int32)
    passage.hold_back(rows, np.zeros(400, np.uint8), before, place, GRID.corner, GRID.spacing, of)
    assert not (closed(place, density) & ~same(place, before)).any()
    assert ((place[:, :3] == before) | (place == went)[:, :3]).all()
    free = ~closed(went, density)
    only_x = free & same(went, before)
    assert (place[only_x] == went[only_x]).all()


def index(places):
    return np.clip(np.floor((places[:, :3].astype(float) - GRID.corner) / GRID.spacing).astype(int), 0, 4)


def closed(places, density):
    i, j, k = index(places).T
    return density[k, j, i] >= 18.0


def same(a, b):
    return (index(a) == index(b)).all(axis=1)


def test_in_a_run_no_t_cell_is_ever_in_a_blocked_voxel_and_without_the_block_they_are():
    wall = ('stroma = "septa"',)
    changes = ("culture.cells=800", "dose.cells=200", "culture.matrix.density=21 mg/mL", "culture.matrix.islet=40 um",
               "culture.matrix.septum=40 um", "culture.matrix.turnover=0 1/day")  # fmt: skip

    def inside(asked):
        state, many = start.begin(asked), 0
        for _ in range(20):
            step.advance(state, asked)
            many += int((state.stroma.density_at(state.cells.place[state.t_cells]) >= 18.0).sum())
        return many

    assert inside(plan(*changes, added=wall)) == 0
    assert inside(plan(*changes, "car.passage.least_porosity=0", added=wall)) > 20


def test_a_cell_that_the_matrix_has_grown_over_may_leave():
    before = np.array([[1.0, 1.0, 1.0]], np.float32)
    place = np.array([[12.0, 1.0, 1.0, 5.0]], np.float32)
    density = np.full(GRID.shape, 2.0, np.float32)
    density[2, 2, 2] = 25.0
    of = ground(0.0)._replace(density=density)
    passage.hold_back(
        np.zeros(1, np.int32), np.zeros(1, np.uint8), before, place, GRID.corner, GRID.spacing, of
    )
    assert place[0, 0] == 12.0


def test_pace_multiplies_the_speed():
    cells = cells_of_one_kind(4)
    asked = dataclasses.replace(LAW)
    out = []
    for pace in (1.0, 0.25):
        cells.until_turn[:4], cells.velocity[:4] = 0.0, 0.0
        motility.walk(
            np.arange(4, dtype=np.int32), cells.type, cells.fate, cells.partner, cells.id, cells.place, cells.heading,
            cells.until_turn, cells.velocity, np.zeros((1, 1, 1), np.float32), GRID.corner, GRID.spacing, DT, 1, 0,
            np.array([SPEED]), np.array([PERSISTENCE]), np.zeros(1), False, asked.directions == "isotropic", False,
            np.full(cells.capacity, pace, np.float32), passage.OPEN, NOWHERE,
        )  # fmt: skip
        out.append(np.linalg.norm(cells.velocity[:4], axis=1))
    assert out[0] == pytest.approx(SPEED, rel=1e-5)
    assert out[1] == pytest.approx(SPEED / 4, rel=1e-5)
