"""The repository keeps its promises: no hosts in the lock, no words that belong elsewhere, versions that agree."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

REPOSITORY = Path(__file__).resolve().parents[2]
LOCK = (REPOSITORY / "requirements.lock").read_text()
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
PINNED = dict(re.findall(r"^([a-z0-9_.-]+)==([^ ;\\]+)", LOCK, flags=re.MULTILINE))
WANTED = [
    Requirement(text)
    for text in (*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["dev"])
]
# Words of how this is made, which mean nothing to a reader; in parts, so that this file passes its own test.
FOREIGN = ("/work" + "/", "shared" + "/", "sess" + "ion of", "help" + "er H", "/tmp" + "/w/", "CE" + "O's")


def tracked_files():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [REPOSITORY / name for name in listed.stdout.split("\0") if name]


def test_the_lock_names_no_host_and_hashes_everything():
    assert not re.search(r"https?://|--index|--find-links", LOCK)
    entries = [entry for entry in re.split(r"\n(?=[a-z])", LOCK) if not entry.startswith("#")]
    assert len(entries) == len(PINNED)
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("requirement", WANTED, ids=lambda r: r.name)
def test_the_lock_answers_every_requirement(requirement):
    assert requirement.specifier.contains(PINNED[requirement.name.lower()], prereleases=True)


def test_versions_agree():
    import perforin

    cited = re.search(r"^version: (.+)$", (REPOSITORY / "CITATION.cff").read_text(), flags=re.MULTILINE)
    assert cited is not None
    assert cited.group(1) == perforin.__version__


def test_every_tracked_text_speaks_to_its_reader_only():
    for path in tracked_files():
        if path.suffix in {".png", ".parquet", ".npz", ".lock"} or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for word in FOREIGN:
            assert word not in text, f"{path.relative_to(REPOSITORY)} says '{word}'"


def test_every_change_fragment_has_a_kind():
    fragments = [p for p in (REPOSITORY / "changes").iterdir() if p.name != "README.md"]
    for fragment in fragments:
        assert re.fullmatch(r"[a-z0-9-]+\.(feature|fix|break|science)\.md", fragment.name), fragment.name
        assert fragment.read_text().strip()


def test_contributing_fits_on_a_page():
    assert (REPOSITORY / "CONTRIBUTING.md").read_text().count("\n") <= 40
