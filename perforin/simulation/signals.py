"""Stopping politely: the first Ctrl-C or SIGTERM asks the loop to stop at the next step, the second ends at once."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

WATCHED = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """While this is entered, `received` turns from 0 to the number of the signal that asked the run to stop.

    Python lets only the main thread watch signals; in another thread nothing is watched.
    """

    def __init__(self) -> None:
        self.received = 0
        self._before: dict[int, object] = {}

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            for number in WATCHED:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # pyright: ignore[reportArgumentType]

    def _note(self, number: int, frame: FrameType | None) -> None:
        """Remember the request; the next signal then has its usual effect, the end of the process."""
        self.received = number
        for watched in WATCHED:
            signal.signal(watched, signal.SIG_DFL)
