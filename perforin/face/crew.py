"""Replicates side by side: one process of one thread each, never more at once than there are cores to use.

Processes are started anew, never forked (GNU OpenMP kills a forked child), and talk over pipes, so this works from
a script without a `__main__` guard and from a notebook. The first runs alone until its kernels are compiled; the
others find them in the cache.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import perforin

SECONDS_TO_STOP = 300.0  # a replicate that is still compiling stops when that is done

Message = dict[str, Any]


@dataclass
class Outcome:
    """How one replicate ended."""

    seed: int
    folder: Path | None = None
    reused: bool = False
    error: str = ""
    exit_code: int = 0


@dataclass
class Crew:
    """The replicates that are running, waiting and done."""

    requests: list[Message]
    at_once: int
    watch: Callable[[int, Message], None]
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    _running: dict[int, subprocess.Popen[str]] = field(default_factory=dict)
    _complaints: dict[int, IO[str]] = field(default_factory=dict)
    _inbox: queue.Queue[tuple[int, Message | None]] = field(default_factory=queue.Queue)
    _warm: bool = False

    def run(self) -> list[Outcome]:
        """Run every request; on Ctrl-C or SIGTERM all stop with a checkpoint and the interruption goes on."""
        waiting = list(self.requests)
        try:
            while waiting or self._running:
                while waiting and len(self._running) < (self.at_once if self._warm else 1):
                    self._start(waiting.pop(0))
                self._receive()
        except BaseException:
            self._stop_all()
            raise
        return [self.outcomes[request["seed"]] for request in self.requests]

    def _start(self, request: Message) -> None:
        seed = request["seed"]
        complaints = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115, read at its end
        self._complaints[seed] = complaints
        process = subprocess.Popen(
            [sys.executable, "-m", "perforin.face.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            encoding="utf-8",
            env=_environment(),
            start_new_session=True,
        )
        self._running[seed] = process
        self.outcomes[seed] = Outcome(seed)
        threading.Thread(target=_listen, args=(seed, process, request, self._inbox), daemon=True).start()

    def _receive(self) -> None:
        try:
            seed, message = self._inbox.get(timeout=0.5)
        except queue.Empty:
            return
        self._warm = True
        outcome = self.outcomes[seed]
        if message is None:
            self._ended(seed)
        elif "folder" in message:
            outcome.folder, outcome.reused = Path(message["folder"]), message["reused"]
        elif "error" in message:
            outcome.error, outcome.exit_code = message["error"], message["exit_code"]
        else:
            self.watch(seed, message["progress"])

    def _ended(self, seed: int) -> None:
        process = self._running.pop(seed)
        outcome = self.outcomes[seed]
        code = process.wait()
        if outcome.folder is None and not outcome.error:
            complaints = self._complaints[seed]
            complaints.seek(0)
            outcome.error = (
                complaints.read().strip().rpartition("\n")[2] or f"its process ended with code {code}"
            )
            outcome.exit_code = 1

    def _stop_all(self) -> None:
        """Let every running replicate write its checkpoint."""
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()


def _listen(
    seed: int,
    process: subprocess.Popen[str],
    request: Message,
    inbox: queue.Queue[tuple[int, Message | None]],
) -> None:
    """Hand over the request and pass every message on; None when the process has nothing more to say."""
    try:
        if process.stdin is not None:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.close()
        for text in process.stdout or ():
            inbox.put((seed, json.loads(text)))
    except (OSError, ValueError) as error:
        inbox.put((seed, {"error": f"it could not be heard: {error}", "exit_code": 1}))
    finally:
        inbox.put((seed, None))


def _environment() -> dict[str, str]:
    """The parent's environment, one thread, and the same perforin however the parent found it."""
    home = str(Path(perforin.__file__).resolve().parent.parent)
    path = os.pathsep.join(part for part in (home, os.environ.get("PYTHONPATH", "")) if part)
    return {**os.environ, "NUMBA_NUM_THREADS": "1", "PYTHONPATH": path, "PYTHONUTF8": "1"}
