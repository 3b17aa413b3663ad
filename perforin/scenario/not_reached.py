"""What a scenario may one day say and this version cannot do, and what it says in the wrong place altogether."""

from __future__ import annotations

from typing import Any

from perforin.errors import Problem
from perforin.scenario.acting import where_it_belongs
from perforin.scenario.glimpse import host
from perforin.scenario.measured import MECHANISM_NAMES
from perforin.scenario.problems import shown

NOT_REACHED = {
    "drug": "no drugs: this version has none yet",
    "management": "no management: this version has no patients yet",
    "arm": "one scenario: a file with [[arm]] is a comparison, which perforin run runs arm by arm",
}
NOT_REACHED_PATIENT = {"seed": "no seed: this version draws no patients from a tumour yet"}
NOT_REACHED_CAR = {
    "costimulation": "no costimulation: this version has one CAR law, that of the T cell named by 'cell'",
    "armour": "no armour: this version has none yet",
}
NOT_REACHED_MEDIUM = {
    "volume": "no volume: in this version the medium is the box",
    "changes": "no changes of medium: this version has none yet",
}


def without_not_reached(document: dict[str, Any], file: str) -> tuple[dict[str, Any], list[Problem]]:
    """The document less what this version cannot do, and a problem for each: nothing is ignored in silence."""
    problems: list[Problem] = []

    def strip(table: Any, not_reached: dict[str, str], prefix: str) -> Any:
        if not isinstance(table, dict):
            return table
        for key in table:
            if key in not_reached:
                problems.append(Problem(file, prefix + key, shown(table[key]), not_reached[key]))
        return {key: value for key, value in table.items() if key not in not_reached}

    kept = strip(document, NOT_REACHED, "")
    for name in [key for key in kept if key in MECHANISM_NAMES]:
        del kept[name]
        expected = where_it_belongs(name, host(document)[0])
        problems.append(Problem(file, name, f"numbers of {name}", expected))
    if isinstance(kept.get("car"), list):
        kept["car"] = [strip(car, NOT_REACHED_CAR, f"car[{i}].") for i, car in enumerate(kept["car"])]
    if "patient" in kept:
        kept["patient"] = strip(kept["patient"], NOT_REACHED_PATIENT, "patient.")
    culture = kept.get("culture")
    if isinstance(culture, dict) and "medium" in culture:
        kept["culture"] = culture | {
            "medium": strip(culture["medium"], NOT_REACHED_MEDIUM, "culture.medium.")
        }
    return kept, problems
