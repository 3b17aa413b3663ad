"""Every command, as a person types it: what it answers, what it says, what it leaves."""

import json

import pytest

REASONS = {
    "antigen_negative",
    "never_reached",
    "shut_out_by_stroma",
    "suppressed",
    "spared_by_chance",
    "no_attack",
}
NAMES = {
    "status",
    "state_hash",
    "run_key",
    "days",
    "wall_seconds",
    "cpu_seconds",
    "threads",
    "tumour_cells_start",
    "tumour_cells_end",
    "t_cells_end",
    "survivors_by_reason",
    "founders",
    "report",
}


def test_a_run_answers_on_stdout_and_says_on_stderr_what_it_wrote_and_what_comes_next(finished):
    _, folder, said = finished
    first = said.stdout.splitlines()[0]
    assert "tumour" in first.lower()
    assert "assumed" in said.stdout
    assert "12 T cells" in said.stdout
    assert f"wrote runs/{folder.name}" in said.stderr
    assert said.stderr.splitlines()[-1].startswith("next: ")
    assert (folder / "report.html").stat().st_size > 10_000


def test_show_carries_the_names_programs_rely_on_and_every_survivor_has_one_reason(finished):
    command, folder, _ = finished
    said = command("show", f"runs/{folder.name}", "--json")
    meta = json.loads(said.stdout)
    assert said.returncode == 0
    assert set(meta) >= NAMES
    assert meta["status"] == "done"
    assert meta["days"] == pytest.approx(0.05, abs=0.005)
    assert set(meta["survivors_by_reason"]) == REASONS
    assert sum(meta["survivors_by_reason"].values()) == meta["tumour_cells_end"]
    assert meta["founders"] == 12


def test_a_second_run_is_the_stored_answer_and_fewer_days_are_read_from_it(finished):
    command, folder, first = finished
    series = sorted((folder / "series").iterdir())
    times = [path.stat().st_mtime_ns for path in series]
    again = command("run", "tiny.toml")
    assert again.returncode == 0
    assert again.stdout == first.stdout
    assert "reused" in again.stderr
    fewer = command("run", "tiny.toml", "--days", "0.025", "--json")
    assert fewer.returncode == 0
    assert "reused" in fewer.stderr
    assert json.loads(fewer.stdout)["days"] == pytest.approx(0.025, abs=0.005)
    assert [path.stat().st_mtime_ns for path in series] == times


def test_a_run_answers_to_the_beginning_of_its_name_and_to_its_run_json(finished):
    command, folder, _ = finished
    by_name = command("show", "tiny")
    by_file = command("show", f"runs/{folder.name}/run.json")
    assert by_name.returncode == by_file.returncode == 0
    assert by_name.stdout == by_file.stdout
    unknown = command("show", "tinny")
    assert unknown.returncode == 2
    assert f"did you mean 'runs/{folder.name}'" in unknown.stderr


def test_sources_names_a_source_and_a_grade_for_every_number(finished):
    command, _, _ = finished
    rows = json.loads(command("sources", "tiny", "--json").stdout)
    assert len(rows) > 20
    assert all(row["source"] and row["unit"] and row["grade"] for row in rows)
    said = command("sources", "tiny", "--assumed")
    assumed = [row for row in rows if row["grade"] == "assumed"]
    assert len(said.stdout.splitlines()) == len(assumed)
    assert f"{len(assumed)} numbers" in said.stderr


def test_report_writes_the_page_again(finished):
    command, folder, _ = finished
    (folder / "report.html").unlink()
    said = command("report", f"runs/{folder.name}")
    assert said.returncode == 0
    assert said.stdout.strip() == f"runs/{folder.name}/report.html"
    assert (folder / "report.html").exists()


def test_resuming_a_finished_run_says_so_and_succeeds(finished):
    command, _, _ = finished
    said = command("resume", "tiny")
    assert said.returncode == 0
    assert "the run is finished" in said.stderr


def test_the_library_is_browsed_from_kinds_to_numbers_with_units_and_sources(perforin):
    kinds = perforin("library")
    assert kinds.returncode == 0
    assert "scenarios" in kinds.stdout
    names = perforin("library", "scenarios", "--json")
    assert "luque2024-small" in json.loads(names.stdout)
    entry = perforin("library", "cells", "luque2024-car-t")
    assert "Luque 2024" in entry.stdout
    assert "min" in entry.stdout
    typo = perforin("library", "cells", "luque2024-cart")
    assert typo.returncode == 2
    assert "did you mean 'luque2024-car-t'" in typo.stderr


def test_a_scenario_of_ones_own_starts_from_another_and_checks(perforin):
    started = perforin("new", "mine.toml", "--from", "luque2024-small")
    assert started.returncode == 0
    assert started.stdout.strip() == "mine.toml"
    assert json.loads(perforin("check", "mine.toml", "--json").stdout) == {"ok": True, "problems": []}
    again = perforin("new", "mine.toml", "--from", "luque2024-small")
    assert again.returncode == 2
    assert "exists" in again.stderr


def test_the_schema_is_json_schema(perforin):
    schema = json.loads(perforin("schema").stdout)
    assert "culture" in schema["properties"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["libary"], "Did you mean 'library'"),
        (["run", "luque2024-small", "--sed", "3"], "--seed"),
        (["run", "luque2024-smal"], "did you mean 'luque2024-small'"),
        (["run"], "SCENARIO"),
        (["new", "mine.toml"], "--from"),
        (["run", "luque2024-small", "--threads", "0"], "--threads"),
        (["run", "luque2024-small", "--replicates", "two"], "--replicates"),
        (["validate", "analytical"], "analytic"),
    ],
)
def test_a_slip_of_the_keyboard_is_answered_with_the_right_word(perforin, words, hint):
    said = perforin(*words)
    assert said.returncode == 2
    assert hint in said.stderr
    assert said.stdout == ""
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("words", [["library"], ["schema"], ["--help"]])
def test_a_reader_that_leaves_early_is_left_in_peace(perforin, words):
    process = perforin.start(*words)
    process.stdout.close()
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert "Error" not in said
    assert "Exception" not in said


def test_every_command_shows_an_example_in_its_help(perforin):
    commands = ("run", "check", "show", "report", "resume", "library", "new", "schema", "sources", "validate")
    top = perforin("--help").stdout
    for command in commands:
        assert f"\n  {command} " in top
        assert f"    perforin {command}" in perforin(command, "--help").stdout
