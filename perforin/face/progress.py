"""Watching a run: a bar on a terminal, a plain line now and then elsewhere, always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from perforin.simulation.simulate import Progress

SECONDS_BETWEEN_LINES = 10.0

Watcher = Callable[["Progress"], None]


class Display:
    """Shows the living numbers of one run or of several replicates while they go on.

    Call it with a Progress, and with a label where several runs share the screen. It passes the Progress on where
    someone else watches. A display never stops a run: once stderr is gone it falls silent.
    """

    def __init__(self, quiet: bool = False, watcher: Watcher | None = None) -> None:
        self.quiet = quiet or watcher is not None
        self.watcher = watcher
        self._bar: Bar | None = None
        self._tasks: dict[str, TaskID] = {}
        self._last_line = time.monotonic()

    def __enter__(self) -> Display:
        if not self.quiet and sys.stderr.isatty():
            bar = self._bar = _bar()
            bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def __call__(self, now: Progress, label: str = "") -> None:
        if self.watcher is not None:
            self.watcher(now)
        elif self._bar is not None:
            self._move(self._bar, now, label)
        elif not self.quiet and time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            self._write(line(now, label))

    def say(self, text: str) -> None:
        """Say one thing that matters now, such as that kernels are compiled for the first time."""
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False)
        elif not self.quiet:
            self._write(text)

    def _move(self, bar: Bar, now: Progress, label: str) -> None:
        if label not in self._tasks:
            self._tasks[label] = bar.add_task(label, total=now.days, living="")
        bar.update(self._tasks[label], completed=now.day, living=living(now))
        if now.day >= now.days and label:
            bar.remove_task(self._tasks.pop(label))

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            self.quiet = True


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[living]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )


def living(now: Progress) -> str:
    """Day, cells and time left, as one short phrase."""
    digits = 1 if now.days >= 1 else 3
    return (
        f"day {now.day:.{digits}f} of {now.days:.3g} · {now.tumour_cells:,} tumour cells · {now.t_cells:,} T cells"
        f"{' · writing the report' if now.day >= now.days else _left(now.seconds_left)}"
    )


def line(now: Progress, label: str = "") -> str:
    """The same for a log file."""
    return f"{label}: {living(now)}" if label else living(now)


def _left(seconds: float | None) -> str:
    if seconds is None or seconds != seconds:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 10:
        return f" · {minutes} min left"
    return f" · {minutes} min {rest:02d} s left" if minutes else f" · {rest} s left"


def display(progress: Watcher | bool) -> Display:
    """What watches a run: shown on stderr, passed to a function, or nobody."""
    if callable(progress):
        return Display(watcher=progress)
    return Display(quiet=not progress)
