"""IL-2 in a closed dish: every molecule is released, taken up or still there."""

import numpy as np
import pytest
from t_cells import SPAN, numbers, t_cells

from perforin.engine import diffusion, exchange
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue import il2
from perforin.mechanisms.tissue.apoptosis import APOPTOTIC
from perforin.mechanisms.tissue.recognition import PER_NM

EDGE = 80.0
AVOGADRO = 6.02214076e23


def dish(count, signal=0.5, **changes):
    """A closed box of 4 x 4 x 4 voxels with T cells at random places (seed 2), their exchange in the field."""
    cells, rows = t_cells(count, signal)
    cells.place[:count, :3] = np.random.default_rng(2).uniform(-EDGE / 2, EDGE / 2, (count, 3))
    grid = VoxelGrid.of_box((EDGE, EDGE, EDGE), 20.0)
    field = diffusion.Field.build(il2.FIELD, "nM", grid, 600.0, 0.0, 0.0, "closed", 0.0)
    return cells, rows, field, numbers("il2", **changes)


def deposit(cells, rows, field, law):
    """Put what the cells take and give into the field."""
    loss, gain = np.zeros((2, cells.capacity), dtype=np.float32)
    il2.exchange_per_cell(cells, rows, law, SPAN, field.grid.voxel_volume, loss, gain)
    field.clear()
    exchange.deposit(cells.place, cells.count, loss, gain, field.grid, field.loss, field.gain)


def molecules(field):
    """How many there are in the field."""
    return exchange.total_amount(field) * PER_NM


def test_a_nanomolar_is_counted_in_molecules_per_cubic_micrometre():
    assert pytest.approx(1e-9 * AVOGADRO * 1e-15, rel=1e-12) == PER_NM  # 1 um^3 is 1e-15 L


def test_without_receptors_every_molecule_released_is_in_the_dish():
    cells, rows, field, law = dish(30, signal=0.5, receptors=0.0)
    for _ in range(20):
        deposit(cells, rows, field, law)
        diffusion.step_implicit(field, SPAN)
    assert molecules(field) == pytest.approx(20 * SPAN * 30 * 0.5 * 29.0, rel=1e-4)


def test_what_is_there_is_what_was_released_less_what_was_taken():
    cells, rows, field, law = dish(30)
    taken = released = 0.0
    for _ in range(20):
        deposit(cells, rows, field, law)
        diffusion.step_implicit(field, SPAN)
        now = exchange.balance(field)
        taken += now.taken * SPAN * PER_NM
        released += now.gained * SPAN * PER_NM
    assert taken > 0.1 * released
    assert molecules(field) == pytest.approx(released - taken, rel=1e-3)


def test_the_dish_settles_where_a_cell_takes_as_much_as_it_gives():
    cells, rows, field, law = dish(64, on_rate=3.16)
    centres = (np.indices((4, 4, 4)).reshape(3, -1).T - 1.5) * 20.0
    cells.place[:64, :3] = centres  # one T cell in each voxel: no gradients
    for _ in range(400):
        deposit(cells, rows, field, law)
        diffusion.step_implicit(field, SPAN)
    np.testing.assert_allclose(field.values * PER_NM * 2000 * 3.16, 0.5 * 29.0, rtol=1e-3)


def test_the_dead_neither_give_nor_take():
    cells, rows, field, law = dish(5)
    cells.fate[:5] = APOPTOTIC
    deposit(cells, rows, field, law)
    assert not field.gain.any()
    assert not field.loss.any()
