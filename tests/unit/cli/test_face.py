"""The same from Python: a stored run answers everything one asks of it."""

import io
import signal
import sys
import warnings
from dataclasses import replace

import numpy as np
import pytest

import perforin as pf
from perforin.analysis.intervals import Interval
from perforin.face.prepare import prepare
from perforin.face.progress import Display, living
from perforin.face.summary import founders
from perforin.simulation.simulate import Progress

NOW = Progress(day=1.25, days=6, tumour_cells=3963, t_cells=991, seconds_left=75)


@pytest.fixture
def run(finished):
    _, folder, _ = finished
    return pf.load(folder)


def test_a_run_says_the_same_as_the_command(run, finished):
    _, _, said = finished
    assert isinstance(run, pf.Run)
    assert str(run.summary()).splitlines()[0] == said.stdout.splitlines()[0]
    assert repr(run.summary()) == str(run.summary())


def test_a_run_prints_as_a_short_tree_of_itself(run):
    lines = repr(run).splitlines()
    assert lines[0].startswith("Run 'tiny', seed 1: done")
    assert len(lines) <= 8
    assert lines[-1].startswith("└── ")


def test_the_reasons_of_survival_sum_to_the_survivors(run):
    why = run.why_survived()
    assert why["cells"].sum() == run.series["tumour_cells"].iloc[-1] == run.meta["tumour_cells_end"]
    assert why["share"].sum() == pytest.approx(1.0)


def test_cells_come_as_anndata_with_their_places(run):
    cells = run.cells(day=0)
    assert cells.n_obs == run.series["tumour_cells"].iloc[0]
    assert cells.obsm["spatial"].shape == (cells.n_obs, 3)
    assert np.abs(cells.obsm["spatial"]).max() <= 120
    assert {"type", "fate", "antigen", "oxygen"} <= set(cells.obs.columns)
    assert run.cells(day=0.05).n_obs == 28 + 12


def test_a_field_comes_as_xarray_and_oxygen_falls_towards_the_tumour(run):
    oxygen = run.fields["oxygen"]
    assert oxygen.dims == ("day", "z", "y", "x")
    assert np.allclose(np.diff(oxygen["x"]), 20.0)
    last = oxygen.isel(day=-1)
    assert float(last.sel(x=0, y=0, z=0, method="nearest")) < float(last.isel(x=0, y=0, z=0))
    assert list(run.fields) == ["oxygen"]
    with pytest.raises(pf.FolderError, match="oxygen"):
        run.fields["oxigen"]


def test_a_figure_is_drawn_by_name_and_a_wrong_name_is_answered_with_the_nearest(run):
    import matplotlib.pyplot as plt

    axes = run.plot("burden")
    assert "tumour" in axes.get_ylabel().lower()
    plt.close(axes.figure)
    with pytest.raises(pf.InputError, match="did you mean 'burden'"):
        run.plot("burdon")


def test_every_number_of_a_run_has_a_source(run, finished):
    _, folder, _ = finished
    table = pf.sources(run)
    assert (table["source"].str.len() > 0).all()
    assert table.equals(pf.sources(folder))


def test_a_scenario_in_python_and_its_file_are_the_same_run():
    scenario = pf.load("luque2024-small")
    assert isinstance(scenario, pf.Scenario)
    by_name = prepare("luque2024-small", ["dose.cells=20"], seed=5, days=2)
    by_object = prepare(scenario, ["dose.cells=20"], seed=5, days=2)
    assert by_name.run_key == by_object.run_key
    assert by_name.run_key != prepare(scenario, ["dose.cells=20"], seed=6, days=2).run_key
    assert prepare(scenario, days=3).run_key == prepare(scenario).run_key, "days are not part of the key"


def test_what_is_browsed_is_what_the_catalog_holds():
    assert "cells" in pf.library().entries
    assert "luque2024-car-t" in pf.library("cells").entries
    entry = pf.library("cells", "luque2024-car-t")
    assert all(number["unit"] and number["source"] for number in entry.numbers)
    with pytest.raises(pf.LibraryError, match="did you mean 'cells'"):
        pf.library("cels")


def test_progress_names_the_day_the_cells_and_the_time_left():
    assert living(NOW) == "day 1.2 of 6 · 3,963 tumour cells · 991 T cells · 1 min 15 s left"


def test_progress_fits_eighty_columns_and_ends_with_the_report():
    large = Progress(day=12.34, days=30, tumour_cells=112_345, t_cells=11_234, seconds_left=1213)
    assert living(large).endswith("20 min left")
    assert len(f"seed 10 {living(large)}") <= 80
    assert living(replace(NOW, day=6.0)).endswith("writing the report")


@pytest.mark.parametrize(
    ("meta", "words"),
    [
        ({"founders": 0, "doses": []}, ""),
        ({"founders": 0, "doses": [{}]}, "none came in yet"),
        ({"founders": 991}, "991 T cells"),
        ({"founders": 1}, "1 T cell: so few that only replicates tell (--replicates 8)"),
        ({"founders": 20.0, "replicates": [{}, {}]}, "20 T cells: so few that only the intervals count"),
        ({}, "not known"),
    ],
)
def test_founders_are_named_where_there_is_an_attack(meta, words):
    assert founders(meta) == words


def test_progress_without_a_terminal_is_a_plain_line_now_and_then(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with Display() as display:
        display(NOW)
        assert stream.getvalue() == ""
        display._last_line -= 11
        display(NOW, "seed 2")
    assert stream.getvalue() == f"seed 2: {living(NOW)}\n"


def test_a_watcher_whose_screen_is_gone_never_stops_the_run(monkeypatch):
    class Gone(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Gone())
    display = Display()
    display.say("compiling")
    assert display.quiet


def test_progress_goes_to_the_function_that_asks_for_it():
    seen = []
    with Display(watcher=seen.append) as display:
        display(NOW)
    assert seen == [NOW]


def test_an_interval_over_three_seeds_is_students():
    found = Interval.of([1.0, 2.0, 3.0])
    assert found.mean == 2.0
    assert found.high - found.mean == pytest.approx(4.302653 / 3**0.5, rel=1e-6)  # t(0.975, 2) s / sqrt(n)
    assert Interval.read(found.as_data()) == found
    assert Interval.of([1.0]).as_data()["low"] is None


@pytest.fixture
def process_as_it_was(monkeypatch):
    """What the command changes in its own process is taken back in this one."""
    handler = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    yield
    signal.signal(signal.SIGTERM, handler)


@pytest.mark.usefixtures("process_as_it_was")
def test_an_unforeseen_error_is_one_line_that_owns_up_and_debug_shows_where(monkeypatch, capsys):
    import perforin.face.library
    from perforin.cli import main

    def stumble(*words, library_path=None):
        raise ValueError("seven\nlines")

    monkeypatch.setattr(perforin.face.library, "library", stumble)
    with pytest.raises(SystemExit) as left:
        main(["library"])
    said = capsys.readouterr().err
    assert left.value.code == 1
    assert said == "Error: a bug in perforin, not in your input (ValueError: seven). --debug shows where.\n"
    with pytest.raises(SystemExit):
        main(["library", "--debug"])
    assert "Traceback" in capsys.readouterr().err
