"""A comparison: one run folder per arm in a parent, every problem of every arm at once."""

import json
import signal
import time

import pytest

ARMS = """
name = "few or many"
summary = "An organoid with T cells and without."

[[arm]]
name = "as it is"
from = "tiny.toml"

[[arm]]
name = "no T cells"
from = "tiny.toml"
set = { "dose.cells" = 0, culture.radius = "32 um" }
"""


def parent(perforin):
    (folder,) = (perforin.folder / "runs").glob("*-comparison")
    return folder


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """A folder with one finished comparison: the command, its folder, and what the command said."""
    from tests.unit.cli.conftest import Command, tiny

    command = Command(tmp_path_factory.mktemp("compared"))
    command.write("tiny.toml", tiny(days=0.02))
    command.write("arms.toml", ARMS)
    said = command("run", "arms.toml", "--threads", "2")
    assert said.returncode == 0, said.stderr
    return command, parent(command), said


def test_each_arm_leaves_a_run_folder_and_the_parent_says_how_each_ended(compared):
    _, folder, said = compared
    meta = json.loads((folder / "run.json").read_text())
    assert meta["status"] == "done"
    assert [arm["name"] for arm in meta["arms"]] == ["as it is", "no T cells"]
    for arm in meta["arms"]:
        child = json.loads((folder / arm["folder"] / "run.json").read_text())
        for key in ("tumour_cells_start", "tumour_cells_end", "survivors_by_reason", "state_hash", "days"):
            assert arm[key] == child[key]
        assert sum(arm["survivors_by_reason"].values()) == arm["tumour_cells_end"]
        assert (folder / arm["report"]).exists()
    assert said.stdout.startswith("few or many: 2 arms, done")


def test_an_arm_is_the_run_that_its_scenario_and_its_changes_give(compared):
    perforin, folder, _ = compared
    arms = {arm["name"]: arm for arm in json.loads((folder / "run.json").read_text())["arms"]}
    assert arms["as it is"]["t_cells_end"] == 12
    assert (
        arms["no T cells"]["survivors_by_reason"]["no_attack"] == arms["no T cells"]["tumour_cells_end"] > 0
    )
    changes = ("--set", "dose.cells=0", "--set", "culture.radius=32 um")
    for name, asked in (("as it is", ()), ("no T cells", changes)):
        alone = perforin("run", "tiny.toml", "--out", "alone", "--json", *asked)
        assert json.loads(alone.stdout)["state_hash"] == arms[name]["state_hash"]


def test_the_page_shows_the_arms_side_by_side_and_links_to_each(compared):
    _, folder, _ = compared
    page = (folder / "report.html").read_text()
    for arm in json.loads((folder / "run.json").read_text())["arms"]:
        assert arm["name"] in page
        assert f'href="{arm["report"]}"' in page
    assert page.count("<img") == 1


def test_a_comparison_is_shown_reused_and_cited_like_a_run(compared):
    perforin, folder, said = compared
    assert perforin("show", folder).stdout == said.stdout.replace("runs/", f"{folder.parent}/")
    again = perforin("run", "arms.toml", "--json")
    assert "reused" in again.stderr
    assert [arm["reused"] for arm in json.loads(again.stdout)["arms"]] == [True, True]
    rows = json.loads(perforin("sources", folder, "--json").stdout)
    assert {row["path"]: row["value"] for row in rows}["no T cells: dose[0].cells"] == 0
    assert perforin("report", folder).returncode == 0
    assert perforin("resume", folder).returncode == 0


def test_changes_of_the_command_line_are_laid_on_every_arm(compared):
    perforin, _, _ = compared
    said = perforin("run", "arms.toml", "--days", "0.01", "--seed", "5", "--out", "other", "--json")
    assert [(arm["days"], arm["seed"]) for arm in json.loads(said.stdout)["arms"]] == [(0.0125, 5)] * 2


