"""Ends a toy run at a chosen operation on the disk, again and again, and says what each resume came to.

    python faults.py FOLDER exit|full|resume [EVERY]

`exit` ends the process at the nth operation, `full` has no space left from the nth on, `resume` ends the process
at the nth operation of the resume of a run that had ended half way.

Run as a process of its own that never uses a thread, so that it may fork: one child per fault.
Prints JSON: {"reference": answer, "faults": [{"at", "operation", "status", "answer"}, ...]}.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[3]))

import pandas as pd
import toy

from perforin.errors import StorageError
from perforin.results import disk
from perforin.results.run import RunData
from perforin.simulation import provenance
from perforin.simulation.simulate import simulate

DAYS = 12 / 1440  # two steps, a checkpoint after each
COUNTED = ("write", "fsync", "replace", "rename", "unlink", "rmdir")
EXIT, FULL = 9, 8
HALF_WAY = 0.82  # of all operations: the second checkpoint's parts are being written
provenance.use_threads = lambda threads: 1  # no thread is started: children may be forked
provenance.threading_layer = lambda: None


class FailingSystem:
    """Stands for `os` in `disk`: at the nth counted operation, the process ends or the disk is full from then on."""

    def __init__(self, nth: int, kind: str, log: Path) -> None:
        self.nth, self.kind, self.log, self.count = nth, kind, log, 0

    def __getattr__(self, name: str):
        return self._watch(name) if name in COUNTED else getattr(os, name)

    def _watch(self, name: str):
        def operation(*arguments):
            self.count += 1
            if self.count >= self.nth and (self.kind == "exit" or name in ("write", "fsync")):
                if self.count == self.nth:
                    self.log.write_text(name)
                if name == "write":
                    os.write(arguments[0], arguments[1][: len(arguments[1]) // 2])
                if self.kind == "exit":
                    os._exit(EXIT)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if name == "fsync":  # only a power cut could tell: the process ends, the system does not
                return None
            return getattr(os, name)(*arguments)

        return operation


def run(parent: Path) -> dict:
    """Run or continue the toy, and its answer."""
    outcome = simulate(toy.plan(DAYS), parent, model=toy.MODEL, checkpoint_every=0.0)
    return answer(outcome.path)


def answer(path: Path) -> dict:
    """Everything an interruption must not change."""
    stored = RunData.open(path)
    shots = [digest(stored.cells(day)) for day in stored.snapshot_days]
    maps = [hashlib.sha256(stored.field("oxygen", day)[0].tobytes()).hexdigest() for day in stored.field_days]
    return {
        "series": digest(stored.series), "events": digest(stored.events), "state": stored.meta["state_hash"],
        "cells": shots, "fields": maps, "days": stored.snapshot_days, "rows": len(stored.events),
        "parts": len(list((path / "events").iterdir())), "status": stored.status,
        "hidden": sorted(p.name for p in path.rglob(".*")),
    }  # fmt: skip


def digest(table: pd.DataFrame) -> str:
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()


def in_child(work) -> int:
    """Do something in a forked child; its exit status."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except StorageError:
            status = FULL
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def half_way(parent: Path, operations: int, log: Path) -> list[str]:
    """Leave a run that ended after its first checkpoint, with a part and a snapshot newer than that; their names."""
    in_child(lambda: faulty(parent, round(HALF_WAY * operations), "exit", log))
    return sorted(path.name for path in parent.glob("*/*/*") if path.name[:2] in ("00", "pa"))


def faulty(parent: Path, nth: int, kind: str, log: Path) -> None:
    disk.os = FailingSystem(nth, "full" if kind == "full" else "exit", log)
    simulate(toy.plan(DAYS), parent, model=toy.MODEL, checkpoint_every=0.0)


def main(place: Path, kind: str, every: int) -> dict:
    log, faults, nth = place / "log", [], 1
    disk.os = FailingSystem(sys.maxsize, kind, log)
    reference, left = run(place / "reference"), []
    operations = disk.os.count
    while True:
        parent = place / f"fault-{nth}"
        if kind == "resume":
            left = half_way(parent, operations, log)
        status = in_child(lambda parent=parent, nth=nth: faulty(parent, nth, kind, log))
        if status == 0:
            return {"reference": reference, "left": left, "faults": faults}
        faults.append({"at": nth, "operation": log.read_text(), "status": status, "answer": run(parent)})
        shutil.rmtree(parent)
        nth += every


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1), sys.stdout)
