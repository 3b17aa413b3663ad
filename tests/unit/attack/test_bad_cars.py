"""What a slip in antigens, binders and gates says: by the real command, all problems, with the nearest right word."""

import subprocess
import sys

import pytest
from dish import DISH

SLIPS = {
    "a name nobody has": ('targets = "anti-A"', 'targets = "anti-Q"', ["car[0].targets", "'anti-Q'", "anti-A"]),
    "a gate nobody knows": ('targets = "anti-A"', 'targets = { eihter = ["anti-A", "anti-B"] }', ["eihter", "either"]),
    "a gate of one": ('targets = "anti-A"', 'targets = { both = ["anti-A"] }', ["two names"]),
    "the same binder twice": (
        'targets = "anti-A"', 'targets = { both = ["anti-A", "anti-A"] }', ["two different binders"],
    ),
    "a gate over an antigen that no binder is called by": (
        'targets = "anti-A"', 'targets = { either = ["anti-A", "B"] }', ["'B', an antigen", "anti-B"],
    ),
    "a primed gate": ('targets = "anti-A"', 'targets = { if_then = { prime = "A", kill = "B" } }', ["if_then"]),
    "a binder of what the tumour lacks": (
        'antigens.B = {', 'antigens.A2 = {', ["A2", "expected one of"],
    ),
    "an affinity outside the law": ('kd = "10 nM"', 'kd = "1 mM"', ["kd", "1 mM", "10000"]),
    "a binder without an antigen": ('antigen = "A"\nkd', "kd", ["antigen", "anti-A"]),
    "an epitope nobody has": ('antigen = "A"\nkd', 'antigen = "A"\nepitope = "806"\nkd', ["806", "A has none"]),
    "shares that do not make one": ('cell = "killer"', 'cell = { killer = 0.6 }', ["0.6", "make 1"]),
    "a share above one": ("positive_fraction = 1,", "positive_fraction = 1.5,", ["positive_fraction", "1.5"]),
    "copies in cells": ('median = "20000 copy"', 'median = "20000 cell"', ["median", "cell", "copy"]),
    "an unknown antigen changed": (
        "[[car]]", '[culture.antigens.AA]\npositive_fraction = 0.5\n\n[[car]]', ["culture.antigens.AA", "A"],
    ),
    "t cells before the tumour": ("day = 0", "day = -1", ["dose[0].day", "-1"]),
    "a contact step that does not fit": (
        "[numerics]", '[numerics]\ncontact = "0.7 min"', ["numerics.contact", "0.7"],
    ),
    "correlations that contradict each other": (
        "[library.cells.target]",
        'antigens.C = { positive_fraction = 1, median = "1e4 copy", spread = 0.3, negative = "50 copy", drift = 5, '
        'recovery = "12 h" }\n'
        "correlation = [{ between = ['A', 'B'], value = 0.9 }, { between = ['B', 'C'], value = 0.9 }, "
        "{ between = ['A', 'C'], value = -0.9 }]\n\n"
        "[library.antigens.C]\nname = 'C'\nsummary = 'A third antigen.'\n\n[library.cells.target]",
        ["contradict", "correlation matrix"],
    ),
    "a correlation with a stranger": (
        "[library.cells.target]",
        "correlation = [{ between = ['A', 'Z'], value = 0.2 }]\n\n[library.cells.target]",
        ["'Z'", "correlation"],
    ),
}  # fmt: skip


def check(text, folder):
    file = folder / "dish.toml"
    file.write_text(text)
    asked = [sys.executable, "-m", "perforin", "check", str(file)]
    return subprocess.run(asked, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_named_with_file_key_found_and_expected(slip, tmp_path):
    right, wrong, said = SLIPS[slip]
    assert right in DISH
    answer = check(DISH.replace(right, wrong), tmp_path)
    words = answer.stdout + answer.stderr
    assert answer.returncode == 2, words
    assert "Traceback" not in words
    for word in said:
        assert word in words, words


def test_the_dish_itself_is_right(tmp_path):
    answer = check(DISH, tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr
