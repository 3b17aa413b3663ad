"""The benchmark: what it writes is whole, the same for any number of threads, and honest about what it cannot say."""

import dataclasses
import json
import typing

import numpy as np
import pytest

from perforin.errors import InputError
from perforin.evidence.bench import (
    bench,
    body,
    history,
    kernels,
    loop,
    machine,
    measurement,
    page,
    phases,
    references,
    shelf,
    spheroid,
    table,
    turnover,
)
from perforin.evidence.bench.measurement import Job, Measurement
from perforin.simulation import step
from perforin.streams import CASE, founder_id

NULLABLE = set(measurement.OF_TISSUE)
TINY = {"spheroid": 200, "contact": 200, "turnover": 1500, "organoid": 588}


@pytest.fixture(scope="module")
def measured():
    """One tiny measurement of every tissue, in this process."""
    jobs = {name: Job(name, cells, 12.0, 1) for name, cells in TINY.items()}
    return {name: shelf.CASES[name].measure(job) for name, job in jobs.items()}


def made_up(**changes):
    """A measurement with numbers that mean nothing."""
    nulls = dict.fromkeys(NULLABLE - {"cpu_ms_per_cell_hour", "phases"}, "made up")
    known = {"processor": "p", "cores": 2, "system": "s", "bandwidth_gb_s": 10.0, "fp32_gflop_s": 100.0}
    given = {
        "case": "spheroid", "cells_start": 100, "cells_end": 110, "simulated_minutes": 60.0, "threads": 1,
        "wall_seconds": 1.0, "cpu_seconds": 1.0, "cpu_ms_per_cell_hour": 9.5, "bytes_per_cell": None,
        "peak_rss_mb": 200.0, "phases": dict.fromkeys(phases.PHASES, 0.1), "mean_fields": None, "state_hash": None,
        "error_against_reference": None, "machine": known, "versions": {}, "why_null": nulls,
    }  # fmt: skip
    return Measurement(**(given | changes))


@pytest.mark.parametrize("name", list(TINY))
def test_every_entry_has_every_name_with_its_type_and_a_reason_for_each_null(measured, name):
    entry = json.loads(json.dumps(measured[name].as_json(), allow_nan=False))
    hints = typing.get_type_hints(Measurement)
    assert set(entry) == {field.name for field in dataclasses.fields(Measurement)}
    for key, value in entry.items():
        kinds = typing.get_args(hints[key]) if key in NULLABLE else (hints[key],)
        kinds = tuple(typing.get_origin(kind) or kind for kind in kinds)
        assert isinstance(value, kinds), f"{key} is {type(value).__name__}"
        assert (value is None) == (key in entry["why_null"]), key
    assert {"processor", "cores", "bandwidth_gb_s", "fp32_gflop_s"} <= set(entry["machine"])


def test_the_phases_add_up_to_the_wall_time(measured):
    for entry in measured.values():
        assert set(entry.phases) == set(phases.PHASES)
        assert sum(entry.phases.values()) == pytest.approx(
            entry.wall_seconds, rel=0.01, abs=0.01
        )  # other fills up
        assert entry.phases["forces"] > 0
        assert entry.phases["fields"] > 0


def test_the_step_is_as_before_once_it_was_watched():
    before = [getattr(owner, name) for owner, name, _ in phases.TIMED]
    with phases.watched():
        assert step.diffuse is not before[[n for _, n, _ in phases.TIMED].index("diffuse")]
    assert [getattr(owner, name) for owner, name, _ in phases.TIMED] == before


def test_watching_changes_no_bit(measured):
    tissue = spheroid.spheroid(TINY["spheroid"])
    state = tissue.begin()
    for _ in range(2):
        step.advance(state, tissue.plan)
    assert state.hash() == measured["spheroid"].state_hash


def test_the_hash_is_the_same_for_two_threads(measured):
    """Two processes' worth: the worker runs on two threads, the fixture on one."""
    ((_, entry),) = bench.run([Job("spheroid", TINY["spheroid"], 12.0, 2)])
    assert entry.threads == 2
    assert entry.state_hash == measured["spheroid"].state_hash


