"""What the window shows before a study is open: drop zone, recent cases, first steps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from workstation.storage.stored_case import CaseSummary
from workstation.ui.components.controls import IconButton, PaintedControl, TextButton
from workstation.ui.components.drawing import paint_box, paint_line, paint_text, text_width
from workstation.ui.components.labels import PlainLabel
from workstation.ui.icons import paint_icon
from workstation.ui.theme import (
    BODY_PX,
    LABEL_PX,
    SEMIBOLD,
    SMALL_PX,
    VALUE_PX,
    current_theme,
    font,
)

COLUMN_PX = 760
DROP_HEIGHT_PX = 236
CASE_ROW_PX = 49
CASES_SHOWN = 6


class DropZone(QWidget):
    """The dashed box that takes files, with the three ways in.

    Signals
    -------
    open_wanted(), demo_wanted()
    """

    open_wanted = Signal()
    demo_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(DROP_HEIGHT_PX)
        self.setAccessibleName("Drop a study here")
        title = PlainLabel("Drop a study here", size_px=VALUE_PX, weight=SEMIBOLD)
        words = "Folder, ZIP, DICOMDIR, DICOM files, NIfTI or NRRD. Files stay where they are."
        text = PlainLabel(words, tone="muted")
        self.open = TextButton("Open folder", icon="folder-open", key="Ctrl+O", kind="primary")
        self.demo = TextButton("Open demo case", icon="play")
        self.open.clicked.connect(self.open_wanted)
        self.demo.clicked.connect(self.demo_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.open)
        buttons.addWidget(self.demo)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 80, 24, 24)
        column.setSpacing(8)
        column.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        column.addLayout(buttons)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dashed box and the folder."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        pen = QPen(theme.color("line_strong"), 1.5)
        pen.setDashPattern([5.0, 3.5])
        painter.setPen(pen)
        painter.setBrush(theme.color("panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        box = QRectF(self.width() / 2 - 20, 28, 40, 40)
        paint_icon(painter, "folder-open", box, theme.color("accent"))


class CaseRow(PaintedControl):
    """One kept case; without the name while names are hidden."""

    def __init__(self, case: CaseSummary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self._named = False
        self.setFixedHeight(CASE_ROW_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_name(False)

    def show_name(self, shown: bool) -> None:
        """Show or hide the patient's name."""
        self._named = shown
        self.describe(f"Open case {self._title}, {self._status}")
        self.update()

    @property
    def _title(self) -> str:
        case = self._case
        name = case.patient_name.replace("^", ", ").strip(", ")
        if self._named and name:
            return f"{name} · {case.patient_id}"
        return case.patient_id or "No ID"

    @property
    def _status(self) -> str:
        word = self._case.status.capitalize()
        return f"{word} v{self._case.version}" if self._case.status != "draft" else word

    def sizeHint(self) -> QSize:
        """Return the size of a row."""
        return QSize(COLUMN_PX, CASE_ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row."""
        del event
        painter = QPainter(self)
        theme = current_theme()
        if self.hovered:
            painter.fillRect(self.rect(), theme.color("hover"))
        width, case = self.width(), self._case
        title = QRectF(12, 6, width / 2, 20)
        paint_text(painter, title, self._title, font(BODY_PX, SEMIBOLD), theme.color("text"))
        studies = ", ".join(case.study_dates) or "No study"
        muted = theme.color("text_muted")
        paint_text(painter, QRectF(12, 25, width / 2, 18), studies, font(SMALL_PX), muted)
        levels = ", ".join(case.levels) or "No level graded"
        area = QRectF(width * 0.39, 0, width * 0.3, self.height())
        paint_text(painter, area, levels, font(BODY_PX), theme.color("text"))
        self._paint_status(painter)
        when = case.changed_at[:10]
        face = font(BODY_PX)
        left = width - 12 - text_width(when, face)
        paint_text(painter, QRectF(left, 0, 120, self.height()), when, face, theme.color("text"))
        base = self.height() - 0.5
        paint_line_across(painter, self.width(), base)

    def _paint_status(self, painter: QPainter) -> None:
        theme = current_theme()
        signed = self._case.status != "draft"
        face = font(SMALL_PX, SEMIBOLD)
        width = text_width(self._status, face) + 36
        right = self.width() * 0.86
        box = QRectF(right - width, self.height() / 2 - 10, width, 20)
        token = "good" if signed else ""
        fill = theme.color("good_wash" if signed else "raised")
        edge = theme.color(token or "line_strong")
        paint_box(painter, box, fill=fill, edge=edge, radius_px=3)
        icon = "shield-check" if signed else "pencil"
        place = QRectF(box.left() + 8, box.top() + 3, 14, 14)
        paint_icon(painter, icon, place, theme.color(token or "text_muted"))
        words = box.adjusted(28, 0, 0, 0)
        paint_text(painter, words, self._status, face, theme.color(token or "text"))


def paint_line_across(painter: QPainter, width: float, y: float) -> None:
    """Draw a hairline over a row."""
    paint_line(painter, QPointF(0, y), QPointF(width, y), current_theme().color("line"))


class EmptyView(QWidget):
    """First start.

    Signals
    -------
    open_wanted(), demo_wanted(), keys_wanted(), palette_wanted()
    case_wanted(str)
        Open a kept case by its id.
    """

    open_wanted = Signal()
    demo_wanted = Signal()
    keys_wanted = Signal()
    palette_wanted = Signal()
    case_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("No study open")
        self.drop = DropZone()
        self.drop.open_wanted.connect(self.open_wanted)
        self.drop.demo_wanted.connect(self.demo_wanted)
        self._names_shown = False
        self._rows: list[CaseRow] = []
        self.names = PlainLabel("Names hidden", size_px=SMALL_PX, tone="muted")
        self.eye = IconButton("eye-off", "Show or hide names")
        self.eye.clicked.connect(self._toggle_names)
        self._cases = QVBoxLayout()
        self._cases.setSpacing(0)
        self._head = QWidget()
        self._lay_out()
        self.show_cases(())

    def show_cases(self, cases: Sequence[CaseSummary]) -> None:
        """List the cases changed last."""
        while (item := self._cases.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        self._rows = []
        for case in cases[:CASES_SHOWN]:
            row = CaseRow(case)
            row.show_name(self._names_shown)
            row.clicked.connect(partial(self.case_wanted.emit, case.case_id))
            self._rows.append(row)
            self._cases.addWidget(row)
        self._head.setVisible(bool(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the background."""
        del event
        QPainter(self).fillRect(self.rect(), current_theme().color("window"))

    def _lay_out(self) -> None:
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 24, 0, 0)
        title = PlainLabel("RECENT CASES", size_px=LABEL_PX, weight=SEMIBOLD, tone="muted")
        title.setFont(font(LABEL_PX, SEMIBOLD, spacing_px=0.8))
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.names)
        head.addWidget(self.eye)
        links = QHBoxLayout()
        links.setContentsMargins(0, 24, 0, 0)
        links.setSpacing(8)
        links.addWidget(PlainLabel("First time here?"))
        keys = TextButton("Keyboard sheet", key="F1", kind="flat")
        palette = TextButton("Search or run", key="Ctrl+K", kind="flat")
        keys.clicked.connect(self.keys_wanted)
        palette.clicked.connect(self.palette_wanted)
        links.addWidget(keys)
        links.addWidget(palette)
        links.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self.drop)
        column.addWidget(self._head)
        column.addLayout(self._cases)
        column.addLayout(links)
        column.addStretch(1)
        middle = QWidget()
        middle.setMaximumWidth(COLUMN_PX)
        middle.setLayout(column)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addWidget(middle, 10)
        row.addStretch(1)

    def _toggle_names(self) -> None:
        self._names_shown = not self._names_shown
        self.names.setText("Names shown" if self._names_shown else "Names hidden")
        for row in self._rows:
            row.show_name(self._names_shown)
