"""What is skipped to be fast changes nothing: each shortcut against the long way round.

Lists with a skin and lists that follow sum the same forces in another order: equal to float32 rounding, which after 60
steps of at most 1 um has grown to less than 1e-3 um.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from perforin.engine.forces import NOBODY, contact_velocity
from perforin.engine.grid import Bins, Box
from perforin.engine.levels import Levels
from perforin.engine.motion import move
from perforin.engine.multigrid import (
    ALONE,
    APPLY,
    ASCEND,
    DESCEND,
    FINISH,
    FIRST,
    PREPARE,
    STEP,
    TURN,
    _work,
    _work_on_threads,
)
from perforin.engine.neighbours import Neighbours

BOX, DT, GUARD = Box((150.0,) * 3, (True, True, False)), 0.5, 1.0
PUSH, HOLD, NEAR = (np.full((1, 1), x, dtype=np.float32) for x in (10.0, 0.4, 0.8))
COUNT, STEPS = 700, 60
ROWS, IDS = np.arange(COUNT, dtype=np.int32), np.arange(COUNT, dtype=np.uint64)


def pressed():
    """Cells at random with overlaps of all sizes: they part for an hour."""
    rng = np.random.default_rng(3)
    return np.c_[rng.uniform(-74, 74, (COUNT, 3)), rng.uniform(6, 9, COUNT)].astype(np.float32)


def walked(skin, spare=0):
    """The places after STEPS steps, and how often all lists were made."""
    place, made = pressed(), 1
    near = Neighbours(Bins(BOX), 1.25, 0.0, skin, spare)
    near.build(place, IDS, COUNT, ROWS)
    velocity, before = (np.zeros((COUNT, 3), dtype=np.float32) for _ in range(2))
    drift, leap, guarded = (np.zeros(3, dtype=kind) for kind in (np.float32, np.float32, np.int64))
    for _ in range(STEPS):
        contact_velocity(
            place, np.zeros(COUNT, dtype=np.uint8), ROWS, near.start, near.stop, near.listed, near.edges, BOX.wrap,
            PUSH, HOLD, NEAR, velocity, NOBODY,
        )  # fmt: skip
        move(
            place, velocity, before, COUNT, np.float32(DT), np.float32(0.5), np.float32(GUARD), False, BOX.half,
            near.edges, near.periodic, BOX.wrap, near.anchor, drift, leap, guarded,
        )  # fmt: skip
        if drift.max() > (skin / 2) ** 2 and not (spare and near.follow(place, ROWS)):
            near.build(place, IDS, COUNT, ROWS)
            made += 1
    return place[:, :3], made


@pytest.fixture(scope="module")
def the_long_way():
    """Lists made anew at every step, that hold nobody beyond reach."""
    place, made = walked(skin=0.0)
    assert made == STEPS + 1
    assert np.linalg.norm(place - pressed()[:, :3], axis=1).mean() > 0.5
    return place


@pytest.mark.parametrize(
    ("skin", "spare"), [(2.5, 0), (1.0, 0), (2.5, 40)], ids=["skin", "thin skin", "lists that follow"]
)
def test_old_lists_move_cells_as_new_ones_do(the_long_way, skin, spare):
    place, made = walked(skin, spare)
    assert made < STEPS / 2
    assert_allclose(place, the_long_way, atol=1e-3)


JOBS = {
    "prepare": PREPARE,
    "descend": DESCEND,
    "ascend": ASCEND,
    "turn": TURN,
    "apply": APPLY,
    "step": STEP,
    "finish": FINISH,
}


@pytest.mark.parametrize("parts", [2, 3, 7])
@pytest.mark.parametrize("shape", [(9, 8, 7), (6, 1, 5), (5, 2, 1), (1, 4, 3)])
@pytest.mark.parametrize("job", JOBS)
def test_planes_shared_out_have_the_bits_of_planes_one_by_one(job, shape, parts):
    held = np.random.default_rng(4).random(shape) < 0.2
    for level in np.arange(2 if job in ("prepare", "descend", "ascend") else 1):
        found = []
        for shared in (False, True):
            random = np.random.default_rng(5)
            levels = Levels(shape, held)
            levels.room = np.empty((parts, levels.room.shape[1]), dtype=np.float32)
            changed = [*levels.flats, levels.direction, levels.image, levels.sums, levels.peaks]
            for array in changed:
                array[:] = random.random(array.shape)
            c, b = random.random((2, *shape), dtype=np.float32)
            state = (
                level,
                np.float32(0.7),
                np.float32(250.0),
                c,
                b,
                levels.tables,
                levels.flats,
                levels.scratch,
            )
            if shared:
                _work_on_threads(JOBS[job], parts, *state)
            else:
                _work(JOBS[job], FIRST, ALONE, *state)
            found.append([c, *changed])
        for one, other in zip(*found, strict=True):
            assert np.array_equal(one, other)
