"""Whether a kept case is whole: the file, the chain of changes, the states, what was signed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator

from workstation.base.errors import InputRefusedError, StoreError
from workstation.domain.case import CaseStatus
from workstation.storage.attachments import attachment_problems
from workstation.storage.audit_log import audit_problem
from workstation.storage.case_codec import decode_command
from workstation.storage.history_chain import (
    FIRST_HASH,
    EntryKind,
    HistoryEntry,
    broken_link,
    read_history,
    signed_hash,
)
from workstation.storage.json_schema import parse_json
from workstation.storage.store_rows import Head, head_of, read_signed, read_steps
from workstation.storage.stored_case import SignedVersion, StoredStep, summary_json, unpacked


def whole_check(connection: sqlite3.Connection, case_id: str) -> tuple[str, ...]:
    """Return everything that is wrong with a case and the file, in sentences."""
    return tuple(_problems(connection, case_id))


def _problems(connection: sqlite3.Connection, case_id: str) -> Iterator[str]:
    rows = connection.execute("PRAGMA integrity_check(5)").fetchall()
    if rows != [("ok",)]:
        yield "The file of the store is damaged."
    head = head_of(connection, case_id)
    try:
        history = read_history(connection, case_id)
    except StoreError as error:
        yield error.message
        return
    signed = read_signed(connection, case_id)
    yield from _history_problems(case_id, history, head)
    yield from signed_problems(case_id, signed)
    yield from missing_signatures(history, signed)
    yield from _state_problems(connection, case_id, head, history)
    yield from attachment_problems(connection, case_id, history)
    log_problem = audit_problem(connection)
    if log_problem:
        yield log_problem


def _history_problems(case_id: str, history: tuple[HistoryEntry, ...], head: Head) -> Iterator[str]:
    broken = broken_link(case_id, history, head.hash)
    if broken:
        yield broken
    if head.sequence != len(history):
        yield "The number of changes does not agree with the history."


def signed_problems(case_id: str, signed: tuple[SignedVersion, ...]) -> Iterator[str]:
    """Yield what is wrong with the signed versions, in sentences."""
    previous = FIRST_HASH
    for version in signed:
        sha256 = hashlib.sha256(version.content.encode("utf-8")).hexdigest()
        expected = signed_hash(case_id, version.version, sha256, previous)
        if (version.sha256, version.previous_hash, version.hash) != (sha256, previous, expected):
            yield f"Signed version {version.version} is not what was signed."
        elif not _signer_agrees(version):
            yield f"Signed version {version.version} names another signer."
        previous = version.hash


def _signer_agrees(version: SignedVersion) -> bool:
    try:
        case = version.case
    except InputRefusedError:
        return False
    signature = case.signature
    return (
        case.status is CaseStatus.SIGNED
        and signature is not None
        and (signature.name, signature.at) == (version.signer, version.at)
        and case.version == version.version
    )


def missing_signatures(
    history: tuple[HistoryEntry, ...], signed: tuple[SignedVersion, ...]
) -> Iterator[str]:
    """Yield a sentence when the signed versions are not those that the history tells of."""
    signings = {entry.case_hash for entry in history if _is_signing(entry)}
    if signings != {version.sha256 for version in signed}:
        yield "The signed versions do not agree with the history."


def _is_signing(entry: HistoryEntry) -> bool:
    if entry.kind is not EntryKind.COMMAND:
        return False
    try:
        document = json.loads(entry.command)
    except ValueError:
        return False
    return isinstance(document, dict) and document.get("command") == "Sign"


def _state_problems(
    connection: sqlite3.Connection, case_id: str, head: Head, history: tuple[HistoryEntry, ...]
) -> Iterator[str]:
    steps = read_steps(connection, case_id)
    known = {entry.case_hash for entry in history}
    for position, step in steps.items():
        if not _readable(step, case_id) or step.case_hash not in known:
            yield f"State {position} of the undo list is damaged."
    current = steps.get(head.position)
    if current is None or not history or current.case_hash != history[-1].case_hash:
        yield "The current state does not agree with the last change."
    elif _readable(current, case_id) and not _listed_rightly(
        connection, current, (case_id, history[0].at, history[-1].at)
    ):
        yield "The list of cases does not agree with the case."


def _readable(step: StoredStep, case_id: str) -> bool:
    try:
        unpacked(step.content, step.case_hash)
        return step.case.id == case_id
    except StoreError:
        return False


def _listed_rightly(
    connection: sqlite3.Connection, step: StoredStep, expected: tuple[str, str, str]
) -> bool:
    """Whether the row of the list (id, created, changed, summary) follows from the history."""
    row = connection.execute(
        "SELECT id, created_at, changed_at, summary FROM cases WHERE id = ?", expected[:1]
    ).fetchone()
    return bool(row == (*expected, summary_json(step.case)))


def command_problems(history: tuple[HistoryEntry, ...]) -> Iterator[str]:
    """Yield the changes whose command cannot be read."""
    for entry in history:
        if entry.kind is EntryKind.COMMAND:
            try:
                decode_command(parse_json(entry.command))
            except InputRefusedError:
                yield f"Change {entry.sequence} of the history cannot be read."
