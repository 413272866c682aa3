"""The menu of a right click on a pane: windows of its series, and what can be done with it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from workstation.app.actions import ActionRegistry
from workstation.imaging.window import presets_for
from workstation.ui.image_actions import ImageActions
from workstation.ui.pane import Pane

GROUPS = (
    ("tool.lesion", "tool.level", "evidence.key_image"),
    ("view.reset", "view.invert", "view.maximize"),
)


class PaneMenu(QObject):
    """Opens the menu of a pane.

    Parameters
    ----------
    registry : ActionRegistry
    images : ImageActions
    """

    def __init__(self, registry: ActionRegistry, images: ImageActions, parent: QObject) -> None:
        super().__init__(parent)
        self._registry = registry
        self._images = images

    def open(self, pane: Pane, place: QPoint) -> QMenu:
        """Open the menu at a global position and return it."""
        menu = QMenu(pane)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in GROUPS:
            for name in group:
                self._add(menu, name)
            menu.addSeparator()
        if pane.state is not None:
            for preset in presets_for(pane.state.layers[-1].volume):
                action = QAction(f"Window: {preset.name}", menu)
                action.triggered.connect(partial(self._images.set_preset, preset))
                menu.addAction(action)
        menu.popup(place)
        return menu

    def _add(self, menu: QMenu, name: str) -> None:
        keys = self._registry.shortcuts(name)
        words = self._registry.spec(name).text
        action = QAction(f"{words}\t{keys[0]}" if keys else words, menu)
        action.setEnabled(self._registry.is_bound(name) and self._registry.is_enabled(name))
        action.triggered.connect(partial(self._registry.trigger, name))
        menu.addAction(action)
