"""Replicates: one process and one folder per seed, together in a parent."""

import json
import re
import signal
import time

import pytest


def parent(perforin):
    (folder,) = (perforin.folder / "runs").glob("*-replicates")
    return folder


def test_replicates_leave_a_folder_each_and_their_means_with_intervals_above(perforin, scenario):
    perforin.write("tiny.toml", scenario(days=0.02))
    said = perforin("run", "tiny.toml", "--replicates", "2", "--seed", "4", "--threads", "2")
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("Over 2 seeds the tumour")
    assert "95 %" in said.stdout
    folder = parent(perforin)
    meta = json.loads((folder / "run.json").read_text())
    assert meta["status"] == "done"
    assert [entry["seed"] for entry in meta["replicates"]] == [4, 5]
    children = [json.loads((folder / e["folder"] / "run.json").read_text()) for e in meta["replicates"]]
    assert [child["seed"] for child in children] == [4, 5]
    assert all(child["threads"] == 1 and child["status"] == "done" for child in children)
    assert children[0]["state_hash"] != children[1]["state_hash"]
    mean = sum(child["tumour_cells_end"] for child in children) / 2
    assert meta["tumour_cells_end"] == meta["intervals"]["tumour_cells_end"]["mean"] == mean
    assert sum(meta["survivors_by_reason"].values()) == mean
    assert (folder / "report.html").exists()

    shown = perforin("show", f"runs/{folder.name}")
    assert shown.stdout == said.stdout
    again = perforin("run", "tiny.toml", "--replicates", "2", "--seed", "4")
    assert again.returncode == 0
    assert "reused" in again.stderr
    alone = perforin("run", "tiny.toml", "--seed", "5", "--threads", "2", "--json")
    assert json.loads(alone.stdout)["state_hash"] == children[1]["state_hash"]


@pytest.mark.parametrize("name", ["pancreatic-cd19-mesothelin", "leukaemia-cd19-mesothelin"])
def test_replicates_of_a_block_have_a_report_with_its_size(perforin, name):
    """A block has neither a radius nor a depth: what its tissue comes to is its edge and the volume of the lesion."""
    small = ("--days", "0.02", "--set", "patient.edge=235 um", "--quiet")
    said = perforin("run", name, "--replicates", "2", "--threads", "2", *small)
    assert said.returncode == 0, said.stderr
    page = (parent(perforin) / "report.html").read_text()
    assert "Edge of the block" in page
    assert "Volume of the lesion at the end" in page
    assert "Tissue depth" not in page
    heads = re.search(r'id="seeds".*?<thead>(.*?)</thead>.*?<tbody>.*?<tr>(.*?)</tr>', page, re.DOTALL)
    assert heads[1].count("<th") == heads[2].count("<td") == 12


def test_ctrl_c_stops_every_replicate_with_a_checkpoint(perforin, endless):
    perforin.write("long.toml", endless)
    process = perforin.start("run", "long.toml", "--replicates", "2", "--threads", "2", "--quiet")
    deadline = time.monotonic() + 600
    while len(begun(perforin)) < 2:
        assert process.poll() is None, process.communicate()[1]
        assert not any(status(file) == "failed" for file in begun(perforin))
        assert time.monotonic() < deadline
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=600)
    assert process.returncode == 130, said
    assert "every seed is saved" in said
    assert "Traceback" not in said
    assert json.loads((parent(perforin) / "run.json").read_text())["status"] == "stopped"
    for file in begun(perforin):
        meta = json.loads(file.read_text())
        assert meta["status"] == "stopped"
        assert any((file.parent / "checkpoint").iterdir()) or meta["days"] == 0, (
            "before the first step nothing is kept"
        )


def status(file):
    return json.loads(file.read_text())["status"]


def begun(perforin):
    """The run.json of every seed that has begun to simulate."""
    return sorted((perforin.folder / "runs").glob("*-replicates/*/run.json"))
