"""What covers the window while nobody is there, and asks for the PIN."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QCursor
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from workstation.app.idle_lock import IdleLock
from workstation.app.session import CaseSession
from workstation.base.errors import WorkstationError
from workstation.ui.components.controls import TextButton
from workstation.ui.components.fields import TextField
from workstation.ui.components.labels import PlainLabel
from workstation.ui.theme import SEMIBOLD, TITLE_PX

LOOK_MS = 5000
"""How often is looked whether the pointer moved."""

FIELD_PX = 220


class LockCover(QDialog):
    """Covers a window until the PIN was typed; it cannot be closed.

    Parameters
    ----------
    lock : IdleLock
    window : QWidget
        What is covered.
    """

    def __init__(self, lock: IdleLock, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._lock = lock
        self._window = window
        self.setModal(True)
        self.setWindowTitle("Batson")
        self.pin = TextField("PIN", hint="PIN", limit=12, width_px=FIELD_PX)
        self.pin.setEchoMode(TextField.EchoMode.Password)
        self.words = PlainLabel("", tone="critical")
        self.open_button = TextButton("Unlock", kind="primary")
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(1)
        head = PlainLabel("Batson is locked", size_px=TITLE_PX, weight=SEMIBOLD)
        for part in (head, self.pin, self.words, self.open_button):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.pin.returnPressed.connect(self.try_pin)
        self.open_button.clicked.connect(self.try_pin)
        window.installEventFilter(self)

    @Slot()
    def cover(self) -> None:
        """Cover the window."""
        self.pin.clear()
        self.words.setText("")
        self._fit()
        self.show()
        self.pin.setFocus()

    @Slot()
    def try_pin(self) -> None:
        """Open when the PIN is right; say why not otherwise."""
        try:
            self._lock.unlock(self.pin.text())
        except WorkstationError as error:
            self.pin.clear()
            self.words.setText(error.message)
            return
        self.hide()

    def reject(self) -> None:
        """Stay: Escape does not open."""

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay while the window is locked."""
        if self._lock.is_locked:
            event.ignore()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.isVisible():
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        corner = self._window.mapToGlobal(QPoint(0, 0))
        self.setGeometry(corner.x(), corner.y(), self._window.width(), self._window.height())


class LockGuard(QObject):
    """Joins the idle lock with a window: what counts as activity, and the cover.

    A change of the case or of what is looked at counts, and a pointer that moves. Not every event
    is looked at, because that would slow the panes down.

    Parameters
    ----------
    lock : IdleLock
    window : QWidget
    session : CaseSession
    """

    def __init__(self, lock: IdleLock, window: QWidget, session: CaseSession) -> None:
        super().__init__(window)
        self._lock = lock
        self._pointer = QCursor.pos()
        self.cover = LockCover(lock, window)
        lock.locked.connect(self.cover.cover)
        session.case_changed.connect(lock.note_activity)
        session.view_changed.connect(lock.note_activity)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Note activity when the pointer moved since the last look."""
        before, self._pointer = self._pointer, QCursor.pos()
        if before != self._pointer:
            self._lock.note_activity()
