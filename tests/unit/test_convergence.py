"""The convergence study: pairs are pairs, differences get the word they earn, arms change one step and no more."""

import dataclasses
import functools
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from perforin.errors import InputError, RunError
from perforin.evidence.convergence import judging, readings
from perforin.evidence.convergence.judging import difference, paired
from perforin.evidence.convergence.study import Study, read_study
from perforin.evidence.rows import Row
from perforin.evidence.shelf import find_cases
from perforin.face.prepare import prepare
from perforin.scenario.plan import T_CELL
from perforin.simulation import start

CASES = {case.name: read_study(case.folder) for case in find_cases(["convergence"])}
ARMS = [(case, arm.name) for case, study in CASES.items() for arm in study.arms if arm.against]
SEVERAL = ("physicell", "attractant-1min")  # change more than one step, and say so
plan_of = functools.cache(Study.plan)


def word(percent, half):
    return Row("x", percent, 0.0, 5.0, "because", "%", "interval", half=half).verdict


@pytest.mark.parametrize(
    ("percent", "half", "expected", "ok"),
    [
        (0.0, 4.9, "resolved", True),
        (-3.0, 1.9, "resolved", True),
        (3.0, 2.1, "not resolved", None),
        (-3.0, 9.0, "not resolved", None),
        (7.0, 2.1, "not resolved", None),
        (-7.1, 2.0, "DIFFERS", False),
        (7.1, 2.0, "DIFFERS", False),
        (0.0, math.nan, "not resolved", None),
        (math.nan, math.nan, "not resolved", None),
    ],
)
def test_a_difference_gets_the_word_it_earns(percent, half, expected, ok):
    row = Row("x", percent, 0.0, 5.0, "because", "%", "interval", half=half)
    assert (row.verdict, row.ok) == (expected, ok)


def test_an_open_or_stale_difference_has_no_verdict():
    row = Row("x", 9.0, 0.0, 5.0, "because", "%", "interval", half=0.1)
    assert row.ok is False
    for state in ("open", "stale"):
        assert replace(row, state=state).ok is None
        assert replace(row, state=state).verdict.startswith(state)


def test_what_pairs_share_cancels():
    luck = np.array([50.0, 100.0, 200.0, 400.0])
    found = difference(1.03 * luck, luck)
    assert (found.percent, found.half, found.pairs) == (pytest.approx(3.0), pytest.approx(0.0, abs=1e-9), 4)
    assert word(found.percent, found.half) == "resolved"
    shuffled = difference(1.03 * luck[::-1], luck)
    assert shuffled.percent == pytest.approx(3.0)
    assert word(shuffled.percent, shuffled.half) == "not resolved"


def test_one_pair_tells_nothing():
    assert word(*difference([1.0], [1.0])[:2]) == "not resolved"
    assert word(*difference([], [])[:2]) == "not resolved"
    assert word(*difference([1.0, 2.0], [0.0, 0.0])[:2]) == "not resolved"


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """8 pairs, spread 6 %, half of it shared, truth +2 %: 95 % of 3,000 intervals, standard error 0.4 %, four of it."""
    rng, true, hits = np.random.default_rng(1), 1.02, 0
    for _ in range(3000):
        shared = rng.normal(0.0, 6.0, 8)
        y = 100.0 + shared + rng.normal(0.0, 6.0, 8)
        x = true * (100.0 + shared) + rng.normal(0.0, 6.0, 8)
        found = difference(x, y)
        hits += abs(found.percent - 100 * (true - 1)) <= found.half
    assert abs(hits / 3000 - 0.95) < 0.016


def test_only_seeds_of_both_arms_that_read_something_are_paired():
    def read(value, founders="f"):
        return {"depth": value, "founders": founders}

    results = {
        "a": {1: read(1.0), 2: read(2.0), 3: read(None)},
        "b": {2: read(4.0), 3: read(6.0), 4: read(8.0)},
    }
    assert paired(results, "a", "b", "depth") == ([2.0], [4.0])
    results["b"][2] = read(4.0, founders="others")
    with pytest.raises(RunError, match="same founders"):
        paired(results, "a", "b", "depth")


@pytest.mark.parametrize("case", CASES)
def test_arms_of_one_seed_share_their_founders_and_seeds_do_not(case):
    study = CASES[case]
    names = ("default", "crowded", "phenotype", "voxel")
    hashes = {readings.founders_hash(start.begin(plan_of(study, name))) for name in names}
    assert len(hashes) == 1
    assert readings.founders_hash(start.begin(plan_of(study, "default", 2))) not in hashes


def steps_of(plan):
    """Every step and grid of a plan, in minutes and um."""
    clock = plan.clock
    steps = {
        name: getattr(clock, name) * clock.tick for name in ("mechanics", "crowded", "phenotype", "contact")
    }
    steps |= {f"field {field.name}": field.interval * clock.tick for field in plan.fields}
    return {name: round(value, 9) for name, value in (steps | {"voxel": plan.geometry.voxel}).items()}


