"""Starting a scenario of one's own."""

from __future__ import annotations

from pathlib import Path

from perforin.errors import Problem, ScenarioError
from perforin.results import disk
from perforin.scenario import catalog

HEAD = """\
# A scenario of your own: what is written here replaces what '{base}' says.
# Take the # away in front of a line, and of its [table], to change it.
# perforin check {file} says every problem at once; perforin schema is for editors.
from = "{base}"
name = "{name}"

# This is what '{base}' says:
"""


def start_scenario(file: Path, base: str, library_path: str | Path | None = None) -> None:
    """Write a scenario file that starts from a library scenario and shows, commented out, what that one says.

    Raises ScenarioError when the file exists, LibraryError when there is no such scenario, StorageError.
    """
    if file.exists():
        raise ScenarioError([Problem(str(file), "", "a file that exists", "a new file")])
    found = catalog.find("scenarios", base, library_path)
    text = Path(found.file).read_text(encoding="utf-8")
    shown = "".join(f"# {line}\n" if line else "#\n" for line in text.splitlines())
    head = HEAD.format(base=found.name, file=file.name, name=file.stem)
    disk.write_file(file, (head + shown).encode())
