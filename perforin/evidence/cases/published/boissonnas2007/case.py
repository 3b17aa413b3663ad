"""T cells stay peripheral without cognate antigen and go deep with it: what the law gives.

Two balls of tumour cells in a loose matrix, one with the antigen and one without; how many T cells lie within the ball,
and how deep those lie.
"""

from perforin.evidence import matrix
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row

HOURS, SEEDS = 36.0, range(1, 3)
LOOSE = ("culture.matrix.capsule=400 um", "culture.matrix.density=1 mg/mL")
WITHOUT = "library.tumours.gel-tumour.antigens.A.positive_fraction=0"


def measure(seed=None) -> list[Row]:
    """Both tumours."""
    expected = read_figures(__file__)
    seen, unseen = matrix.run(LOOSE, HOURS, SEEDS), matrix.run((*LOOSE, WITHOUT), HOURS, SEEDS)
    return [
        expected.row("T cells in the tumour, with antigen against without", seen.fullness / unseen.fullness),
        expected.row("depth of those, with antigen against without", seen.depth / unseen.depth),
        Row("depth without antigen", unseen.depth, seen.depth, 0.0, "beside that with it", "um", "shown"),
    ]
