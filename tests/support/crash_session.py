"""A session without a window that carries out a script, as a reader would with a mouse."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from tests.support.clocks import SteppingClock, counted_ids
from workstation.app.messages import Messages
from workstation.app.session import CaseSession, SaveKind, SaveState
from workstation.domain.case import Case
from workstation.storage.case_codec import decode_command
from workstation.storage.case_store import CaseStore

INTERVAL_MS = 3


class Reader(QObject):
    """Dispatches the documents one by one and tells when each was accepted and when all is kept."""

    def __init__(self, session: CaseSession, documents: list[dict[str, Any]]) -> None:
        super().__init__()
        self._session = session
        self._documents = documents
        self._accepted = 0
        session.save_state_changed.connect(self._tell)
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._go_on)
        self._timer.start()

    def _go_on(self) -> None:
        if self._accepted == len(self._documents):
            self._timer.stop()
            self._session.shut_down()
            print("done", flush=True)
            QCoreApplication.quit()
            return
        document = self._documents[self._accepted]
        if document["command"] == "Undo":
            self._session.undo()
        elif document["command"] == "Redo":
            self._session.redo()
        else:
            assert self._session.dispatch(decode_command(document)), document
            self._session.end_step()
        self._accepted += 1
        print(f"accepted {self._accepted} {time.monotonic()}", flush=True)

    def _tell(self, state: SaveState) -> None:
        if state.kind is SaveKind.SAVED:
            print(f"kept {self._accepted}", flush=True)


def drive_session(home: Path, case_id: str, script: Path) -> None:
    """Open a new case in the store and carry out the script, one JSON document a line."""
    application = QCoreApplication([])
    store = CaseStore.open(home)
    session = CaseSession(store, Messages(), clock=SteppingClock(), new_id=counted_ids(case_id))
    session.new(Case(id=case_id, created_at=""))
    lines = script.read_text("utf-8").splitlines()
    reader = Reader(session, [json.loads(line) for line in lines])
    application.exec()
    del reader
    store.close()
