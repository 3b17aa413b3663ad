"""A changed law is a changed answer, whatever is cached; and a cache that cannot be written stops nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from perforin import kernel_cache

PACKAGE = Path(kernel_cache.__file__).parent
LAW = """import numba
from perforin.streams import STRENGTH_OF_TEST, law_of_test

@numba.njit(cache=True)
def caller(x):
    return law_of_test(x)
"""
CALLED = """

STRENGTH_OF_TEST = 2.0


@numba.njit(cache=True)
def law_of_test(x):
    return STRENGTH_OF_TEST * x
"""


@pytest.fixture
def house(tmp_path):
    """A copy of the package with a law in a called file and a kernel that calls it."""
    copy = tmp_path / "house" / "perforin"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.toml", "*.csv"))
    with open(copy / "streams.py", "a") as streams:
        streams.write(CALLED)
    (copy / "engine" / "caller_of_test.py").write_text(LAW)
    return copy.parent


def ask(house, code, **environment):
    settings = {
        "PATH": os.environ["PATH"],
        "HOME": str(house / "home"),
        "PYTHONPATH": str(house),
        "PYTHONDONTWRITEBYTECODE": "1",
        **environment,
    }
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=True, cwd=house).stdout


ANSWER = (
    "import perforin; from perforin.engine.caller_of_test import caller; "
    "print(caller(1.0), caller.stats.cache_hits)"
)


def test_a_changed_law_in_a_called_file_changes_the_answer(house):
    assert "2.0" in ask(house, ANSWER)
    streams = house / "perforin" / "streams.py"
    streams.write_text(streams.read_text().replace("STRENGTH_OF_TEST = 2.0", "STRENGTH_OF_TEST = 3.0"))
    assert "3.0" in ask(house, ANSWER)


def test_an_unchanged_law_is_not_compiled_again(house):
    first = ask(house, ANSWER + "; import os; print(os.environ['NUMBA_CACHE_DIR'])").split()
    second = ask(house, ANSWER + "; print(list(caller.stats.cache_hits.values()))")
    assert "[1]" in second
    assert Path(first[-1]).is_relative_to(house / "home")


def test_the_cache_works_when_numba_came_first(house):
    text = ask(house, "import numba; import perforin; print(numba.config.CACHE_DIR)")
    assert Path(text.strip()).is_relative_to(house / "home")


def test_a_home_that_cannot_be_written_falls_back_to_a_private_temporary_folder(house, tmp_path):
    (house / "home").write_text("a file where the home should be")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    text = ask(house, ANSWER + "; import os; print(os.environ['NUMBA_CACHE_DIR'])", TMPDIR=str(scratch))
    folder = Path(text.split()[-1])
    assert text.startswith("2.0")
    assert folder.is_relative_to(scratch)
    assert folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_others_may_write_is_not_used(tmp_path, monkeypatch):
    wanted = tmp_path / "perforin" / "kernels" / "state"
    wanted.mkdir(parents=True)
    wanted.chmod(0o777)
    monkeypatch.setattr(kernel_cache.tempfile, "gettempdir", lambda: str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    assert kernel_cache._private_folder(wanted).is_relative_to(tmp_path / "scratch")


def test_perforin_cache_names_the_place(house, tmp_path):
    text = ask(
        house,
        "import os, perforin; print(os.environ['NUMBA_CACHE_DIR'])",
        PERFORIN_CACHE=str(tmp_path / "my cache"),
    )
    assert Path(text.strip()).is_relative_to(tmp_path / "my cache" / "kernels")


def test_a_state_unused_for_a_month_is_forgotten(tmp_path):
    current, old, foreign = (tmp_path / name for name in ("a" * 20, "b" * 20, "notes"))
    for folder in (current, old, foreign):
        folder.mkdir()
        os.utime(folder, (0, 0))
    kernel_cache._forget_old(current)
    assert current.is_dir()
    assert foreign.is_dir()
    assert not old.exists()


def test_settling_takes_a_few_milliseconds(house):
    code = (
        "import time, hashlib, shutil, tempfile, importlib.util, pathlib, sys\n"
        "from perforin import kernel_cache\n"
        "start = time.perf_counter(); kernel_cache.settle(); print((time.perf_counter() - start) * 1e3)\n"
        "assert 'numba' not in sys.modules"
    )
    # 30 ms: ten times what was measured, for a busy machine
    assert min(float(ask(house, code)) for _ in range(3)) < 30


WRITERS = """
import sys, threading, time
from perforin import kernel_cache
from numba.core.caching import IndexDataCacheFile

read = IndexDataCacheFile._load_index
def slowly(self):
    found = read(self)
    time.sleep(0.2)
    return found

kernel_cache.write_in_turn()
kernel_cache.write_in_turn()
IndexDataCacheFile._load_index = slowly
files = [IndexDataCacheFile(sys.argv[1], "kernel", "stamp") for _ in range(2)]
writers = [threading.Thread(target=file.save, args=(key, key * 3)) for file, key in zip(files, "ab")]
for writer in writers: writer.start()
for writer in writers: writer.join()
print([files[0].load(key) for key in "ab"])
"""


def test_kernels_written_at_once_keep_their_names(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WRITERS, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "['aaa', 'bbb']"
