"""The convergence page: each difference stands in its line with its word, and its sheet shows it where it is."""

import json
from dataclasses import replace

import pytest

from perforin.errors import InputError
from perforin.evidence.book import Book
from perforin.evidence.convergence import budget, page
from perforin.evidence.convergence.figure import draw
from perforin.evidence.convergence.judging import rows as judged
from perforin.evidence.convergence.readings import QUANTITIES
from perforin.evidence.convergence.study import read_study
from perforin.evidence.probes import Probe
from perforin.evidence.shelf import find_cases
from perforin.evidence.stored import Seed, seed_file, write_seed

(CASE,) = find_cases(["convergence-coculture"])
STUDY = read_study(CASE.folder)
FACTOR = {"mechanics": 1.01, "contact": 1.2, "crowded": 1.04}  # resolved, differs, not resolved
NOISE = {"crowded": 0.1}


def made(arm, seed):
    noise = NOISE.get(arm, 0.001) * (-1) ** seed
    value = 100.0 * (FACTOR.get(arm, 1.0) + noise)
    return {"founders": str(seed), **dict.fromkeys(QUANTITIES, value)}


@pytest.fixture
def book():
    results = {arm: {s: made(arm, s) for s in seeds} for arm, seeds in STUDY.seeds().items()}
    seeds = tuple(STUDY.seeds()["default"])
    rows = [replace(row, case=CASE.name, seeds=seeds, commit="abc") for row in judged(STUDY, results)]
    return Book(rows, [CASE])


def line_of(text, arm):
    return next(line for line in text.splitlines() if line.startswith(f"| {arm} |"))


def test_each_difference_stands_in_its_line_with_its_word(book):
    text = page.tables(book)
    many = len(STUDY.quantities)
    assert line_of(text, "contact").count("**differs**") == many
    assert line_of(text, "contact").count("+20.0 ±") == many
    assert line_of(text, "crowded").count("*not resolved*") == many
    assert "resolved" not in line_of(text, "mechanics")
    assert line_of(text, "mechanics").count("+1.0 ±") == many
    assert "Seeds made at commit abc." in text
    assert not book.ok
    assert book.count() == f"{(len(STUDY.arms) - 3) * many} resolved, {many} DIFFERS, {many} not resolved"
    assert "+" not in line_of(
        page.tables(Book([replace(r, measured=float("nan")) for r in book.rows], [CASE])), "contact"
    )


def test_the_sheet_shows_each_difference_where_it_is(book):
    sheet = draw("a case", STUDY, book.rows)
    panels = [ax for ax in sheet.axes if ax.get_visible()]
    assert [ax.get_title(loc="left") for ax in panels] == [QUANTITIES[name] for name in STUDY.quantities]
    arms = [arm.name for arm in STUDY.arms if arm.against]
    for ax in panels:
        points = {
            round(line.get_ydata()[0]): line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 1
        }
        found = {arms[place]: value for place, value in points.items()}
        assert found.keys() == set(arms)
        assert found["contact"] == pytest.approx(20.0, abs=0.5)
        assert [label.get_text() for label in panels[0].get_yticklabels()] == arms


def test_a_sheet_without_seeds_is_empty_and_drawn(tmp_path):
    none = judged(STUDY, {arm.name: {} for arm in STUDY.arms})
    draw("a case", STUDY, none).savefig(tmp_path / "x.png")


def test_the_tables_are_written_between_their_marks_and_nothing_else(book, tmp_path):
    place = tmp_path / "page.md"
    place.write_text("before\n" + page.BEGIN + "old\n" + page.END + "after\n")
    written = page.write(book, place, tmp_path / "sheets")
    text = place.read_text()
    assert text.startswith("before\n" + page.BEGIN)
    assert text.endswith(page.END + "after\n")
    assert "old" not in text
    assert "| contact |" in text
    assert [path.name for path in written] == ["page.md", f"{CASE.name}.png"]
    page.write(book, place, tmp_path / "sheets")
    assert place.read_text() == text
    place.write_text("no marks")
    with pytest.raises(InputError, match="no place for the tables"):
        page.write(book, place, tmp_path / "sheets")


def test_a_plan_costs_the_first_seed_of_each_arm_times_its_seeds(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for arm in STUDY.arms:
        numbers = {"cpu_seconds": 10.0}
        write_seed(
            seed_file(CASE.name, arm.name, 1), Seed(arm.name, 1, "abc", Probe("p", {}, "m"), 99.0, numbers)
        )
    cost = 10 * sum(arm.seeds for arm in STUDY.arms)
    text = budget.plan([CASE.name])
    assert f"all: {cost} CPU s, {cost / 7200:.2f} h on 2 cores" in text
    assert json.loads(seed_file(CASE.name, "default", 1).read_text())["numbers"] == {"cpu_seconds": 10.0}
