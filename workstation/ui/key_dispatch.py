"""Keys to actions: global ones everywhere, image keys for the pane under the pointer.

No plain key acts while text is typed.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from workstation.app.actions import ActionRegistry, Context, is_plain_key

TEXT_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox)


def is_typing() -> bool:
    """Whether the keyboard writes into a field."""
    return isinstance(QApplication.focusWidget(), TEXT_FIELDS)


class KeyDispatcher(QObject):
    """Starts the actions of the table.

    Keys with a modifier and function keys of global actions are window shortcuts. Plain keys reach
    :meth:`press` only when neither the focused widget nor the form took them.

    Parameters
    ----------
    registry : ActionRegistry
    window : QWidget
    """

    def __init__(self, registry: ActionRegistry, window: QWidget) -> None:
        super().__init__(window)
        self._registry = registry
        self._window = window
        self._shortcuts: list[QShortcut] = []
        self._plain: dict[str, str] = {}
        self._held: dict[int, str] = {}
        registry.keys_changed.connect(self.rebuild)
        self.rebuild()

    def rebuild(self) -> None:
        """Take the keys of the registry over."""
        for shortcut in self._shortcuts:
            shortcut.setParent(None)
            shortcut.deleteLater()
        self._shortcuts = []
        self._plain = {}
        for spec in self._registry.specs:
            for key in self._registry.shortcuts(spec.id):
                if spec.context is Context.GLOBAL and not is_plain_key(key):
                    self._add_shortcut(spec.id, key)
                elif spec.context is not Context.FORM:
                    self._plain[_normal(QKeySequence(key))] = spec.id

    def press(self, event: QKeyEvent) -> bool:
        """Start the action of a key; False when it has none here."""
        if is_typing():
            return False
        for name in _names(event):
            action = self._plain.get(name)
            if action is None:
                continue
            if self._registry.spec(action).held:
                self._held[event.key()] = action
                if event.isAutoRepeat():
                    return True
            self._registry.trigger(action)
            return True
        return False

    def release(self, event: QKeyEvent) -> bool:
        """End an action that acts while its key is held."""
        if event.isAutoRepeat():
            return False
        action = self._held.pop(event.key(), None)
        if action is None:
            return False
        self._registry.trigger(action)
        return True

    def _add_shortcut(self, action_id: str, key: str) -> None:
        shortcut = QShortcut(QKeySequence(key), self._window)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(partial(self._registry.trigger, action_id))
        self._shortcuts.append(shortcut)


def _normal(sequence: QKeySequence) -> str:
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def _names(event: QKeyEvent) -> tuple[str, ...]:
    """Return the names under which a key may be in the table, the exact one first.

    Shift is part of how signs such as "?" are typed, so it does not count for them.
    """
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = event.key()
    names = [_normal(QKeySequence(modifiers.value | key))]
    sign = bool(event.text()) and not event.text().isalnum()
    if modifiers == Qt.KeyboardModifier.ShiftModifier and sign:
        names.append(_normal(QKeySequence(key)))
    return tuple(names)
