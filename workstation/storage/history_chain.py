"""The append-only history of a case: its rows, and the hashes that chain them."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workstation.base.errors import StoreError
from workstation.storage.json_schema import canonical_json

FIRST_HASH = "0" * 64
"""What stands before the first row."""


class EntryKind(StrEnum):
    """What a row of the history tells."""

    CREATED = "created"
    COMMAND = "command"
    UNDONE = "undone"
    REDONE = "redone"
    IMPORTED = "imported"
    FILED = "filed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One row of the history.

    Parameters
    ----------
    sequence : int
        Counts from 1 without a gap.
    kind : EntryKind
    author : str
        The reader as named in the settings.
    at : str
        UTC, ISO 8601 to the millisecond.
    label : str
        The change in words.
    command : str
        Canonical JSON of the command, or of the document that was filed; empty for other kinds.
    case_hash : str
        SHA-256 of the case after the change.
    previous_hash, hash : str
        The chain.
    """

    sequence: int
    kind: EntryKind
    author: str
    at: str
    label: str
    command: str
    case_hash: str
    previous_hash: str
    hash: str


def chained(document: dict[str, Any], previous_hash: str) -> str:
    """Return the hash of a row's content behind the row before it, hexadecimal."""
    return hashlib.sha256(previous_hash.encode() + canonical_json(document)).hexdigest()


def entry_hash(case_id: str, entry: HistoryEntry) -> str:
    """Return the hash a history row must carry."""
    document = {
        "case": case_id,
        "sequence": entry.sequence,
        "kind": entry.kind.value,
        "author": entry.author,
        "at": entry.at,
        "label": entry.label,
        "command": entry.command,
        "case_hash": entry.case_hash,
    }
    return chained(document, entry.previous_hash)


def signed_hash(case_id: str, version: int, sha256: str, previous_hash: str) -> str:
    """Return the hash a signed version must carry."""
    return chained({"case": case_id, "version": version, "sha256": sha256}, previous_hash)


def broken_link(case_id: str, entries: tuple[HistoryEntry, ...], head_hash: str) -> str:
    """Return what is wrong with a history in one sentence; empty when it is whole."""
    previous = FIRST_HASH
    for number, entry in enumerate(entries, 1):
        if entry.sequence != number:
            return f"Change {number} of the history is missing."
        if entry.previous_hash != previous or entry.hash != entry_hash(case_id, entry):
            return f"Change {number} of the history was altered."
        previous = entry.hash
    return "" if previous == head_hash else "The last changes of the history are missing."


def read_history(connection: sqlite3.Connection, case_id: str) -> tuple[HistoryEntry, ...]:
    """Return the history of a case, oldest first."""
    rows = connection.execute(
        "SELECT sequence, kind, author, at, label, command, case_hash, previous_hash, hash"
        " FROM history WHERE case_id = ? ORDER BY sequence",
        (case_id,),
    )
    return tuple(entry_from_row(row) for row in rows)


def entry_from_row(row: tuple[Any, ...]) -> HistoryEntry:
    """Return the entry of a row in the order of :class:`HistoryEntry`.

    Raises
    ------
    StoreError
        When the row tells of a kind of change that does not exist.
    """
    sequence, kind, *texts = row
    if kind not in set(EntryKind):
        raise StoreError("The history holds a kind of change that is not known.", code="altered")
    author, at, label, command, case_hash, previous_hash, own_hash = texts
    return HistoryEntry(
        sequence=sequence,
        kind=EntryKind(kind),
        author=author,
        at=at,
        label=label,
        command=command,
        case_hash=case_hash,
        previous_hash=previous_hash,
        hash=own_hash,
    )


def insert_entry(connection: sqlite3.Connection, case_id: str, entry: HistoryEntry) -> None:
    """Add a row to the history."""
    connection.execute(
        "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            case_id,
            entry.sequence,
            entry.kind.value,
            entry.author,
            entry.at,
            entry.label,
            entry.command,
            entry.case_hash,
            entry.previous_hash,
            entry.hash,
        ),
    )
