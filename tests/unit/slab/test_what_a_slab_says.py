"""What a slab says of its lesion: the share, the founders, and what an empty slab means."""

from types import SimpleNamespace

import pandas as pd

from perforin.analysis.burden import describe
from perforin.analysis.lesion import cleared, stands_for

SLAB = {"share": 0.0051667, "weight": 2081.2}


def run(slab=SLAB, entered=(0, 41), negative=(1104, 0), doses=({"cells": 1},)):
    series = pd.DataFrame({"entered": entered, "antigen_negative": negative})
    return SimpleNamespace(meta={"slab": slab, "doses": list(doses)}, series=series)


def tumour(*cells):
    return describe(pd.Series(range(len(cells))).to_numpy(float), pd.Series(cells).to_numpy(float))


def test_the_share_and_the_founders_come_first():
    assert (
        stands_for(run())
        == "This slab stands for 0.5\u00a0% of the lesion; 41 T cells entered it (its founders)."
    )
    assert stands_for(run(doses=())) == "This slab stands for 0.5\u00a0% of the lesion."


def test_an_empty_slab_is_no_cured_lesion():
    assert "fewer than about 6,244 in that share of the lesion (95 %)." in cleared(run(), tumour(6000, 0))
    assert "too small to show escape" in cleared(run(negative=(19, 0)), tumour(6000, 0))
    assert cleared(run(), tumour(6000, 1)) == ""


def test_a_dish_says_nothing_of_a_lesion():
    assert stands_for(run(slab=None)) == cleared(run(slab=None), tumour(6000, 0)) == ""
