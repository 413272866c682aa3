"""What the program does for its store by itself: a copy a day."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot

from workstation.app.jobs import JobCallbacks, JobRunner
from workstation.app.messages import Messages
from workstation.base.errors import WorkstationError
from workstation.base.task import CancelToken, Progress
from workstation.storage.backups import keep_backup
from workstation.storage.case_store import CaseStore

FIRST_MS = 60_000
"""The first copy waits until the reader has begun to work."""

INTERVAL_MS = 3_600_000
MESSAGE_KEY = "backup"


class Housekeeping(QObject):
    """Copies the store in the background, once a day, and says when that failed.

    Parameters
    ----------
    store : CaseStore
    jobs : JobRunner
    messages : Messages
    """

    def __init__(
        self,
        store: CaseStore,
        jobs: JobRunner,
        messages: Messages,
        parent: QObject | None = None,
        *,
        first_ms: int = FIRST_MS,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._jobs = jobs
        self._messages = messages
        self._timer = QTimer(self)
        self._timer.setInterval(first_ms)
        self._timer.timeout.connect(self.back_up)
        if not store.read_only:
            self._timer.start()

    @Slot()
    def back_up(self) -> None:
        """Copy the store now unless a recent copy is there."""
        self._timer.setInterval(INTERVAL_MS)
        callbacks = JobCallbacks(done=self._done, failed=self._failed)
        copy = partial(_copy, self._store)
        self._jobs.start("Backing up the cases", copy, callbacks=callbacks, slot=MESSAGE_KEY)

    def stop(self) -> None:
        """Do nothing any more; call before the store is closed."""
        self._timer.stop()

    def _done(self, _path: object) -> None:
        self._messages.resolve(MESSAGE_KEY)

    def _failed(self, error: WorkstationError) -> None:
        self._messages.caution(
            f"The daily copy of the cases was not made. {error.message} The cases themselves "
            "are kept.",
            key=MESSAGE_KEY,
        )


def _copy(store: CaseStore, *, progress: Progress, cancel: CancelToken) -> object:
    cancel.check()
    path = keep_backup(store)
    progress(1, 1)
    return path
