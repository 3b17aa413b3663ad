"""What is public is listed once, is documented, and is there after a plain install."""

import re
import subprocess
import sys
import time
import tomllib
import zipfile
from pathlib import Path

import pytest

import perforin

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "perforin"


def test_the_public_list_is_what_is_exported():
    assert len(set(perforin.__all__)) == len(perforin.__all__)
    for name in perforin.__all__:
        assert getattr(perforin, name) is not None
    assert set(perforin.__all__) <= set(dir(perforin))


@pytest.mark.parametrize("name", [n for n in getattr(perforin, "__all__", []) if n != "__version__"])
def test_a_public_name_explains_itself(name):
    public = getattr(perforin, name)
    if callable(public):
        assert public.__doc__, f"perforin.{name} has no docstring"


def test_a_misspelt_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError):
        perforin.simulte  # type: ignore[attr-defined]


def test_the_command_is_installed_under_its_name():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"perforin": "perforin.cli:main"}
    from perforin.cli import main

    assert callable(main)


def test_importing_perforin_is_light():
    code = (
        "import sys, perforin\n"
        "heavy = {'numba', 'pandas', 'matplotlib', 'xarray', 'anndata', 'pint', 'pyarrow', 'zarr', 'scipy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    seen = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert seen.stdout.strip() == "[]"


def test_help_answers_in_under_a_second():
    def seconds():
        start = time.perf_counter()
        command = [sys.executable, "-m", "perforin", "--help"]
        subprocess.run(command, capture_output=True, check=True, cwd=REPOSITORY)
        return time.perf_counter() - start

    assert min(seconds() for _ in range(3)) < 1.0


def test_a_wheel_carries_the_catalog_and_the_evidence(tmp_path):
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((REPOSITORY / name).read_bytes())
    for path in PACKAGE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            target = source / path.relative_to(REPOSITORY)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    try:
        import setuptools
    except ImportError:
        pytest.skip("setuptools is not installed here")
    if int(setuptools.__version__.split(".")[0]) < 77:
        pytest.skip("setuptools is older than the lock's")
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(source)], check=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("perforin-*.whl")
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("perforin/")}
    wanted = {
        path.relative_to(REPOSITORY).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and re.search(r"\.(py|toml|csv|json|css|js|svg)$", path.name)
    }
    assert wanted <= carried, sorted(wanted - carried)
