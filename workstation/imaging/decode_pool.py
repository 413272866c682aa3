"""Decompression in worker processes, started when the first compressed picture is read."""

from __future__ import annotations

import atexit
import os
import queue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.imaging.decode_worker import layout_document
from workstation.imaging.pixel_codecs import check_stream_size, damaged_pixels
from workstation.imaging.pixel_layout import PixelLayout
from workstation.imaging.worker_process import WorkerProcess

Stored = NDArray[Any]

WORKERS = max(2, min(4, os.cpu_count() or 2))
FRAME_TIMEOUT_S = 10.0
"""A frame that takes longer is given up and its process ended."""


class DecodeProcess(WorkerProcess):
    """One worker process; started on its first frame and again after a crash."""

    def __init__(self, timeout_s: float = FRAME_TIMEOUT_S) -> None:
        super().__init__("workstation.imaging.decode_worker", timeout_s)

    def decode(self, data: bytes, layout: PixelLayout) -> Stored:
        """Return the stored values of one frame.

        Raises
        ------
        InputRefusedError
            When the frame is damaged, or its decoder crashed or hung.
        """
        answer = self.exchange(layout_document(layout), data)
        if answer is None:
            raise damaged_pixels("its decoder stopped")
        head, body = answer
        if "code" in head:
            raise InputRefusedError(
                head["message"], code=head["code"], detail=head.get("detail", "")
            )
        return np.frombuffer(body, dtype=head["dtype"]).reshape(head["shape"])


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


POOL = DecodePool()
"""The processes of this program."""

atexit.register(POOL.stop)
