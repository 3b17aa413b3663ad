"""Every error Perforin raises, as one tree.

PerforinError
├── InputError            what was asked is wrong: exit code 2
│   ├── ScenarioError     a scenario file or a scenario built in Python
│   ├── LibraryError      a catalog entry
│   └── FolderError       a run folder that cannot serve: other version, other sources, not a run
├── RunError              the run failed, or its folder is busy: exit code 1
│   ├── EngineError       the state became impossible (not finite, outgrown): saved, and said where
│   └── StorageError      the disk refused: full, read-only, gone
└── Interrupted           Ctrl-C or the system asked the run to stop, and it is saved: exit code 130 or 143
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with what the user wrote."""

    file: str
    key: str
    found: str
    expected: str
    suggestion: str = ""

    def __str__(self) -> str:
        where = f"{self.key}: " if self.key else ""
        hint = f"; did you mean '{self.suggestion}'?" if self.suggestion else ""
        return f"{where}found {self.found}, expected {self.expected}{hint}"


class PerforinError(Exception):
    """Anything Perforin can say about why it stopped."""

    exit_code = 1


class InputError(PerforinError):
    """What was asked is wrong. Carries every problem found, not the first."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self._text())

    def _text(self) -> str:
        files: dict[str, list[Problem]] = {}
        for problem in self.problems:
            files.setdefault(problem.file, []).append(problem)
        lines = []
        for file, problems in files.items():
            count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
            lines.append(f"{file}: {count}")
            lines += [f"  {problem}" for problem in problems]
        return "\n".join(lines)


class ScenarioError(InputError):
    """A scenario, in a file or in Python, cannot be run as written."""


class LibraryError(InputError):
    """A catalog entry is not valid."""


class FolderError(InputError):
    """A run folder cannot serve what was asked of it."""


class RunError(PerforinError):
    """The run failed or could not start."""


class EngineError(RunError):
    """The simulated state became impossible; it was saved where the message says."""


class StorageError(RunError):
    """The disk refused a write; what was complete before is kept."""


class Interrupted(PerforinError):
    """A signal stopped the run; its state is saved and it can be resumed."""

    def __init__(self, message: str, signal_number: int) -> None:
        super().__init__(message)
        self.signal_number = signal_number
        self.exit_code = 128 + signal_number
