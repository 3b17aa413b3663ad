"""The house stands on its floors: imports look down, rooms on one floor are strangers."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from perforin import kernel_cache

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "perforin"
SOURCES = sorted(PACKAGE.rglob("*.py"))
KERNEL_PLACES = (*(f"{room}/" for room in kernel_cache.ROOMS), "streams.py")


def name_of(path):
    return path.relative_to(PACKAGE).as_posix()


def test_imports_look_down():
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]
    result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


def test_an_import_that_looks_up_is_refused(tmp_path):
    """The contract itself can fail: a copy of the house with one upward import is broken."""
    copy = tmp_path / "perforin"
    for path in SOURCES:
        target = copy / path.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((REPOSITORY / "pyproject.toml").read_bytes())
    with open(copy / "engine" / "cells.py", "a") as cells:
        cells.write("\nimport perforin.scenario.plan\n")
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]
    environment = {"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode != 0
    assert "perforin.engine is not allowed to import perforin.scenario" in result.stdout


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_kernels_live_where_the_kernel_cache_looks(path):
    if name_of(path).startswith((*KERNEL_PLACES, "evidence/", "kernel_cache.py")):
        return
    assert "njit" not in path.read_text(), f"{name_of(path)} has a kernel; its law would be cached unseen"


@pytest.mark.parametrize("path", [p for p in SOURCES if "njit" in p.read_text()], ids=name_of)
def test_a_constant_of_a_kernel_comes_from_where_the_kernel_cache_looks(path):
    """A kernel is compiled with the value of a constant: a change of it must be a change of the cache's folder."""
    hashed = {name_of(law) for law, _ in kernel_cache._laws()}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("perforin"):
            source = node.module.removeprefix("perforin").strip(".").replace(".", "/") + ".py"
            constants = [alias.name for alias in node.names if alias.name.isupper()]
            assert not constants or source in hashed, f"{name_of(path)} takes {constants} from {source}"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_has_at_most_500_lines_and_a_function_80(path):
    text = path.read_text()
    assert text.count("\n") <= 500, f"{name_of(path)} is too long: split it"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.body[0].lineno + 1  # a kernel's arguments stand one a line
            assert length <= 80, f"{name_of(path)}: {node.name} has {length} lines"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_package_code_neither_prints_nor_asserts_nor_swallows(path):
    for node in ast.walk(ast.parse(path.read_text())):
        where = f"{name_of(path)}:{getattr(node, 'lineno', 0)}"
        assert not isinstance(node, ast.Assert), f"{where} asserts: raise an error of perforin.errors"
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{where} catches everything"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"{where} prints"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_says_what_it_is_and_is_named_after_a_thing(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree) or not tree.body, f"{name_of(path)} has no first sentence"
    assert path.stem not in {"utils", "helpers", "helper", "misc", "common", "manager"}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_fastmath_and_no_random_state(path):
    text = path.read_text()
    assert "fastmath=True" not in text
    # a case may shuffle its own set-up; a posterior is no tissue
    free = ("evidence/cases/", "evidence/coculture/posterior.py")
    if not name_of(path).startswith(free):
        found = re.search(r"np\.random|numpy\.random|^import random$", text, flags=re.MULTILINE)
        assert not found, f"{name_of(path)}: randomness only through streams"
