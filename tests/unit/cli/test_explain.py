"""Explaining a run: the same luck without one obstacle at a time, resumable, and refused where there is nothing."""

import json
import shutil
import time

import pytest

WORN = """
from = "lysis-assay"
name = "worn"
days = 0.25
seed = 3

[culture]
cells = 40
box = "300 um"

[[car]]
name = "IL13RA2 CAR-T"
targets = "IL13RA2"
cell = "car-t-cd8"

[car.exhaustion]
gain = { value = 10000, unit = "1/day" }
recovery = { value = 0, unit = "1/day" }
tonic = { value = 1, unit = "1" }
loss_tired = { value = 1, unit = "1" }

[[dose]]
car = "IL13RA2 CAR-T"
at = "0 h"
cells = 40
route = "medium"
"""  # T cells that have no function left from the first minutes on, and nothing is born

GUESS = """
radius = { value = 30, unit = "um", source = "assumed", grade = "assumed", note = "a test", spread = [30, 42] }"""


def explained(folder):
    return json.loads((folder / "explain" / "explain.json").read_text())


def one_run(perforin, name, text, *words):
    perforin.write(f"{name}.toml", text)
    said = perforin("run", f"{name}.toml", "--quiet", *words)
    assert said.returncode == 0, said.stderr
    (folder,) = (perforin.folder / "runs").glob(f"{name}-*")
    return folder


@pytest.fixture(scope="module")
def perforin_once(tmp_path_factory):
    from tests.unit.cli.conftest import Command

    return Command(tmp_path_factory.mktemp("explained"))


@pytest.fixture(scope="module")
def worn(perforin_once):
    folder = one_run(perforin_once, "worn", WORN)
    said = perforin_once("explain", folder, "--quiet", "--threads", "2")
    assert said.returncode == 0, said.stderr
    return perforin_once, folder, said


@pytest.fixture(scope="module")
def guessing(perforin_once):
    """A finished run that rests on one guess with a spread, and as it was before anybody explained it."""
    from tests.unit.cli.conftest import tiny

    text = tiny(days=0.02).replace('radius = { value = 30, unit = "um" }', GUESS.strip())
    assert "spread" in text
    folder = one_run(perforin_once, "tiny", text)
    return perforin_once, folder, shutil.copytree(folder, folder.parent / "untouched")


@pytest.mark.slow
def test_exhaustion_that_leaves_no_function_is_found_to_be_what_saves_the_tumour(worn):
    _, folder, said = worn
    found = explained(folder)
    assert found["seeds"] == [3, 4, 5]
    assert found["base"]["tumour_cells_end"] == [40, 40, 40]
    costs = {cost["names"][0]: cost for cost in found["obstacles"]}
    assert found["obstacles"][0]["names"] == ["exhaustion"]
    assert all(end < 40 for end in costs["exhaustion"]["tumour_cells_end"])
    assert costs["exhaustion"]["excludes_zero"]
    for name in ("antigen", "starvation"):
        assert costs[name]["tumour_cells_end"] == [40, 40, 40], "T cells without function kill nobody"
    assert "suppression" not in costs, "a dish has none"
    assert said.stdout.startswith("The dearest obstacle is exhaustion")
    (pair,) = found["pairs"]
    assert pair["names"][0] == "exhaustion"


@pytest.mark.slow
def test_a_run_without_an_obstacle_is_the_scenario_without_it_under_the_same_seed(worn):
    perforin, folder, _ = worn
    (cost,) = [cost for cost in explained(folder)["obstacles"] if cost["names"] == ["exhaustion"]]
    for seed, end in zip((4, 5), cost["tumour_cells_end"][1:], strict=True):
        alone = perforin(
            "run", "worn.toml", "--seed", seed, "--set", "without=exhaustion", "--out", "alone", "--json"
        )
        assert json.loads(alone.stdout)["tumour_cells_end"] == end


