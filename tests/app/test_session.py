"""The open case: commands, undo, view, and what is kept when."""

from __future__ import annotations

import threading
from pathlib import Path
from unittest.mock import Mock

import pytest
from pytestqt.qtbot import QtBot

from tests.support import cases
from tests.support.clocks import SteppingClock, counted_ids
from workstation.app import saving
from workstation.app.messages import Messages, Severity
from workstation.app.saving import SaveKind, Saver, SaveState
from workstation.app.session import CaseSession, ViewState
from workstation.base.errors import StoreError
from workstation.domain.answers import UNKNOWN
from workstation.domain.case import Case, CaseStatus, ReportText
from workstation.domain.commands import (
    AddLesion,
    AddStudy,
    Amend,
    Command,
    RemoveLesion,
    SetConus,
    SetText,
    Sign,
)
from workstation.domain.spine import VertebralLevel
from workstation.storage.case_store import CaseStore

T11 = SetConus(conus=VertebralLevel.T11)
T12 = SetConus(conus=VertebralLevel.T12)
SIGN = Sign(signature=cases.reader_signature())


def typed(text: str) -> SetText:
    return SetText(text=ReportText(limits=text))


@pytest.fixture
def case(session: CaseSession) -> Case:
    return session.new(cases.one_lesion_case())


