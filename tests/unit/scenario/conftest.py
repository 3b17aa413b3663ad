"""A scenario file that is right, to spoil one line at a time."""

import pytest

RIGHT = """\
name = "x"
days = 3

[culture]
tumour = "luque2024-organoid"
geometry = "organoid"
radius = "80 um"
box = "420 um"

[[car]]
name = "A"
targets = "oncoprotein"
cell = "luque2024-car-t"

[[dose]]
car = "A"
day = 0
cells = 10
route = "medium"
"""


@pytest.fixture
def right():
    """The text of a scenario without a mistake."""
    return RIGHT


@pytest.fixture
def written(tmp_path):
    """Write a file and return its path."""

    def write(content, name="mine.toml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content) if isinstance(content, bytes) else path.write_text(
            content, encoding="utf-8"
        )
        return path

    return write
