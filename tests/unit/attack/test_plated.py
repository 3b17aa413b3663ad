"""Founders plated at random on the floor of a well: a patch of it, without an edge."""

import numpy as np
import pytest
from dish import plan, scenario, walked
from scipy import stats

from perforin.errors import ScenarioError
from perforin.scenario.plan import TUMOUR
from perforin.simulation import start
from perforin.simulation.outgrown import stop_if_outgrown

PLATED = ("dose=[]", "car=[]", "culture.layout='scattered'", "law.walls='periodic'")


def test_founders_lie_anywhere_on_the_floor_and_in_its_plane():
    asked = plan(*PLATED, "culture.cells=900")
    state = start.begin(asked)
    places = state.cells.place[:900, :3].astype(float)
    for axis in (0, 1):
        assert stats.kstest(places[:, axis] / 400 + 0.5, "uniform").pvalue > 1e-3  # one seed
    assert np.ptp(places[:, 2]) == 0


def test_another_seed_plates_elsewhere_and_the_same_seed_does_not():
    one, again, other = (start.begin(plan(*PLATED, f"seed={seed}")).cells.place[:120] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one[:, :2], other[:, :2])


def test_a_plated_patch_has_no_edge_to_outgrow():
    asked = plan(*PLATED)
    state = walked(asked, 2)
    assert state.tumour_radius() > 180  # of a box that leaves 180 um
    stop_if_outgrown(state, asked)
    assert state.is_role(TUMOUR).sum() == 120


def test_founders_of_the_car_law_stand_anywhere_in_their_cycle():
    state = start.begin(plan(*PLATED))
    ages = state.cells.cycle_time[:120] / state.cells.cycle_duration[:120]
    assert ages.min() < 0.05
    assert ages.max() > 0.9


def test_only_a_counted_monolayer_can_be_scattered():
    with pytest.raises(ScenarioError, match=r"culture\.layout.*'scattered'.*a monolayer of so many cells"):
        scenario("culture.layout='scattered'", "culture.geometry='organoid'")
