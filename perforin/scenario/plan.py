"""The Plan: everything a run needs, in arrays and canonical units, and nothing a person wrote.

`compile` makes it, `simulation` reads it, nobody changes it. Its key names the run folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perforin.mechanisms.body.blood import BloodNumbers
from perforin.mechanisms.tissue import checkpoint
from perforin.mechanisms.tissue.antigen_panel import Panel
from perforin.mechanisms.tissue.chemotaxis import Receptor
from perforin.mechanisms.tissue.depletion import DepletionNumbers
from perforin.mechanisms.tissue.exposure import BRAKES
from perforin.mechanisms.tissue.metabolism import Exchange
from perforin.mechanisms.tissue.normalisation import NormalisationNumbers
from perforin.mechanisms.tissue.recognition import Receptors
from perforin.mechanisms.tissue.responses import MOTILITY, Responses
from perforin.mechanisms.tissue.vessels import Squeeze, VesselNumbers
from perforin.quantities import Numbers, Value

TUMOUR, T_CELL, HOST = 0, 1, 2
CAR, ATTACH_AND_DIE = "car", "attach-and-die"  # laws of attack: ours, and that of Luque 2024


@dataclass(frozen=True)
class CellType:
    """One kind of cell in this run; its position in `Plan.types` is the `type` column of the cells."""

    name: str
    role: int  # TUMOUR, T_CELL or HOST


@dataclass(frozen=True)
class GeometryPlan:
    """The box around the local origin (its centre) and how cells and fields meet its walls."""

    kind: str  # "organoid" | "monolayer" | "slab" | "block" | "suspension"
    box: tuple[float, float, float]  # edge lengths [um]
    periodic: tuple[bool, bool, bool]  # for cells; fields are never periodic in a dish
    voxel: float  # field voxel edge [um]
    bin: float  # mechanics bin edge [um]
    flat: bool  # cells stay in the plane z = 0

    @property
    def floor(self) -> float:
        """Area of the well's floor that the box stands on [um^2]."""
        return self.box[0] * self.box[1]


@dataclass(frozen=True)
class SlabPlan:
    """A piece of a lesion that faces a fluid of the body, and how it stands for the whole."""

    depth: float  # of the tissue on day 0 [um]
    density: float  # tumour cells in full tissue at rest [cell/um^3]
    weight: float  # slabs in the contact area of the lesion
    share: float  # of the lesion that lies as deep under the fluid as the slab
    volume: float  # of the fluid [um^3]
    loss: float  # of cells from the fluid [1/min]
    entry: float  # share of the cells given that enters the lesion
    squeeze: Squeeze | None = None  # of its capillaries by matrix; None where there is none


@dataclass(frozen=True)
class BlockPlan:
    """A periodic piece from within a lesion, and how it stands for the whole."""

    density: float  # of places for cells in full tissue at rest [1/um^3]
    fraction: float  # of them that hold a tumour cell on day 0
    weight: float  # blocks in the lesion on day 0
    blood: BloodNumbers
    vessels: VesselNumbers | None  # None where all of it is well mixed
    normalisation: NormalisationNumbers | None = None  # None without anti-VEGF
    depletion: DepletionNumbers | None = None  # None where nothing kills fibroblasts


@dataclass(frozen=True)
class VesselExchange:
    """A field that passes the walls of vessels."""

    field: str
    permeability: float  # um/min
    blood: float  # level in blood


def crossing(exchanges: Sequence[VesselExchange], field: str) -> VesselExchange | None:
    """How a field passes the walls of vessels; None for one that they do not carry."""
    return next((passing for passing in exchanges if passing.field == field), None)


@dataclass(frozen=True)
class FieldPlan:
    """One diffusing substance."""

    name: str
    unit: str
    diffusion: float  # um^2/min
    decay: float  # 1/min
    start: float
    boundary: str  # held at `outside`: "fixed" (outermost voxels), "top" (upper face), "held" (all); "closed" (no flux)
    outside: float
    steady: bool  # quasi-steady, decided by compile
    reason: str  # why steady or not, in words
    interval: int  # ticks between solves
    fluid: float = 0.0  # level in the fluid that a slab faces


@dataclass(frozen=True)
class ClockPlan:
    """Integer clocks: everything is a whole number of ticks."""

    tick: float  # min
    mechanics: int  # ticks per mechanics step of the tissue
    crowded: int  # ticks per mechanics step of T cells
    phenotype: int  # ticks per phenotype step
    contact: int = 0  # ticks per step of contact, hits and repair; 0 where the law of attack has none


