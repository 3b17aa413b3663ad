"""What ends with and without obstacles say: costs paired over seeds, interactions, and numbers that mattered."""

import json
import math
from itertools import pairwise
from types import SimpleNamespace

import pytest

from perforin.analysis.explained import BEYOND, Explained, cost_of, excludes_zero, guess_of, pair_of
from perforin.analysis.explained_words import left_out
from perforin.face.explain import RUNS, _Work
from perforin.scenario.scenario import load
from perforin.trial.explaining import BASE, Explaining
from perforin.trial.guesses import guessed, in_order
from perforin.trial.obstacles import present, with_changes

BASIS = (100.0, 200.0, 300.0)


def test_a_cost_is_the_paired_difference_with_students_interval():
    found = cost_of(["exhaustion"], BASIS, (90.0, 180.0, 270.0))
    half = 4.302652729911275 * 10.0 / math.sqrt(3)  # differences 10, 20, 30
    assert found.cost.mean == 20.0
    assert (found.cost.low, found.cost.high) == pytest.approx((20.0 - half, 20.0 + half))
    assert not excludes_zero(found.cost)
    assert found.correlation == pytest.approx(1.0)


def test_shared_luck_does_not_widen_an_interval_however_far_the_seeds_scatter():
    found = cost_of(["exhaustion"], BASIS, (90.0, 190.0, 290.0))
    assert (found.cost.low, found.cost.mean, found.cost.high) == (10.0, 10.0, 10.0)
    assert excludes_zero(found.cost)


def test_an_obstacle_that_protects_from_the_tumour_has_a_negative_cost():
    found = cost_of(["oxygen"], BASIS, (110.0, 210.0, 310.0))
    assert found.cost.mean == -10.0
    assert excludes_zero(found.cost)


def test_only_seeds_that_have_both_are_compared():
    found = cost_of(["exhaustion"], BASIS, (None, 150.0, 250.0))
    assert (found.cost.mean, found.cost.n) == (50.0, 2)
    assert math.isnan(found.correlation)
    assert not excludes_zero(cost_of(["exhaustion"], BASIS, (50.0, None, None)).cost)


def test_the_interaction_is_what_both_gain_beyond_the_sum():
    one, other = cost_of(["a"], BASIS, (90.0, 190.0, 290.0)), cost_of(["b"], BASIS, (80.0, 180.0, 280.0))
    pair = pair_of(one, other, BASIS, (30.0, 130.0, 230.0))
    assert pair.names == ("a", "b")
    assert pair.cost.mean == 70.0
    assert pair.interaction.mean == 70.0 - 10.0 - 20.0


def test_a_number_matters_by_its_interval_or_of_one_seed_beside_the_scatter():
    three = guess_of("x", "1", 1.0, (0.5, 2.0), BASIS, [(101.0, 203.0, 302.0), (110.0, 210.0, 310.0)])
    assert [effect.mean for effect in three.effects] == [2.0, 10.0]
    assert three.mattered
    within = guess_of("x", "1", 1.0, (0.5, 2.0), BASIS, [(150.0, None, None), (60.0, None, None)])
    beyond = guess_of("x", "1", 1.0, (0.5, 2.0), BASIS, [(100.0, None, None), (900.0, None, None)])
    assert not within.mattered
    assert beyond.mattered


def test_what_was_found_reads_back_as_it_was_written():
    one, other = cost_of(["a"], BASIS, (90.0, 190.0, None)), cost_of(["b"], BASIS, (None, None, 1.0))
    pair = pair_of(one, other, BASIS, (30.0, 130.0, None))
    guess = guess_of("x", "um", 1.0, (0.5, 2.0), BASIS, [(1.0, 2.0, 3.0), (None, None, None)])
    found = Explained((1, 2, 3), BASIS, (one, other), (pair,), (guess,), ("b",), ("a note",))
    text = json.dumps(found.as_data(), allow_nan=False)
    assert json.dumps(Explained.read(json.loads(text)).as_data()) == text


def work(name="luque2024-small"):
    scenario = load(name)
    return Explaining(scenario, present(scenario), (7, 8, 9))


def test_every_obstacle_is_removed_alone_with_the_same_seeds_as_the_base():
    found = work()
    tasks = found.singles()
    assert found.names == ["antigen", "starvation"]
    variants = [BASE, found.without("antigen"), found.without("starvation")]
    assert [(task.variant, task.seed) for task in tasks] == [
        (v, seed) for seed in (7, 8, 9) for v in variants
    ]
    base, antigen, _ = (found.plan(task) for task in tasks[:3])
    assert base.seed == antigen.seed == 7
    assert base.plan_hash != antigen.plan_hash
    assert base.run_key == with_changes(found.scenario, ["seed=7"]).run_key


def test_the_pair_is_of_the_two_dearest():
    found = work()
    found.names = ["a", "antigen", "oxygen"]
    ends = {"a": 50.0, "antigen": 20.0, "oxygen": 30.0}
    for seed in found.seeds:
        found.ends[BASE, seed] = 100.0
        for name, end in ends.items():
            found.ends[found.without(name), seed] = end
    assert found.dearest() == ["antigen", "oxygen", "a"]
    assert {task.variant for task in found.pairs()} == {found.without("antigen", "oxygen")}