def way_per_turn(plan):
    """What the walk of each T cell is made of: its speed, or in the impulse walk how far it goes when it turns."""
    per_step = plan.clock.crowded * plan.clock.tick if plan.law.motility == "impulse" else 1.0
    walk, kinds = plan.numbers["motility"], [i for i, kind in enumerate(plan.types) if kind.role == T_CELL]
    return [*(walk.speed[kinds] * per_step), *walk.persistence[kinds], *walk.bias[kinds]]


@pytest.mark.parametrize(("case", "arm"), ARMS)
def test_an_arm_makes_its_own_step_half_or_less_and_changes_nothing_else(case, arm):
    study = CASES[case]
    mine, other = plan_of(study, arm), plan_of(study, study.arm(arm).against)
    before, after = steps_of(other), steps_of(mine)
    changed = [name for name in before if before[name] != after[name]]
    assert changed
    assert all(2 * after[name] <= before[name] for name in changed)
    if arm not in SEVERAL:
        assert len(changed) == 1
    same = [
        f.name
        for f in dataclasses.fields(mine)
        if f.name in ("types", "law", "founders", "published", "slab")
    ]
    assert all(getattr(mine, name) == getattr(other, name) for name in same)
    assert replace(mine.geometry, voxel=other.geometry.voxel) == other.geometry
    for name, numbers in other.numbers.items():
        assert repr(mine.numbers[name]) == repr(numbers) or name == "motility"
    assert way_per_turn(mine) == pytest.approx(way_per_turn(other))
    assert [f.steady for f in mine.fields] == [f.steady for f in other.fields]


def test_the_radius_holds_95_percent_of_the_cells():
    """A ball of radius R packed evenly: R 0.95^(1/3); 1 %: a lattice of 3,963 cells."""
    state = start.begin(prepare("luque2024"))
    assert readings.radius(state) == pytest.approx(150.0 * 0.95 ** (1 / 3), rel=0.01)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Two arms of a tumour of 70 cells, three hours, two seeds, and what they read."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "study.toml").write_text(TINY)
    study = read_study(folder)
    results = {
        arm: {s: judging.run_seed(study, arm, s) for s in seeds} for arm, seeds in study.seeds().items()
    }
    return study, results


TINY = """
scenario = "luque2024-small"
changes = ["culture.radius=40 um", "dose[0].cells=20"]
days = 0.125
tail = 2.0
quantities = ["tumour_cells", "oxygen_mean"]
target = 2.0
probe = 0.5

[[arm]]
name = "default"
against = ""
set = []
seeds = 2
what = "the steps of the scenario"

[[arm]]
name = "voxel"
against = "default"
set = ["numerics.voxel=10 um"]
seeds = 2
what = "half the voxel"
"""


def test_a_study_is_run_and_judged(tiny):
    study, results = tiny
    rows = judging.rows(study, results)
    assert [row.quantity for row in rows] == ["voxel: tumour cells at the end", "voxel: mean oxygen"]
    assert rows[0].verdict == "resolved"  # nobody divides or dies in three hours
    assert (rows[0].measured, rows[0].half) == (0.0, 0.0)
    assert 0.0 < abs(rows[1].measured) < 20.0  # another grid, another field
    assert all("2 pairs" in row.reason for row in rows)
    for seed in results["default"].values():
        assert seed["t_cells"] == 20
        assert set(readings.QUANTITIES) <= seed.keys()
        assert seed["cpu_seconds"] > 0


def test_a_standard_error_beyond_the_aim_is_said(tiny):
    study, results = tiny
    spread = {s: numbers | {"oxygen_mean": 10.0 * s} for s, numbers in results["voxel"].items()}
    row = judging.rows(study, results | {"voxel": spread})[1]
    assert "beyond the 2 % aimed at" in row.reason
    assert row.verdict == "not resolved"


def test_the_default_arm_is_the_probe(tiny):
    study, _ = tiny
    assert judging.probe(study).agrees(judging.probe(study))
    moved = replace(study, changes=(*study.changes, "culture.numbers.growth.duration='30 h'"))
    assert not judging.probe(moved).agrees(judging.probe(study))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "voxel"', 'nam = "voxel"', "name.*required"),
        ('against = "default"', 'against = "defualt"', "an arm declared before it"),
        ("set = []", 'set = ["days=2"]', "the default, which changes nothing"),
        ('um"]\nseeds = 2', 'um"]\nseeds = 3', "seeds are paired"),
        ("target = 2.0", "taget = 2.0", "target"),
    ],
)
def test_a_declaration_with_a_slip_is_refused(tmp_path, old, new, message):
    assert old in TINY
    (tmp_path / "study.toml").write_text(TINY.replace(old, new))
    with pytest.raises(InputError) as caught:
        read_study(tmp_path)
    assert re.search(message, str(caught.value), re.DOTALL)
