"""What holds the T cells back: a section of runs in which fields act on them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perforin.analysis import brakes, survivors
from perforin.analysis import wording as say
from perforin.report.html import Html, paragraph, section, table

if TYPE_CHECKING:
    from perforin.results.run import RunData

WORDS = {"kill": "Killing", "cytokine": "Cytokine", "proliferation": "Proliferation", "motility": "Motility"}


def held_back(run: RunData) -> Html:
    """What is left of each function, of kills per contact, and which brake held the suppressed survivors most."""
    if not brakes.has_effects(run):
        return Html("")
    found = brakes.braked(run)
    if math.isnan(found.left["kill"]):
        return Html("")
    rows = [(WORDS[name], say.percent(100 * left)) for name, left in found.left.items()]
    lead = (
        "What the tumour's fields leave of each function of a T cell, as the mean over all T cells and hours of the "
        "run, beside a fresh T cell in rich medium. What acts on a pair in contact, as PD-L1 does, is not "
        "in these numbers."
    )
    kills = (
        f"Killing needs several hits, so the product of brakes, {say.percent(100 * found.left['kill'])}, enters the "
        f"hit rate as its root; it leaves {say.percent(100 * found.kills)} of the kills per contact. At the end "
        f"{say.percent(100 * found.exhausted)} of the T cells had lost more than half of their function by exhaustion."
    )
    by = survivors.suppressed_by(run)
    named = ", ".join(f"{name.replace('_', ' ')} {say.count(many)}" for name, many in by.items())
    return section(
        "What holds the T cells back",
        paragraph(lead),
        table(("Function", "Left"), rows, numeric=(1,), caption="What is left"),
        paragraph(kills),
        paragraph(f"Suppressed survivors by their largest brake: {named}.") if named else "",
        id="brakes",
    )
