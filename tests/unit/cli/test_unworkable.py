"""Scenarios that are well written and cannot work: refused before the run with the number that would."""

import json

import pytest

from perforin.face import repeat
from perforin.simulation import provenance

SMALL_BOX = """
from = "luque2024-small"
name = "small"

[culture]
box = { value = 170, unit = "um" }
"""
COARSE = """
from = "luque2024-small"
name = "coarse"

[culture]
box = { value = 1000, unit = "um" }

[numerics]
voxel = { value = 200, unit = "um" }
"""
LONG_STEP = """
from = "luque2024-small"
name = "long"

[numerics]
mechanics = { value = 3, unit = "min" }
"""
CROWDED = """
from = "luque2024-small"
name = "crowded"

[[dose]]
car = "CAR-T"
at = { value = 18, unit = "min" }
cells = 30000
route = "medium"
"""
CASES = {  # file: key, found, expected, what is set to make it work
    "small.toml": (SMALL_BOX, "culture.box", "170 um", "at least 200 um", ["culture.box=200 um", "dose=[]"]),
    "coarse.toml": (COARSE, "numerics.voxel", "200 um", "at most 100 um", ["numerics.voxel=100 um"]),
    "long.toml": (LONG_STEP, "numerics.mechanics", "3 min", "at most 2 min", ["numerics.mechanics=2 min"]),
    "crowded.toml": (CROWDED, "culture.box", "30000 T cells", "at least 490 um", ["culture.box=490 um"]),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_file_key_found_and_the_number_that_works(perforin, name):
    text, key, found, expected, mended = CASES[name]
    perforin.write(name, text)
    said = perforin("run", name)
    assert said.returncode == 2, said.stderr
    assert said.stdout == ""
    assert "Traceback" not in said.stderr
    line = next(line for line in said.stderr.splitlines() if line.strip().startswith(f"{key}: "))
    assert name in said.stderr
    assert found in line
    assert expected in line
    assert not (perforin.folder / "runs").exists()
    changes = [word for change in mended for word in ("--set", change)]
    again = perforin("check", name, *changes)
    assert again.returncode == 0, again.stderr


def test_programs_get_all_of_them_as_data(perforin):
    perforin.write("all.toml", COARSE + 'mechanics = { value = 3, unit = "min" }\n')
    said = perforin("check", "all.toml", "--json")
    assert said.returncode == 2
    found = json.loads(said.stdout)
    assert found["ok"] is False
    assert [problem["key"] for problem in found["problems"]] == ["numerics.mechanics", "numerics.voxel"]
    assert all(problem["file"].endswith("all.toml") for problem in found["problems"])
    assert found["problems"][0]["found"] == "3 min"


def test_a_change_on_the_command_line_is_blamed_for_its_own_problem(perforin):
    said = perforin("check", "luque2024-small", "--set", "numerics.mechanics=3 min")
    assert said.returncode == 2
    assert "--set numerics.mechanics=3 min: 1 problem" in said.stderr


def test_more_threads_than_cores_are_a_warning_and_not_an_error(perforin, scenario):
    many = provenance.cores_here() + 1
    perforin.write("tiny.toml", scenario(days=0.01, t_cells=0))
    said = perforin("run", "tiny.toml", "--quiet", "--threads", "4000", NUMBA_NUM_THREADS=str(many))
    assert said.returncode == 0, said.stderr
    asked, shared = [line for line in said.stderr.splitlines() if line.startswith("Warning: ")]
    assert "4000 threads were asked for" in asked
    assert f"{many} threads share" in shared


def test_more_threads_than_cores_are_a_warning_for_replicates_too(monkeypatch):
    monkeypatch.setattr(repeat, "_cores", lambda: 2)
    assert repeat.at_once(4000, 8) == 2
    with pytest.warns(UserWarning, match="4000 threads were asked for and there are 2 cores"):
        repeat.warn_of_threads(4000)