def test_a_comparison_is_found_in_the_library_by_name(perforin, scenario):
    shelf = perforin.folder / "lib" / "scenarios"
    shelf.mkdir(parents=True)
    (shelf / "tiny.toml").write_text(scenario())
    (shelf / "few-or-many.toml").write_text(
        ARMS.replace("few or many", "few-or-many").replace("tiny.toml", "tiny")
    )
    said = perforin("check", "few-or-many", "--library", "lib")
    assert (said.returncode, said.stdout) == (0, "few-or-many: ok\n")


WRONG = """
name = "wrong"
sumary = "a slip"

[[arm]]
name = "a"
from = "tiny.toml"
set = { "dose.cels" = 0, culture.radius = "-32 um", nowhere = 3 }

[[arm]]
name = "A"
from = "tny.toml"

[[arm]]
from = "luque2024-smal"
set = 3

[[arm]]
name = "d"
from = "tiny.toml"
set = { culture.box = "62 um", without = ["starvaton"] }
"""


def test_every_problem_of_every_arm_is_said_at_once_with_its_place(perforin, scenario):
    perforin.write("tiny.toml", scenario())
    perforin.write("wrong.toml", WRONG)
    said = perforin("check", "wrong.toml", "--json")
    assert said.returncode == 2
    problems = json.loads(said.stdout)["problems"]
    assert all(problem["file"].endswith("wrong.toml") for problem in problems)
    hints = {problem["key"]: problem["suggestion"] for problem in problems}
    assert hints == {
        "sumary": "summary",
        'arm[0].set."dose.cels"': "cells",
        'arm[0].set."culture.radius"': "",
        'arm[0].set."nowhere"': "",
        "arm[1].name": "",
        "arm[1].from": "tiny.toml",
        "arm[2].name": "",
        "arm[2].from": "luque2024-small",
        "arm[2].set": "",
        'arm[3].set."without"': "starvation",
    }
    assert perforin("run", "wrong.toml").returncode == 2


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('name = "one"\n[[arm]]\nname = "a"\nfrom = "tiny.toml"\n', "arm"),
        ('name = "none"\narm = 3\n', "arm"),
        ('[[arm]]\nname = "a"\nfrom = "tiny.toml"\n[[arm]]\nname = "b"\nfrom = "tiny.toml"\n', "name"),
        (
            'name = "n"\n[[arm]]\nname = "a"\nfrom = "tiny.toml"\n[[arm]]\nname = "b"\nfrom = "it.toml"\n',
            "arm[1].from",
        ),
        ('name = "n"\n[[arm]]\nname = "a"\nfrom = "tiny.toml"\n[[arm]]\nname = "b"\n', "arm[1].from"),
    ],
)
def test_what_is_no_comparison_is_refused(perforin, scenario, text, key):
    perforin.write("tiny.toml", scenario())
    perforin.write("it.toml", text)
    said = perforin("check", "it.toml", "--json")
    assert [problem["key"] for problem in json.loads(said.stdout)["problems"]] == [key]


def test_a_comparison_repeats_no_arm_and_starts_no_scenario(perforin, scenario):
    perforin.write("tiny.toml", scenario())
    perforin.write("arms.toml", ARMS)
    said = perforin("run", "arms.toml", "--replicates", "2")
    assert said.returncode == 2
    assert "--replicates 2" in said.stderr
    perforin.write("from.toml", 'from = "arms.toml"\nname = "x"\ndays = 1\n')
    assert perforin("check", "from.toml").returncode == 2


def test_ctrl_c_stops_every_arm_with_a_checkpoint_and_resume_goes_on(perforin, endless):
    perforin.write("tiny.toml", endless)
    perforin.write("arms.toml", ARMS.replace('"dose.cells" = 0, ', "").replace("32 um", "31 um"))
    process = perforin.start("run", "arms.toml", "--threads", "2", "--quiet")
    deadline = time.monotonic() + 600
    while len(begun := list((perforin.folder / "runs").glob("*/*/run.json"))) < 2:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=600)
    assert process.returncode == 130, said
    assert "every arm is saved" in said
    assert "Traceback" not in said
    assert json.loads((parent(perforin) / "run.json").read_text())["status"] == "stopped"
    assert all(json.loads(file.read_text())["status"] == "stopped" for file in begun)
    assert perforin("show", parent(perforin)).stdout.startswith("few or many: 2 arms, stopped")
