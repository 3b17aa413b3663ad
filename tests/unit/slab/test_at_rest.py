"""What an untreated archetype leaves of a T cell, its levels settled: within what tumours are taken to keep."""

import numpy as np
import pytest

from perforin.evidence.assays import at_rest


@pytest.fixture(scope="module")
def found():
    """Of four pieces of each archetype: those of a slab are alike, those of a block hold two or three vessels each."""
    return {
        "glioblastoma": [at_rest.products("glioblastoma-bivalent", seed) for seed in (1, 2)],
        "pancreatic": [at_rest.products("pancreatic-cd19-mesothelin", seed) for seed in (1, 2, 3, 4)],
    }


@pytest.mark.parametrize("tumour", ["glioblastoma", "pancreatic"])
def test_fields_and_pd_l1_together_keep_a_tenth_to_a_half_of_the_kills(found, tumour):
    """The median of the pieces' medians: 0.1 to 0.5 is the prior for tumours (an estimate, not measured)."""
    left = np.median([np.median(piece["kill"] * piece["PD-L1"]) for piece in found[tumour]])
    assert 0.1 < left < 0.5


@pytest.mark.parametrize("tumour", ["glioblastoma", "pancreatic"])
def test_growth_and_cytokine_are_held_back_more_than_killing(found, tumour):
    for piece in found[tumour]:
        assert (piece["proliferation"] < piece["kill"]).all()
        assert (piece["cytokine"] < piece["kill"]).all()
        assert ((piece["PD-L1"] > 0.4) & (piece["PD-L1"] < 1.0)).all()


def test_pancreatic_tissue_brakes_more_than_brain(found):
    kept = {tumour: np.median([np.median(p["kill"]) for p in pieces]) for tumour, pieces in found.items()}
    assert kept["pancreatic"] < 0.5 * kept["glioblastoma"]


def test_without_suppression_and_starvation_nothing_is_left_to_hold_a_t_cell_back():
    """Fresh T cells would carry nothing: only what fields are at rest counts, and none is left to act."""
    with pytest.raises(TypeError, match="no field acts"):
        at_rest.products("glioblastoma-bivalent", 1, 'without=["suppression", "starvation"]')
