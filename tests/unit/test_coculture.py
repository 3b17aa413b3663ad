"""The killing wells: how a well is read, how its fit is emulated and walked, and that its declaration is kept."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from perforin.evidence.coculture import design, emulator, posterior, untreated, wells
from perforin.evidence.coculture.readings import Observation, index, logistic, score_of, share_positive

SEEN = Observation(0.3, 1.5, 0.2, -0.1, 0.1, 400.0)


def test_an_untreated_well_starts_where_it_was_plated_doubles_and_stops_at_its_capacity():
    assert logistic(0.0, 1e4, 28.0, 5e4) == pytest.approx(1e4)
    assert logistic(28.0, 1e4, 28.0, 1e12) == pytest.approx(2e4, rel=1e-6)
    assert logistic(1e5, 1e4, 28.0, 5e4) == pytest.approx(5e4)


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 1e4))
def test_more_cells_never_lower_the_index(one, two, t_cells):
    few, many = sorted((one, two))
    assert index(few, t_cells, SEEN) <= index(many, t_cells, SEEN)
    assert index(few, t_cells, SEEN) >= SEEN.d
    assert index(t_cells, few, SEEN) <= index(t_cells, many, SEEN)


def test_half_of_a_population_at_the_gate_is_positive():
    assert share_positive(4000.0, 4000.0, 0.8) == pytest.approx(0.5)
    assert share_positive(4000.0 * math.exp(0.8), 4000.0, 0.8) == pytest.approx(norm.cdf(1.0))


def test_the_gate_holds_both_lines_without_effectors_within_five_percent_points():
    """One probit over both lines: PBT128 is a whole population under the gate."""
    for line in ("PBT030", "PBT128"):
        well = wells.wells(line)[0]
        share = 100 * share_positive(np.mean(well.mfi), 4536.0, 0.73)
        assert share == pytest.approx(np.mean(well.positive), abs=7.0)


def test_a_count_at_the_floor_scores_as_the_floor():
    assert score_of(0.0) == pytest.approx(math.log(1000))
    assert score_of(500.0, 300.0) == pytest.approx(math.log(1800))
    assert (
        score_of(1500.0) - score_of(0.0) < 1.0
    )  # what the assay leaves in its fullest wells is less than a factor e


def test_growth_of_the_untreated_wells_follows_their_counts_and_their_curve():
    grown, seen = untreated.fit_growth("PBT030")
    well = wells.wells("PBT030")[0]
    end = logistic(wells.experiment()["ends_at"], 1e4, *grown)
    assert abs(math.log(end / np.mean(well.tumour_cells))) < 0.35  # the declared error of one count
    rising = well.hours <= 112
    shown = index(logistic(well.hours[rising], 1e4, *grown), 0.0, seen)
    assert np.abs(shown - well.index[rising]).max() < 0.25


def test_the_growth_of_the_library_is_the_fitted_one():
    import tomllib

    from perforin.scenario.catalog import CATALOG

    for line in ("PBT030", "PBT128"):
        entry = tomllib.loads((CATALOG / "tumours" / f"{line.lower()}.toml").read_text())
        grown, _ = untreated.fit_growth(line)
        assert entry["growth"]["duration"]["value"] == pytest.approx(grown.doubling, rel=0.01)
        area = 100 * wells.experiment()["floor_area"]
        assert entry["crowding"]["capacity"]["value"] * area == pytest.approx(grown.capacity, rel=0.01)


def test_the_data_say_what_was_read_and_no_curve_is_copied_whole():
    for line in ("PBT030", "PBT128"):
        for well in wells.wells(line).values():
            assert len(well.tumour_cells) == len(well.t_cells) == len(well.mfi) == 2
            assert well.hours.size == well.index.size == 16
            assert well.hours[0] == 40.0


def test_a_prior_holds_its_95_percent_interval():
    for free in wells.biology():
        prior = free.prior
        inside = (math.log(prior.high / prior.low) / (2 * prior.sd)) - norm.ppf(0.975)
        assert inside == pytest.approx(0.0, abs=1e-6)
        assert prior.at(0.0) == pytest.approx(prior.median)
        assert prior.cost(float(prior.at(1.0))) == pytest.approx(0.5)


def test_the_design_fills_its_span_and_is_the_same_each_time():
    points = design.points()
    spans = np.array([wells.declaration()["design"]["span"][free.prior.name] for free in wells.biology()])
    assert np.array_equal(points, design.points())
    share = (points - spans[:, 0]) / (spans[:, 1] - spans[:, 0])
    for column in share.T:
        assert np.histogram(column, bins=8, range=(0, 1))[0].min() >= 3  # 48 points in eight eighths: 6 each


def _surface(z):
    return np.column_stack([np.sin(z[:, 0]) + 0.5 * z[:, 1], z[:, 0] * z[:, 1]])


def test_the_emulator_gives_back_a_smooth_surface_between_its_points():
    rng = np.random.default_rng(5)
    points = rng.uniform(-2, 2, (48, 2))
    law = emulator.fit(points, _surface(points))
    there = rng.uniform(-1.5, 1.5, (50, 2))
    found = np.array([law.at(z) for z in there])
    assert np.sqrt(np.mean((found - _surface(there)) ** 2)) < 0.05
    assert (law.left_out < 0.3).all()


def test_the_emulator_averages_over_luck_and_says_how_large_it_is():
    """Noise of 0.3 on 60 points: left out, a point misses by about as much; the mean is found to 0.3 / sqrt(60 / 4)."""
    rng = np.random.default_rng(6)
    points = rng.uniform(-2, 2, (60, 2))
    law = emulator.fit(points, _surface(points) + 0.3 * rng.standard_normal((60, 2)))
    there = rng.uniform(-1.5, 1.5, (50, 2))
    found = np.array([law.at(z) for z in there])
    assert np.sqrt(np.mean((found - _surface(there)) ** 2)) < 0.2
    assert 0.2 < law.left_out.mean() < 0.5


class _Known:
    """A well whose course is known at every point: fewer tumour cells with more hits, more T cells with less dose."""

    def __init__(self, effectors):
        self.effectors = effectors

    def at(self, z):
        start = 4e4 * math.exp(-self.effectors / 1000 - 0.5 * z[0])
        many = 7 * self.effectors * math.exp(-0.4 * z[1])
        return np.full(17, start), np.full(17, many), 2e4


def test_the_walk_finds_what_the_counts_say_and_leaves_the_rest_at_its_prior():
    """With data made at z = (1, -1, .), curves that say nothing, and wells good to a tenth."""
    loss = posterior.Loss({500: _Known(500), 1250: _Known(1250)}, untreated.Growth(28.0, 5e4))
    loss.error = {"end": 0.1, "t_cells": 0.1, "readings_per_day_apart": 1e9}
    true = np.array([1.0, -1.0, 0.0])
    for effectors, known in loss.emulated.items():
        tumour, t_cells, _ = known.at(true)
        loss.data[effectors] = replace(
            loss.data[effectors], tumour_cells=(tumour[-1] + 500.0,), t_cells=(t_cells[-1],)
        )
    draws = posterior.walk(loss, seed=1)
    assert draws[:, 0].mean() == pytest.approx(1.0, abs=0.3)
    assert draws[:, 1].mean() == pytest.approx(-1.0, abs=0.3)
    assert draws[:, 2].std() == pytest.approx(0.88, abs=0.15)  # a standard normal cut at 2
    assert draws[:, 0].std() < 0.5
