"""T cells of the CAR law by themselves, and the default numbers of a mechanism, for tests of one law each."""

import numpy as np

from perforin.engine.cells import Cells
from perforin.mechanisms.tissue import MECHANISMS, columns_of
from perforin.quantities import Numbers
from perforin.scenario.units import canonical

SPAN = 6.0  # min, the phenotype step
DAY = 1440.0
SIGNALS = ("kill_signal", "growth_signal", "cytokine_signal")


def numbers(name, **changes):
    """The compiled defaults of a mechanism for two types, some of them replaced."""
    defaults = next(m for m in MECHANISMS if m.name == name).defaults()
    values = {n: canonical(v.value, v.unit) for n, v in defaults.items()} | changes
    return Numbers({n: np.full(2, v) for n, v in values.items()})


def t_cells(count=1, signal=0.0, span=SPAN):
    """`count` T cells with the same share of full signal over `span`, and their rows."""
    cells = Cells(columns_of("car"), capacity=2 * count)
    cells.append(count, id=np.arange(1, count + 1, dtype=np.uint64), type=1)
    feed(cells, signal, span)
    return cells, np.arange(count, dtype=np.int32)


def feed(cells, signal, span=SPAN):
    """Give every cell this share of full signal over `span`."""
    for name in SIGNALS:
        getattr(cells, name)[: cells.count] = signal * span
