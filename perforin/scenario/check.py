"""Everything wrong with a scenario, without running it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

from perforin.errors import InputError, Problem
from perforin.scenario.catalog import LibraryPath
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.estimate import memory_free, too_large
from perforin.scenario.receptors import idle_receptors
from perforin.scenario.routes import unusual_routes
from perforin.scenario.scenario import Scenario, blamed, load
from perforin.scenario.workable import unworkable


def check(
    name_or_path: str | Path, overrides: Sequence[str] = (), library_path: LibraryPath = None
) -> list[Problem]:
    """All problems of a scenario and of the library entries it uses, what cannot work, and too little memory for it.

    An empty list when it can be run.
    """
    try:
        scenario = load(name_or_path, overrides, library_path)
        plan = compile_scenario(scenario)
        for sentence in remarks(scenario):
            warnings.warn(sentence, stacklevel=2)
    except InputError as error:
        return list(error.problems)
    return [*blamed(unworkable(plan, scenario.file), overrides), *too_large(plan, memory_free())]


def remarks(scenario: Scenario) -> list[str]:
    """What is allowed in a scenario and may not be meant, in sentences."""
    return [*unusual_routes(scenario), *idle_receptors(scenario)]
