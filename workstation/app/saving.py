"""Keeps changes: one writer thread, in order, told apart into waiting, kept and not kept."""

from __future__ import annotations

import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from workstation.app.messages import MessageAction, Messages
from workstation.base.errors import StoreError, WorkstationError
from workstation.storage.case_store import CaseStore

RETRY_MS = 5000
"""After a failed write the store is tried again this often."""

BATCH_LIMIT = 100
"""Most writes of one transaction."""

logger = logging.getLogger("workstation.app")

MESSAGE_KEY = "saving"

T = TypeVar("T")
Write = Callable[[CaseStore], None]
"""One durable change of the store; it is run once it succeeds, in order."""


class SaveKind(StrEnum):
    """How far the changes are kept."""

    NOTHING = "nothing"
    SAVING = "saving"
    SAVED = "saved"
    FAILED = "failed"
    READ_ONLY = "read only"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveState:
    """What the status bar says about keeping.

    ``unsaved`` counts the changes that are in memory only; ``at`` is the time of the last durable
    one as "12:04", empty before the first.
    """

    kind: SaveKind = SaveKind.NOTHING
    unsaved: int = 0
    at: str = ""

    @property
    def text(self) -> str:
        """The state in words, as shown."""
        match self.kind:
            case SaveKind.NOTHING:
                return "No changes yet"
            case SaveKind.SAVING:
                return "Saving…"
            case SaveKind.SAVED:
                return f"All changes kept {self.at}"
            case SaveKind.READ_ONLY:
                return "Read only"
            case SaveKind.FAILED:
                return f"{_count(self.unsaved)} in memory only"


class Saver(QObject):
    """Runs writes one after the other in a thread of its own.

    A failed write stays first in line and is tried again: every :data:`RETRY_MS`, with the next
    change, and when the reader asks. Nothing behind it overtakes it.

    Signals
    -------
    state_changed(SaveState)
    """

    state_changed = Signal(object)
    _progressed = Signal()
    _refused_note = Signal(object)

    def __init__(
        self,
        store: CaseStore,
        messages: Messages,
        *,
        clock: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._messages = messages
        self._clock = clock
        self._waiting: deque[Write] = deque()
        self._lock = threading.Lock()
        self._error: WorkstationError | None = None
        self._kept_at = ""
        self._closed = False
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="batson-store")
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self.try_again)
        kind = SaveKind.READ_ONLY if store.read_only else SaveKind.NOTHING
        self._state = SaveState(kind=kind)
        self._progressed.connect(self._refresh, Qt.ConnectionType.QueuedConnection)
        self._refused_note.connect(self._tell_note, Qt.ConnectionType.QueuedConnection)

    @property
    def state(self) -> SaveState:
        """How far the changes are kept."""
        return self._state

    def submit(self, write: Write) -> None:
        """Put a write in line; returns at once."""
        if self._store.read_only:
            return
        with self._lock:
            self._waiting.append(write)
        self._start()
        self._refresh()

    def note(self, write: Write) -> None:
        """Run a write that is no change of the case, such as a line of the audit log."""
        self._executor.submit(write, self._store).add_done_callback(self._noted)

    def _noted(self, future: Future[None]) -> None:
        fault = future.exception()
        if fault is None:
            return
        logger.error("the audit log was not written: %s", type(fault).__name__)
        if isinstance(fault, WorkstationError):
            self._refused_note.emit(fault)

    def call(self, read: Callable[[CaseStore], T]) -> T:
        """Run something behind every waiting write and return what it gives."""
        future: Future[T] = self._executor.submit(read, self._store)
        return future.result()

    def flush(self) -> bool:
        """Wait until the line is empty or a write fails; whether everything is durable."""
        wait([self._start()])
        self._refresh()
        return not self._waiting

    @Slot()
    def try_again(self) -> None:
        """Try the failed write again, and what waits behind it."""
        if not self._closed:
            self._start()

    def shut_down(self) -> None:
        """End the writer thread after what is running."""
        self._closed = True
        self._retry.stop()
        self._executor.shutdown(wait=True)

    def _start(self) -> Future[None]:
        future = self._executor.submit(self._drain)
        future.add_done_callback(self._ended)
        return future

    def _ended(self, future: Future[None]) -> None:
        """Note a fault of the program itself as a failed write, so that it is not swallowed."""
        fault = future.exception()
        if fault is not None:
            logger.error("a write failed: %s", type(fault).__name__)
            self._error = StoreError("The case store failed.", detail=type(fault).__name__)
            self._progressed.emit()

    def _drain(self) -> None:
        """Run in the writer thread: write in order until the line is empty or a write fails.

        What has gathered is written in one transaction, so that a slow disk does not fall behind
        the reader; when that fails, one by one up to the write that cannot be done.
        """
        while self._waiting:
            with self._lock:
                gathered = tuple(itertools.islice(self._waiting, BATCH_LIMIT))
            if not self._wrote(gathered) and (len(gathered) == 1 or not self._wrote(gathered[:1])):
                break
        self._progressed.emit()

    def _wrote(self, writes: tuple[Write, ...]) -> bool:
        """Run writes in one transaction; whether they are durable now."""
        try:
            with self._store.together():
                for write in writes:
                    write(self._store)
        except WorkstationError as error:
            self._error = error
            return False
        with self._lock:
            for _ in writes:
                self._waiting.popleft()
            self._error = None
            self._kept_at = self._clock().strftime("%H:%M")
        return True

    @Slot(object)
    def _tell_note(self, error: WorkstationError) -> None:
        self._messages.refused(error, key="audit")

    @Slot()
    def _refresh(self) -> None:
        with self._lock:
            waiting, error, kept_at = len(self._waiting), self._error, self._kept_at
        if self._store.read_only:
            kind = SaveKind.READ_ONLY
        elif waiting:
            kind = SaveKind.FAILED if error else SaveKind.SAVING
        else:
            kind = SaveKind.SAVED if kept_at else SaveKind.NOTHING
        if kind is SaveKind.FAILED and not self._closed and not self._retry.isActive():
            self._retry.start()
        old, self._state = self._state, SaveState(kind=kind, unsaved=waiting, at=kept_at)
        if old == self._state:
            return
        self._tell(old, error)
        self.state_changed.emit(self._state)

    def _tell(self, old: SaveState, error: WorkstationError | None) -> None:
        if self._state.kind is SaveKind.FAILED and error is not None:
            self._messages.critical(
                f"{error.message} Your last {_changes(self._state.unsaved)} in memory only.",
                action=MessageAction(label="Try again", handler=self.try_again),
                key=MESSAGE_KEY,
            )
        elif old.kind is SaveKind.FAILED and self._state.kind is SaveKind.SAVED:
            self._retry.stop()
            self._messages.resolve(MESSAGE_KEY)
            self._messages.info("All changes are kept again.")


def _changes(count: int) -> str:
    return "change is" if count == 1 else f"{count} changes are"


def _count(changes: int) -> str:
    return "1 change is" if changes == 1 else f"{changes} changes are"
