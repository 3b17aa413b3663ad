"""Hits accumulate and are repaired: one attacker rarely kills, several do, and the law is exact in time."""

import numpy as np
import pytest

from perforin.engine.cells import Cells
from perforin.errors import ScenarioError
from perforin.evidence.assays.encounters import Encounter, law_of
from perforin.mechanisms.tissue import MECHANISMS, columns_of, damage
from perforin.quantities import Numbers
from perforin.scenario.units import canonical
from perforin.simulation.events import EventLog

WELLS = 2000
FULL = 1e6  # a signal far above half_kill: the response is 1
# Attackers: P(dead in 12 h), median minutes; contacts of 30 min, gaps of 40, each T cell back to the same target, one
# hit in 45 min. Tissue book 2.4, a Monte-Carlo there.
COOPERATION = {1: (0.45, 330.0), 2: (0.88, 218.0), 3: (0.99, 132.0), 5: (1.00, 66.0)}


def numbers(name, **changes):
    defaults = next(m for m in MECHANISMS if m.name == name).defaults()
    values = {n: canonical(v.value, v.unit) for n, v in defaults.items()} | changes
    return Numbers({n: np.full(2, v) for n, v in values.items()})


def wells(attackers, count=WELLS):
    """`count` targets (type 0) with so many T cells (type 1) each; returns cells, T-cell rows and their targets."""
    cells = Cells(columns_of("car"), capacity=count * (attackers + 1))
    ids = np.arange(1, count * (attackers + 1) + 1, dtype=np.uint64)
    cells.append(count, id=ids[:count], type=0)
    rows = np.arange(count, count * (attackers + 1), dtype=np.int32)
    cells.append(count * attackers, id=ids[count:], type=1, signal=FULL)
    return cells, rows, np.repeat(np.arange(count, dtype=np.int32), attackers)


def death_times(
    attackers, minutes=720, seed=1, hold=30.0, gap=40.0, rate=1 / 45, brake=1.0, decay=50.0, together=False
):
    law = law_of().changed(hit_rate=rate, decay=decay, hold=hold, gap=gap)
    share = 1.0 if together else hold / (hold + gap)
    each = np.full(WELLS, attackers)
    met = Encounter(WELLS, each, law, holding=share, brake=brake, seed=seed)
    met.run(minutes)
    return met.died, met.cells, met.log


@pytest.mark.parametrize("attackers", COOPERATION)
def test_several_attackers_cooperate_as_in_the_book(attackers):
    died, _, _ = death_times(attackers)
    chance, median = COOPERATION[attackers]
    error = (
        3 * np.sqrt(max(chance * (1 - chance), 0.01) / WELLS) + 0.02
    )  # 3 standard errors, and their rounding
    assert np.isfinite(died).mean() == pytest.approx(chance, abs=error)
    # The book does not say who is in contact at minute 0: its medians lie between everyone and a random moment.
    at_once, _, _ = death_times(attackers, together=True)
    assert np.median(at_once[np.isfinite(at_once)]) < median * 1.05
    assert np.median(died[np.isfinite(died)]) > median * 0.95


def test_without_repair_even_one_attacker_kills_nearly_everyone():
    repaired, _, _ = death_times(1)
    unrepaired, _, _ = death_times(1, decay=1e9)
    assert np.isfinite(unrepaired).mean() > np.isfinite(repaired).mean() + 0.2


def test_kills_fall_as_about_the_square_of_the_hit_rate():
    # the share of contacts of 30 min that kill: 4.3, 1.0 and 0.4 % at brakes of 1, 0.5 and 0.3 in the book
    share = [damage.death_probability(brake / 45, 30.0, 50.0, 3.0, 0.25) for brake in (1.0, 0.5, 0.3)]
    assert share[0] / share[1] == pytest.approx(2**2, rel=0.35)
    assert share[0] / share[2] == pytest.approx((1 / 0.3) ** 2, rel=0.5)


def test_the_probability_on_a_grid_is_that_of_the_law_itself():
    died, _, _ = death_times(1, minutes=360, hold=1e9, gap=1e-9, rate=1 / 60)
    expected = damage.death_probability(1 / 60, 360.0, 50.0, 3.0, 0.25)
    error = 3 * np.sqrt(expected * (1 - expected) / WELLS)
    assert np.isfinite(died).mean() == pytest.approx(expected, abs=error + 0.01)  # 0.01: steps of 1 min


