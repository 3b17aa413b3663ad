"""What is wrong in a file is said before anything runs: file, key, found, expected and the nearest word."""

import dataclasses

import pytest

from perforin.errors import Problem, ScenarioError
from perforin.scenario.check import check
from perforin.scenario.parts import Car, Culture, Dose, Law
from perforin.scenario.scenario import Scenario, load

# (what is right, what is written instead, key, part of found, part of expected, suggestion)
SPOILED = [
    ("days = 3", "dyas = 3", "dyas", "unknown key", "days", "days"),
    ("days = 3", "", "days", "nothing", "this key", ""),
    ("days = 3", "days = -3", "days", "-3", "above 0", ""),
    ("days = 3", "days = 0", "days", "0", "above 0", ""),
    ("days = 3", "days = nan", "days", "nan", "a number", ""),
    ("days = 3", "days = inf", "days", "inf", "a number", ""),
    ("days = 3", "days = true", "days", "true", "a number", ""),
    ("days = 3", "days = 0.001", "days", "0.001", "phenotype step", ""),
    ("days = 3", 'days = "3 um"', "days", "'um'", "day", ""),
    ("days = 3", 'days = "three"', "days", "'three'", "a number", ""),
    ('"80 um"', "80", "culture.radius", "80 without a unit", "um", ""),
    ('"80 um"', '"80 umm"', "culture.radius", "'umm'", "um", "um"),
    ('"80 um"', '"80 h"', "culture.radius", "'h'", "um", ""),
    ('"80 um"', '"-80 um"', "culture.radius", "-80", "above 0", ""),
    ('"80 um"', '"800 um"', "culture.radius", "800", "half the box", ""),
    ('"80 um"', "{ value = 80 }", "culture.radius", "no unit", "'um'", ""),
    ('"80 um"', '{ value = "80", unit = "um" }', "culture.radius", "'80'", "number", ""),
    ('"80 um"', '{ value = 80, unit = "um", sorce = "x" }', "culture.radius", "sorce", "source", "source"),
    ('"80 um"', '{ value = 80, unit = "um", grade = "humn" }', "culture.radius", "humn", "human", "human"),
    ('"80 um"', '{ value = 80, unit = "um", spread = ["a"] }', "culture.radius", "spread", "numbers", ""),
    ('radius = "80 um"', "", "culture", "neither", "one of them", ""),
    ('radius = "80 um"', 'radius = "80 um"\ncells = 9', "culture", "both", "one of them", ""),
    ('radius = "80 um"', "cells = 9.5", "culture.cells", "9.5", "whole number", ""),
    ("cells = 10", "cells = -1", "dose[0].cells", "-1", "from 0", ""),
    ("cells = 10", "cells = 1e99", "dose[0].cells", "1e+99", "to 1e+09", ""),
    ("cells = 10", "cells = 1.5", "dose[0].cells", "1.5", "whole number", ""),
    ("cells = 10", 'cells = "10 copy"', "dose[0].cells", "'copy'", "cell", ""),
    ("day = 0", "day = -1", "dose[0].day", "-1", "from 0", ""),
    ("day = 0", 'day = 0\nat = "18 min"', "dose[0]", "both", "one of them", ""),
    ("day = 0\n", "", "dose[0]", "neither", "one of them", ""),
    ('"luque2024-organoid"', '"luque2024-organiod"', "culture.tumour", "organiod", "", "luque2024-organoid"),
    ('"organoid"', '"organiod"', "culture.geometry", "organiod", "monolayer", "organoid"),
    ('"medium"', '"medum"', "dose[0].route", "medum", "medium", "medium"),
    ('"oncoprotein"', '"oncoprotien"', "car[0].targets", "oncoprotien", "oncoprotein", "oncoprotein"),
    (
        '"luque2024-car-t"',
        '"luque-car-t"',
        "car[0].cell",
        "luque-car-t",
        "luque2024-car-t",
        "luque2024-car-t",
    ),
    ('car = "A"', 'car = "B"', "dose[0].car", "'B'", "'A'", ""),
    ('name = "A"', 'name = "tumour"', "car[0].name", "tumour", "another name", ""),
    ('"organoid"', '"monolayer"', "culture.medium", "nothing", "height", ""),
    ("[culture]", "[patient]", "patient.geometry", "unknown key", "antigens", ""),
    ("[[car]]", "[car]", "car", "a table", "a list", ""),
    ('"oncoprotein"', '{ either = ["oncoprotein", "x"] }', "car[0].targets", "gate", "alone", ""),
    (
        '"oncoprotein"',
        '"oncoprotein"\ncostimulation = "4-1BB"',
        "car[0].costimulation",
        "4-1BB",
        "this version",
        "",
    ),
    ('"oncoprotein"', '"oncoprotein"\narmour = []', "car[0].armour", "[]", "none yet", ""),
]
ADDED = [
    ("[patient]\nseed = 3\n", "patient", "both", "one of the two", ""),
    ('[[drug]]\nname = "x"\n', "drug", "table", "none yet", ""),
    ('[management]\ntocilizumab = { when = "CRS" }\n', "management", "table", "no patients", ""),
    ('[[car]]\nname = "A"\ntargets = "oncoprotein"\ncell = "luque2024-car-t"\n', "car[1].name", "'A'", "its own", ""),
    ('[law]\nmotility = "impuls"\n', "law.motility", "impuls", "persistent", "impulse"),
    ('[law]\nserach = "own-bin"\n', "law.serach", "unknown key", "search", "search"),
    ('[numerics]\ntick = "0.07 min"\n', "numerics.phenotype", "6 min", "multiple of the tick", ""),
    ('[numerics]\nmechanics = "0.7 min"\n', "numerics.mechanics", "0.7 min", "divides the phenotype", ""),
    ('[numerics]\nfields.oxygen = "7 min"\n', "numerics.fields.oxygen", "7 min", "multiple of the phenotype", ""),
    ('[numerics]\nfields.oxygen = "1 min"\n', "numerics.fields.oxygen", "1 min", "shorten numerics.phenotype", ""),
    ('[numerics]\nfields.oxygn = "6 min"\n', "numerics.fields.oxygn", "oxygn", "oxygen", "oxygen"),
    ("[numerics]\nvoxel = 20\n", "numerics.voxel", "without a unit", "um", ""),
    ('[record]\nseries = "7 min"\n', "record.series", "7 min", "multiple of the phenotype", ""),
    ('[record]\ncells = { value = 1, unit = "dy" }\n', "record.cells", "'dy'", "min", "day"),
    ('[record]\nfields = ["oxygn"]\n', "record.fields[0]", "oxygn", "oxygen", "oxygen"),
    ('[[published]]\nquantity = "tumor_cells"\nday = 1\nvalue = 2\nsource = "x"\n', "published[0].quantity", "tumor", "", "tumour_cells"),
    ('[[published]]\nquantity = "t_cells"\nday = [1, 2]\nvalue = [3]\nsource = "x"\n', "published[0].value", "1 values", "2", ""),
    ('[[published]]\nquantity = "t_cells"\nday = 1\nvalue = nan\nsource = "x"\n', "published[0].value[0]", "nan", "finite", ""),
    ('[[published]]\nquantity = "t_cells"\nday = 1\nvalue = 2\n', "published[0].source", "nothing", "this key", ""),
    ('[culture.medium]\nvolume = "2 mL"\n', "culture.medium.volume", "2 mL", "this version", ""),
    ('[culture.growth]\ndurtion = "3 h"\n', "culture.growth.durtion", "unknown key", "duration", "duration"),
    ('[culture.growth]\nduration = "3 um"\n', "culture.growth.duration", "'um'", "'h'", ""),
    ('[culture.grwth]\nx = 1\n', "culture.grwth", "unknown key", "", "growth"),
    ('[culture.motility]\nspeed = "1 um/min"\n', "culture.motility", "motility", "[car.motility]", ""),
    ('[culture.oxygenation]\ndead_fraction = 1.5\n', "culture.oxygenation.dead_fraction", "1.5", "from 0 to 1", ""),
    ('[culture.fields.oxygen]\ndifusion = "1 um^2/min"\n', "culture.fields.oxygen.difusion", "unknown key", "", "diffusion"),
    ('[culture.fields.oxygen]\ndecay = "-1 /min"\n', "culture.fields.oxygen.decay", "-1", "at least 0", ""),
    ('[culture.fields.oxygen]\nstart = "3 nM"\n', "culture.fields.oxygen.start", "3 nM", "mmHg", ""),
    ('[culture.fields.oxygen]\nstart = { value = 3 }\n', "culture.fields.oxygen.start", "3 (no unit)", "mmHg", ""),
    ('[culture.fields.oxygen]\nstart = 3\n', "culture.fields.oxygen.start", "3", "mmHg", ""),
    ('[culture.fields.immunostimulatory-factor]\noutside = "1"\n', "culture.fields.immunostimulatory-factor.outside", "1", "nothing passes", ""),
    ('[culture.fields.glucose]\nstart = "3 nM"\n', "culture.fields.glucose", "glucose", "oxygen", ""),
]  # fmt: skip


