"""A process that ends, or a disk that fills, at any operation on the disk: nothing is lost and nothing comes twice."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FAULTS = Path(__file__).with_name("faults.py")


def outcomes(place: Path, kind: str, every: int) -> dict:
    command = [sys.executable, str(FAULTS), str(place), kind, str(every)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1500)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.kill
def test_a_run_that_ended_at_any_write_flush_or_rename_resumes_to_the_same_answer(tmp_path):
    found = outcomes(tmp_path, "exit", 1)
    reference = found["reference"]
    assert reference["status"] == "done"
    assert reference["rows"] == 2  # the toy leaves one event per step
    assert reference["parts"] == 1
    assert len(found["faults"]) > 150
    assert {fault["operation"] for fault in found["faults"]} >= {"write", "fsync", "replace", "rename"}
    for fault in found["faults"]:
        assert fault["status"] == 9, fault
        assert fault["answer"] == reference, fault


def test_a_disk_that_fills_at_any_moment_says_so_and_the_run_resumes_to_the_same_answer(tmp_path):
    found = outcomes(tmp_path, "full", 9)
    assert len(found["faults"]) > 10
    for fault in found["faults"]:
        assert fault["status"] == 8, fault  # StorageError
        assert fault["answer"] == found["reference"], fault


@pytest.mark.kill
def test_a_resume_that_ended_at_any_moment_resumes_to_the_same_answer(tmp_path):
    found = outcomes(tmp_path, "resume", 7)
    checkpoint, newer = "000000000060.state", "000000000060-000000000120.parquet"
    assert checkpoint in found["left"]
    assert "000000000120.state" not in found["left"]
    assert any(name.endswith(newer) for name in found["left"])
    assert len(found["faults"]) > 10
    for fault in found["faults"]:
        assert fault["status"] == 9, fault
        assert fault["answer"] == found["reference"], fault