@pytest.mark.slow
def test_the_report_and_the_picture_show_what_was_found(worn):
    perforin, folder, _ = worn
    page = (folder / "report.html").read_text()
    assert 'id="obstacles"' in page
    assert "The dearest obstacle is exhaustion" in page
    assert (folder / "explain" / "explain.png").read_bytes().startswith(b"\x89PNG")
    assert not list((folder / "explain").glob("runs/*/report.html"))
    again = perforin("explain", folder, "--budget", "0", "--json", "--quiet")
    assert json.loads(again.stdout) == explained(folder), "everything is stored: no time is needed"


@pytest.mark.slow
def test_a_number_that_decides_the_end_is_found_to_matter(guessing):
    perforin, folder, _ = guessing
    said = perforin("explain", folder, "--numbers", "--quiet", "--threads", "2")
    assert said.returncode == 0, said.stderr
    (number,) = explained(folder)["numbers"]
    assert (number["path"], number["mattered"]) == ("culture.radius", True)
    low, high = number["sides"]
    base = explained(folder)["base"]["tumour_cells_end"]
    assert low["tumour_cells_end"] == base
    assert all(end > start for end, start in zip(high["tumour_cells_end"], base, strict=True))
    assert high["effect"]["mean"] > 0
    assert "culture.radius (30 um) mattered" in said.stdout


@pytest.mark.slow
@pytest.mark.kill
def test_an_explanation_that_was_killed_goes_on_and_finds_the_same(guessing):
    perforin, folder, untouched = guessing
    perforin("explain", folder, "--numbers", "--quiet")
    process = perforin.start("explain", untouched, "--numbers", "--quiet", "--threads", "1")
    deadline = time.monotonic() + 300
    while len(list(untouched.glob("explain/runs/*/run.json"))) < 4:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.kill()
    process.communicate()
    assert not (untouched / "explain" / "explain.json").exists()
    said = perforin("explain", untouched, "--numbers", "--quiet")
    assert said.returncode == 0, said.stderr
    assert explained(untouched) == explained(folder)


@pytest.mark.slow
def test_what_does_not_fit_the_budget_is_left_out_and_said(guessing):
    perforin, folder, _ = guessing
    copy = shutil.copytree(folder, folder.parent / "hasty", ignore=shutil.ignore_patterns("explain"))
    said = perforin("explain", copy, "--budget", "0", "--json")
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)
    assert found["obstacles"] == []
    assert found["base"]["tumour_cells_end"][1:] == [None, None]
    assert "with all obstacles, seed 2: it would have gone beyond the budget" in found["left_out"]
    in_words = perforin("explain", copy, "--budget", "0").stdout
    assert in_words.startswith("No obstacle was found")
    assert "Left out: without antigen, seed 1; without starvation, seed 1; " in in_words
    assert "and 4 more: beyond the budget" in in_words


def test_a_run_that_others_sources_made_is_done_again_and_that_is_said(guessing):
    perforin, folder, untouched = guessing
    copy = shutil.copytree(untouched, folder.parent / "old", ignore=shutil.ignore_patterns("explain"))
    meta = json.loads((copy / "run.json").read_text())
    (copy / "run.json").write_text(json.dumps({**meta, "run_key": "0" * 64}))
    said = perforin("explain", copy, "--budget", "0")
    assert said.returncode == 1
    assert "the budget did not suffice for the run itself" in said.stderr


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"status": "stopped"}, "perforin resume"),
        ({"doses": []}, "no T cells"),
        ({"replicates": []}, "one run"),
    ],
)
def test_what_cannot_be_explained_is_refused_with_the_reason(guessing, change, word):
    perforin, folder, untouched = guessing
    copy = shutil.copytree(
        untouched, folder.parent / f"no-{word[:3]}", ignore=shutil.ignore_patterns("explain")
    )
    meta = json.loads((copy / "run.json").read_text())
    (copy / "run.json").write_text(json.dumps({**meta, **change}))
    said = perforin("explain", copy)
    assert said.returncode == 2, said.stdout
    assert word in said.stderr
    assert "Traceback" not in said.stderr


def test_fewer_than_three_seeds_are_refused(perforin):
    assert perforin("explain", "anything", "--seeds", "2").returncode == 2
    said = perforin("explain", "nowhere")
    assert said.returncode == 2
    assert "no such run" in said.stderr
