"""Engagement: attachment at a rate per candidate, one partner each, release at a rate."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose

from perforin.mechanisms.tissue import engagement

TUMOUR, T_CELL = 0, 1
ROLE = np.array([TUMOUR, T_CELL], dtype=np.uint8)


@dataclass(frozen=True)
class Law:
    search: str = "within-reach"


@pytest.fixture
def advance(numbers, near):
    """One step of searching and attaching for all T cells of a tissue; returns how many attached."""

    def of(cells, search="within-reach", step=0, dt=0.1, seed=1, lattice=30.0, **changes):
        rows = np.flatnonzero(cells.type[: cells.count] == T_CELL).astype(np.int32)
        law, neighbours = numbers("engagement", **changes), near(cells, edge=800.0)
        antigen = numbers("antigen")
        return engagement.advance(
            cells, rows, law, antigen, ROLE, Law(search), lattice, neighbours, seed, step, dt
        )

    return of


@pytest.fixture
def facing(tissue):
    """Many T cells, each at a distance from one tumour cell of its own, the pairs far from each other."""

    def of(pairs, distance, level=2.0):
        side = int(np.ceil(pairs ** (1 / 3)))
        lattice = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)[:pairs]
        corners = -395.0 + 60.0 * lattice  # every other bin of 30 um, and nobody else in reach
        place = np.concatenate([corners, corners + np.array([distance, 0.0, 0.0])])
        kind = np.repeat(np.array([T_CELL, TUMOUR], dtype=np.uint8), pairs)
        return tissue(2 * pairs, kind, place=place, antigen=level)

    return of


@pytest.mark.parametrize(
    ("distance", "level", "factor"),
    [(10.0, 2.0, 1.0), (13.0, 1.25, 0.5), (16.0, 2.0, 0.5), (17.0, 1.25, 0.125)],
)
@pytest.mark.parametrize("search", ["within-reach", "own-bin"])
def test_a_t_cell_attaches_at_the_rate_of_distance_and_antigen(
    facing, advance, search, distance, level, factor
):
    pairs = 1500
    cells = facing(pairs, distance, level)
    made = advance(cells, search, dt=5.0)
    expected = 1 - np.exp(-0.2 * factor * 5.0)
    assert_allclose(made / pairs, expected, atol=4 * np.sqrt(expected * (1 - expected) / pairs))  # seed 1


@pytest.mark.parametrize(
    ("distance", "level"),
    [(18.5, 2.0), (12.0, 0.5), (12.0, 0.2)],
    ids=["too far", "at the threshold", "below"],
)
def test_no_t_cell_attaches(facing, advance, distance, level):
    assert advance(facing(300, distance, level), dt=1e6) == 0


def test_the_dead_and_the_held_are_left_alone(facing, advance):
    cells = facing(2, 12.0)
    cells.fate[2] = 1
    cells.partner[3] = 0  # held by somebody already
    assert advance(cells, dt=1e6) == 0


def test_two_t_cells_that_want_one_target_do_not_both_get_it(tissue, advance):
    chosen = []
    for step in range(40):
        kind = np.array([T_CELL, T_CELL, TUMOUR], dtype=np.uint8)
        cells = tissue(3, kind, place=np.array([[-9.0, 0, 0], [9.0, 0, 0], [0, 0, 0]]), antigen=2.0)
        assert advance(cells, step=step, dt=1e6) == 1
        holder = int(cells.partner[2])
        assert cells.partner[holder] == 2
        assert cells.partner[1 - holder] == -1
        chosen.append(holder)
    assert 5 < sum(chosen) < 35  # either may win: fair coin, 40 throws, beyond 4.7 standard deviations


def test_in_a_crowd_partners_are_always_each_others(tissue, advance, numbers):
    rng = np.random.default_rng(3)
    kind = (np.arange(600) < 200).astype(np.uint8)
    cells = tissue(600, kind, place=rng.uniform(-60, 60, (600, 3)), antigen=2.0)
    for step in range(30):
        advance(cells, step=step, dt=1.0, attachment_rate=1.0, holding_time=5.0)
        held = np.flatnonzero(cells.partner[:600] >= 0)
        assert (cells.partner[cells.partner[held]] == held).all()
        assert (cells.type[held] != cells.type[cells.partner[held]]).all()
    assert held.size > 100


def test_holders_let_go_at_random_after_a_mean_time(facing, numbers):
    pairs = 4000
    cells = facing(pairs, 12.0)
    cells.partner[:pairs] = np.arange(pairs, 2 * pairs)
    cells.partner[pairs : 2 * pairs] = np.arange(pairs)
    rows, law = np.arange(pairs, dtype=np.int32), numbers("engagement")
    for step in range(300):
        engagement.release(
            rows, cells.type, cells.fate, cells.id, cells.partner, 0.1, 1, step, law.holding_time
        )
    left = np.exp(-0.5)  # 30 of 60 min
    assert_allclose((cells.partner[:pairs] >= 0).mean(), left, atol=4 * 0.5 / np.sqrt(pairs))


@pytest.mark.parametrize("search", ["within-reach", "own-bin"])
def test_targets_in_range_pull_in_proportion_to_distance(tissue, advance, search):
    kind = np.array([T_CELL, TUMOUR, TUMOUR], dtype=np.uint8)
    cells = tissue(
        3, kind, place=np.array([[-185.0, -185, -185], [-175.0, -185, -185], [-185.0, -177, -185]])
    )
    advance(cells, search, attachment_rate=0.0)
    assert_allclose(cells.velocity[0], [0.1, 0.08, 0.0], atol=1e-6)


def test_own_bin_sees_only_its_own_bin(tissue, advance):
    """Bins of 30 um from the corner at -400: -370 is a wall between two of them."""
    kind = np.array([T_CELL, TUMOUR], dtype=np.uint8)
    cells = tissue(2, kind, place=np.array([[-371.0, -385, -385], [-368.0, -385, -385]]), antigen=2.0)
    assert advance(cells, "own-bin", dt=1e6) == 0
    assert_allclose(cells.velocity[0], 0)
    assert advance(cells, "within-reach", dt=1e6) == 1
