"""The list of marks: each with its kind, level, values and place; a row brings the panes there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workstation.app.session import CaseSession
from workstation.domain.case import Case
from workstation.domain.commands import RemoveMark
from workstation.domain.mark import Mark
from workstation.imaging.volume import Volume, VolumeKey
from workstation.rendering.plane import as_vector
from workstation.ui.components.labels import PlainLabel
from workstation.ui.mark_words import MarkReadings, mark_lines

COLUMNS = ("Mark", "Level", "Values", "Series")
VolumeOf = Callable[[VolumeKey], Volume | None]
NOT_OPEN = "The images are not open."


class MarkList(QDialog):
    """Lists the marks of the open case and stays in step with it.

    Parameters
    ----------
    session : CaseSession
    volume_of : callable
        Gives a volume in memory, or None.
    readings : MarkReadings

    Signals
    -------
    chosen(str)
        The mark of a row was activated; its id.
    """

    chosen = Signal(str)

    def __init__(
        self,
        session: CaseSession,
        volume_of: VolumeOf,
        readings: MarkReadings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Marks")
        self.resize(720, 420)
        self._session = session
        self._volume_of = volume_of
        self._readings = readings
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setAccessibleName("Marks")
        self.table.setHorizontalHeaderLabels(list(COLUMNS))
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.hint = PlainLabel("A row shows its mark. Del removes it.", tone="muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.addWidget(self.table, 1)
        column.addWidget(self.hint)
        self.table.cellClicked.connect(self._on_row)
        self.table.cellActivated.connect(self._on_row)
        session.case_changed.connect(self._on_case_changed)
        self.refresh()

    def refresh(self) -> None:
        """Show the marks of the case."""
        marks = self._marks()
        self.table.setRowCount(len(marks))
        for row, mark in enumerate(marks):
            for column, text in enumerate(self._cells(mark)):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.table.resizeRowsToContents()
        if not marks:
            self.hint.setText("No marks yet. Press D and drag to measure.")

    def keyPressEvent(self, event: object) -> None:
        """Remove the mark of the present row with Del."""
        if getattr(event, "key", lambda: None)() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            marks, row = self._marks(), self.table.currentRow()
            if 0 <= row < len(marks):
                self._session.dispatch(RemoveMark(id=marks[row].id))
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]

    def _marks(self) -> tuple[Mark, ...]:
        case = self._session.case
        return case.marks if case is not None else ()

    def _cells(self, mark: Mark) -> tuple[str, str, str, str]:
        volume = self._volume_of(VolumeKey(series_uid=mark.series_uid, index=mark.volume_index))
        words = mark.kind.words
        kind = words[:1].upper() + words[1:]
        levels = ", ".join(str(level) for level in mark.levels)
        case = self._session.case
        series = next(
            (s for s in (case.series if case else ()) if s.series_uid == mark.series_uid), None
        )
        name = f"{series.number} {series.description}".strip() if series is not None else ""
        if volume is None:
            return (kind, levels, "; ".join(filter(None, (mark.label, NOT_OPEN))), name)
        lines = mark_lines(mark, (volume,), self._readings)
        return (kind, levels, "\n".join(lines), name)

    def _on_row(self, row: int, column: int) -> None:
        del column
        marks = self._marks()
        if 0 <= row < len(marks):
            self.chosen.emit(marks[row].id)

    def _on_case_changed(self, old: Case | None, new: Case | None) -> None:
        if old is None or new is None or old.marks is not new.marks:
            self.refresh()


def middle_of(mark: Mark) -> tuple[float, float, float]:
    """Return the point in the middle of a mark, LPS mm."""
    return as_vector(np.mean(np.asarray(mark.points), axis=0))
