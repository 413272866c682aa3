"""Keeps the settings and brings them into effect: theme, keys, mouse, who reads."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from workstation.app.actions import ActionRegistry
from workstation.app.messages import Messages
from workstation.base.errors import WorkstationError
from workstation.storage.settings import (
    DragDirection,
    Settings,
    SettingsFile,
    WheelDirection,
)
from workstation.ui.pane_host import PaneHost
from workstation.ui.reading_desk import ReadingDesk
from workstation.ui.settings_dialog import SettingsDialog
from workstation.ui.theme import ThemeName, apply_theme
from workstation.ui.tools.navigation import WindowTool
from workstation.ui.tools.tool import ToolId


class SettingsDesk(QObject):
    """Holds the settings of the reader.

    Parameters
    ----------
    settings : Settings
    file : SettingsFile
    registry : ActionRegistry
    host : PaneHost
    desk : ReadingDesk
    messages : Messages
    window : QWidget

    Signals
    -------
    changed(Settings)
    """

    changed = Signal(object)

    def __init__(
        self,
        settings: Settings,
        file: SettingsFile,
        registry: ActionRegistry,
        host: PaneHost,
        desk: ReadingDesk,
        messages: Messages,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._file = file
        self._registry = registry
        self._host = host
        self._desk = desk
        self._messages = messages
        self._window = window
        self._settings = settings
        registry.bind("app.settings", self.open)
        self._take_keys()
        self._take_mouse()

    @property
    def settings(self) -> Settings:
        """The present settings."""
        return self._settings

    def open(self) -> None:
        """Show the settings."""
        SettingsDialog(self._settings, self._registry, self.keep, self._window).open()

    def keep(self, settings: Settings) -> bool:
        """Keep other settings and bring them into effect; False when they could not be kept."""
        try:
            self._file.save(settings)
        except WorkstationError as error:
            self._messages.refused(error, key="settings")
            return False
        themed = settings.theme is not self._settings.theme
        self._settings = settings
        application = QApplication.instance()
        if themed and isinstance(application, QApplication):
            apply_theme(application, ThemeName(settings.theme.value))
            for widget in self._window.findChildren(QWidget):
                widget.update()
        self._take_mouse()
        self.changed.emit(settings)
        return True

    def _take_keys(self) -> None:
        known = {spec.id for spec in self._registry.specs}
        keys = {row[0]: row[1:] for row in self._settings.shortcuts if row and row[0] in known}
        if keys and self._registry.set_shortcuts(keys):
            self._messages.caution(
                "Keys that were changed collide now; the usual ones are used.", key="settings"
            )

    def _take_mouse(self) -> None:
        settings = self._settings
        self._host.pointer.wheel_sign = -1 if settings.wheel is WheelDirection.TOWARD_NEXT else 1
        self._host.pointer.fast_steps = settings.fast_scroll_slices
        for tool in (self._host.pointer.window_tool, self._desk.tool(ToolId.WINDOW)):
            if isinstance(tool, WindowTool):
                tool.set_inverted(settings.level_drag is DragDirection.DOWN_DARKER)
