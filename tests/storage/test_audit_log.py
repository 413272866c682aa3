"""The audit log: who did what, chained, also from a process that may only read."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.stores import CONUS_T12, SIGN, carry_out, created, damage
from workstation.storage.audit_export import CSV_COLUMNS, audit_csv, audit_xml
from workstation.storage.audit_log import AuditAction, AuditEvent, AuditOutcome, account_name
from workstation.storage.case_store import CaseStore

OPENED = AuditEvent(action=AuditAction.OPENED, actor="R. Reader", case_id="case-1")
FAILED = AuditEvent(
    action=AuditAction.SENT, actor="R. Reader", detail="archive", outcome=AuditOutcome.FAILED
)


def actions(store: CaseStore) -> list[str]:
    return [entry.action.value for entry in store.audit.entries()]


class TestLog:
    def test_event_says_who_when_where_and_what(self, store: CaseStore) -> None:
        store.audit.add(OPENED)
        store.audit.add(FAILED)
        first, second = store.audit.entries()
        assert (first.sequence, first.actor, first.case_id) == (1, "R. Reader", "case-1")
        assert first.at.startswith("2026-03-14T12:00:")
        assert first.station
        assert (second.sequence, second.outcome, second.detail) == (2, "failed", "archive")
        assert second.previous_hash == first.hash
        assert store.audit.problem() == ""

    def test_without_a_reader_the_account_is_named(self, store: CaseStore) -> None:
        store.audit.add(AuditEvent(action=AuditAction.BACKED_UP))
        assert store.audit.entries()[0].actor == account_name() != ""

    def test_signing_exporting_importing_and_backups_are_logged(
        self, store: CaseStore, tmp_path: Path
    ) -> None:
        carry_out(store, created(store), SIGN)
        store.export("case-1", tmp_path / "one.batsoncase", author="R. Reader")
        store.backup(tmp_path / "copy.sqlite3")
        assert actions(store) == ["signed", "exported", "backed up"]
        assert store.audit.entries()[0].actor == "R. Reader"
        other = CaseStore.open(tmp_path / "other")
        other.import_(tmp_path / "one.batsoncase", author="S. Second")
        assert actions(other) == ["imported"]
        other.close()

    def test_trail_joins_changes_and_events_of_one_case(self, store: CaseStore) -> None:
        case = created(store)
        store.audit.add(OPENED)
        carry_out(store, case, CONUS_T12)
        store.audit.add(FAILED)
        trail = store.audit.trail("case-1")
        assert [(entry.action, entry.detail) for entry in trail] == [
            (AuditAction.CHANGED, "created: New case"),
            (AuditAction.OPENED, ""),
            (AuditAction.CHANGED, "command: Conus level"),
        ]
        assert len(store.audit.trail()) == 4

    @pytest.mark.parametrize(
        ("statement", "problem"),
        [
            ("UPDATE audit SET actor = 'x' WHERE sequence = 1", "Event 1 of the audit log was"),
            ("UPDATE audit SET detail = 'x' WHERE sequence = 2", "Event 2 of the audit log was"),
            ("UPDATE audit SET action = 'sang' WHERE sequence = 1", "The audit log holds a kind"),
            ("DELETE FROM audit WHERE sequence = 1", "Event 1 of the audit log is missing."),
            ("DELETE FROM audit WHERE sequence = 2", "The last events of the audit log are miss"),
            ("UPDATE audit_head SET hash = 'f'", "The last events of the audit log are missing."),
        ],
    )
    def test_tampering_is_found(
        self, store: CaseStore, home: Path, statement: str, problem: str
    ) -> None:
        created(store)
        store.audit.add(OPENED)
        store.audit.add(FAILED)
        store.close()
        damage(home, "DROP TRIGGER audit_keeps")
        damage(home, "DROP TRIGGER audit_stays")
        damage(home, statement)
        opened = CaseStore.open(home)
        assert opened.audit.problem().startswith(problem)
        assert any(found.startswith(problem) for found in opened.verify("case-1"))
        opened.close()


class TestReadingProcess:
    def test_events_wait_and_the_next_writer_takes_them_in(
        self, store: CaseStore, home: Path
    ) -> None:
        store.audit.add(FAILED)
        second = CaseStore.open(home)
        second.audit.add(OPENED)
        second.close()
        assert actions(store) == ["sent"]
        spool = home / "audit.spool"
        assert stat.S_IMODE(spool.stat().st_mode) == 0o600
        store.close()
        third = CaseStore.open(home)
        assert actions(third) == ["sent", "opened"]
        assert third.audit.problem() == ""
        assert not spool.exists()
        third.close()

    def test_waiting_line_that_cannot_be_read_is_told_in_the_log(
        self, store: CaseStore, home: Path
    ) -> None:
        second = CaseStore.open(home)
        second.audit.add(OPENED)
        second.close()
        with (home / "audit.spool").open("ab") as file:
            file.write(b'{"action":"sang"}\nnoise\n')
        store.close()
        third = CaseStore.open(home)
        assert actions(third) == ["opened", "unreadable event", "unreadable event"]
        assert third.audit.problem() == ""
        third.close()


class TestExport:
    def test_csv_has_a_row_an_event_and_no_formula(self, store: CaseStore) -> None:
        created(store)
        store.audit.add(
            AuditEvent(action=AuditAction.EXPORTED, actor="=cmd()", detail='a "b", c\nd')
        )
        rows = list(csv.reader(io.StringIO(audit_csv(store.audit.trail()))))
        assert tuple(rows[0]) == CSV_COLUMNS
        assert len(rows) == 3
        last = dict(zip(CSV_COLUMNS, rows[2], strict=True))
        assert last["actor"] == "'=cmd()"
        assert last["detail"] == 'a "b", c\nd'

    def test_xml_is_an_audit_message_of_the_standard(self, store: CaseStore) -> None:
        created(store)
        store.audit.add(OPENED)
        store.audit.add(FAILED)
        root = ElementTree.fromstring(audit_xml(store.audit.entries()))
        opened, sent = root.findall("AuditMessage")
        assert [child.tag for child in opened] == [
            "EventIdentification",
            "ActiveParticipant",
            "AuditSourceIdentification",
            "ParticipantObjectIdentification",
        ]
        event = opened.find("EventIdentification")
        assert event.get("EventActionCode") == "R"
        assert event.get("EventOutcomeIndicator") == "0"
        assert event.get("EventDateTime") == store.audit.entries()[0].at
        assert event.find("EventID").attrib == {
            "csd-code": "110110",
            "codeSystemName": "DCM",
            "originalText": "Patient Record",
            "displayName": "Patient Record",
        }
        participant = opened.find("ActiveParticipant")
        assert participant.get("UserID") == "R. Reader"
        assert participant.get("UserIsRequestor") == "true"
        item = opened.find("ParticipantObjectIdentification")
        assert item.get("ParticipantObjectID") == "case-1"
        assert sent.find("EventIdentification").get("EventOutcomeIndicator") == "4"
        assert sent.find("EventIdentification/EventID").get("csd-code") == "110104"

    @pytest.mark.parametrize("action", list(AuditAction))
    def test_every_event_has_its_code(self, store: CaseStore, action: AuditAction) -> None:
        store.audit.add(AuditEvent(action=action, detail="\x00\x0b\ud800 text <&>"[3:]))
        root = ElementTree.fromstring(audit_xml(store.audit.entries()))
        event = root.find("AuditMessage/EventIdentification")
        assert event.find("EventID").get("csd-code").startswith("1101")
        assert event.find("EventTypeCode").get("originalText")

    def test_characters_that_xml_cannot_hold_are_replaced(self, store: CaseStore) -> None:
        store.audit.add(AuditEvent(action=AuditAction.SENT, detail="a\x01b\ufffec"))
        root = ElementTree.fromstring(audit_xml(store.audit.entries()))
        text = root.find("AuditMessage/EventIdentification/EventOutcomeDescription").text
        assert text == "a\ufffdbc"
