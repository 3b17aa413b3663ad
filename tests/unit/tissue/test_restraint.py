"""Restraint: tumour cells cycle more slowly in denser matrix, and as their archetype says in that of their islets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perforin.engine.cells import Cells, Column
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue import growth, restraint
from perforin.quantities import PG_PER_MG, Numbers
from perforin.scenario.compile import compile
from perforin.scenario.scenario import load
from perforin.simulation import start, step

STEP, CYCLE = 6.0, 3000.0  # min
MOST, HALF, REFERENCE = 0.5, 5.0, 3.0
GRID = VoxelGrid.of_box((80.0, 20.0, 20.0), 20.0)
DENSITIES = np.array([0.0, 3.0, 14.0, 30.0], dtype=np.float32)  # mg/mL, along x
NUMBERS = Numbers(
    {
        "fraction": np.array([MOST, 0.0]),
        "half_density": np.array([HALF, HALF]) * PG_PER_MG,
        "reference": np.array([REFERENCE, REFERENCE]) * PG_PER_MG,
    }
)
CYCLING = Numbers(
    {
        name: np.array([value, value])
        for name, value in {
            "oxygen_threshold": 0.2,
            "oxygen_saturation": 2.0,
            "antigen_gain": 0.0,
            "proliferates": 1.0,
        }.items()
    }
)


def divided_after(kind):
    """When a cell of a kind divides in each of the four voxels [min]."""
    columns = [*growth.DECLARATION.columns, Column("oxygen", "float32", "mmHg"), Column("fate", "uint8", "1")]
    columns += [Column("partner", "int32", "1", start=-1, reference=True, on_division="reset_both")]
    cells = Cells(columns, capacity=4)
    rows = cells.append(4, id=np.arange(4, dtype=np.uint64), type=kind, oxygen=40.0, cycle_duration=CYCLE)
    cells.place[rows, :3] = [[x, 0.0, 0.0] for x in (-30.0, -10.0, 10.0, 30.0)]
    density = np.broadcast_to(DENSITIES, GRID.shape).copy()
    even, when, minutes = np.ones(cells.capacity, dtype=np.float32), np.zeros(4), 0.0
    while not when.all():
        minutes += STEP
        done = growth.advance(cells, CYCLING, STEP, even)
        restraint.advance(cells, NUMBERS, density, GRID, STEP)
        when[done] = np.where(when[done] == 0.0, minutes, when[done])
    return when


def test_a_cycle_in_matrix_takes_as_long_as_the_law_says():
    """Within two steps: what is held back of a step is told in the next, and a division waits for the end of its own."""
    left = 1.0 - MOST * DENSITIES / (DENSITIES + HALF)
    at_reference = 1.0 - MOST * REFERENCE / (REFERENCE + HALF)
    assert divided_after(0) == pytest.approx(CYCLE * at_reference / left, abs=2 * STEP)


def test_who_has_no_restraint_cycles_as_without_matrix():
    assert divided_after(1) == pytest.approx(CYCLE, abs=2 * STEP)


@given(st.floats(0, 30), st.floats(0, 30), st.floats(0, 0.9), st.floats(0.1, 30))
def test_denser_matrix_never_lets_a_cell_cycle_faster_nor_stops_it(one, two, most, half):
    loose, dense = sorted((one, two))
    assert 0.0 < restraint.left(dense, most, half) <= restraint.left(loose, most, half) <= 1.0


def timers(*changes, hours=4):
    """The median time that tumour cells of an untreated piece have gone on in their cycle [min]."""
    plan = compile(load("pancreatic-cd19-mesothelin", ["dose=[]", "patient.edge=235 um", *changes]))
    state = start.begin(plan)
    tumour = np.flatnonzero(state.cells.type[: state.cells.count] == 0)
    was = dict(zip(state.cells.id[tumour].tolist(), state.cells.cycle_time[tumour].tolist(), strict=True))
    step.until(state, plan, hours * 60.0)
    many = state.cells.count
    now = dict(zip(state.cells.id[:many].tolist(), state.cells.cycle_time[:many].tolist(), strict=True))
    return float(np.median([now[name] - before for name, before in was.items() if name in now]))


def test_an_enzyme_that_cuts_the_matrix_lets_the_carcinoma_cycle_faster():
    """Cut within two minutes; then 1 / 0.8125, as in no matrix, within the step before and 1 % of rounding."""
    cut = timers("patient.matrix.bath=50")
    assert cut == pytest.approx(240 / 0.8125, rel=0.03)
    assert timers() < 240 < cut
