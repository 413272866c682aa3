"""The audit trail for others: CSV, and DICOM audit messages (PS3.15 A.5).

No name, id or date of a patient is in either: a case is told by its number in this store.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import NamedTuple
from xml.etree import ElementTree

from workstation.storage.audit_log import AuditAction, AuditEntry, AuditOutcome

CSV_COLUMNS = (
    "at",
    "actor",
    "station",
    "action",
    "case",
    "outcome",
    "detail",
    "sequence",
    "previous_hash",
    "hash",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_DICOM = "DCM"
_OWN_CODES = "99BATSON"


class Code(NamedTuple):
    """A coded value: code, coding scheme, meaning."""

    value: str
    scheme: str
    meaning: str


class _Kind(NamedTuple):
    action_code: str
    event: Code


_TRANSFERRED = Code("110104", _DICOM, "DICOM Instances Transferred")
_EXPORT = Code("110106", _DICOM, "Export")
_IMPORT = Code("110107", _DICOM, "Import")
_RECORD = Code("110110", _DICOM, "Patient Record")
_ALERT = Code("110113", _DICOM, "Security Alert")
_LOGIN = Code("110114", _DICOM, "User Authentication")
_LOG_USED = Code("110101", _DICOM, "Audit Log Used")

_KINDS: dict[AuditAction, _Kind] = {
    AuditAction.OPENED: _Kind("R", _RECORD),
    AuditAction.CHANGED: _Kind("U", _RECORD),
    AuditAction.SIGNED: _Kind("U", _RECORD),
    AuditAction.EXPORTED: _Kind("R", _EXPORT),
    AuditAction.DEIDENTIFIED: _Kind("R", _EXPORT),
    AuditAction.SENT: _Kind("R", _TRANSFERRED),
    AuditAction.IMPORTED: _Kind("C", _IMPORT),
    AuditAction.BACKED_UP: _Kind("R", _EXPORT),
    AuditAction.RESTORED: _Kind("C", _IMPORT),
    AuditAction.LOCKED: _Kind("E", _LOGIN),
    AuditAction.UNLOCKED: _Kind("E", _LOGIN),
    AuditAction.UNLOCK_FAILED: _Kind("E", _LOGIN),
    AuditAction.PLUGIN_TRUSTED: _Kind("E", _ALERT),
    AuditAction.AUDIT_EXPORTED: _Kind("R", _LOG_USED),
    AuditAction.UNREADABLE: _Kind("E", _ALERT),
}
"""Event identifiers of PS3.16 CID 400 and the action codes of PS3.15 table A.5.2-1."""

_TYPES: dict[AuditAction, Code] = {
    AuditAction.LOCKED: Code("110123", _DICOM, "Logout"),
    AuditAction.UNLOCKED: Code("110122", _DICOM, "Login"),
    AuditAction.UNLOCK_FAILED: Code("110122", _DICOM, "Login"),
}
"""Event types of PS3.16 CID 401; the other events carry their own word."""

_SYSTEM_OBJECT, _REPORT = "2", "3"
"""Type of the object and its role (PS3.15 A.5.1)."""


def audit_csv(entries: Iterable[AuditEntry]) -> str:
    """Return the trail as CSV (RFC 4180), one row an event.

    A cell that a spreadsheet would take for a formula starts with an apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for entry in entries:
        row = (
            entry.at,
            entry.actor,
            entry.station,
            entry.action.value,
            entry.case_id,
            entry.outcome.value,
            entry.detail,
            str(entry.sequence),
            entry.previous_hash,
            entry.hash,
        )
        writer.writerow([_harmless(cell) for cell in row])
    return text.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def audit_xml(entries: Iterable[AuditEntry]) -> str:
    """Return the trail as XML: one ``AuditMessage`` of PS3.15 A.5.1 an event in a common root."""
    root = ElementTree.Element("AuditMessages")
    for entry in entries:
        root.append(audit_message(entry))
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def audit_message(entry: AuditEntry) -> ElementTree.Element:
    """Return one event as an ``AuditMessage`` (PS3.15 A.5.1)."""
    message = ElementTree.Element("AuditMessage")
    _add_event(message, entry)
    participant = ElementTree.SubElement(
        message,
        "ActiveParticipant",
        {"UserID": _clean(entry.actor), "UserIsRequestor": "true"},
    )
    if entry.station:
        participant.set("NetworkAccessPointID", _clean(entry.station))
        # 1 is a machine name (PS3.15 A.5.2.2).
        participant.set("NetworkAccessPointTypeCode", "1")
    source = {"AuditSourceID": "Batson"}
    ElementTree.SubElement(message, "AuditSourceIdentification", source)
    if entry.case_id:
        _add_case(message, entry)
    return message


def _add_event(message: ElementTree.Element, entry: AuditEntry) -> None:
    kind = _KINDS[entry.action]
    event = ElementTree.SubElement(
        message,
        "EventIdentification",
        {
            "EventActionCode": kind.action_code,
            "EventDateTime": entry.at,
            # 0 success, 4 minor failure (PS3.15 A.5.1).
            "EventOutcomeIndicator": "4" if _has_failed(entry) else "0",
        },
    )
    _add_code(event, "EventID", kind.event)
    word = entry.action.value
    _add_code(event, "EventTypeCode", _TYPES.get(entry.action, Code(word, _OWN_CODES, word)))
    if entry.detail:
        ElementTree.SubElement(event, "EventOutcomeDescription").text = _clean(entry.detail)


def _has_failed(entry: AuditEntry) -> bool:
    return entry.outcome is AuditOutcome.FAILED or entry.action is AuditAction.UNLOCK_FAILED


def _add_code(parent: ElementTree.Element, name: str, code: Code) -> None:
    ElementTree.SubElement(
        parent,
        name,
        {
            "csd-code": code.value,
            "codeSystemName": code.scheme,
            "originalText": code.meaning,
            "displayName": code.meaning,
        },
    )


def _add_case(message: ElementTree.Element, entry: AuditEntry) -> None:
    item = ElementTree.SubElement(
        message,
        "ParticipantObjectIdentification",
        {
            "ParticipantObjectID": _clean(entry.case_id),
            "ParticipantObjectTypeCode": _SYSTEM_OBJECT,
            "ParticipantObjectTypeCodeRole": _REPORT,
        },
    )
    _add_code(item, "ParticipantObjectIDTypeCode", Code("case", _OWN_CODES, "Case of this store"))
    ElementTree.SubElement(item, "ParticipantObjectName").text = _clean(entry.case_id)
    if entry.hash:
        detail = {"type": "hash", "value": entry.hash}
        ElementTree.SubElement(item, "ParticipantObjectDetail", detail)


def _clean(text: str) -> str:
    """Return text without the characters that XML 1.0 cannot hold."""
    return "".join(
        mark if mark in "\t\n\r" or " " <= mark <= "\ud7ff" or mark >= "\ue000" else "\ufffd"
        for mark in text
        if mark not in "\ufffe\uffff"
    )


__all__ = ["CSV_COLUMNS", "audit_csv", "audit_message", "audit_xml"]
