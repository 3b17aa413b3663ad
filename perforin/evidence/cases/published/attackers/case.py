"""Death by the number of attackers and kills per day, beside intravital microscopy; nobody tires, space is left out.

The numbers of the law were set with these experiments in view, so nothing here is a prediction. What stands in the
expectations is not what was set: the law has a constant of repair, not a window, and a soft threshold.
"""

from dataclasses import replace

from perforin.evidence.assays import attackers
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row

PLENTY = 1 / 30  # T cells per target


def measure(seed=None) -> list[Row]:
    """Attackers at three hit rates, kills per day, and a few hits."""
    expected = read_figures(__file__)
    rates = attackers.rates()
    usual, fitted = rates["prior of the law"], rates["fitted to wells"]
    dead = {n: attackers.dead_by(n, attackers.BOOK) for n in (1, 2, 3, 5)}
    beyond = dead[3] - attackers.independent(dead[1], 3)
    rows = [
        replace(expected.row(f"dead in 12 h, {n} attacker{'s' if n > 1 else ''}", share), kind="verification")
        for n, share in dead.items()
    ]
    rows.append(expected.row("dead in 12 h of 3 attackers, beyond 3 that do not help each other", beyond))
    rows += [
        expected.row(f"kills per T cell and day, {name}", attackers.kills_per_day(rates[name], PLENTY))
        for name in ("prior of the law", "fitted to wells")
    ]
    rows += [
        expected.row("dies of one hit", attackers.dies_of([0.0])),
        expected.row("dies of three hits 25 min apart", attackers.dies_of(attackers.spaced(3, 25.0))),
        expected.row("dies of three hits 100 min apart", attackers.dies_of(attackers.spaced(3, 100.0))),
    ]
    return rows + [_shown(n, rate, dead[n]) for rate in (usual, fitted) for n in (1, 2, 3, 5)]


def _shown(many, rate, slow):
    why = "beside one hit in 45 min"
    name = f"dead in 12 h, {many} attacker{'s' if many > 1 else ''}, one hit in {1 / rate:.0f} min"
    return Row(name, attackers.dead_by(many, rate), slow, 0.0, why, rule="shown")
