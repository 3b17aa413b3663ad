"""What a slip in effects and exchange says: by the real command, with file, key, what was expected and the nearest word."""

import subprocess
import sys

import pytest
import starved

FIELD = """
[library.fields.poison]
name = "poison"
summary = "A poison."
unit = "nM"
diffusion = "100 um^2/min"
decay = "0.1 1/min"
start = "0 nM"
boundary = "closed"

[[library.fields.poison.effect]]
function = "kill"
way = "brakes"
most = 0.5
half = "1 nM"
obstacle = "suppression"

[[library.cells.target.exchange]]
field = "poison"
secretion = "1 amol/day"
"""
RIGHT = starved.text().replace('"IFN-gamma"]', '"IFN-gamma", "poison"]') + FIELD
ENTRY, CELL, KILLER = "[library.fields.poison]", "[library.cells.target]", "[library.cells.killer]"
SLIPS = {
    "an unknown function": ('function = "kill"', 'function = "kil"', [ENTRY, "effect[0].function", "mean 'kill'"]),
    "an unknown way": ('way = "brakes"', 'way = "brake"', [ENTRY, "effect[0].way", "mean 'brakes'"]),
    "a way of tumour cells": ('way = "brakes"', 'way = "raises"', ["effect[0].way", "'brakes' or 'feeds'"]),
    "a function of tumour cells on T cells": ('"kill"', '"PD-L1"', ["effect[0].on", "'T cell'", "'tumour'"]),
    "more than all": ("most = 0.5", "most = 1.5", ["effect[0].most", "1.5", "from 0 to 1"]),
    "a power of none": ("most = 0.5", "most = 0.5\npower = 0", ["effect[0].power", "from 1 to 3"]),
    "half at nothing": ('half = "1 nM"', 'half = "0 nM"', ["effect[0].half", "above 0"]),
    "a level of something else": ('half = "1 nM"', 'half = "1 mmHg"', ["effect[0].half", "1 mmHg", "in nM"]),
    "an unknown obstacle": ('= "suppression"', '= "supression"', ["effect[0].obstacle", "mean 'suppression'"]),
    "an unknown key": ("most = 0.5", "mots = 0.5", ["effect[0].mots", "mean 'most'"]),
    "exchange with nothing": ('field = "poison"', 'field = "poisson"', [CELL, "field", "mean 'poison'"]),
    "two things at once": (
        'secretion = "1 amol/day"', 'secretion = "1 amol/day"\nclearance = "1 um^3/min"', ["clearance and secretion"],
    ),
    "no amount": ('"1 amol/day"', '"1 1/day"', [CELL, "secretion", "1 1/day", "an amount per time", "nM"]),
    "hypoxic at no pressure": ('"1 amol/day"', '"1 amol/day"\nwhen = "hypoxic"', ["hypoxia", "no 'hypoxia'"]),
    "an unknown time": ('"1 amol/day"', '"1 amol/day"\nwhen = "engagd"', ["when", "mean 'engaged'"]),
    "induced by nothing": (
        '"1 amol/day"', '"1 amol/day"\nwhen = "induced"\ninduction = "1 pM"', ["induced_by", "no 'induced_by'"],
    ),
    "induced by a stranger": (
        '"1 amol/day"', '"1 amol/day"\nwhen = "induced"\ninduced_by = "IFN-gama"\ninduction = "1 pM"',
        [CELL, "induced_by", "mean 'IFN-gamma'"],
    ),
    "induced by itself": (
        '"1 amol/day"', '"1 amol/day"\nwhen = "induced"\ninduced_by = "poison"\ninduction = "1 nM"',
        ["induced_by", "nothing is induced by itself"],
    ),
    "an induction in another unit": (
        '"1 amol/day"', '"1 amol/day"\nwhen = "induced"\ninduced_by = "IFN-gamma"\ninduction = "1 mmHg"',
        [CELL, "induction", "1 mmHg", "in pM"],
    ),
    "steady without sink": (
        'decay = "0.1 1/min"', 'decay = "0 1/min"\nsteady = true', [ENTRY, "steady", "without sink or boundary"],
    ),
}  # fmt: skip
UPTAKE = '[[library.cells.killer.exchange]]\nfield = "glucose"\nuptake = "14 amol/s"\nhalf = "0.2 mM"'
OLD = {
    "two halves of one field": (UPTAKE, UPTAKE.replace("0.2", "0.3"), [KILLER, "exchange[0].half", "0.3 mM", "0.2 mM"]),
    "the same thing twice": (UPTAKE, UPTAKE + "\n\n" + UPTAKE, [KILLER, "exchange[1].uptake", "a second time"]),
    "oxygen": (UPTAKE, UPTAKE.replace("glucose", "oxygen"), [KILLER, "exchange[0]", "oxygen", "another field"]),
    "a voxel that the field does not fill": (
        UPTAKE, '[[library.cells.killer.exchange]]\nfield = "IFN-gamma"\nclearance = "1e4 um^3/min"\n\n' + UPTAKE,
        ["numerics.voxel", "20 um", "IFN-gamma falls over"],
    ),
}  # fmt: skip


def check(text, folder):
    file = folder / "starved.toml"
    file.write_text(text)
    asked = [sys.executable, "-m", "perforin", "check", str(file)]
    return subprocess.run(asked, capture_output=True, text=True, timeout=120)


def test_the_scenario_without_a_slip_is_right(tmp_path):
    answer = check(RIGHT, tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("slip", [*SLIPS, *OLD])
def test_a_slip_is_named_with_file_key_found_and_expected(slip, tmp_path):
    right, wrong, said = (SLIPS | OLD)[slip]
    start = RIGHT.index(FIELD) if slip in SLIPS else 0
    assert right in RIGHT[start:]
    answer = check(RIGHT[:start] + RIGHT[start:].replace(right, wrong, 1), tmp_path)
    words = answer.stdout + answer.stderr
    assert answer.returncode == 2, words
    assert "Traceback" not in words
    for word in said:
        assert word in words, words
