"""Stroma keeps T cells out of islets and collagenase lets them in: a direction, in a ball with a dense capsule.

T cells that see no antigen are put around an islet of tumour cells in a capsule as dense as a septum. Their density
among the tumour cells is read as a share of that around them, without and with collagenase in the medium. The capsule
has too few pores for a T cell, so that the untreated arm holds the code to its law and tells little of biology; what
the case asks is how far cutting the matrix undoes it.
"""

from perforin.evidence import matrix
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row

HOURS, SEEDS = 36.0, range(1, 2)
ISLET = (
    "library.tumours.gel-tumour.antigens.A.positive_fraction=0",
    "library.tumours.gel-tumour.stroma=septa",
    "culture.matrix.density=21 mg/mL",
    "culture.matrix.islet=150 um",
    "culture.matrix.capsule=30 um",
    "culture.matrix.alignment=0.8",
)


def measure(seed=None) -> list[Row]:
    """Both arms."""
    expected = read_figures(__file__)
    untreated = matrix.run(ISLET, HOURS, SEEDS)
    treated = matrix.run((*ISLET, "culture.matrix.bath=1"), HOURS, SEEDS)
    return [
        expected.row("T cells in islets as a share of those around, untreated", untreated.fullness),
        expected.row("T cells in islets as a share of those around, collagenase", treated.fullness),
    ]
