"""Whatever someone writes, a scenario is read or refused with problems; nothing else ever comes out."""

import tomllib

import hypothesis.strategies as st
import pytest
import tomli_w
from hypothesis import given, settings

from perforin.errors import InputError
from perforin.scenario import catalog
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.document import merge, overridden
from perforin.scenario.scenario import Scenario, load
from perforin.scenario.units import convert
from perforin.trial.comparison import is_comparison

WHOLE = tomllib.loads(load("luque2024-small").text())
leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just({"value": 1})
anything = st.recursive(
    leaf, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=6), x, max_size=3)
)


def places(node, path=()):
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def replaced(node, path, value):
    if not path:
        return value
    copy = dict(node) if isinstance(node, dict) else list(node)
    copy[path[0]] = replaced(node[path[0]], path[1:], value)
    return copy


PLACES = [path for path in places(WHOLE) if path]


def refusal_of(read):
    """The problems a reading was refused with; none when it was read."""
    try:
        read()
    except InputError as error:
        return error.problems
    return None


@settings(max_examples=300)
@given(st.sampled_from(PLACES), anything)
def test_any_value_anywhere_is_read_or_refused(path, value):
    document = replaced(WHOLE, path, value)
    problems = refusal_of(lambda: compile_scenario(Scenario.of(document, "spoiled")))
    assert problems is None or (problems and all(p.found and p.expected for p in problems))


@settings(max_examples=100)
@given(st.text(max_size=40))
def test_any_override_is_read_or_refused(text):
    problems = refusal_of(lambda: load("luque2024-small", [text]))
    assert problems is None or problems


@given(st.dictionaries(st.sampled_from("abc"), anything, max_size=3))
def test_a_document_merged_with_itself_is_itself(document):
    once = merge({}, document)
    assert repr(merge(once, document)) == repr(once)


@settings(max_examples=25)
@given(st.integers(1, 10**6), st.floats(1, 200), st.integers(0, 2**63 - 1))
def test_a_scenario_survives_being_written(cells, radius, seed):
    changes = [f"dose.cells={cells}", f"culture.radius={radius} um", f"seed={seed}"]
    plan = compile_scenario(load("luque2024-small", changes))
    again = compile_scenario(Scenario.of(tomllib.loads(plan.resolved), "again"))
    assert again.run_key == plan.run_key


@given(
    st.floats(1e-6, 1e6), st.sampled_from([("h", "min"), ("mm", "um"), ("cm^3", "um^3"), ("1/day", "1/min")])
)
def test_there_and_back_is_the_same_number(value, units):
    there, back = units
    assert convert(convert(value, there, back), back, there) == pytest.approx(value, rel=1e-11)


def test_an_override_of_a_path_equals_the_merged_table():
    document = {"culture": {"radius": "1 um"}}
    assert overridden(document, "culture.box=2 um", ()) == merge(document, {"culture": {"box": "2 um"}})


def test_every_scenario_of_the_library_is_toml_again():
    for name in (name for name in catalog.names("scenarios") if not is_comparison(name)):
        text = load(name).text()
        assert tomli_w.dumps(tomllib.loads(text)) == text
