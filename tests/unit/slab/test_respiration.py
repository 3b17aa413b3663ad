"""Respiration: as much oxygen as the cells burn, hardly less until there is little left."""

import numpy as np
import pytest

from perforin.engine.cells import Cells
from perforin.engine.diffusion import Field, solve_steady
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue import apoptosis, respiration
from perforin.quantities import Numbers

A, HALF, EXCHANGE, BLOOD = 600.0, 1.5, 10.0, 40.0


def tissue(many=40, dead=0):
    grid = VoxelGrid((2, 2, 2), 20.0, (-20.0, -20.0, -20.0))
    field = Field.build("oxygen", "mmHg", grid, 1e5, 0.0, 20.0, "closed", 0.0)
    cells = Cells(apoptosis.DECLARATION.columns)
    rows = cells.append(8 * many, type=0)
    corners = np.array([(x, y, z) for x in (-10, 10) for y in (-10, 10) for z in (-10, 10)])
    cells.place[rows, :3] = np.repeat(corners, many, axis=0)
    cells.place[rows, 3] = (8000.0 / many * 0.5 * 3 / (4 * np.pi)) ** (1 / 3)  # half of every voxel is cells
    cells.fate[:dead] = apoptosis.APOPTOTIC
    return cells, field


def law(peak=A, dead_fraction=0.0):
    values = {"peak": peak, "half": HALF, "dead_fraction": dead_fraction}
    return Numbers({name: np.array([value]) for name, value in values.items()})


def test_blood_and_uptake_balance_at_the_root_of_the_quadratic():
    cells, field = tissue()
    respiration.breathe(cells, field, law())
    field.loss += EXCHANGE
    field.gain += EXCHANGE * BLOOD
    solve_steady(field)
    b = HALF + A / 2 / EXCHANGE - BLOOD  # k (b - p) (h + p) = a/2 p
    root = (-b + np.sqrt(b * b + 4 * HALF * BLOOD)) / 2
    assert field.values == pytest.approx(root, abs=0.01)


def test_the_dead_burn_their_share():
    cells, field = tissue(dead=160)
    respiration.breathe(cells, field, law(dead_fraction=0.25))
    assert field.peak.sum() == pytest.approx(8 * A / 2 * (0.5 + 0.5 * 0.25), rel=1e-5)


def test_cells_without_a_peak_leave_the_field_as_it_is():
    cells, field = tissue()
    respiration.breathe(cells, field, law(peak=0.0))
    assert field.peak is None
