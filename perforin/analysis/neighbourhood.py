"""Who lies beside whom, against chance: pairs of cells within reach, over those expected with the same counts.

    ratio[a, b] = N[a, b] / E[a, b],   E[a, b] = N n_a (n_b - [a = b]) / (n (n - 1))

N[a, b] are ordered pairs of a cell of kind a and a neighbour of kind b, N all of them, n_a cells of kind a, n all: E is
what dealing the kinds out at random over the same places gives on average. 1 is chance, 2 twice as often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import antigen_classes, box, spatial, tables

if TYPE_CHECKING:
    import pandas as pd

    from perforin.results.run import RunData

REACH = 30.0  # um between centres: the first and part of the second shell of neighbours
FEW = 5.0  # expected pairs below which a ratio is luck


@dataclass(frozen=True)
class Neighbourhood:
    """Pairs of neighbours by kind; row: the cell, column: its neighbour."""

    kinds: tuple[str, ...]
    cells: np.ndarray  # (k,) of each kind
    pairs: np.ndarray  # (k, k) ordered pairs seen
    expected: np.ndarray  # (k, k) with the kinds dealt out at random

    @property
    def ratio(self) -> np.ndarray:
        """(k, k) pairs seen per pair expected; nan where fewer than `FEW` are expected."""
        enough = self.expected >= FEW
        return np.divide(self.pairs, self.expected, out=np.full(self.pairs.shape, np.nan), where=enough)

    @property
    def share(self) -> np.ndarray:
        """(k, k) of the neighbours of a kind, the share of each kind: rows sum to 1; nan without neighbours."""
        total = self.pairs.sum(axis=1, keepdims=True)
        return np.divide(self.pairs, total, out=np.full(self.pairs.shape, np.nan), where=total > 0)


def neighbourhood(run: RunData, day: float, reach: float = REACH) -> Neighbourhood:
    """The neighbourhood composition of the living cells of a snapshot day."""
    cells = run.cells(day)
    alive = cells[np.asarray(cells["fate"].astype(str) == tables.ALIVE)]
    code, names = kinds(run, alive)
    frame, k = box.of(run, day), len(names)
    pairs = np.zeros((k, k))
    if len(alive):
        near = frame.tree(spatial.position(alive)).query_pairs(reach, output_type="ndarray")
        np.add.at(pairs, (code[near[:, 0]], code[near[:, 1]]), 1.0)
    pairs = pairs + pairs.T
    many = np.bincount(code, minlength=k).astype(float)
    total = many.sum()
    chance = many[:, None] * (many[None, :] - np.eye(k)) / max(total * (total - 1.0), 1.0)
    return Neighbourhood(names, many, pairs, pairs.sum() * np.maximum(chance, 0.0))


def kinds(run: RunData, cells: pd.DataFrame) -> tuple[np.ndarray, tuple[str, ...]]:
    """(n,) the kind of each cell, and the names of those that occur: tumour by antigen class, others by type."""
    tumour = tables.of_role(run, cells, tables.TUMOUR)
    named = antigen_classes.names(run) if run.meta.get("doses") else {}
    by_class = antigen_classes.classes(run, cells) if named else np.zeros(len(cells), int)
    label = cells["type"].astype(str).to_numpy(object)
    for place, name in named.items():
        label[tumour & (by_class == place)] = f"tumour, {name}"
    order = [f"tumour, {name}" for name in named.values()]
    order += [entry["name"] for entry in run.meta.get("types", ())]
    present = set(label)
    names = tuple(name for name in dict.fromkeys(order) if name in present)
    place_of = {name: place for place, name in enumerate(names)}
    return np.array([place_of[name] for name in label], dtype=int), names
