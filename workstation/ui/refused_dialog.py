"""Why files were not opened: each with its name and its reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workstation.imaging.volume import RejectedFile
from workstation.ui.components.labels import PlainLabel
from workstation.ui.theme import SEMIBOLD, TITLE_PX


class RefusedDialog(QDialog):
    """Lists refused files; nothing is ever dropped silently.

    Parameters
    ----------
    rejected : sequence of RejectedFile
    """

    def __init__(self, rejected: Sequence[RejectedFile], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Files that were not opened")
        self.resize(760, 420)
        count = len(rejected)
        words = "1 file was not opened" if count == 1 else f"{count} files were not opened"
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(PlainLabel(words, size_px=TITLE_PX, weight=SEMIBOLD))
        self.table = _table(rejected)
        column.addWidget(self.table, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def _table(rejected: Sequence[RejectedFile]) -> QTableWidget:
    table = QTableWidget(len(rejected), 2)
    table.setAccessibleName("Refused files")
    table.setHorizontalHeaderLabels(["File", "Reason"])
    table.verticalHeader().hide()
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setWordWrap(True)
    header = table.horizontalHeader()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    for row, item in enumerate(rejected):
        name = QTableWidgetItem(Path(item.path).name)
        name.setToolTip(item.path)
        table.setItem(row, 0, name)
        table.setItem(row, 1, QTableWidgetItem(item.reason))
    table.resizeRowsToContents()
    return table
