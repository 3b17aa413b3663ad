"""Every program in examples/ runs in an empty folder and a process of its own, as small as it goes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SMALL = {
    "dose_response": ("main(ratios=(0.05,), densities=(1e4,))", "dose-response.png")
}  # ten T cells, one well


def test_every_example_is_run_here():
    assert sorted(file.stem for file in EXAMPLES.glob("*.py")) == sorted(SMALL)


@pytest.mark.parametrize("name", SMALL)
def test_an_example_runs_says_what_it_found_and_leaves_its_picture(name, tmp_path):
    call, picture = SMALL[name]
    environment = {
        **os.environ,
        "PYTHONPATH": f"{EXAMPLES}{os.pathsep}{EXAMPLES.parent}",
        "MPLBACKEND": "Agg",
    }
    result = subprocess.run(
        [sys.executable, "-c", f"from {name} import main; {call}"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
    assert "1 of 1   E:T 0.05   copies 10000   lysed, 4 h 0." in result.stdout
    assert result.stdout.endswith(f"{picture}\n")
    assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")
