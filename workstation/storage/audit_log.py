"""Who opened, signed, exported, de-identified and sent: an append-only, hash-chained log.

What was changed stands in the history of each case; :func:`whole_trail` joins both. While another
process holds the store, events wait in a spool file and the next writer takes them in.
"""

from __future__ import annotations

import getpass
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from workstation.base.errors import InputRefusedError, StoreError
from workstation.storage.atomic_file import reason, sync_folder
from workstation.storage.history_chain import FIRST_HASH, HistoryEntry, chained, read_history
from workstation.storage.json_schema import canonical_json, kind_of, parse_json

SPOOL_NAME = "audit.spool"
SPOOL_LIMIT_BYTES = 16 * 1024**2
_COLUMNS = "sequence, at, actor, station, action, case_id, outcome, detail, previous_hash, hash"


class AuditAction(StrEnum):
    """What was done."""

    OPENED = "opened"
    CHANGED = "changed"
    SIGNED = "signed"
    EXPORTED = "exported"
    DEIDENTIFIED = "de-identified"
    SENT = "sent"
    IMPORTED = "imported"
    BACKED_UP = "backed up"
    RESTORED = "restored"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    UNLOCK_FAILED = "unlock failed"
    PLUGIN_TRUSTED = "plug-in trusted"
    AUDIT_EXPORTED = "audit exported"
    UNREADABLE = "unreadable event"


class AuditOutcome(StrEnum):
    """How it ended."""

    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One thing that somebody did; no name, id or date of a patient belongs in ``detail``.

    Parameters
    ----------
    action : AuditAction
    actor : str
        The reader as named in the settings; the account of the system when empty.
    case_id : str
        Empty where no case is concerned.
    detail : str
    outcome : AuditOutcome
    """

    action: AuditAction
    actor: str = ""
    case_id: str = ""
    detail: str = ""
    outcome: AuditOutcome = AuditOutcome.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One row of the log: an event with its number, time, place and the chain."""

    sequence: int
    at: str
    """UTC, ISO 8601 to the millisecond."""
    actor: str
    station: str
    action: AuditAction
    case_id: str
    outcome: AuditOutcome
    detail: str
    previous_hash: str = ""
    hash: str = ""


_ENTRY_KIND = kind_of(AuditEntry)


class AuditLog:
    """The log of one store.

    Parameters
    ----------
    reading, changing : callable
        Give the connection inside the store's lock, ``changing`` inside a transaction.
    spool : Path or None
        Where events go while the store can only be read; None when it can be written.
    clock : callable
        Gives the present time in UTC.
    """

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[sqlite3.Connection]],
        changing: Callable[[], AbstractContextManager[sqlite3.Connection]],
        *,
        spool: Path | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._reading = reading
        self._changing = changing
        self._spool = spool
        self._clock = clock

    def add(self, event: AuditEvent) -> None:
        """Log an event; it is durable when the call returns.

        Raises
        ------
        StoreError
            When the disk does not take it.
        """
        if self._spool is not None:
            _append_to_spool(self._spool, event, self._clock)
            return
        with self._changing() as connection:
            append_event(connection, event, self._clock)

    def entries(self) -> tuple[AuditEntry, ...]:
        """Return every row, oldest first."""
        with self._reading() as connection:
            return read_audit(connection)

    def trail(self, case_id: str = "") -> tuple[AuditEntry, ...]:
        """Return the log joined with the changes of the cases, by time; of one case or of all."""
        with self._reading() as connection:
            return whole_trail(connection, case_id)

    def problem(self) -> str:
        """Return what is wrong with the log in one sentence; empty when it is whole."""
        with self._reading() as connection:
            return audit_problem(connection)


def append_event(
    connection: sqlite3.Connection, event: AuditEvent, clock: Callable[[], datetime]
) -> None:
    """Chain an event to the log inside the caller's transaction."""
    _insert(connection, _entry_of(event, clock))


def _entry_of(event: AuditEvent, clock: Callable[[], datetime]) -> AuditEntry:
    return AuditEntry(
        sequence=0,
        at=clock().astimezone(UTC).isoformat(timespec="milliseconds"),
        actor=event.actor or account_name(),
        station=socket.gethostname(),
        action=event.action,
        case_id=event.case_id,
        outcome=event.outcome,
        detail=event.detail,
    )


