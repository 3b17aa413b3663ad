"""Engagement: attachment at a rate per candidate, one partner each, release at a rate."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from perforin.mechanisms.tissue import engagement

TUMOUR, T_CELL = 0, 1
ROLE = np.array([TUMOUR, T_CELL], dtype=np.uint8)


@dataclass(frozen=True)
class Law:
    search: str = "within-reach"


def search_and_attach(cells, rows, law, antigen, search, lattice, neighbours, seed, step, dt):
    return engagement.advance(
        cells, rows, law, antigen, ROLE, Law(search), lattice, neighbours, neighbours, seed, step, dt
    )


@pytest.fixture
def advance(numbers, near):
    """One step of searching and attaching for all T cells of a tissue; returns how many attached, and the pull."""

    def of(cells, search="within-reach", step=0, dt=0.1, seed=1, lattice=30.0, **changes):
        rows = np.flatnonzero(cells.type[: cells.count] == T_CELL).astype(np.int32)
        law, neighbours = numbers("engagement", **changes), near(cells, edge=800.0)
        antigen = numbers("antigen")
        return search_and_attach(cells, rows, law, antigen, search, lattice, neighbours, seed, step, dt)

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
    made, _ = advance(cells, search, dt=5.0)
    expected = 1 - np.exp(-0.2 * factor * 5.0)
    assert_allclose(made / pairs, expected, atol=4 * np.sqrt(expected * (1 - expected) / pairs))  # seed 1


@pytest.mark.parametrize(
    ("distance", "level"),
    [(18.5, 2.0), (12.0, 0.5), (12.0, 0.2)],
    ids=["too far", "at the threshold", "below"],
)
def test_no_t_cell_attaches(facing, advance, distance, level):
    assert advance(facing(300, distance, level), dt=1e6)[0] == 0


def test_the_dead_and_the_held_are_left_alone(facing, advance):
    cells = facing(2, 12.0)
    cells.fate[2] = 1
    cells.partner[3] = 0  # held by somebody already
    assert advance(cells, dt=1e6)[0] == 0


def test_two_t_cells_that_want_one_target_do_not_both_get_it(tissue, advance):
    chosen = []
    for step in range(40):
        kind = np.array([T_CELL, T_CELL, TUMOUR], dtype=np.uint8)
        cells = tissue(3, kind, place=np.array([[-9.0, 0, 0], [9.0, 0, 0], [0, 0, 0]]), antigen=2.0)
        assert advance(cells, step=step, dt=1e6)[0] == 1
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
    _, pull = advance(cells, search, attachment_rate=0.0)
    assert_allclose(pull, [[0.1, 0.08, 0.0]], atol=1e-6)


def test_own_bin_sees_only_its_own_bin(tissue, advance):
    """Bins of 30 um from the corner at -400: -370 is a wall between two of them."""
    kind = np.array([T_CELL, TUMOUR], dtype=np.uint8)
    cells = tissue(2, kind, place=np.array([[-371.0, -385, -385], [-368.0, -385, -385]]), antigen=2.0)
    made, pull = advance(cells, "own-bin", dt=1e6)
    assert made == 0
    assert_allclose(pull, 0)
    assert advance(cells, "within-reach", dt=1e6)[0] == 1


def in_lattice_bin(place, half, edge):
    """(n, 3) the lattice bin of every cell, the lattice anchored at the corner of the box."""
    return np.floor((place[:, :3].astype(float) + half) / edge)


@pytest.mark.parametrize("lattice", [30.0, 17.0, 45.0])
def test_own_bin_sees_exactly_those_in_the_same_bin_also_after_everybody_moved(
    tissue, near, numbers, lattice
):
    """The pull is the sum over whom a T cell sees: the same as by brute force over all pairs."""
    rng = np.random.default_rng(11)
    count = 900
    kind = (np.arange(count) % 3 == 0).astype(np.uint8)
    cells = tissue(count, kind, place=rng.uniform(-100, 100, (count, 3)))
    neighbours = near(cells, edge=200.0, periodic=True)
    cells.place[:count, :3] += rng.uniform(-0.7, 0.7, (count, 3))  # within half a skin of 1.25 um
    rows = np.flatnonzero(kind == T_CELL).astype(np.int32)
    law, antigen = numbers("engagement", attachment_rate=0.0), numbers("antigen")
    _, pull = search_and_attach(cells, rows, law, antigen, "own-bin", lattice, neighbours, 1, 0, 0.1)
    place = cells.place[:count].astype(float)
    inside = (
        np.abs(place[rows, :3]).max(axis=1) < 98
    )  # who moved across the wall of the box is another matter
    which = in_lattice_bin(place, 100.0, lattice)
    for row, pulled in zip(rows[inside], pull[inside], strict=True):
        seen = (kind == TUMOUR) & (which == which[row]).all(axis=1)
        expected = 0.01 * (place[seen, :3] - place[row, :3]).sum(axis=0)
        assert_allclose(pulled, expected, atol=1e-5)
    assert (pull != 0).any(axis=1).mean() > 0.2


def attachments_of_one(tissue, near, numbers, search, lots=4000):
    """How often one T cell among three targets took none, the first, second and third of its list; and p of each."""
    kind = np.array([T_CELL, TUMOUR, TUMOUR, TUMOUR], dtype=np.uint8)
    place = np.array([[5.0, 5, 5], [15.0, 5, 5], [5.0, 21, 5], [5.0, 5, 20]])
    cells = tissue(4, kind, place=place, antigen=np.array([0, 1.25, 2.0, 2.0], dtype=np.float32))
    neighbours = near(cells, edge=600.0)
    order = neighbours.listed[neighbours.start[0] : neighbours.stop[0]]
    if search == "own-bin":
        bins = neighbours.bins
        order = bins.order[:4][bins.order[:4] != 0]
    rows, law, antigen = np.zeros(1, dtype=np.int32), numbers("engagement"), numbers("antigen")
    times = {int(row): 0 for row in (-1, *order)}
    for step in range(lots):
        cells.partner[:4] = -1
        search_and_attach(cells, rows, law, antigen, search, 60.0, neighbours, 1, step, 3.0)
        times[int(cells.partner[0])] += 1
    rate = {1: 0.2 * 0.5, 2: 0.2 * 0.5, 3: 0.2 * 0.75}  # distance 10, 16, 15 um; level 1.25, 2, 2
    return times, {row: 1 - np.exp(-3.0 * rate[row]) for row in rate}, [int(row) for row in order]


@pytest.mark.parametrize("search", ["within-reach", "own-bin"])
def test_candidates_are_tried_one_after_the_other_as_by_a_coin_for_each(tissue, near, numbers, search):
    """One number decides, and its outcomes are those of independent trials in the order of the search."""
    times, chance, order = attachments_of_one(tissue, near, numbers, search)
    assert sorted(order) == [1, 2, 3]
    left, expected = 1.0, []
    for row in order:
        expected.append(left * chance[row])
        left *= 1 - chance[row]
    expected.append(left)
    seen = [times[row] for row in (*order, -1)]
    assert stats.chisquare(seen, 4000 * np.array(expected)).pvalue > 1e-4  # seed 1


def test_a_dead_t_cell_neither_attaches_nor_is_pulled(facing, advance):
    cells = facing(20, 12.0)
    cells.fate[:20] = 1
    assert advance(cells, dt=1e6)[0] == 0
    assert (cells.velocity[:20] == 0).all()


def test_a_holder_does_not_take_a_second_target(tissue, advance):
    kind = np.array([T_CELL, TUMOUR, TUMOUR], dtype=np.uint8)
    cells = tissue(3, kind, place=np.array([[0.0, 0, 0], [10.0, 0, 0], [-10.0, 0, 0]]), antigen=2.0)
    cells.partner[:2] = [1, 0]
    assert advance(cells, dt=1e6, holding_time=1e12)[0] == 0
    assert cells.partner[:3].tolist() == [1, 0, -1]


def test_times_of_holding_are_exponential_with_mean_sixty_minutes(facing, numbers):
    pairs = 3000
    cells = facing(pairs, 12.0)
    cells.partner[:pairs] = np.arange(pairs, 2 * pairs)
    cells.partner[pairs : 2 * pairs] = np.arange(pairs)
    rows, holding = np.arange(pairs, dtype=np.int32), numbers("engagement").holding_time
    minutes = np.zeros(pairs)
    for step in range(1200):
        engagement.release(rows, cells.type, cells.fate, cells.id, cells.partner, 0.5, 1, step, holding)
        minutes += 0.5 * (cells.partner[:pairs] >= 0)
    assert (cells.partner[:pairs] == -1).mean() > 0.9998  # exp(-10) are still there
    # seed 1; the end of the step is 0.25 min after the middle of it
    assert_allclose(minutes.mean() + 0.25, 60.0, atol=4 * 60 / np.sqrt(pairs))
    assert_allclose(minutes.std(), 60.0, rtol=4 * np.sqrt(2 / pairs))  # kurtosis of the exponential
