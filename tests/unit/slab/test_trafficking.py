"""Through the face: T cells come to lie on the surface, everywhere alike, and do not swim."""

from types import SimpleNamespace

import numpy as np
from scipy.stats import kstest

from perforin.engine.cells import Cells
from perforin.engine.grid import Box
from perforin.mechanisms.tissue import trafficking, volume
from perforin.quantities import Numbers

EDGE, HEIGHT = 310.0, 1550.0
BOX = Box((EDGE, EDGE, HEIGHT), (True, True, False))
VOLUMES = Numbers(
    {
        name: np.array([value, value])
        for name, value in {"target": 710.0, "nucleus": 200.0, "fluid_fraction": 0.75}.items()
    }
)


def landed(many, surface, seed=3, before=0):
    cells, log = Cells(volume.DECLARATION.columns), []
    events = SimpleNamespace(add=lambda *row: log.append(row))
    trafficking.arrive_through_face(cells, many, 1, before, BOX, surface, VOLUMES, seed, events, 12.0)
    return cells, log


def test_arrivals_are_spread_evenly_over_the_face_and_lie_on_it():
    cells, log = landed(2000, np.full((15, 15), -465.0))
    place = cells.place[: cells.count]
    for axis in (0, 1):
        assert kstest(place[:, axis], "uniform", args=(-EDGE / 2, EDGE)).pvalue > 1e-3
    assert np.allclose(place[:, 2], -465.0 + place[:, 3], atol=1e-3)
    assert (cells.type[: cells.count] == 1).all()
    assert log[0][:2] == (12.0, "arrival")


def test_arrivals_follow_the_surface_of_their_column_and_stay_below_the_ceiling():
    surface = np.full((15, 15), -465.0)
    surface[:, 8:] = 775.0
    place = landed(400, surface)[0].place[:400]
    high = place[:, 0] > EDGE / 15 / 2
    assert np.allclose(place[high, 2], HEIGHT / 2 - place[high, 3])
    assert (place[~high, 2] < -450).all()


def test_those_who_come_later_are_others_and_land_elsewhere():
    surface = np.zeros((15, 15))
    first, later = landed(5, surface)[0], landed(5, surface, before=5)[0]
    assert not set(first.id[:5]) & set(later.id[:5])
    assert not np.isclose(first.place[:5, 0], later.place[:5, 0]).any()


def test_a_t_cell_in_fluid_turns_towards_the_tissue_and_one_in_tissue_walks_on():
    tissue = np.zeros((75, 15, 15), dtype=bool)
    tissue[:15] = True
    place = np.array([[0, 0, -700, 5], [0, 0, 0, 5], [0, 0, 0, 5]], dtype=np.float32)
    heading = np.array([[0, 0, 1], [0.6, 0, 0.8], [0.6, 0, -0.8]], dtype=np.float32)
    rows, corner = np.arange(3, dtype=np.int32), np.array([-155.0, -155.0, -775.0])
    trafficking.turn_back(rows, place, heading, tissue, corner, 310 / 15)
    assert np.allclose(heading[:, 2], [1, -0.8, -0.8])
    assert np.allclose(np.linalg.norm(heading, axis=1), 1)
