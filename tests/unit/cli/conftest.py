"""The real command in its own process, and a tissue so small that a run takes a second."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]

TINY = """
from = "luque2024-small"
name = "tiny"
days = {days}

[culture]
radius = {{ value = {radius}, unit = "um" }}
box = {{ value = {box}, unit = "um" }}

[[dose]]
car = "CAR-T"
at = {{ value = 6, unit = "min" }}
cells = {t_cells}
route = "medium"

[record]
series = {{ value = 12, unit = "min" }}
cells = {{ value = 1, unit = "h" }}
fields = ["oxygen"]
"""


def tiny(days=0.05, radius=30, box=240, t_cells=12):
    """The text of a scenario of about 30 tumour cells for 72 minutes."""
    return TINY.format(days=days, radius=radius, box=box, t_cells=t_cells)


RESTING = """
[culture.growth]
duration = { value = 10000, unit = "day" }
"""  # a tumour that grows would outgrow its box and so end the run


def environment(**changes):
    """The environment of a command that finds this perforin and speaks plainly."""
    plain = {"PYTHONPATH": str(REPOSITORY), "NUMBA_NUM_THREADS": "2", "COLUMNS": "100"}
    found = {**os.environ, **plain, **changes}
    found.pop("PERFORIN_LIBRARY", None)
    return found


def hear_ctrl_c():
    """Undo what a shell does to jobs in the background: it has them ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Command:
    """Runs `perforin` in a folder."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, *words, timeout=900, largest_file=None, **changes):
        """What the command said and how it ended; `largest_file` plays a disk that is full [bytes]."""

        def fill_the_disk():
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        return subprocess.run(
            self.line(*words),
            cwd=self.folder,
            env=environment(**changes),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            preexec_fn=fill_the_disk if largest_file else None,
            check=False,
        )

    def start(self, *words, **changes):
        return subprocess.Popen(
            self.line(*words),
            cwd=self.folder,
            env=environment(**changes),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            preexec_fn=hear_ctrl_c,
        )

    @staticmethod
    def line(*words):
        return [sys.executable, "-m", "perforin", *map(str, words)]

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def perforin(tmp_path):
    """`perforin(...)` runs the command in a folder of the test's own."""
    return Command(tmp_path)


@pytest.fixture
def scenario():
    """`scenario(...)` is the text of a tiny scenario."""
    return tiny


@pytest.fixture
def endless():
    """The text of a scenario that goes on until somebody stops it, writing little."""
    rarely = tiny(days=5000, t_cells=0).replace('1, unit = "h"', '1000, unit = "day"')
    return rarely.replace('12, unit = "min"', '10, unit = "day"') + RESTING


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A folder with one finished tiny run: the command, its folder, and what the command said."""
    command = Command(tmp_path_factory.mktemp("finished"))
    command.write("tiny.toml", tiny())
    said = command("run", "tiny.toml")
    assert said.returncode == 0, said.stderr
    (folder,) = (command.folder / "runs").iterdir()
    return command, folder, said
