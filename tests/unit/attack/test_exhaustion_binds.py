"""Exhaustion changes who survives: after weeks of antigen T cells kill less, and rest gives back the first stage only."""

import pytest

from perforin.evidence.assays import chronic

DAYS = 10.0


@pytest.fixture(scope="module")
def kills():
    """Kills per T cell in a day: fresh, after ten days of antigen, the same with exhaustion off, and after rest."""
    return {
        "fresh": chronic.killed(0.0),
        "tired": chronic.killed(DAYS),
        "off": chronic.killed(DAYS, on=False),
        "rested": chronic.killed(DAYS, rest=20.0),
    }


def test_exhaustion_spares_half_of_the_targets_that_would_die(kills):
    assert kills["tired"] < 0.6 * kills["off"]
    assert kills["off"] == pytest.approx(kills["fresh"], rel=0.05)


def test_rest_gives_back_a_part_and_not_all(kills):
    assert 1.1 * kills["tired"] < kills["rested"] < 0.9 * kills["fresh"]
