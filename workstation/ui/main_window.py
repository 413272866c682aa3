"""The reading window: its bands, what shows at which width, and files dropped on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workstation.ui.bar_controls import Hairline
from workstation.ui.empty_view import EmptyView
from workstation.ui.form_panel import FormPanel
from workstation.ui.identity_bar import IdentityBar
from workstation.ui.key_dispatch import KeyDispatcher
from workstation.ui.message_bar import MessageBar
from workstation.ui.pane_grid import PaneGrid
from workstation.ui.start_panel import StartPanel
from workstation.ui.status_bar import StatusBar
from workstation.ui.study_panel import SERIES_MIME, StudyPanel
from workstation.ui.theme import NARROW_WIDTH_PX, PANEL_WIDTH_PX, current_theme
from workstation.ui.toolbar import Toolbar

DOCK_WIDE_PX = 276
DOCK_PX = 240
RAIL_PX = 84
WIDE_FROM_PX = 1720
DOCK_FROM_PX = 1440
SMALLEST = QSize(1024, 640)
MAP_SHORTEST_PX = 320


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowParts:
    """The widgets of the window, built and joined elsewhere.

    Parameters
    ----------
    identity, toolbar, messages, status : QWidget
    grid : PaneGrid
    studies : StudyPanel
    spine_map, rail : QWidget
    forms : FormPanel
    start : StartPanel
    empty : EmptyView
    """

    identity: IdentityBar
    toolbar: Toolbar
    messages: MessageBar
    status: StatusBar
    grid: PaneGrid
    studies: StudyPanel
    spine_map: QWidget
    rail: QWidget
    forms: FormPanel
    start: StartPanel
    empty: EmptyView


class Body(QWidget):
    """What lies between toolbar and status: dock or rail, panes, right panel."""

    def __init__(self, parts: WindowParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._reading = False
        self._dock_shown: bool | None = None
        self._forms_shown = True
        self.dock = LeftDock(parts.studies, parts.spine_map, self)
        for widget in (parts.grid, parts.empty, parts.rail, parts.forms, parts.start):
            widget.setParent(self)
        self.dock.raise_()
        self.arrange()

    @property
    def is_narrow(self) -> bool:
        """Whether the rail stands in for the left dock."""
        return self.width() < DOCK_FROM_PX

    def show_reading(self, reading: bool) -> None:
        """Show panes and forms, or the view of the first start."""
        if reading != self._reading:
            self._reading = reading
            self.arrange()

    def toggle_dock(self) -> None:
        """Hide or show series and map; on a narrow window they lie over the panes."""
        shown = self.dock.isVisibleTo(self)
        self._dock_shown = not shown
        self.arrange()

    def toggle_forms(self) -> None:
        """Hide or show the right panel."""
        self._forms_shown = not self._forms_shown
        self.arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange by the rules of the new width."""
        old = event.oldSize().width()
        if (old < DOCK_FROM_PX) != self.is_narrow:
            self._dock_shown = None
        self.arrange()

    def arrange(self) -> None:
        """Place every part."""
        left, height = self._arrange_left(), self.height()
        panel = self._parts.forms if self._reading else self._parts.start
        right = self.right_width() if self._forms_shown else 0
        edge = self.width() - right - (1 if right else 0)
        panel.setGeometry(self.width() - right, 0, max(right, 1), height)
        self._parts.forms.setVisible(self._reading and self._forms_shown)
        self._parts.start.setVisible(not self._reading and self._forms_shown)
        center = QRect(left, 0, max(edge - left, 1), height)
        self._parts.grid.setGeometry(center)
        self._parts.empty.setGeometry(center)
        self._parts.grid.setVisible(self._reading)
        self._parts.empty.setVisible(not self._reading)
        self.update()

    def right_width(self) -> int:
        """Return the width of the right panel; the same for all tabs."""
        return NARROW_WIDTH_PX if self.is_narrow else PANEL_WIDTH_PX

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the hairlines between the parts."""
        del event
        QPainter(self).fillRect(self.rect(), current_theme().color("line"))

    def _arrange_left(self) -> int:
        """Place rail and dock and return where the panes begin."""
        height = self.height()
        rail, dock = self._parts.rail, self.dock
        wide = DOCK_WIDE_PX if self.width() >= WIDE_FROM_PX else DOCK_PX
        if self.is_narrow:
            shown = bool(self._dock_shown)
            rail.setGeometry(0, 0, RAIL_PX, height)
            dock.setGeometry(RAIL_PX + 1, 0, DOCK_WIDE_PX, height)
        else:
            shown = self._dock_shown is not False
            dock.setGeometry(0, 0, wide, height)
        rail.setVisible(self.is_narrow)
        dock.setVisible(shown)
        dock.raise_()
        if self.is_narrow:
            return RAIL_PX + 1
        return wide + 1 if shown else 0


class LeftDock(QWidget):
    """Studies above, the spine map below; the map keeps what the series leave."""

    def __init__(self, studies: StudyPanel, spine_map: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._studies = studies
        self._map = spine_map
        studies.setParent(self)
        spine_map.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height."""
        del event
        self.arrange()

    def arrange(self) -> None:
        """Share the height: the series as much as they need, the map at least its smallest."""
        room = self.height()
        wanted = min(self._studies.wanted_height(), max(room - MAP_SHORTEST_PX, room // 3))
        self._studies.setGeometry(0, 0, self.width(), wanted)
        self._map.setGeometry(0, wanted + 1, self.width(), max(room - wanted - 1, 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the line between both."""
        del event
        QPainter(self).fillRect(self.rect(), current_theme().color("line"))


class MainWindow(QWidget):
    """The window.

    Parameters
    ----------
    parts : WindowParts

    Signals
    -------
    paths_dropped(tuple)
        Files or folders were dropped on the window.
    series_dropped(QPoint, str)
        A series of the list was dropped at a position; index and UID as text.
    closing()
        The window goes; keep everything and end all work.
    """

    paths_dropped = Signal(object)
    series_dropped = Signal(object, str)
    closing = Signal()

    def __init__(self, parts: WindowParts) -> None:
        super().__init__()
        self.parts = parts
        self.keys: KeyDispatcher | None = None
        self.may_close: Callable[[], bool] | None = None
        self.setWindowTitle("Batson")
        self.setMinimumSize(SMALLEST)
        self.resize(1600, 900)
        self.setAcceptDrops(True)
        self.body = Body(parts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in _with_lines(
            (parts.identity, parts.toolbar, parts.messages, self.body, parts.status)
        ):
            column.addWidget(widget, 1 if widget is self.body else 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Start the action of a key that nothing below took."""
        if self.keys is None or not self.keys.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End an action that acts while its key is held."""
        if self.keys is None or not self.keys.release(event):
            super().keyReleaseEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and series."""
        if event.mimeData().hasUrls() or event.mimeData().hasFormat(SERIES_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open dropped files; show a dropped series in the pane below the pointer."""
        data = event.mimeData()
        if data.hasFormat(SERIES_MIME):
            text = bytes(data.data(SERIES_MIME).data()).decode()
            self.series_dropped.emit(event.position().toPoint(), text)
        else:
            paths = tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
            if paths:
                self.paths_dropped.emit(paths)
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep everything before going; stay when the case store did not take it."""
        if self.may_close is not None and not self.may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)


def _with_lines(widgets: Sequence[QWidget]) -> list[QWidget]:
    """Return the bands with a hairline below each but the last; a hidden one has none."""
    result: list[QWidget] = []
    for widget in widgets[:-1]:
        result.append(widget)
        if not isinstance(widget, MessageBar):
            result.append(Hairline(upright=False))
    return [*result, widgets[-1]]
