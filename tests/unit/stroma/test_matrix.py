"""The law of the matrix: closed forms, limits, what is laid down is there, and what day 0 looks like."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from ball import ALONE, plan
from dish import walked
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

import perforin
from perforin.engine.grid import Box
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue import matrix, remodelling, stroma
from perforin.simulation import start, step
from perforin.simulation.state import State

UNIFORM, SEPTA = ('stroma = "uniform"',), ('stroma = "septa"',)
MINUTES = 3 * 6.0
ONE = np.zeros((1, 1, 1), np.float32)


@given(st.floats(0, 30), st.floats(0, 0.1), st.floats(0, 0.1), st.floats(0.1, 1000))
def test_a_step_is_the_solution_of_the_law(density, laid, lost, dt):
    found = matrix.after(density, laid, lost, 30.0, dt)
    law = solve_ivp(lambda t, r: laid * (1 - r / 30.0) - lost * r, (0, dt), [density], rtol=1e-9, atol=1e-9)
    assert found == pytest.approx(law.y[0, -1], abs=1e-5)
    assert -1e-9 <= found <= 30.0 + 1e-6


@given(st.floats(0, 29), st.floats(1e-6, 0.1), st.floats(0, 0.1), st.floats(0.1, 100))
def test_two_half_steps_are_one(density, laid, lost, dt):
    half = matrix.after(density, laid, lost, 30.0, dt / 2)
    assert matrix.after(half, laid, lost, 30.0, dt / 2) == pytest.approx(
        matrix.after(density, laid, lost, 30.0, dt), abs=1e-9
    )


def test_deposition_alone_fills_up_as_an_exponential_and_turnover_alone_empties_as_one():
    assert matrix.after(5.0, 0.03, 0.0, 30.0, 200.0) == pytest.approx(30 - 25 * np.exp(-0.03 / 30 * 200))
    assert matrix.after(5.0, 0.0, 0.01, 30.0, 50.0) == pytest.approx(5 * np.exp(-0.5))
    assert matrix.after(5.0, 0.0, 0.0, 30.0, 50.0) == 5.0


def test_cells_lay_down_what_they_make_where_they_are():
    asked = plan(added=UNIFORM)
    state = start.begin(asked)
    stroma, cells = state.stroma, state.cells
    laid, level = np.empty_like(stroma.density), np.empty_like(stroma.density)
    own = asked.numbers["remodelling"]
    remodelling.gather(
        cells.type, cells.fate, cells.place, cells.count, stroma.grid.corner, stroma.grid.spacing,
        own.deposition, own.enzyme, 0.25, laid, level,
    )  # fmt: skip
    fibroblasts = cells.type[: cells.count] == 2
    made = laid.sum(dtype=float) * stroma.grid.voxel_volume / 1e12  # mg/min
    assert made == pytest.approx(fibroblasts.sum() * 2.5 / 1440 * 1e-9, rel=1e-4)
    i, j, k = (
        ((cells.place[: cells.count, :3][fibroblasts] - stroma.grid.corner) // stroma.grid.spacing)
        .astype(int)
        .T
    )
    assert laid[k, j, i].all()
    assert (laid > 0).sum() == len(set(zip(i, j, k, strict=True)))
    assert (level == 0.25).all()


def test_the_mass_of_the_matrix_is_what_was_there_and_what_was_made_less_what_was_cut():
    asked = plan("culture.matrix.turnover=0.5 1/day", "culture.matrix.density=1 mg/mL", "culture.matrix.bath=0.1",
                 "dose.cells=1", added=UNIFORM)  # fmt: skip
    state = start.begin(asked)
    before = state.stroma.density.copy()
    for _ in range(3):
        step.advance(state, asked)
    lost = 0.5 / 1440 + 0.1 / 60
    fibroblasts = state.cells.type[: state.cells.count] == 2
    assert fibroblasts.any()
    untouched = state.stroma._laid == 0
    assert state.stroma.density[untouched] == pytest.approx(
        before[untouched] * np.exp(-lost * MINUTES), rel=1e-5
    )
    made = fibroblasts.sum() * 2.5 / 1440 * 1e-9 * MINUTES / state.stroma.grid.voxel_volume * 1e12
    kept = before.sum(dtype=float) * np.exp(-lost * MINUTES)
    made *= (1 - 1 / 30) * (
        1 - lost * MINUTES / 2
    )  # slowed by what is there, and cut for half the time in the mean
    assert state.stroma.density.sum(dtype=float) - kept == pytest.approx(made, rel=0.01)


def test_enzyme_cuts_and_more_of_it_cuts_more():
    def left(*changes):
        asked = plan("culture.matrix.density=6 mg/mL", "culture.matrix.turnover=0 1/day", "dose.cells=1",
                     *changes, added=(*UNIFORM, ALONE))  # fmt: skip
        return walked(asked, 1.0).stroma.mean

    assert left() == pytest.approx(6.0, rel=1e-6)
    assert left("culture.matrix.bath=1") == pytest.approx(6 * np.exp(-1), rel=1e-5)
    assert left("culture.matrix.bath=2") == pytest.approx(6 * np.exp(-2), rel=1e-5)


def test_an_armed_t_cell_cuts_the_voxel_it_is_in():
    asked = plan("car.remodelling.enzyme=10", "culture.matrix.capsule=200 um", "culture.matrix.turnover=0 1/day",
                 "car.motility.speed=0 um/min", "culture.cells=20", added=(*UNIFORM, ALONE))  # fmt: skip
    state = walked(asked, 0.5)
    t_cells = state.cells.place[state.t_cells]
    there = state.stroma.density_at(t_cells[state.stroma.density_at(t_cells) > 0])
    assert there.size > 20
    assert there.max() < 2 * np.exp(-4)  # pushed cells may have come in the last step
    assert np.median(state.stroma.density[state.stroma.density > 0]) == pytest.approx(2.0)


def test_a_driving_field_raises_what_is_laid_down():
    density = np.full((2, 2, 2), 3.0, np.float32)
    laid, none = np.full_like(density, 0.01), np.zeros_like(density)
    driver = np.full_like(density, 0.14)
    alone, driven = density.copy(), density.copy()
    matrix.remodel(alone, laid, none, ONE, 0.14, 1.0, 30.0, 0.0, 0.0, 60.0)
    matrix.remodel(driven, laid, none, driver, 0.14, 1.0, 30.0, 0.0, 0.0, 60.0)
    assert alone[0, 0, 0] == pytest.approx(30 - 27 * np.exp(-0.01 / 30 * 60), rel=1e-5)
    assert driven[0, 0, 0] == pytest.approx(30 - 27 * np.exp(-0.015 / 30 * 60), rel=1e-5)


def test_a_tumour_without_stroma_has_no_numbers_and_no_state_of_it():
    asked = plan()
    assert asked.stroma is None
    assert not {"matrix", "remodelling", "passage"} & set(asked.numbers)
    assert not [row.path for row in asked.sources if "matrix" in row.path or "passage" in row.path]
    state = State(asked)
    assert state.stroma is None
    assert not [name for name in state.arrays()[0] if name.startswith("stroma")]


def test_septa_enclose_islets_hold_the_fibroblasts_and_their_fibres_lie_in_them():
    asked = plan(
        "culture.cells=2500", "culture.box=500 um", "culture.matrix.density=21 mg/mL", "culture.matrix.islet=60 um",
        "culture.matrix.septum=60 um", "dose.cells=1", "culture.matrix.capsule=40 um", added=SEPTA,
    )  # fmt: skip
    state = start.begin(asked)
    stroma, cells = state.stroma, state.cells
    at = stroma.density_at(cells.place[: cells.count])
    kinds = cells.type[: cells.count]
    assert at[kinds == 2].mean() > 20.0 > at[kinds == 3].mean() + 5.0
    assert {3.0, 21.0} == set(np.round(at, 3))
    strength = np.linalg.norm(stroma.axis, axis=-1)
    assert strength[stroma.density == 21.0] == pytest.approx(0.5, abs=1e-5)
    assert (strength[stroma.density < 21.0] == 0).all()
    assert stroma.filled[stroma.density == 21.0] == pytest.approx(0.7)


def test_an_islet_in_a_periodic_box_has_septa_towards_its_own_images():
    asked = plan("culture.matrix.islet=40 um", "culture.matrix.septum=40 um", "culture.matrix.density=21 mg/mL",
                 added=SEPTA)  # fmt: skip
    grid, box = VoxelGrid.of_box((120.0,) * 3, 20.0), Box((120.0,) * 3, (True, True, False))
    x, y, z = (axis.ravel() for axis in np.meshgrid(*[np.arange(-55.0, 56.0, 10.0)] * 3))
    laid = stroma.lay("septa", asked.numbers["matrix"], grid, box, np.stack([x, y, z], axis=-1), 1)
    for sideways in (1, 2):
        across = (laid.density == 21.0).any(axis=sideways)
        assert across.all()  # from any place one comes to a septum
        dense = (laid.density == 21.0).mean(axis=tuple({0, 1, 2} - {sideways}))
        assert dense.max() == 1.0  # a septum that is a whole plane
    assert (
        laid.density == 3.0
    ).sum() == 4 * 4 * 6  # what the two septa of 40 um leave of six voxels each way


def test_texture_spreads_the_density_around_its_median():
    asked = plan("culture.cells=2500", "culture.box=500 um", "culture.matrix.texture=0.4", added=UNIFORM)
    density = start.begin(asked).stroma.density
    logs = np.log(density[density > 0] / 2.0)
    assert logs.std() == pytest.approx(0.4, abs=4 * 0.4 / np.sqrt(2 * logs.size))
    assert logs.mean() == pytest.approx(0.0, abs=4 * 0.4 / np.sqrt(logs.size))


@pytest.mark.parametrize("voxels", [0, 3])
def test_a_stretched_tissue_holds_as_much_matrix(voxels):
    stroma = start.begin(plan(added=UNIFORM)).stroma
    before, grid = stroma.density.sum(dtype=float) * stroma.grid.voxel_volume, stroma.grid
    shape = tuple(n + voxels for n in grid.shape)
    edge = 1.1 * grid.spacing * grid.shape[0]
    stroma.lie_on(VoxelGrid(shape, edge / shape[0], (-edge / 2,) * 3))
    assert stroma.density.shape == shape == stroma.axis.shape[:3]
    assert stroma.density.sum(dtype=float) * stroma.grid.voxel_volume == pytest.approx(before, rel=1e-5)


def test_a_ball_in_matrix_goes_on_from_a_checkpoint_with_the_same_bits():
    asked = plan("culture.matrix.density=8 mg/mL", "car.remodelling.enzyme=1", added=SEPTA)
    whole = walked(asked, 1.0)
    restored = State.restore(asked, *walked(asked, 0.5).arrays())
    for _ in range(5):
        step.advance(restored, asked)
    assert restored.hash() == whole.hash()
    restored.stroma.density[0, 0, 0] += 1
    assert restored.hash() != whole.hash()


def test_the_number_of_threads_does_not_change_a_bit():
    found = set()
    for threads in (1, 4):
        asked = [sys.executable, str(Path(__file__).with_name("alike_in_matrix.py"))]
        where = (Path(perforin.__file__).parents[1], Path(__file__).parents[1] / "attack")
        path = os.pathsep.join(map(str, where))
        environment = os.environ | {"NUMBA_NUM_THREADS": str(threads), "PYTHONPATH": path}
        ran = subprocess.run(asked, env=environment, capture_output=True, text=True, check=True)
        many, hashed = ran.stdout.split()
        assert int(many) > 512  # three blocks of T cells
        found.add(hashed)
    assert len(found) == 1
