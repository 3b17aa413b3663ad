"""What was asked, in words: the scenario as a paragraph anyone in the laboratory can read."""

from __future__ import annotations

import math
import tomllib
from typing import TYPE_CHECKING, Any

from perforin.analysis import tables
from perforin.analysis import wording as say
from perforin.analysis.lesion import piece
from perforin.quantities import MINUTES_PER_DAY

if TYPE_CHECKING:
    from perforin.results.run import RunData

SHAPES = {
    "organoid": "An organoid (a sphere of cells in medium)",
    "monolayer": "A monolayer (cells on the floor of a well)",
    "slab": "A slab of a lesion (tissue that faces cerebrospinal fluid)",
    "block": "A block from within a lesion (with its vessels, every side joined to the one across)",
    "suspension": "A well-mixed piece of a lesion",
}
ROUTES = {"medium": "into the medium", "intraventricular": "into a ventricle", "intravenous": "into a vein"}


def asked(run: RunData) -> str:
    """The culture, the doses and the time, as sentences."""
    return " ".join([_culture(run), *_doses(run), _watched(run), *_without(run)])


def _culture(run: RunData) -> str:
    culture = _table(run.scenario_text, "culture") or _table(run.scenario_text, "patient")
    geometry = run.meta.get("geometry", {})
    start = tables.column(run, "tumour_cells")
    count = say.cells(start[0], "tumour") if start.size else "tumour cells"
    shape = SHAPES.get(geometry.get("kind", ""), "A culture")
    tumour = culture.get("tumour")
    words = f"{shape} of {count}"
    if tumour:
        words += f" of the tumour {tumour}"
    radius = _number(culture.get("radius"))
    if math.isfinite(radius) and geometry.get("kind") == "organoid":
        words += f", {radius:g}\u00a0\u00b5m in radius"
    box, slab = geometry.get("box"), run.meta.get("slab")
    if box and slab:
        wide = f"{box[0]:,.0f}\u00a0\u00d7\u00a0{box[1]:,.0f}\u00a0\u00b5m wide"
        return f"{words}, {wide} and {slab['depth']:,.0f}\u00a0\u00b5m deep."
    if box and piece(run):
        return f"{words}, {box[0]:,.0f}\u00a0\u00b5m wide on day 0."
    if box:
        words += (
            ", in a box of " + "\u00a0\u00d7\u00a0".join(f"{edge:,.0f}" for edge in box) + "\u00a0\u00b5m"
        )
    return words + "."


def _doses(run: RunData) -> list[str]:
    doses = _together(run.meta.get("doses") or [])
    if not doses:
        return ["No T cells were given."]
    antigen = run.meta.get("antigen", {}).get("name")
    against = f" against {antigen}" if antigen else ""
    return [_dose(run, dose, against if place == 0 else "") for place, dose in enumerate(doses)]


def _together(doses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The infusions: the kinds of T cells of one product that are put in at once are one."""
    found: dict[tuple[object, ...], dict[str, Any]] = {}
    for dose in doses:
        key = (dose["tick"], dose.get("car"), dose.get("route"))
        known = found.get(key, {"cells": 0})
        found[key] = {**dose, "cells": known["cells"] + dose["cells"]}
    return list(found.values())


def _dose(run: RunData, dose: dict[str, Any], against: str) -> str:
    day = dose["tick"] * run.meta.get("tick_minutes", 0.1) / MINUTES_PER_DAY
    when = "At the start" if day == 0 else f"After {say.span(day)}"
    car, count = str(dose.get("car") or "CAR-T"), round(dose["cells"])
    kind = "CAR-T cell" + ("" if count == 1 else "s")
    named = "" if car == "CAR-T" else f" ({car})"
    where = ROUTES.get(dose.get("route", ""), f"by the route {dose.get('route')}")
    start = tables.column(run, "tumour_cells")
    verb = "was" if count == 1 else "were"
    odds = ""
    if start.size and start[0] > 0 and count > 0 and not piece(run):
        odds = f", {_odds(start[0] / count)}"
    return f"{when}, {say.count(count)} {kind}{named}{against} {verb} put {where}{odds}."


def _without(run: RunData) -> list[str]:
    """Which obstacles were taken away, if any: what the run then shows is no tumour as it is."""
    try:
        names = tomllib.loads(run.scenario_text).get("without", [])
    except tomllib.TOMLDecodeError:
        return []
    return [f"Taken away: {', '.join(names)}."] if names else []


def _odds(tumour_per_t_cell: float) -> str:
    if 1 / 1.05 < tumour_per_t_cell < 1.05:
        return "one for each tumour cell"
    if tumour_per_t_cell > 1:
        return f"one for every {_trim(tumour_per_t_cell)} tumour cells"
    return f"{_trim(1 / tumour_per_t_cell)} for every tumour cell"


def _trim(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _watched(run: RunData) -> str:
    asked_days = float(run.meta.get("days_asked") or run.meta.get("days") or 0.0)
    return f"The {piece(run) or 'dish'} was watched for {say.span(asked_days)}."


def _table(scenario: str, name: str) -> dict[str, Any]:
    """One table of the resolved scenario; empty where the text has none or cannot be read."""
    try:
        found = tomllib.loads(scenario).get(name, {})
    except tomllib.TOMLDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _number(entry: object) -> float:
    """The number of a bare or sourced entry of a scenario, nan where there is none."""
    inner = entry.get("value") if isinstance(entry, dict) else entry
    return float(inner) if isinstance(inner, int | float) else math.nan
