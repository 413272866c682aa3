"""The small popup that asks which vertebra was clicked; answered with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.base.errors import CommandRefusedError
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.controls import TextButton
from workstation.ui.components.labels import PlainLabel
from workstation.ui.field_popup import FieldPopup
from workstation.ui.theme import LABEL_PX, SEMIBOLD

Answer = Callable[[VertebralLevel], None]
FIELD_WIDTH_PX = 64


class LevelPopup(FieldPopup):
    """Asks for a level: type "t12" and Enter, or arrows from the proposed one.

    Signals
    -------
    closed(bool)
        Whether a level was given.
    """

    closed = Signal(bool)

    def __init__(
        self,
        levels: Sequence[VertebralLevel],
        proposal: VertebralLevel | None,
        answer: Answer,
        parent: QWidget,
    ) -> None:
        super().__init__(parent, "Which vertebra is this?")
        self._levels = tuple(levels)
        self._answer = answer
        self._given = False
        self.field.setText(str(proposal) if proposal is not None else "")
        self.field.setAccessibleName("Level")
        self.field.setPlaceholderText("T12")
        self.field.setFixedWidth(FIELD_WIDTH_PX)
        self.field.selectAll()
        self.hint = PlainLabel("C1 to Co, Enter", size_px=LABEL_PX, tone="muted")
        self._button = TextButton("Name", kind="primary")
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.field.returnPressed.connect(self._accept)
        self.field.textEdited.connect(self._edited)
        self._button.clicked.connect(self._accept)
        self._lay_out()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step through the levels with Up and Down; Esc leaves without an answer."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(1 if event.key() == Qt.Key.Key_Down else -1)
        super().keyPressEvent(event)

    def closeEvent(self, event: object) -> None:
        """Say whether a level was given."""
        del event
        self.closed.emit(self._given)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addWidget(PlainLabel("Which vertebra is this?", weight=SEMIBOLD))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field)
        row.addWidget(self._button)
        column.addLayout(row)
        column.addWidget(self.hint)

    def _accept(self) -> None:
        try:
            level = VertebralLevel.parse(self.field.text())
        except CommandRefusedError as error:
            self._refuse(error.message)
            return
        if level not in self._levels:
            self._refuse(f"{level} exists only as a declared variant.")
            return
        self._given = True
        self._answer(level)
        self.close()

    def _refuse(self, text: str) -> None:
        self.hint.setText(text)
        self.hint.set_tone("caution")
        self.adjustSize()

    def _edited(self) -> None:
        self.hint.setText("C1 to Co, Enter")
        self.hint.set_tone("muted")

    def _step(self, steps: int) -> None:
        words = [str(level) for level in self._levels]
        text = self.field.text().strip()
        place = words.index(text) + steps if text in words else 0
        self.field.setText(words[min(max(place, 0), len(words) - 1)])
        self.field.selectAll()
