"""What a block says of its lesion: what it is a sample of, its founders, its guesses, and what empty means."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from perforin.analysis.guesses import caveat
from perforin.analysis.lesion import lesion, none_left, stands_for
from perforin.analysis.slabs import slabs
from perforin.analysis.slabs_answer import summary as over_replicates
from perforin.analysis.summary import summary
from perforin.report.asked import asked

WEIGHT = 4e5
ENTRY = {
    "path": "blood.extravasation",
    "value": 8e-3,
    "unit": "1/(day*cm^3)",
    "grade": "assumed",
    "spread": [8e-4, 8e-2],
    "note": "the answer depends on it",
}


def run(
    tumour=(6000, 5000, 7000),
    negative=(1100, 900, 1800),
    entered=3,
    frozen=(0, 0, 0),
    doses=({"cells": 2.5e8, "route": "intravenous", "tick": 0, "car": "CAR-T"},),
    sources=(ENTRY,),
):
    """A run of one row per ten days; no cells were kept."""
    rows = len(tumour)
    series = pd.DataFrame(
        {
            "day": 10.0 * np.arange(rows), "tumour_cells": tumour, "antigen_negative": negative, "kills": 0.0,
            "t_cells": [0.0, *[entered] * (rows - 1)], "entered": [0.0, *[entered] * (rows - 1)],
            "block_edge": np.linspace(310.0, 341.0, rows), "id_per_cm3": np.linspace(0.0, 0.04, rows), "block_frozen": frozen,
        }
    ).astype(float)  # fmt: skip
    meta = {
        "block": {"weight": WEIGHT}, "doses": list(doses), "geometry": {"kind": "block", "box": [310.0] * 3},
        "types": [{"name": "tumour", "role": "tumour"}], "antigen": {"unit": "copy", "answer_threshold": 0.1}, "days": 20, "tick_minutes": 0.1,
    }  # fmt: skip
    return SimpleNamespace(
        meta=meta, series=series, snapshot_days=[], cells=None, sources=sources, scenario_text="", events=None
    )


def test_a_block_says_what_it_is_a_sample_of_and_that_few_founders_are_no_answer():
    assert stands_for(run()) == (
        "This block is a sample of the whole lesion, one of 400,000 such pieces on day 0; 3 T cells entered it (its "
        "founders), too few for one run to be an answer: read it as one of at least 8 replicates."
    )
    assert "replicates" not in stands_for(run(entered=30))
    assert (
        stands_for(run(doses=()))
        == "This block is a sample of the whole lesion, one of 400,000 such pieces on day 0."
    )


def test_the_summary_of_a_block_gives_the_lesion_and_the_dose_per_cm3_beside_what_was_seen_in_man():
    said = summary(run())
    assert said.headline.startswith("This block is a sample")
    assert "this slab" not in str(said).lower()
    assert "dish" not in str(said)
    assert "Lesion          11.9 \u2192 15.9\u00a0cm\u00b3" in str(said)
    assert "Dose per cm\u00b3    0.0020\u00a0%" in str(said)


def test_an_empty_block_is_a_bound_and_no_cure():
    said = summary(run(tumour=(6000, 0, 0), negative=(1100, 0, 0)))
    assert (
        "fewer than about 1,200,000 cells in the lesion (95\u00a0%)" in said.headline
        or "fewer than about 1,200,000 cells in the lesion (95 %)" in said.headline
    )
    assert "No tumour cell is left in this block" in said.headline
    few = lesion(run(tumour=(600, 0, 0), negative=(3, 0, 0)))
    assert "too small to show escape" in none_left(few)
    assert "cleared" not in none_left(few)


def test_a_frozen_block_says_since_when():
    said = " ".join(summary(run(tumour=(6000, 400, 300), frozen=(0, 1, 1))).sentences)
    assert "From day 10" in said
    assert "too small to be a sample" in said
    assert lesion(run()).frozen_day != lesion(run()).frozen_day  # not a number


def test_the_answer_names_the_guess_on_which_it_rests():
    assert "how readily T cells leave the blood for the tumour (blood.extravasation 0.008" in caveat(run())
    assert "0.0008 to 0.08" in caveat(run())


def test_a_static_brake_of_one_is_no_guess_and_what_else_decides_is_named():
    guess = {
        "value": 1.0,
        "unit": "1",
        "source": "assumed",
        "grade": "assumed",
        "note": "",
        "spread": [0.1, 1],
    }
    brake = {**guess, "path": "tumour.suppression.product"}
    limit = {**guess, "path": "activation.limit", "value": 10, "spread": [4, 11]}
    dense = {**guess, "path": "tumour.matrix.density", "value": 14, "unit": "mg/mL", "spread": [10, 30]}
    of_a_kind = {**guess, "path": "CAR (car-t-cd8).activation.limit", "value": 4}
    rows = [*run().sources, brake, limit, dense, of_a_kind]
    said = caveat(run(sources=rows))
    assert "suppression.product" not in said
    assert "3 guesses that decide it" in said
    assert "how often a T cell divides without help (activation.limit 10, prior 4 to 11)" in said
    assert "how dense the stroma is (matrix.density 14" in said


def test_replicates_of_a_block_speak_together():
    runs = [run(entered=n) for n in (2, 3, 4)]
    assert len(slabs(runs)) == 3
    said = str(over_replicates(runs))
    assert "This block is a sample of the whole lesion" in said
    assert "2 to 4 T cells entered each of its 3 replicates" in said
    assert "not yet one either" in said
    assert "nan" not in said


def test_the_report_says_what_was_asked():
    words = asked(run())
    assert "A block from within a lesion" in words
    assert "into a vein" in words
    assert "310\u00a0\u00b5m wide on day 0" in words
    assert "The block was watched" in words


@pytest.mark.parametrize("key", ["share", "weight"])
def test_numbers_of_a_block_are_plain(key):
    json.dumps(getattr(lesion(run()), key))


def test_what_else_took_cells_is_said_so_that_few_kills_do_not_pass_for_the_fall():
    """Want of oxygen from 5 % of the start on, and a treatment of the stroma with what it left of the vessels."""
    one = run(tumour=(6000, 5000, 4000))
    one.series["kills"], one.series["necroses"] = [0.0, 40.0, 50.0], [0.0, 400.0, 671.0]
    said = "671 tumour cells died for want of oxygen, more than T cells killed."
    assert said in summary(one).sentences
    one.series["kills"] = [0.0, 400.0, 900.0]
    assert "671 tumour cells died for want of oxygen." in summary(one).sentences
    one.series["necroses"] = [0.0, 100.0, 299.0]
    assert "oxygen" not in str(summary(one))
    one.series["vessel_density"] = [20.5, 18.0, 14.0]
    one.events = pd.DataFrame({"kind": ["kill", "depletion", "depletion"]})
    assert "stromal" not in str(summary(one))
    one.sources = (ENTRY, {"path": "depletion.rate", "grade": "yours", "value": 0.5, "unit": "1/day"})
    left = "The treatment of the stroma killed 2 stromal cells; 14.0 of 20.5 capillaries per mm² were left."
    assert left in summary(one).sentences


def test_a_block_says_how_many_vessels_it_has_and_when_they_are_too_few():
    """20.5 per mm² cross a face of 310 µm twice, one of 600 µm seven times; nothing is said where none are drawn."""
    one = run()
    assert "Vessels" not in str(summary(one))
    one.meta["vessels"] = [{}, {}]
    one.series["vessel_density"] = [20.5, 18.0, 10.0]
    (few,) = [number for number in summary(one).numbers if number.label == "Vessels"]
    assert (few.text, "luck" in few.note) == ("2 → 1", True)
    one.series["block_edge"], one.series["vessel_density"] = [600.0, 600.0, 600.0], 20.5
    (many,) = [number for number in summary(one).numbers if number.label == "Vessels"]
    assert (many.text, "luck" in many.note) == ("7 → 7", False)
