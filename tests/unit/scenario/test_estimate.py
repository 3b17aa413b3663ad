"""What a run will take is said before it starts, and what does not fit is refused."""

import math

import pytest

from perforin.engine.cells import Cells
from perforin.mechanisms.tissue import columns_of
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.estimate import estimate, memory_free, too_large
from perforin.scenario.scenario import load

GIGABYTE = 1e9


def plan_of(name, *overrides):
    return compile_scenario(load(name, overrides))


def test_the_published_organoid_fits_two_gigabytes():
    assert too_large(plan_of("luque2024"), 2 * GIGABYTE, 2 * GIGABYTE) == []


def test_the_bound_holds_the_published_untreated_organoid():
    # 49,000 cells on day 30, mean of five runs (CARTopiaX, after Luque 2024); the bound may be ten times as many.
    needs = estimate(plan_of("luque2024-untreated"))
    assert 3_800 < needs.cells_start < 4_100
    assert 49_000 < needs.cells_bound < 490_000


def test_memory_counts_every_column_of_a_cell():
    columns = columns_of("attach-and-die")
    one, two = (
        estimate(plan_of("luque2024-small")),
        estimate(plan_of("luque2024-small", "dose.cells=1000147")),
    )
    assert two.memory_bytes - one.memory_bytes > 1e6 * Cells(columns).bytes_per_cell


@pytest.mark.parametrize(
    ("override", "key"),
    [
        ("dose.cells=1e9", "culture.box"),
        ("numerics.voxel=0.1 um", "culture.box"),
        ("culture.box=1 m", "culture.box"),
    ],
)
def test_too_much_memory_is_refused(override, key):
    (problem,) = too_large(plan_of("luque2024", override), 32 * GIGABYTE)
    assert problem.key == key
    assert "of memory" in problem.found


def test_too_much_disk_is_refused():
    (problem,) = too_large(plan_of("luque2024-untreated", "days=100000"), 32 * GIGABYTE, 10 * GIGABYTE)
    assert problem.key == "record.cells"
    assert "of disk" in problem.found


def test_replicates_are_told_what_one_takes_and_what_all_take():
    plan = plan_of("luque2024")
    need = estimate(plan).memory_bytes
    assert too_large(plan, 4 * need, side_by_side=4) == []
    (problem,) = too_large(plan, 3.9 * need, side_by_side=4)
    assert "of memory for 4 runs side by side, " in problem.found
    assert " each (" in problem.found
    assert "--threads 1" in problem.expected
    (problem,) = too_large(plan, math.inf, 7.9 * estimate(plan).disk_bytes, side_by_side=2, count=8)
    assert "of disk for 8 runs, " in problem.found
    assert "fewer replicates" in problem.expected


def test_an_empty_dish_has_an_estimate():
    assert estimate(plan_of("luque2024-small", "culture.cells=0", "dose=[]")).cells_bound == 0


def test_this_machine_has_memory():
    assert memory_free() > 0
