"""From a scenario to a plan: one plan whatever the notation, canonical units, every number with its source."""

import dataclasses
import shutil
import tomllib

import numpy as np
import pytest

from perforin.quantities import Value
from perforin.scenario import catalog, key
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.parts import Car, Culture, Dose, Law, Medium, Numerics, Record
from perforin.scenario.plan import T_CELL, TUMOUR
from perforin.scenario.scenario import Scenario, load, schema
from perforin.trial.comparison import is_comparison

LUQUE_LAW = Law(
    motility="impulse",
    search="own-bin",
    directions="pole-biased",
    dead_exchange="as-alive",
    oxygen_reading="after-uptake",
    walls="periodic",
)


def plan_of(name="luque2024-small", *overrides):
    return compile_scenario(load(name, overrides))


def small_in_python(**changes):
    culture = Culture("luque2024-organoid", geometry="organoid", radius="80 um", box="420 um")
    car = Car("oncoprotein", cell="luque2024-car-t")
    given = {"days": 6, "law": LUQUE_LAW} | changes
    return Scenario(culture, [Dose(car, cells=147, route="medium", at="18 min")], **given)


def test_python_and_toml_compile_to_the_same_plan():
    in_python, in_toml = compile_scenario(small_in_python()), plan_of()
    assert in_python.plan_hash == in_toml.plan_hash
    assert in_python.run_key == in_toml.run_key


def test_another_unit_for_the_same_number_is_the_same_plan():
    assert plan_of("luque2024-small", "culture.radius=0.08 mm").plan_hash == plan_of().plan_hash
    assert plan_of("luque2024-small", "dose.at=0.3 h").plan_hash == plan_of().plan_hash
    assert plan_of("luque2024-small", "culture.growth.duration=2316 min").plan_hash == plan_of().plan_hash


@pytest.mark.parametrize(
    "override",
    ["days=9", "seed=4", 'name="y"', 'summary="z"', "record.series=2 h", "record.fields=[]", "published=[]",
     'culture.radius={value=80, unit="um", source="another"}'],
)  # fmt: skip
def test_texts_days_seed_and_recording_leave_the_plan_hash_alone(override):
    assert plan_of("luque2024-small", override).plan_hash == plan_of().plan_hash


@pytest.mark.parametrize(
    "override",
    ["culture.radius=81 um", "culture.box=440 um", "dose.cells=148", "dose.at=24 min", "culture.growth.duration=38 h",
     "car.motility.speed=4 um/min", "culture.fields.oxygen.decay=0.2 1/min", "law.motility=persistent",
     "law.walls=closed", "numerics.mechanics=0.1 min", "numerics.voxel=10 um", "numerics.fields.oxygen=12 min",
     "dose=[]", "culture.antigen.threshold=0.4"],
)  # fmt: skip
def test_whatever_decides_a_result_changes_the_plan_hash(override):
    assert plan_of("luque2024-small", override).plan_hash != plan_of().plan_hash


def test_the_seed_changes_the_run_key_and_nothing_else_of_the_key():
    one, two = plan_of(), plan_of("luque2024-small", "seed=2")
    assert one.plan_hash == two.plan_hash
    assert one.run_key != two.run_key


@pytest.mark.parametrize("name", [name for name in catalog.names("scenarios") if not is_comparison(name)])
def test_a_resolved_scenario_loads_back_to_the_same_plan(name, tmp_path):
    plan = plan_of(name)
    path = tmp_path / "scenario.toml"
    path.write_text(plan.resolved, encoding="utf-8")
    again = compile_scenario(load(path))
    assert (again.plan_hash, again.run_key) == (plan.plan_hash, plan.run_key)
    assert again.resolved == plan.resolved
    assert again.sources == plan.sources
    assert again.published == plan.published
    assert (again.name, again.days, again.seed, again.record) == (
        plan.name,
        plan.days,
        plan.seed,
        plan.record,
    )


def test_a_resolved_scenario_does_not_need_the_library(tmp_path, monkeypatch):
    plan = plan_of()
    path = tmp_path / "scenario.toml"
    path.write_text(plan.resolved, encoding="utf-8")
    empty = tmp_path / "catalog"
    for kind in catalog.kinds():
        (empty / kind).mkdir(parents=True)
    monkeypatch.setattr(catalog, "CATALOG", empty)
    assert compile_scenario(load(path)).run_key == plan.run_key


