"""Going on from a checkpoint forgets what was written after it, whenever the next checkpoints come."""

import numpy as np
import pytest

from perforin.results.fields import Lattice
from perforin.results.run import RunData
from perforin.results.store import RunFolder

META = {"status": "running", "run_key": "key", "days": 1.0, "tick_minutes": 0.1}
LATTICE = Lattice(20.0, (0.0, 0.0, 0.0))


def rows(first, last):
    """One row per ten ticks, after `first` up to `last`."""
    ticks = np.arange(first + 10, last + 1, 10)
    return {"minute": ticks * 0.1, "day": ticks * 0.1 / 1440}


def note(folder, tick):
    ids = np.arange(1, 4, dtype=np.uint64)
    folder.write_snapshot(tick, {"id": ids}, np.zeros((3, 3), np.float32), {})
    folder.write_fields(tick, {"oxygen": np.full((2, 2, 2), tick, np.float32)}, LATTICE, {"oxygen": "mmHg"})


@pytest.fixture
def folder(tmp_path):
    """Parts, a snapshot and fields after the checkpoint at tick 100, as a kill before the next one leaves them."""
    folder = RunFolder.create(tmp_path / "run", META, "")
    folder.write_part("series", 0, 100, rows(0, 100))
    note(folder, 100)
    folder.write_checkpoint(100, {"level": np.zeros(1, np.float32)}, {})
    folder.write_part("series", 100, 250, rows(100, 250))
    note(folder, 200)
    return folder


@pytest.mark.parametrize("joints", [(250,), (200, 300), (120, 250, 300), (300,)])
def test_every_row_is_there_once_whenever_the_next_checkpoints_come(folder, joints):
    tick, _, _ = folder.read_checkpoint()
    folder.forget_after(tick)
    for first, last in zip((tick, *joints), joints, strict=False):
        folder.write_part("series", first, last, rows(first, last))
    minutes = RunData.open(folder.path).series["minute"]
    assert list(minutes) == list(rows(0, joints[-1])["minute"])


def test_snapshots_and_fields_after_the_checkpoint_are_gone(folder):
    folder.forget_after(100)
    run = RunData.open(folder.path)
    assert len(run.snapshot_days) == len(run.field_days) == 1
    note(folder, 150)
    run = RunData.open(folder.path)
    assert [round(day * 14400) for day in run.field_days] == [100, 150]
    assert (run.field("oxygen", 1.0)[0] == 150).all()


def test_what_came_before_the_checkpoint_stays(folder):
    folder.forget_after(100)
    assert list(RunData.open(folder.path).series["minute"]) == list(rows(0, 100)["minute"])