def test_the_cost_is_per_mean_cell_and_hour():
    assert measurement.cost(2.0, 900, 1100, 30.0) == pytest.approx(4.0)


def test_t_cells_lie_in_their_shell():
    """Uniform in volume: half of them below the radius that halves it, within four standard errors of 4,000 draws."""
    ids = np.array([founder_id(i, 1) for i in range(4000)], dtype=np.uint64)
    way = np.linalg.norm(spheroid.in_shell(ids, 204.0, (30.0, 105.0), 7), axis=1)
    assert 234.0 <= way.min() < 240.0
    assert 305.0 < way.max() <= 309.0
    middle = np.cbrt((234.0**3 + 309.0**3) / 2)
    assert (way < middle).mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(4000))


def test_the_matched_sizes_are_those_of_the_peer():
    assert spheroid.spheroid(10_000).plan.geometry.box == (700.0, 700.0, 700.0)
    radius, half = spheroid.size(1_000_000)
    assert radius == pytest.approx(949, abs=1)  # 9,924 cells in 204 um, by volume
    assert half >= radius + 150


def test_births_and_deaths_of_the_turnover_balance():
    plan = turnover.turnover(1500).plan
    span = plan.clock.phenotype * plan.clock.tick
    p = -np.expm1(-span / plan.numbers["growth"].duration[0])
    q = -np.expm1(-span * plan.numbers["necrosis"].rate[0])
    assert (1 + p) * (1 - q) == pytest.approx(1.0, abs=1e-12)
    assert plan.numbers["necrosis"].rate[1] == 0
    assert all(plan.geometry.periodic)
    assert len(plan.fields) == 3


def test_the_turnover_kills_nobody_and_keeps_its_t_cells(measured):
    tissue = turnover.turnover(1500)
    state = tissue.begin()
    walking = int(state.is_role(1).sum())
    for _ in range(20):
        step.advance(state, tissue.plan)
    assert walking == 150
    assert int(state.is_role(1).sum()) == walking
    assert state.counters["kills"] == 0
    assert state.counters["divisions"] > 0
    assert state.counters["necroses"] > 0


