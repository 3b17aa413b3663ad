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
        ["correlation[0].between", "'Z'", "one of A, B"],
    ),
    "a correlation with itself": (
        "[library.cells.target]",
        "correlation = [{ between = ['A', 'A'], value = 0.2 }]\n\n[library.cells.target]",
        ["correlation[0].between", "'A' with itself", "two different antigens"],
    ),
    "a correlation said twice": (
        "[library.cells.target]",
        "correlation = [{ between = ['A', 'B'], value = 0.2 }, { between = ['B', 'A'], value = 0 }]\n\n"
        "[library.cells.target]",
        ["correlation[1].between", "B and A a second time", "each pair once"],
    ),
    "a correlation of three": (
        "[library.cells.target]",
        "correlation = [{ between = ['A', 'B', 'A'], value = 1.4 }]\n\n[library.cells.target]",
        ["correlation[0].between", "a list of at most 2", "correlation[0].value", "from -1 to 1"],
    ),
    "steps of T cells that do not fit into those of the tissue": (
        'crowded_mechanics = "0.5 min"', 'mechanics = "2 min"\ncontact = "3 min"\ncrowded_mechanics = "1.5 min"',
        ["numerics.contact: found 3 min", "multiple of mechanics (2 min)",
         "numerics.crowded_mechanics: found 1.5 min", "divides that of mechanics (2 min)"],
    ),
    "numbers of the other attack": (
        'cell = "killer"', 'cell = "killer"\nkilling = { rate = "1 1/min" }',
        ["car[0].killing", "a tumour that carries a relative level"],
    ),
    "numbers of the tumour in a T cell": (
        'mechanics = { adhesion', 'crowding = { capacity = "1e-3 cell/um^2" }\nmechanics = { adhesion',
        ["[library.cells.killer]", "crowding", "[culture.crowding]", "acts on tumour cells"],
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


def test_damage_of_a_tumour_is_refused_wherever_it_stands_and_sent_to_the_car(tmp_path):
    text = DISH.replace("seed = 1", "seed = 1\ndamage = { lethal = 4 }")
    text = text.replace("growth = { proliferates = 0 }", "damage = { lethal = 4 }", 1)
    text = text.replace('cell = "target"', 'cell = "target"\ndamage = { lethal = 4 }')
    text = text.replace("necrosis = { rate", "damage = { lethal = 4 }\nnecrosis = { rate", 1)
    text = text.replace('summary = "An antigen."', 'summary = "An antigen."\ndamage = { lethal = 4 }')
    answer = check(text, tmp_path)
    assert answer.returncode == 2, answer.stdout
    said = answer.stdout + answer.stderr
    for file, key in (
        ("dish.toml: 2 problems", "  damage"),
        ("dish.toml: 2 problems", "  culture.damage"),
        ("[library.tumours.patch]: 1 problem", "  damage"),
        ("[library.cells.target]: 1 problem", "  damage"),
        ("[library.antigens.A]: 1 problem", "  damage"),
    ):
        assert file in said, said
        assert (
            f"{key}: found numbers of damage, expected them in [car.damage]: damage acts on T cells" in said
        )
    assert said.count("[car.damage]") == 5


def test_a_slip_in_an_entry_hides_none_in_the_scenario(tmp_path):
    text = (
        DISH.replace('antigen = "A"\nkd', "kd")
        .replace("day = 0", 'at = "-1 h"')
        .replace("cells = 60", "cels = 60")
    )
    answer = check(text, tmp_path)
    said = answer.stdout + answer.stderr
    assert answer.returncode == 2, said
    for words in (
        "dose[0].at: found '-1 h'",
        "did you mean 'cells'",
        "antigen: found nothing, expected this key",
    ):
        assert words in said, said
    assert "which binds" not in said


def test_the_dish_itself_is_right(tmp_path):
    answer = check(DISH, tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr
