"""What the status bar and the message bar say, and what messages keep, in every state."""

from __future__ import annotations

import pytest

from workstation.app.jobs import JobStatus
from workstation.app.messages import MessageAction, Messages, Severity
from workstation.app.saving import SaveKind, SaveState


@pytest.fixture
def messages(qapp):
    return Messages()


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (SaveState(), "No changes yet"),
        (SaveState(kind=SaveKind.SAVING), "Saving…"),
        (SaveState(kind=SaveKind.SAVED, at="12:04"), "All changes kept 12:04"),
        (SaveState(kind=SaveKind.READ_ONLY), "Read only"),
    ],
)
def test_how_far_changes_are_kept(state, text):
    assert state.text == text


@pytest.mark.parametrize("count", [1, 2, 11])
def test_changes_in_memory_are_counted(count):
    text = SaveState(kind=SaveKind.FAILED, unsaved=count).text
    assert text.startswith(str(count))
    assert text.endswith("in memory only")


@pytest.mark.parametrize(
    ("done", "total", "percent"),
    [(0, 0, None), (5, 0, None), (0, 7, 0), (1, 3, 33), (3, 3, 100), (9, 3, 100)],
)
def test_percent_of_a_job(done, total, percent):
    assert JobStatus(id=1, title="x", done=done, total=total).percent == percent


@pytest.mark.parametrize(
    ("kinds", "shown", "waiting"),
    [
        ([], None, 0),
        (["info"], 0, 0),
        (["info", "info"], 1, 1),
        (["critical", "caution"], 0, 1),
        (["caution", "critical", "critical", "info"], 2, 3),
    ],
)
def test_the_gravest_and_newest_is_current(messages, kinds, shown, waiting):
    posted = [getattr(messages, kind)(kind) for kind in kinds]
    assert messages.current is (None if shown is None else posted[shown])
    assert messages.waiting_count == waiting


def test_clearing_leaves_what_is_critical(messages):
    messages.info("a")
    messages.caution("b")
    kept = messages.critical("c")
    messages.clear()
    assert messages.standing == (kept,)


@pytest.mark.parametrize("severity", list(Severity))
def test_dismissing_by_severity(messages, severity):
    posted = messages.post(severity, "x")
    messages.dismiss(posted.id)
    assert (posted in messages.standing) is (severity is Severity.CRITICAL)


def test_dismissing_what_is_gone_changes_nothing(messages, qtbot):
    posted = messages.info("x")
    messages.dismiss(posted.id)
    with qtbot.assertNotEmitted(messages.changed):
        messages.dismiss(posted.id)
        messages.resolve("never")


def test_a_key_keeps_one_message_and_another_key_its_own(messages):
    messages.caution("a1", key="a")
    messages.caution("b1", key="b")
    messages.caution("a2", key="a")
    assert [item.text for item in messages.standing] == ["b1", "a2"]


def test_without_a_key_messages_stand_side_by_side(messages):
    messages.caution("same")
    messages.caution("same")
    assert len(messages.standing) == 2


def test_only_the_asked_action_runs(messages):
    ran = []
    first = messages.caution("a", action=MessageAction(label="A", handler=lambda: ran.append("a")))
    messages.caution("b", action=MessageAction(label="B", handler=lambda: ran.append("b")))
    plain = messages.caution("c")
    messages.trigger(first.id)
    messages.trigger(plain.id)
    messages.trigger(999)
    assert ran == ["a"]


def test_the_log_holds_no_text_of_a_message(messages, caplog):
    with caplog.at_level("INFO", logger="workstation.app"):
        messages.caution("Study of EXAMPLE, Ada", key="open")
    assert "EXAMPLE" not in caplog.text
    assert "open" in caplog.text