class TestReferences:
    PLAN = spheroid.spheroid(300).plan
    FOUND: typing.ClassVar = {"tumour_cells": 330.0, "tumour_radius": 60.0, "kills": 0.0}

    @pytest.fixture
    def stored(self, tmp_path, monkeypatch):
        """The reference of a spheroid of 300 cells for an hour, in a folder of its own."""
        monkeypatch.chdir(tmp_path)
        made = made_up(
            rows=[{"configuration": references.configuration(self.PLAN, 60.0), "quantities": self.FOUND}]
        )
        references.write(Job("spheroid", 300, 60.0, reference=True), made, "abc")

    def test_an_error_is_relative_to_the_reference(self, stored):
        found = {"tumour_cells": 297.0, "tumour_radius": 61.2, "kills": 5.0}
        error = references.error("spheroid", self.PLAN, 60.0, found)
        assert error == pytest.approx(
            {"tumour_cells": -0.1, "tumour_radius": 0.02}
        )  # no kills to compare with

    @pytest.mark.parametrize("change", ["minutes", "seed", "cells", "number"])
    def test_another_configuration_has_a_reason_instead(self, stored, change):
        plan = spheroid.spheroid(350).plan if change == "cells" else self.PLAN
        if change == "seed":
            plan = dataclasses.replace(plan, seed=2)
        if change == "number":
            plan = loop.hasty(plan)
        minutes = 66.0 if change == "minutes" else 60.0
        assert "another configuration" in references.error("spheroid", plan, minutes, self.FOUND)

    def test_other_steps_and_voxels_are_the_same_configuration(self, stored):
        finer = spheroid.spheroid(300, references.FINE).plan
        assert finer.geometry.voxel == 10.0
        assert finer.clock.phenotype * finer.clock.tick == pytest.approx(1.5)
        assert isinstance(references.error("spheroid", finer, 60.0, self.FOUND), dict)

    def test_the_turnover_is_recognised_whatever_its_steps(self):
        coarse, fine = turnover.turnover(1500), turnover.turnover(1500, references.FINE)
        assert references.configuration(coarse.identity, 60.0) == references.configuration(
            fine.identity, 60.0
        )

    def test_without_a_reference_there_is_a_reason(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(references, "PACKAGE", tmp_path / "perforin")
        assert "no reference is stored" in references.error("spheroid", self.PLAN, 60.0, self.FOUND)


class TestJobs:
    def test_all_cases_run_at_all_their_sizes(self):
        jobs = shelf.jobs([], [], None, 1)
        assert {job.case for job in jobs} == set(shelf.CASES)
        assert [job.cells for job in jobs if job.case == "spheroid"] == [
            10_000,
            50_000,
            100_000,
            200_000,
            1_000_000,
        ]

    def test_a_size_with_a_reference_runs_as_long(self):
        jobs = {(job.case, job.cells): job.minutes for job in shelf.jobs(["organoid"], [], None, 1)}
        assert jobs == {("organoid", 3963): 43200.0, ("organoid", 588): 5760.0}

    def test_every_problem_is_said_at_once(self):
        with pytest.raises(InputError) as error:
            shelf.jobs(["sferoid"], [0], -1.0, 0)
        said = str(error.value)
        for word in ("did you mean 'spheroid'", "--cells", "--minutes", "--threads"):
            assert word in said

    def test_a_case_without_a_reference_is_refused(self):
        with pytest.raises(InputError, match="body"):
            shelf.reference_jobs(["body"], 1)
        assert {job.case for job in shelf.reference_jobs([], 1)} == {
            "spheroid",
            "contact",
            "turnover",
            "organoid",
        }

    def test_memory_is_measured_on_spheroids_only(self):
        assert [job.cells for job in shelf.memory_jobs([], None, 1)] == list(shelf.SLOPE)
        with pytest.raises(InputError, match="contact"):
            shelf.memory_jobs(["contact"], None, 1)

    @pytest.mark.parametrize("place", ["nowhere/x.json", "."])
    def test_a_place_that_cannot_be_written_is_refused_before_anything_runs(self, tmp_path, place):
        with pytest.raises(InputError, match="--json"):
            measurement.refuse_unwritable(tmp_path / place)

    def test_an_organoid_of_another_size_is_refused(self):
        with pytest.raises(InputError, match="3963 or 588"):
            shelf.CASES["organoid"].measure(Job("organoid", 1000, 6.0))


def test_memory_per_cell_is_the_slope_between_two_sizes():
    small = made_up(cells_start=110_000, cells_end=110_000, peak_rss_mb=300.0)
    large = made_up(cells_start=1_100_000, cells_end=1_110_000, peak_rss_mb=1300.0)
    for entry in bench.with_slope([small, large]):
        assert entry.bytes_per_cell == pytest.approx(1000.0)
        assert "bytes_per_cell" not in entry.why_null
    other = made_up(cells_start=220_000, cells_end=220_000, peak_rss_mb=5000.0)
    assert bench.with_slope([small, other, large])[0].bytes_per_cell == pytest.approx(1000.0)
    assert bench.with_slope([small, other])[0].bytes_per_cell is None


def test_a_limit_is_the_larger_of_memory_and_arithmetic():
    known = {"bandwidth_gb_s": 10.0, "fp32_gflop_s": 100.0}
    assert kernels.limit("move", known, {}) == pytest.approx(9.2)  # 92 bytes at 10 bytes per ns
    counts = {"near": 10.0, "seen": 100.0}
    assert kernels.limit("lists", known, counts) == pytest.approx(
        10.0
    )  # 60 + 40 bytes; 1000 operations at 100 per ns


def test_the_machine_moves_and_computes_something():
    assert machine.bandwidth() > 0.1
    assert machine.arithmetic() > 0.1


def test_patients_follow_the_reference_solver():
    """Ten days within 1 % of SciPy's Radau at a tolerance of 1e-8: the steps of the benchmark allow 1e-4 each."""
    from scipy.integrate import solve_ivp

    p = body.numbers_of(3)

    def rate(t, y):
        out = np.zeros(30)
        body.patient.function(t, y, p, out)
        return out

    start = np.zeros(30)
    start[0] = 1.0
    exact = solve_ivp(rate, (0, 14400), start, "Radau", rtol=1e-8, atol=1e-12).y[:, -1]
    assert body.carried(p, 10) == pytest.approx(exact, rel=0.01, abs=1e-6)


def test_the_history_keeps_the_newest_of_each_measurement(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    history.keep([made_up(cpu_seconds=1.0)], "aaa", "2030-01-01")
    history.keep([made_up(cpu_seconds=2.0)], "bbb", "2030-01-02")
    file = history.keep([made_up(case="contact")], "bbb", "2030-01-02")
    assert file.name == "2030-01-02-bbb.json"
    assert [entry["cpu_seconds"] for entry in history.latest() if entry["case"] == "spheroid"] == [2.0]
    assert {entry["case"] for entry in history.latest()} == {"spheroid", "contact"}
    page.write(tmp_path / "docs" / "speed.md")
    written = (tmp_path / "docs" / "speed.md").read_text()
    assert "| `spheroid` | 100 | 110 | 1 | 1 | 1.00 | 2.00 | 9.5000 | 0 |" in written
    assert (tmp_path / "docs" / "images" / "speed.png").stat().st_size > 1000


def test_a_file_that_is_no_list_is_refused(tmp_path):
    (tmp_path / "x.json").write_text('{"case": 1}')
    with pytest.raises(InputError, match=r"x\.json"):
        measurement.read_list(tmp_path / "x.json")


def test_the_table_says_every_case(measured):
    said = table.text([*measured.values(), made_up(bytes_per_cell=900.0)])
    for name in (*TINY, "900 bytes per cell"):
        assert name in said


def test_draws_of_the_benchmark_are_those_of_the_streams():
    from perforin.streams import draw

    out = np.empty(3)
    kernels.draws(out, 5)
    assert out.tolist() == [draw(5, 0, i, CASE) for i in range(3)]


class TestCommand:
    """`perforin bench` itself, with made-up measurements."""

    @pytest.fixture
    def command(self, tmp_path, monkeypatch):
        """Call the command in an empty folder; each job gives a made-up entry, or what `ends` raises."""
        from perforin.cli import benching

        monkeypatch.chdir(tmp_path)

        def call(*cases, ends=None, **options):
            def made(wanted, report):
                for job in wanted:
                    yield job, made_up(case=job.case, threads=job.threads)
                    if ends is not None:
                        raise ends

            monkeypatch.setattr(bench, "run", made)
            benching.bench(list(cases), **options)

        return call

    def test_it_answers_with_a_table_and_writes_the_list(self, command, tmp_path, capsys):
        command("spheroid", cells=[100], threads=1, file=tmp_path / "x.json")
        said = capsys.readouterr()
        assert said.out.splitlines()[1].startswith("spheroid")
        (entry,) = json.loads((tmp_path / "x.json").read_text())
        assert entry["cells_start"] == 100
        assert entry["commit"]

    def test_an_interruption_leaves_nothing_half_written(self, command, tmp_path):
        (tmp_path / "x.json").write_text("before")
        with pytest.raises(KeyboardInterrupt):
            command(
                "spheroid", cells=[100, 200], ends=KeyboardInterrupt(), file=tmp_path / "x.json", keep=True
            )
        assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("x.json", "before")]

    @pytest.mark.parametrize(
        ("options", "word"),
        [
            ({"reference": True, "cells": [100]}, "--cells with --reference"),
            ({"reference": True, "keep": True}, "--keep with --reference"),
            ({"memory": True, "cells": [100]}, "--cells with --memory"),
        ],
    )
    def test_options_that_contradict_each_other_are_refused(self, command, options, word):
        with pytest.raises(InputError, match=word):
            command("spheroid", **options)

    def test_more_threads_than_cores_is_a_warning(self, command, capsys):
        command("spheroid", cells=[100], threads=10_000)
        assert "Warning: 10000 threads" in capsys.readouterr().err