def says(problems, key, found, expected, suggestion):
    return any(
        p.key == key and found in p.found and expected in p.expected and p.suggestion == suggestion
        for p in problems
    )


def test_a_right_file_has_no_problem(right, written):
    assert check(written(right)) == []


@pytest.mark.parametrize(("was", "now", *["key", "found", "expected", "suggestion"]), SPOILED)
def test_a_spoiled_line_is_named(right, written, was, now, key, found, expected, suggestion):
    assert was in right
    path = written(right.replace(was, now, 1))
    problems = check(path)
    assert says(problems, key, found, expected, suggestion), problems
    assert {p.file for p in problems} == {str(path)}


@pytest.mark.parametrize(("table", "key", "found", "expected", "suggestion"), ADDED)
def test_a_wrong_table_is_named(right, written, table, key, found, expected, suggestion):
    problems = check(written(right + table))
    assert says(problems, key, found, expected, suggestion), problems


def test_all_problems_of_a_file_are_said_together(right, written):
    for was, now in (("days", "dayz"), ('"80 um"', '"80 h"'), ("= 10", "= -10"), ('"oncoprotein"', '"x"')):
        right = right.replace(was, now)
    with pytest.raises(ScenarioError) as caught:
        load(written(right))
    assert {p.key for p in caught.value.problems} == {
        "days",
        "dayz",
        "culture.radius",
        "dose[0].cells",
        "car[0].targets",
    }
    assert caught.value.exit_code == 2
    assert str(caught.value).count("\n") == 5


