"""Whether a field may be taken as steady: it must forget its past much faster than its sources change."""

from __future__ import annotations

import math

from perforin.errors import Problem, ScenarioError

PATIENCE = 0.1  # share of the interval within which a steady field has to relax


def relaxation_time(diffusion: float, decay: float, held: tuple[float, ...]) -> float:
    """How long the slowest pattern of an empty box lives [min]; inf when nothing ends it.

        1 / (decay + sum_i D (pi / L_i)^2)

    over the directions i, L_i apart, in which walls are held (a direction with one wall held counts twice its length).
    Cells only add to this by what they take up.
    """
    rate = decay + sum(diffusion * (math.pi / length) ** 2 for length in held)
    return 1.0 / rate if rate > 0.0 else math.inf


def is_steady(diffusion: float, decay: float, held: tuple[float, ...], interval: float) -> tuple[bool, str]:
    """Whether a field is quasi-steady, and why, in words.

    `interval` is the time between changes of its sources [min].
    """
    relaxes = relaxation_time(diffusion, decay, held)
    if math.isinf(relaxes):
        return False, "followed in time: it has neither a sink nor a wall that holds its level"
    limit = PATIENCE * interval
    said = f"relaxes in {relaxes:.2g} min; its sources change every {interval:g} min"
    if relaxes < limit:
        return True, f"steady: {said}"
    return False, f"followed in time: {said}, and a steady field relaxes in under {limit:.2g} min"


def asked_steady(
    asked: bool, reason: str, diffusion: float, decay: float, held: tuple[float, ...], file: str
) -> tuple[bool, str]:
    """Whether a field is quasi-steady that an entry wants so, or not, and why.

    Raises ScenarioError for one that has neither a sink nor a wall that holds its level: it would have no level.
    """
    if asked and math.isinf(relaxation_time(diffusion, decay, held)):
        expected = (
            "false, or a sink: a decay above 0, vessels, or walls that hold its level (boundary = 'fixed')"
        )
        raise ScenarioError([Problem(file, "steady", "true without sink or boundary", expected)])
    return asked, f"{'steady' if asked else 'followed in time'}: the entry asks for it; else {reason}"
