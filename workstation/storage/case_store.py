"""The case store: cases and the append-only history of every change, in one SQLite file.

A call that changes something returns only when the change is durable: write-ahead log with
``synchronous=FULL``, one transaction each. One process writes; a second one reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workstation.base.errors import StoreError
from workstation.domain.case import Case
from workstation.domain.commands import Command, Sign
from workstation.storage import case_file, file_seal, store_rows
from workstation.storage.attachments import Attachments, insert_attachment
from workstation.storage.audit_log import (
    SPOOL_NAME,
    AuditAction,
    AuditEvent,
    AuditLog,
    append_event,
)
from workstation.storage.case_codec import encode_command
from workstation.storage.history_chain import (
    FIRST_HASH,
    EntryKind,
    HistoryEntry,
    insert_entry,
    read_history,
)
from workstation.storage.json_schema import canonical_json
from workstation.storage.sqlite_file import OpenedFile, copy_to, open_store_file
from workstation.storage.store_check import whole_check
from workstation.storage.store_rows import Change, Head, head_of
from workstation.storage.stored_case import (
    CaseSummary,
    SignedVersion,
    StoredCase,
    summary_from_row,
)
from workstation.storage.transactions import Transactions

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far the clock may stand before the last change; clocks of machines differ a little."""

STEP_LIMIT = 1000
"""Undo steps kept for a case; the history keeps every change."""


def utc_now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)


