"""What is shown when the program itself fails: what happened, what is safe, details to copy."""

from __future__ import annotations

import logging
import platform
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

import workstation
from workstation.base.log import safe_text
from workstation.ui.components.controls import TextButton
from workstation.ui.components.labels import PlainLabel
from workstation.ui.theme import SEMIBOLD, TITLE_PX

logger = logging.getLogger("workstation.ui")


def crash_details(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Return where the program failed, without values and without identity."""
    frames = traceback.extract_tb(trace)
    lines = [f"Batson {workstation.__version__}, Python {platform.python_version()}"]
    lines.append(f"{platform.system()} {platform.release()}")
    lines.append(kind.__name__)
    lines.extend(f"  {_module(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
    return "\n".join(safe_text(line) for line in lines)


def _module(filename: str) -> str:
    """Return a file below its package; the folders of this machine stay out."""
    parts = filename.replace("\\", "/").split("/")
    start = parts.index("workstation") if "workstation" in parts else len(parts) - 1
    return "/".join(parts[start:])


class CrashDialog(QDialog):
    """Tells that something failed, and gives the details for whoever mends it."""

    def __init__(self, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Batson")
        self.setMinimumSize(560, 340)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(
            PlainLabel("Something in Batson failed", size_px=TITLE_PX, weight=SEMIBOLD)
        )
        words = "Your changes so far are kept. Go on; if it happens again, send these lines."
        column.addWidget(PlainLabel(words, wraps=True))
        self.text = QPlainTextEdit(details)
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Details")
        column.addWidget(self.text, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        self.copy_button = TextButton("Copy")
        self.go_on = TextButton("Go on", kind="primary")
        self.copy_button.clicked.connect(self.copy_details)
        self.go_on.clicked.connect(self.accept)
        row.addWidget(self.copy_button)
        row.addWidget(self.go_on)
        column.addLayout(row)

    def copy_details(self) -> None:
        """Put the details on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())


class CrashReporter(QObject):
    """Takes exceptions that nothing caught, from any thread, and shows them on the main one.

    Parameters
    ----------
    window : QWidget
    """

    _failed = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shown: CrashDialog | None = None
        self._failed.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def report(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log and show a failure; the form of ``sys.excepthook``."""
        del error
        details = crash_details(kind, trace)
        logger.error("unexpected %s", kind.__name__)
        self._failed.emit(details)

    def _show(self, details: str) -> None:
        if self._shown is not None:
            return
        self._shown = CrashDialog(details, self._window)
        self._shown.finished.connect(self._forget)
        self._shown.open()

    def _forget(self) -> None:
        self._shown = None
