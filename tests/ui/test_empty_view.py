"""The view before a study is open: ways in, kept cases, names hidden until asked for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import click, overflowing, settle
from workstation.storage.stored_case import CaseSummary
from workstation.ui.components.controls import TextButton
from workstation.ui.empty_view import CASES_SHOWN, CaseRow, EmptyView
from workstation.ui.theme import current_theme


def summary(number=1, **changes):
    values = {
        "case_id": f"case-{number}",
        "patient_name": "EXAMPLE^Ada",
        "patient_id": f"PAT-{number}",
        "birth_date": "1958-05-02",
        "studies": ("1.2",),
        "study_dates": ("2026-03-14",),
        "levels": ("T9", "L2"),
        "status": "draft",
        "version": 1,
        "created_at": "2026-03-14T12:00:00+00:00",
        "changed_at": "2026-03-15T12:00:00+00:00",
        "change_count": 4,
    }
    return CaseSummary(**{**values, **changes})


@pytest.fixture
def view(show):
    return show(EmptyView(), 1100, 800)


def rows(view):
    return [row for row in view.findChildren(CaseRow) if row.isVisibleTo(view)]


def button(view, words):
    (found,) = [item for item in view.findChildren(TextButton) if item.text() == words]
    return found


@pytest.mark.parametrize(
    ("words", "signal"),
    [
        ("Open folder", "open_wanted"),
        ("Open demo case", "demo_wanted"),
        ("Keyboard sheet", "keys_wanted"),
        ("Search or run", "palette_wanted"),
    ],
)
@pytest.mark.parametrize("how", ["mouse", "Return", "Space"])
def test_every_way_in_answers_to_mouse_and_keyboard(view, qtbot, words, signal, how):
    target = button(view, words)
    with qtbot.waitSignal(getattr(view, signal), timeout=1000):
        if how == "mouse":
            click(target)
        else:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            QTest.keyClick(target, getattr(Qt.Key, f"Key_{how}"))


def test_without_kept_cases_there_is_no_list(view):
    assert rows(view) == []
    assert not view.eye.isVisible()


def test_kept_cases_are_listed_in_the_order_given(view):
    view.show_cases([summary(3), summary(1), summary(2)])
    settle()
    assert [row.accessibleName() for row in rows(view)] == [
        "Open case PAT-3, Draft",
        "Open case PAT-1, Draft",
        "Open case PAT-2, Draft",
    ]
    assert view.eye.isVisible()


def test_only_the_newest_few_are_listed(view):
    view.show_cases([summary(number) for number in range(20)])
    settle()
    assert len(rows(view)) == CASES_SHOWN


@pytest.mark.parametrize("number", [0, 2])
def test_a_press_opens_that_case(view, qtbot, number):
    view.show_cases([summary(n) for n in range(3)])
    settle()
    with qtbot.waitSignal(view.case_wanted, timeout=1000) as caught:
        click(rows(view)[number])
    assert caught.args == [f"case-{number}"]


def test_enter_opens_the_case_in_focus(view, qtbot):
    view.show_cases([summary(1)])
    settle()
    (row,) = rows(view)
    row.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(view.case_wanted, timeout=1000):
        QTest.keyClick(row, Qt.Key.Key_Return)


def test_names_are_hidden_until_the_eye_is_pressed(view):
    view.show_cases([summary(1)])
    settle()
    (row,) = rows(view)
    assert "EXAMPLE" not in row.accessibleName()
    assert view.names.text() == "Names hidden"
    click(view.eye)
    assert "EXAMPLE, Ada · PAT-1" in row.accessibleName()
    assert view.names.text() == "Names shown"
    click(view.eye)
    assert "EXAMPLE" not in row.accessibleName()


def test_names_stay_as_chosen_when_the_list_changes(view):
    click(view.eye)
    view.show_cases([summary(1)])
    settle()
    assert "EXAMPLE" in rows(view)[0].accessibleName()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"patient_id": ""}, "No ID"),
        ({"status": "signed", "version": 2}, "PAT-1, Signed v2"),
        ({"status": "draft", "version": 2}, "PAT-1, Draft"),
        ({"patient_id": "<b>1</b>"}, "<b>1</b>"),
    ],
)
def test_what_a_row_says(view, changes, words):
    view.show_cases([summary(1, **changes)])
    settle()
    assert words in rows(view)[0].accessibleName()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"patient_name": "", "patient_id": "X1"}, "X1"),
        ({"patient_name": "DOE^", "patient_id": "X1"}, "DOE · X1"),
        ({"patient_name": "DOE^Jane", "patient_id": ""}, "DOE, Jane"),
    ],
)
def test_what_a_row_says_with_names_shown(show, changes, words):
    row = show(CaseRow(summary(1, **changes)), 700, 49)
    row.show_name(True)
    assert words in row.accessibleName()


def pictured(row):
    settle()
    image = row.grab().toImage()
    return [
        (x, y, image.pixelColor(x, y).name())
        for x in range(image.width())
        for y in range(0, image.height(), 2)
    ]


def test_the_picture_of_a_row_changes_with_the_name(show):
    row = show(CaseRow(summary(1)), 700, 49)
    hidden = pictured(row)
    row.show_name(True)
    assert pictured(row) != hidden


@pytest.mark.parametrize(("status", "token"), [("signed", "good"), ("draft", "line_strong")])
def test_a_signed_case_is_marked_in_its_color(show, status, token):
    row = show(CaseRow(summary(1, status=status)), 700, 49)
    wanted = current_theme().color(token).name()
    assert sum(color == wanted for *_, color in pictured(row)) > 5


def test_a_new_list_takes_the_place_of_the_old(view):
    view.show_cases([summary(1), summary(2)])
    view.show_cases([summary(9)])
    settle()
    assert [row.accessibleName() for row in rows(view)] == ["Open case PAT-9, Draft"]
    view.show_cases(())
    settle()
    assert rows(view) == []


@pytest.mark.parametrize("size", [(760, 620), (1100, 800), (1600, 900)])
def test_everything_fits(view, size):
    view.show_cases([summary(number) for number in range(3)])
    view.resize(*size)
    settle()
    assert overflowing(view) == []


def test_the_drop_zone_says_what_it_takes_and_is_dashed(view):
    assert view.drop.accessibleName() == "Drop a study here"
    settle()
    image = view.drop.grab().toImage()
    edge = [image.pixelColor(x, 1).name() for x in range(20, image.width() - 20)]
    assert len(set(edge)) > 1