UNREADABLE = [
    ("days = = 3", "broken TOML", "line 1"),
    ('name = "x"\ndays = 3\nname = "y"\n', "broken TOML", "line 3"),
    (b'\xef\xbb\xbfname = "x"\n', "byte-order mark", ""),
    ('name = "x"\n'.encode("utf-16"), "byte-order mark", ""),
    ('name = "x"\n# \u00e9\n'.encode("latin-1"), "line 2", ""),
    (b"\x00\x00", "broken TOML", ""),
    ("", "empty", ""),
    (" \n\n", "empty", ""),
    ("a = " + "[" * 5000, "broken TOML", ""),
]


@pytest.mark.parametrize(("content", "found", "also"), UNREADABLE)
def test_a_file_that_is_no_toml_is_refused_with_its_line(written, content, found, also):
    (problem,) = check(written(content))
    assert found in problem.found
    assert also in problem.found


def test_a_path_with_spaces_works(right, written):
    assert check(written(right, "a folder with spaces/my scenario.toml")) == []


def test_a_missing_file_names_its_neighbour(right, written):
    path = written(right)
    (problem,) = check(path.with_name("mine.tom.toml"))
    assert "no such file" in problem.found
    assert problem.suggestion == "mine.toml"


def test_a_directory_is_no_scenario(tmp_path):
    (problem,) = check(tmp_path)
    assert problem.found == "a directory"


def test_a_path_below_a_file_is_refused(right, written):
    (problem,) = check(written(right) / "deeper.toml")
    assert "no such file" in problem.found or "cannot be read" in problem.found


def test_an_unknown_name_suggests_the_nearest_scenario():
    (problem,) = check("luqe2024")
    assert problem.suggestion == "luque2024"


