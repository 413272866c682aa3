"""The right panel before a study is open: the workstation check and the job in order."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workstation.app.workstation_check import Check, CheckState
from workstation.ui.bar_controls import Band
from workstation.ui.components.drawing import paint_text, text_width
from workstation.ui.icons import paint_icon
from workstation.ui.study_panel import SectionBar
from workstation.ui.theme import BODY_PX, LABEL_PX, REGULAR, SEMIBOLD, current_theme, font

ROW_PX = 32
STEP_PX = 30
STEPS = (
    ("Open a study", "Ctrl+O"),
    ("Number the spine", "Shift+L"),
    ("Walk level by level", "J  U"),
    ("Mark each lesion", "L"),
    ("Grade SINS and ESCC", "S then 1–6"),
    ("Read the NOMS trace", "N"),
    ("Check, then sign", "Ctrl+P"),
)
_LOOKS = {
    CheckState.GOOD: ("check", "good"),
    CheckState.CAUTION: ("triangle-alert", "caution"),
    CheckState.BAD: ("triangle-alert", "critical"),
}


class CheckRow(QWidget):
    """One line of the workstation check."""

    def __init__(self, check: Check, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check = check
        self.setFixedHeight(ROW_PX)
        self.setAccessibleName(f"{check.name}: {check.text}")
        self.setToolTip(check.detail)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw sign, name and answer."""
        del event
        painter = QPainter(self)
        theme = current_theme()
        icon, token = _LOOKS[self.check.state]
        paint_icon(painter, icon, QRectF(14, 9, 14, 14), theme.color(token))
        area = QRectF(40, 0, self.width(), self.height())
        paint_text(painter, area, self.check.name, font(BODY_PX), theme.color("text_muted"))
        face = font(BODY_PX, SEMIBOLD)
        left = self.width() - 16 - text_width(self.check.text, face)
        area = QRectF(left, 0, self.width(), self.height())
        paint_text(painter, area, self.check.text, face, theme.color("text"))


class StepRow(QWidget):
    """One step of the job with its key."""

    def __init__(self, number: int, words: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = (str(number), words, key)
        self.setFixedHeight(STEP_PX)
        self.setAccessibleName(f"Step {number}: {words}, {key}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw number, words and key."""
        del event
        painter = QPainter(self)
        theme = current_theme()
        number, words, key = self._parts
        height = self.height()
        muted = theme.color("text_muted")
        paint_text(painter, QRectF(16, 0, 20, height), number, font(BODY_PX, REGULAR), muted)
        face = font(BODY_PX, SEMIBOLD)
        paint_text(painter, QRectF(36, 0, 300, height), words, face, theme.color("text"))
        small = font(LABEL_PX, SEMIBOLD)
        left = self.width() - 16 - text_width(key, small)
        paint_text(painter, QRectF(left, 0, 100, height), key, small, muted)


class StartPanel(Band):
    """What this machine can do, and what the reader does, in order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("This workstation")
        self.rows: list[CheckRow] = []
        self._checks = QVBoxLayout()
        self._checks.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(SectionBar("This workstation"))
        column.addLayout(self._checks)
        column.addSpacing(12)
        column.addWidget(SectionBar("The job, in order"))
        for number, (words, key) in enumerate(STEPS, 1):
            column.addWidget(StepRow(number, words, key))
        column.addStretch(1)
        waiting = Check(name="Checking", state=CheckState.GOOD, text="one moment")
        self.show_checks((waiting,))

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Show the lines of the check."""
        while (item := self._checks.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        self.rows = [CheckRow(check) for check in checks]
        for row in self.rows:
            self._checks.addWidget(row)