def test_a_user_number_has_grade_yours_in_the_sources():
    plan = plan_of("luque2024-small", "culture.growth.duration=30 h", "culture.radius=79 um")
    graded = {row.path: row.value for row in plan.sources}
    assert graded["tumour.growth.duration"] == Value(30.0, "h", "this scenario", "yours")
    assert graded["culture.radius"].grade == "yours"
    assert graded["CAR-T.motility.speed"].grade == "assumed"


def test_the_sources_list_only_what_a_law_reads():
    paths = {row.path for row in plan_of().sources}
    assert "CAR-T.motility.speed" in paths
    assert "tumour.motility.speed" not in paths
    untreated = {row.path for row in plan_of("luque2024-untreated").sources}
    assert not any(path.startswith(("motility", "engagement", "CAR-T", "dose")) for path in untreated)


def test_numbers_are_canonical_arrays_over_the_types():
    plan = plan_of()
    assert [(t.name, t.role) for t in plan.types] == [("tumour", TUMOUR), ("CAR-T", T_CELL)]
    assert plan.numbers["growth"].duration.dtype == np.float64
    np.testing.assert_array_equal(plan.numbers["growth"].duration[0], 38.6 * 60)
    np.testing.assert_array_equal(plan.numbers["growth"].proliferates, [1.0, 0.0])
    np.testing.assert_array_equal(plan.numbers["mechanics"].repulsion, [10.0, 50.0])
    np.testing.assert_array_equal(plan.numbers["secretion"].rate, [10.0, 0.0])
    np.testing.assert_array_equal(plan.numbers["lifetime"].mortal, [0.0, 1.0])
    np.testing.assert_allclose(plan.numbers["necrosis"].rate, [1 / 360, 0.0], rtol=1e-12)
    assert plan.numbers["necrosis"].clearance[0] == 60 * 1440


def test_the_published_organoid_is_what_the_paper_says():
    plan = plan_of("luque2024")
    assert plan.days == 30
    assert plan.geometry.box == (1000, 1000, 1000)
    assert plan.geometry.periodic == (True, True, True)
    assert plan.founders.radius == 150
    assert [(d.tick, d.cells, d.type, d.clearance) for d in plan.doses] == [(180, 991, 1, 50.0)]
    assert (plan.clock.tick, plan.clock.mechanics, plan.clock.crowded, plan.clock.phenotype) == (
        0.1,
        5,
        1,
        60,
    )
    oxygen, factor = plan.fields
    assert (oxygen.diffusion, oxygen.decay, oxygen.boundary, oxygen.outside) == (1e5, 0.1, "fixed", 38)
    assert (factor.diffusion, factor.decay, factor.boundary, factor.start) == (1000, 0.016, "closed", 0)
    assert plan.attractant == "immunostimulatory-factor"
    points = {p.day: p.value for p in plan.published if p.quantity == "tumour_cells"}
    assert points[30] == 36718
    assert len(points) == 12


def test_the_variants_differ_as_they_say():
    assert plan_of("luque2024-untreated").doses == ()
    assert [t.name for t in plan_of("luque2024-untreated").types] == ["tumour"]
    assert [(d.tick, d.cells) for d in plan_of("luque2024-1to1").doses] == [(0, 3963)]
    small = plan_of()
    assert (small.days, small.founders.radius, small.geometry.box[0], small.doses[0].cells) == (
        6,
        80,
        420,
        147,
    )


def test_oxygen_is_steady_and_the_attractant_is_followed_in_time():
    oxygen, factor = plan_of("luque2024").fields
    assert oxygen.steady
    assert oxygen.reason.startswith("steady: relaxes in 0.33 min")
    assert not factor.steady
    assert "followed in time" in factor.reason


def test_slow_oxygen_is_not_taken_as_steady():
    assert not plan_of("luque2024", "culture.fields.oxygen.diffusion=1000 um^2/min").fields[0].steady
    faster = plan_of("luque2024", "culture.fields.immunostimulatory-factor.decay=10 1/min")
    assert faster.fields[1].steady


def test_a_closed_field_without_decay_is_never_steady():
    plan = plan_of("luque2024", "culture.fields.immunostimulatory-factor.decay=0 1/min")
    assert not plan.fields[1].steady
    assert "neither a sink" in plan.fields[1].reason