class CaseStore:
    """The cases of one folder. Safe to use from several threads, one call at a time.

    Parameters
    ----------
    opened : OpenedFile
    clock : callable
        Gives the present time in UTC.
    """

    def __init__(self, opened: OpenedFile, clock: Callable[[], datetime]) -> None:
        self._opened = opened
        self._connection = opened.connection
        self._clock = clock
        transactions = Transactions(opened)
        self._transactions = transactions
        self._reading, self._changing = transactions.reading, transactions.changing
        self.together = transactions.together
        """Opens a block whose changes become durable at once, or not at all."""
        spool = opened.path.with_name(SPOOL_NAME) if opened.read_only_reason else None
        self.audit = AuditLog(self._reading, self._changing, spool=spool, clock=clock)
        """Who opened, signed, exported, de-identified and sent."""
        self.attachments = Attachments(self._reading, self._changing, clock)
        """Signed documents and pictures of key images."""

    @classmethod
    def open(cls, home: Path, *, clock: Callable[[], datetime] = utc_now) -> CaseStore:
        """Open the store in the folder ``home``, making both when absent.

        Raises
        ------
        StoreError
            When it cannot be used; its message says why.
        """
        return cls(open_store_file(home, clock), clock)

    @property
    def path(self) -> Path:
        """The file of the store."""
        return self._opened.path

    @property
    def read_only(self) -> bool:
        """Whether another process holds the store."""
        return bool(self._opened.read_only_reason)

    @property
    def read_only_reason(self) -> str:
        """Who holds the store, in a sentence; empty when changes are possible."""
        return self._opened.read_only_reason

    @property
    def notices(self) -> tuple[str, ...]:
        """What happened on opening that the reader must hear."""
        return self._opened.notices

    def close(self) -> None:
        """Close the store and let the next process have it."""
        self._transactions.close()

    def create(self, case: Case, *, author: str = "") -> None:
        """Keep a new case.

        Raises
        ------
        StoreError
            When the case exists already or the disk does not take it.
        """
        change = _change(self._clock, EntryKind.CREATED, author, "New case")
        with self._changing() as connection:
            store_rows.refuse_known(connection, case.id)
            head = Head(position=0, sequence=0, hash=FIRST_HASH)
            store_rows.insert_case(connection, case, change.at, head)
            store_rows.write_step(connection, case, 0, "")
            store_rows.write_change(connection, case, head, change)

    def record(
        self, case_id: str, command: Command, after: Case, *, author: str = "", folds: bool = False
    ) -> int:
        """Keep a change and return its number; it is durable then.

        Parameters
        ----------
        case_id : str
        command : Command
        after : Case
            The case after the command.
        author : str
        folds : bool
            Whether it joins the last undo step; the history has its own row all the same.
        """
        if after.id != case_id:
            raise StoreError("A change belongs to the case it was made in.", code="other-case")
        content = canonical_json(encode_command(command)).decode("utf-8")
        change = _change(self._clock, EntryKind.COMMAND, author, command.label)
        with self._changing() as connection:
            head = head_of(connection, case_id)
            position = head.position if folds else head.position + 1
            if isinstance(command, Sign):
                self._refuse_early_clock(case_id)
                # What was signed cannot be taken back, so undo begins anew behind it.
                store_rows.drop_steps(connection, case_id)
                store_rows.freeze(connection, after)
                append_event(connection, _signing(after, author), self._clock)
            else:
                keep = range(max(position - STEP_LIMIT, 0), position)
                store_rows.drop_steps(connection, case_id, keep)
            store_rows.write_step(connection, after, position, command.label)
            moved = replace(head, position=position)
            return store_rows.write_change(
                connection, after, moved, replace(change, command=content)
            )

    def undo(self, case_id: str, *, author: str = "") -> Case:
        """Go one step back, durably, and return the case there.

        Raises
        ------
        StoreError
            When there is nothing to undo.
        """
        return self._move(case_id, -1, EntryKind.UNDONE, author)

    def redo(self, case_id: str, *, author: str = "") -> Case:
        """Go one step on again, durably, and return the case there.

        Raises
        ------
        StoreError
            When there is nothing to redo.
        """
        return self._move(case_id, 1, EntryKind.REDONE, author)

    def load(self, case_id: str) -> StoredCase:
        """Return a case with its undo list.

        Raises
        ------
        StoreError
            When there is no such case or its current state is damaged.
        """
        with self._reading() as connection:
            head = head_of(connection, case_id)
            steps = store_rows.read_steps(connection, case_id)
        if head.position not in steps:
            raise StoreError("The current state of this case is missing.", code="damaged")
        stored = StoredCase(
            case_id=case_id,
            steps=tuple(steps.values()),
            position=tuple(steps).index(head.position),
        )
        if stored.case.id != case_id:
            raise StoreError("The current state belongs to another case.", code="altered")
        return stored

    def list_cases(self) -> tuple[CaseSummary, ...]:
        """Return every case, the one changed last first."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT id, created_at, changed_at, sequence, summary FROM cases"
                " ORDER BY changed_at DESC, id"
            ).fetchall()
        return tuple(summary_from_row(row) for row in rows)

    def case_ids(self) -> tuple[str, ...]:
        """Return the id of every case; works where the list itself is damaged."""
        with self._reading() as connection:
            rows = connection.execute("SELECT id FROM cases ORDER BY id").fetchall()
        return tuple(row[0] for row in rows)

    def history(self, case_id: str) -> tuple[HistoryEntry, ...]:
        """Return every change of a case, oldest first."""
        with self._reading() as connection:
            head_of(connection, case_id)
            return read_history(connection, case_id)

    def signed_versions(self, case_id: str) -> tuple[SignedVersion, ...]:
        """Return the frozen versions of a case, oldest first."""
        with self._reading() as connection:
            head_of(connection, case_id)
            return store_rows.read_signed(connection, case_id)

    def verify(self, case_id: str) -> tuple[str, ...]:
        """Return what is wrong with a case and the file, in sentences; empty when all is whole."""
        with self._reading() as connection:
            head_of(connection, case_id)
            seal = (file_seal.BROKEN,) if self._opened.seal_is_broken else ()
            return whole_check(connection, case_id) + seal

    def clock_warning(self, case_id: str) -> str:
        """Return a sentence when the clock stands before the last change of a case, else empty.

        Times in the history are what the clock said; their order is given by their numbers.
        """
        with self._reading() as connection:
            head_of(connection, case_id)
            last = store_rows.changed_at(connection, case_id)
        behind = last - self._clock().astimezone(UTC)
        if behind <= CLOCK_TOLERANCE:
            return ""
        return (
            f"The clock of this computer stands {_span(behind)} before the last change of this "
            "case. Set it right before signing."
        )

    def setting(self, case_id: str, name: str) -> str | None:
        """Return a setting of one case (its layout, say), or None when it was never set."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT value FROM case_settings WHERE case_id = ? AND name = ?", (case_id, name)
            ).fetchone()
        return None if row is None else str(row[0])

    def set_setting(self, case_id: str, name: str, value: str) -> None:
        """Keep a setting of one case; it is neither undoable nor part of the history."""
        with self._changing() as connection:
            head_of(connection, case_id)
            connection.execute(
                "INSERT OR REPLACE INTO case_settings VALUES (?, ?, ?)", (case_id, name, value)
            )

    def export(self, case_id: str, path: Path, *, author: str = "") -> None:
        """Write a case with its history, signed versions and files as one file, and log it."""
        parts = case_file.CaseFile(
            case=self.load(case_id).case,
            history=self.history(case_id),
            signed=self.signed_versions(case_id),
            attachments=self.attachments.of_case(case_id),
        )
        case_file.write(path, parts)
        self.audit.add(AuditEvent(action=AuditAction.EXPORTED, actor=author, case_id=case_id))

    def import_(self, path: Path, *, author: str = "") -> str:
        """Take a case over from a file that :meth:`export` wrote, and return its id.

        Raises
        ------
        InputRefusedError
            When the file is not whole.
        StoreError
            When the case is already here.
        """
        parts = case_file.read(path)
        case, last = parts.case, parts.history[-1]
        change = _change(self._clock, EntryKind.IMPORTED, author, "Import")
        head = Head(position=0, sequence=last.sequence, hash=last.hash)
        with self._changing() as connection:
            store_rows.refuse_known(connection, case.id)
            store_rows.insert_case(connection, case, parts.history[0].at, head)
            for entry in parts.history:
                insert_entry(connection, case.id, entry)
            for version in parts.signed:
                store_rows.insert_signed(connection, case.id, version)
            for item in parts.attachments:
                insert_attachment(connection, case.id, item)
            event = AuditEvent(action=AuditAction.IMPORTED, actor=author, case_id=case.id)
            append_event(connection, event, self._clock)
            store_rows.write_step(connection, case, 0, "")
            store_rows.write_change(connection, case, head, change)
        return case.id

    def backup(self, path: Path) -> None:
        """Write a whole copy of the store while it is in use.

        Raises
        ------
        StoreError
            When the file exists or the disk does not take it.
        """
        if path.exists():
            raise StoreError(f"{path.name} exists already. Choose another name.", code="exists")
        with self._reading() as connection:
            copy_to(connection, path)
        self.audit.add(AuditEvent(action=AuditAction.BACKED_UP, detail=path.name))

    def _refuse_early_clock(self, case_id: str) -> None:
        warning = self.clock_warning(case_id)
        if warning:
            raise StoreError(warning, code="clock")

    def _move(self, case_id: str, by: int, kind: EntryKind, author: str) -> Case:
        with self._changing() as connection:
            head = head_of(connection, case_id)
            steps = store_rows.read_steps(connection, case_id)
            target = steps.get(head.position + by)
            if target is None:
                raise StoreError("Nothing to undo." if by < 0 else "Nothing to redo.", code="end")
            case = target.case
            label = steps[head.position].label if by < 0 else target.label
            moved = replace(head, position=head.position + by)
            change = _change(self._clock, kind, author, label)
            store_rows.write_change(connection, case, moved, change, sha256=target.case_hash)
            return case


def _change(clock: Callable[[], datetime], kind: EntryKind, author: str, label: str) -> Change:
    moment = clock().astimezone(UTC).isoformat(timespec="milliseconds")
    return Change(kind=kind, author=author, at=moment, label=label)


def _signing(case: Case, author: str) -> AuditEvent:
    return AuditEvent(
        action=AuditAction.SIGNED,
        actor=case.signature.name if case.signature else author,
        case_id=case.id,
        detail=f"version {case.version}",
    )


def _span(behind: timedelta) -> str:
    minutes = round(behind.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 2880 else f"{minutes // 1440} days"
