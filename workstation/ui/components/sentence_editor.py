"""One sentence of the report: number, editable text, the values it came from."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from workstation.domain.case import Sentence
from workstation.ui.components.check_list import field_words
from workstation.ui.components.controls import IconButton, PaintedControl, TextButton
from workstation.ui.components.drawing import paint_box, paint_text, text_width, wrapped_height
from workstation.ui.components.fitted import FittedWidget
from workstation.ui.components.labels import PlainLabel
from workstation.ui.icons import paint_icon
from workstation.ui.theme import BODY_PX, SEMIBOLD, SERIF_FAMILY, SMALL_PX, current_theme, font

_TEXT_PX = 14


class SourceChip(PaintedControl):
    """A value that a sentence came from; a press goes there.

    Signals
    -------
    followed(str)
    """

    followed = Signal(str)

    def __init__(self, field: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._words = "Red flags" if field == "red_flags" else field_words(field)
        self.setFixedSize(int(text_width(self._words, font(SMALL_PX, SEMIBOLD)) + 30), 22)
        self.describe(f"Source: {self._words}", f"Go to {self._words}")
        self.clicked.connect(self._on_clicked)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dot and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        fill = theme.color(self.fill_token())
        paint_box(painter, QRectF(self.rect()), fill=fill, edge=theme.color("line"), radius_px=3.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("evidence"))
        painter.drawEllipse(QPointF(11, self.height() / 2.0), 4, 4)
        box = QRectF(21, 0, self.width() - 21, self.height())
        paint_text(painter, box, self._words, font(SMALL_PX, SEMIBOLD), theme.color("text"))

    def _on_clicked(self) -> None:
        self.followed.emit(self._field)


class SentenceText(QPlainTextEdit):
    """The words of a sentence, as tall as they need; given when the focus leaves."""

    given = Signal(str)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font(_TEXT_PX, family=SERIF_FAMILY))
        self.setAccessibleName(f"Sentence {number}")
        self.setToolTip("Edit the words; the sources stay")
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.textChanged.connect(self._fit)

    def show_text(self, text: str) -> None:
        """Show the recorded words, unless they are being typed."""
        typing = self.hasFocus() and self.document().isModified()
        if not typing and self.toPlainText() != text:
            self.setPlainText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to the new width."""
        super().resizeEvent(event)
        self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Give what was typed."""
        super().focusOutEvent(event)
        self.document().setModified(False)
        self.given.emit(self.toPlainText().strip())

    def _fit(self) -> None:
        room = max(self.viewport().width() - 10, 40)
        height = wrapped_height(self.toPlainText() or "x", self.font(), room)
        wanted = int(height * 1.06) + 18
        if wanted != self.height():
            self.setFixedHeight(wanted)


class SourceRow(FittedWidget):
    """The sources of a sentence as chips that wrap."""

    followed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: list[SourceChip] = []

    def set_sources(self, sources: tuple[str, ...]) -> None:
        """Show these sources."""
        for chip in self.chips:
            chip.hide()
            chip.deleteLater()
        self.chips = [SourceChip(source, self) for source in sources]
        for chip in self.chips:
            chip.followed.connect(self.followed)
            chip.show()
        self._arrange()

    def height_at(self, width: int) -> int:
        """Return the height of all lines of chips."""
        return self._place(width, move=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the chips out."""
        self._arrange()

    def _arrange(self) -> None:
        self._place(self.width(), move=True)
        self.refit()

    def _place(self, width: int, *, move: bool) -> int:
        left = top = 0
        for chip in self.chips:
            if left and left + chip.width() > width:
                left, top = 0, top + 26
            if move:
                chip.move(left, top)
            left += chip.width() + 6
        return top + 22 if self.chips else 0


class SentenceEditor(QWidget):
    """One sentence with its number and sources.

    Signals
    -------
    changed(int, str)
        Position from 0 and the new words; empty words remove the sentence.
    followed(str)
        A source was pressed.
    """

    changed = Signal(int, str)
    followed = Signal(str)

    def __init__(self, position: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._position = position
        self._sentence = Sentence(text="")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 6, 8, 8)
        layout.setSpacing(4)
        self.text = SentenceText(position + 1)
        self.text.given.connect(self._on_given)
        self.remove = IconButton("trash-2", f"Remove sentence {position + 1}")
        self.remove.clicked.connect(self._on_remove)
        self.sources = SourceRow()
        self.sources.followed.connect(self.followed)
        self.typed = PlainLabel("typed, no source", size_px=SMALL_PX, tone="muted")
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.sources, 1)
        line.addWidget(self.typed)
        line.addStretch(0)
        line.addWidget(self.remove)
        layout.addWidget(self.text)
        layout.addLayout(line)

    def set_sentence(self, sentence: Sentence, *, editable: bool) -> None:
        """Show a sentence."""
        if sentence.sources != self._sentence.sources:
            self.sources.set_sources(sentence.sources)
        self._sentence = sentence
        self.text.show_text(sentence.text)
        self.text.setReadOnly(not editable)
        self.sources.setVisible(bool(sentence.sources))
        self.typed.setVisible(not sentence.sources)
        self.remove.setEnabled(editable)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box and the number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        fill = theme.color("pressed" if theme.is_dark else "panel")
        edge = theme.color("line")
        paint_box(painter, QRectF(self.rect()), fill=fill, edge=edge)
        number = QRectF(10, 12, 20, 18)
        face = font(BODY_PX, SEMIBOLD)
        paint_text(painter, number, str(self._position + 1), face, theme.color("accent"))
        if not self._sentence.sources:
            box = QRectF(9, self.height() - 30, 14, 14)
            paint_icon(painter, "pencil", box, theme.color("text_muted"))

    def _on_given(self, text: str) -> None:
        if text != self._sentence.text:
            self.changed.emit(self._position, text)

    def _on_remove(self) -> None:
        self.changed.emit(self._position, "")


class SentenceList(QWidget):
    """The sentences of one section in order.

    Signals
    -------
    changed(object)
        The tuple of all sentences after an edit.
    followed(str)
    """

    changed = Signal(object)
    followed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentences: tuple[Sentence, ...] = ()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self.editors: list[SentenceEditor] = []
        self.add = TextButton("Add sentence", icon="plus", kind="quiet")
        self.add.clicked.connect(self._on_add)
        self._layout.addWidget(self.add)

    def set_sentences(self, sentences: tuple[Sentence, ...], *, editable: bool) -> None:
        """Show these sentences."""
        self._sentences = sentences
        while len(self.editors) < len(sentences):
            editor = SentenceEditor(len(self.editors))
            editor.changed.connect(self._on_changed)
            editor.followed.connect(self.followed)
            self._layout.insertWidget(len(self.editors), editor)
            self.editors.append(editor)
        for position, editor in enumerate(self.editors):
            editor.setVisible(position < len(sentences))
            if position < len(sentences):
                editor.set_sentence(sentences[position], editable=editable)
        self.add.setEnabled(editable)

    def _on_changed(self, position: int, text: str) -> None:
        sentences = list(self._sentences)
        if text:
            sentences[position] = replace(sentences[position], text=text)
        else:
            del sentences[position]
        self.changed.emit(tuple(sentences))

    def _on_add(self) -> None:
        self.changed.emit((*self._sentences, Sentence(text="New sentence.")))
        editor = self.editors[len(self._sentences) - 1] if self._sentences else None
        if editor is not None:
            editor.text.setFocus(Qt.FocusReason.TabFocusReason)
            editor.text.selectAll()
