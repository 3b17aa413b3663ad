"""How much of a dose given into a vein is in a cubic centimetre of tumour after a day, beside what is known of man.

The rate at which cells leave the blood was set by that prior, so this is its calibration and no forecast. The body is
the product's: two pools and the route's own numbers, a perfused lesion of 1 cm^3, steps of 6 min.
"""

import math

import numpy as np

from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row
from perforin.mechanisms.body.blood import BloodNumbers, Pools
from perforin.scenario.catalog import library
from perforin.scenario.entries import Route
from perforin.scenario.units import canonical

DOSE, CUBIC_CM, STEP, DAY = 2.5e8, 1e12, 6.0, 1440.0  # cells, um^3, min, min


def measure(seed=None) -> list[Row]:
    """The share on day 1 at the median and at both ends of the range, and the share of one pass."""
    figures = read_figures(__file__)
    values = route_numbers()
    low, high = (end / DAY / CUBIC_CM for end in values["extravasation"].spread)
    numbers = BloodNumbers(**{name: canonical(value.value, value.unit) for name, value in values.items()})
    rows = [figures.row("log10 of the share of the dose per cm3 after a day", math.log10(share(numbers)))]
    for name, rate in (("low", low), ("high", high)):
        ends = BloodNumbers(numbers.leave, numbers.back, numbers.loss, rate)
        rows.append(figures.row(f"the same at the {name} end of the range", math.log10(share(ends))))
    rows.append(figures.row("share of one pass at the high end", 100.0 * high * CUBIC_CM / numbers.leave))
    return rows


def route_numbers():
    """What the library says of the blood."""
    route = library().find("routes", "intravenous").entry
    if not isinstance(route, Route):
        raise TypeError("routes/intravenous is not a route")
    return route.numbers["blood"]


def share(numbers: BloodNumbers) -> float:
    """Percent of the dose that entered 1 cm^3 of perfused tumour in a day."""
    pools, entered = Pools(1), 0.0
    pools.receive(0, DOSE)
    for _ in range(round(DAY / STEP)):
        entered += pools.pass_on(numbers, np.array([numbers.extravasation * CUBIC_CM]), STEP)[0]
    return 100.0 * entered / DOSE
