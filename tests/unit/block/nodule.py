"""A lesion for tests of blocks: the cells of glioblastoma, seen from within."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import tomli_w

import perforin
from perforin.mechanisms.tissue.vessels import Squeeze, VesselNumbers
from perforin.scenario.compile import compile
from perforin.scenario.document import overridden
from perforin.scenario.plan import Plan
from perforin.scenario.scenario import Scenario
from perforin.simulation import start, step
from perforin.simulation.state import State

CATALOG = Path(perforin.__file__).parent / "catalog"
NODULE = """
name = "nodule"
days = 1
seed = 1

[patient]
tumour = "nodule"
lesion_volume = "1 cm^3"
edge = "160 um"

[patient.fields.oxygen]
diffusion = "1750 um^2/s"
decay = "0 1/min"
start = "13 mmHg"

[record]
fields = ["oxygen"]
"""

TREATED = (
    NODULE
    + """
[[car]]
targets = "IL13RA2"
cell = "car-t-cd8"

[[dose]]
car = "CAR-T"
day = 0
cells = 2.5e8
route = "intravenous"
"""
)


def document(*changes: str, base: str = NODULE) -> dict[str, Any]:
    """The lesion with `path=value` changes."""
    said = tomllib.loads(base)
    tumour = tomllib.loads((CATALOG / "tumours" / "glioblastoma.toml").read_text())
    said["library"] = {"tumours": {"nodule": {**_bare(tumour), "name": "nodule", "geometry": "block"}}}
    for change in changes:
        said = overridden(said, change, [])
    return said


def _bare(tumour: dict[str, Any]) -> dict[str, Any]:
    """The archetype with oxygen and one static brake, without cells of the host and without matrix."""
    gone = ("infiltrate", "checkpoint", "oxygen_brakes", "stroma", "matrix")
    left = {key: tumour[key] for key in tumour if key not in gone}
    vessels = {**tumour["perfusion"], "perfused_fraction": 0.5}
    return {**left, "fields": ["oxygen"], "suppression": {"product": 0.5}, "perfusion": vessels}


def plan(*changes: str, base: str = NODULE) -> Plan:
    """The compiled lesion."""
    return compile(Scenario.of(document(*changes, base=base), "nodule.toml"))


def written(folder: Path, *changes: str, base: str = NODULE) -> Path:
    """The lesion as a file."""
    file = folder / "nodule.toml"
    file.write_text(tomli_w.dumps(document(*changes, base=base)))
    return file


def walked(plan: Plan, hours: float) -> State:
    """The state of a plan after some hours."""
    state = start.begin(plan)
    for _ in range(round(hours * 60 / (plan.clock.phenotype * plan.clock.tick))):
        step.advance(state, plan)
    return state


def numbers(density=1e-4, fraction=0.5, **changed):
    """The numbers of capillaries of 4 um, so dense [1/um^2], with that share of flow."""
    given_ = {
        "squeeze": Squeeze(0.2, 2.0, 0.7),
        "pruning": 7 * 1440.0,
        "egress": 0.0,
        "beside": 15.0,
    }
    return VesselNumbers(density, fraction, 4.0, **(given_ | changed))
