"""Whether the parts of a scenario agree with each other: checked on the document, so that it is said with the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pydantic_core import PydanticCustomError

from perforin.errors import Problem
from perforin.mechanisms.tissue.vessels import OF_SQUEEZE
from perforin.scenario.acting import misplaced
from perforin.scenario.catalog import MODELS, Library
from perforin.scenario.entries import (
    Antigen,
    Binder,
    Cell,
    FieldEntry,
    Receptor,
    Route,
    Tumour,
)
from perforin.scenario.gates import gate
from perforin.scenario.glimpse import BLOCKS, number, tables
from perforin.scenario.glimpse import entry as entry_of
from perforin.scenario.glimpse import geometry as geometry_of
from perforin.scenario.glimpse import host as host_of
from perforin.scenario.glimpse import tumour as tumour_of
from perforin.scenario.measured import AREA, LENGTH, VOLUME, Measured
from perforin.scenario.obstacles import known as known_obstacles
from perforin.scenario.of_fields import of_fields, of_stroma
from perforin.scenario.problems import Problem4, nearest, one_of, shown

TIME = Measured("min")
NUMERICS = {
    "tick": "0.1 min",
    "mechanics": "0.5 min",
    "crowded_mechanics": "0.1 min",
    "contact": "1 min",
    "phenotype": "6 min",
}
RECORD = {"series": "1 h", "cells": "1 day"}


def inconsistencies(document: dict[str, Any], file: str, library: Library) -> list[Problem]:
    """Every contradiction between parts. Parts that are wrong in themselves are left to validation."""
    checks: tuple[Callable[[dict[str, Any], Library], Iterator[Problem4]], ...] = (
        _culture,
        _patient,
        _cars_and_doses,
        _antigens,
        of_fields,
        _receptors,
        _clocks,
        _published,
        of_stroma,
        _fibroblasts,
        _carried,
        _without,
    )
    found = [Problem(file, *problem) for check in checks for problem in check(document, library)]
    return [*found, *misplaced(document, file, library)]


def _culture(document: dict[str, Any], library: Library) -> Iterator[Problem4]:
    culture = document.get("culture")
    if not isinstance(culture, dict):
        return
    if ("radius" in culture) == ("cells" in culture):
        found = "both radius and cells" if "radius" in culture else "neither radius nor cells"
        yield "culture", found, "one of them: how large the tumour is on day 0", ""
    radius, box = number(culture.get("radius"), LENGTH), number(culture.get("box"), LENGTH)
    if radius is not None and box is not None and 2 * radius >= box:
        yield "culture.radius", shown(culture["radius"]), f"less than half the box ({box / 2:g} um)", ""
    if culture.get("layout") == "scattered" and (
        culture.get("geometry") != "monolayer" or "cells" not in culture
    ):
        yield "culture.layout", "'scattered'", "a monolayer of so many cells: they are plated on a floor", ""
    if culture.get("geometry") == "monolayer" and "medium" not in culture:
        yield "culture.medium", "nothing", "the height of the medium: this is a monolayer", ""
    if culture.get("geometry") == "organoid" and "medium" in culture:
        yield "culture.medium", shown(culture["medium"]), "no medium: an organoid floats in its box", ""


def _patient(document: dict[str, Any], library: Library) -> Iterator[Problem4]:
    patient = document.get("patient")
    if not isinstance(patient, dict):
        return
    tumour, geometry = tumour_of(document, library), geometry_of(document, library)
    if geometry is not None:
        yield from _shape(patient, geometry)
    area, volume = number(patient.get("contact_area"), AREA), number(patient.get("lesion_volume"), VOLUME)
    edge, depth = number(patient.get("edge"), LENGTH), number(patient.get("depth"), LENGTH)
    if area and edge and edge**2 > area:
        found = f"{shown(patient['edge'])}, a face of {edge**2:g} um^2"
        yield "patient.edge", found, f"a face within the contact area ({area:g} um^2)", ""
    if area and volume and depth and area * depth > volume:
        expected = f"at most {volume / area:g} um: the contact area times the depth lies within the lesion"
        yield "patient.depth", shown(patient["depth"]), expected, ""
    if geometry in BLOCKS and edge and volume and edge**3 > volume:
        found = f"{shown(patient['edge'])}, a block of {edge**3:g} um^3"
        yield "patient.edge", found, f"a block within the lesion ({volume:g} um^3)", ""
    if tumour is not None and tumour.carries is not None:
        found = f"{shown(tumour.name)}, which carries a relative level"
        yield "patient.tumour", found, "a tumour that states its antigens in copies", ""


def _shape(patient: dict[str, Any], geometry: str) -> Iterator[Problem4]:
    """Sizes that a slab lacks, or that a block has no use for."""
    for key, what in (
        ("contact_area", "the area of the lesion that faces the fluid"),
        ("depth", "its depth"),
    ):
        if geometry == "slab" and key not in patient:
            yield f"patient.{key}", "nothing", f"{what}: this tumour is simulated as a slab", ""
        if geometry in BLOCKS and key in patient:
            expected = f"none: this tumour is simulated as a {geometry}, which has an edge and no face"
            yield f"patient.{key}", shown(patient[key]), expected, ""
    for key, whose in (
        ("csf", ("slab",)),
        ("blood", BLOCKS),
        ("vessels", ("slab", "block")),
        ("normalisation", ("block",)),
        ("depletion", ("block",)),
    ):
        if key in patient and geometry not in whose:
            expected = (
                f"none: they act on a {' or '.join(whose)}, and this tumour is simulated as a {geometry}"
            )
            yield f"patient.{key}", f"numbers of {key}", expected, ""
    vessels = patient.get("vessels")
    for key, value in vessels.items() if geometry == "slab" and isinstance(vessels, dict) else ():
        if key not in OF_SQUEEZE:
            expected = (
                f"{one_of(OF_SQUEEZE)}: vessels of a slab are not drawn, matrix squeezes them and no more"
            )
            yield f"patient.vessels.{key}", shown(value), expected, nearest(key, OF_SQUEEZE)


def _cars_and_doses(document: dict[str, Any], library: Library) -> Iterator[Problem4]:
    cars, doses = tables(document.get("car")), tables(document.get("dose"))
    names = [car.get("name", "CAR-T") for car in cars]
    for i, car in enumerate(cars):
        if names[i] in names[:i]:
            yield f"car[{i}].name", shown(names[i]), "a name of its own: another car has this one", ""
        if names[i] == "tumour":
            yield f"car[{i}].name", "'tumour'", "another name: the tumour cells are called so", ""
        tumour = tumour_of(document, library)
        if tumour is not None and isinstance(names[i], str) and names[i] in tumour.infiltrate:
            yield f"car[{i}].name", shown(names[i]), "another name: cells of the host are called so", ""
        yield from _targets(f"car[{i}].targets", car.get("targets"), tumour, library)
    geometry = geometry_of(document, library)
    for i, dose in enumerate(doses):
        if not dose:
            continue
        car = dose.get("car")
        if isinstance(car, str) and car not in names:
            words = [str(name) for name in names]
            expected = one_of(words) if words else "a car: this scenario has no [[car]]"
            yield f"dose[{i}].car", shown(car), expected, nearest(car, words)
        if ("day" in dose) == ("at" in dose):
            found = "both day and at" if "day" in dose else "neither day nor at"
            yield f"dose[{i}]", found, "one of them: when the cells are given", ""
        yield from _route(dose, i, geometry, library)


def _targets(key: str, written: Any, tumour: Tumour | None, library: Library) -> Iterator[Problem4]:
    """Names in a gate that nothing binds, or whose antigen this tumour does not carry."""
    try:
        asked = gate(written)
    except PydanticCustomError:
        return
    binders, antigens = library.names("binders"), library.names("antigens")
    for name in asked.names:
        if tumour is not None and tumour.carries is not None:
            if len(asked.names) > 1:
                expected = f"'{tumour.carries}' alone: this tumour carries one relative level"
                yield key, f"the gate {asked}", expected, ""
                return
            if name != tumour.carries:
                hint = nearest(name, [tumour.carries])
                yield key, shown(name), f"'{tumour.carries}', the antigen of this tumour", hint
        elif tumour is None and name in antigens:
            continue  # right for a tumour with a relative level; which one it is, is not known yet
        elif name not in binders:
            of_it = [b for b in binders if name in antigens and _antigen_of(b, library) == name]
            found = (
                f"{shown(name)}, an antigen that no binder is called by" if name in antigens else shown(name)
            )
            known = binders if tumour is not None else [*binders, *antigens]
            yield key, found, f"a binder: {one_of(binders)}", of_it[0] if of_it else nearest(name, known)
        elif problem := _hidden_epitope(name, tumour, library):
            yield key, *problem
        elif tumour is not None and (antigen := _antigen_of(name, library)) not in ("", *tumour.antigens):
            carried = ", ".join(tumour.antigens)
            yield (
                key,
                f"{shown(name)}, which binds {antigen}",
                f"a binder of what this tumour carries: {carried}",
                "",
            )


def _antigen_of(binder: str, library: Library) -> str:
    """What a binder binds; nothing for one that is not valid, which is said where it stands."""
    entry = entry_of(library, "binders", binder)
    return entry.antigen if isinstance(entry, Binder) else ""


def _hidden_epitope(name: str, tumour: Tumour | None, library: Library) -> tuple[str, str, str] | None:
    """What is wrong with the epitope of a binder: its antigen has none of that name."""
    binder = entry_of(library, "binders", name)
    if not isinstance(binder, Binder) or binder.epitope is None:
        return None
    antigen = entry_of(library, "antigens", binder.antigen)
    known = set(antigen.epitopes) if isinstance(antigen, Antigen) else set()
    if tumour is not None and binder.antigen in tumour.antigens:
        known |= set(tumour.antigens[binder.antigen].epitopes)
    if binder.epitope in known:
        return None
    found = f"{shown(name)}, which needs epitope {shown(binder.epitope)} of {binder.antigen}"
    return (
        found,
        one_of(sorted(known)) if known else f"no epitope: {binder.antigen} has none",
        nearest(binder.epitope, known),
    )


def _antigens(document: dict[str, Any], library: Library) -> Iterator[Problem4]:
    """Antigens changed in the host that the tumour does not carry."""
    tumour, (place, host) = tumour_of(document, library), host_of(document)
    changed = host.get("antigens")
    if tumour is None or not isinstance(changed, dict):
        return
    for name in changed:
        if name not in tumour.antigens:
            expected = (
                one_of(tumour.antigens) if tumour.antigens else "none: this tumour carries a relative level"
            )
            yield f"{place}.antigens.{name}", shown(name), expected, nearest(str(name), tumour.antigens)


def _route(dose: dict[str, Any], i: int, geometry: Any, library: Library) -> Iterator[Problem4]:
    route = dose.get("route")
    if route not in library.names("routes"):
        return
    entry = entry_of(library, "routes", route)
    known = ("organoid", "monolayer", "slab", *BLOCKS)
    if isinstance(entry, Route) and geometry in known and geometry not in entry.geometries:
        yield f"dose[{i}].route", shown(route), f"a route into a {geometry}", ""


def _fibroblasts(document: dict[str, Any], library: Library) -> Iterator[Problem4]:
    """A treatment against fibroblasts in a tumour without any."""
    tumour, patient = tumour_of(document, library), document.get("patient")
    if tumour is None or not isinstance(patient, dict) or "depletion" not in patient:
        return
    cells = [entry_of(library, "cells", name) for name in tumour.infiltrate]
    if not any(isinstance(cell, Cell) and cell.settles == "stroma" for cell in cells):
        expected = f"none: {shown(tumour.name)} has no cells of the host that settle in stroma"
        yield "patient.depletion", "numbers of depletion", expected, ""


def _receptors(document: dict[str, Any], library: Library) -> Iterator[Problem4]:
    """Receptors whose half level is not measured like their chemokine, and those a product adds a second time."""
    for i, car in enumerate(tables(document.get("car"))):
        by_nature: dict[str, Any] = {}
        cells = car.get("cell")
        for name in cells if isinstance(cells, dict) else [cells]:
            cell = entry_of(library, "cells", name)
            by_nature |= dict.fromkeys(cell.receptors, name) if isinstance(cell, Cell) else {}
        added = car.get("receptors")
        added = added if isinstance(added, list) else []
        for name, cell in by_nature.items():
            yield from _half_of(f"car[{i}].cell", f"{shown(cell)}, whose receptor {name}", name, library)
        for k, name in enumerate(added):
            key = f"car[{i}].receptors[{k}]"
            if isinstance(name, str) and name in by_nature:
                expected = "a receptor that its cells lack: more of one is not simulated"
                yield key, f"{shown(name)}, which {by_nature[name]} has by nature", expected, ""
            elif name in added[:k]:
                yield key, f"{shown(name)} a second time", "each receptor once", ""
            else:
                yield from _half_of(key, f"{shown(name)}, which", name, library)


def _half_of(key: str, whose: str, name: Any, library: Library) -> Iterator[Problem4]:
    receptor = entry_of(library, "receptors", name)
    field = entry_of(library, "fields", receptor.field) if isinstance(receptor, Receptor) else None
    if isinstance(receptor, Receptor) and isinstance(field, FieldEntry) and not field.measures(receptor.half):
        found = f"{whose} is half full at {receptor.half.value:g} {receptor.half.unit}"
        yield key, found, f"a level measured like {receptor.field}, in {field.unit}", ""


def _clocks(document: dict[str, Any], library: Library) -> Iterator[Problem4]:
    numerics, record = document.get("numerics", {}), document.get("record", {})
    if not isinstance(numerics, dict) or not isinstance(record, dict):
        return
    steps = {key: number(numerics.get(key, default), TIME) for key, default in NUMERICS.items()}
    tumour = tumour_of(document, library)
    if tumour is not None and tumour.carries is not None:
        steps["contact"] = None  # the published attack has no such step
    tick, phenotype = steps["tick"], steps["phenotype"]
    if not tick or not phenotype:
        return
    for key in ("mechanics", "crowded_mechanics", "contact", "phenotype"):
        step = steps[key]
        if step and not is_multiple(step, tick):
            yield f"numerics.{key}", f"{step:g} min", f"a whole multiple of the tick ({tick:g} min)", ""
        elif step and not is_multiple(phenotype, step):
            expected = f"a step that divides the phenotype step ({phenotype:g} min)"
            yield f"numerics.{key}", f"{step:g} min", expected, ""
    crowded, mechanics, contact = steps["crowded_mechanics"], steps["mechanics"], steps["contact"]
    if contact and mechanics and not is_multiple(contact, mechanics):
        yield "numerics.contact", f"{contact:g} min", f"a whole multiple of mechanics ({mechanics:g} min)", ""
    if contact and mechanics and crowded and not is_multiple(mechanics, crowded):
        expected = f"a step that divides that of mechanics ({mechanics:g} min)"
        yield "numerics.crowded_mechanics", f"{crowded:g} min", expected, ""
    intervals = {f"record.{k}": record.get(k, default) for k, default in RECORD.items()}
    fields = numerics.get("fields")
    intervals |= {f"numerics.fields.{k}": v for k, v in fields.items()} if isinstance(fields, dict) else {}
    for key, raw in intervals.items():
        minutes = number(raw, TIME)
        if minutes and not is_multiple(minutes, phenotype):
            expected = f"a whole multiple of the phenotype step ({phenotype:g} min)"
            finer = "; for a finer one shorten numerics.phenotype" if minutes < phenotype else ""
            yield key, shown(raw), expected + finer, ""
    days = number(document.get("days"), Measured("day", bare=True))
    if days and days * 1440 < phenotype:
        yield "days", shown(document["days"]), f"at least one phenotype step ({phenotype:g} min)", ""


def is_multiple(number: float, of: float) -> bool:
    """Whether a duration is a whole number (one or more) of another, up to round-off."""
    ratio = number / of
    return round(ratio) >= 1 and abs(ratio - round(ratio)) < 1e-9 * max(1.0, ratio)


def _published(document: dict[str, Any], library: Library) -> Iterator[Problem4]:
    for i, curve in enumerate(tables(document.get("published"))):
        days, values = curve.get("day"), curve.get("value")
        if isinstance(days, list) and isinstance(values, list) and len(days) != len(values):
            yield f"published[{i}].value", f"{len(values)} values", f"{len(days)}, one for each day", ""


def _carried(document: dict[str, Any], library: Library) -> Iterator[Problem4]:
    own = document.get("library")
    for kind in own if isinstance(own, dict) else ():
        if kind not in MODELS:
            yield f"library.{kind}", f"the kind {shown(kind)}", one_of(MODELS), nearest(str(kind), MODELS)


def _without(document: dict[str, Any], library: Library) -> Iterator[Problem4]:
    written = document.get("without", [])
    asked = [written] if isinstance(written, str) else written if isinstance(written, list) else []
    words = known_obstacles(library) if asked else []
    for i, name in enumerate(asked):
        if isinstance(name, str) and name not in words:
            yield f"without[{i}]", shown(name), f"an obstacle: {one_of(words)}", nearest(name, words)
