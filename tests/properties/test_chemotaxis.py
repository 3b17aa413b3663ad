"""Chemotaxis: receptors turn T cells up a gradient or down it, as far as the closed form says, and add up."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from perforin.engine.motion import random_direction, turned_direction
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue import motility
from perforin.mechanisms.tissue.chemotaxis import NOWHERE, Receptor, feel
from perforin.scenario.catalog import find
from perforin.scenario.plan import LawPlan
from perforin.simulation.state import nothing_to_climb

MANY, SPEED, SPREAD = 4000, 4.0, 1 / np.sqrt(3)  # of a cosine that is uniform from -1 to 1
GRID = VoxelGrid.of_box((400.0,) * 3, 20.0)
LAW = LawPlan("persistent", "within-reach", "isotropic", "reduced")


def index(p):
    """The forward migration index in a uniform gradient: the mean cosine of normalised p + (1 - |p|) xi."""
    return 2 * p / (3 * (1 - p)) if p <= 0.5 else 1 - (1 - p) ** 2 / (3 * p**2)


def receptor(bias, field="CCL5", half=1.0, most=1.0, steepness=1e-9, kind=1):
    return Receptor(kind, field, half, most, bias, steepness)


def rising(of_occupancy, half=1.0, axis=0):
    """A chemokine whose receptor is filled to 1/2 in the middle and by `of_occupancy` [1/um] more along an axis."""
    filled = 0.5 + of_occupancy * GRID.centres()[axis] + np.zeros(GRID.shape)
    return SimpleNamespace(values=(half * filled / (1 - filled)).astype(np.float32))


@pytest.fixture
def forward(tissue, numbers):
    """Turn many T cells once where receptors lead them; the mean cosine of their headings with each axis."""

    def of(receptors, fields, bias=0.0, kind=1, attractant=None):
        cells = tissue(MANY, kind=kind)
        toward = feel(receptors, fields, GRID, 2)
        numbers_ = numbers("motility", speed=SPEED, bias=bias)
        climbed = attractant or nothing_to_climb(GRID)
        motility.advance(
            cells, np.arange(MANY, dtype=np.int32), numbers_, climbed, LAW, False, 1, 0, 0.1, toward=toward
        )
        return cells.heading[:MANY].astype(float).mean(axis=0)

    return of


FOUR = 4 * SPREAD / np.sqrt(MANY)  # seed 1: four standard errors of a mean cosine, at most


@pytest.mark.parametrize("bias", [0.18, 0.5, 0.8, 1.0, -0.18, -0.8])
def test_the_forward_migration_index_is_that_of_the_closed_form_and_its_sign_that_of_the_bias(forward, bias):
    found = forward([receptor(bias)], {"CCL5": rising(5e-4)})
    assert_allclose(found, [np.sign(bias) * index(abs(bias)), 0, 0], atol=FOUR)


def test_the_measured_index_of_t_cells_with_ccr5_and_without(forward):
    """Galeano Nino 2020: 0.27, and 0.08 without CCR5; what is left without it is another receptor's here."""
    fields = {"CCL5": rising(5e-4), "other": rising(5e-4)}
    rest, whole = receptor(0.1071, "other"), receptor(0.2883 - 0.1071)
    assert forward([rest, whole], fields)[0] == pytest.approx(0.27, abs=FOUR)
    assert forward([rest], fields)[0] == pytest.approx(0.08, abs=FOUR)
    library = find("receptors", "CCR5").document["bias"]["value"]
    assert whole.bias == pytest.approx(library, abs=0.002)


def test_two_receptors_add_as_vectors_and_cancel_where_they_are_opposed(forward):
    fields = {"one": rising(5e-4), "other": rising(5e-4, axis=1)}
    both = forward([receptor(0.3, "one"), receptor(0.3, "other")], fields)
    along = index(0.3 * np.sqrt(2)) / np.sqrt(2)
    assert_allclose(both, [along, along, 0], atol=FOUR)
    opposed = forward([receptor(0.3, "one"), receptor(-0.3, "one")], fields)
    assert_allclose(opposed, 0, atol=FOUR)


def test_a_receptor_adds_to_an_attractant(forward):
    attractant = SimpleNamespace(values=rising(5e-4).values, grid=GRID)
    found = forward([receptor(0.2)], {"CCL5": rising(5e-4)}, bias=0.2, attractant=attractant)
    assert found[0] == pytest.approx(index(0.4), abs=FOUR)


