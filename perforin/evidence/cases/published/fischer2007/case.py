"""Lactic acid and lack of oxygen take cytokine before killing; T cells out of the acid recover within a day."""

from perforin.evidence.assays.poisoned import Medium, lysis_left
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row

ACID, BLOOD = 20.0, 1.0  # mM
AIR, ONE_PER_CENT = 150.0, 7.6  # mmHg


def measure(seed=None) -> list[Row]:
    """Loss at 20 mM, recovery in 24 h, and the order of the two at one per cent oxygen."""
    expected = read_figures(__file__)
    acid = Medium("lactate").stay(ACID, 72.0)
    kill, cytokine, growth = (acid.left(name) for name in ("kill", "cytokine", "proliferation"))
    back = acid.stay(BLOOD, 24.0).left("cytokine")
    thin, air = Medium("oxygen").stay(ONE_PER_CENT, 72.0), Medium("oxygen").stay(AIR, 72.0)
    return [
        expected.row("loss of cytokine at 20 mM lactic acid", 1.0 - cytokine),
        expected.row("loss of proliferation at 20 mM lactic acid", 1.0 - growth),
        expected.row("loss of lysis at 20 mM lactic acid", 1.0 - lysis_left(kill)),
        expected.row("cytokine 24 h after the acid", back),
        expected.row("cytokine beside killing at 1 % oxygen", thin.left("cytokine") / thin.left("kill")),
        expected.row("killing at 1 % oxygen beside air", thin.left("kill") / air.left("kill")),
        Row("product of brakes on killing at 20 mM", kill, 0.5, 0.0, "before the root", rule="shown"),
    ]
