"""The library: every entry valid, found by kind and name, and extended by folders of others."""

import pytest

from perforin.errors import LibraryError
from perforin.scenario import catalog
from perforin.scenario.check import check
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.scenario import load
from perforin.trial.comparison import is_comparison

ENTRIES = [(kind, name) for kind in catalog.kinds() for name in catalog.names(kind)]
ROUTE = 'name = "drip"\nsummary = "Drop by drop."\ngeometries = ["organoid"]\nclearance = {}\n'
SOURCED = '{ value = 10, unit = "um", source = "Doe 2020", grade = "in_vitro" }'


def shelf(tmp_path, text, kind="routes", name="drip"):
    folder = tmp_path / "lib"
    (folder / kind).mkdir(parents=True, exist_ok=True)
    (folder / kind / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("kind", "name"), ENTRIES)
def test_every_entry_is_valid_and_named_as_its_file(kind, name):
    found = catalog.find(kind, name)
    assert found.summary
    assert found.file.endswith(f"/{kind}/{name.lower()}.toml")


@pytest.mark.parametrize("name", [name for name in catalog.names("scenarios") if not is_comparison(name)])
def test_every_scenario_compiles_and_every_number_used_has_a_source(name):
    plan = compile_scenario(load(name))
    for row in plan.sources:
        assert row.value.source, row.path
        assert row.value.grade != "yours", row.path
        assert row.value.note or row.value.grade != "assumed", row.path


def test_the_kinds_are_the_folders():
    assert catalog.kinds() == sorted(p.name for p in catalog.CATALOG.iterdir() if p.is_dir())


@pytest.mark.parametrize(
    ("kind", "name", "hint"), [("fields", "oxigen", "oxygen"), ("feilds", "oxygen", "fields")]
)
def test_an_unknown_kind_or_name_suggests_the_nearest(kind, name, hint):
    with pytest.raises(LibraryError) as caught:
        catalog.find(kind, name)
    assert caught.value.problems[0].suggestion == hint


def test_an_entry_shows_its_numbers_with_their_sources():
    found = catalog.find("fields", "oxygen")
    assert found.values()["diffusion"].unit == "um^2/min"
    assert "Ghaffarizadeh" in repr(found)


def test_a_folder_of_others_adds_entries(tmp_path, written, right):
    folder = shelf(tmp_path, ROUTE.format(SOURCED))
    assert catalog.names("routes", folder) == ["drip", "intravenous", "intraventricular", "medium"]
    path = written(right.replace('"medium"', '"drip"'))
    assert check(path)
    assert check(path, (), folder) == []
    plan = compile_scenario(load(path, (), folder))
    assert plan.doses[0].clearance == 10
    assert "Doe 2020" in plan.resolved


def test_the_environment_may_name_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(catalog.ENVIRONMENT, str(shelf(tmp_path, ROUTE.format(SOURCED))))
    assert "drip" in catalog.names("routes")


def test_a_run_of_an_added_entry_opens_without_its_folder(tmp_path, written, right):
    folder = shelf(tmp_path, ROUTE.format(SOURCED))
    plan = compile_scenario(load(written(right.replace('"medium"', '"drip"')), (), folder))
    again = compile_scenario(load(written(plan.resolved, "scenario.toml")))
    assert again.run_key == plan.run_key


BROKEN = [
    (ROUTE.format('{ value = 10, unit = "um" }'), "clearance", "no source"),
    (ROUTE.format('{ value = 10, unit = "um", source = "x" }'), "clearance", "no grade"),
    (ROUTE.format('{ value = 10, unit = "um", source = "x", grade = "yours" }'), "clearance", "yours"),
    (
        ROUTE.format('{ value = 10, unit = "um", source = "x", grade = "assumed" }'),
        "clearance",
        "without a note",
    ),
    (ROUTE.format('{ value = -1, unit = "um", source = "x", grade = "human" }'), "clearance", "-1"),
    (ROUTE.format('"10 um"'), "clearance", "no source"),
    (ROUTE.format(SOURCED).replace("geometries", "geometry"), "geometry", "unknown key"),
    (ROUTE.format(SOURCED).replace('"organoid"', '"organiod"'), "geometries[0]", "organiod"),
    (ROUTE.format(SOURCED).replace("summary", "sumary"), "summary", "nothing"),
    (ROUTE.format(SOURCED).replace('"drip"', '"other"'), "name", "other"),
    ("name = = 3", "", "broken TOML"),
]


