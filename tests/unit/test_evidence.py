"""The evidence book keeps its word: kinds are earned, old verdicts are named, seeds are made once."""

import functools
import json
import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from perforin.errors import InputError, RunError
from perforin.evidence.book import Book
from perforin.evidence.probes import Probe
from perforin.evidence.rows import Row
from perforin.evidence.stored import read_seed, seed_file
from perforin.evidence.validate import read_book, validate

SOURCE = """
kind = "{kind}"
question = "Does the toy stay a toy?"
experiments = ["toy-2024"]
exercises = ["perforin.streams.draw"]
{more}
"""

TOY = '''
"""A toy whose seeds take no time."""
from pathlib import Path
from perforin.errors import RunError
from perforin.evidence.probes import Probe
from perforin.evidence.rows import Row

SEEDS = {"plain": range(1, 4)}


def probe():
    return Probe((Path(__file__).parent / "law.txt").read_text().strip(), {"x": 1.0}, "this machine")


def run_seed(arm, seed, folder):
    if seed == 3 and (Path(__file__).parent / "broken.txt").exists():
        raise RunError("seed 3 always fails")
    import time
    time.sleep(float((Path(__file__).parent / "pause.txt").read_text()))
    return {"value": float(seed)}


def judge(results):
    values = [numbers["value"] for numbers in results["plain"].values()]
    mean = sum(values) / len(values) if values else float("nan")
    return [Row("mean", mean, 2.0, 0.1, "three seeds, no noise", arm="plain")]
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A published case of three seeds in ./validation of an empty working directory."""
    folder = tmp_path / "validation" / "published" / "toy"
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text(SOURCE.format(kind="prediction", more=""))
    (folder / "case.py").write_text(TOY)
    (folder / "law.txt").write_text("law-1")
    (folder / "pause.txt").write_text("0")
    root = str(Path(__file__).resolve().parents[2])
    monkeypatch.setenv("PYTHONPATH", root + os.pathsep + os.environ.get("PYTHONPATH", ""))
    monkeypatch.chdir(tmp_path)
    return folder


def _declare(folder, kind, more=""):
    (folder / "source.toml").write_text(SOURCE.format(kind=kind, more=more))


def test_a_prediction_with_a_parameter_set_in_view_of_its_experiment_is_refused(toy):
    _declare(
        toy, "prediction", '[[parameter]]\npath = "growth.duration"\nsource = "fit"\nseen = ["toy-2024"]'
    )
    with pytest.raises(InputError, match=r"growth\.duration was set with toy-2024 in view"):
        read_book(["toy"])


def test_the_same_declaration_called_a_calibration_is_allowed(toy):
    _declare(
        toy, "calibration", '[[parameter]]\npath = "growth.duration"\nsource = "fit"\nseen = ["toy-2024"]'
    )
    assert read_book(["toy"]).rows[0].kind == "calibration"


def test_a_calibration_elsewhere_on_the_same_experiment_breaks_the_word_too(toy):
    _declare(toy, "prediction", '[[parameter]]\npath = "growth.duration"\nsource = "a paper"')
    other = toy.parent / "fit"
    other.mkdir()
    _declare(other, "calibration", 'tunes = ["growth.duration"]')
    with pytest.raises(InputError, match=r"growth\.duration was set with toy-2024 in view"):
        read_book(["toy"])


def test_a_calibration_may_not_foretell_what_its_parameters_were_set_with(toy):
    parameter = '[[parameter]]\npath = "growth.duration"\nsource = "fit"\nseen = ["toy-2025"]'
    _declare(toy, "calibration", 'predicts = ["toy-2026"]\n' + parameter)
    assert read_book(["toy"]).rows[0].kind == "calibration"
    _declare(toy, "calibration", 'predicts = ["toy-2025"]\n' + parameter)
    with pytest.raises(InputError, match=r"predicts.*growth\.duration was set with toy-2025 in view"):
        read_book(["toy"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('kind = "forecast"', "verification | calibration | prediction"),
        ('kind = "prediction"\nqestion = "?"', "did you mean 'question'"),
        ("kind = ", "a TOML file"),
    ],
)
def test_a_declaration_with_a_slip_says_what_was_expected(toy, text, message):
    (toy / "source.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        read_book(["toy"])
    assert message in str(caught.value)


def test_a_case_that_names_a_function_the_product_lacks_is_refused(toy):
    text = (toy / "source.toml").read_text().replace("streams.draw", "streams.drew")
    (toy / "source.toml").write_text(text)
    with pytest.raises(InputError, match=r"perforin\.streams\.drew"):
        read_book(["toy"])


def test_an_unknown_case_suggests_the_right_word(toy):
    with pytest.raises(InputError, match="did you mean 'toy'"):
        validate(["toyy"])


def test_without_all_seeds_the_book_says_open_and_how_many(toy):
    row = read_book(["toy"]).rows[0]
    assert row.ok is None
    assert row.verdict == "open (0 of 3 seeds)"


def test_validate_makes_the_seeds_and_judges_them(toy):
    heard = []
    book = validate(["toy"], heard.append)
    (row,) = book.rows
    assert (row.ok, row.measured, row.seeds) == (True, 2.0, (1, 2, 3))
    assert book.ok
    assert heard[-1].done == 3


def test_a_seed_that_is_in_is_not_made_again(toy):
    validate(["toy"])
    before = {file: file.stat().st_mtime_ns for file in Path("validation/results/toy").glob("*.json")}
    validate(["toy"])
    assert len(before) == 3
    assert before == {file: file.stat().st_mtime_ns for file in Path("validation/results/toy").glob("*.json")}


def test_a_verdict_of_other_laws_is_stale_until_it_is_made_again(toy):
    validate(["toy"])
    (toy / "law.txt").write_text("law-2")
    book = read_book(["toy"])
    assert book.rows[0].ok is None
    assert book.rows[0].verdict.startswith("stale (made at commit")
    assert book.stale
    assert validate(["toy"]).rows[0].ok is True
    assert read_seed(seed_file("toy", "plain", 1)).probe.hash == "law-2"


def test_a_failing_seed_is_named_and_the_others_are_kept(toy):
    (toy / "broken.txt").touch()
    with pytest.raises(RunError, match="plain seed 3 failed: seed 3 always fails"):
        validate(["toy"])
    assert seed_file("toy", "plain", 1).is_file()
    assert read_book(["toy"]).rows[0].verdict == "open (2 of 3 seeds)"


def test_an_interrupted_validation_continues_where_it_stopped(toy):
    (toy / "pause.txt").write_text("30")
    code = "from perforin.evidence.validate import validate; validate(['toy'])"
    hear_ctrl_c = functools.partial(
        signal.signal, signal.SIGINT, signal.SIG_DFL
    )  # a job in the background does not
    process = subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.DEVNULL, preexec_fn=hear_ctrl_c
    )
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    assert process.wait(25) != 0  # the seeds sleep 30 s: they were stopped, not awaited
    (toy / "pause.txt").write_text("0")
    assert validate(["toy"]).ok


def test_a_torn_result_names_the_file_to_delete(toy):
    validate(["toy"])
    seed_file("toy", "plain", 2).write_text('{"arm": "pla')
    with pytest.raises(InputError, match=r"plain-2\.json"):
        read_book(["toy"])


ROW = Row("q", 1.0, 1.0, 0.1, "why", case="c", kind="verification", commit="abc")


@pytest.mark.parametrize(
    ("measured", "rule", "ok"),
    [
        (1.05, "within", True),
        (1.2, "within", False),
        (float("nan"), "within", False),
        (float("inf"), "at least", False),
        (0.95, "at least", True),
        (0.8, "at least", False),
        (1.05, "at most", True),
        (1.2, "at most", False),
        (9.0, "shown", None),
    ],
)
def test_a_rule_decides_what_counts_as_met(measured, rule, ok):
    assert replace(ROW, measured=measured, rule=rule).ok is ok


def test_a_miss_makes_the_book_not_ok():
    assert Book([ROW], []).ok
    assert not Book([ROW, replace(ROW, measured=2.0)], []).ok


def test_the_json_carries_the_names_that_programs_rely_on():
    (row,) = json.loads(Book([replace(ROW, measured=float("nan"))], []).to_json())
    assert set(row) >= set("case kind quantity measured expected tolerance ok seeds commit".split())
    assert row["measured"] is None


def test_probes_agree_by_bits_on_one_machine_and_by_numbers_across_machines():
    here = Probe("a", {"cells": 588.0}, "m1")
    assert here.agrees(Probe("a", {"cells": 588.0}, "m1"))
    assert not here.agrees(Probe("b", {"cells": 588.0}, "m1"))
    assert here.agrees(Probe("b", {"cells": 588.1}, "m2"))
    assert not here.agrees(Probe("b", {"cells": 600.0}, "m2"))


def test_a_block_has_no_radius_on_any_machine():
    """Which is nan, and equals nothing: a verdict would be stale on every processor but the one that made it."""
    made = Probe("a", {"cells": 588.0, "radius": math.nan}, "m1")
    assert made.agrees(Probe("b", {"cells": 588.0, "radius": math.nan}, "m2"))
    assert not made.agrees(Probe("b", {"cells": 588.0, "radius": 70.0}, "m2"))
    assert not made.agrees(Probe("b", {"cells": math.nan, "radius": math.nan}, "m2"))


def test_a_row_measured_with_numpy_is_printed_as_json():
    row = Row("x", np.float64(1.0), np.float64(1.0), np.float64(0.1), "because")
    assert json.loads(json.dumps(row.as_json()))["ok"] is True
