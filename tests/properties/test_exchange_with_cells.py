"""Uptake and secretion: in proportion to a cell's volume, by the living and, as far as the law says, the dead."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from perforin.mechanisms.tissue import oxygenation, secretion

VOXEL = 8000.0


def rates(kernel, cells, per_kind, dead):
    out = np.zeros(cells.count, dtype=np.float32)
    kernel(
        cells.type, cells.fate, cells.place, cells.count, np.asarray(per_kind), np.asarray(dead), VOXEL, out
    )
    return out


@pytest.mark.parametrize("kernel", [oxygenation.uptake_per_cell, secretion.release_per_cell])
def test_a_cell_exchanges_by_its_share_of_the_voxel(tissue, kernel):
    cells = tissue(2, np.array([0, 1], dtype=np.uint8))
    cells.place[1, 3] /= 2
    assert_allclose(
        rates(kernel, cells, [10.0, 1.0], [0.1, 0.1]), [10 * 2494 / VOXEL, 2494 / VOXEL / 8], rtol=1e-5
    )


@pytest.mark.parametrize("kernel", [oxygenation.uptake_per_cell, secretion.release_per_cell])
@pytest.mark.parametrize("share", [0.0, 0.1, 1.0])
def test_a_dead_cell_exchanges_its_share_of_that(tissue, kernel, share):
    cells = tissue(2)
    cells.fate[1] = 1
    alive, dead = rates(kernel, cells, [10.0, 10.0], [share, share])
    assert dead == pytest.approx(share * alive)
    assert alive > 0
