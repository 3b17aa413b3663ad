"""Variants and overrides: tables merge, arrays and numbers replace, a path finds its place."""

import pytest

from perforin.scenario.document import merge, overridden
from perforin.scenario.scenario import load


def test_tables_merge_and_arrays_replace():
    base = {"a": {"x": 1, "y": 2}, "b": [1, 2], "c": 3}
    assert merge(base, {"a": {"y": 5}, "b": [9]}) == {"a": {"x": 1, "y": 5}, "b": [9], "c": 3}
    assert base == {"a": {"x": 1, "y": 2}, "b": [1, 2], "c": 3}


def test_a_number_replaces_a_number_with_its_source():
    base = {"radius": {"value": 1, "unit": "um", "source": "paper", "grade": "human"}}
    assert merge(base, {"radius": {"value": 2, "unit": "mm"}}) == {"radius": {"value": 2, "unit": "mm"}}


def test_of_two_keys_that_say_the_same_the_later_wins():
    base = {"culture": {"radius": "80 um", "box": 1}}
    assert merge(base, {"culture": {"cells": 9}}) == {"culture": {"cells": 9, "box": 1}}


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("days=4", {"days": 4}),
        ("name=plain words", {"name": "plain words"}),
        ('name="quoted"', {"name": "quoted"}),
        ("culture.radius=12 um", {"culture": {"radius": "12 um", "tumour": "t"}}),
        ("culture.growth.duration=1 h", {"culture": {"tumour": "t", "growth": {"duration": "1 h"}}}),
        ("car[1].cell=z", {"car": [{"name": "a"}, {"name": "b", "cell": "z"}]}),
        ('car["b"].cell=z', {"car": [{"name": "a"}, {"name": "b", "cell": "z"}]}),
        ("car['b'].cell=z", {"car": [{"name": "a"}, {"name": "b", "cell": "z"}]}),
        ("dose.cells=5", {"dose": [{"cells": 5}]}),
        ("dose[0].cells=5", {"dose": [{"cells": 5}]}),
        ("dose=[]", {"dose": []}),
        ('published=[{day=1}]', {"published": [{"day": 1}]}),
        ('culture.fields."a b".start=1', {"culture": {"tumour": "t", "fields": {"a b": {"start": 1}}}}),
        ("days = 5", {"days": 5}),
        ("summary=a=b", {"summary": "a=b"}),
    ],
)  # fmt: skip
def test_an_override_finds_its_place(override, expected):
    base = {
        "days": 3,
        "culture": {"tumour": "t"},
        "car": [{"name": "a"}, {"name": "b"}],
        "dose": [{"cells": 1}],
    }
    after = overridden(base, override, ())
    assert {key: after[key] for key in expected} == expected
    assert base["dose"] == [{"cells": 1}]


def test_a_new_value_under_an_old_unit_leaves_the_source_behind():
    base = {"r": {"value": 1, "unit": "um", "source": "paper", "grade": "human", "note": "n"}}
    assert overridden(base, "r.value=2", ()) == {"r": {"value": 2, "unit": "um"}}


def test_a_table_that_holds_a_number_under_value_is_none_itself():
    pair = {"between": ["A", "B"], "value": {"value": 0.1, "unit": "1", "source": "here"}}
    changed = overridden({"pairs": [pair]}, "pairs[0].value=0.3", ())
    assert changed == {"pairs": [{"between": ["A", "B"], "value": 0.3}]}


def test_an_override_may_give_cells_where_the_file_gives_a_radius():
    scenario = load("luque2024-small", ["culture.cells=100"])
    assert scenario.description.culture.radius is None
    assert scenario.description.culture.cells.value == 100


def test_a_scenario_may_start_from_a_file_beside_it(written, right):
    written(right, "base.toml")
    path = written('from = "base.toml"\nname = "variant"\n[culture]\nradius = "70 um"\n', "variant.toml")
    scenario = load(path)
    assert scenario.name == "variant"
    assert scenario.description.culture.radius.value == 70
    assert scenario.description.dose[0].cells.value == 10


def test_a_scenario_may_start_from_a_variant_of_a_variant(written):
    path = written('from = "luque2024-small"\nname = "mine"\ndays = 2\n')
    scenario = load(path)
    assert scenario.description.days.value == 2
    assert scenario.description.culture.box.value == 420
    assert scenario.description.law.motility == "impulse"


def test_what_a_run_keeps_holds_the_binders_even_where_one_is_called_as_its_antigen():
    from perforin.scenario.scenario import load

    kept = load("glioblastoma-bivalent").document()["library"]
    assert set(kept["binders"]) == {"EGFR-806", "IL13RA2"}
    assert "binders" not in load("luque2024-small").document()["library"]
