"""Where voxels lie, and what a cell reads from the one it is in."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from perforin.engine.diffusion import Field, held_voxels
from perforin.engine.voxels import VoxelGrid


@pytest.fixture
def grid():
    return VoxelGrid.of_box((1000.0, 500.0, 60.0), 20.0)


def test_a_grid_fills_its_box_around_the_origin(grid):
    assert grid.shape == (3, 25, 50)
    assert grid.origin == (-500.0, -250.0, -30.0)
    assert grid.voxels == 3750
    assert grid.voxel_volume == 8000.0


def test_a_box_that_is_no_multiple_of_the_voxel_is_covered(grid):
    covering = VoxelGrid.of_box((1001.0, 19.0, 60.0), 20.0)
    assert covering.shape == (3, 1, 51)
    assert covering.origin == (-510.0, -10.0, -30.0)


def test_every_voxel_centre_lies_in_its_own_voxel(grid):
    x, y, z = (axis.ravel() for axis in grid.centres())
    for iz, iy, ix in [(0, 0, 0), (2, 24, 49), (1, 7, 31)]:
        assert grid.index((x[ix], y[iy], z[iz])) == (iz, iy, ix)


def test_a_place_outside_the_box_belongs_to_the_nearest_voxel(grid):
    assert grid.index((1e6, -1e6, 0.0)) == (1, 0, 49)
    assert grid.index((500.0, 250.0, 30.0)) == (2, 24, 49)


def test_a_fixed_boundary_holds_the_outermost_voxels_of_every_axis_that_has_some():
    assert held_voxels(VoxelGrid((5, 5, 5), 20.0, (0.0,) * 3), "fixed").sum() == 125 - 27
    assert held_voxels(VoxelGrid((1, 5, 5), 20.0, (0.0,) * 3), "fixed").sum() == 25 - 9
    assert held_voxels(VoxelGrid((4, 5, 5), 20.0, (0.0,) * 3), "top").sum() == 25
    assert not held_voxels(VoxelGrid((4, 5, 5), 20.0, (0.0,) * 3), "closed").any()


def test_the_gradient_of_a_linear_field_is_exact_everywhere_walls_included(grid):
    field = Field.build("ramp", "1", grid, 1.0, 0.0, 0.0, "closed", 0.0)
    x, y, z = grid.centres()
    field.values[:] = 0.25 * x - 0.5 * y + 2.0 * z
    places = np.random.default_rng(1).uniform(-0.6, 0.6, (500, 4)).astype(np.float32) * (1000, 500, 60, 1)
    slopes = np.zeros((500, 3), dtype=np.float32)
    field.gradient(places.astype(np.float32), 500, slopes)
    assert_allclose(slopes, np.broadcast_to([0.25, -0.5, 2.0], (500, 3)), rtol=1e-5)


def test_a_single_layer_has_no_gradient_across_it():
    grid = VoxelGrid.of_box((100.0, 100.0, 20.0), 20.0)
    field = Field.build("sheet", "1", grid, 1.0, 0.0, 0.0, "closed", 0.0)
    field.values[:] = grid.centres()[0]
    slope = np.full((1, 3), np.nan, dtype=np.float32)
    field.gradient(np.zeros((1, 4), dtype=np.float32), 1, slope)
    assert_allclose(slope[0], [1.0, 0.0, 0.0])


def test_a_cell_reads_its_own_voxel_and_only_living_rows_are_written(grid):
    field = Field.build("marks", "1", grid, 1.0, 0.0, 0.0, "closed", 0.0)
    field.values[:] = np.arange(grid.voxels).reshape(grid.shape)
    places = np.array(
        [[-499.0, -249.0, -29.0, 8.0], [499.0, 249.0, 29.0, 8.0], [0.0, 0.0, 0.0, 8.0]], dtype=np.float32
    )
    out = np.full(3, -1.0, dtype=np.float32)
    field.sample(places, 2, out)
    assert out.tolist() == [0.0, grid.voxels - 1, -1.0]


def test_a_field_prints_what_it_is(grid):
    field = Field.build("oxygen", "mmHg", grid, 1e5, 0.1, 38.0, "fixed", 38.0)
    assert repr(field) == "Field(oxygen, 50x25x3 voxels of 20 um, 38 to 38 mmHg)"
