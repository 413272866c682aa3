"""A process that imports the program once and forks a child for each round that is to be killed.

Run as ``python -m tests.support.crash_server``; :class:`CrashServer` talks to it, one JSON document
a line. Forking saves half a second of imports a round.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What is known of a killed child.

    ``killed_at`` and the times in ``lines`` are seconds of one monotonic clock.
    """

    lines: tuple[str, ...]
    errors: str
    killed_at: float
    seconds: float
    was_killed: bool


class CrashServer:
    """Starts children and kills them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.crash_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )

    def run(self, task: str, *words: object, kill_after_s: float | None) -> Ending:
        """Run a task of :data:`TASKS` in a child; kill it after a while, or let it end."""
        request = {"task": task, "words": [str(word) for word in words], "after": kill_after_s}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Ending(**{**answer, "lines": tuple(answer["lines"])})

    def close(self) -> None:
        """End the server."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=10)


def _apply(home: str, case_id: str, script: str) -> None:
    from workstation.__main__ import main

    words = ["--store", home, "case", "apply", case_id, script, "--new"]
    sys.exit(main(words))


def _session(home: str, case_id: str, script: str) -> None:
    """The window's road: a session that carries out a command every few milliseconds."""
    from tests.support.crash_session import drive_session

    drive_session(Path(home), case_id, Path(script))


def _backup(home: str, target: str) -> None:
    from workstation.__main__ import main

    sys.exit(main(["--store", home, "case", "backup", target]))


def _open(home: str) -> None:
    """Open the store, which brings an older one up to date."""
    from workstation.storage.case_store import CaseStore

    CaseStore.open(Path(home)).close()
    print("opened", flush=True)


TASKS: dict[str, Callable[..., None]] = {
    "apply": _apply,
    "session": _session,
    "backup": _backup,
    "open": _open,
}


def _serve() -> None:
    import tests.support.crash_session  # noqa: F401
    import workstation.cli.case  # noqa: F401 - imported before the forks, not in each

    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(_round(request)), flush=True)


def _round(request: dict[str, Any]) -> dict[str, Any]:
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _become_child(request, out_write, err_write)
    os.close(out_write)
    os.close(err_write)
    after = request["after"]
    if after is not None:
        time.sleep(max(0.0, started + after - time.monotonic()))
        os.kill(child, signal.SIGKILL)
    killed_at = time.monotonic()
    with os.fdopen(out_read, encoding="utf-8") as out, os.fdopen(err_read) as err:
        lines, errors = out.read().splitlines(), err.read()
    _, status = os.waitpid(child, 0)
    return {
        "lines": lines,
        "errors": errors,
        "killed_at": killed_at,
        "seconds": time.monotonic() - started,
        "was_killed": os.WIFSIGNALED(status),
    }


def _become_child(request: dict[str, Any], out: int, err: int) -> None:
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.stdin = Path(os.devnull).open()  # noqa: SIM115 - lives as long as the child
    try:
        TASKS[request["task"]](*request["words"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    _serve()
