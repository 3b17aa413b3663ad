"""The table of targets: what is met, what is missed, what was scaled, and what writing a run down costs."""

import pytest

from perforin.evidence.bench import recording, targets
from perforin.evidence.bench.measurement import Job


def tissue(case, cells, threads=1, minutes=60.0, **measured):
    return {
        "case": case, "cells_start": cells, "threads": threads, "simulated_minutes": minutes,
        "cpu_ms_per_cell_hour": 0.03, "wall_seconds": 10.0, "peak_rss_mb": 900.0, "bytes_per_cell": None, **measured,
    }  # fmt: skip


def verdicts(entries):
    rows = [[cell.strip() for cell in line.split("|")] for line in targets.table(entries).splitlines()[2:]]
    return {row[1]: (row[4], row[5]) for row in rows}


def test_what_was_not_measured_is_said_to_be_so():
    assert {verdict for _, verdict in verdicts([]).values()} == {"not measured"}


@pytest.mark.parametrize(
    ("price", "verdict"), [(0.005, "aim met"), (0.007, "aim met"), (0.015, "met"), (0.021, "**missed**")]
)
def test_a_cost_is_held_to_its_bounds(price, verdict):
    found = verdicts([tissue("spheroid", 10_924, cpu_ms_per_cell_hour=price)])
    assert found["`spheroid`, 10,000 cells"][1] == verdict


@pytest.mark.parametrize(("wall", "verdict"), [(5.2, "aim met"), (5.7, "met"), (8.0, "**missed**")])
def test_a_speed_up_must_be_large(wall, verdict):
    pair = [tissue("spheroid", 110_278), tissue("spheroid", 110_278, threads=2, wall_seconds=wall)]
    assert verdicts(pair)["speed-up on 2 threads, `spheroid` 100,000"][1] == verdict


def test_a_speed_up_is_of_two_runs_of_one_length():
    pair = [
        tissue("spheroid", 110_278),
        tissue("spheroid", 110_278, threads=2, minutes=6.0, wall_seconds=5.0),
    ]
    assert verdicts(pair)["speed-up on 2 threads, `spheroid` 100,000"][1] == "not measured"


def test_a_shorter_run_is_scaled_and_says_so():
    found = verdicts([tissue("turnover", 101_000, threads=2, minutes=1440.0, wall_seconds=40.0)])
    assert found["`turnover`, 30 days, wall"] == ("20 min, scaled from 24 h", "met")


def test_recording_is_a_share_of_a_run_that_went_to_its_end():
    measured = recording.measure(Job("recording", 300, 60.0, 1))
    row = measured.rows[0]
    assert measured.cells_end == row["cells"] >= 330
    assert 0.0 < row["share_of_the_run"] < 1.0
    assert row["seconds"] == pytest.approx(row["share_of_the_run"] * measured.cpu_seconds, abs=2e-3)
    assert row["megabytes_written"] > 0.01
