"""What a person may get wrong, through the real command: one clear message, the right exit code, nothing left."""

import json

import pytest


def refused(said, *words):
    """The command refused the input, said why in these words, and kept its traceback to itself."""
    assert said.returncode == 2, said.stderr
    assert said.stdout == ""
    assert "Traceback" not in said.stderr
    for word in words:
        assert word in said.stderr
    return True


MANY = """
from = "luque2024-small"
name = "many"
days = "long"

[culture]
tumour = "luque2024-organiod"
radus = { value = 30, unit = "um" }
radius = { value = 30, unit = "min" }
box = "wide"

[[car]]
name = "CAR-T"
targets = "oncoprotien"
cell = "luque2024-car-t"

[[dose]]
car = "CAR-X"
day = 0
cells = -12
route = "medum"

[[dose]]
car = "CAR-T"
day = 0
cells = nan
route = "medium"

[[dose]]
car = "CAR-T"
day = 0
cells = 1e99
route = "medium"
"""
SAID = {  # key: what the message must hold
    "days": ["'long'", "number"],
    "culture.tumour": ["did you mean 'luque2024-organoid'"],
    "culture.radus": ["unknown key", "did you mean 'radius'"],
    "culture.radius": ["unit 'min'", "'um'"],
    "culture.box": ["'wide'", "number"],
    "car[0].targets": ["did you mean 'oncoprotein'"],
    "dose[0].car": ["did you mean 'CAR-T'"],
    "dose[0].cells": ["-12", "whole number"],
    "dose[0].route": ["did you mean 'medium'"],
    "dose[1].cells": ["nan", "whole number"],
    "dose[2].cells": ["1e+99", "whole number"],
}


def test_all_problems_of_a_file_are_said_together_with_key_found_expected_and_the_nearest_word(perforin):
    perforin.write("many.toml", MANY)
    said = perforin("run", "many.toml")
    assert refused(said, "many.toml: 11 problems")
    lines = dict(line.strip().split(": ", 1) for line in said.stderr.splitlines() if line.startswith("  "))
    assert set(lines) == set(SAID)
    for key, words in SAID.items():
        for word in words:
            assert word in lines[key]
    assert not (perforin.folder / "runs").exists()


def test_programs_get_the_same_problems_as_data(perforin):
    perforin.write("many.toml", MANY)
    said = perforin("check", "many.toml", "--json")
    assert said.returncode == 2
    found = json.loads(said.stdout)
    assert found["ok"] is False
    assert {problem["key"] for problem in found["problems"]} == set(SAID)
    for problem in found["problems"]:
        assert set(problem) == {"file", "key", "found", "expected", "suggestion"}
        assert problem["file"].endswith("many.toml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[[dose]]", "[[dose]", ["broken TOML", "line"]),
        ('from = "luque2024-small"', 'from = "tiny.toml"', ["circle", "tiny.toml"]),
        ('from = "luque2024-small"', 'from = "luque2024-smal"', ["from", "did you mean 'luque2024-small'"]),
    ],
)
def test_a_file_that_cannot_be_read_through_is_refused_with_the_place(perforin, scenario, old, new, words):
    text = scenario()
    assert old in text
    perforin.write("tiny.toml", text.replace(old, new))
    assert refused(perforin("run", "tiny.toml"), "tiny.toml", *words)
    assert not (perforin.folder / "runs").exists()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\xef\xbb\xbfdays = 1\n", "byte-order mark"),
        ("name = 'µm'\n".encode("latin-1"), "not UTF-8"),
        (b"", "empty"),
        (b"\x00\x01\x02", "TOML"),
    ],
)
def test_a_file_that_is_not_toml_in_utf8_is_refused(perforin, content, word):
    (perforin.folder / "tiny.toml").write_bytes(content)
    assert refused(perforin("check", "tiny.toml"), "tiny.toml", word) is True


def test_a_missing_file_names_its_nearest_neighbour_and_a_folder_is_no_scenario(perforin, scenario):
    perforin.write("tiny.toml", scenario())
    assert refused(perforin("run", "tinny.toml"), "no such file", "did you mean 'tiny.toml'")
    (perforin.folder / "folder.toml").mkdir()
    assert refused(perforin("run", "folder.toml"), "directory")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--set", "culture.radus=40 um"], "did you mean 'radius'"),
        (["--set", "culture.radius"], "path=value"),
        (["--set", "dose[3].cells=4"], "index"),
        (["--seed", "-1"], "--seed"),
        (["--days", "nan"], "--days nan"),
        (["--library", "nowhere"], "no such folder"),
        (["--set", "culture.box=100 mm"], "TB of memory"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_written(perforin, scenario, words, message):
    perforin.write("tiny.toml", scenario())
    assert refused(perforin("run", "tiny.toml", *words), message)
    assert not (perforin.folder / "runs").exists()


def test_a_path_with_spaces_and_signs_is_a_path_like_any_other(perforin, scenario):
    place = perforin.folder / "my tumours µ"
    place.mkdir()
    (place / "a first try.toml").write_text(scenario(), encoding="utf-8")
    said = perforin("check", "my tumours µ/a first try.toml")
    assert said.returncode == 0, said.stderr


def test_an_ascii_terminal_gets_an_answer_all_the_same(perforin):
    said = perforin("library", "fields", PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert said.returncode == 0
    assert "Traceback" not in said.stderr
