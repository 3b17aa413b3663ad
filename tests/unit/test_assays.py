"""Killing assays without a tissue: encounters follow the product's laws of contact and damage and nothing else."""

import numpy as np
import pytest

from perforin.evidence.assays import attackers, lysis
from perforin.evidence.assays.encounters import Encounter, law_of
from perforin.mechanisms.tissue.damage import STEEPNESS


def holding(met):
    return (met.cells.partner[met.t_cells] >= 0).mean()


def test_t_cells_in_a_pellet_hold_for_their_share_of_the_time():
    harmless = law_of().changed(hit_rate=0.0)
    met = Encounter(200, 4000, harmless).run(300)  # ten holds: the first moment is forgotten
    # 30 of 70 min, half a step off; 4 standard errors of 4,000 T cells
    assert holding(met) == pytest.approx(30 / 70, abs=4 * np.sqrt(0.25 / 4000) + 0.01)


def test_contacts_in_a_pellet_fall_on_each_living_target_alike():
    met = Encounter(50, 5000, law_of().changed(hit_rate=0.0)).run(200)
    held = np.bincount(met.cells.partner[met.t_cells][met.cells.partner[met.t_cells] >= 0], minlength=50)[:50]
    assert held.var() / held.mean() == pytest.approx(
        1.0, abs=4 * np.sqrt(2 / 49)
    )  # Poisson: 4 standard errors


def test_targets_without_antigen_live_and_are_left_at_once():
    met = Encounter(200, 2000, law_of(), copies=0.0).run(240)
    assert met.dead == 0.0
    assert holding(met) == pytest.approx(3 / 43, abs=0.03)


def test_more_antigen_tighter_binding_and_more_t_cells_each_kill_more():
    few, many = (Encounter(200, 1000, law_of(10.0), copies=copies).run(240).dead for copies in (100.0, 1e4))
    weak = Encounter(200, 1000, law_of(1000.0), copies=1e4).run(240).dead
    alone = Encounter(200, 200, law_of(10.0), copies=1e4).run(240).dead
    assert few < many - 0.2
    assert weak < many - 0.2
    assert alone < many - 0.2


def test_a_target_without_antigen_is_the_floor_of_its_curve_and_is_not_scored():
    cetuximab, nimotuzumab = lysis.curves(["caruso-2015"])
    assert cetuximab.spontaneous == 0.20
    assert cetuximab.copies.min() == 3.09e4
    assert nimotuzumab.lysed.size == 5
    assert (lysis.foretold(cetuximab, 0.0) == 0.20).all()


def test_every_point_with_antigen_is_scored_once_and_no_paper_is_both_fitted_and_foretold():
    said = lysis.declaration()
    groups = said["fitted"], said["foretold"], said["in_view"]
    assert sorted(name for group in groups for name in group) == sorted(lysis.papers())
    assert [sum(c.lysed.size for c in lysis.curves(g)) for g in groups] == [23, 41, 12]


def test_the_copies_for_a_response_draw_it():
    for response in (0.02, 0.5, 0.98):
        assert law_of().response(lysis.copies_for(response)) == pytest.approx(response, rel=1e-5)


def test_t_cells_of_their_own_are_poisson_with_the_mean_of_the_ratio():
    own = lysis._t_cells(400, 5.0, lysis.OWN, 1)
    assert own.mean() == pytest.approx(5.0, abs=4 * np.sqrt(5 / 400))
    assert own.var() == pytest.approx(5.0, abs=4 * 5 * np.sqrt(2 / 399))


def test_hits_at_once_kill_by_the_closed_form():
    # hazard k x / (1 + x) with x = (n / lethal)^6 exp(-6 t / decay): its integral is k decay / 6 ln(1 + x0)
    for hits in (1, 2, 3, 5):
        expected = 1 - (1 + (hits / 3.0) ** STEEPNESS) ** (-0.25 * 50.0 / STEEPNESS)
        assert attackers.dies_of([0.0] * hits) == pytest.approx(expected, rel=5e-3)  # steps of 0.05 min


def test_hits_further_apart_kill_less_and_one_is_recovered_from():
    chances = [attackers.dies_of(attackers.spaced(3, apart)) for apart in (0.0, 10.0, 25.0, 50.0, 100.0)]
    assert chances == sorted(chances, reverse=True)
    assert attackers.dies_of([0.0]) < 0.01 < chances[-1] < chances[0] / 10


def test_t_cells_among_plenty_of_targets_kill_as_often_whatever_their_number():
    half, usual = (attackers.kills_per_day(1 / 22, 1 / 30, t_cells) for t_cells in (100, 200))
    # 4 standard errors of some 330 and 660 kills: as in a tissue that they do not deplete
    assert half == pytest.approx(usual, abs=4 * np.sqrt(usual / 100 + usual / 200))