@pytest.mark.parametrize(
    "name", ["pancreatic-cd19-mesothelin", "glioblastoma-bivalent", "leukaemia-cd19-mesothelin"]
)
@pytest.mark.parametrize("side", [0, 1])
def test_every_guess_of_a_lesion_can_be_set_to_the_ends_of_its_spread(name, side):
    """All at once, in a plan whose sources then say so; one that all kinds share stands in a row without a kind."""
    scenario = load(name)
    found, fixed = guessed(scenario, with_changes(scenario, []))
    assert fixed == []
    moved = with_changes(scenario, [change for one in found for change in one.changes(one.sides[side])])
    now = {row.path: row.value.value for row in moved.sources}
    for one in found:
        shared = one.path.rpartition(".respiration.")
        path = f"respiration.{shared[2]}" if shared[1] and one.path not in now else one.path
        if one.path.startswith("tumour.restraint.") and path not in now:
            assert side == 0, "a restraint of nothing is not at work"
        elif one.path.endswith(".uptake_half"):
            cells = [row for row in now if row.startswith("cells.") and ".exchange[0].half" in row]
            assert {now[row] for row in cells} == {one.sides[side]}
        else:
            assert now[path] == one.sides[side], one.path


def test_a_guess_moves_what_it_is_of():
    scenario = load("glioblastoma-bivalent")
    plan = with_changes(scenario, [])
    by_path = {one.path: one for one in guessed(scenario, plan)[0]}
    for path, read in (
        ("antigens.EGFR.epitopes.806.accessible", lambda p: p.attack.receptors),
        ("bivalent (car-t-cd8).attrition.aicd", lambda p: p.numbers["attrition"].aicd),
        ("correlation.EGFR-IL13RA2", lambda p: p.attack.panel.correlation),
        ("csf.entry", lambda p: p.slab.entry),
        ("infiltrate.macrophage", lambda p: p.hosts),
        ("vessels.squeeze_half", lambda p: p.slab.squeeze),
    ):
        one = by_path[path]
        assert str(read(with_changes(scenario, one.changes(one.sides[0])))) != str(read(plan)), path
    low = by_path["tumour.suppression.product"]
    assert with_changes(scenario, low.changes(low.sides[0])).numbers["suppression"].product[0] == 0.1
    kd = by_path["binders.EGFR-806.kd"]
    assert with_changes(scenario, kd.changes(100.0)).plan_hash != plan.plan_hash


def test_numbers_of_a_field_belong_to_the_obstacle_that_it_is():
    scenario = load("pancreatic-cd19-mesothelin")
    plan = with_changes(scenario, [])
    found, _ = guessed(scenario, plan)
    first = [one.path for one in in_order(found, ["suppression", "starvation", "exclusion"], scenario, plan)]
    rank = {path: place for place, path in enumerate(first)}
    suppression = (
        "fields.TGF-beta.effect[0].most",
        "cells.macrophage.exchange[2].secretion",
        "fields.adenosine.decay",
    )
    starvation = ("fields.oxygen.effect[0].half", "fields.glucose.uptake_half", "fields.glucose.diffusion")
    exclusion = ("receptors.CXCR4.bias",)
    others = ("motility.speed", "infiltrate.fibroblast", "fields.CCL2.decay")
    groups = [[rank[path] for path in group] for group in (suppression, starvation, exclusion, others)]
    for before, after in pairwise(groups):
        assert max(before) < min(after)


def test_numbers_of_the_dearest_obstacle_come_first():
    scenario = load("glioblastoma-bivalent")
    plan = with_changes(scenario, [])
    found, _ = guessed(scenario, plan)
    ordered = [one.path for one in in_order(found, ["exhaustion", "antigen"], scenario, plan)]
    assert all(path.startswith("exhaustion.") for path in ordered[:4])
    assert all(path.startswith("antigens.") for path in ordered[4:10])


def test_of_what_the_budget_left_out_the_first_are_named_and_the_rest_is_counted():
    late = tuple(f"x{k} = 1, seed 1: it would have gone beyond the budget" for k in range(400))
    found = Explained((1, 2, 3), BASIS, (), left_out=("y: no such tissue", *late))
    assert left_out(found) == [
        "x0 = 1, seed 1; x1 = 1, seed 1; x2 = 1, seed 1; x3 = 1, seed 1 and 396 more: beyond the budget",
        "y: no such tissue",
    ]
    assert left_out(Explained((1, 2, 3), BASIS, ())) == []


def test_the_end_of_a_spread_that_no_tissue_can_have_is_left_out_and_the_other_is_run(tmp_path):
    """Half of the vessels with flow are less than one in a block of 290 um; nothing is compiled beyond the budget."""
    scenario = load("pancreatic-cd19-mesothelin", ["patient.edge=290 um"])
    plan = with_changes(scenario, [])
    flow = [g for g in guessed(scenario, plan)[0] if g.path == "tumour.perfusion.perfused_fraction"]
    (tmp_path / RUNS).mkdir()
    watch, begun = SimpleNamespace(say=lambda words: None), {}
    for budget, asked in ((600.0, ["tumour.perfusion.perfused_fraction = 1, seed 7"]), (0.0, [])):
        task = Explaining(scenario, [], (7,))
        work = _Work(task, tmp_path, tmp_path, 14.0, 1, budget, 60.0, watch, [])
        assert [one["label"] for one in work._requests(task.sides(flow, (7,)), begun)] == asked
        why = [word.partition(": ")[2] for word in work.left_out]
        if asked:
            assert len(why) == 1
            assert "one vessel with flow" in why[0]
        else:
            assert why == [BEYOND] * 2
            assert not task._plans
    assert list(begun) == ["tumour.perfusion.perfused_fraction = 1, seed 7"]
