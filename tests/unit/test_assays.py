"""Killing assays without a tissue: encounters follow the product's laws of contact and damage and nothing else."""

import numpy as np
import pytest

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
