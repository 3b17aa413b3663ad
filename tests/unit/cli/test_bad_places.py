"""Folders that are damaged, foreign, busy or cannot be written: said clearly, and nothing is lost."""

import json
import shutil
import signal
import time

import pytest


@pytest.fixture
def copied(finished, tmp_path):
    """A copy of a finished run to damage, in `runs` of the test's own folder."""
    command, folder, _ = finished
    copy = tmp_path / "runs" / folder.name
    shutil.copytree(folder, copy)
    return type(command)(tmp_path), copy


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def other_version(folder):
    meta = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**meta, "format_version": 99}))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (other_version, ["format_version", "99", "newer"]),
        (lambda folder: truncate(folder / "run.json"), ["run.json", "damaged"]),
        (lambda folder: truncate(next((folder / "series").iterdir())), ["series"]),
        (lambda folder: (folder / "run.json").unlink(), ["without run.json"]),
        (lambda folder: (folder / "run.json").write_text("[1, 2]"), ["run.json"]),
    ],
    ids=["newer version", "torn run.json", "torn series", "no run.json", "foreign run.json"],
)
def test_a_damaged_or_foreign_folder_is_refused_by_name(copied, damage, words):
    command, folder = copied
    damage(folder)
    said = command("show", f"runs/{folder.name}")
    assert said.returncode == 2, said.stderr
    assert said.stdout == ""
    assert "Traceback" not in said.stderr
    for word in [folder.name, *words]:
        assert word in said.stderr


def test_a_place_below_a_file_cannot_be_written_and_is_said(perforin, scenario):
    perforin.write("tiny.toml", scenario())
    perforin.write("file", "not a folder")
    said = perforin("run", "tiny.toml", "--out", "file/runs")
    assert said.returncode == 1
    assert "cannot make the folder" in said.stderr
    assert "Traceback" not in said.stderr
    assert perforin("new", "file/mine.toml", "--from", "luque2024").returncode == 1


def test_a_home_and_a_cache_that_cannot_be_written_do_not_matter(copied):
    command, folder = copied
    (folder / "report.html").unlink()
    command.write("file", "not a folder")
    nowhere = str(command.folder / "file" / "below")
    homeless = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "PERFORIN_CACHE"), nowhere)
    said = command("report", f"runs/{folder.name}", **homeless)
    assert said.returncode == 0, said.stderr
    assert (folder / "report.html").exists()


def test_a_full_disk_stops_the_command_with_one_line_and_the_next_try_finishes(copied):
    command, folder = copied
    meta = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**meta, "concluded": None}))
    (folder / "report.html").unlink()
    command.write("tiny.toml", (folder / "scenario.toml").read_text())
    full = command("run", "tiny.toml", largest_file=100_000)
    assert full.returncode == 1
    assert "cannot write" in full.stderr
    assert "Traceback" not in full.stderr
    assert not (folder / "report.html").exists()
    again = command("run", "tiny.toml")
    assert again.returncode == 0, again.stderr
    assert "reused" in again.stderr
    assert (folder / "report.html").exists()


def test_a_run_is_stopped_with_a_checkpoint_goes_on_and_has_one_writer_at_a_time(perforin, endless):
    perforin.write("long.toml", endless)
    first = perforin.start("run", "long.toml", "--quiet")
    folder = wait_for_run(perforin, first)
    second = perforin("run", "long.toml")
    assert second.returncode == 1
    assert f"being written by process {first.pid}" in second.stderr
    first.send_signal(signal.SIGINT)
    _, said = first.communicate(timeout=900)
    assert first.returncode == 130, said
    assert "saved in" in said
    assert "perforin resume" in said
    assert "Traceback" not in said
    shown = perforin("show", f"runs/{folder.name}")
    assert shown.returncode == 0
    assert "stopped" in shown.stdout
    assert "next: perforin resume" in shown.stderr
    resumed = perforin.start("resume", f"runs/{folder.name}", "--quiet")
    wait_for_run(perforin, resumed)
    resumed.send_signal(signal.SIGTERM)
    _, said = resumed.communicate(timeout=900)
    assert resumed.returncode == 143, said
    assert "Traceback" not in said
    meta = json.loads((folder / "run.json").read_text())
    assert [stop["reason"] for stop in meta["stops"]] == ["SIGINT", "SIGTERM"]
    assert any((folder / "checkpoint").iterdir()) or meta["days"] == 0, (
        "before the first step nothing is kept"
    )


def wait_for_run(perforin, process):
    """The run folder, once the process has begun to simulate into it."""
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline and process.poll() is None:
        for path in (perforin.folder / "runs").glob("*/run.json"):
            if json.loads(path.read_text())["status"] == "running":
                time.sleep(2.0)
                return path.parent
        time.sleep(0.1)
    raise AssertionError(process.communicate()[1])
