"""The sheet of every key and mouse movement (F1)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from workstation.app.actions import ActionRegistry
from workstation.ui.bar_controls import Hairline
from workstation.ui.components.controls import IconButton
from workstation.ui.components.drawing import KEY_HEIGHT_PX, key_width, paint_key, paint_text
from workstation.ui.components.labels import PlainLabel
from workstation.ui.sheet import Sheet
from workstation.ui.theme import (
    BODY_PX,
    LABEL_PX,
    SEMIBOLD,
    SMALL_PX,
    VALUE_PX,
    current_theme,
    font,
)

WIDTH_PX = 1120
ROW_PX = 26
KEYS_PX = 124

Row = tuple[tuple[str, ...], str]
"""Keys and what they do; an action id stands for its own keys."""
Group = tuple[str, tuple[Row, ...]]

_COLUMNS: tuple[tuple[Group, ...], ...] = (
    (
        (
            "Levels",
            (
                (("level.next",), "Next level, towards the feet"),
                (("level.previous",), "Previous level, towards the head"),
                (("tool.level",), "Name the level here"),
                (("spine.confirm",), "Confirm the numbering"),
            ),
        ),
        (
            "Lesions and form",
            (
                (("tool.lesion",), "Mark lesion at the pointer"),
                (("evidence.key_image",), "Key image"),
                (("evidence.attach",), "Attach image to the field"),
                (("edit.delete",), "Remove what is selected"),
                (("window.images_or_form",), "Between images and form"),
                (("S then 1–6",), "SINS component"),
                (("N then letter",), "NOMS section: N, O, M or S"),
                (("1–9",), "Choose an option in a field"),
            ),
        ),
    ),
    (
        (
            "Look",
            (
                (("Wheel",), "Next slice"),
                (("Shift+Wheel",), "Five slices"),
                (("Ctrl+Wheel",), "Zoom at the pointer"),
                (("slice.previous", "slice.next"), "Slice"),
                (("series.previous", "series.next"), "Series"),
                (("slice.first", "slice.last"), "First, last slice"),
                (("pane.previous", "pane.next"), "Pane"),
                (("Double-click",), "Maximise, restore"),
                (("Middle drag",), "Pan"),
                (("Right drag",), "Zoom"),
                (("Shift+Move",), "3D cursor in all panes"),
            ),
        ),
        (
            "Window",
            (
                (("tool.window_level",), "Window level tool"),
                (("window.preset_0",), "Reset window"),
                (("1–5",), "CT: soft, bone, epidural, myelo, lung"),
                (("1–3",), "MR: auto, narrow, wide"),
                (("1–4",), "PET: SUV 5, 7, 10, 15"),
                (("view.invert",), "Invert"),
            ),
        ),
    ),
    (
        ("Measure", ((("tool.distance",), "Distance"),)),
        (
            "Display",
            (
                (("tool.zoom",), "Zoom tool"),
                (("tool.pan",), "Pan tool"),
                (("view.hide_overlays",), "Hide overlays while held"),
                (("view.text",), "Overlay text: all, short, none"),
                (("view.crosshair",), "Cross-hair and reference lines"),
                (("view.link",), "Link panes"),
                (("view.fusion",), "Fusion on, off"),
                (("view.blend",), "Blend 0, 50, 100"),
                (("view.reset",), "Reset pane"),
            ),
        ),
        (
            "Program",
            (
                (("help.palette",), "Search or run"),
                (("help.keys",), "This sheet"),
                (("edit.undo",), "Undo"),
                (("edit.redo",), "Redo"),
                (("report.pdf",), "Report as PDF"),
                (("window.full_screen",), "Full screen"),
                (("tool.disarm",), "Stop, close"),
            ),
        ),
    ),
)


class KeyRow(QWidget):
    """Key badges and what they do."""

    def __init__(self, keys: Sequence[str], words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys = tuple(keys)
        self.words = words
        self.setFixedHeight(ROW_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{' or '.join(keys)}: {words}")

    def sizeHint(self) -> QSize:
        """Return the size of a row."""
        return QSize(320, ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the badges and the words."""
        del event
        painter = QPainter(self)
        theme = current_theme()
        left, top = 0.0, (self.height() - KEY_HEIGHT_PX) / 2
        for number, key in enumerate(self.keys):
            if number:
                area = QRectF(left + 4, 0, 8, self.height())
                paint_text(painter, area, "/", font(SMALL_PX), theme.color("text_faint"))
                left += 14
            paint_key(painter, key, QPointF(left, top), color=theme.color("text"))
            left += key_width(key)
        area = QRectF(max(KEYS_PX, left + 10), 0, self.width(), self.height())
        paint_text(painter, area, self.words, font(BODY_PX, SEMIBOLD), theme.color("text"))


class ShortcutSheet(Sheet):
    """Every key, found by typing.

    Parameters
    ----------
    registry : ActionRegistry
    window : QWidget
    """

    def __init__(self, registry: ActionRegistry, window: QWidget) -> None:
        super().__init__(window, width=WIDTH_PX)
        self.setAccessibleName("Keyboard and mouse")
        self._registry = registry
        self.rows: list[KeyRow] = []
        self.finder = QLineEdit()
        self.finder.setPlaceholderText("Find an action")
        self.finder.setAccessibleName("Find an action")
        self.finder.setFixedWidth(240)
        self.finder.textChanged.connect(self._filter)
        self.column.setContentsMargins(28, 20, 28, 16)
        self.column.setSpacing(12)
        self.column.addLayout(self._head())
        self.column.addWidget(Hairline(upright=False))
        self.column.addLayout(self._body())
        self.column.addWidget(Hairline(upright=False))
        foot = QHBoxLayout()
        foot.addWidget(KeyRow(("Esc",), "closes"))
        words = "Single letters do nothing while you type in a field. Hold Space to pan."
        foot.addWidget(PlainLabel(words, tone="muted"))
        self.column.addLayout(foot)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(PlainLabel("Keyboard and mouse", size_px=VALUE_PX, weight=SEMIBOLD))
        words = "Keys act on the pane under the pointer."
        row.addWidget(PlainLabel(words, tone="muted"))
        row.addStretch(1)
        row.addWidget(self.finder)
        cross = IconButton("x", "Close", "Esc")
        cross.clicked.connect(self.close)
        row.addWidget(cross)
        return row

    def _body(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(24)
        for groups in _COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(0)
            for title, rows in groups:
                head = PlainLabel(title.upper(), size_px=LABEL_PX, weight=SEMIBOLD, tone="muted")
                head.setFont(font(LABEL_PX, SEMIBOLD, spacing_px=0.8))
                column.addWidget(head)
                column.addSpacing(4)
                for keys, words in rows:
                    column.addWidget(self._row(keys, words))
                column.addSpacing(12)
            column.addStretch(1)
            row.addLayout(column, 1)
        return row

    def _row(self, keys: Sequence[str], words: str) -> KeyRow:
        known = {spec.id for spec in self._registry.specs}
        shown: list[str] = []
        for key in keys:
            if key not in known:
                shown.append(key)
                continue
            own = self._registry.shortcuts(key)
            shown.extend(own[:1] if len(keys) > 1 else own[:2])
        made = KeyRow(shown or ("none",), words)
        self.rows.append(made)
        return made

    def _filter(self, text: str) -> None:
        for row in self.rows:
            row.setVisible(text.strip().lower() in f"{row.words} {' '.join(row.keys)}".lower())
