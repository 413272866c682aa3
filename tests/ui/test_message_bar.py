"""The message bar: which message shows, what can be done about it, when it leaves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import click, settle
from workstation.app.messages import MessageAction, Severity
from workstation.base.errors import InputRefusedError
from workstation.ui import message_bar
from workstation.ui.message_bar import MessageBar
from workstation.ui.theme import current_theme


@pytest.fixture
def bar(messages, show):
    made = show(MessageBar(messages), 900, 36)
    made.setVisible(messages.current is not None)
    return made


def test_nothing_to_say_shows_nothing(bar):
    assert bar.message is None
    assert not bar.isVisible()


@pytest.mark.parametrize("severity", list(Severity))
def test_a_message_appears_with_its_words(bar, messages, severity):
    posted = messages.post(severity, "Slices are missing here.")
    assert bar.isVisible()
    assert bar.message is posted
    assert bar.text.text() == "Slices are missing here."
    assert bar.accessibleDescription() == "Slices are missing here."


@pytest.mark.parametrize(
    ("severity", "closable"),
    [(Severity.INFO, True), (Severity.CAUTION, True), (Severity.CRITICAL, False)],
)
def test_only_what_may_be_closed_has_a_cross(bar, messages, severity, closable):
    messages.post(severity, "Something.")
    assert bar.cross.isVisible() is closable


@pytest.mark.parametrize("severity", [Severity.INFO, Severity.CAUTION])
def test_the_cross_takes_the_message_away(bar, messages, severity):
    messages.post(severity, "Something.")
    click(bar.cross)
    assert messages.standing == ()
    assert not bar.isVisible()


def test_the_keyboard_presses_the_cross(bar, messages):
    messages.caution("Something.")
    bar.cross.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(bar.cross, Qt.Key.Key_Return)
    assert not bar.isVisible()


def test_a_critical_message_stays_until_it_is_solved(bar, messages):
    messages.critical("The case cannot be saved.", key="save")
    messages.clear()
    assert bar.text.text() == "The case cannot be saved."
    messages.resolve("save")
    assert not bar.isVisible()


@pytest.mark.parametrize(
    ("posted", "shown", "more"),
    [
        (["info"], "info", ""),
        (["info", "caution"], "caution", "and 1 more"),
        (["caution", "info"], "caution", "and 1 more"),
        (["caution", "critical", "info"], "critical", "and 2 more"),
        (["info", "info", "info"], "info", "and 2 more"),
    ],
)
def test_the_gravest_shows_and_the_others_are_counted(bar, messages, posted, shown, more):
    for kind in posted:
        getattr(messages, kind)(kind)
    assert bar.text.text() == shown
    assert bar.more.text() == more


def test_among_equals_the_newest_shows(bar, messages):
    messages.caution("first")
    messages.caution("second")
    assert bar.text.text() == "second"
    click(bar.cross)
    assert bar.text.text() == "first"
    assert bar.more.text() == ""


def test_a_newer_message_about_the_same_thing_takes_the_place(bar, messages):
    messages.caution("1 file was refused.", key="open")
    messages.caution("2 files were refused.", key="open")
    assert bar.text.text() == "2 files were refused."
    assert bar.more.text() == ""


def test_an_action_is_a_button_that_runs_and_closes(bar, messages):
    ran = []
    messages.caution(
        "Another patient.", action=MessageAction(label="Open", handler=lambda: ran.append(1))
    )
    assert bar.action.isVisible()
    assert bar.action.text() == "Open"
    click(bar.action)
    assert ran == [1]
    assert not bar.isVisible()


def test_the_action_of_a_critical_message_leaves_it_standing(bar, messages):
    ran = []
    messages.critical(
        "The disk is full.", action=MessageAction(label="Retry", handler=lambda: ran.append(1))
    )
    click(bar.action)
    assert ran == [1]
    assert bar.text.text() == "The disk is full."


def test_without_an_action_there_is_no_button(bar, messages):
    messages.caution("first", action=MessageAction(label="Open", handler=lambda: None))
    messages.caution("second")
    assert not bar.action.isVisible()


def test_a_refusal_shows_its_sentence_only(bar, messages):
    messages.refused(InputRefusedError("The file is empty.", detail="zero bytes", code="empty"))
    assert bar.text.text() == "The file is empty."


def test_mark_up_is_never_read(bar, messages):
    messages.caution("<b>bold</b> & <img src=x>")
    assert bar.text.text() == "<b>bold</b> & <img src=x>"
    assert bar.text.textFormat() is Qt.TextFormat.PlainText


def test_info_leaves_by_itself(messages, show, qtbot, monkeypatch):
    monkeypatch.setattr(message_bar, "INFO_SECONDS", 0.02)
    bar = show(MessageBar(messages), 900, 36)
    messages.info("Key image kept.")
    assert bar.isVisible()
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=3000)
    assert messages.standing == ()


@pytest.mark.parametrize("severity", [Severity.CAUTION, Severity.CRITICAL])
def test_graver_messages_do_not_leave_by_themselves(messages, show, qtbot, monkeypatch, severity):
    monkeypatch.setattr(message_bar, "INFO_SECONDS", 0.01)
    bar = show(MessageBar(messages), 900, 36)
    messages.post(severity, "Look at this.")
    qtbot.wait(60)
    assert bar.isVisible()


def test_an_info_below_a_caution_waits_for_its_turn(messages, show, qtbot, monkeypatch):
    monkeypatch.setattr(message_bar, "INFO_SECONDS", 0.02)
    bar = show(MessageBar(messages), 900, 36)
    messages.info("below")
    messages.caution("above")
    qtbot.wait(60)
    assert [item.text for item in messages.standing] == ["below", "above"]
    click(bar.cross)
    assert bar.text.text() == "below"
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=3000)


@pytest.mark.parametrize(
    ("severity", "token"),
    [
        (Severity.INFO, "accent"),
        (Severity.CAUTION, "caution"),
        (Severity.CRITICAL, "critical"),
    ],
)
def test_edge_and_sign_have_the_color_of_the_severity(bar, messages, severity, token):
    messages.post(severity, "Look.")
    settle()
    image = bar.grab().toImage()
    wanted = current_theme().color(token)
    assert image.pixelColor(1, 18).name() == wanted.name()
    sign = {image.pixelColor(x, y).name() for x in range(14, 32) for y in range(9, 27)}
    assert len(sign) > 3


def test_a_bar_made_late_shows_what_stands(messages, show):
    messages.caution("already here")
    bar = show(MessageBar(messages), 900, 36)
    assert bar.text.text() == "already here"
