"""Lysis against antigen density in seven papers: one hit rate fitted to three, the others foretold.

Everything that could be chosen stands in fit.toml, committed before the first fit; the measured curves in curves.toml.
"""

from perforin.evidence.assays import lysis
from perforin.evidence.rows import Row
from perforin.mechanisms.tissue.damage import Damage


def measure(seed=None) -> list[Row]:
    """Fit, foretell, and judge by the declared loss."""
    said, hit_rate = lysis.declaration(), lysis.fit()
    groups = {
        "the three fitted papers": (said["fitted"], "calibration"),
        "the three foretold papers": (said["foretold"], "prediction"),
        "all four that were not fitted": (said["foretold"] + said["in_view"], "calibration"),
    }
    rows = [_rate(hit_rate)]
    for name, (papers, kind) in groups.items():
        rows += _verdicts(name, lysis.curves(papers), hit_rate, said["verdict"]["rmse"], kind)
    return rows + [row for name in lysis.papers() for row in _shown(name, hit_rate)]


def _rate(hit_rate):
    usual = Damage().hit_rate.value
    return Row(
        "hit rate that the three ask for",
        hit_rate,
        usual,
        0.0,
        "beside the prior of the law",
        "1/min",
        "shown",
    )


def _verdicts(name, curves, hit_rate, most, kind):
    points = sum(c.lysed.size for c in curves)
    found, constant = lysis.misfit(curves, hit_rate), lysis.spread(curves)
    scatter = "fit.toml: one and a half times the scatter between lines whose antigen is saturating"
    rows = [
        Row(
            f"rmse of {name}, {points} points",
            found,
            most,
            0.0,
            scatter,
            "lysed fraction",
            "at most",
            kind=kind,
        )
    ]
    if kind == "prediction":
        why = "a constant that knows their mean"
        rows.append(
            Row(
                f"the same against a constant ({constant:.3f})",
                found / constant,
                1.0,
                0.0,
                why,
                rule="at most",
            )
        )
    return rows


def _shown(name, hit_rate):
    paper, curves = lysis.papers()[name], lysis.curves([name])
    about = f"{paper['what']}; the constant that knows its mean [{paper['cites']}]"
    found, constant = lysis.misfit(curves, hit_rate), lysis.spread(curves)
    ranked = lysis.rank_correlation(curves)
    why = f"of killing response and lysis: no hit rate enters; density in {paper['scale']}"
    return [
        Row(f"{name}: rmse", found, constant, 0.0, about, "lysed fraction", "shown"),
        Row(f"{name}: rank correlation", ranked, 1.0, 0.0, why, rule="shown"),
    ]