def _insert(connection: sqlite3.Connection, entry: AuditEntry) -> None:
    sequence, previous = connection.execute("SELECT sequence, hash FROM audit_head").fetchone()
    entry = replace(entry, sequence=sequence + 1, previous_hash=previous, hash="")
    entry = replace(entry, hash=audit_hash(entry))
    connection.execute(
        f"INSERT INTO audit ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.sequence,
            entry.at,
            entry.actor,
            entry.station,
            entry.action.value,
            entry.case_id,
            entry.outcome.value,
            entry.detail,
            entry.previous_hash,
            entry.hash,
        ),
    )
    connection.execute("UPDATE audit_head SET sequence = ?, hash = ?", (sequence + 1, entry.hash))


def account_name() -> str:
    """Return who is logged in at the system, or "unknown account"."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown account"


def audit_hash(entry: AuditEntry) -> str:
    """Return the hash a row must carry."""
    document = _ENTRY_KIND.encode(replace(entry, hash=""), "audit")
    return chained(document, entry.previous_hash)


def read_audit(connection: sqlite3.Connection) -> tuple[AuditEntry, ...]:
    """Return every row of the log, oldest first.

    Raises
    ------
    StoreError
        When a row tells of something that cannot happen.
    """
    rows = connection.execute(f"SELECT {_COLUMNS} FROM audit ORDER BY sequence")
    return tuple(_entry_from_row(row) for row in rows)


def _entry_from_row(row: tuple[Any, ...]) -> AuditEntry:
    sequence, at, actor, station, action, case_id, outcome, detail, previous, own = row
    if action not in set(AuditAction) or outcome not in set(AuditOutcome):
        raise StoreError("The audit log holds a kind of event that is not known.", code="altered")
    return AuditEntry(
        sequence=sequence,
        at=at,
        actor=actor,
        station=station,
        action=AuditAction(action),
        case_id=case_id,
        outcome=AuditOutcome(outcome),
        detail=detail,
        previous_hash=previous,
        hash=own,
    )


def audit_problem(connection: sqlite3.Connection) -> str:
    """Return what is wrong with the log in one sentence; empty when it is whole."""
    try:
        entries = read_audit(connection)
    except StoreError as error:
        return error.message
    previous = FIRST_HASH
    for number, entry in enumerate(entries, 1):
        if entry.sequence != number:
            return f"Event {number} of the audit log is missing."
        if entry.previous_hash != previous or entry.hash != audit_hash(entry):
            return f"Event {number} of the audit log was altered."
        previous = entry.hash
    head = connection.execute("SELECT sequence, hash FROM audit_head").fetchall()
    if head != [(len(entries), previous)]:
        return "The last events of the audit log are missing."
    return ""


def whole_trail(connection: sqlite3.Connection, case_id: str = "") -> tuple[AuditEntry, ...]:
    """Return the log joined with the changes of the cases, by time."""
    rows = connection.execute("SELECT id FROM cases ORDER BY id").fetchall()
    names = [case_id] if case_id else [row[0] for row in rows]
    logged = [e for e in read_audit(connection) if not case_id or e.case_id == case_id]
    changes = [
        _from_history(name, entry) for name in names for entry in read_history(connection, name)
    ]
    return tuple(sorted([*logged, *changes], key=lambda entry: (entry.at, entry.sequence)))


def _from_history(case_id: str, entry: HistoryEntry) -> AuditEntry:
    return AuditEntry(
        sequence=entry.sequence,
        at=entry.at,
        actor=entry.author or "unknown reader",
        station="",
        action=AuditAction.CHANGED,
        case_id=case_id,
        outcome=AuditOutcome.DONE,
        detail=f"{entry.kind.value}: {entry.label}",
        previous_hash=entry.previous_hash,
        hash=entry.hash,
    )


def _append_to_spool(path: Path, event: AuditEvent, clock: Callable[[], datetime]) -> None:
    line = canonical_json(_ENTRY_KIND.encode(_entry_of(event, clock), "audit")) + b"\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StoreError(f"The audit log cannot be written: {reason(error)}") from error


def take_in_spool(
    connection: sqlite3.Connection, path: Path, clock: Callable[[], datetime]
) -> None:
    """Move waiting events into the log; a line that is no event is logged as such.

    The file is removed after the commit, so that a kill in between logs an event twice rather
    than never.
    """
    try:
        data = path.read_bytes()[:SPOOL_LIMIT_BYTES]
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"The audit log cannot be read: {reason(error)}") from error
    connection.execute("BEGIN IMMEDIATE")
    try:
        for entry in _spooled(data, clock):
            _insert(connection, entry)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def _spooled(data: bytes, clock: Callable[[], datetime]) -> Iterator[AuditEntry]:
    for line in data.splitlines():
        try:
            yield _ENTRY_KIND.decode(parse_json(line, "audit"), "audit")
        except InputRefusedError:
            yield _entry_of(AuditEvent(action=AuditAction.UNREADABLE), clock)
