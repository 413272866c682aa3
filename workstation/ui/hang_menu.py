"""The menu of the hanging button: layouts of the protocol, other protocols, and keeping one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from workstation.app.actions import ActionRegistry
from workstation.app.protocols import NAME_LIMIT
from workstation.ui.hanger import Hanger
from workstation.ui.text_popup import TextPopup

QUESTION = "Name of the layout"


class HangMenu(QObject):
    """Fills the menu each time it opens, and asks for names.

    Parameters
    ----------
    menu : QMenu
    hanger : Hanger
    registry : ActionRegistry
    window : QWidget
    """

    def __init__(
        self, menu: QMenu, hanger: Hanger, registry: ActionRegistry, window: QWidget
    ) -> None:
        super().__init__(window)
        self._menu = menu
        self._hanger = hanger
        self._window = window
        menu.aboutToShow.connect(self.fill)
        registry.bind("hang.save", self.ask_name)

    def fill(self) -> None:
        """Offer what can be hung now."""
        self._menu.clear()
        choice = self._hanger.choice
        if choice is None:
            return
        for index, stage in enumerate(choice.stages):
            chosen = index == choice.index
            self._add(stage.name, partial(self._hanger.show_stage, index), checked=chosen)
        self._menu.addSeparator()
        for protocol_id, name in choice.also_fit:
            chosen = protocol_id == choice.protocol.id
            self._add(name, partial(self._hanger.hang_by, protocol_id), checked=chosen)
        self._menu.addSeparator()
        self._add("Keep this layout…", self.ask_name)
        for protocol in self._hanger.shelf.saved:
            self._add(f"Remove “{protocol.name}”", partial(self._hanger.forget, protocol.name))

    def ask_name(self) -> None:
        """Ask for a name and keep the present layout under it."""
        popup = TextPopup(self._hanger.save_as, self._window, question=QUESTION, limit=NAME_LIMIT)
        place = self._window.rect().center() - QPoint(160, 0)
        popup.show_at(self._window.mapToGlobal(place))

    def _add(self, text: str, handler: Callable[[], object], *, checked: bool = False) -> None:
        action = QAction(text, self._menu)
        action.setCheckable(checked)
        action.setChecked(checked)
        action.triggered.connect(lambda _checked=False: handler())
        self._menu.addAction(action)
