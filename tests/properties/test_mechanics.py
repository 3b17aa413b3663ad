"""Mechanics: the published force law per pair, summed over everybody near, and nobody pulls himself."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from perforin.engine.grid import Bins, Box
from perforin.engine.neighbours import Neighbours
from perforin.mechanisms.tissue import mechanics


def law(d, contact, repulsion, adhesion, reach):
    """Speed of separation of two cells, written as the publication writes it."""
    push = repulsion * (1 - d / contact) ** 2 if d < contact else 0.0
    hold = adhesion * (1 - d / (reach * contact)) ** 2 if d < reach * contact else 0.0
    return push - hold


def brute_force(place, kind, table_of, edge=np.inf):
    """Everybody against everybody, in float64."""
    place = place.astype(float)
    velocity = np.zeros((len(place), 3))
    for i in range(len(place)):
        for j in range(len(place)):
            if i != j:
                way = place[i, :3] - place[j, :3]
                if np.isfinite(edge):
                    way -= edge * np.round(way / edge)
                d = np.linalg.norm(way)
                velocity[i] += law(d, place[i, 3] + place[j, 3], *table_of(kind[i], kind[j])) * way / d
    return velocity


@pytest.fixture
def pushed(numbers):
    """Set the velocity of all cells by their neighbours."""

    def of(cells, edge=400.0, periodic=False, **changes):
        table = mechanics.ContactTable(numbers("mechanics", **changes))
        box = Box((edge,) * 3, (periodic,) * 3)
        neighbours = Neighbours(Bins(box), float(table.reach.max()), 0.0, 2.5)
        neighbours.build(cells.place, cells.id, cells.count)
        mechanics.advance(cells, table, np.arange(cells.count, dtype=np.int32), neighbours, box)
        return cells.velocity[: cells.count].astype(float)

    return of


@pytest.mark.parametrize("share", [0.3, 0.7, 0.9, 0.99, 1.0, 1.1, 1.24, 1.26, 2.0])
def test_two_cells_follow_the_published_law(tissue, pushed, share):
    contact = 2 * 8.412710547954229
    cells = tissue(2, place=np.array([[0.0, 0, 0], [share * contact, 0, 0]]))
    velocity = pushed(cells)
    expected = law(share * contact, contact, 10.0, 0.4, 1.25)
    assert_allclose(velocity[1], [expected, 0, 0], atol=3e-5)  # float32 of numbers up to 10
    assert_allclose(velocity[0], -velocity[1], atol=1e-6)


def test_close_cells_part_and_apart_cells_approach(tissue, pushed):
    near = pushed(tissue(2, place=np.array([[0.0, 0, 0], [10.0, 0, 0]])))
    far = pushed(tissue(2, place=np.array([[0.0, 0, 0], [18.0, 0, 0]])))
    assert near[1, 0] > 0 > far[1, 0]


def test_coefficients_of_two_kinds_are_geometric_means(tissue, pushed):
    kind = np.array([0, 1], dtype=np.uint8)
    cells = tissue(2, kind, place=np.array([[0.0, 0, 0], [18.0, 0, 0]]))
    velocity = pushed(cells, adhesion=[0.4, 1.6])
    assert_allclose(velocity[1, 0], law(18.0, 16.825421, 10.0, 0.8, 1.25), atol=1e-5)


@pytest.mark.parametrize(("edge", "periodic"), [(400.0, False), (120.0, True)], ids=["closed", "periodic"])
def test_the_lists_forget_nobody(tissue, pushed, edge, periodic):
    rng = np.random.default_rng(5)
    kind = (np.arange(300) % 3 == 0).astype(np.uint8)
    cells = tissue(300, kind, place=rng.uniform(-60, 60, (300, 3)))
    cells.place[:300, 3] = rng.uniform(4, 9, 300)
    strength = np.array([0.4, 1.6])

    def table(a, b):
        return 10.0, np.sqrt(strength[a] * strength[b]), 1.25

    velocity = pushed(cells, edge, periodic, adhesion=strength)
    expected = brute_force(cells.place[:300], kind, table, edge if periodic else np.inf)
    assert_allclose(velocity, expected, atol=2e-4)  # float32 sums of up to 40 terms of size 10
