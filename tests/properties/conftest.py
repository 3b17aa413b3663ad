"""A small tissue to try one law on: cells with every column, and the numbers of a mechanism per kind of cell."""

import numpy as np
import pytest

from perforin.engine.cells import Cells
from perforin.engine.grid import Bins, Box
from perforin.engine.neighbours import Neighbours
from perforin.mechanisms.tissue import MECHANISMS, columns_of, volume
from perforin.quantities import Numbers
from perforin.simulation.events import EventLog

TUMOUR, T_CELL = 0, 1
CANONICAL = {"h": 60.0, "day": 1440.0, "1/h": 1 / 60.0}
BY_NAME = {mechanism.name: mechanism for mechanism in MECHANISMS}


@pytest.fixture
def numbers():
    """numbers("growth", duration=100.0): the defaults in canonical units for tumour and T cell, some replaced."""

    def of(name, **replaced):
        arrays = {}
        for key, value in BY_NAME[name].defaults().items():
            number = replaced.pop(key, value.value * CANONICAL.get(value.unit, 1.0))
            arrays[key] = np.broadcast_to(np.asarray(number, dtype=np.float64), 2).copy()
        assert not replaced, f"{name} has no {replaced}"
        return Numbers(arrays)

    return of


@pytest.fixture
def tissue(numbers):
    """tissue(100): that many full-grown cells at the centre, with ids 1, 2, 3 ..."""

    def of(count, kind=TUMOUR, place=None, **columns):
        cells = Cells(columns_of("attach-and-die"), capacity=count)
        rows = cells.append(count, id=np.arange(1, count + 1, dtype=np.uint64), type=kind, **columns)
        volume.start(cells, rows, numbers("volume"))
        if place is not None:
            cells.place[rows, :3] = place
        return cells

    return of


@pytest.fixture
def events():
    return EventLog()


@pytest.fixture
def near():
    """near(cells, reach=18): who is near whom, in a closed box of 400 um."""

    def of(cells, reach=18.0, edge=400.0, periodic=False, adhesion_range=1.25):
        box = Box((edge,) * 3, (periodic,) * 3)
        neighbours = Neighbours(Bins(box), adhesion_range, reach, 2.5)
        neighbours.build(cells.place, cells.id, cells.count)
        return neighbours

    return of
