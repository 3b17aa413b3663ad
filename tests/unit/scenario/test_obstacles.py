"""Obstacles: each is declared once, taken away by name, and gone from the plan."""

import numpy as np
import pytest

from perforin.errors import ScenarioError
from perforin.mechanisms.body import MECHANISMS as OF_BODY
from perforin.mechanisms.tissue import MECHANISMS, exhaustion
from perforin.scenario import catalog
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.entries import LEVELS
from perforin.scenario.obstacles import known
from perforin.scenario.scenario import Scenario, load

LESION = "glioblastoma-bivalent"


def plan_of(name=LESION, *overrides):
    return compile_scenario(load(name, overrides))


@pytest.mark.parametrize("mechanism", [m for m in (*MECHANISMS, *OF_BODY) if m.obstacle or m.removed])
def test_a_mechanism_with_an_obstacle_says_at_which_of_its_numbers_it_is_gone(mechanism):
    assert mechanism.obstacle
    assert mechanism.removed
    assert set(mechanism.removed) <= set(mechanism.defaults() or LEVELS)


def test_every_obstacle_taken_away_changes_the_plan_of_a_lesion_and_leaves_the_others():
    base = plan_of()
    every = ["antigen", "exclusion", "exhaustion", "starvation", "stroma", "suppression"]
    assert known(catalog.library()) == every
    there = [name for name in every if name != "exclusion"]  # of which the slab has none
    hashes = {name: plan_of(LESION, f"without={name}").plan_hash for name in there}
    assert plan_of(LESION, "without=exclusion").plan_hash == base.plan_hash
    assert len({base.plan_hash, *hashes.values()}) == 1 + len(hashes)


def test_without_exhaustion_no_signal_takes_any_function():
    n = plan_of(LESION, 'without=["exhaustion"]').numbers["exhaustion"]
    t_cells = slice(1, 3)  # those of two kinds; after them come cells of the host, which never tire
    assert (exhaustion.tire(0.0, 1.0, n.gain[1], n.recovery[1], 1e6)) == 0.0
    assert (exhaustion.function(1.0, 1.0, n.loss_tired[1], n.loss_worn[1])) == 1.0
    assert not n.gain[t_cells].any()


def test_without_suppression_the_tumour_brakes_nothing():
    static = "patient.suppression.product=0.5"
    assert plan_of(LESION, static).numbers["suppression"].product[0] == 0.5
    whole, free = plan_of(LESION, static), plan_of(LESION, static, "without=suppression")
    assert free.numbers["suppression"].product[0] == 1.0
    assert not free.numbers["checkpoint"].kill_fraction[1:3].any()
    assert whole.numbers["checkpoint"].kill_fraction[1:3].all()
    assert {effect.obstacle for effect in whole.responses.effects} == {"starvation", "suppression"}
    assert {effect.obstacle for effect in free.responses.effects} == {"starvation"}


def test_without_antigen_loss_every_cell_is_positive_at_the_median():
    from perforin.mechanisms.tissue.antigen_panel import orthant_shares, start

    class Cells:
        id = np.arange(500, dtype=np.uint64)
        place = np.random.default_rng(1).uniform(0, 200, (500, 4)).astype(np.float32)
        positive = np.zeros(500, np.uint8)
        copies = np.zeros((500, 2), np.float32)
        copies_made = np.zeros((500, 2), np.float32)

    panel = plan_of(LESION, "without=antigen").attack.panel
    start(Cells, slice(0, 500), panel, seed=3)
    assert orthant_shares(panel)[0b11] == pytest.approx(1.0)
    assert (Cells.positive == 0b11).all()
    np.testing.assert_allclose(Cells.copies, np.broadcast_to(panel.median, (500, 2)))


@pytest.mark.parametrize(("name", "level"), [(LESION, 40.0), ("luque2024-small", 38.0)])
def test_without_the_lack_of_oxygen_it_is_at_the_level_of_its_supply_everywhere_at_all_times(name, level):
    """Blood in a patient, medium in a dish; what cells take up leaves no trace."""
    from perforin.simulation.start import begin
    from perforin.simulation.step import advance

    plan = plan_of(name, "without=starvation", "dose=[]")
    state = begin(plan)
    advance(state, plan)
    assert (state.fields["oxygen"].values == level).all()
    assert (state.cells.oxygen[: state.cells.count] == level).all()


def test_an_obstacle_the_scenario_has_not_leaves_the_plan_alone():
    assert plan_of("luque2024-small", "without=exhaustion").plan_hash == plan_of("luque2024-small").plan_hash


def test_a_number_taken_away_says_so_among_the_sources():
    rows = {row.path: row.value for row in plan_of(LESION, "without=suppression").sources}
    assert rows["tumour.suppression.product"].source == "without suppression"


def test_what_a_run_keeps_is_without_the_same():
    scenario = load(LESION, ['without=["starvation", "antigen"]'])
    again = Scenario.of(scenario.document(), "kept")
    assert again.description.without == ["starvation", "antigen"]
    assert compile_scenario(again).plan_hash == compile_scenario(scenario).plan_hash


def test_an_unknown_obstacle_is_refused_with_the_nearest():
    with pytest.raises(ScenarioError) as caught:
        load(LESION, ['without=["starvation", "exhaustoin"]'])
    (problem,) = caught.value.problems
    assert (problem.key, problem.suggestion) == ("without[1]", "exhaustion")


def test_an_obstacle_of_a_folder_of_ones_own_is_known(tmp_path):
    field = (catalog.CATALOG / "fields" / "oxygen.toml").read_text()
    (tmp_path / "fields").mkdir()
    named = field.replace('name = "oxygen"', 'name = "sugar"').replace('"starvation"', '"hunger"', 1)
    (tmp_path / "fields" / "sugar.toml").write_text(named)
    assert "hunger" in known(catalog.library(tmp_path))
