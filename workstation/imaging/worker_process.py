"""One worker process: foreign bytes are parsed there, and what crashes or hangs is one refusal."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import IO, Any

from workstation.imaging.worker_messages import read_message, write_message


class WorkerProcess:
    """A process that answers one request after the other; started on the first, and again.

    Parameters
    ----------
    module : str
        What it runs.
    timeout_s : float
        A request that takes longer is given up and the process ended.
    """

    def __init__(self, module: str, timeout_s: float) -> None:
        self._module = module
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                _close(stream)

    def exchange(self, head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes] | None:
        """Return the answer to a request, or None when the process crashed or took too long."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        watchdog = threading.Timer(self._timeout_s, process.kill)
        watchdog.start()
        try:
            write_message(process.stdin, head, body)
            answer = read_message(process.stdout)
        except (BrokenPipeError, ValueError):
            answer = None
        finally:
            watchdog.cancel()
        if answer is None:
            self.stop()
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        return self._process


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return
