"""Rules that library entries carry: what a field does to cells, and what a cell exchanges with fields."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from perforin.mechanisms.tissue.responses import OF_T_CELL
from perforin.quantities import Value
from perforin.scenario.measured import Duration, Level, Measured
from perforin.scenario.named import NameOf
from perforin.scenario.problems import shown, wrong

WAYS = {"T cell": ("brakes", "feeds"), "tumour": ("raises", "lowers")}
TIMES_BASE = 1e3  # of PD-L1, added at most


class Effect(BaseModel):
    """What a field does to one function of a cell: by a Hill curve, and never more than `most` of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: Annotated[Literal["T cell", "tumour"], Field(description="the cells that feel it")] = "T cell"
    function: Annotated[
        Literal["kill", "cytokine", "proliferation", "motility", "PD-L1"],
        Field(description="what it changes: PD-L1 of tumour cells, everything else of T cells"),
    ]
    way: Annotated[
        Literal["brakes", "feeds", "raises", "lowers"],
        Field(description="on T cells brakes, or feeds (its lack brakes); on PD-L1 raises, or lowers"),
    ]
    most: Annotated[Value, Measured("1", most=TIMES_BASE, bare=True)]
    half: Level
    power: Annotated[
        Value | None,
        Measured("1", least=1.0, most=3.0, bare=True, whole=True),
        Field(description="of the Hill curve"),
    ] = None
    memory: Annotated[Duration | None, Field(description="over which a cell feels the mean")] = None
    obstacle: Annotated[
        Literal["starvation", "suppression"], Field(description="what a run without it is without")
    ]

    @model_validator(mode="after")
    def _check_whole(self) -> Effect:
        is_of_t_cell = self.function in OF_T_CELL
        if is_of_t_cell != (self.on == "T cell"):
            whose = "T cell" if is_of_t_cell else "tumour"
            raise wrong(shown(self.on), f"'{whose}', whose function {self.function} is", whose, "on")
        if self.way not in WAYS[self.on]:
            found, expected = shown(self.way), " or ".join(f"'{way}'" for way in WAYS[self.on])
            raise wrong(found, f"{expected}, on {self.function}", key="way")
        if is_of_t_cell and self.most.value > 1.0:
            raise wrong(f"{self.most.value:g}", "a share of the function, from 0 to 1", key="most")
        if not self.half.value > 0.0:
            raise wrong(f"{self.half.value:g}", "a level above 0", key="half")
        return self


RATES = ("uptake", "clearance", "secretion", "yield_of")
Rate = Annotated[Value, Measured("", bare=False)]


class Exchange(BaseModel):
    """One thing that a cell of a kind does to a field: take it up, clear it, secrete it, or make it from a food."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: Annotated[str, NameOf("fields"), Field(description="the field, a name in the library")]
    uptake: Annotated[Rate | None, Field(description="at plenty, per cell; with half")] = None
    half: Annotated[Level | None, Field(description="level of half the uptake")] = None
    clearance: Annotated[
        Value | None, Measured("um^3/min"), Field(description="volume cleared per cell and time")
    ] = None
    secretion: Annotated[Rate | None, Field(description="per cell")] = None
    when: Annotated[
        Literal["always", "engaged", "hypoxic", "induced"],
        Field(
            description="engaged: times the cytokine response of a T cell; hypoxic: times the lack of oxygen; "
            "induced: where another field is"
        ),
    ] = "always"
    hypoxia: Annotated[
        Value | None,
        Measured("mmHg", positive=True),
        Field(description="oxygen at which half of a hypoxic rate is on"),
    ] = None
    induced_by: Annotated[
        str | None, NameOf("fields"), Field(description="the field that induces a secretion")
    ] = None
    induction: Annotated[
        Level | None, Field(description="level of that field at which half of an induced rate is on")
    ] = None
    yield_of: Annotated[str | None, NameOf("fields"), Field(description="the food it is made from")] = None
    factor: Annotated[Value | None, Measured("1", bare=True), Field(description="made per food taken")] = None

    @model_validator(mode="after")
    def _check_one(self) -> Exchange:
        said = [key for key in RATES if getattr(self, key) is not None]
        if len(said) != 1:
            found = "none of them" if not said else " and ".join(said)
            raise wrong(found, "one of " + ", ".join(RATES) + ": each in an [[exchange]] of its own")
        for key, needs in (("half", "uptake"), ("factor", "yield_of")):
            if (getattr(self, key) is None) == (needs in said):
                found = f"no '{key}'" if needs in said else f"a '{key}'"
                raise wrong(found, f"'{key}' with {needs}, and only there", key=key)
        if (self.hypoxia is None) == (self.when == "hypoxic"):
            found = "no 'hypoxia'" if self.hypoxia is None else "a 'hypoxia'"
            raise wrong(found, "'hypoxia' with when = 'hypoxic', and only there", key="hypoxia")
        for key in ("induced_by", "induction"):
            if (getattr(self, key) is None) == (self.when == "induced"):
                found = f"no '{key}'" if self.when == "induced" else f"'{key}'"
                raise wrong(found, f"'{key}' with when = 'induced', and only there", key=key)
        if self.when == "induced" and said[0] != "secretion":
            raise wrong(
                shown(self.when), f"another word: only secretion is induced, not {said[0]}", key="when"
            )
        if self.when != "always" and said[0] not in ("uptake", "secretion"):
            raise wrong(shown(self.when), f"'always': {said[0]} has no other time", key="when")
        for key in ("half", "induction"):
            level = getattr(self, key)
            if level is not None and not level.value > 0.0:
                raise wrong(f"{level.value:g}", "a level above 0", key=key)
        for key, what in (("yield_of", "made from"), ("induced_by", "induced by")):
            if getattr(self, key) == self.field:
                raise wrong(shown(self.field), f"another field: nothing is {what} itself", key=key)
        return self