@dataclass(frozen=True)
class FounderPlan:
    """The tumour cells of day 0: hexagonal packing inside a sphere or disc, or `cells` of them nearest the centre.

    Scattered ones lie at random all over the floor instead: a patch of a well, which has no edge to outgrow.
    """

    radius: float  # um; inf when `cells` decides
    cells: int  # 0 when radius decides
    scattered: bool = False


@dataclass(frozen=True)
class HostPlan:
    """Cells of the host that lie among those of the tumour."""

    type: int
    share: float  # of all founder cells
    in_stroma: bool  # whether they take the places where the matrix is densest


@dataclass(frozen=True)
class StromaPlan:
    """The matrix of a tumour that has one."""

    layout: str  # "uniform" | "septa"
    driver: str  # the field that drives what cells lay down, empty for none
    driver_half: float  # its level of half the gain, in its unit


@dataclass(frozen=True)
class DosePlan:
    """CAR-T cells entering the medium."""

    tick: int
    cells: int
    type: int
    car: str
    route: str
    clearance: float  # um kept free around the tumour; 0 into a fluid of the body


@dataclass(frozen=True)
class LawPlan:
    """Which published departures a replication asks for; the first word of each pair is the default."""

    motility: str  # "persistent" | "impulse"
    search: str  # "within-reach" | "own-bin"
    directions: str  # "isotropic" | "pole-biased"
    dead_exchange: str  # "reduced" | "as-alive"
    oxygen_reading: str = "supplied"  # | "after-uptake"
    cycle: str = "timed"  # | "memoryless"
    attack: str = ATTACH_AND_DIE  # | "car": decided by whether the tumour states its antigens in copies


@dataclass(frozen=True)
class AttackPlan:
    """What the CAR law needs to know of antigens and CARs."""

    antigens: tuple[str, ...]
    panel: Panel
    receptors: Receptors
    answer_threshold: float  # hit response below which an unbraked 6 h contact kills with under 5 %


@dataclass(frozen=True)
class RecordPlan:
    """When what is written down. Not part of the key."""

    series: int  # ticks
    cells: int  # ticks between snapshots
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Published:
    """One measured point of a curve that a scenario carries."""

    quantity: str
    day: float
    value: float
    source: str


@dataclass(frozen=True)
class SourceRow:
    """One number that was used, and where it comes from."""

    path: str
    value: Value


@dataclass(frozen=True)
class Plan:
    """A scenario, compiled."""

    name: str
    summary: str
    days: float
    seed: int
    geometry: GeometryPlan
    types: tuple[CellType, ...]
    fields: tuple[FieldPlan, ...]
    attractant: str  # the field T cells climb, empty for none
    antigen: str  # what the CAR sees, in words
    attack: AttackPlan | None  # None where the tumour carries a relative level
    numbers: dict[str, Numbers]  # mechanism name to its parameters per cell type
    clock: ClockPlan
    founders: FounderPlan
    doses: tuple[DosePlan, ...]
    law: LawPlan
    record: RecordPlan
    published: tuple[Published, ...]
    sources: tuple[SourceRow, ...]
    resolved: str  # the scenario with everything resolved, as TOML, for the run folder
    plan_hash: str  # SHA-256 of the parts that decide the result, canonical units, without seed
    run_key: str  # SHA-256 of plan_hash + seed + the sources that decide a result
    slab: SlabPlan | None = None  # None in a dish
    block: BlockPlan | None = None  # None in a dish and for a slab
    hosts: tuple[HostPlan, ...] = ()
    vessel_exchanges: tuple[VesselExchange, ...] = ()  # of fields with the blood of a slab or block
    stroma: StromaPlan | None = None  # None in a tumour without
    responses: Responses | None = None  # what fields do to cells; None where none does anything
    exchanges: tuple[Exchange, ...] = ()  # what cells take from fields and give to them, as data
    receptors: tuple[Receptor, ...] = ()  # of T cells, for chemokines that the tumour has

    @property
    def is_sample(self) -> bool:
        """Whether this is a piece of a lesion, a slab or a block, and no whole thing in a dish."""
        return self.slab is not None or self.block is not None

    @property
    def brakes(self) -> tuple[str, ...]:
        """What can hold a T cell back from killing, in the order of the columns of `brake_cost`."""
        pair = (checkpoint.BRAKE,) if checkpoint.DECLARATION.name in self.numbers else ()
        return (*BRAKES, *(self.responses.brakes if self.responses is not None else ()), *pair)

    @property
    def sizes(self) -> dict[str, int]:
        """How many this run has of what sizes the columns of its cells, for `columns_of`."""
        effects = len(self.responses.effects) if self.responses is not None else 0
        slowed = self.responses is not None and self.responses.has(MOTILITY)
        return {"brake": len(self.brakes), "effect": effects, "pace": int(slowed)}
