"""What a slab says of its lesion: the share, the founders, nadir and regrowth, its guesses, and what empty means."""

import json
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from perforin.analysis import slabs_answer
from perforin.analysis.guesses import caveat
from perforin.analysis.lesion import lesion, none_left, stands_for
from perforin.analysis.slabs import slabs, spread
from perforin.analysis.summary import summary
from perforin.face.replicates import Replicates

SLAB = {"share": 0.0051667, "weight": 2081.2, "depth": 310.0}
ENTRY = {
    "path": "csf.entry", "value": 0.01, "unit": "1", "grade": "assumed", "spread": [0.001, 0.05],
    "note": "not measured in man; the answer depends on it",
}  # fmt: skip
BRAKES = {
    "path": "tumour.suppression.product",
    "value": 0.5,
    "unit": "1",
    "grade": "assumed",
    "spread": [0.1, 0.5],
}


def run(
    tumour=(6000, 1500, 3000), negative=(1100, 900, 1800), entered=41, slab=SLAB, sources=(ENTRY, BRAKES),
    left=(35.0,),
):  # fmt: skip
    """A run of one row per ten days, with as many T cells as entered, and cells kept at the end."""
    rows = len(tumour)
    series = pd.DataFrame(
        {
            "day": 10.0 * np.arange(rows), "tumour_cells": tumour, "antigen_negative": negative, "kills": 0.0,
            "t_cells": [0.0, *[entered] * (rows - 1)], "entered": [0.0, *[entered] * (rows - 1)],
            "tissue_depth": np.linspace(310, 280, rows),
        }
    ).astype(float)  # fmt: skip

    def of(seen, unseen):
        """Cells at depths below the surface of day 0 [um], those that a CAR sees and those that none sees."""
        depth = np.array([*seen, *unseen])
        answer = np.where(np.arange(depth.size) < len(seen), 0.9, 0.01)
        table = pd.DataFrame({"type": "tumour", "fate": "alive", "answer": answer, "z": -465.0 - depth})
        return table.assign(antigen=1e4 * answer, contact_time=0.0, hits_felt=0.0, hits_open=0.0)

    full = np.linspace(0.155, 309.845, 1000)
    kept = [0.0, 10.0 * (rows - 1)]
    cells = {kept[0]: of(full, []), kept[-1]: of(left, [1.0])}
    meta = {
        "slab": slab, "doses": [{"cells": 1}] if entered else [], "geometry": {"box": [310.0, 310.0, 1550.0]},
        "types": [{"name": "tumour", "role": "tumour"}], "antigen": {"unit": "copy", "answer_threshold": 0.1},
    }  # fmt: skip
    return SimpleNamespace(
        meta=meta,
        series=series,
        snapshot_days=kept,
        cells=cells.__getitem__,
        sources=list(sources),
        scenario_text="",
    )


def test_the_share_and_the_founders_come_first():
    said = "This slab stands for 0.5\u00a0% of the lesion; 41 T cells entered it (its founders)."
    assert stands_for(run()) == said
    assert summary(run()).headline.startswith(said)
    assert stands_for(run(entered=0)) == "This slab stands for 0.5\u00a0% of the lesion."


def test_nadir_regrowth_and_what_regrows_are_counted_in_cells():
    found = lesion(run())
    assert (found.nadir, found.nadir_day, found.regrowth) == (1500, 10, 2)
    assert found.negative_of_regrown == 0.6  # 900 of the 1,500 gained
    words = " ".join([summary(run()).headline, *summary(run()).sentences])
    assert (
        "fell to 25\u00a0% of the start on day 10 (the nadir) and came back to 50\u00a0% of the start by day 20"
        in words
    )
    assert (
        "18.3\u00a0% of the tumour cells at the start, 60.0\u00a0% at the nadir and 60.0\u00a0% at the end"
        in words
    )
    assert "of the 1,500 gained since the nadir they make up 60\u00a0%" in words


def test_depth_is_cleared_as_far_as_one_in_a_hundred_of_those_seen_is_left():
    found = lesion(run())
    assert found.lost_depth == pytest.approx(30)
    assert found.cleared_depth == 310  # one of a thousand is left; the one above it is seen by no CAR
    deeper = np.full(20, 250.0)
    assert lesion(run(left=(35.0, *deeper))).cleared_depth == 245  # in layers of 5 um
    assert lesion(run(left=(1.0,) * 20)).cleared_depth == 0
    words = " ".join(summary(run(left=(35.0, *deeper))).sentences)
    assert "280\u00a0µm deep, 30\u00a0µm less than at the start" in words
    assert (
        "cleared 245\u00a0µm deep: down to there, from the surface of day 0, at most 1\u00a0% of the cells"
        in words
    )


def test_a_slab_claims_no_response():
    for one in (run(), run(entered=0), run((6000, 6100, 7000)), run((6000, 1500, 0), (1100, 900, 0))):
        words = str(summary(one)).lower()
        assert not re.search(r"response|shrank|shrink|remission|best", words), words


def test_an_empty_slab_is_no_cured_lesion():
    def empty(negative):
        return lesion(run((6000, 1500, 0), (negative, 0, 0)))

    assert "cleared: none in this sample means fewer than about 6,244 in that share" in none_left(empty(20))
    assert empty(20).is_cleared
    assert "too small to show escape" in none_left(empty(19))
    assert "cleared" not in none_left(empty(19))
    assert not empty(19).is_cleared
    assert none_left(lesion(run())) == ""
    assert "fewer than about 6,244" in summary(run((6000, 1500, 0), (1100, 900, 0))).headline