class FullDisk:
    """Makes every write of a store fail until it is told otherwise."""

    def __init__(self, store: CaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = True
        self.attempts = 0
        self._record = store.record
        monkeypatch.setattr(store, "record", self._try)

    def _try(self, *arguments: object, **options: object) -> int:
        self.attempts += 1
        if self.full:
            raise StoreError("The disk is full.", code="disk-full")
        return self._record(*arguments, **options)


class TestDispatch:
    def test_command_changes_the_case_and_tells_both_values(
        self, session: CaseSession, case: Case
    ) -> None:
        told = Mock()
        session.case_changed.connect(told)
        assert session.dispatch(T12)
        assert session.case.conus is VertebralLevel.T12
        told.assert_called_once_with(case, session.case)
        assert session.case.lesions is case.lesions

    def test_refused_command_changes_nothing_and_is_told(
        self, session: CaseSession, case: Case, messages: Messages
    ) -> None:
        told = Mock()
        session.case_changed.connect(told)
        assert not session.dispatch(RemoveLesion(id="nobody"))
        assert session.case is case
        told.assert_not_called()
        assert messages.current.severity is Severity.CAUTION
        assert messages.current.text == "This lesion is no longer in the case."

    def test_study_of_another_patient_is_refused(
        self, session: CaseSession, case: Case, messages: Messages
    ) -> None:
        command = AddStudy(patient=cases.OTHER_PATIENT, study=cases.ct_study(), series=())
        assert not session.dispatch(command)
        assert messages.current.text.startswith("This study belongs to another patient.")
        assert session.case is case

    def test_command_without_a_case_is_told(self, session: CaseSession, messages: Messages) -> None:
        assert not session.dispatch(T12)
        assert messages.current.text == "No case is open. Open a study first."

    def test_command_that_changes_nothing_leaves_no_step(
        self, session: CaseSession, case: Case, store: CaseStore
    ) -> None:
        assert session.dispatch(SetConus(conus=case.conus))
        assert session.case is case
        assert not session.can_undo
        session.flush()
        assert len(store.history(case.id)) == 1

    def test_text_that_cannot_be_stored_is_refused(
        self, session: CaseSession, case: Case, messages: Messages
    ) -> None:
        assert not session.dispatch(typed("\ud800"))
        assert session.case is case
        assert "not valid Unicode" in messages.current.text

    def test_unknown_kind_of_command_is_refused(self, session: CaseSession, case: Case) -> None:
        assert not session.dispatch(Command())
        assert session.case is case


class TestUndo:
    def test_labels_and_values(self, session: CaseSession, case: Case) -> None:
        session.dispatch(T12)
        session.dispatch(RemoveLesion(id="lesion-1"))
        assert session.undo_label == "Remove a lesion"
        session.undo()
        assert session.case.lesions == case.lesions
        assert (session.undo_label, session.redo_label) == ("Conus level", "Remove a lesion")
        session.undo()
        assert session.case is case
        assert (session.can_undo, session.can_redo) == (False, True)
        session.redo()
        session.redo()
        assert session.case.lesions == ()
        assert (session.can_undo, session.can_redo) == (True, False)

    def test_undo_at_the_ends_does_nothing(self, session: CaseSession, case: Case) -> None:
        told = Mock()
        session.case_changed.connect(told)
        session.undo()
        session.redo()
        told.assert_not_called()
        assert session.case is case

    def test_without_a_case_there_is_nothing_to_undo(self, session: CaseSession) -> None:
        session.undo()
        session.redo()
        session.end_step()
        assert (session.can_undo, session.can_redo) == (False, False)
        assert (session.undo_label, session.redo_label) == ("", "")

    def test_typing_is_one_step_until_focus_leaves(
        self, session: CaseSession, case: Case, store: CaseStore
    ) -> None:
        for text in ("a", "ab", "abc"):
            session.dispatch(typed(text))
        session.end_step()
        session.dispatch(typed("abcd"))
        session.undo()
        assert session.case.text.limits == "abc"
        session.undo()
        assert session.case is case
        session.flush()
        assert len(store.load(case.id).steps) == 3
        assert len(store.history(case.id)) == 7

    def test_everything_undone_and_redone_after_reopening(
        self, session: CaseSession, case: Case, store: CaseStore
    ) -> None:
        session.dispatch(T12)
        session.dispatch(typed("a"))
        session.dispatch(RemoveLesion(id="lesion-1"))
        session.undo()
        before = session.case
        session.close()
        assert session.case is None
        assert session.open(case.id)
        assert session.case == before
        assert (session.undo_label, session.redo_label) == ("Edit text", "Remove a lesion")
        session.redo()
        assert session.case.lesions == ()
        for _ in range(3):
            session.undo()
        assert session.case == case
        session.flush()
        assert store.load(case.id).case == case
        assert store.verify(case.id) == ()

    def test_typing_after_reopening_is_a_new_step(self, session: CaseSession, case: Case) -> None:
        session.dispatch(typed("a"))
        session.close()
        session.open(case.id)
        session.dispatch(typed("ab"))
        session.undo()
        assert session.case.text.limits == "a"

    def test_signature_is_not_undone_and_amendment_is(
        self, session: CaseSession, case: Case, store: CaseStore, messages: Messages
    ) -> None:
        session.dispatch(T12)
        assert session.dispatch(SIGN)
        assert not session.can_undo
        assert not session.dispatch(T11)
        assert "is signed and does not change" in messages.current.text
        session.dispatch(Amend(reason="Conus corrected."))
        session.dispatch(T11)
        session.undo()
        session.undo()
        assert session.case.status is CaseStatus.SIGNED
        session.flush()
        assert store.load(case.id).case == session.case
        assert [item.version for item in store.signed_versions(case.id)] == [1]
        assert store.verify(case.id) == ()

    def test_damaged_stored_step_leaves_the_case_as_it_is(
        self, session: CaseSession, case: Case, store: CaseStore, messages: Messages
    ) -> None:
        session.dispatch(T12)
        session.close()
        store._connection.execute("UPDATE steps SET content = x'00' WHERE position = 0")
        session.open(case.id)
        before = session.case
        session.undo()
        assert session.case is before
        assert session.can_undo
        assert messages.current.text == "A stored state of the case was altered."
        assert session.save_state.kind is not SaveKind.FAILED


class TestOpening:
    def test_new_case_has_id_and_time(self, session: CaseSession, store: CaseStore) -> None:
        case = session.new()
        assert case.id == "id-1"
        assert case.created_at == "2026-03-14T12:00:01+00:00"
        assert session.case is case
        session.flush()
        assert store.load("id-1").case == case
        assert store.history("id-1")[0].author == "R. Reader"

    def test_identifiers_and_times_come_from_outside(self, session: CaseSession) -> None:
        assert [session.new_id(), session.new_id()] == ["id-1", "id-2"]
        assert session.now() == "2026-03-14T12:00:01+00:00"

    def test_case_that_is_not_there_is_told(self, session: CaseSession, messages: Messages) -> None:
        assert not session.open("nobody")
        assert session.case is None
        assert messages.current.text == "There is no such case in the store."

    def test_opening_another_case_keeps_the_first(
        self, session: CaseSession, case: Case, store: CaseStore
    ) -> None:
        session.dispatch(T12)
        session.new(cases.studied_case("case-2"))
        assert store.load(case.id).case.conus is VertebralLevel.T12
        assert not session.can_undo
        assert session.open(case.id)
        assert session.case.conus is VertebralLevel.T12

    def test_closing_clears_case_and_view(self, session: CaseSession, case: Case) -> None:
        session.change_view(selected_lesion_id="lesion-1")
        told = Mock()
        session.case_changed.connect(told)
        session.close()
        told.assert_called_once_with(case, None)
        assert session.view == ViewState()
        session.close()
        told.assert_called_once()

    def test_notices_of_the_store_reach_the_reader(
        self, tmp_path: Path, messages: Messages
    ) -> None:
        home = tmp_path / "damaged"
        home.mkdir()
        (home / "cases.sqlite3").write_bytes(b"no database" * 100)
        store = CaseStore.open(home)
        session = CaseSession(store, messages, clock=SteppingClock(), new_id=counted_ids())
        assert messages.current.text.startswith("The case store was damaged. It is kept as")
        session.shut_down()
        store.close()

    def test_second_window_reads_and_is_told(
        self, session: CaseSession, case: Case, store: CaseStore
    ) -> None:
        session.dispatch(T12)
        session.flush()
        second_store = CaseStore.open(store.path.parent)
        messages = Messages()
        second = CaseSession(second_store, messages, clock=SteppingClock(), new_id=counted_ids())
        assert second.save_state == SaveState(kind=SaveKind.READ_ONLY)
        assert second.save_state.text == "Read only"
        assert second.open(case.id)
        assert not second.dispatch(T11)
        assert messages.current.text.startswith("These cases are open in process")
        second.undo()
        second.redo()
        assert second.case.conus is VertebralLevel.T12
        second.shut_down()
        second_store.close()
        assert len(store.history(case.id)) == 2


class TestView:
    def test_view_is_told_and_not_undoable(self, session: CaseSession, case: Case) -> None:
        told = Mock()
        session.view_changed.connect(told)
        session.change_view(active_level=VertebralLevel.T9, cursor_lps=(1.0, 2.0, 3.0))
        new = ViewState(active_level=VertebralLevel.T9, cursor_lps=(1.0, 2.0, 3.0))
        told.assert_called_once_with(ViewState(), new)
        assert session.view == new
        assert not session.can_undo
        assert session.case is case

    def test_same_view_is_not_told(self, session: CaseSession) -> None:
        told = Mock()
        session.view_changed.connect(told)
        session.change_view(active_tab="lesions")
        told.assert_not_called()


class TestSaving:
    def test_state_says_kept_only_after_the_write(
        self, session: CaseSession, case: Case, store: CaseStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session.flush()
        gate = threading.Event()
        record = store.record

        def slow(*arguments: object, **options: object) -> int:
            assert gate.wait(10)
            return record(*arguments, **options)

        monkeypatch.setattr(store, "record", slow)
        session.dispatch(T12)
        assert session.case.conus is VertebralLevel.T12
        assert session.save_state == SaveState(
            kind=SaveKind.SAVING, unsaved=1, at=session.save_state.at
        )
        assert session.save_state.text == "Saving…"
        gate.set()
        assert session.flush()
        assert session.save_state.kind is SaveKind.SAVED
        assert store.load(case.id).case == session.case

    def test_saved_state_arrives_by_itself(
        self, session: CaseSession, case: Case, qtbot: QtBot
    ) -> None:
        session.flush()
        states: list[SaveState] = []
        session.save_state_changed.connect(states.append)
        session.dispatch(T12)
        qtbot.waitUntil(lambda: session.save_state.kind is SaveKind.SAVED, timeout=1000)
        assert states[0].kind is SaveKind.SAVING
        assert states[-1].text == "All changes kept 12:00"
        assert states[-1].unsaved == 0

    def test_change_is_durable_within_a_second(
        self, session: CaseSession, case: Case, store: CaseStore, qtbot: QtBot
    ) -> None:
        for number in range(20):
            session.dispatch(
                AddLesion(
                    id=session.new_id(),
                    center_lps=(0.0, 10.0, 36.0 + number),
                    radius_mm=5.0,
                    frame_of_reference_uid=cases.FRAME,
                    series_uid=cases.CT_SERIES,
                )
            )
        qtbot.waitUntil(lambda: len(store.history(case.id)) == 21, timeout=1000)
        assert len(store.load(case.id).case.lesions) == 21

    def test_nothing_yet(self, session: CaseSession) -> None:
        assert session.save_state == SaveState()
        assert session.save_state.text == "No changes yet"

    def test_full_disk_keeps_changes_in_memory_and_says_so(
        self,
        session: CaseSession,
        case: Case,
        store: CaseStore,
        messages: Messages,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        session.flush()
        disk = FullDisk(store, monkeypatch)
        for command in (T12, T11, SetConus(conus=UNKNOWN)):
            session.dispatch(command)
        assert not session.flush()
        assert session.case.conus is UNKNOWN
        assert session.save_state.kind is SaveKind.FAILED
        assert session.save_state.text == "3 changes are in memory only"
        message = messages.current
        assert message.severity is Severity.CRITICAL
        assert message.text == "The disk is full. Your last 3 changes are in memory only."
        assert message.action.label == "Try again"
        assert store.load(case.id).case == case
        disk.full = False
        messages.trigger(message.id)
        assert session.flush()
        assert messages.current.severity is Severity.INFO
        assert store.load(case.id).case == session.case
        assert [step.case.conus for step in store.load(case.id).steps][1:] == [
            VertebralLevel.T12,
            VertebralLevel.T11,
            UNKNOWN,
        ]

    def test_full_disk_is_tried_again_by_itself(
        self,
        store: CaseStore,
        messages: Messages,
        monkeypatch: pytest.MonkeyPatch,
        qtbot: QtBot,
    ) -> None:
        monkeypatch.setattr(saving, "RETRY_MS", 20)
        session = CaseSession(store, messages, clock=SteppingClock(), new_id=counted_ids())
        session.new(cases.one_lesion_case())
        session.flush()
        disk = FullDisk(store, monkeypatch)
        session.dispatch(T12)
        qtbot.waitUntil(lambda: disk.attempts >= 3, timeout=3000)
        assert session.save_state.kind is SaveKind.FAILED
        disk.full = False
        qtbot.waitUntil(lambda: session.save_state.kind is SaveKind.SAVED, timeout=3000)
        assert store.load("case-1").case.conus is VertebralLevel.T12
        session.shut_down()

    def test_undo_waits_behind_a_failed_change(
        self,
        session: CaseSession,
        case: Case,
        store: CaseStore,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        session.flush()
        disk = FullDisk(store, monkeypatch)
        session.dispatch(T12)
        session.undo()
        assert not session.flush()
        assert session.save_state.unsaved == 2
        disk.full = False
        assert session.flush()
        stored = store.load(case.id)
        assert (stored.position, stored.case) == (0, case)

    def test_shutting_down_tells_what_could_not_be_kept(
        self,
        store: CaseStore,
        messages: Messages,
        monkeypatch: pytest.MonkeyPatch,
        qtbot: QtBot,
    ) -> None:
        monkeypatch.setattr(saving, "RETRY_MS", 5)
        session = CaseSession(store, messages, clock=SteppingClock(), new_id=counted_ids())
        session.new(cases.one_lesion_case())
        session.flush()
        disk = FullDisk(store, monkeypatch)
        session.dispatch(T12)
        assert not session.shut_down()
        attempts = disk.attempts
        qtbot.wait(50)
        messages.trigger(messages.current.id)
        assert disk.attempts == attempts

    def test_fault_of_the_program_is_not_swallowed(
        self, store: CaseStore, messages: Messages, qtbot: QtBot
    ) -> None:
        saver = Saver(store, messages, clock=SteppingClock())

        def faulty(_: CaseStore) -> None:
            message = "EXAMPLE^Ada"
            raise ZeroDivisionError(message)

        saver.submit(faulty)
        qtbot.waitUntil(lambda: saver.state.kind is SaveKind.FAILED, timeout=1000)
        assert messages.current.text == (
            "The case store failed. Your last change is in memory only."
        )
        saver.shut_down()

    def test_no_thread_is_left(self, store: CaseStore, messages: Messages) -> None:
        session = CaseSession(store, messages, clock=SteppingClock(), new_id=counted_ids())
        session.new()
        session.shut_down()
        assert not [item for item in threading.enumerate() if "batson-store" in item.name]
