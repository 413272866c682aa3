"""Text that is only ever plain text: nothing from a study is read as mark-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from workstation.ui.components.drawing import paint_line
from workstation.ui.components.fitted import FittedWidget
from workstation.ui.theme import BODY_PX, LABEL_PX, REGULAR, SEMIBOLD, current_theme, font


class PlainLabel(QLabel):
    """A label whose text is never interpreted.

    Parameters
    ----------
    text : str
    size_px, weight : int
    tone : str
        Color token group: empty for text, or "muted", "faint", "accent", "good", "caution",
        "critical", "suggestion".
    wraps : bool
        Whether the text breaks at words.
    """

    def __init__(
        self,
        text: str = "",
        *,
        size_px: int = BODY_PX,
        weight: int = REGULAR,
        tone: str = "",
        wraps: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(size_px, weight))
        self.setWordWrap(wraps)
        self.setProperty("tone", tone)
        if wraps:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        self.setText(text)

    def set_tone(self, tone: str) -> None:
        """Change the color group."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one look: token of its color, weight, or struck through."""

    text: str
    token: str = "text"
    weight: int = REGULAR
    struck: bool = False


class RunsLabel(FittedWidget):
    """Wrapped plain text in which single stretches have another weight or color."""

    def __init__(
        self,
        runs: Sequence[Run] = (),
        *,
        size_px: int = BODY_PX,
        leading_px: float = 2.0,
        family: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs: tuple[Run, ...] = ()
        self._size_px = size_px
        self._leading_px = leading_px
        self._family = family
        self.set_runs(runs)

    @property
    def text(self) -> str:
        """The text without its looks."""
        return "".join(run.text for run in self._runs)

    def set_runs(self, runs: Sequence[Run]) -> None:
        """Show these stretches."""
        if tuple(runs) == self._runs:
            return
        self._runs = tuple(runs)
        self.setAccessibleName(self.text)
        self.refit()

    def height_at(self, width: int) -> int:
        """Return the height the text needs at a width."""
        return int(self._laid_out(width)[1] + 0.999)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text."""
        painter = QPainter(self)
        layout, _ = self._laid_out(self.width())
        layout.draw(painter, QPointF(0, 0))

    def _face(self, weight: int) -> QFont:
        return (
            font(self._size_px, weight, family=self._family)
            if self._family
            else font(self._size_px, weight)
        )

    def _laid_out(self, width: int) -> tuple[QTextLayout, float]:
        layout = QTextLayout(self.text, self._face(REGULAR))
        layout.setFormats(self._formats())
        layout.beginLayout()
        height = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 1))
            line.setPosition(QPointF(0, height))
            height += line.height() + self._leading_px
        layout.endLayout()
        return layout, max(height - self._leading_px, 0.0)

    def _formats(self) -> list[QTextLayout.FormatRange]:
        theme = current_theme()
        ranges = []
        start = 0
        for run in self._runs:
            look = QTextCharFormat()
            look.setFont(self._face(run.weight))
            look.setForeground(self._ink(theme.color(run.token)))
            look.setFontStrikeOut(run.struck)
            piece = QTextLayout.FormatRange()
            piece.start = start
            piece.length = len(run.text)
            piece.format = look
            ranges.append(piece)
            start += len(run.text)
        return ranges

    def _ink(self, color: QColor) -> QColor:
        return color if self.isEnabled() else current_theme().color("text_disabled")


class SectionHead(QWidget):
    """A head with a hairline to its right: "Missing", "Cauda equina descriptor"."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.setFixedHeight(20)
        self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the word and the line that fills the rest."""
        painter = QPainter(self)
        theme = current_theme()
        face = font(LABEL_PX + 1, SEMIBOLD, spacing_px=0.4)
        painter.setFont(face)
        painter.setPen(theme.color("text_muted"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), self._text)
        start = painter.fontMetrics().horizontalAdvance(self._text) + 12
        middle = self.height() / 2.0
        paint_line(
            painter, QPointF(start, middle), QPointF(self.width(), middle), theme.color("line")
        )


class FormHead(QWidget):
    """The first line of a form: its name on the left, its source or state on the right."""

    def __init__(self, title: str, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PlainLabel(title, weight=SEMIBOLD)
        self.note = PlainLabel(note, size_px=BODY_PX, tone="muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.title)
        row.addStretch(1)
        row.addWidget(self.note)

    def set_note(self, text: str, tone: str = "muted") -> None:
        """Change the words on the right."""
        self.note.setText(text)
        self.note.set_tone(tone)