def test_the_lethal_rate_kills_with_just_the_stated_chance():
    rate = damage.lethal_rate(numbers("damage"))
    assert damage.death_probability(rate, 360.0, 50.0, 3.0, 0.25) == pytest.approx(0.05, abs=1e-4)


def test_the_probability_on_a_grid_has_converged(monkeypatch):
    rate = damage.lethal_rate(numbers("damage"))
    usual = damage.death_probability(rate, 360.0, 50.0, 3.0, 0.25)
    monkeypatch.setattr(damage, "_CELLS", 2 * damage._CELLS)
    # one grid alone is 0.0019 from the limit of fine grids, 0.0481 where it says 0.0500
    assert damage.death_probability(rate, 360.0, 50.0, 3.0, 0.25) == pytest.approx(usual, abs=5e-5)


def kills_with(law):
    cells, rows, target = wells(5, count=200)
    cells.partner[rows] = target
    return sum(
        damage.advance(
            cells, rows, law, numbers("recognition"), np.ones((rows.size, 3)), 1, step, 1.0, EventLog(), 0.0
        )
        for step in range(60)
    )


@pytest.mark.parametrize(
    ("name", "harmless", "left"),
    [
        ("lethal", 1e3, 0),
        ("kill_rate", 0.0, 0),
        ("decay", 0.01, 20),
    ],  # three hits in one minute kill despite repair
)
def test_what_a_target_withstands_is_what_is_said_of_the_t_cells(name, harmless, left):
    usual = numbers("damage").as_dict()
    assert kills_with(Numbers(usual)) > 100
    assert kills_with(Numbers(usual | {name: np.array([usual[name][0], harmless])})) <= left
    assert kills_with(Numbers(usual | {name: np.array([harmless, usual[name][1]])})) > 100


def test_kinds_of_t_cells_may_differ_in_hits_but_not_in_what_a_target_withstands():
    three = {name: np.append(values, values[-1]) for name, values in numbers("damage").as_dict().items()}
    assert damage.of_targets(Numbers(three | {"hit_rate": np.array([0.0, 0.04, 0.02])})) == (50.0, 3.0, 0.25)
    with pytest.raises(ScenarioError, match=r"car\.damage\.lethal.*3, 4.*one number for all kinds"):
        damage.of_targets(Numbers(three | {"lethal": np.array([3.0, 3.0, 4.0])}))


def test_daughters_remember_who_hit_their_mother():
    cells = Cells(columns_of("car"), capacity=4)
    cells.append(1, id=1, damage=3.0, hitter=9)
    cells.divide(np.array([0]))
    np.testing.assert_array_equal(cells.hitter[:2], [9, 9])
    np.testing.assert_array_equal(cells.damage[:2], [1.5, 1.5])


def test_repair_is_exponential_however_the_time_is_cut():
    for parts in (1, 60):
        cells, rows, _ = wells(1, count=5)
        cells.damage[:5] = 2e-4  # no risk of death
        for step in range(parts):
            damage.advance(
                cells, rows, numbers("damage"), numbers("recognition"), np.ones((5, 3)), 1, step, 60 / parts,
                EventLog(), 0.0,
            )  # fmt: skip
        np.testing.assert_allclose(cells.damage[:5], 2e-4 * np.exp(-60 / 50), rtol=1e-4)


def test_every_kill_belongs_to_the_t_cell_of_the_last_hit_and_is_counted_once():
    died, cells, log = death_times(2, minutes=240)
    table = log.drain()
    assert (
        np.isfinite(died).sum() == (table["kind"] == "kill").sum() == cells.kills[: cells.count].sum() > 100
    )


def test_exposure_adds_up_hits_with_and_without_brakes_and_what_each_took():
    _, cells, _ = death_times(1, minutes=60, hold=1e9, gap=1e-9, rate=1 / 45, brake=0.512)
    np.testing.assert_allclose(cells.hits_open[:10], 60 / 45, rtol=1e-4)
    np.testing.assert_allclose(cells.hits_felt[:10], 0.512 * 60 / 45, rtol=1e-4)
    np.testing.assert_allclose(cells.brake_cost[:10], np.full((10, 3), -np.log(0.8) * 60 / 45), rtol=1e-4)
    np.testing.assert_allclose(cells.own_contact_time[:10], 60.0)


def test_the_number_of_hits_is_poisson():
    u = (np.arange(100_000) + 0.5) / 100_000
    many = np.array([damage.hits_of(v, 0.7) for v in u])
    assert many.mean() == pytest.approx(0.7, abs=1e-3)
    assert many.var() == pytest.approx(0.7, abs=1e-3)