def test_the_guesses_that_decide_are_said_with_their_ranges():
    said = caveat(run())
    assert "csf.entry 1\u00a0%, prior 0.1 to 5\u00a0%, never measured in man" in said
    assert "suppression.product 0.5, prior 0.1 to 0.5" in said
    assert "below 30 founders it is given only over replicates (at least 8)" in said
    assert said in str(summary(run()))
    measured = [{**ENTRY, "grade": "human"}, BRAKES]
    assert "csf.entry" not in caveat(run(sources=measured))
    assert caveat(run(entered=0)) == ""  # no T cells, no share that enters


def test_under_thirty_founders_one_run_is_no_answer():
    assert (
        "too few for one run to be an answer: read it as one of at least 8"
        in summary(run(entered=29)).headline
    )
    assert "too few" not in summary(run(entered=30)).headline


def test_a_dish_says_nothing_of_a_lesion():
    dish = run(slab=None)
    assert stands_for(dish) == caveat(dish) == ""
    assert lesion(dish) is None


COURSES = (((6000, 1500, 3000), 41), ((6000, 600, 1800), 33), ((6000, 3000, 6000), 52))


def together(courses=COURSES, negative=(1100, 900, 900)):
    """Replicates of a slab, each with its course and its founders."""
    return [run(tumour, negative, entered) for tumour, entered in courses]


def said_by(runs):
    return str(slabs_answer.summary(runs))


def test_replicates_say_the_nadir_as_median_and_range_and_the_end_as_mean_and_interval():
    words = said_by(together())
    assert "stands for 0.5\u00a0% of the lesion; 33 to 52 T cells entered each of its 3 replicates" in words
    assert (
        "fell to 25\u00a0% of the start (10 to 50\u00a0%) on day 10 (the nadir, medians and ranges)" in words
    )
    end = slabs(together()).over(lambda one: 100 * one.end_of_start)
    assert (end.mean, end.median) == (60, 50)
    assert end.low == 0  # Student's t would go below, a share cannot
    assert f"came to 60\u00a0% of the start by day 20 (mean, 95\u00a0% interval 0 to {end.high:.0f})" in words
    assert re.search(r"Founders +41  \(T cells, median; 41, 33, 52\)", words)
    assert "no CAR sees, are 18.3\u00a0% of the tumour cells at the start and 31.7\u00a0% at the end" in words
    assert (
        "Why the survivors survived, 2 in the mean: antigen-negative 50.0\u00a0%, never reached 50.0" in words
    )
    assert not re.search(r"response|shrank|shrink|remission|best", words.lower())


def test_replicates_that_did_not_all_fall_are_told_apart():
    words = said_by(together([*COURSES, ((6000, 6100, 9000), 40)]))
    assert "In 3 of 4, the tumour cells fell to 25\u00a0%" in words
    assert "never fell clearly below the start" in said_by(together([((6000, 6100, 9000), 40)] * 2))


def test_replicates_are_cleared_only_where_escape_would_have_shown():
    emptied = ((6000, 1500, 0), 41)
    three = together([emptied, emptied, COURSES[0]], (20, 9, 0))
    assert "2 of 3 replicates were cleared. None in a sample means fewer than about 6,244" in said_by(three)
    few = said_by(together([emptied, COURSES[0]], (19, 9, 0)))
    assert "1 of 2 was empty at the end, too small a sample at the start to show escape" in few
    assert "cleared." not in few
    assert "No replicate was cleared: tumour cells are left in both." in said_by(together(COURSES[:2]))


@pytest.mark.parametrize(
    ("many", "words"), [(8, "only what holds over all 8 is"), (7, "it takes at least 8")]
)
def test_few_founders_need_eight_replicates(many, words):
    few = together([((6000, 1500, 3000), 29)] * many)
    assert words in said_by(few)
    assert "csf.entry 1\u00a0%" in said_by(few)
    assert "no single one is an answer" not in said_by(together([((6000, 1500, 3000), 30)] * many))


def test_replicates_of_a_dish_or_of_an_untreated_slab_claim_nothing_of_an_attack():
    assert slabs_answer.summary([run(slab=None)]) is None
    words = said_by(together([((6000, 7000, 9000), 0)] * 2))
    assert "Untreated, their tumour cells came to 150\u00a0%" in words
    assert not re.search(r"cleared:|founders|Kills", words)


def test_a_spread_of_one_has_no_interval_and_of_none_nothing():
    assert np.isnan(spread([3.0]).low)
    assert spread([3.0, float("nan")]).n == 1
    assert np.isnan(spread([]).median)


def test_the_interval_of_a_share_ends_at_all_of_it():
    """99, 99, 99 and 72 %: Student's interval of the mean would end at 114 %."""
    found = spread([99.0, 99.0, 99.0, 72.0], 100.0)
    assert (found.mean, found.high) == (92.25, 100.0)
    assert found.low == pytest.approx(92.25 - 21.48, abs=0.01)
    assert spread([99.0, 99.0, 99.0, 72.0]).high > 113


def test_a_parent_folder_of_slabs_gives_their_answer(tmp_path, monkeypatch):
    meta = {
        "name": "slab",
        "replicates": [{"seed": 1, "folder": "a"}, {"seed": 2, "folder": "b"}],
        "intervals": {},
    }
    (tmp_path / "run.json").write_text(json.dumps(meta))
    two = [SimpleNamespace(data=one) for one in together(COURSES[:2])]
    monkeypatch.setattr(Replicates, "runs", property(lambda self: two))
    found = Replicates.open(tmp_path)
    assert str(found.summary()).startswith("This slab stands for 0.5")
    assert "slab, seeds 1 to 2" in found.summary()
    assert "stands for" in repr(found)
