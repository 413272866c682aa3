"""Keys to actions by real key events: plain keys, signs, held keys, shortcuts, typing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSpinBox, QTextEdit, QWidget

from tests.ui.conftest import settle
from workstation.app.actions import ACTIONS, ActionRegistry, Context, Fact, is_plain_key
from workstation.ui.key_dispatch import KeyDispatcher, is_typing

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
KEYPAD, NONE = Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.NoModifier


class Board(QWidget):
    """A window that gives its keys to a dispatcher, as the main window does."""

    def __init__(self):
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.taken = []
        self.released = []
        self.dispatcher = None

    def keyPressEvent(self, event):
        self.taken.append(self.dispatcher.press(event))

    def keyReleaseEvent(self, event):
        self.released.append(self.dispatcher.release(event))


@pytest.fixture
def ran():
    return []


@pytest.fixture
def registry(qapp, ran):
    made = ActionRegistry()
    for spec in made.specs:
        made.bind(spec.id, lambda name=spec.id: ran.append(name))
    made.set_facts(list(Fact))
    return made


@pytest.fixture
def board(show, registry):
    made = Board()
    made.dispatcher = KeyDispatcher(registry, made)
    show(made, 400, 300)
    made.setFocus()
    settle()
    return made


def plain_letters():
    """Actions of the images whose key is one letter, with that letter."""
    for spec in ACTIONS:
        if spec.context is not Context.FORM and not spec.held:
            for key in spec.shortcuts:
                if len(key) == 1 and key.isalpha():
                    yield pytest.param(spec.id, key, NONE, id=f"{key} {spec.id}")
                elif key.startswith("Shift+") and len(key) == 7 and key[-1].isalpha():
                    yield pytest.param(spec.id, key[-1], SHIFT, id=f"{key} {spec.id}")


@pytest.mark.parametrize(("action", "letter", "modifier"), list(plain_letters()))
def test_every_letter_starts_its_action(board, ran, action, letter, modifier):
    QTest.keyClick(board, getattr(Qt.Key, f"Key_{letter.upper()}"), modifier)
    assert ran == [action]
    assert board.taken[-1] is True


def test_a_key_without_an_action_is_left(board, ran):
    QTest.keyClick(board, Qt.Key.Key_F35)
    assert ran == []
    assert board.taken == [False]


@pytest.mark.parametrize("field", [QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QComboBox])
def test_nothing_acts_while_text_is_typed(board, ran, field):
    editor = field(board)
    editor.show()
    editor.setFocus()
    settle()
    assert is_typing()
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_L, NONE, "l")
    assert board.dispatcher.press(event) is False
    assert ran == []


def test_without_a_field_nobody_types(board):
    assert not is_typing()


def test_a_disabled_action_takes_its_key_and_does_nothing(board, registry, ran):
    registry.set_facts([])
    QTest.keyClick(board, Qt.Key.Key_L)
    assert ran == []
    assert board.taken == [True]


def global_shortcuts():
    for spec in ACTIONS:
        if spec.context is Context.GLOBAL:
            for key in spec.shortcuts:
                if not is_plain_key(key) and "," not in key:
                    yield pytest.param(spec.id, key, id=f"{key} {spec.id}")


@pytest.mark.parametrize(("action", "key"), list(global_shortcuts()))
def test_global_shortcuts_work_everywhere(board, ran, action, key):
    shortcuts = [
        item for item in board.dispatcher._shortcuts if item.key().toString() == _portable(key)
    ]
    assert len(shortcuts) == 1
    shortcuts[0].activated.emit()
    assert ran == [action]


def _portable(key):
    return QKeySequence(key).toString()


def test_a_global_shortcut_works_by_a_real_key_in_a_field(board, ran):
    editor = QLineEdit(board)
    editor.show()
    editor.setFocus()
    settle()
    QTest.keyClick(editor, Qt.Key.Key_K, CTRL)
    settle()
    assert ran == ["help.palette"]


def held_actions():
    return [spec for spec in ACTIONS if spec.held and spec.context is not Context.FORM]


def test_there_are_held_actions():
    assert held_actions()


@pytest.mark.parametrize("spec", held_actions(), ids=lambda spec: spec.id)
def test_a_held_key_acts_on_press_and_on_release(board, ran, spec):
    key = getattr(Qt.Key, f"Key_{spec.shortcuts[0]}")
    QTest.keyPress(board, key)
    assert ran == [spec.id]
    QTest.keyRelease(board, key)
    assert ran == [spec.id, spec.id]
    assert board.released == [True]


@pytest.mark.parametrize("spec", held_actions(), ids=lambda spec: spec.id)
def test_repeats_of_a_held_key_are_swallowed(board, ran, spec):
    key = getattr(Qt.Key, f"Key_{spec.shortcuts[0]}")
    QTest.keyPress(board, key)
    again = QKeyEvent(QEvent.Type.KeyPress, key, NONE, "", True)
    assert board.dispatcher.press(again) is True
    release = QKeyEvent(QEvent.Type.KeyRelease, key, NONE, "", True)
    assert board.dispatcher.release(release) is False
    assert ran == [spec.id]
    QTest.keyRelease(board, key)


def test_releasing_a_key_that_is_not_held_does_nothing(board, ran):
    event = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_L, NONE, "l")
    assert board.dispatcher.release(event) is False
    assert ran == []


def test_an_ordinary_key_repeats(board, ran):
    for _ in range(3):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, NONE, "", True)
        assert board.dispatcher.press(event)
    assert ran == ["slice.next"] * 3


@pytest.mark.parametrize("modifier", [NONE, KEYPAD])
def test_the_keypad_counts_as_the_other_keys(board, ran, modifier):
    QTest.keyClick(board, Qt.Key.Key_Down, modifier)
    assert ran == ["slice.next"]


def test_shift_that_only_types_a_sign_does_not_count(board, registry, ran):
    registry.set_shortcuts({"help.keys": ("?",)})
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Question, SHIFT, "?")
    assert board.dispatcher.press(event)
    assert ran == ["help.keys"]


def test_shift_with_a_letter_counts(board, registry, ran):
    registry.set_shortcuts({"tool.distance": ("Y",)})
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Y, SHIFT, "Y")
    assert board.dispatcher.press(event) is False
    assert ran == []


def test_changed_keys_are_taken_over(board, registry, ran):
    old = registry.shortcuts("tool.lesion")[0]
    assert not registry.set_shortcuts({"tool.lesion": ("Y",)})
    QTest.keyClick(board, Qt.Key.Key_Y)
    QTest.keyClick(board, getattr(Qt.Key, f"Key_{old}"))
    assert ran == ["tool.lesion"]


def test_changed_global_keys_leave_no_old_shortcut(board, registry, ran):
    before = len(board.dispatcher._shortcuts)
    assert not registry.set_shortcuts({"help.palette": ("Ctrl+Alt+K",)})
    settle()
    assert len(board.dispatcher._shortcuts) == before
    QTest.keyClick(board, Qt.Key.Key_K, CTRL)
    settle()
    assert ran == []


def test_form_keys_belong_to_the_form(board, registry, ran):
    form = {key for spec in ACTIONS if spec.context is Context.FORM for key in spec.shortcuts}
    other = {key for spec in ACTIONS if spec.context is not Context.FORM for key in spec.shortcuts}
    for key in sorted(form - other):
        if len(key) == 1 and key.isalnum():
            QTest.keyClick(board, getattr(Qt.Key, f"Key_{key.upper()}"))
    assert ran == []
