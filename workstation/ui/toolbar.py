"""The toolbar: every button starts an action of the table; what does not fit folds away by rule."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from workstation.app.actions import ActionRegistry
from workstation.imaging.window import WindowPreset
from workstation.ui.bar_controls import Band, ButtonKind, DropButton, Hairline, ToolbarButton
from workstation.ui.components.controls import IconButton, TextButton
from workstation.ui.search_box import SearchBox

HEIGHT_PX = 44
FULL_WIDTH_PX = 1700
"""From this width key letters stand beside the tools and the search box is open."""
WIDE_WIDTH_PX = 1440
"""Narrower toolbars fold the measuring tools into one button."""

_LOOK_TOOLS = ("tool.window_level", "tool.zoom", "tool.pan")
_MARK_TOOLS = ("tool.lesion", "tool.level")
_MEASURE_TOOLS = (
    "tool.distance",
    "tool.bidirectional",
    "tool.angle",
    "tool.cobb",
    "tool.ellipse",
)
_MORE_MEASURES = (
    "tool.rectangle",
    "tool.polygon",
    "tool.freehand",
    "tool.sphere",
    "tool.point",
    "tool.local_kyphosis",
    "tool.translation",
    "tool.vertebral_heights",
    "tool.canal_diameters",
    "tool.cord_diameters",
    "tool.arrow",
    "tool.text",
    "mark.list",
)
_TOGGLES = ("view.fusion", "view.link", "view.crosshair", "view.compare")
_LAYOUTS = ((1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (4, 4))
_MORE = ("help.keys", "help.check", "help.about", "app.settings", "app.quit")


class Toolbar(Band):
    """Open, layout, tools, window, toggles, undo, search, report.

    Parameters
    ----------
    registry : ActionRegistry

    Signals
    -------
    layout_wanted(int, int)
        Rows and columns.
    window_wanted(WindowPreset)
    """

    layout_wanted = Signal(int, int)
    window_wanted = Signal(object)

    def __init__(self, registry: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__(HEIGHT_PX, parent=parent)
        self.setAccessibleName("Toolbar")
        self._registry = registry
        self._buttons: dict[str, ToolbarButton] = {}
        self.open = self._button("file.open", label="Open")
        self.layout_button = ToolbarButton("grid-2x2", "Layout of the panes")
        self.layout_button.set_menu(self._layout_menu())
        self.hanging = DropButton("Hang")
        self.hanging.set_choice("none")
        self.window_choice = DropButton("Window")
        self.window_choice.set_choice("Auto")
        self.measure_menu = ToolbarButton("ruler", "Measure", kind=ButtonKind.TOOL)
        self.search = SearchBox(partial(registry.trigger, "help.palette"))
        self.search_icon = IconButton("search", "Search or run", "Ctrl+K")
        self.report = TextButton("Report", icon="file-text", kind="primary")
        self.more = IconButton("ellipsis", "More")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 0, 12, 0)
        self._row.setSpacing(2)
        self._lay_out()
        self._connect()
        self.refresh()

    def button(self, action_id: str) -> ToolbarButton:
        """Return the button of an action."""
        return self._buttons[action_id]

    def show_armed(self, action_id: str) -> None:
        """Mark the one armed tool."""
        for name in (*_LOOK_TOOLS, *_MARK_TOOLS, *_MEASURE_TOOLS):
            self._buttons[name].set_on(name == action_id)
        folded = action_id in _MEASURE_TOOLS and self.width() < WIDE_WIDTH_PX
        self.measure_menu.set_on(folded or action_id in _MORE_MEASURES)

    def show_toggle(self, action_id: str, on: bool) -> None:
        """Show whether a toggle is on."""
        self._buttons[action_id].set_on(on)

    def show_hanging(self, name: str) -> None:
        """Show the name of the layout."""
        self.hanging.set_choice(name or "none")
        self.hanging.setEnabled(bool(name))

    def show_windows(self, presets: tuple[WindowPreset, ...], present: str) -> None:
        """Offer the windows of the active pane and show the present one in words."""
        self.window_choice.menu.clear()
        for number, preset in enumerate(presets, 1):
            action = QAction(preset.name, self.window_choice.menu)
            if number <= 9:
                action.setShortcut(str(number))
                action.setShortcutVisibleInContextMenu(True)
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(partial(self.window_wanted.emit, preset))
            self.window_choice.menu.addAction(action)
        self.window_choice.setEnabled(bool(presets))
        self.window_choice.set_choice(present or "Auto")

    def refresh(self) -> None:
        """Show which actions are enabled now, and why the others are not."""
        for name, button in self._buttons.items():
            bound = self._registry.is_bound(name)
            button.setEnabled(bound and self._registry.is_enabled(name))
            button.setToolTip(self._registry.tooltip(name))
        self.report.setEnabled(self._registry.is_enabled("tab.report"))
        self.report.setToolTip(self._registry.tooltip("tab.report"))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold and unfold by width."""
        super().resizeEvent(event)
        self._fit()

    def _button(
        self, action_id: str, *, kind: ButtonKind = ButtonKind.PLAIN, label: str = ""
    ) -> ToolbarButton:
        spec = self._registry.spec(action_id)
        button = ToolbarButton(spec.icon, spec.text, kind=kind, label=label)
        button.setObjectName(action_id)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(partial(self._registry.trigger, action_id))
        self._buttons[action_id] = button
        return button

    def _lay_out(self) -> None:
        self._add(self.open)
        self._line()
        self._add(self.layout_button, self.hanging)
        self._line()
        self._add(*(self._button(name, kind=ButtonKind.TOOL) for name in _LOOK_TOOLS))
        self._line()
        self._add(*(self._button(name, kind=ButtonKind.TOOL) for name in _MARK_TOOLS))
        self._line()
        self._add(*(self._button(name, kind=ButtonKind.TOOL) for name in _MEASURE_TOOLS))
        self._add(self.measure_menu)
        self._line()
        self._add(self._button("evidence.key_image"))
        self._line()
        self._add(self.window_choice)
        self._row.addSpacing(4)
        self._add(*(self._button(name, kind=ButtonKind.TOGGLE) for name in _TOGGLES))
        self._line()
        self._add(self._button("edit.undo"), self._button("edit.redo"))
        self._row.addStretch(1)
        self._add(self.search, self.search_icon)
        self._row.addSpacing(6)
        self._add(self.report, self.more)

    def _add(self, *widgets: QWidget) -> None:
        for widget in widgets:
            self._row.addWidget(widget)

    def _line(self) -> None:
        self._row.addWidget(Hairline())

    def _connect(self) -> None:
        self.search_icon.clicked.connect(partial(self._registry.trigger, "help.palette"))
        self.report.clicked.connect(partial(self._registry.trigger, "tab.report"))
        self._registry.availability_changed.connect(self.refresh)
        self.measure_menu.set_menu(self._action_menu((*_MEASURE_TOOLS, *_MORE_MEASURES)))
        self._more_menu = self._action_menu(_MORE)
        self.more.clicked.connect(self._open_more)

    def _open_more(self) -> None:
        self._more_menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _fit_lines(self) -> None:
        """Hide a line that no visible button parts from the line before it."""
        parted = False
        for number in range(self._row.count()):
            item = self._row.itemAt(number)
            widget = item.widget() if item is not None else None
            if isinstance(widget, Hairline):
                widget.setVisible(parted)
                parted = False
            elif widget is not None and not widget.isHidden():
                parted = True

    def _layout_menu(self) -> QMenu:
        menu = QMenu(self)
        for rows, columns in _LAYOUTS:
            action = QAction(f"{rows} × {columns}", menu)
            action.triggered.connect(partial(self.layout_wanted.emit, rows, columns))
            menu.addAction(action)
        return menu

    def _action_menu(self, names: tuple[str, ...]) -> QMenu:
        menu = QMenu(self)
        menu.aboutToShow.connect(partial(self._fill_menu, menu, names))
        return menu

    def _fill_menu(self, menu: QMenu, names: tuple[str, ...]) -> None:
        menu.clear()
        for name in names:
            if not self._registry.is_bound(name):
                continue
            keys = self._registry.shortcuts(name)
            words = self._registry.spec(name).text
            action = QAction(f"{words}\t{keys[0]}" if keys else words, menu)
            action.setEnabled(self._registry.is_enabled(name))
            action.triggered.connect(partial(self._registry.trigger, name))
            menu.addAction(action)

    def _fit(self) -> None:
        full = self.width() >= FULL_WIDTH_PX
        wide = self.width() >= WIDE_WIDTH_PX
        for name in (*_LOOK_TOOLS, *_MARK_TOOLS, *_MEASURE_TOOLS, *_TOGGLES, "evidence.key_image"):
            keys = self._registry.shortcuts(name)
            letter = keys[0] if keys and len(keys[0]) == 1 else ""
            self._buttons[name].show_key(letter if full else "")
        for name in _MEASURE_TOOLS:
            self._buttons[name].setVisible(wide and self._registry.is_bound(name))
        self.open.show_label("Open" if wide else "")
        self.hanging.show_word(wide)
        self.window_choice.setVisible(wide)
        for name in ("evidence.key_image", "view.compare"):
            self._buttons[name].setVisible(wide and self._registry.is_bound(name))
        self._buttons["view.fusion"].setVisible(self._registry.is_bound("view.fusion"))
        self.search.setVisible(full)
        self.search_icon.setVisible(not full)
        self._fit_lines()
