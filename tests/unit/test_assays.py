"""Killing assays without a tissue: encounters follow the product's laws of contact and damage and nothing else."""

import numpy as np
import pytest

from perforin.evidence.assays import lysis
from perforin.evidence.assays.encounters import Encounter, law_of


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
