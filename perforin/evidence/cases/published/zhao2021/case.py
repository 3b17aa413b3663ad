"""Dense collagen slows T cells and lowers killing, and what a contact does stays as it is: 2 and 5 mg/mL.

The speed in a gel is the law's at its density. Kills are those of CD8 CAR-T cells that walk through a gel to a ball of
tumour cells in it; each contact may kill as before, so kills per attachment should not fall with the density.
"""

import numpy as np

from perforin.evidence import matrix
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row
from perforin.mechanisms.tissue.passage import Passage, drag

HOURS, SEEDS = 36.0, range(1, 3)
GEL = "culture.matrix.capsule=400 um"


def measure(seed=None) -> list[Row]:
    """Both gels."""
    expected, law = read_figures(__file__), Passage()
    loose, dense = (matrix.run((GEL, f"culture.matrix.density={d} mg/mL"), HOURS, SEEDS) for d in (2, 5))
    slow, fast = (drag(d, law.half_density.value, law.steepness.value) for d in (5.0, 2.0))
    of_contacts = (dense.kills / dense.attachments) / (loose.kills / loose.attachments)
    luck = np.sqrt(1.0 / dense.kills + 1.0 / loose.kills)
    return [
        expected.row("speed in 5 against 2 mg/mL", slow / fast),
        expected.row("kills in 5 against 2 mg/mL", dense.kills / loose.kills),
        expected.row("kills per contact in 5 against 2 mg/mL", of_contacts),
        Row("its standard error", luck, 0.0, 0.0, "of the kills counted", rule="shown"),
    ]
