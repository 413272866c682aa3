"""Files that belong to a case: the signed documents, and the pictures of its key images.

A document is immutable, and the audit log holds its hash too, so that a swapped one is found even
where its row was rewritten to fit.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workstation.base.errors import StoreError
from workstation.storage.audit_log import AuditAction, AuditEvent, append_event
from workstation.storage.store_rows import head_of

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
            event = AuditEvent(
                action=AuditAction.DOCUMENT_KEPT,
                actor=author,
                case_id=case_id,
                detail=kept_detail(item),
            )
            append_event(connection, event, self._clock)

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


def kept_detail(item: Attachment) -> str:
    """Return how the audit log names a kept document."""
    return f"{item.name} v{item.version} sha256 {item.sha256}"


def insert_attachment(connection: sqlite3.Connection, case_id: str, item: Attachment) -> None:
    """Add the row of a file; a picture takes the place of an older one."""
    connection.execute(
        "INSERT OR REPLACE INTO attachments VALUES (?, ?, ?, ?, ?, ?)",
        (case_id, item.kind.value, item.name, item.version, item.sha256, item.content),
    )


def insert_imported(
    connection: sqlite3.Connection,
    case_id: str,
    items: tuple[Attachment, ...],
    author: str,
    clock: Callable[[], datetime],
) -> None:
    """Add the files of an imported case, and log the import with every document in it."""
    append_event(
        connection,
        AuditEvent(action=AuditAction.IMPORTED, actor=author, case_id=case_id),
        clock,
    )
    for item in items:
        insert_attachment(connection, case_id, item)
        if item.kind is AttachmentKind.DOCUMENT:
            event = AuditEvent(
                action=AuditAction.DOCUMENT_KEPT,
                actor=author,
                case_id=case_id,
                detail=kept_detail(item),
            )
            append_event(connection, event, clock)


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


def attachment_problems(connection: sqlite3.Connection, case_id: str) -> Iterator[str]:
    """Yield what is wrong with the files of a case, in sentences."""
    rows = connection.execute(
        "SELECT kind, name, version, content, sha256 FROM attachments WHERE case_id = ?",
        (case_id,),
    ).fetchall()
    logged = connection.execute(
        "SELECT detail FROM audit WHERE action = ? AND case_id = ?",
        (AuditAction.DOCUMENT_KEPT.value, case_id),
    ).fetchall()
    expected = {row[0] for row in logged}
    found = set()
    for kind, name, version, content, sha256 in rows:
        digest = hashlib.sha256(bytes(content)).hexdigest()
        if digest != sha256:
            yield f"The file {name} kept with this case was altered."
        elif kind == AttachmentKind.DOCUMENT:
            found.add(f"{name} v{version} sha256 {digest}")
    if found != expected:
        yield "A document kept with this case is missing or was swapped."


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