def test_a_monolayer_is_flat_and_meets_the_air_above():
    plan = plan_of("monolayer")
    assert plan.geometry.flat
    assert plan.geometry.box == (600, 600, 200)
    assert plan.fields[0].boundary == "top"
    assert plan.founders.cells == 400
    culture = Culture("luque2024-organoid", "monolayer", "600 um", cells=400, medium=Medium("200 um"))
    car = Car("oncoprotein", cell="luque2024-car-t")
    same = Scenario(culture, [Dose(car, 100, "medium", at="1 h")], days=3)
    assert compile_scenario(same).plan_hash == plan.plan_hash


def test_doses_are_in_order_of_time_whatever_the_order_of_writing():
    culture = Culture("luque2024-organoid", geometry="organoid", radius="80 um", box="420 um")
    car = Car("oncoprotein", cell="luque2024-car-t")
    early, late = Dose(car, 5, "medium", day=0), Dose(car, 7, "medium", day=2)
    plans = [compile_scenario(Scenario(culture, doses, days=3)) for doses in ([early, late], [late, early])]
    assert plans[0].plan_hash == plans[1].plan_hash
    assert [d.tick for d in plans[0].doses] == [0, 28800]


def test_two_cars_are_two_types_and_a_car_without_dose_is_none():
    culture = Culture("luque2024-organoid", geometry="organoid", radius="80 um", box="420 um")
    slow = Car("oncoprotein", cell="luque2024-car-t", name="slow", numbers={"killing": {"rate": "1 1/h"}})
    fast = Car("oncoprotein", cell="luque2024-car-t", name="fast")
    plan = compile_scenario(
        Scenario(culture, [Dose(slow, 1, "medium", day=0), Dose(fast, 2, "medium", day=1)], days=3)
    )
    assert [t.name for t in plan.types] == ["tumour", "slow", "fast"]
    np.testing.assert_allclose(plan.numbers["killing"].rate[1:], [1 / 60, 0.06667], rtol=1e-13)
    assert [t.name for t in plan_of("luque2024-small", "dose=[]").types] == ["tumour"]


def test_clocks_follow_numerics():
    plan = compile_scenario(
        small_in_python(
            numerics=Numerics(
                tick="0.025 min", mechanics="0.125 min", crowded_mechanics="0.025 min", phenotype="1.5 min"
            ),
            record=Record(series="3 h", cells="12 h", fields=["oxygen"]),
        )
    )
    assert (plan.clock.mechanics, plan.clock.crowded, plan.clock.phenotype) == (5, 1, 60)
    assert plan.record.series == 7200
    assert plan.record.cells == 28800
    assert plan.record.fields == ("oxygen",)
    assert plan.fields[0].interval == 60


def test_the_key_follows_the_sources_that_decide_and_no_others(tmp_path):
    package = tmp_path / "perforin"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(key.PACKAGE, package, ignore=ignore)
    before = key.hash_of_files(package)
    assert before == key.hash_of_files(key.PACKAGE)
    (package / "plots" / "burden.py").write_text("# another picture\n")
    assert key.hash_of_files(package) == before
    law = package / "mechanisms" / "tissue" / "growth.py"
    law.write_text(law.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert key.hash_of_files(package) != before


def test_the_schema_knows_every_key_of_a_file():
    found = schema()
    assert {
        "from",
        "name",
        "days",
        "culture",
        "car",
        "dose",
        "law",
        "numerics",
        "record",
        "published",
    } <= set(found["properties"])
    culture = found["$defs"]["Culture"]["properties"]
    assert "growth" in culture
    assert "numbers" not in culture
    assert found["$defs"]["Culture"]["additionalProperties"] is False


def test_a_scenario_prints_as_a_short_tree():
    text = repr(load("luque2024"))
    assert text.splitlines()[0] == "Scenario 'luque2024': 30 day, seed 1"
    assert "991 CAR-T by medium at 18 min" in text


def test_a_resolved_scenario_keeps_the_evidence_of_its_numbers():
    document = tomllib.loads(plan_of().resolved)
    duration = document["library"]["cells"]["luque2024-tumour"]["growth"]["duration"]
    assert {"value", "unit", "source", "grade", "note"} <= set(duration)
    assert dataclasses.asdict(plan_of().sources[0].value)["source"]
