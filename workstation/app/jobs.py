"""Background work: runs plain functions in a small pool and delivers on the main thread.

A job is ``function(*args, progress=..., cancel=...)`` from a lower layer. It receives frozen
values and arrays and returns the same; it never touches a Qt object.
"""

from __future__ import annotations

import functools
import itertools
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from workstation.base.errors import CancelledError, WorkstationError
from workstation.base.task import CancelToken

PROGRESS_INTERVAL_S = 0.1
"""A job reports at most this often."""

logger = logging.getLogger("workstation.app")


class JobFailedError(WorkstationError):
    """A job stopped on a fault of the program itself."""

    default_code = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """What the status bar shows of a running job."""

    id: int
    title: str
    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int | None:
        """Whole percent, or None while the amount of work is not known."""
        return min(100, 100 * self.done // self.total) if self.total > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCallbacks:
    """What to call on the main thread; bound methods of objects that live there.

    A callback of a Qt object that is gone is not called. ``failed`` without a handler goes
    nowhere else, so give one unless the failure does not matter. ``cancelled`` jobs call nothing.
    """

    done: Callable[[Any], None] | None = None
    failed: Callable[[WorkstationError], None] | None = None
    progress: Callable[[int, int], None] | None = None


class JobHandle:
    """One running job: cancel it, or ask how it stands."""

    def __init__(self, job_id: int, title: str, slot: str, callbacks: JobCallbacks) -> None:
        self.id = job_id
        self.title = title
        self.slot = slot
        self.callbacks = callbacks
        self.cancel_token = CancelToken()
        self.finished = False

    def cancel(self) -> None:
        """Ask the job to stop; none of its callbacks is called any more."""
        self.cancel_token.cancel()

    @property
    def cancelled(self) -> bool:
        """Whether the job was cancelled, by the reader or by a newer job of its slot."""
        return self.cancel_token.cancelled


class _ThrottledProgress:
    """Passes progress on at most ten times a second; the last step always passes."""

    def __init__(self, send: Callable[[int, int], None], monotonic: Callable[[], float]) -> None:
        self._send = send
        self._monotonic = monotonic
        self._next = float("-inf")

    def __call__(self, done: int, total: int) -> None:
        """Report that ``done`` of ``total`` steps are finished."""
        now = self._monotonic()
        if now >= self._next or done >= total:
            self._next = now + PROGRESS_INTERVAL_S
            self._send(done, total)


class JobRunner(QObject):
    """Runs jobs in a thread pool; results, errors and progress arrive on the main thread.

    Parameters
    ----------
    workers : int
        Threads of the pool.
    monotonic : callable
        Clock of the progress limit, seconds.

    Signals
    -------
    jobs_changed()
        A job started, moved or ended; read :attr:`running`.
    """

    jobs_changed = Signal()
    _delivered = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        workers: int = 3,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="batson-job")
        self._monotonic = monotonic
        self._ids = itertools.count(1)
        self._handles: dict[int, JobHandle] = {}
        self._status: dict[int, JobStatus] = {}
        self._closed = False
        self._delivered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> tuple[JobStatus, ...]:
        """The jobs that have not ended, oldest first; cancelled ones are left out."""
        return tuple(
            status for key, status in self._status.items() if not self._handles[key].cancelled
        )

    def start(
        self,
        title: str,
        function: Callable[..., Any],
        *args: object,
        callbacks: JobCallbacks | None = None,
        slot: str = "",
    ) -> JobHandle:
        """Run ``function(*args, progress=..., cancel=...)`` in the background.

        Parameters
        ----------
        title : str
            What the status bar says, in words.
        function : callable
        callbacks : JobCallbacks, optional
        slot : str
            A job cancels the one before it in the same slot, whose late result is dropped.

        Returns
        -------
        JobHandle
        """
        if slot:
            self.cancel_slot(slot)
        handle = JobHandle(next(self._ids), title, slot, callbacks or JobCallbacks())
        self._handles[handle.id] = handle
        self._status[handle.id] = JobStatus(id=handle.id, title=title)
        if self._closed:
            handle.cancel()
        else:
            self._pool.submit(self._work, handle, functools.partial(function, *args))
        self.jobs_changed.emit()
        return handle

    def cancel_slot(self, slot: str) -> None:
        """Cancel what runs in ``slot``; its late results are dropped."""
        for handle in self._handles.values():
            if handle.slot == slot:
                handle.cancel()

    def cancel_all(self) -> None:
        """Cancel every job."""
        for handle in self._handles.values():
            handle.cancel()
        self.jobs_changed.emit()

    def close(self) -> None:
        """Cancel everything and wait for the threads to end; nothing is delivered afterwards."""
        self._closed = True
        self.cancel_all()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._handles.clear()
        self._status.clear()

    def _work(self, handle: JobHandle, call: Callable[..., Any]) -> None:
        """Run in a pool thread; whatever happens, exactly one ending is delivered."""
        progress = _ThrottledProgress(
            lambda done, total: self._delivered.emit(_Progress(handle.id, done, total)),
            self._monotonic,
        )
        try:
            handle.cancel_token.check()
            ending = _Ending(handle.id, result=call(progress=progress, cancel=handle.cancel_token))
        except CancelledError:
            handle.cancel()
            ending = _Ending(handle.id)
        except WorkstationError as error:
            ending = _Ending(handle.id, error=error)
        except Exception as error:  # noqa: BLE001 - a fault in a job must not take the window along
            logger.error("job failed: %s", type(error).__name__)
            ending = _Ending(handle.id, error=_unexpected(handle.title, error))
        self._delivered.emit(ending)

    @Slot(object)
    def _deliver(self, news: _Progress | _Ending) -> None:
        handle = self._handles.get(news.job_id)
        if handle is None:
            return
        if isinstance(news, _Progress):
            self._deliver_progress(handle, news)
        else:
            self._deliver_ending(handle, news)
        self.jobs_changed.emit()

    def _deliver_progress(self, handle: JobHandle, news: _Progress) -> None:
        self._status[handle.id] = JobStatus(
            id=handle.id, title=handle.title, done=news.done, total=news.total
        )
        if not handle.cancelled:
            _call(handle.callbacks.progress, news.done, news.total)

    def _deliver_ending(self, handle: JobHandle, news: _Ending) -> None:
        handle.finished = True
        del self._handles[handle.id], self._status[handle.id]
        if handle.cancelled:
            return
        if news.error is not None:
            _call(handle.callbacks.failed, news.error)
        else:
            _call(handle.callbacks.done, news.result)


@dataclass(frozen=True, slots=True)
class _Progress:
    job_id: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class _Ending:
    job_id: int
    result: Any = None
    error: WorkstationError | None = None


def _unexpected(title: str, error: Exception) -> JobFailedError:
    """Return an error without the original's text, which may hold values of the data set."""
    if isinstance(error, MemoryError):
        return JobFailedError(
            f"{title}: there is not enough memory. Nothing was changed; close other studies or "
            "programs and try again.",
            code="memory",
        )
    return JobFailedError(
        f"{title}: stopped by a fault in Batson. Nothing was changed.",
        detail=type(error).__name__,
    )


def _call(callback: Callable[..., None] | None, *args: object) -> None:
    """Call back unless nobody asked or the receiving Qt object is gone."""
    target = callback.func if isinstance(callback, functools.partial) else callback
    receiver = getattr(target, "__self__", None)
    if isinstance(receiver, QObject) and not shiboken6.isValid(receiver):
        return
    if callback is not None:
        callback(*args)