def test_a_receptor_of_another_chemokine_or_of_another_kind_of_cell_turns_nobody(forward):
    fields = {"CCL5": rising(0.0), "CCL2": rising(5e-4)}
    assert_allclose(forward([receptor(0.9)], fields), 0, atol=FOUR)
    assert_allclose(forward([receptor(0.9, kind=0)], {"CCL5": rising(5e-4)}), 0, atol=FOUR)


def test_half_the_bias_at_the_steepness_and_ever_less_where_it_is_shallower():
    steepness = 1e-3
    for slope, share in ((steepness, 1 / 2), (steepness / 3, 1 / 4)):
        toward = feel([receptor(0.4, steepness=steepness)], {"CCL5": rising(slope)}, GRID, 2)
        assert_allclose(
            toward[1, 5:-5, 5:-5, 5:-5], np.broadcast_to([0.4 * share, 0, 0], (10, 10, 10, 3)), atol=1e-4
        )
        assert not toward[0].any()


def test_a_full_receptor_feels_no_gradient():
    """The same slope of the level, where it half fills the receptor and where it has filled it 99 times over."""
    lengths = []
    for level in (1.0, 99.0):
        values = (level + 5e-4 * GRID.centres()[0] + np.zeros(GRID.shape)).astype(np.float32)
        toward = feel([receptor(0.4, steepness=1.0)], {"CCL5": SimpleNamespace(values=values)}, GRID, 2)
        lengths.append(float(np.linalg.norm(toward[1, 10, 10, 10])))
    assert lengths[1] / lengths[0] == pytest.approx((2 / 100) ** 2, rel=0.1)


def test_without_receptors_nothing_is_made():
    assert feel([], {}, GRID, 2) is NOWHERE


def test_the_array_is_filled_anew_and_kept():
    fields = {"CCL5": rising(5e-4)}
    first = feel([receptor(0.4)], fields, GRID, 2)
    again = feel([receptor(0.4)], fields, GRID, 2, first)
    assert again is first
    assert_allclose(again[1, 10, 10, 10], [0.4, 0, 0], atol=1e-4)


unit = st.floats(0, 1, exclude_max=True)


@given(unit, unit, st.tuples(*[st.floats(-1, 1)] * 3))
def test_a_turned_direction_has_length_one(u, v, p):
    assert np.linalg.norm(turned_direction(*random_direction(u, v, True), *p)) == pytest.approx(1.0)


def test_t_cells_deplete_where_they_turn_away_and_gather_where_they_turn_to(tissue, numbers):
    """Between closed walls, in a uniform gradient along x, the density of walkers settles to exp(2 r x / (v P)).

    Their index is 2 r / 3 with r = b / (1 - b): drift v 2 r / 3 against motility v^2 P / 3. Of the outer quarters one
    then holds exp(2 r 150 um / (v P)) times as many as the other. Seed 1: four standard errors are 22 % of the ratio,
    walks that a wall cuts short give the rest.
    """
    edge, persistence, r, dt = 200.0, 5.0, 0.1, 0.5
    grid = VoxelGrid.of_box((edge,) * 3, 20.0)
    filled = 0.5 + 1e-3 * grid.centres()[0] + np.zeros(grid.shape)
    fields = {"CXCL12": SimpleNamespace(values=(filled / (1 - filled)).astype(np.float32))}
    ratios = []
    for sign in (-1, 1):
        cells = tissue(MANY, kind=1)
        cells.place[:MANY, :3] = np.random.default_rng(1).uniform(-edge / 2, edge / 2, (MANY, 3))
        toward = feel([receptor(sign * r / (1 + r), "CXCL12")], fields, grid, 2)
        numbers_ = numbers("motility", speed=SPEED, persistence=persistence, bias=0.0)
        for step in range(round(600 / dt)):
            cells.velocity[:MANY] = 0
            motility.advance(
                cells, np.arange(MANY, dtype=np.int32), numbers_, nothing_to_climb(grid), LAW, False, 1, step, dt,
                toward=toward,
            )  # fmt: skip
            cells.place[:MANY, :3] += dt * cells.velocity[:MANY]
            np.clip(cells.place[:MANY, :3], -edge / 2, edge / 2, out=cells.place[:MANY, :3])
        x = cells.place[:MANY, 0]
        ratios.append((x < -50).sum() / (x > 50).sum())
    expected = np.exp(2 * r * 150 / (SPEED * persistence))
    assert ratios[0] == pytest.approx(expected, rel=0.25)
    assert ratios[1] == pytest.approx(1 / expected, rel=0.25)
