"""What the framework suggests, with its flags, what is missing and the side notes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.noms import SIGN_OFF, NomsResult
from workstation.ui.components.banner import Remark
from workstation.ui.components.controls import TextButton
from workstation.ui.components.drawing import paint_box, paint_text, text_width
from workstation.ui.components.fitted import FittedWidget
from workstation.ui.components.labels import PlainLabel, Run, RunsLabel, SectionHead
from workstation.ui.form_binding import column
from workstation.ui.noms_form_view import MISSING_WORDS, outcome_text, outcome_title, row_flag
from workstation.ui.theme import LABEL_PX, SEMIBOLD, SMALL_PX, TITLE_PX, current_theme, font


class FlagBadges(FittedWidget):
    """Flags as outlined badges that wrap; the first is neutral, the others are cautions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._neutral: tuple[str, ...] = ()
        self._caution: tuple[str, ...] = ()

    def set_flags(self, neutral: tuple[str, ...], caution: tuple[str, ...]) -> None:
        """Show these flags."""
        self._neutral, self._caution = neutral, caution
        self.setAccessibleName(". ".join(neutral + caution))
        self.setToolTip("\n".join(neutral + caution))
        self.setVisible(bool(neutral or caution))
        self.refit()

    def height_at(self, width: int) -> int:
        """Return the height of all lines."""
        boxes = self._boxes(width)
        return int(boxes[-1][0].bottom()) if boxes else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the badges."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        face = self._face()
        for box, text, token in self._boxes(self.width()):
            color = theme.color(token)
            paint_box(painter, box, edge=color, radius_px=3.0)
            paint_text(painter, box.adjusted(7, 0, 0, 0), text, face, color)

    def _boxes(self, width: int) -> list[tuple[QRectF, str, str]]:
        flags = [(text, "text_muted") for text in self._neutral]
        flags += [(text, "caution") for text in self._caution]
        boxes = []
        left = top = 0.0
        for words, token in flags:
            text = words.rstrip(".").upper()
            want = text_width(text, self._face()) + 14
            if left and left + want > width:
                left, top = 0.0, top + 24
            boxes.append((QRectF(left, top, min(want, width), 20), text, token))
            left += want + 6
        return boxes

    def _face(self) -> QFont:
        return font(LABEL_PX, SEMIBOLD, spacing_px=0.2)


class OutcomeBox(QWidget):
    """The suggestion and its flags."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, spacing_px=4, edge_px=10)
        head = PlainLabel(
            "NOMS framework suggests", size_px=SMALL_PX, weight=SEMIBOLD, tone="muted"
        )
        self.title = PlainLabel("", size_px=TITLE_PX - 1, weight=SEMIBOLD, wraps=True)
        self.text = PlainLabel("", wraps=True)
        self.flags = FlagBadges()
        for part in (head, self.title, self.text, self.flags):
            layout.addWidget(part)

    def set_result(self, result: NomsResult) -> None:
        """Show a result."""
        self.title.setText(outcome_title(result))
        self.text.setText(outcome_text(result))
        row = row_flag(result)
        short = tuple(_SHORT_FLAGS.get(flag.code, flag.text) for flag in result.flags)
        self.flags.set_flags((row,) if row else (), short)
        self.setAccessibleName(result.sentence)
        self.setToolTip(result.sentence)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box."""
        painter = QPainter(self)
        theme = current_theme()
        fill, edge = theme.color("raised"), theme.color("line")
        paint_box(painter, QRectF(self.rect()), fill=fill, edge=edge)


_SHORT_FLAGS = {
    "LIMITED_STAB": "Limited stabilization",
    "LIMITED_STAB_IF_UNABLE": "Limited stabilization if unable",
    "PRIOR_RT": "Prior radiation",
    "PRIOR_RT_UNKNOWN": "Prior radiation unknown",
    "DISCORDANT": "Discordant",
    "FUNCTIONAL_RADICULOPATHY": "Radiculopathy, sets no N",
    "DEFICIT_ATTRIBUTED": "Deficit attributed elsewhere",
    "RADIOSENSITIVITY_OVERRIDDEN": "Radiosensitivity: own choice",
    "SURGEON_DECIDED": "Stability: surgeon",
    "CLINICIAN_DECIDED": "N: clinician",
}
"""A badge is short; the whole sentence is in the report and under the notes."""


class MissingList(QWidget):
    """What a decision still needs, each with a way to its field.

    Signals
    -------
    wanted(str)
        The letter whose card is asked for.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, spacing_px=2)
        layout.addWidget(SectionHead("Missing"))
        self._rows: dict[str, QWidget] = {}
        self.buttons: dict[str, TextButton] = {}
        for letter, words in MISSING_WORDS.items():
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(4)
            shown = letter if len(letter) == 1 else "O"
            text = RunsLabel([Run(shown + "  ", "caution", SEMIBOLD), Run(words)])
            button = TextButton("Go", kind="flat")
            button.describe(f"Go to {words}", f"Go to {words}")
            button.setProperty("letter", shown)
            button.clicked.connect(self._on_clicked)
            line.addWidget(text, 1)
            line.addWidget(button)
            self.buttons[letter] = button
            self._rows[letter] = row
            layout.addWidget(row)

    def set_missing(self, missing: tuple[str, ...]) -> None:
        """Show what is missing."""
        for letter, row in self._rows.items():
            row.setVisible(letter in missing)
        self.setVisible(bool(missing))

    def _on_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.wanted.emit(str(sender.property("letter")))


class SideNotes(QWidget):
    """The mandatory side notes, word for word, and where the table comes from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout: QVBoxLayout = column(self, spacing_px=2)
        self._shown: tuple[str, ...] = ()
        self._remarks: list[Remark] = []
        self.source = PlainLabel(SIGN_OFF, size_px=SMALL_PX, tone="muted", wraps=True)
        self._layout.addWidget(self.source)

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes that show."""
        return self._shown

    def set_notes(self, notes: tuple[str, ...]) -> None:
        """Show these notes."""
        if notes == self._shown:
            return
        self._shown = notes
        for remark in self._remarks:
            remark.hide()
            remark.deleteLater()
        self._remarks = [Remark(note) for note in notes]
        for position, remark in enumerate(self._remarks):
            self._layout.insertWidget(position, remark)
