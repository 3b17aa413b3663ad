"""Anti-VEGF with T cells into a vein: more of them in the tumour than of the same T cells alone; a direction.

Two arms of the same block and the same seeds, one under anti-VEGF at the normalising dose from the day of the T cells
on. The gain in extravasation went into the law, so that more T cells are its calibration. How much of the tissue stays
hypoxic went into nothing: it is what the gain in flow comes to where the T cells are not looked at.
"""

import numpy as np

from perforin.analysis.replicates import half_width
from perforin.evidence.assays import normalised
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row

DAYS, SEEDS, TISSUES = 3.0, range(1, 5), range(1, 9)


def measure(seed=None) -> list[Row]:
    """T cells and hypoxia in both arms."""
    expected = read_figures(__file__)
    alone, both = (normalised.t_cells(exposure, DAYS, SEEDS) for exposure in (0.0, 1.0))
    before, after = (normalised.hypoxic_shares(exposure, DAYS, TISSUES) for exposure in (0.0, 1.0))
    ratio, left = np.log(both / alone), after / before
    half = float(half_width(ratio))
    return [
        expected.row(
            "T cells in the tumour, with anti-VEGF against alone: low end", np.exp(ratio.mean() - half)
        ),
        expected.row("hypoxic share, with anti-VEGF against alone", left.mean()),
        _shown("T cells in the tumour, with anti-VEGF against alone", np.exp(ratio.mean()), "geometric mean"),
        _shown("the same: high end", np.exp(ratio.mean() + half), "95 % interval over the seeds"),
        _shown("T cells in the tumour, alone", alone.mean(), "mean of the blocks", "cell"),
        _shown("hypoxic share, alone", before.mean(), "of tumour cells, below 10 mmHg"),
        _shown(
            "hypoxic share, half of the interval of the ratio", float(half_width(left)), "over eight tissues"
        ),
    ]


def _shown(quantity: str, measured: float, reason: str, unit: str = "1") -> Row:
    return Row(quantity, float(measured), 0.0, 0.0, reason, unit, rule="shown")
