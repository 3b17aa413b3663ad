"""The generated pages say what the package says, and the list of mutations fits the code."""

import runpy
import tomllib
from pathlib import Path

import pytest

import perforin

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = runpy.run_path(str(REPOSITORY / "scripts" / "write_pages.py"))["PAGES"]
MUTATIONS = tomllib.loads((REPOSITORY / "scripts" / "mutations.toml").read_text()).get("mutation", [])


@pytest.mark.parametrize("name", list(PAGES))
def test_a_generated_page_is_up_to_date(name):
    written = (REPOSITORY / "docs" / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), f"docs/{name} is old: run scripts/pages"


@pytest.mark.parametrize("entry", MUTATIONS, ids=lambda e: e["name"])
def test_a_mutation_still_fits_the_code_and_was_noticed(entry):
    text = (REPOSITORY / entry["file"]).read_text()
    assert text.count(entry["old"]) == 1, f"{entry['file']} has changed: mend scripts/mutations.toml"
    for test in entry["tests"]:
        assert (REPOSITORY / test.partition("::")[0]).exists()
    page = (REPOSITORY / "docs" / "mutations.md").read_text(encoding="utf-8")
    row = next((line for line in page.splitlines() if line.startswith(f"| {entry['name']} |")), "")
    assert row, "run scripts/mutate"
    assert "**nothing**" not in row, f"no test can see that {entry['breaks']}"


def test_every_public_name_is_in_the_docs():
    page = (REPOSITORY / "docs" / "python.md").read_text(encoding="utf-8")
    for name in perforin.__all__:
        assert f"`{name}" in page or f"pf.{name}" in page, f"docs/python.md does not mention {name}"
