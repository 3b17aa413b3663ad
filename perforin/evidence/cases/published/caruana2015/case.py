"""T cells with heparanase infiltrate more and lyse as before where there is no matrix: a direction.

Armed T cells keep up an enzyme in the voxel that they are in. Infiltration is their number within a ball of tumour
cells in a gel; lysis is that of a layer of tumour cells without matrix, in two dimensions, where the law gives the
enzyme nothing to do: that row can only find it doing something.
"""

from perforin.evidence import matrix
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row

HOURS, HOURS_OF_LYSIS, SEEDS = 36.0, 8.0, range(1, 2)
GEL = ("culture.matrix.capsule=400 um", "culture.matrix.density=6 mg/mL")
LAYER = (
    "culture.geometry=monolayer",
    "culture.medium.height=100 um",
    "culture.cells=150",
    "culture.box=300 um",
    "culture.layout=scattered",
    "culture.matrix.density=0 mg/mL",
)
ARMED = "car.remodelling.enzyme=1"


def measure(seed=None) -> list[Row]:
    """Both products in both dishes."""
    expected = read_figures(__file__)
    plain, armed = (matrix.run((*GEL, *arm), HOURS, SEEDS) for arm in ((), (ARMED,)))
    lysis, with_it = (
        1.0 - matrix.run((*LAYER, *arm), HOURS_OF_LYSIS, SEEDS).tumour_left for arm in ((), (ARMED,))
    )
    return [
        expected.row("T cells in the tumour, armed against not", armed.inside / max(plain.inside, 1.0)),
        expected.row("lysis without matrix, armed against not", with_it / lysis),
        Row("lysed without matrix", lysis, 0.0, 0.0, "share of the layer after 8 h", rule="shown"),
    ]
