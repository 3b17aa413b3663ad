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


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("radius =", "radus =", ["culture.radus", "did you mean 'radius'"]),
        ('value = 30, unit = "um"', 'value = 30, unit = "min"', ["culture.radius", "min", "um"]),
        ('{ value = 30, unit = "um" }', '"wide"', ["culture.radius", "wide"]),
        ("cells = 12", "cells = -12", ["dose[0].cells", "-12"]),
        ("cells = 12", "cells = nan", ["dose[0].cells", "nan"]),
        ("cells = 12", "cells = 1e99", ["dose[0].cells", "1e+99"]),
        ("days = 0.05", 'days = "long"', ["days", "long"]),
        ('route = "medium"', 'route = "medum"', ["dose[0].route", "did you mean 'medium'"]),
        ('car = "CAR-T"', 'car = "CAR-X"', ["dose[0].car", "CAR-T"]),
        ("[culture]", '[culture]\ntumour = "luque2024-organiod"', ["culture.tumour", "luque2024-organoid"]),
        ("[culture]", "[culture]\nantigen.negative_below = { value = 2 }", ["culture.antigen"]),
        ("[[dose]]", "[[dose]", ["broken TOML", "line"]),
        ('from = "luque2024-small"', 'from = "tiny.toml"', ["circle", "tiny.toml"]),
        ('from = "luque2024-small"', 'from = "luque2024-smal"', ["from", "luque2024-small"]),
    ],
)
def test_a_wrong_scenario_is_refused_with_file_key_found_expected_and_the_nearest_word(
    perforin, scenario, old, new, words
):
    text = scenario()
    assert old in text
    perforin.write("tiny.toml", text.replace(old, new))
    said = perforin("run", "tiny.toml")
    assert refused(said, "tiny.toml", *words)
    assert not (perforin.folder / "runs").exists()


def test_all_problems_of_a_file_are_said_together_also_to_programs(perforin, scenario):
    text = scenario(radius=-1).replace("cells = 12", "cells = -12").replace("box =", "bix =")
    perforin.write("tiny.toml", text)
    said = perforin("check", "tiny.toml", "--json")
    assert said.returncode == 2
    found = json.loads(said.stdout)
    assert found["ok"] is False
    assert {"culture.radius", "culture.bix", "dose[0].cells"} <= {p["key"] for p in found["problems"]}
    for problem in found["problems"]:
        assert set(problem) == {"file", "key", "found", "expected", "suggestion"}


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
        (["--days", "-1"], "days"),
        (["--days", "nan"], "days"),
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
