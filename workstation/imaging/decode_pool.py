"""Decompression in worker processes, started when the first compressed picture is read."""

from __future__ import annotations

import atexit
import os
import queue
import subprocess
import sys
import threading
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.imaging.decode_worker import layout_document, read_message, write_message
from workstation.imaging.pixel_codecs import check_stream_size, damaged_pixels
from workstation.imaging.pixel_layout import PixelLayout

Stored = NDArray[Any]

WORKERS = max(2, min(4, os.cpu_count() or 2))
FRAME_TIMEOUT_S = 10.0
"""A frame that takes longer is given up and its process ended."""


class DecodeProcess:
    """One worker process; started on its first frame and again after a crash."""

    def __init__(self, timeout_s: float = FRAME_TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None

    def decode(self, data: bytes, layout: PixelLayout) -> Stored:
        """Return the stored values of one frame.

        Raises
        ------
        InputRefusedError
            When the frame is damaged, or its decoder crashed or hung.
        """
        answer = self._exchange(data, layout)
        if answer is None:
            self.stop()
            raise damaged_pixels("its decoder stopped")
        head, body = answer
        if "code" in head:
            raise InputRefusedError(
                head["message"], code=head["code"], detail=head.get("detail", "")
            )
        return np.frombuffer(body, dtype=head["dtype"]).reshape(head["shape"])

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

    def _exchange(self, data: bytes, layout: PixelLayout) -> tuple[dict[str, Any], bytes] | None:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        watchdog = threading.Timer(self._timeout_s, process.kill)
        watchdog.start()
        try:
            write_message(process.stdin, layout_document(layout), data)
            return read_message(process.stdout)
        except (BrokenPipeError, ValueError):
            return None
        finally:
            watchdog.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            self._process = subprocess.Popen(
                [sys.executable, "-m", "workstation.imaging.decode_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        return self._process


class DecodePool:
    """A few worker processes shared by all threads that read pictures."""

    def __init__(self, workers: int = WORKERS) -> None:
        self._idle: queue.LifoQueue[DecodeProcess] = queue.LifoQueue()
        self._all = [DecodeProcess() for _ in range(workers)]
        for process in self._all:
            self._idle.put(process)

    def decode(self, data: bytes, layout: PixelLayout) -> Stored:
        """Return the stored values of one frame; waits for a free process.

        Raises
        ------
        InputRefusedError
            When the frame is damaged, or its decoder crashed or hung.
        """
        check_stream_size(data, layout)
        process = self._idle.get()
        try:
            return process.decode(data, layout)
        finally:
            self._idle.put(process)

    def stop(self) -> None:
        """End all processes."""
        for process in self._all:
            process.stop()


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return


POOL = DecodePool()
"""The processes of this program."""

atexit.register(POOL.stop)
