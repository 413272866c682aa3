"""Search or run (Ctrl+K): a level, a lesion, or any action by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from workstation.app.actions import ActionRegistry, Context
from workstation.app.session import CaseSession
from workstation.domain.lesion import parts_sentence
from workstation.ui.bar_controls import Hairline
from workstation.ui.components.controls import PaintedControl
from workstation.ui.components.drawing import paint_text, text_width
from workstation.ui.components.labels import PlainLabel
from workstation.ui.icons import paint_icon
from workstation.ui.sheet import Sheet
from workstation.ui.theme import (
    BODY_PX,
    LABEL_PX,
    NAME_PX,
    SEMIBOLD,
    SMALL_PX,
    current_theme,
    font,
)

WIDTH_PX = 640
TOP_PX = 150
ROW_PX = 36
SHOWN = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that can be found and run.

    Parameters
    ----------
    group : str
        "Go to" or "Commands".
    icon, title, note, key : str
    run : callable
    """

    group: str
    icon: str
    title: str
    note: str
    key: str
    run: Callable[[], object]


class EntryRow(PaintedControl):
    """One result."""

    def __init__(self, entry: Entry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self._chosen = False
        self.setFixedHeight(ROW_PX)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.describe(f"{entry.title} {entry.note}".strip())

    def choose(self, chosen: bool) -> None:
        """Mark the row that Enter runs."""
        self._chosen = chosen
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of a row."""
        return QSize(WIDTH_PX, ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row."""
        del event
        painter = QPainter(self)
        theme = current_theme()
        height = self.height()
        if self._chosen:
            painter.fillRect(QRectF(8, 0, self.width() - 16, height), theme.color("accent_wash"))
            painter.fillRect(QRectF(8, 0, 2, height), theme.color("accent"))
        elif self.hovered:
            painter.fillRect(QRectF(8, 0, self.width() - 16, height), theme.color("hover"))
        if self.entry.icon:
            box = QRectF(20, height / 2 - 9, 18, 18)
            paint_icon(painter, self.entry.icon, box, theme.color("text_muted"))
        face = font(BODY_PX, SEMIBOLD)
        title = QRectF(50, 0, self.width(), height)
        paint_text(painter, title, self.entry.title, face, theme.color("text"))
        left = 50 + text_width(self.entry.title, face) + 8
        note = QRectF(left, 0, self.width(), height)
        paint_text(painter, note, self.entry.note, font(SMALL_PX), theme.color("text_muted"))
        small = font(LABEL_PX, SEMIBOLD)
        key = "Enter" if self._chosen else self.entry.key
        right = self.width() - 20 - text_width(key, small)
        area = QRectF(right, 0, 100, height)
        paint_text(painter, area, key, small, theme.color("text_muted"))


class CommandPalette(Sheet):
    """Type, choose with the arrows, run with Enter.

    Parameters
    ----------
    registry : ActionRegistry
    session : CaseSession
    window : QWidget
    """

    def __init__(self, registry: ActionRegistry, session: CaseSession, window: QWidget) -> None:
        super().__init__(window, width=WIDTH_PX, top=TOP_PX)
        self.setAccessibleName("Search or run")
        self._registry = registry
        self._session = session
        self._entries = (*self._places(), *self._commands())
        self._place = 0
        self.rows: list[EntryRow] = []
        self.field = QLineEdit()
        self.field.setObjectName("paletteField")
        self.field.setFrame(False)
        self.field.setFont(font(NAME_PX + 2))
        self.field.setAccessibleName("Search or run")
        self.field.setPlaceholderText("level, lesion or command")
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.setFocusProxy(self.field)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._count = PlainLabel(size_px=SMALL_PX, tone="muted")
        self._lay_out()
        self._search("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the arrows, Enter and Esc from the field."""
        pressed = watched is self.field and event.type() is QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and self._take(event.key()):
            return True
        return super().eventFilter(watched, event)

    def run_chosen(self) -> None:
        """Close and run the marked result."""
        if self.rows:
            self._run(self.rows[self._place].entry)

    def _take(self, key: int) -> bool:
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            self._choose((self._place + step) % max(len(self.rows), 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.run_chosen()
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 16, 10)
        head.addWidget(self.field)
        self.column.addLayout(head)
        self.column.addWidget(Hairline(upright=False))
        self.column.addSpacing(8)
        self.column.addLayout(self._list)
        self.column.addSpacing(8)
        self.column.addWidget(Hairline(upright=False))
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 6, 16, 6)
        foot.addWidget(PlainLabel("Up, Down choose · Enter goes", size_px=SMALL_PX, tone="muted"))
        foot.addStretch(1)
        foot.addWidget(self._count)
        self.column.addLayout(foot)

    def _places(self) -> tuple[Entry, ...]:
        case = self._session.case
        if case is None:
            return ()
        found = []
        for level in dict.fromkeys(item for spine in case.spines for item in spine.levels):
            run = partial(self._session.change_view, active_level=level)
            found.append(_place(f"Level {level}", "all panes", run))
        for lesion in case.lesions:
            name = f"{lesion.number} · {lesion.level or 'no level'}"
            run = partial(self._session.change_view, selected_lesion_id=lesion.id)
            found.append(_place(f"Lesion {name}", parts_sentence(lesion), run))
        return tuple(found)

    def _commands(self) -> tuple[Entry, ...]:
        found = []
        for spec in self._registry.specs:
            if spec.context is Context.FORM or spec.held or spec.id == "help.palette":
                continue
            if self._registry.is_bound(spec.id) and self._registry.is_enabled(spec.id):
                keys = self._registry.shortcuts(spec.id)
                found.append(
                    Entry(
                        group="Commands",
                        icon=spec.icon,
                        title=spec.text,
                        note=spec.tooltip,
                        key=keys[0] if keys else "",
                        run=partial(self._registry.trigger, spec.id),
                    )
                )
        return tuple(found)

    def _search(self, text: str) -> None:
        words = text.lower().split()
        found = [item for item in self._entries if _matches(item, words)]
        found.sort(key=lambda item: _rank(item, text))
        self._clear()
        group = ""
        for entry in found[:SHOWN]:
            if entry.group != group:
                group = entry.group
                self._list.addWidget(_group_head(group))
            row = EntryRow(entry)
            row.clicked.connect(partial(self._run, entry))
            self.rows.append(row)
            self._list.addWidget(row)
        count = len(found)
        self._count.setText(f"{count} result{'' if count == 1 else 's'}")
        self._choose(0)
        self.place_box()

    def _clear(self) -> None:
        self.rows = []
        while (item := self._list.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()

    def _choose(self, place: int) -> None:
        self._place = place
        for number, row in enumerate(self.rows):
            row.choose(number == place)

    def _run(self, entry: Entry) -> None:
        self.close()
        entry.run()


def _place(title: str, note: str, run: Callable[[], object]) -> Entry:
    return Entry(group="Go to", icon="crosshair", title=title, note=note, key="", run=run)


def _matches(entry: Entry, words: list[str]) -> bool:
    text = f"{entry.title} {entry.note}".lower()
    return all(word in text for word in words)


def _rank(entry: Entry, text: str) -> tuple[bool, bool, bool]:
    wanted, title = text.strip().lower(), entry.title.lower()
    exact = wanted in title.split()
    return (entry.group != "Go to", not exact, not title.startswith(wanted))


def _group_head(text: str) -> QWidget:
    label = PlainLabel(text.upper(), size_px=LABEL_PX, weight=SEMIBOLD, tone="muted")
    label.setFont(font(LABEL_PX, SEMIBOLD, spacing_px=0.8))
    label.setContentsMargins(20, 6, 0, 4)
    return label
