"""T cells that met antigen for weeks kill less than fresh ones, and rest gives back a part."""

from perforin.evidence.assays import chronic
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row


def measure(seed=None) -> list[Row]:
    """Kills per T cell in a day after antigen and rest, beside those of fresh T cells, with exhaustion and without."""
    expected, fresh = read_figures(__file__), chronic.killed(0.0)
    after = {days: chronic.killed(days) / fresh for days in (14.0, 28.0)}
    rested = chronic.killed(14.0, rest=4.0) / fresh
    off = chronic.killed(28.0, on=False) / chronic.killed(0.0, on=False)
    return [
        expected.row("kills after 28 days of antigen beside fresh", after[28.0]),
        expected.row("kills after 28 days, exhaustion off, beside fresh", off),
        expected.row("kills after 14 days and 4 of rest beside 14 days alone", rested / after[14.0]),
        expected.row("kills after 14 days and 4 of rest beside fresh", rested),
        Row("kills of fresh T cells in a day", fresh, 9.0, 0.0, "2 to 16 in vivo", "1/day", "shown"),
        Row("kills after 14 days of antigen beside fresh", after[14.0], 0.5, 0.0, "between", rule="shown"),
    ]
