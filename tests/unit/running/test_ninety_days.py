"""Ninety days of births, kills and clearances drift nowhere: memory, numbers that are none, overlap.

A patch of a well with room for some fifty tumour cells, to which T cells are given every five days, in longer
steps than usual. Most of the cells that ever lived are gone at the end.
"""

import gc
import resource
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from perforin.scenario.compile import compile
from perforin.scenario.scenario import load
from perforin.simulation import start, step

DAYS, EVERY, GIVEN = 90, 5, 12
SMALL = (
    "culture.cells=30", "culture.box=150 um", "numerics.phenotype=20 min", "numerics.contact=2 min",
    "numerics.mechanics=1 min", "numerics.crowded_mechanics=0.2 min", "numerics.voxel=50 um", "record.cells=1 day", "record.series=2 h",
)  # fmt: skip
DEEPEST = 0.6  # of the sum of radii: daughters are born within each other and T cells squeeze past; 0.39 was measured
USUAL = 0.25  # mean over touching pairs: 0.055 before T cells come, 0.15 while they press on, 0.22 on the worst day


def plan():
    """A well to which T cells are given again and again."""
    made = compile(load("pbt030-coculture", SMALL))
    day = round(1440 / made.clock.tick)
    doses = tuple(
        replace(dose, tick=n * day, cells=GIVEN // 2) for n in range(1, DAYS, EVERY) for dose in made.doses
    )
    return replace(made, days=DAYS, doses=tuple(sorted(doses, key=lambda dose: (dose.tick, dose.type))))


def overlaps(cells):
    """(pairs,) overlap of all touching pairs, as a share of the sum of radii."""
    place = cells.place[: cells.count].astype(float)
    pairs = cKDTree(place[:, :3]).query_pairs(2 * place[:, 3].max(), output_type="ndarray")
    d = np.linalg.norm(place[pairs[:, 0], :3] - place[pairs[:, 1], :3], axis=1)
    share = 1 - d / (place[pairs[:, 0], 3] + place[pairs[:, 1], 3])
    return share[share > 0]


def memory_of(state):
    """Bytes in the arrays of a state, the objects of the whole process, and the most memory it ever had."""
    gc.collect()
    parts = (state, state.neighbours, state.crowd, *state.fields.values())
    arrays = [thing for part in parts for thing in vars(part).values() if isinstance(thing, np.ndarray)]
    arrays += [column for _, column in state.cells.items()]
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return sum(array.nbytes for array in arrays), len(gc.get_objects()), most


@pytest.mark.slow
def test_ninety_days_drift_nowhere():
    asked = plan()
    state, daily, memory = start.begin(asked), [], []
    for day in range(DAYS):
        for _ in range(round(1440 / (asked.clock.phenotype * asked.clock.tick))):
            step.advance(state, asked)
        state.events.drain()  # as the recorder does
        cells = state.cells
        for name, column in cells.items():
            assert column.dtype.kind != "f" or np.isfinite(column).all(), name
        for field in state.fields.values():
            assert np.isfinite(field.values).all()
            assert (field.values >= 0).all()
        assert (np.abs(cells.place[: cells.count, :2]) <= asked.geometry.box[0] / 2).all()
        found = overlaps(cells)
        daily.append((found.max(initial=0.0), found.mean() if found.size else 0.0))
        if day % 10 == 9:
            memory.append(memory_of(state))
    born = state.counters["divisions"] + state.counters["arrivals"]
    assert born > 3 * cells.count
    assert state.counters["kills"] > 50
    deepest, usual = np.array(daily).T
    assert deepest.max() < DEEPEST
    assert usual.max() < USUAL
    assert usual[60:].mean() < 1.5 * usual[:30].mean() + 0.01
    arrays, objects, most = np.array(memory).T
    assert (
        arrays[3:].max() <= 1.5 * arrays[:3].max()
    )  # arrays grow by doubling, and at most one of the large ones does
    assert objects[3:].max() < 1.01 * objects[:3].max()
    assert most[-1] < 1.05 * most[2]