def test_a_circle_of_from_is_an_error_that_names_the_chain(written):
    for name, start in (("a", "b"), ("b", "c"), ("c", "a")):
        path = written(f'from = "{start}.toml"\n', f"{name}.toml")
    (problem,) = check(path.with_name("a.toml"))
    assert "a.toml -> b.toml -> c.toml -> a.toml" in problem.found


def test_a_file_that_starts_from_itself_is_a_circle(written):
    (problem,) = check(written('from = "mine.toml"\n'))
    assert "mine.toml -> mine.toml" in problem.found


@pytest.mark.parametrize(
    ("start", "found"), [('"luque2025"', "luque2025"), ("3", "3"), ('"no.toml"', "no such file")]
)
def test_a_from_that_leads_nowhere_is_named(written, start, found):
    (problem,) = check(written(f"from = {start}\n"))
    assert problem.key == "from"
    assert found in problem.found


OVERRIDES = [
    ("days=-1", "days", "above 0"),
    ("culture.radius=10 h", "culture.radius", "um"),
    ("dose[3].cells=1", "", "index below 1"),
    ("dose.cells=1e99", "dose[0].cells", "1e+09"),
    ('car["B"].cell=x', "", "'A'"),
    ("cultre.radius=1 um", "cultre", "culture"),
    ("foo", "", "path=value"),
    ("=3", "", "path=value"),
    ("culture.[x=3", "culture.[x", "dots"),
    ("days.x=3", "x", "a table"),
    ("days[0]=3", "", "array of tables"),
    ("seed=-1", "seed", "at least 0"),
    ("seed=1.5", "seed", "whole number"),
    ("seed=99999999999999999999", "seed", "at most"),
    ("numerics.tick=0 min", "numerics.tick", "above 0"),
    ("name=", "name", "not empty"),
    ("culture=3", "culture", "a table"),
    ("library=3", "library", "a table"),
    ('law="impulse"', "law", "a table"),
]


@pytest.mark.parametrize(("override", "key", "expected"), OVERRIDES)
def test_a_wrong_override_is_blamed_for_its_own_problem(right, written, override, key, expected):
    problems = check(written(right), [override])
    assert any(p.key == key and expected in p.expected and p.file == f"--set {override}" for p in problems), (
        problems
    )


def test_python_says_the_same_as_a_file():
    with pytest.raises(ScenarioError, match="found -1, expected a whole number"):
        Dose("A", -1, "medium", day=0)
    with pytest.raises(ScenarioError, match="did you mean 'cell'"):
        Car("oncoprotein", cel="x")
    with pytest.raises(ScenarioError, match="expected one of impulse, persistent"):
        Law(motility="fast")
    with pytest.raises(ScenarioError, match="'luque2024-organoid'"):
        Scenario(Culture("luque2024-organid", "organoid", "1 mm", radius="90 um"), days=3)
    with pytest.raises(ScenarioError, match="expected a Culture"):
        Scenario("luque2024-organoid", days=3)
    with pytest.raises(ScenarioError, match="expected a Dose"):
        Scenario(Culture("luque2024-organoid", "organoid", "1 mm", radius="90 um"), ["dose"], days=3)


def test_two_cars_of_one_name_in_python_are_a_problem():
    culture = Culture("luque2024-organoid", "organoid", "1 mm", radius="90 um")
    cars = [
        Car("oncoprotein", cell="luque2024-car-t", numbers={"killing": {"rate": rate}})
        for rate in ("1/h", "2/h")
    ]
    with pytest.raises(ScenarioError, match="its own"):
        Scenario(culture, [Dose(car, 1, "medium", day=0) for car in cars], days=1)


def test_a_request_too_large_for_memory_is_refused_with_the_estimate(right, written):
    room, problem = check(written(right), ["dose.cells=1e9"])
    assert room.key == "culture.box"  # nor do they fit in there
    assert "GB of memory" in problem.found
    assert "1,000,0" in problem.found
    assert "free" in problem.expected


def test_a_problem_prints_as_one_sentence():
    problem = Problem("f", "days", "-1", "more", "dayz")
    assert str(problem) == "days: found -1, expected more; did you mean 'dayz'?"
    assert dataclasses.asdict(problem)["suggestion"] == "dayz"
