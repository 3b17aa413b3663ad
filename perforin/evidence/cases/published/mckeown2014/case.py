"""Median oxygen of archetypes on day 0, beside what electrodes found in patients.

The density of vessels, or their share with flow, was set to meet these medians: it shows that they can be met with
numbers in the range of anatomy, and how much two pieces of one tumour differ. Those of a slab, whose vessels are spread
evenly, do not.
"""

import numpy as np

from perforin.evidence.assays import oxygen
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row

SEEDS = range(1, 9)
TUMOURS = {"pancreatic": "pancreatic-cd19-mesothelin", "glioblastoma": "glioblastoma-bivalent"}


def measure(seed=None) -> list[Row]:
    """The median over eight tissues of each archetype, and the range between them."""
    expected = read_figures(__file__)
    rows = []
    for tumour, scenario in TUMOURS.items():
        found = oxygen.medians(scenario, SEEDS)
        rows.append(expected.row(f"{tumour}: median oxygen", float(np.median(found))))
        rows.append(
            Row(
                f"{tumour}: range over {len(SEEDS)} pieces",
                float(np.ptp(found)),
                0.0,
                0.0,
                "shown: a piece holds few vessels, so pieces of one tumour differ",
                rule="shown",
                unit="mmHg",
            )
        )
    return rows
