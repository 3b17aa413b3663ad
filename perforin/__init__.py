"""Perforin: an in-silico laboratory for CAR-T cell therapy of solid tumours.

    import perforin as pf

    run = pf.simulate("luque2024-small")
    run.summary()

The public list is `__all__`; each name is fetched from its room when it is first used, so that importing is fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from perforin import kernel_cache, thread_pool

if TYPE_CHECKING:
    from perforin.errors import (
        EngineError,
        FolderError,
        InputError,
        LibraryError,
        PerforinError,
        Problem,
        RunError,
        ScenarioError,
        StorageError,
    )
    from perforin.face.comparison import Comparison
    from perforin.face.explain import explain
    from perforin.face.explanation import Explanation
    from perforin.face.library import library
    from perforin.face.opening import load
    from perforin.face.replicates import Replicates
    from perforin.face.run import Run
    from perforin.face.simulate import resume, simulate
    from perforin.face.sources import sources
    from perforin.quantities import Value
    from perforin.scenario.gates import a_not_b, both, either
    from perforin.scenario.parts import Car, Culture, Dose, Law, Medium, Numerics, Patient, Published, Record
    from perforin.scenario.scenario import Scenario

kernel_cache.settle()  # before anything imports numba
thread_pool.settle()

__version__ = "0.1.0.dev0"

_ROOMS = {
    "errors": (
        "EngineError",
        "FolderError",
        "InputError",
        "LibraryError",
        "PerforinError",
        "Problem",
        "RunError",
        "ScenarioError",
        "StorageError",
    ),
    "face.comparison": ("Comparison",),
    "face.explain": ("explain",),
    "face.explanation": ("Explanation",),
    "face.library": ("library",),
    "face.opening": ("load",),
    "face.replicates": ("Replicates",),
    "face.run": ("Run",),
    "face.simulate": ("resume", "simulate"),
    "face.sources": ("sources",),
    "quantities": ("Value",),
    "scenario.gates": ("a_not_b", "both", "either"),
    "scenario.parts": (
        "Car",
        "Culture",
        "Dose",
        "Law",
        "Medium",
        "Numerics",
        "Patient",
        "Published",
        "Record",
    ),
    "scenario.scenario": ("Scenario",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Car",
    "Comparison",
    "Culture",
    "Dose",
    "EngineError",
    "Explanation",
    "FolderError",
    "InputError",
    "Law",
    "LibraryError",
    "Medium",
    "Numerics",
    "Patient",
    "PerforinError",
    "Problem",
    "Published",
    "Record",
    "Replicates",
    "Run",
    "RunError",
    "Scenario",
    "ScenarioError",
    "StorageError",
    "Value",
    "__version__",
    "a_not_b",
    "both",
    "either",
    "explain",
    "library",
    "load",
    "resume",
    "simulate",
    "sources",
]


def __getattr__(name: str) -> Any:
    """Fetch a public name from its room."""
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"module 'perforin' has no attribute '{name}'")
    value = getattr(import_module(f"perforin.{room}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
