"""The process in which a plug-in runs: little memory, little time, no files to write, no network.

The limits guard against mistakes; what a plug-in may do at all is decided by who trusted it.
Run as ``python -m workstation.extension.host``: one JSON document in, one out.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from workstation.extension.api import Contribution, Document, PluginError

TIMEOUT_S = 20.0
CPU_LIMIT_S = 15
MEMORY_LIMIT_BYTES = 1024**3
ANSWER_LIMIT_BYTES = 4 * 1024**2

_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn")
_CHANGES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.link", "os.symlink")


def call_plugin(
    folder: Path, contribution: Contribution, document: Document, *, timeout_s: float = TIMEOUT_S
) -> Document:
    """Return what a contribution answers, from a process of its own.

    Raises
    ------
    PluginError
        When it raises, crashes, hangs or answers with something else.
    """
    request = {
        "folder": str(folder),
        "module": contribution.module,
        "function": contribution.function,
        "document": document,
    }
    name = contribution.title
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "workstation.extension.host"],
            input=json.dumps(request).encode(),
            capture_output=True,
            env=_environment(),
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PluginError(f"The plug-in “{name}” did not answer.", code="plug-in-hangs") from error
    except OSError as error:
        raise PluginError(f"The plug-in “{name}” could not be started.") from error
    if ended.returncode != 0:
        raise PluginError(f"The plug-in “{name}” stopped.", code="plug-in-crashed")
    return _answer(name, ended.stdout)


def _environment() -> dict[str, str]:
    paths = os.pathsep.join(entry for entry in sys.path if entry)
    return {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.defpath, "LANG": "C"}


def _answer(name: str, data: bytes) -> Document:
    try:
        answer = json.loads(data[:ANSWER_LIMIT_BYTES])
        found, failure = answer.get("answer"), answer.get("failure")
    except (ValueError, AttributeError, RecursionError) as error:
        raise PluginError(f"The plug-in “{name}” answered with something else.") from error
    if failure is not None:
        raise PluginError(f"The plug-in “{name}” failed.", detail=str(failure)[:80])
    if not isinstance(found, dict):
        raise PluginError(f"The plug-in “{name}” answered with something else.")
    return found


def main() -> int:
    """Run one plug-in as the request on standard input says."""
    request = json.loads(sys.stdin.buffer.read())
    answers = os.fdopen(os.dup(1), "wb")
    # What the plug-in prints must not mix with its answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _limit()
    sys.addaudithook(_refuse)
    answers.write(json.dumps(_called(request)).encode())
    answers.close()
    return 0


def _called(request: dict[str, Any]) -> dict[str, Any]:
    sys.path.insert(0, request["folder"])
    try:
        module = importlib.import_module(request["module"])
        answer = getattr(module, request["function"])(request["document"])
        json.dumps(answer)
    except Exception as error:  # noqa: BLE001 - whatever a plug-in does, it is told and not spread
        # The text of the error may quote the case.
        return {"failure": type(error).__name__}
    return {"answer": answer}


def _limit() -> None:
    try:
        import resource
    except ImportError:
        # Windows has no such limits; the time limit of the parent holds there.
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_S, CPU_LIMIT_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN) or event in _CHANGES:
        raise PermissionError(event)
    if event == "open" and len(arguments) > 2:
        _, mode, flags = arguments[:3]
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes or (isinstance(mode, str) and set(mode) & set("wax+")):
            raise PermissionError(event)


if __name__ == "__main__":
    sys.exit(main())
