"""How a critical result was passed on: to whom, how, when, read back, what was said."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from workstation.domain.answers import NOT_ASSESSED
from workstation.domain.case import Communication
from workstation.ui.components.axis_card import YesNoChoice, answer_of
from workstation.ui.components.controls import TextButton
from workstation.ui.components.drawing import paint_box, paint_text
from workstation.ui.components.fields import TextField
from workstation.ui.components.labels import PlainLabel
from workstation.ui.icons import paint_icon
from workstation.ui.theme import BODY_PX, SEMIBOLD, SMALL_PX, current_theme, font


class CommunicationBox(QWidget):
    """The record of one communication.

    Signals
    -------
    given(Communication)
        Every field that is typed gives the whole record.
    now_wanted()
        Put the present time in.
    """

    given = Signal(object)
    now_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record: Communication | None = None
        self._required = False
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 38, 12, 12)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        self.to_whom = TextField("To whom", hint="Name and department")
        self.how = TextField("How", hint="Telephone")
        self.at = TextField("When, local time with offset", hint="2026-03-14T16:42+01:00")
        self.now = TextButton("Now", kind="button")
        self.now.describe("Now", "Put the present local time in")
        self.read_back = YesNoChoice("Read back")
        self.said = TextField("What was said", limit=400)
        rows = (
            ("To whom", self.to_whom, 0, 0, 2),
            ("How", self.how, 0, 2, 1),
            ("When (local time)", self.at, 2, 0, 1),
            ("", self.now, 2, 1, 1),
            ("Read back", self.read_back, 2, 2, 1),
            ("What was said", self.said, 4, 0, 3),
        )
        for name, field, row, start, span in rows:
            if name:
                label = PlainLabel(name, size_px=SMALL_PX, weight=SEMIBOLD, tone="muted")
                grid.addWidget(label, row, start, 1, span)
            grid.addWidget(field, row + 1, start, 1, span)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(2, 2)
        for field in (self.to_whom, self.how, self.at, self.said):
            field.given.connect(self._on_given)
        self.read_back.picked.connect(self._on_read_back)
        self.now.clicked.connect(self.now_wanted)
        self.setAccessibleName("Critical result communicated")

    def set_view(self, record: Communication | None, *, required: bool, editable: bool) -> None:
        """Show a record; ``required`` names it as needed before signing."""
        self._record, self._required = record, required
        self.to_whom.show_text(record.to_whom if record else "")
        self.how.show_text(record.how if record else "")
        self.at.show_text(record.at if record else "")
        self.said.show_text(record.said if record else "")
        self.read_back.set_value(record.read_back.value if record else "")
        self.setEnabled(editable)
        self.update()

    def set_time(self, time: str) -> None:
        """Put a time in and give the record."""
        self.at.setText(time)
        self._on_given()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box and its head."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        missing = self._required and (self._record is None or not self._record.is_told)
        token = "critical" if missing else "line_strong"
        wash = theme.color("critical_wash") if missing else theme.color("raised")
        paint_box(painter, QRectF(self.rect()), fill=wash, edge=theme.color(token))
        paint_icon(painter, "phone-call", QRectF(12, 10, 18, 18), theme.color(token))
        head = QRectF(38, 8, self.width() - 50, 22)
        face = font(BODY_PX + 1, SEMIBOLD)
        paint_text(painter, head, "Critical result communicated", face, theme.color("text"))
        if missing:
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            ink = theme.color("critical")
            small = font(SMALL_PX, SEMIBOLD)
            paint_text(painter, head, "required before signing", small, ink, right)

    def _on_given(self) -> None:
        base = self._record or Communication(to_whom="", at="", how="")
        self._emit(base.read_back.value)

    def _on_read_back(self, value: str) -> None:
        self._emit(value)

    def _emit(self, read_back: str) -> None:
        record = Communication(
            to_whom=self.to_whom.text().strip(),
            how=self.how.text().strip(),
            at=self.at.text().strip(),
            said=self.said.text().strip(),
            read_back=answer_of(read_back) if read_back else NOT_ASSESSED,
        )
        empty = Communication(to_whom="", at="", how="")
        told = None if record == empty else record
        if told != self._record:
            self.given.emit(told)