@pytest.mark.parametrize(("text", "key", "found"), BROKEN)
def test_a_broken_entry_is_a_library_error_that_names_file_and_key(tmp_path, text, key, found):
    folder = shelf(tmp_path, text)
    with pytest.raises(LibraryError) as caught:
        catalog.find("routes", "drip", folder)
    assert any(p.key == key and found in p.found and "drip.toml" in p.file for p in caught.value.problems)
    assert "medium" in catalog.names("routes", folder)


def test_a_level_of_a_field_is_measured_in_its_unit(tmp_path):
    text = (catalog.CATALOG / "fields" / "oxygen.toml").read_text(encoding="utf-8")
    spoiled = text.replace('"oxygen"', '"air"').replace('unit = "mmHg"\ndiff', 'unit = "nM"\ndiff')
    with pytest.raises(LibraryError, match="measured like the field, in nM"):
        catalog.find("fields", "air", shelf(tmp_path, spoiled, "fields", "air"))


def test_a_level_without_a_unit_is_told_the_unit_of_its_field(tmp_path):
    text = (catalog.CATALOG / "fields" / "oxygen.toml").read_text(encoding="utf-8")
    spoiled = text.replace('"oxygen"', '"air"').replace(
        'start = { value = 38.0, unit = "mmHg"', "start = { value = 38.0"
    )
    with pytest.raises(
        LibraryError, match="38 without a unit, expected a level measured like the field, in mmHg"
    ):
        catalog.find("fields", "air", shelf(tmp_path, spoiled, "fields", "air"))


def test_two_entries_of_one_name_are_an_error(tmp_path):
    folder = shelf(tmp_path, ROUTE.format(SOURCED).replace("drip", "medium"), name="medium")
    with pytest.raises(LibraryError, match="second entry named 'medium'"):
        catalog.names("routes", folder)


def test_a_folder_that_is_no_kind_is_an_error(tmp_path):
    with pytest.raises(LibraryError, match="did you mean 'routes'"):
        catalog.names("routes", shelf(tmp_path, ROUTE.format(SOURCED), kind="route"))


@pytest.mark.parametrize("make", [lambda p: p / "none", lambda p: p / "file"])
def test_a_library_that_is_no_folder_is_an_error(tmp_path, make):
    (tmp_path / "file").write_text("x")
    with pytest.raises(LibraryError, match="expected a folder of kinds"):
        catalog.names("routes", make(tmp_path))


def test_a_scenario_may_carry_an_entry_of_its_own(written, right):
    own = (
        '[library.routes.drip]\nname = "drip"\nsummary = "x"\ngeometries = ["organoid"]\nclearance = "9 um"\n'
    )
    plan = compile_scenario(load(written(right.replace('"medium"', '"drip"') + own)))
    assert plan.doses[0].clearance == 9
    assert {row.path: row.value.grade for row in plan.sources}["routes.drip.clearance"] == "yours"


def test_a_carried_entry_of_an_unknown_kind_is_an_error(written, right):
    assert check(written(right + '[library.ruotes.drip]\nname = "drip"\n'))


def test_a_tumour_without_oxygen_is_refused(tmp_path):
    text = (catalog.CATALOG / "tumours" / "luque2024-organoid.toml").read_text(encoding="utf-8")
    text = text.replace('"luque2024-organoid"', '"dry"').replace('"oxygen", ', "")
    with pytest.raises(LibraryError, match="'oxygen' among them"):
        catalog.find("tumours", "dry", shelf(tmp_path, text, "tumours", "dry"))


def test_an_antigen_brings_its_own_numbers_to_any_tumour(tmp_path, written, right):
    number = '{{ value = {}, unit = "1", source = "Doe 2020", grade = "in_vitro" }}'
    antigen = f'name = "HER2"\nsummary = "x"\n[antigen]\nspread = {number.format(0.4)}\n'
    text = (catalog.CATALOG / "tumours" / "luque2024-organoid.toml").read_text(encoding="utf-8")
    folder = shelf(tmp_path, antigen, "antigens", "her2")
    shelf(
        tmp_path,
        text.replace('"luque2024-organoid"', '"t"').replace('"oncoprotein"', '"HER2"'),
        "tumours",
        "t",
    )
    path = written(right.replace('"oncoprotein"', '"HER2"').replace('"luque2024-organoid"', '"t"'))
    plan = compile_scenario(load(path, (), folder))
    assert plan.antigen == "HER2"
    assert plan.numbers["antigen"].spread[0] == 0.4
