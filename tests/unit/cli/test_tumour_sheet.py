"""`perforin library tumours NAME`: a sheet by subject with every number, and a picture of day 0 without a run."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

import perforin as pf
from perforin.analysis import hypoxia
from perforin.face import tumour_sheet
from perforin.face.untreated import PIECES, geometry_of, untreated
from perforin.plots.untreated import carried
from perforin.plots.untreated import untreated as draw
from perforin.scenario import catalog

TUMOURS = catalog.names("tumours")
PNG = b"\x89PNG"


@pytest.mark.parametrize("name", TUMOURS)
def test_a_sheet_holds_every_number_of_its_tumour_once_with_unit_source_and_grade(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    sheet = pf.library("tumours", name)
    own = [row for row in sheet.numbers if not row["of"]]
    values = catalog.find("tumours", name).values()
    assert len(own) == len(values)
    assert sorted((row["value"], row["unit"], row["source"], row["grade"]) for row in own) == sorted(
        (value.value, value.unit, value.source, value.grade) for value in values.values()
    )
    paths = [row["path"] for row in sheet.numbers]
    assert len(set(paths)) == len(paths)
    text = str(sheet)
    for row in sheet.numbers:
        (line,) = (line for line in text.splitlines() if line[2:].startswith(f"{row['path']} "))
        assert line.startswith("!") == (row["grade"] == "assumed")
        assert row["grade"] in line
    assert tumour_sheet.OTHER not in text  # each of ours has its place


def test_a_number_of_the_tumour_stands_before_that_of_its_cell():
    sheet = pf.library("tumours", "PBT030")
    (duration,) = (row for row in sheet.numbers if row["path"] == "growth.duration")
    assert (duration["value"], duration["unit"], duration["of"]) == (27.8, "h", "")
    assert any(row["of"] == "glioma" for row in sheet.numbers)


def test_the_sheet_goes_by_subject_and_names_what_two_antigens_a_correlation_is_between():
    sheet = pf.library("tumours", "glioblastoma")
    order = [line for line in str(sheet).splitlines() if line in dict(tumour_sheet.GROUPS)]
    assert order == [
        "Geometry",
        "Growth",
        "Antigen panel",
        "Stroma",
        "Vessels",
        "Oxygen and fields",
        "Infiltrate",
        "Suppression",
        "Usual routes",
    ]
    assert "correlation.EGFR and IL13RA2" in str(sheet)
    assert "usual_routes: intraventricular" in str(sheet)
    assert "60 to 150" in str(sheet)


def test_a_mechanism_without_a_group_still_shows_its_numbers():
    assert tumour_sheet.group_of("teleportation.rate") == tumour_sheet.OTHER
    assert tumour_sheet.group_of("antigens.EGFR.median") == "Antigen panel"
    assert tumour_sheet.group_of("antigensomething") == tumour_sheet.OTHER


def test_the_command_prints_the_sheet_and_draws_the_picture_where_it_was_told(perforin):
    said = perforin("library", "tumours", "PBT030", "--picture", "in/here.png")
    assert said.returncode == 0, said.stderr
    assert "Antigen panel" in said.stdout
    assert said.stdout.splitlines()[-1] == "picture: in/here.png"
    assert (perforin.folder / "in" / "here.png").read_bytes().startswith(PNG)
    assert not (perforin.folder / "runs").exists()


def test_as_json_the_sheet_is_in_groups_and_nothing_is_drawn_unasked(perforin):
    said = perforin("library", "tumours", "glioblastoma", "--json")
    sheet = json.loads(said.stdout)
    assert sheet["picture"] is None
    vessels = sheet["groups"]["Vessels"]["numbers"]
    assert {"path", "value", "unit", "source", "grade", "note", "spread", "of"} == set(vessels[0])
    assert not list(perforin.folder.iterdir())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["tumours", "glioblastom"], "did you mean 'glioblastoma'"),
        (["cells", "--picture", "x.png"], "a tumour to draw"),
        (["tumours", "--picture", "x.png"], "a tumour to draw"),
        (["tumours", "PBT030", "--picture", "x.pdf"], "a file that ends in .png"),
    ],
)
def test_what_cannot_be_shown_is_an_error_that_says_what_can(perforin, words, expected):
    said = perforin("library", *words)
    assert said.returncode == 2
    assert expected in said.stderr


def test_without_a_file_the_picture_lies_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(tumour_sheet, "home", lambda: tmp_path)
    path = pf.library("tumours", "PBT030").picture()
    assert path == tmp_path / "pictures" / "pbt030.png"
    assert path.read_bytes().startswith(PNG)


@pytest.mark.parametrize("name", TUMOURS)
def test_every_tumour_of_the_library_can_be_drawn_untreated(name):
    tissue = untreated(name)
    assert len(tissue.cells(0.0)) >= 300
    assert tissue.meta["geometry"]["kind"] == geometry_of(catalog.find("tumours", name).document)
    draw(tissue).draw_without_rendering()


def test_a_geometry_that_an_entry_says_is_taken_before_what_it_describes():
    assert geometry_of({"geometry": "block", "carries": "x"}) == "block"
    assert set(PIECES) >= {"slab", "block", "suspension", "organoid", "monolayer"}


def test_the_picture_shows_the_antigens_that_the_entry_states_and_oxygen_that_is_solved():
    tissue = untreated("glioblastoma")
    cells = tissue.cells(0.0)
    key, said = carried(tissue, cells)
    of_tumour = np.isin(key, list(said))
    assert of_tumour.mean() == pytest.approx(1.0 - 0.35 - 0.05 - 0.01, abs=0.002)  # the rest is of the host
    shares = {name: float((key[of_tumour] == name).mean()) for name in said}
    assert shares["tumour"] + shares["first"] == pytest.approx(0.6, abs=0.001)  # EGFR
    assert shares["tumour"] + shares["second"] == pytest.approx(0.6, abs=0.001)  # IL13RA2
    assert said["first"] == "tumour cell: EGFR only"
    assert np.median(cells["copies__EGFR"][np.isin(key, ("tumour", "first"))]) == pytest.approx(1e5, rel=0.1)
    assert (cells["copies__EGFR"][key == "negative"] == 20).all()
    assert hypoxia.is_solved(cells)
    assert (
        10 < hypoxia.median(tissue, cells) < 20
    )  # 13 mmHg in the middle of it (McKeown 2014), more at the fluid
    assert tissue.field_names == ["oxygen", "matrix"]
    assert not len(tissue.series)
    assert not len(tissue.events)


def test_three_antigens_make_all_some_and_none():
    tissue = untreated("PBT030")
    tissue.meta["antigen"]["panel"] = ["A", "B", "C"]
    cells = tissue.cells(0.0).copy()
    cells["positive"] = np.resize([0, 1, 6, 7], len(cells))
    key, said = carried(tissue, cells)
    assert key[:4].tolist() == ["negative", "second", "second", "tumour"]
    assert said["second"] == "tumour cell: some antigens"


def test_an_unusual_route_is_warned_of_and_is_no_error(perforin):
    folder = perforin.folder / "mine" / "routes"
    folder.mkdir(parents=True)
    entry = Path(catalog.find("routes", "intraventricular").file).read_text()
    (folder / "shunt.toml").write_text(entry.replace('"intraventricular"', '"shunt"'))
    perforin.write(
        "s.toml",
        'from = "glioblastoma-bivalent"\n[[dose]]\ncar = "bivalent"\nday = 0\ncells = 1000\nroute = "shunt"\n',
    )
    said = perforin("check", "s.toml", "--library", "mine")
    assert said.returncode == 0, said.stderr
    assert "Warning: shunt is not a usual way to glioblastoma (usual: intraventricular)" in said.stderr
    usual = perforin("check", "glioblastoma-bivalent")
    assert "Warning" not in usual.stderr


def test_a_route_that_does_not_exist_is_no_usual_one(perforin):
    folder = perforin.folder / "mine" / "tumours"
    folder.mkdir(parents=True)
    entry = Path(catalog.find("tumours", "glioblastoma").file).read_text()
    mine = entry.replace('"glioblastoma"', '"mine"', 1).replace('"intraventricular"', '"intraventriculer"')
    assert tomllib.loads(mine)["name"] == "mine"
    (folder / "mine.toml").write_text(mine)
    said = perforin("library", "tumours", "mine", "--library", "mine")
    assert said.returncode == 2
    assert "usual_routes" in said.stderr
    assert "did you mean 'intraventricular'" in said.stderr
