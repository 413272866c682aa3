"""The sheet of keys: true to the table of actions, searchable, closed in every usual way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from tests.ui.conftest import click, settle
from workstation.app.actions import ActionRegistry
from workstation.ui.components.controls import IconButton
from workstation.ui.shortcut_sheet import WIDTH_PX, ShortcutSheet


@pytest.fixture
def window(show):
    return show(QWidget(), 1500, 1000)


@pytest.fixture
def registry(qapp):
    return ActionRegistry()


@pytest.fixture
def sheet(window, registry):
    made = ShortcutSheet(registry, window)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.show()
    made.setFocus()
    settle()
    return made


def row_of(sheet, words):
    (found,) = [row for row in sheet.rows if row.words == words]
    return found


def visible(sheet):
    return [row for row in sheet.rows if row.isVisible()]


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("Next level, towards the feet", "level.next"),
        ("Name the level here", "tool.level"),
        ("Mark lesion at the pointer", "tool.lesion"),
        ("Key image", "evidence.key_image"),
        ("Window level tool", "tool.window_level"),
        ("Invert", "view.invert"),
        ("Distance", "tool.distance"),
        ("Search or run", "help.palette"),
        ("This sheet", "help.keys"),
        ("Undo", "edit.undo"),
        ("Redo", "edit.redo"),
        ("Report as PDF", "report.pdf"),
    ],
)
def test_the_keys_are_those_of_the_table(sheet, registry, words, action):
    assert row_of(sheet, words).keys == registry.shortcuts(action)[:2]


def test_every_row_has_a_key_and_words(sheet):
    assert len(sheet.rows) > 40
    for row in sheet.rows:
        assert row.words
        assert row.keys
        assert row.accessibleName().endswith(f": {row.words}")


def test_no_action_id_is_ever_shown(sheet, registry):
    known = {spec.id for spec in registry.specs}
    shown = {key for row in sheet.rows for key in row.keys}
    assert not shown & known


def test_pairs_show_one_key_for_each(sheet, registry):
    row = row_of(sheet, "Slice")
    firsts = [registry.shortcuts(name)[0] for name in ("slice.previous", "slice.next")]
    assert list(row.keys) == firsts


def test_keys_the_reader_changed_are_shown(window, registry):
    registry.set_shortcuts({"tool.distance": ("Ctrl+Alt+D",)})
    made = ShortcutSheet(registry, window)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    assert row_of(made, "Distance").keys == ("Ctrl+Alt+D",)
    made.close()


def test_an_action_without_a_key_says_none(window, registry):
    registry.set_shortcuts({"tool.distance": ()})
    made = ShortcutSheet(registry, window)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    assert row_of(made, "Distance").keys == ("none",)
    made.close()


@pytest.mark.parametrize(
    ("text", "some", "none"),
    [
        ("lesion", "Mark lesion at the pointer", "Invert"),
        ("UNDO", "Undo", "Invert"),
        ("ctrl+k", "Search or run", "Undo"),
        ("  zoom  ", "Zoom tool", "Invert"),
    ],
)
def test_typing_leaves_what_fits(sheet, text, some, none):
    QTest.keyClicks(sheet.finder, text)
    settle()
    assert row_of(sheet, some).isVisible()
    assert not row_of(sheet, none).isVisible()


def test_nothing_fits_and_everything_comes_back(sheet):
    everything = len(visible(sheet))
    QTest.keyClicks(sheet.finder, "qqq")
    settle()
    assert visible(sheet) == []
    sheet.finder.clear()
    settle()
    assert len(visible(sheet)) == everything == len(sheet.rows)


def test_esc_closes(sheet):
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_the_cross_closes(sheet):
    (cross,) = sheet.findChildren(IconButton)
    click(cross)
    assert not sheet.isVisible()


@pytest.mark.parametrize(("at", "open_after"), [((3, 3), False), ((750, 500), True)])
def test_a_press_beside_the_box_closes(sheet, at, open_after):
    QTest.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=QPoint(*at))
    assert sheet.isVisible() is open_after


def test_no_key_reaches_what_lies_below(window, registry):
    below = QLineEdit(window)
    below.show()
    made = ShortcutSheet(registry, window)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.show()
    made.setFocus()
    settle()
    QTest.keyClicks(made, "abc")
    assert below.text() == ""
    assert made.isVisible()
    made.close()


@pytest.mark.parametrize("size", [(1024, 768), (1500, 1000), (1920, 1080)])
def test_it_covers_the_window_and_its_box_stays_inside(sheet, window, size):
    window.resize(*size)
    settle()
    assert sheet.size() == window.size()
    assert sheet.box.width() == min(WIDTH_PX, size[0] - 48)
    assert sheet.rect().contains(sheet.box.geometry())


def test_the_window_below_is_darkened(sheet):
    image = sheet.grab().toImage()
    assert image.pixelColor(5, 5).lightness() < 60


def test_rows_draw_their_badges(sheet):
    row = row_of(sheet, "Undo")
    image = row.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(40) for y in range(row.height())}
    assert len(colors) > 4
