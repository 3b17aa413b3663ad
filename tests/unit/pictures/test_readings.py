"""What analysis reads from a run is what was put into it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from perforin.analysis import antigen, killing, published, spatial, tables
from perforin.analysis import wording as say
from perforin.analysis.burden import burden, describe, doubling_time, standstill
from perforin.analysis.replicates import band, half_width, interval
from perforin.analysis.summary import headline, summary
from perforin.analysis.survivors import REASONS, reasons, regrown_share, survivors
from perforin.results.run import RunData

DAY = np.arange(0, 31.0)


def test_best_response_is_the_lowest_count_against_the_start():
    found = describe(np.array([0, 5, 10, 20.0]), np.array([1000, 400, 250, 2000.0]))
    assert found.best_change == pytest.approx(-75.0)
    assert (found.nadir, found.nadir_day, found.regrowth) == (250, 10, 8)


def test_a_tumour_that_only_grows_has_no_response_and_its_nadir_is_the_start():
    found = describe(DAY, 1000 * 2 ** (DAY / 10))
    assert not found.shrank
    assert found.best_change == 0
    assert found.nadir_day == 0


def test_regrowth_after_eradication_is_infinite_and_without_it_undefined():
    assert describe(np.arange(4.0), np.array([10, 0, 3, 9.0])).regrowth == math.inf
    assert math.isnan(describe(np.arange(4.0), np.array([10, 5, 2, 0.0])).regrowth)


def test_doubling_time_of_exponential_growth_is_exact():
    assert doubling_time(DAY, 100 * 2 ** (DAY / 7)) == pytest.approx(7.0, rel=1e-9)


def test_a_shrinking_or_empty_tumour_has_no_doubling_time():
    assert math.isnan(doubling_time(DAY, 100 * 0.9**DAY))
    assert math.isnan(doubling_time(DAY, np.zeros(31)))


def test_a_plateau_is_found_where_it_is():
    cells = np.interp(DAY, [0, 5, 15, 30], [1000, 2000, 2000, 9000])
    begin, end = standstill(DAY, cells)
    assert begin == 5
    assert 15 <= end <= 16


def test_kills_per_t_cell_per_day_is_kills_over_t_cell_days(run):
    day = np.linspace(0, 4, 97)
    series = pd.DataFrame(
        {"day": day, "kills": 20 * day, "t_cells": np.full(97, 10.0), "tumour_cells": 100.0}
    )
    _, rate = killing.rate_per_t_cell(run.but(series=series))
    assert rate == pytest.approx(np.full(4, 2.0))


def test_killing_knows_the_peak_and_the_day_the_last_t_cell_went(run):
    found = killing.killing(run)
    series = run.series
    assert found.kills == series["kills"].iloc[-1]
    assert found.most_t_cells == series["t_cells"].max()
    gone = series["day"][(series["t_cells"] == 0) & (series["day"] > 1)].iloc[0]
    assert found.t_cells_gone_day == gone


def test_effector_to_target_is_undefined_without_targets(run):
    series = run.series.assign(tumour_cells=0.0)
    assert np.isnan(killing.effector_to_target(run.but(series=series))[1]).all()


def test_each_rule_of_survival_decides_in_its_order():
    level = np.array([0.4, 0.4, 0.5, 0.6, 0.6])
    contact = np.array([0.0, 9.0, 0.0, 0.0, 6.0])
    found = reasons(level, contact, threshold=0.5, attacked=True)
    assert found["antigen_negative"] == 3  # at or below the threshold, touched or not
    assert found["never_reached"] == 1
    assert found["spared_by_chance"] == 1
    assert reasons(level, contact, 0.5, attacked=False)["no_attack"] == 5


def test_all_six_reasons_are_always_there_and_sum_to_the_living_tumour_cells(run, make):
    for one in (run, make(days=2.0, scale=0.02, t_cells=0)):
        found = survivors(one)
        assert tuple(found) == REASONS
        assert sum(found.values()) == one.meta["tumour_cells_end"]


def test_reasons_sum_for_any_tissue():
    rng = np.random.default_rng(3)
    for _ in range(50):
        n = int(rng.integers(0, 200))
        found = reasons(rng.random(n), rng.choice([0.0, 5.0], n), rng.random(), bool(rng.integers(2)))
        assert sum(found.values()) == n


def test_dead_cells_and_t_cells_are_no_survivors(run):
    last = run.cells(30.0).copy()
    last["fate"] = pd.Categorical(["apoptotic"] * len(last), ["alive", "apoptotic"])
    assert sum(survivors(run.but(snapshots={30.0: last})).values()) == 0


def test_regrown_are_those_born_after_the_last_kill(run):
    share = regrown_share(run)
    assert share == pytest.approx(0.5, abs=0.01)  # the stand-in gives every second one a birth after it
    assert math.isnan(regrown_share(run.but(events=run.events.iloc[:0])))


def test_profile_finds_tumour_inside_and_t_cells_outside(run):
    found = spatial.profile(run, run.cells(0.0), reach=600.0)
    assert found.tumour[0] == 1
    assert np.nansum(found.cells) <= len(run.cells(0.0))


def test_a_shell_of_t_cells_is_found_at_its_distance(run):
    cells = run.cells(0.0).copy()
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    ring = pd.DataFrame({"x": 312 * np.cos(angle), "y": 312 * np.sin(angle), "z": 0.0})
    ring = ring.assign(type="luque2024", fate="alive", radius=8.4, antigen=0.0, oxygen=37.0)
    cells = pd.concat([cells[tables.of_role(run, cells, tables.TUMOUR)], ring])
    found = spatial.profile(run, cells, reach=400.0)
    held = found.radius[found.t_cells > 0]
    assert np.all(np.abs(held - 312) < spatial.SHELL)
    assert np.nansum(found.t_cells) == held.size > 0  # nothing else stands there


def test_hypoxic_share_counts_living_tumour_cells_below_the_border(run):
    cells = run.cells(30.0)
    tumour = tables.living(run, cells, tables.TUMOUR)
    assert spatial.hypoxic_share(run, cells, border=np.inf) == 1
    assert spatial.hypoxic_share(run, cells, border=10.0) == (tumour["oxygen"] < 10).mean()


def test_antigen_negative_is_at_or_below_the_threshold_or_answers_too_weakly(run):
    levels = np.array([0.4, 0.5, 0.6, 1.0])
    relative = run.but(meta={"antigen": {"threshold": 0.5, "unit": "1"}})
    assert antigen.is_negative(relative, pd.DataFrame({"antigen": levels})).tolist() == [
        True,
        True,
        False,
        False,
    ]
    copies = run.but(meta={"antigen": {"threshold": 200.0, "answer_threshold": 0.1, "unit": "copy"}})
    cells = pd.DataFrame({"antigen": 1e4 * levels, "answer": np.float32([0.05, 0.2, 0.3, 0.9])})
    assert antigen.is_negative(copies, cells).tolist() == [True, False, False, False]
    assert antigen.in_copies(copies)
    assert not antigen.in_copies(relative)


def test_the_antigen_of_no_cells_has_no_mean():
    none = antigen.Antigen(0.0, np.empty(0), np.empty(0, dtype=bool), 0.5, False)
    assert math.isnan(none.mean)
    assert math.isnan(none.negative_share)
    some = antigen.Antigen(0.0, np.array([0.5, 0.75]), np.array([True, False]), 0.5, False)
    assert some.mean == pytest.approx(0.625)
    assert some.negative_share == 0.5


def test_published_points_meet_the_simulated_curve_between_records(run):
    points = [{"quantity": "tumour_cells", "day": 1.5, "value": 50.0, "source": "x"}]
    series = pd.DataFrame({"day": [0.0, 1.0, 2.0], "tumour_cells": [0.0, 100.0, 200.0]})
    table = published.compare(run.but(series=series, meta={"published": points}))
    assert table["simulated"].tolist() == [150.0]
    assert table["ratio"].tolist() == [3.0]


def test_a_published_day_beyond_the_run_is_not_compared(run):
    points = [{"quantity": "tumour_cells", "day": 99.0, "value": 50.0, "source": "x"}]
    assert published.compare(run.but(meta={"published": points}))["simulated"].isna().all()


def test_interval_of_the_mean_is_students_t():
    assert half_width(np.array([1.0, 2.0, 3.0])) == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)
    assert interval([2.0, math.nan])[0] == 2.0
    assert math.isnan(interval([2.0])[1])


def test_replicates_are_read_on_the_days_they_share(run, make):
    short = make(days=4.0, scale=0.02, t_cells=10)
    found = band([run, short], "tumour_cells")
    assert found.day[-1] == 4.0
    assert found.each.shape == (2, found.day.size)


def test_headline_says_shrinkage_standstill_growth_or_nothing():
    def line(cells, treated=True):
        return headline(describe(DAY, np.asarray(cells, float)), treated)

    assert "shrank by 50\u00a0%" in line(np.interp(DAY, [0, 10, 30], [1000, 500, 2000]))
    assert "grew back 4.0×" in line(np.interp(DAY, [0, 10, 30], [1000, 500, 2000]))
    assert "stood still" in line(np.interp(DAY, [0, 5, 15, 30], [1000, 2000, 2000, 9000]))
    assert line(np.interp(DAY, [0, 10, 30], [1000, 0, 0])).startswith("No tumour cell is left in this dish")
    assert line(1000 * 1.1**DAY, treated=False).startswith("Untreated, the tumour grew")
    assert line(np.zeros(31)) == "There was no tumour to begin with."


def test_summary_has_headline_numbers_and_survivors(run):
    found = summary(run)
    assert found.survivors == survivors(run)
    assert {number.label for number in found.numbers} >= {"Tumour cells", "Best response", "T cells", "Kills"}
    assert str(found).startswith(found.headline)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (say.count(36718), "36,718"),
        (say.count(math.nan), "–"),
        (say.figure(0.0004), "4.00e−04"),
        (say.figure(1234.5), "1,234"),
        (say.percent(-12.34), "−12.3\u00a0%"),
        (say.share(1, 36000), "<0.1\u00a0%"),
        (say.fold(math.inf), "from zero"),
        (say.moment(10.5), "day 10.5"),
        (say.moment(0.25), "hour 6"),
        (say.span(1.0), "1 day"),
        (say.span(0.0125), "18 minutes"),
        (say.seconds(3.2), "3.2 s"),
        (say.seconds(412.3), "6 min 52 s"),
        (say.seconds(3900), "1 h 05 min"),
    ],
)
def test_numbers_are_said_plainly(written, expected):
    assert written == expected


def test_an_empty_series_reads_as_nothing(run):
    empty = run.but(series=pd.DataFrame({"minute": [], "day": []}))
    assert burden(empty).start == 0
    assert killing.killing(empty).kills == 0
    assert not tables.was_attacked(empty)


def test_the_stand_in_of_these_tests_has_nothing_a_run_folder_has_not(run):
    ours = {name for name in dir(run) if not name.startswith("_")} - {
        "but",
        "snapshots",
        "grids",
        "spacing",
        "origin",
    }
    theirs = set(dir(RunData)) | {"path", "meta", "days"}
    assert ours <= theirs
