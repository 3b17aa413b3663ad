"""Tissues built so that it is known whom stroma shuts out: at least 95 % must come out right, and whole runs add up."""

import numpy as np
import pandas as pd
import pytest
from ball import ALONE, plan, scenario
from dish import walked

import perforin as pf
from perforin.analysis import survivors
from perforin.mechanisms.tissue import enclosure
from perforin.results.run import RunData
from perforin.simulation import recorder, shut_out, start

RIGHT = 0.95
SEPTA, UNIFORM = ('stroma = "septa"', ALONE), ('stroma = "uniform"', ALONE)
STILL = ("culture.matrix.turnover=0 1/day", "culture.cells=600", "dose.cells=100")
SPEED, PERSISTENCE = 4.0, 2.0
M = SPEED**2 * PERSISTENCE / 3


def reasons(asked, state):
    columns, _ = recorder.snapshot(state, asked)
    cells = pd.DataFrame(columns)
    alive = cells[(cells["type"] == 0) & (cells["fate"] == 0)]
    return survivors.reasons_of(alive, asked.attack.answer_threshold, attacked=True)


def test_an_islet_in_a_closed_capsule_is_shut_out_whole_and_an_open_one_is_not():
    islet = ("culture.matrix.islet=150 um", "culture.matrix.capsule=40 um")
    for density, share in (("21 mg/mL", 1.0), ("3 mg/mL", 0.0)):
        asked = plan(*STILL, *islet, f"culture.matrix.density={density}", added=SEPTA)
        why = reasons(asked, walked(asked, 24.0))
        assert why.size > 300
        assert abs((why == "shut_out_by_stroma").mean() - share) <= 1 - RIGHT
        assert ((why == "never_reached") | (why == "spared_by_chance")).mean() == pytest.approx(
            1 - share, abs=0.05
        )


def walled(gap):
    """A ball of which what lies below z = 0 stands in a closed box, with one open voxel in its wall where there is a gap."""
    asked = plan(*STILL, "culture.matrix.density=1 mg/mL", added=UNIFORM)
    state = start.begin(asked)
    density, grid = state.stroma.density, state.stroma.grid
    x, y, z = np.broadcast_arrays(*grid.centres())
    far = np.maximum(np.maximum(abs(x), abs(y)), np.maximum(z, -z - 20.0))
    box = (z < 20.0) & (far < 160.0)
    inner = (z < 0.0) & (far < 140.0)
    density[box & ~inner] = 25.0
    if gap:
        k, j, i = grid.index((0.0, 0.0, 10.0))
        density[k, j, i] = 1.0
    return asked, state


@pytest.mark.parametrize("gap", [False, True])
def test_cells_behind_a_wall_are_shut_out_unless_it_has_a_gap(gap):
    asked, state = walled(gap)
    state.tick = 14 * 14400
    shut = shut_out.shut_out(state, asked)
    place = state.cells.place[: state.cells.count]
    behind, before = place[:, 2] < -25.0, place[:, 2] > 25.0
    assert behind.sum() > 100
    assert (shut[behind] == (not gap)).mean() >= RIGHT
    assert (~shut[before]).all()


def test_who_does_not_walk_shuts_nobody_out():
    asked = plan(*STILL, "car.motility.speed=0 um/min", "culture.matrix.density=25 mg/mL", added=UNIFORM)
    why = reasons(asked, walked(asked, 1.0))
    assert (why == "shut_out_by_stroma").sum() == 0


def test_nobody_is_shut_out_before_there_are_t_cells():
    asked = plan(*STILL, "culture.matrix.density=25 mg/mL", "dose.day=3", added=UNIFORM)
    assert not shut_out.shut_out(walked(asked, 1.0), asked).any()


@pytest.mark.parametrize("density", [5.0, 17.0])
def test_matrix_that_slows_shuts_out_those_deeper_than_a_day_leads_and_nobody_else(density):
    walk = (f"car.motility.speed={SPEED} um/min", f"car.motility.persistence={PERSISTENCE} min")
    asked = plan(
        *STILL, *walk, "culture.cells=3000", f"culture.matrix.density={density} mg/mL", added=UNIFORM
    )
    state = start.begin(asked)
    state.tick = 14400
    shut = shut_out.shut_out(state, asked)
    place = state.cells.place[: state.cells.count, :3]
    depth = state.tumour_radius() - np.linalg.norm(place, axis=1)
    led = np.sqrt(2 * M * 1440) / (1 + (density / 4) ** 2)  # um in a day
    touch = 1.5 * (8.41 + 5.53)  # at most, between centres
    deep, shallow = (
        depth > led + touch + 20.0,
        depth < led - 35.0,
    )  # a voxel of doubt, and where the matrix begins
    assert deep.sum() + shallow.sum() > 200
    assert shut[deep].sum() >= RIGHT * deep.sum()
    assert shut[shallow].sum() <= (1 - RIGHT) * shallow.sum()


def test_the_time_in_a_uniform_matrix_is_that_in_which_a_walk_spreads_so_far():
    grid = (9, 9, 9)
    slow = np.full(grid, 1 / np.sqrt(2 * M))
    sources = np.zeros(grid, bool)
    sources[4, 4, 4] = True
    found = enclosure.times(slow, sources, 20.0, (False,) * 3, 1e9)
    for way in ((0, 0, 3), (0, 3, 3), (3, 3, 3), (4, 0, 0)):
        length2 = 400.0 * sum(step * step for step in way)
        assert found[4 + way[0], 4 + way[1], 4 + way[2]] == pytest.approx(length2 / (2 * M))
    assert found[4, 4, 4] == 0.0
    around = enclosure.times(slow, np.roll(sources, 4, axis=2), 20.0, (True, False, False), 1e9)
    assert around[4, 4, 0] == pytest.approx(400.0 / (2 * M))
    assert np.isinf(enclosure.times(slow, sources, 20.0, (False,) * 3, 30.0)[4, 4, 7])


def test_no_way_leads_through_the_edge_between_two_closed_voxels():
    slow = np.full((1, 2, 2), 1.0)
    slow[0, 0, 1] = slow[0, 1, 0] = np.inf
    sources = np.zeros((1, 2, 2), bool)
    sources[0, 0, 0] = True
    assert np.isinf(enclosure.times(slow, sources, 20.0, (False,) * 3, 1e9)[0, 1, 1])


def test_a_whole_run_says_shut_out_and_its_reasons_sum_to_the_survivors(tmp_path):
    asked = scenario("days=0.25", "culture.matrix.density=21 mg/mL", "culture.matrix.islet=150 um",
                     "culture.matrix.capsule=40 um", added=('stroma = "septa"',))  # fmt: skip
    run = pf.simulate(asked, out=tmp_path)
    counted = survivors.survivors(RunData.open(run.path))
    assert sum(counted.values()) == 120
    assert counted["shut_out_by_stroma"] >= RIGHT * 120
    assert {"fibroblast", "macrophage"} <= set(run.cells(day=0.25).obs["type"].astype(str))
