"""Rows of the store: where a case stands, its changes, its states, its signed versions.

Every function works inside a transaction that its caller opened.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from workstation.base.errors import StoreError
from workstation.domain.case import Case
from workstation.storage.case_codec import case_bytes
from workstation.storage.history_chain import (
    FIRST_HASH,
    EntryKind,
    HistoryEntry,
    entry_hash,
    insert_entry,
    signed_hash,
)
from workstation.storage.stored_case import SignedVersion, StoredStep, packed, summary_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a case stands: its undo position, its number of changes, the hash of the last one."""

    position: int
    sequence: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change about to be written: what kind, by whom, when, in which words."""

    kind: EntryKind
    author: str
    at: str
    label: str
    command: str = ""


def exists(connection: sqlite3.Connection, case_id: str) -> bool:
    """Whether the store holds a case."""
    row = connection.execute("SELECT 1 FROM cases WHERE id = ?", (case_id,)).fetchone()
    return row is not None


def refuse_known(connection: sqlite3.Connection, case_id: str) -> None:
    """Raise :class:`StoreError` when the store holds the case already."""
    if exists(connection, case_id):
        raise StoreError("This case is already in the store.", code="case-exists")


def head_of(connection: sqlite3.Connection, case_id: str) -> Head:
    """Return where a case stands.

    Raises
    ------
    StoreError
        When there is no such case.
    """
    row = connection.execute(
        "SELECT position, sequence, head_hash FROM cases WHERE id = ?", (case_id,)
    ).fetchone()
    if row is None:
        raise StoreError("There is no such case in the store.", code="no-case")
    return Head(position=row[0], sequence=row[1], hash=row[2])


def changed_at(connection: sqlite3.Connection, case_id: str) -> datetime:
    """Return when a case was changed last, UTC, as the clock said then.

    Raises
    ------
    StoreError
        When the row holds no time.
    """
    row = connection.execute("SELECT changed_at FROM cases WHERE id = ?", (case_id,)).fetchone()
    try:
        return datetime.fromisoformat(row[0])
    except ValueError as error:
        raise StoreError("The list of cases is damaged.", code="damaged") from error


def insert_case(connection: sqlite3.Connection, case: Case, at: str, head: Head) -> None:
    """Add the row of a new case."""
    connection.execute(
        "INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?, ?)",
        (case.id, head.position, head.sequence, head.hash, at, at, summary_json(case)),
    )


def write_change(
    connection: sqlite3.Connection, case: Case, head: Head, change: Change, *, sha256: str = ""
) -> int:
    """Chain a change to the history, make ``case`` the current state, and return its number.

    ``head`` holds the new undo position and the sequence and hash before the change. ``sha256`` is
    that of the state as stored, which an older Batson may have written with other bytes than this
    one would; it is computed when absent.
    """
    sha256 = sha256 or hashlib.sha256(case_bytes(case)).hexdigest()
    entry = _chained_entry(connection, case.id, head, change, sha256)
    connection.execute(
        "UPDATE cases SET position = ?, sequence = ?, head_hash = ?, changed_at = ?, summary = ?"
        " WHERE id = ?",
        (head.position, entry.sequence, entry.hash, change.at, summary_json(case), case.id),
    )
    return entry.sequence


def _chained_entry(
    connection: sqlite3.Connection, case_id: str, head: Head, change: Change, sha256: str
) -> HistoryEntry:
    entry = HistoryEntry(
        sequence=head.sequence + 1,
        kind=change.kind,
        author=change.author,
        at=change.at,
        label=change.label,
        command=change.command,
        case_hash=sha256,
        previous_hash=head.hash,
        hash="",
    )
    entry = replace(entry, hash=entry_hash(case_id, entry))
    insert_entry(connection, case_id, entry)
    return entry


def write_filing(connection: sqlite3.Connection, case_id: str, change: Change) -> None:
    """Chain to the history that a document was filed; the case itself stays as it is."""
    head = head_of(connection, case_id)
    row = connection.execute(
        "SELECT case_hash FROM history WHERE case_id = ? AND sequence = ?",
        (case_id, head.sequence),
    ).fetchone()
    if row is None:
        raise StoreError("The last changes of the history are missing.", code="damaged")
    entry = _chained_entry(connection, case_id, head, change, row[0])
    connection.execute(
        "UPDATE cases SET sequence = ?, head_hash = ?, changed_at = ? WHERE id = ?",
        (entry.sequence, entry.hash, change.at, case_id),
    )


def write_step(connection: sqlite3.Connection, case: Case, position: int, label: str) -> None:
    """Keep a state as the undo step at ``position``."""
    data = case_bytes(case)
    connection.execute(
        "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?)",
        (case.id, position, label, hashlib.sha256(data).hexdigest(), packed(data)),
    )


def drop_steps(connection: sqlite3.Connection, case_id: str, keep: range | None = None) -> None:
    """Forget the undo steps outside the positions of ``keep``; all of them without it."""
    kept = keep if keep is not None else range(0)
    connection.execute(
        "DELETE FROM steps WHERE case_id = ? AND (position < ? OR position >= ?)",
        (case_id, kept.start, kept.stop),
    )


def read_steps(connection: sqlite3.Connection, case_id: str) -> dict[int, StoredStep]:
    """Return the undo steps of a case by position, oldest first."""
    rows = connection.execute(
        "SELECT position, label, content, case_hash FROM steps WHERE case_id = ? ORDER BY position",
        (case_id,),
    )
    return {
        position: StoredStep(label=label, content=content, case_hash=sha256)
        for position, label, content, sha256 in rows
    }


def read_signed(connection: sqlite3.Connection, case_id: str) -> tuple[SignedVersion, ...]:
    """Return the signed versions of a case, oldest first."""
    rows = connection.execute(
        "SELECT version, signer, at, content, sha256, previous_hash, hash"
        " FROM signed_versions WHERE case_id = ? ORDER BY version",
        (case_id,),
    )
    return tuple(
        SignedVersion(
            version=version,
            signer=signer,
            at=at,
            content=content,
            sha256=sha256,
            previous_hash=previous_hash,
            hash=own_hash,
        )
        for version, signer, at, content, sha256, previous_hash, own_hash in rows
    )


def freeze(connection: sqlite3.Connection, case: Case) -> None:
    """Keep the signed case as a version that nothing changes any more."""
    earlier = read_signed(connection, case.id)
    previous = earlier[-1].hash if earlier else FIRST_HASH
    data = case_bytes(case)
    sha256 = hashlib.sha256(data).hexdigest()
    signature = case.signature
    insert_signed(
        connection,
        case.id,
        SignedVersion(
            version=case.version,
            signer=signature.name if signature else "",
            at=signature.at if signature else "",
            content=data.decode("utf-8"),
            sha256=sha256,
            previous_hash=previous,
            hash=signed_hash(case.id, case.version, sha256, previous),
        ),
    )


def insert_signed(connection: sqlite3.Connection, case_id: str, version: SignedVersion) -> None:
    """Add the row of a signed version."""
    connection.execute(
        "INSERT INTO signed_versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            case_id,
            version.version,
            version.signer,
            version.at,
            version.content,
            version.sha256,
            version.previous_hash,
            version.hash,
        ),
    )
