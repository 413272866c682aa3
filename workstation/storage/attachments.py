"""Files that belong to a case: the signed documents, and the pictures of its key images.

A document is immutable, and the history of its case holds its hash too, so that a swapped one is
found even where its row was rewritten to fit.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from workstation.base.errors import StoreError
from workstation.storage.history_chain import EntryKind, HistoryEntry
from workstation.storage.json_schema import canonical_json
from workstation.storage.store_rows import Change, head_of, write_filing

SIZE_LIMIT_BYTES = 64 * 1024**2
"""Largest file that is kept with a case."""


class AttachmentKind(StrEnum):
    """What a file is to its case."""

    DOCUMENT = "document"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file of a case.

    Parameters
    ----------
    kind : AttachmentKind
    name : str
        ``"report.pdf"`` of a document; the id of its key image for a picture (PNG).
    version : int
        Of the case for a document, 0 for a picture.
    content : bytes
    """

    kind: AttachmentKind
    name: str
    version: int
    content: bytes

    @property
    def sha256(self) -> str:
        """Hash of the content, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


class Attachments:
    """The files of every case of one store.

    Parameters
    ----------
    reading, changing : callable
        Give the connection inside the store's lock, ``changing`` inside a transaction.
    clock : callable
        Gives the present time in UTC.
    """

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[sqlite3.Connection]],
        changing: Callable[[], AbstractContextManager[sqlite3.Connection]],
        clock: Callable[[], datetime],
    ) -> None:
        self._reading = reading
        self._changing = changing
        self._clock = clock

    def keep_document(
        self, case_id: str, version: int, name: str, content: bytes, *, author: str = ""
    ) -> None:
        """Keep a file of a signed version; nothing happens when that very file is kept already.

        Raises
        ------
        StoreError
            When another file of that name is kept, or the version was not signed.
        """
        item = Attachment(kind=AttachmentKind.DOCUMENT, name=name, version=version, content=content)
        _refuse_large(item)
        with self._changing() as connection:
            head_of(connection, case_id)
            kept = _hash_of(connection, case_id, item)
            if kept == item.sha256:
                return
            if kept is not None:
                raise StoreError(
                    f"Another {name} was filed with version {version}; it does not change.",
                    code="document-exists",
                )
            _refuse_unsigned(connection, case_id, version)
            insert_attachment(connection, case_id, item)
            moment = self._clock().astimezone(UTC).isoformat(timespec="milliseconds")
            change = Change(
                kind=EntryKind.FILED,
                author=author,
                at=moment,
                label=f"File {name} of version {version}",
                command=filing(item),
            )
            write_filing(connection, case_id, change)

    def keep_picture(self, case_id: str, image_id: str, png: bytes) -> None:
        """Keep the picture of a key image, in the place of an older one."""
        item = Attachment(kind=AttachmentKind.PICTURE, name=image_id, version=0, content=png)
        _refuse_large(item)
        with self._changing() as connection:
            head_of(connection, case_id)
            insert_attachment(connection, case_id, item)

    def of_case(self, case_id: str) -> tuple[Attachment, ...]:
        """Return every file of a case.

        Raises
        ------
        StoreError
            When one is not what was kept.
        """
        with self._reading() as connection:
            head_of(connection, case_id)
            return read_attachments(connection, case_id)


def filing(item: Attachment) -> str:
    """Return how the history names a filed document: canonical JSON."""
    document = {"file": item.name, "version": item.version, "sha256": item.sha256}
    return canonical_json(document).decode("utf-8")


def filing_problem(history: Iterable[HistoryEntry], attachments: Iterable[Attachment]) -> str:
    """Return a sentence when the documents are not those that the history says were filed."""
    filed = {entry.command for entry in history if entry.kind is EntryKind.FILED}
    kept = {filing(item) for item in attachments if item.kind is AttachmentKind.DOCUMENT}
    return "" if filed == kept else "A document kept with this case is missing or was swapped."


def insert_attachment(connection: sqlite3.Connection, case_id: str, item: Attachment) -> None:
    """Add the row of a file; a picture takes the place of an older one."""
    connection.execute(
        "INSERT OR REPLACE INTO attachments VALUES (?, ?, ?, ?, ?, ?)",
        (case_id, item.kind.value, item.name, item.version, item.sha256, item.content),
    )


def read_attachments(connection: sqlite3.Connection, case_id: str) -> tuple[Attachment, ...]:
    """Return every file of a case; raise :class:`StoreError` where one was altered."""
    rows = connection.execute(
        "SELECT kind, name, version, content, sha256 FROM attachments WHERE case_id = ?"
        " ORDER BY kind, name, version",
        (case_id,),
    )
    found = []
    for kind, name, version, content, sha256 in rows:
        if kind not in set(AttachmentKind):
            raise StoreError("A file kept with this case is of an unknown kind.", code="altered")
        item = Attachment(
            kind=AttachmentKind(kind), name=name, version=version, content=bytes(content)
        )
        if item.sha256 != sha256:
            raise StoreError("A file kept with this case was altered.", code="altered")
        found.append(item)
    return tuple(found)


def attachment_problems(
    connection: sqlite3.Connection, case_id: str, history: Iterable[HistoryEntry]
) -> Iterator[str]:
    """Yield what is wrong with the files of a case, in sentences."""
    try:
        items = read_attachments(connection, case_id)
    except StoreError as error:
        yield error.message
        return
    problem = filing_problem(history, items)
    if problem:
        yield problem


def _hash_of(connection: sqlite3.Connection, case_id: str, item: Attachment) -> str | None:
    row = connection.execute(
        "SELECT sha256 FROM attachments WHERE case_id = ? AND kind = ? AND name = ?"
        " AND version = ?",
        (case_id, item.kind.value, item.name, item.version),
    ).fetchone()
    return None if row is None else str(row[0])


def _refuse_unsigned(connection: sqlite3.Connection, case_id: str, version: int) -> None:
    row = connection.execute(
        "SELECT 1 FROM signed_versions WHERE case_id = ? AND version = ?", (case_id, version)
    ).fetchone()
    if row is None:
        raise StoreError("Only the documents of a signed version are filed.", code="not-signed")


def _refuse_large(item: Attachment) -> None:
    if len(item.content) > SIZE_LIMIT_BYTES:
        raise StoreError(f"{item.name} is too large to be kept with the case.", code="too-large")
