"""Search or run: what is found, in which order, and what Enter does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.support import cases
from tests.ui.conftest import click, overflowing, settle
from tests.ui.window_support import make_spine
from workstation.app.actions import ActionRegistry, Context, Fact
from workstation.domain.spine import VertebralLevel
from workstation.ui.command_palette import SHOWN, WIDTH_PX, CommandPalette


@pytest.fixture
def window(show):
    return show(QWidget(), 1400, 900)


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
def open_palette(window, registry, session):
    def opened(case=None):
        if case is not None:
            session.new(case)
        palette = CommandPalette(registry, session, window)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        palette.show()
        palette.setFocus()
        settle()
        return palette

    return opened


def titles(palette):
    return [row.entry.title for row in palette.rows]


def marked(palette):
    (row,) = [row for row in palette.rows if row._chosen]
    return row.entry.title


def type_in(palette, text):
    QTest.keyClicks(palette.field, text)
    settle()


def read_case():
    spine = make_spine("T12", "L1", "L2", confirmed=True)
    return replace(cases.one_lesion_case(), spines=(spine,))


def test_the_keyboard_is_in_the_field(open_palette):
    palette = open_palette()
    assert palette.field.hasFocus()
    assert palette.field.placeholderText() == "level, lesion or command"


def test_without_words_the_first_few_are_listed(open_palette, registry):
    palette = open_palette()
    assert len(palette.rows) == SHOWN
    assert marked(palette) == titles(palette)[0]


def test_the_palette_does_not_list_itself_nor_form_keys(open_palette, registry):
    palette = open_palette()
    hidden = [s for s in registry.specs if s.context is Context.FORM or s.held]
    for spec in [*hidden, registry.spec("help.palette")]:
        palette.field.setText(spec.text)
        runs = [row.entry.run for row in palette.rows if row.entry.title == spec.text]
        assert all(run.args != (spec.id,) for run in runs), spec.id


@pytest.mark.parametrize("words", ["full screen", "FULL SCREEN", "screen full", "  full   scr "])
def test_words_are_found_in_any_order_and_case(open_palette, registry, words):
    palette = open_palette()
    type_in(palette, words)
    assert registry.spec("window.full_screen").text in titles(palette)


def test_what_is_nowhere_is_not_found(open_palette, ran):
    palette = open_palette()
    type_in(palette, "qqqzzz")
    assert palette.rows == []
    assert palette._count.text() == "0 results"
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert ran == []
    assert palette.isVisible()


def test_results_are_counted(open_palette):
    palette = open_palette(read_case())
    type_in(palette, "Level L2")
    assert palette._count.text() == "1 result"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_runs_the_marked_and_closes(open_palette, registry, ran, key):
    palette = open_palette()
    type_in(palette, registry.spec("window.full_screen").text)
    QTest.keyClick(palette.field, key)
    assert ran == ["window.full_screen"]
    assert not palette.isVisible()


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        (["Down"], 1),
        (["Down", "Down", "Up"], 1),
        (["Up"], -1),
        (["Down"] * SHOWN, 0),
        (["Down"] * (SHOWN - 1), -1),
    ],
)
def test_the_arrows_walk_around(open_palette, keys, place):
    palette = open_palette()
    for key in keys:
        QTest.keyClick(palette.field, getattr(Qt.Key, f"Key_{key}"))
    assert marked(palette) == titles(palette)[place]
    assert palette.rows[place]._chosen


def test_typing_marks_the_first_again(open_palette):
    palette = open_palette()
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    type_in(palette, "e")
    assert palette.rows[0]._chosen


def test_a_press_runs_the_row_under_the_pointer(open_palette, ran):
    palette = open_palette()
    row = palette.rows[3]
    wanted = row.entry.run.args[0]
    click(row)
    assert ran == [wanted]
    assert not palette.isVisible()


def test_esc_closes_and_runs_nothing(open_palette, ran):
    palette = open_palette()
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert ran == []


def test_a_press_beside_the_box_closes_it(open_palette, window):
    palette = open_palette()
    QTest.mouseClick(palette, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not palette.isVisible()


def test_a_press_inside_the_box_does_not(open_palette):
    palette = open_palette()
    corner = palette.box.geometry().bottomRight() - QPoint(4, 4)
    QTest.mouseClick(palette, Qt.MouseButton.LeftButton, pos=corner)
    assert palette.isVisible()


def test_disabled_actions_are_not_offered(window, session, registry):
    registry.set_facts([])
    palette = CommandPalette(registry, session, window)
    palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    offered = {item.run.args[0] for item in palette._entries}
    assert offered
    assert all(not registry.spec(name).needs for name in offered)
    palette.close()


def test_unbound_actions_are_not_offered(window, session, qapp):
    registry = ActionRegistry()
    registry.set_facts(list(Fact))
    registry.bind("help.keys", lambda: None)
    palette = CommandPalette(registry, session, window)
    palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    assert titles(palette) == [registry.spec("help.keys").text]
    palette.close()


def test_without_a_case_there_is_nowhere_to_go(open_palette):
    assert {row.entry.group for row in open_palette().rows} == {"Commands"}


def test_levels_and_lesions_stand_before_commands(open_palette):
    palette = open_palette(read_case())
    groups = [row.entry.group for row in palette.rows]
    assert groups == sorted(groups, key=["Go to", "Commands"].index)
    assert titles(palette)[:3] == ["Level T12", "Level L1", "Level L2"]


@pytest.mark.parametrize("level", ["T12", "L1", "L2"])
def test_going_to_a_level(open_palette, session, level):
    palette = open_palette(read_case())
    type_in(palette, level)
    assert marked(palette) == f"Level {level}"
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert session.view.active_level is VertebralLevel(level)


def test_going_to_a_lesion(open_palette, session):
    case = read_case()
    palette = open_palette(case)
    type_in(palette, "lesion 1")
    lesion = case.lesions[0]
    assert marked(palette) == f"Lesion 1 · {lesion.level}"
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert session.view.selected_lesion_id == lesion.id


def test_a_level_in_two_spaces_is_listed_once(open_palette):
    spines = (make_spine("L1", "L2"), make_spine("L1", frame="1.9"))
    palette = open_palette(replace(cases.studied_case(), spines=spines))
    assert titles(palette)[:2] == ["Level L1", "Level L2"]
    assert titles(palette).count("Level L1") == 1


def test_the_key_of_a_command_is_shown(open_palette, registry):
    palette = open_palette()
    spec = registry.spec("window.full_screen")
    type_in(palette, spec.text)
    (row,) = [row for row in palette.rows if row.entry.title == spec.text]
    assert row.entry.key == registry.shortcuts(spec.id)[0]


def test_each_row_says_what_it_is(open_palette):
    for row in open_palette(read_case()).rows:
        assert row.accessibleName().startswith(row.entry.title)


def test_the_marked_row_is_painted_otherwise(open_palette):
    palette = open_palette()
    before = palette.rows[1].grab().toImage()
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    settle()
    assert palette.rows[1].grab().toImage() != before


@pytest.mark.parametrize("width", [600, 1024, 1600])
def test_the_box_stays_in_the_window(open_palette, window, width):
    palette = open_palette()
    window.resize(width, 800)
    settle()
    assert palette.size() == window.size()
    assert palette.box.width() == min(WIDTH_PX, width - 48)
    assert palette.rect().contains(palette.box.geometry())
    assert overflowing(palette.box) == []
