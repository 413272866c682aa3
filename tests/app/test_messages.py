"""Messages to the reader: the gravest shows, info goes, critical stays until it is solved."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from workstation.app.messages import MessageAction, Messages, Severity
from workstation.base.errors import InputRefusedError


def test_nothing_stands_at_first(messages: Messages) -> None:
    assert messages.current is None
    assert messages.waiting_count == 0


def test_posting_tells_the_window(messages: Messages) -> None:
    posted, changed = Mock(), Mock()
    messages.posted.connect(posted)
    messages.changed.connect(changed)
    message = messages.info("Case opened.")
    posted.assert_called_once_with(message)
    changed.assert_called_once_with()
    assert message.severity is Severity.INFO
    assert messages.current is message


def test_gravest_shows_and_the_others_count(messages: Messages) -> None:
    messages.caution("Levels are proposed.")
    critical = messages.critical("The disk is full.", key="saving")
    messages.info("Opened.")
    assert messages.current is critical
    assert messages.waiting_count == 2


def test_newest_of_equals_shows(messages: Messages) -> None:
    messages.caution("One")
    second = messages.caution("Two")
    assert messages.current is second


def test_same_key_takes_the_place_of_the_older(messages: Messages) -> None:
    messages.critical("1 change is in memory only.", key="saving")
    second = messages.critical("2 changes are in memory only.", key="saving")
    assert messages.standing == (second,)


def test_critical_is_not_dismissed_but_resolved(messages: Messages) -> None:
    critical = messages.critical("The disk is full.", key="saving")
    assert not critical.dismissible
    messages.dismiss(critical.id)
    messages.clear()
    assert messages.current is critical
    messages.resolve("saving")
    assert messages.current is None


def test_caution_is_dismissed(messages: Messages) -> None:
    caution = messages.caution("Levels are proposed.")
    messages.dismiss(caution.id + 1)
    assert messages.current is caution
    messages.dismiss(caution.id)
    assert messages.standing == ()


def test_clear_takes_what_is_not_critical(messages: Messages) -> None:
    messages.info("a")
    messages.caution("b")
    critical = messages.critical("c")
    messages.clear()
    assert messages.standing == (critical,)


def test_nothing_changed_tells_nobody(messages: Messages) -> None:
    changed = Mock()
    messages.changed.connect(changed)
    messages.resolve("nothing")
    messages.dismiss(99)
    changed.assert_not_called()


def test_action_runs_when_triggered(messages: Messages) -> None:
    handler = Mock()
    action = MessageAction(label="Try again", handler=handler)
    with_action = messages.caution("The disk is full.", action=action)
    without = messages.caution("Nothing to do.")
    messages.trigger(without.id)
    messages.trigger(12345)
    handler.assert_not_called()
    messages.trigger(with_action.id)
    handler.assert_called_once_with()


def test_refusal_shows_its_sentence_and_keeps_the_detail(messages: Messages) -> None:
    error = InputRefusedError("1 file was not opened.", detail="no preamble")
    message = messages.refused(error)
    assert (message.severity, message.text) == (Severity.CAUTION, "1 file was not opened.")
    assert message.detail == "no preamble"


def test_text_of_a_message_does_not_reach_the_log(
    messages: Messages, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        messages.caution("EXAMPLE^Ada is another patient.", key="two-patients")
    assert "EXAMPLE" not in caplog.text
    assert "two-patients" in caplog.text
