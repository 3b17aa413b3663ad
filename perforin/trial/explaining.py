"""What there is to run to explain a run, and what the ends of those runs say together.

A variant is the run's scenario with some changes; the base is the one without any. Every variant is run with the same
seeds. `Explaining` knows which runs are wanted next and holds their ends; whoever runs them tells it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from perforin.analysis.explained import Cost, Ends, Explained, Guess, cost_of, guess_of, pair_of
from perforin.scenario.key import run_key
from perforin.scenario.plan import Plan
from perforin.scenario.scenario import Scenario
from perforin.trial.guesses import Guessed
from perforin.trial.obstacles import taking_away, with_changes


@dataclass(frozen=True)
class Variant:
    """The scenario with some changes, under a name."""

    name: str
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """One variant with one seed."""

    variant: Variant
    seed: int

    @property
    def label(self) -> str:
        """What progress calls it."""
        return f"{self.variant.name}, seed {self.seed}"


BASE = Variant("with all obstacles")


@dataclass
class Explaining:
    """The ends that are known so far, and what to run next."""

    scenario: Scenario
    names: Sequence[str]  # of the obstacles
    seeds: tuple[int, ...]
    ends: dict[tuple[Variant, int], float] = field(default_factory=dict)
    _plans: dict[Variant, Plan] = field(default_factory=dict)

    def plan(self, task: Task) -> Plan:
        """What a task runs."""
        if task.variant not in self._plans:
            self._plans[task.variant] = with_changes(self.scenario, task.variant.changes)
        plan = self._plans[task.variant]
        return replace(plan, seed=task.seed, run_key=run_key(plan.plan_hash, task.seed))

    def without(self, *names: str) -> Variant:
        """The scenario without some of its obstacles."""
        return Variant(f"without {' and '.join(names)}", (taking_away(self.scenario, names),))

    def singles(self) -> list[Task]:
        """The base and each obstacle removed alone, all of them for one seed before the next."""
        variants = [BASE, *(self.without(name) for name in self.names)]
        return [Task(variant, seed) for seed in self.seeds for variant in variants]

    def pairs(self) -> list[Task]:
        """The two dearest obstacles removed together; nothing where fewer than two were measured."""
        pair = self.dearest()[:2]
        return [Task(self.without(*pair), seed) for seed in self.seeds] if len(pair) == 2 else []

    def sides(self, guesses: Sequence[Guessed], seeds: Sequence[int]) -> list[Task]:
        """Each guess at either side of its spread, in their order."""
        return [Task(side, seed) for seed in seeds for guess in guesses for side in sides_of(guess)]

    def dearest(self) -> list[str]:
        """The obstacles whose cost is known, the dearest first."""
        return [cost.names[0] for cost in self.costs()]

    def base(self) -> Ends:
        """The ends of the base, seed by seed."""
        return self.of(BASE)

    def of(self, variant: Variant) -> Ends:
        """The ends of a variant, seed by seed; None where it was not run."""
        return tuple(self.ends.get((variant, seed)) for seed in self.seeds)

    def costs(self) -> list[Cost]:
        """What each obstacle costs, the dearest first; none for one that was run with no seed."""
        found = [cost_of([name], self.base(), self.of(self.without(name))) for name in self.names]
        return sorted((cost for cost in found if cost.cost.n), key=lambda cost: (-cost.cost.mean, cost.names))

    def explained(
        self, guesses: Sequence[Guessed] = (), left_out: Sequence[str] = (), notes: Sequence[str] = ()
    ) -> Explained:
        """Everything that is known so far."""
        costs = self.costs()
        return Explained(
            self.seeds,
            self.base(),
            tuple(costs),
            tuple(self._pair(costs)),
            tuple(self._guesses(guesses)),
            tuple(left_out),
            tuple(notes),
        )

    def _pair(self, costs: list[Cost]) -> Iterator[Cost]:
        if len(costs) < 2:
            return
        one, other = costs[:2]
        found = pair_of(one, other, self.base(), self.of(self.without(*one.names, *other.names)))
        if found.cost.n:
            yield found

    def _guesses(self, guesses: Sequence[Guessed]) -> list[Guess]:
        found = [
            guess_of(
                one.path,
                one.value.unit,
                one.value.value,
                one.sides,
                self.base(),
                [self.of(side) for side in sides_of(one)],
            )
            for one in guesses
        ]
        return sorted((guess for guess in found if any(e.n for e in guess.effects)), key=_weight)


def sides_of(guess: Guessed) -> list[Variant]:
    """A guess at its lowest and at its highest."""
    return [Variant(f"{guess.path} = {side:g}", tuple(guess.changes(side))) for side in guess.sides]


def _weight(guess: Guess) -> tuple[bool, float, str]:
    """Those that mattered first, then by how far they move the end."""
    return (not guess.mattered, -max(abs(e.mean) for e in guess.effects if e.n), guess.path)
