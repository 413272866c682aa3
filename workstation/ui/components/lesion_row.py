"""One lesion of the list: mark, number and level, extent, size, grades, evidence."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workstation.ui.components.controls import PaintedControl
from workstation.ui.components.drawing import paint_line, paint_text, text_width
from workstation.ui.components.evidence import EvidenceState, paint_evidence
from workstation.ui.components.marks import Mark, paint_mark
from workstation.ui.theme import BODY_PX, SEMIBOLD, SMALL_PX, current_theme, font

SINS_RIGHT_PX = 92
ESCC_RIGHT_PX = 40
_ROW_PX = 46


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionRowView:
    """What a row shows; every text is whole, longer extents are given shorter by rule.

    Parameters
    ----------
    lesion_id : str
    title : str
        "1 · L1".
    extents : tuple of str
        The extent in words, from the longest to the shortest form.
    size, note : str
        Second line, left and right.
    """

    lesion_id: str
    title: str
    extents: tuple[str, ...]
    size: str
    sins: str
    escc: str
    mark: Mark
    token: str
    evidence: EvidenceState = EvidenceState.NONE
    note: str = ""
    words: str = ""


class LesionRow(PaintedControl):
    """One row; a press selects the lesion.

    Signals
    -------
    picked(str)
        The id of the lesion.
    """

    picked = Signal(str)

    def __init__(self, view: LesionRowView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_ROW_PX)
        self.clicked.connect(self._on_clicked)
        self.set_view(view)

    def set_view(self, view: LesionRowView) -> None:
        """Show another state."""
        self.view = view
        self.describe(view.words, view.words)
        self.update()

    def nextCheckState(self) -> None:
        """Leave the state to the view."""

    def sizeHint(self) -> QSize:
        """Return one row."""
        return QSize(360, _ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        width = self.width()
        if self.isChecked():
            painter.fillRect(QRectF(self.rect()), theme.color("accent_wash"))
            painter.fillRect(QRectF(0, 0, 2, self.height()), theme.color("accent"))
        elif self.hovered:
            painter.fillRect(QRectF(self.rect()), theme.color("hover"))
        base = self.height() - 0.5
        paint_line(painter, QPointF(0, base), QPointF(width, base), theme.color("line"))
        color = theme.color(self.view.token)
        paint_mark(painter, self.view.mark, QPointF(20, 15), 11, color)
        strong = font(BODY_PX, SEMIBOLD)
        text = theme.color("text")
        paint_text(painter, QRectF(34, 5, 100, 20), self.view.title, strong, text)
        left = 34 + text_width(self.view.title, strong) + 10
        room = width - SINS_RIGHT_PX - 46 - left
        extent = next(
            (words for words in self.view.extents if text_width(words, font(BODY_PX)) <= room),
            "",
        )
        paint_text(painter, QRectF(left, 5, room, 20), extent, font(BODY_PX), text)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        sins = QRectF(width - SINS_RIGHT_PX - 60, 5, 60, 20)
        paint_text(painter, sins, self.view.sins, strong, color, right)
        escc = QRectF(width - ESCC_RIGHT_PX - 60, 5, 60, 20)
        paint_text(painter, escc, self.view.escc, strong, text, right)
        paint_evidence(painter, self.view.evidence, QPointF(width - 18, 15))
        muted = theme.color("text_muted")
        small = font(SMALL_PX)
        paint_text(painter, QRectF(34, 23, 200, 18), self.view.size, small, muted)
        note = QRectF(width - 212, 23, 200, 18)
        paint_text(painter, note, self.view.note, small, muted, right)

    def _on_clicked(self) -> None:
        self.picked.emit(self.view.lesion_id)
