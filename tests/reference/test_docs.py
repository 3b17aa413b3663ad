"""Every example in the documentation runs, page by page, in an empty folder and a process of its own.

In a page, `python` blocks run one after the other in one program; `sh` blocks run where they stand; a block with a
file name after its language is that file; a `diff` block is applied to the package, of which the page then has a
copy. `console` and `text` blocks are only shown.
"""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)(?: +(\S+))?\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PAGES = sorted(
    [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *(REPOSITORY / "docs").rglob("*.md")]
)


def blocks_of(page):
    return [match.groups() for match in BLOCK.finditer(page.read_text(encoding="utf-8"))]


def does_something(page):
    return any(name or language in {"python", "sh", "diff"} for language, name, _ in blocks_of(page))


def name_of(page):
    return page.relative_to(REPOSITORY).as_posix()


def program_of(page):
    """The page as one Python program."""
    lines = ["import pathlib, subprocess", "def run_(text): subprocess.run(['sh', '-euc', text], check=True)"]
    lines.append("def file_(name, text):")
    lines.append("    pathlib.Path(name).parent.mkdir(parents=True, exist_ok=True)")
    lines.append("    pathlib.Path(name).write_text(text, encoding='utf-8')")
    for language, name, text in blocks_of(page):
        if language == "diff":
            lines.append(
                f"subprocess.run(['git', 'apply', '-C1', '-'], input={text!r}, text=True, check=True)"
            )
        elif name:
            lines.append(f"file_({name!r}, {text!r})")
        elif language == "sh":
            lines.append(f"run_({text!r})")
        elif language == "python":
            lines.append(text)
    return "\n".join(lines)


@pytest.mark.parametrize("page", [p for p in PAGES if does_something(p)], ids=name_of)
def test_every_example_of_a_page_runs(page, tmp_path):
    place = tmp_path / "an empty folder"
    place.mkdir()
    package = REPOSITORY
    if any(language == "diff" for language, _, _ in blocks_of(page)):
        shutil.copytree(
            REPOSITORY / "perforin", place / "perforin", ignore=shutil.ignore_patterns("__pycache__")
        )
        package = place
    command = tmp_path / "bin" / "perforin"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m perforin "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "page.py").write_text(program_of(page), encoding="utf-8")
    environment = {
        **os.environ,
        "PATH": f"{command.parent}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(package),
        "MPLBACKEND": "Agg",
        "COLUMNS": "100",
    }
    result = subprocess.run(
        [sys.executable, str(tmp_path / "page.py")],
        cwd=place, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert result.returncode == 0, f"{name_of(page)}:\n{result.stdout}\n{result.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{name_of(page)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_a_page_names_exists(page):
    """A path in backticks that begins with a room of the repository is a real one."""
    for path in re.findall(
        r"`((?:perforin|scripts|tests|docs|changes)/[\w./-]+)`", page.read_text(encoding="utf-8")
    ):
        assert (REPOSITORY / path).exists(), f"{name_of(page)} names {path}"
