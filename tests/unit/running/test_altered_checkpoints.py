"""A checkpoint is believed only whole: any altered byte and any missing end sends the reader to the older one."""

import numpy as np
import pytest

from perforin.results import checkpoint


@pytest.fixture
def folder(tmp_path):
    """Two checkpoints, at ticks 10 and 20."""
    for tick in (10, 20):
        checkpoint.write(tmp_path, tick, {"level": np.full(100, tick, dtype=np.float32)}, {"kills": tick})
    return tmp_path


def test_the_newest_is_read(folder):
    tick, arrays, scalars = checkpoint.newest(folder)
    assert (tick, scalars["kills"]) == (20, 20)
    assert (arrays["level"] == 20).all()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_one_altered_byte_sends_the_reader_to_the_older(folder, share):
    newest = checkpoint.listed(folder)[-1]
    content = bytearray(newest.read_bytes())
    content[int(share * len(content))] ^= 1
    newest.write_bytes(content)
    assert checkpoint.newest(folder)[0] == 10


@pytest.mark.parametrize("kept", [0, 1, 30, -1, -33, -100])
def test_a_missing_end_sends_the_reader_to_the_older(folder, kept):
    newest = checkpoint.listed(folder)[-1]
    newest.write_bytes(newest.read_bytes()[:kept])
    assert checkpoint.newest(folder)[0] == 10


def test_two_that_are_broken_are_none(folder):
    for path in checkpoint.listed(folder):
        path.write_bytes(path.read_bytes()[:-1])
    assert checkpoint.newest(folder) is None


def test_only_two_are_kept(folder):
    checkpoint.write(folder, 30, {"level": np.zeros(1, np.float32)}, {})
    assert [path.stem.lstrip("0") for path in checkpoint.listed(folder)] == ["20", "30"]
