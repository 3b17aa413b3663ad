"""What a lesion of absurd size, or a fluid that cannot be, says: by the real command, with its place, before the run."""

import subprocess
import sys

import pytest

LESION = """
name = "lesion"
days = 1

[patient]
tumour = "glioblastoma"
lesion_volume = "12 cm^3"
contact_area = "2 cm^2"
edge = "310 um"
depth = "310 um"

[patient.csf]
entry = 0.05

[[car]]
targets = "IL13RA2"
cell = "car-t-cd8"

[[dose]]
car = "CAR-T"
day = 0
cells = 1e7
route = "intraventricular"
"""
SLIPS = {
    "all that is given enters": ("entry = 0.05", "entry = 1", ["patient.csf.entry: found 1, expected", "to below 1"]),
    "a level in the fluid that is no level of its field": (
        "[patient.csf]", '[patient.fields.glucose]\nfluid = "3 mmHg"\n\n[patient.csf]',
        ["patient.fields.glucose.fluid: found '3 mmHg', expected a level measured like the field, in mM"],
    ),
    "matrix that takes more than all of the speed of a cycle": (
        "[patient.csf]", '[patient.restraint]\nfraction = 2\n\n[patient.csf]',
        ["patient.restraint.fraction: found 2, expected a number from 0 to 1"],
    ),
    "egress along vessels that are not drawn": (
        "[patient.csf]", '[patient.vessels]\negress = "0.1 1/day"\n\n[patient.csf]',
        ["patient.vessels.egress: found '0.1 1/day', expected one of collapse, squeeze_half, squeeze_power"],
    ),
    "less than nothing enters, into no fluid": (
        "entry = 0.05", 'entry = -0.1\nvolume = "0 mL"',
        ["patient.csf.entry: found -0.1", "patient.csf.volume: found '0 mL', expected a number above 0 (mL)"],
    ),
    "a slab of few cells": (
        'edge = "310 um"\ndepth = "310 um"', 'edge = "90 um"\ndepth = "3 um"',
        ["patient.edge: found 90 um, expected at least 115 um: 6 cells side by side",
         "patient.depth: found 3 um, expected at least 19 um: one layer of cells"],
    ),
    "a slab without size": (
        'edge = "310 um"\ndepth = "310 um"', 'edge = "0 um"\ndepth = "-1 um"',
        ["patient.edge: found '0 um'", "patient.depth: found '-1 um'", ": 2 problems"],
    ),
    "a face in metres is said once": ('edge = "310 um"', 'edge = "310 m"', ["patient.edge: found '310 m'", ": 1 problem\n"]),
    "a face beyond the contact area": ('"2 cm^2"', '"2 um^2"', ["patient.edge", "a face within the contact area (2 um^2)"]),
    "a slab deeper than the lesion": ('"12 cm^3"', '"0.01 cm^3"', ["patient.depth", "at most 50 um"]),
    "a length for an area": ('"2 cm^2"', '"2 cm"', ["patient.contact_area", "the unit 'cm'", "um^2"]),
    "a lesion of cubic metres": ('"12 cm^3"', '"12 m^3"', ["patient.lesion_volume: found '12 m^3'", "at most 1e+16"]),
    "damage of a patient": (
        "[patient.csf]", "[patient.damage]\nlethal = 4\n\n[patient.csf]",
        ["patient.damage: found numbers of damage, expected them in [car.damage]"],
    ),
    "a lesion misspelt": ("lesion_volume", "lesion_volum", ["patient.lesion_volum:", "did you mean 'lesion_volume'?"]),
}  # fmt: skip


def check(text, folder):
    file = folder / "lesion.toml"
    file.write_text(text)
    asked = [sys.executable, "-m", "perforin", "check", str(file)]
    return subprocess.run(asked, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("slip", SLIPS)
def test_a_lesion_that_cannot_be_is_named_with_its_place(slip, tmp_path):
    right, wrong, said = SLIPS[slip]
    assert right in LESION
    answer = check(LESION.replace(right, wrong), tmp_path)
    words = answer.stdout + answer.stderr
    assert answer.returncode == 2, words
    assert "Traceback" not in words
    for word in said:
        assert word in words, words


def test_the_lesion_itself_is_right(tmp_path):
    answer = check(LESION, tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr
