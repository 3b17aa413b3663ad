"""The report is one safe, complete file for whatever a run turned out to be."""

from __future__ import annotations

import base64
import itertools
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pandas as pd
import pytest

from perforin.errors import StorageError
from perforin.report import write, write_replicates
from perforin.report.answer import answer, opening
from perforin.report.asked import asked
from perforin.report.departures import departures
from perforin.report.html import tag, text, with_links
from perforin.report.moments import busiest, moments
from perforin.report.page import page

VOID = {"meta", "img", "br", "link", "hr", "input"}
EVIL = "<script>alert('&\")</script>"


class Reader(HTMLParser):
    """Collects the tags and attributes of a page, and refuses what is not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, name, attributes):
        self.seen.append((name, dict(attributes)))
        if name not in VOID:
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.words += data

    def all(self, name):
        return [attributes for found, attributes in self.seen if found == name]


@pytest.fixture
def sketchy(monkeypatch):
    """Pictures of few pixels, where only the words matter."""
    monkeypatch.setattr("perforin.report.pictures.PIXELS", 30)
    monkeypatch.setattr("perforin.plots.tissue_view.PIXELS", 40)


@pytest.fixture(scope="module")
def html(run):
    return page(run)


@pytest.fixture(scope="module")
def read(html):
    return Reader(html)


def test_nothing_is_fetched_and_nothing_runs(html, read):
    assert "default-src 'none'" in html
    assert not read.all("script")
    assert not read.all("link")
    for image in read.all("img"):
        assert image["src"].startswith("data:image/")
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL).group(1)
    assert "url(" not in style
    assert "@import" not in style
    for image in read.all("img"):
        inner = unquote(image["src"])
        assert not re.search(r"(href|src)=\"https?:", inner)
        assert "<script" not in inner


def test_links_lead_only_to_dois_and_places_in_the_run(read):
    assert read.all("a")
    assert all(link["href"].startswith("https://doi.org/") for link in read.all("a"))


def test_every_picture_says_what_it_shows(read):
    assert len(read.all("img")) >= 10
    assert all(len(image["alt"]) > 20 for image in read.all("img"))


def test_headings_descend_one_level_at_a_time(read):
    levels = [int(name[1]) for name, _ in read.seen if re.fullmatch(r"h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_first_screen_says_question_answer_and_survivors(read):
    words = read.words
    first = words[: words.index("The tissue")]
    for part in (
        "was watched for 30 days",
        "Best response",
        "Doubling time",
        "T cells",
        "never reached",
        "sum to the",
    ):
        assert part in first, part


def test_departures_numbers_versions_and_key_are_named(run, read):
    for part in (
        "T cells move only in the moment they choose a new direction", 'motility = "impulse"', "assumed",
        "t.engagement.reach", run.meta["run_key"][:16], "numba 0.61.0", "6 min 52 s", "perforin run",
        "quasi-steady", "relaxes in 0.1 min", "10.2 1/min",
    ):  # fmt: skip
        assert part in read.words, part


def test_fields_keep_the_names_that_they_have(run, monkeypatch):
    told = {"steady": False, "reason": "followed in time: slow"}
    monkeypatch.setitem(run.meta, "fields", {"TGF-beta": told, "immunostimulatory-factor": told})
    words = page(run)
    assert "TGF-beta" in words
    assert "Immunostimulatory factor" in words
    assert "Tgf beta" not in words


def test_research_use_is_said_once(read):
    assert read.words.lower().count("research use") == 1


def test_the_same_run_gives_the_same_bytes(run, html):
    assert page(run) == html


def test_the_file_is_of_moderate_size(html):
    assert len(html.encode()) < 5e6


def test_user_text_is_escaped(run, sketchy):
    sources = [{"path": EVIL, "value": 1.0, "unit": EVIL, "source": EVIL, "grade": "assumed", "note": EVIL}]
    points = [{"quantity": "tumour_cells", "day": 1.0, "value": 400.0, "source": EVIL}]
    meta = {
        "name": EVIL, "summary": EVIL, "published": points, "status": "failed", "stops": [{"day": 1, "reason": EVIL}],
        "antigen": {"name": EVIL, "threshold": 0.5}, "versions": {EVIL: EVIL}, "machine": {"system": EVIL},
        "doses": [{"tick": 0, "cells": 5, "car": EVIL, "route": EVIL}], "fields": {EVIL: {"steady": True, "reason": EVIL}},
    }  # fmt: skip
    html = page(run.but(meta=meta, sources=sources, scenario_text=f'[culture]\ntumour = """{EVIL}"""'))
    assert "<script" not in html.lower()
    found = Reader(html)
    assert not found.all("script")
    assert found.words.count("<script>") >= 8
    for image in found.all("img"):
        assert "<script" not in unquote(image["src"])


def test_html_pieces_escape_text_and_trust_only_html():
    assert tag("p", "<b>", title='"') == '<p title="&quot;">&lt;b&gt;</p>'
    assert text(tag("i", "x")) == "<i>x</i>"
    assert with_links("A <b>, 10.1038/s41598-024-63125-5.").count("<a ") == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [("stopped", "was stopped on day 12"), ("failed", "failed after day 12"), ("running", "still going")],
)
def test_a_run_that_did_not_finish_says_so_before_all_else(status, said, run):
    stops = [{"day": 12.0, "reason": "SIGTERM"}] if status != "running" else []
    part = run.but(
        meta={"status": status, "days": 12.0, "days_asked": 30.0, "stops": stops, "state_hash": None}
    )
    found = Reader(opening(part))
    assert said in found.words
    assert ("SIGTERM" in found.words) == (status != "running")
    assert opening(run).count("banner") == 0


@pytest.mark.parametrize(
    "shape",
    [
        {"days": 6.0, "scale": 0.02, "t_cells": 0},
        {"days": 0.25, "scale": 0.02, "t_cells": 20},
        {"days": 2.0, "scale": 0.0, "t_cells": 0},
        {"days": 2.0, "scale": 0.0, "t_cells": 20},
    ],
    ids=["untreated", "six hours", "no tumour", "T cells only"],
)
def test_a_report_is_written_of_any_run(shape, make, sketchy):
    odd = make(**shape).but(meta={"published": [], "law": {}})
    words = Reader(page(odd)).words
    assert "How this was computed" in words
    assert "Against the published curve" not in words
    assert "Departures" not in words
    assert not re.search(r"\bnan\b", words)


def test_a_run_without_a_record_still_has_a_page(run, sketchy):
    bare = run.but(
        series=pd.DataFrame({"minute": [], "day": []}), snapshots={}, grids={}, events=run.events.iloc[:0]
    )
    assert "Nothing was recorded yet" in Reader(page(bare.but(meta={"status": "failed", "days": 0.0}))).words


def test_the_scenario_is_said_in_sentences(run):
    words = asked(run)
    assert words.startswith("An organoid (a sphere of cells in medium) of")
    assert "After 18 minutes, 99 CAR-T cells against oncoprotein were put into the medium" in words
    assert asked(run.but(meta={"doses": []})).count("No T cells were given.") == 1
    assert asked(run.but(scenario_text="not = [toml")).startswith("An organoid")


def test_laws_at_their_defaults_are_no_departures(run):
    defaults = {
        "motility": "persistent",
        "search": "within-reach",
        "directions": "isotropic",
        "dead_exchange": "reduced",
    }
    assert departures(run.but(meta={"law": defaults})) == []
    assert len(departures(run)) == 4


def test_the_days_shown_hold_the_start_the_end_and_the_turn(run):
    shown = moments(run)
    assert shown[0] == run.snapshot_days[0]
    assert shown[-1] == run.snapshot_days[-1]
    assert len(shown) <= 4
    low = run.series.assign(tumour_cells=(run.series["day"] - 12).abs() + 5)
    assert 12.0 in moments(run.but(series=low))
    assert busiest(run) in run.snapshot_days


def test_replicates_have_one_page_with_intervals_and_every_seed(run, make, tmp_path):
    runs = [run, make(scale=0.1, t_cells=99, seed=8)]
    found = Reader(write_replicates(runs, tmp_path / "report.html").read_text(encoding="utf-8"))
    for part in ("luque2024, 2 seeds", "95 % low", "Kills", "Never reached", "Departures"):
        assert part in found.words, part


def test_a_report_that_cannot_be_written_is_a_storage_error(run, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setattr("perforin.report.page.page", lambda run: "x")
    with pytest.raises(StorageError):
        write(run, tmp_path / "file" / "report.html")


def test_pictures_inside_pictures_are_pixels(html):
    inner = unquote(html)
    for data in re.findall(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)", inner)[:3]:
        assert base64.b64decode(data).startswith(b"\x89PNG")


def test_survivors_of_an_earlier_snapshot_are_not_passed_off_as_those_of_the_end(run):
    early = {day: cells for day, cells in run.snapshots.items() if day < 10}
    assert "survivors of day 8, the last snapshot" in Reader(answer(run.but(snapshots=early))).words
    assert "the last snapshot" not in Reader(answer(run)).words
