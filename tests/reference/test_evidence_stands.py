"""The evidence book stands: analytic cases are computed anew, long verdicts are held to their probe."""

from pathlib import Path

import pytest

from perforin.evidence.book import Book
from perforin.evidence.shelf import all_cases
from perforin.evidence.validate import read_book

ROOT = Path(__file__).resolve().parents[2]
COMPUTED = [case.name for case in all_cases() if case.group == "analytic"]
STORED = [case.name for case in all_cases() if case.group != "analytic"]


def _announced(case: str) -> bool:
    """Whether a science fragment says that this case's numbers change."""
    fragments = (ROOT / "changes").glob("*.science.md")
    return any(case in fragment.read_text(encoding="utf-8") for fragment in fragments)


def _stale_unannounced(book: Book) -> list[str]:
    return sorted({f"{row.case}: {row.verdict}" for row in book.stale if not _announced(row.case)})


@pytest.mark.parametrize("case", COMPUTED)
def test_a_computed_case_meets_its_expectation(case):
    missed = [f"{row.quantity}: {row.measured:g} against {row.bound}" for row in read_book([case]).missed]
    assert not missed


@pytest.mark.parametrize("case", STORED)
def test_a_stored_verdict_stands_or_its_change_is_announced(case, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert not _stale_unannounced(read_book([case]))


def test_every_case_has_its_place_in_the_book_of_the_docs():
    page = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    missing = [name for name in COMPUTED + STORED if f"\n## {name} " not in page]
    assert not missing, "write it anew: perforin validate --page docs/evidence.md"
