"""Opening the store's file: lock, check, settings, and the words for what can go wrong."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workstation.base.errors import StoreError
from workstation.storage import encryption, file_seal, sqlite_schema
from workstation.storage.atomic_file import private_folder, reason, sync_folder
from workstation.storage.audit_log import SPOOL_NAME, take_in_spool
from workstation.storage.store_lock import StoreLock

FILE_NAME = "cases.sqlite3"
LOCK_NAME = "cases.lock"
PARTIAL_SUFFIX = ".partial"

_SENTENCES = {
    sqlite3.SQLITE_FULL: ("The disk is full.", "disk-full"),
    sqlite3.SQLITE_READONLY: ("The case store cannot be written; its folder is read only.", ""),
    sqlite3.SQLITE_BUSY: ("The case store is in use by another program.", "busy"),
    sqlite3.SQLITE_LOCKED: ("The case store is in use by another program.", "busy"),
    sqlite3.SQLITE_CORRUPT: ("The case store is damaged.", "damaged"),
    sqlite3.SQLITE_NOTADB: ("The case store is damaged.", "damaged"),
    sqlite3.SQLITE_IOERR: ("The disk of the case store does not answer.", "disk-error"),
    sqlite3.SQLITE_CANTOPEN: ("The case store cannot be opened.", ""),
}

_NO_ROOM = frozenset({"SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMOPEN"})
"""A full disk shows first where the files beside the store are made."""

_WORDS = {
    "disk is full": sqlite3.SQLITE_FULL,
    "readonly database": sqlite3.SQLITE_READONLY,
    "is locked": sqlite3.SQLITE_BUSY,
    "is malformed": sqlite3.SQLITE_CORRUPT,
    "not a database": sqlite3.SQLITE_NOTADB,
    "disk I/O error": sqlite3.SQLITE_IOERR,
    "unable to open": sqlite3.SQLITE_CANTOPEN,
}

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})
"""What checking a damaged file ends with; a check that is no statement of ours has no other."""


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn what SQLite raises into a :class:`StoreError` with a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise _store_error(error) from error
    except UnicodeDecodeError as error:
        raise StoreError("The case store is damaged.", code="damaged") from error
    except encryption.database_errors() as error:
        raise _store_error(error) from error


def _store_error(error: Exception) -> StoreError:
    # Extended codes keep the primary code in the low byte.
    code = _error_code(error) & 0xFF
    detail = getattr(error, "sqlite_errorname", type(error).__name__)
    if detail in _NO_ROOM:
        code = sqlite3.SQLITE_FULL
    sentence, word = _SENTENCES.get(code, ("The case store did not answer.", ""))
    return StoreError(sentence, detail=detail, code=word or None)


def _error_code(error: Exception) -> int:
    """Return SQLite's code of an error; from its words where the driver gives no code."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return int(code)
    return next((code for words, code in _WORDS.items() if words in str(error)), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """The open store: its connection, its lock, and what the reader should hear.

    ``read_only_reason`` is empty when changes are possible; ``seal_is_broken`` tells that the file
    is not what it was when it was closed.
    """

    path: Path
    connection: sqlite3.Connection
    lock: StoreLock
    read_only_reason: str = ""
    notices: tuple[str, ...] = ()
    seal_is_broken: bool = False

    def close(self) -> None:
        """Close the file, seal it when it is whole, and let the next process have it."""
        self.connection.close()
        if self.seal_is_broken:
            file_seal.keep_broken(self.path)
        elif not self.read_only_reason and self.path.exists():
            file_seal.seal(self.path)
        self.lock.release()


def open_store_file(home: Path, clock: Callable[[], datetime]) -> OpenedFile:
    """Open the store in ``home``, making it when absent.

    A damaged file is moved aside, never deleted; a newer or foreign one is refused as it is.

    Raises
    ------
    StoreError
        When the store cannot be used at all.
    """
    private_folder(home)
    path = home / FILE_NAME
    lock = StoreLock(home / LOCK_NAME)
    if path.exists() and not os.access(home, os.W_OK):
        return OpenedFile(
            path=path,
            connection=_open_unchangeable(path),
            lock=lock,
            read_only_reason="The folder of the cases is read only. Here they can be read, "
            "not changed.",
        )
    holder = lock.acquire()
    if holder is not None:
        reason = f"These cases are open in {holder.words}. Here they can be read, not changed."
        return OpenedFile(
            path=path, connection=_open_to_read(path), lock=lock, read_only_reason=reason
        )
    try:
        broken = file_seal.is_broken(path)
        notices = _moved_aside(path, clock)
        connection = _open_to_write(path, clock)
    except StoreError:
        lock.release()
        raise
    return OpenedFile(
        path=path,
        connection=connection,
        lock=lock,
        notices=notices,
        seal_is_broken=broken and not notices,
    )


def _open_to_read(path: Path) -> sqlite3.Connection:
    with store_errors():
        connection = _connected(path, "?mode=ro")
        _refuse_other_formats(connection)
    return connection


def _open_unchangeable(path: Path) -> sqlite3.Connection:
    """Open a store on a disk where not even the files of a reader can be made."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size > 0:
        raise StoreError(
            "The folder of the cases is read only, and its last changes can be read only where it "
            "can be written. Copy the folder to a local disk and open it there.",
            code="read-only",
        )
    with store_errors():
        connection = _connected(path, "?mode=ro&immutable=1")
        _refuse_other_formats(connection)
    return connection


def _open_to_write(path: Path, clock: Callable[[], datetime]) -> sqlite3.Connection:
    _make_private(path)
    with store_errors():
        connection = _connected(path, "")
        try:
            _refuse_other_formats(connection)
            _set_up(connection)
            _migrated(connection, path, clock)
            take_in_spool(connection, path.with_name(SPOOL_NAME), clock)
        except (sqlite3.Error, StoreError):
            connection.close()
            raise
    return connection


def _connected(path: Path, options: str) -> sqlite3.Connection:
    uri = path.as_uri() + options
    if encryption.is_encrypted(path):
        return encryption.connect(uri, encryption.stored_key(path))
    # The writer thread and the main thread share the connection behind the store's own lock.
    return sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, timeout=2.0
    )


def _make_private(path: Path) -> None:
    """Create the file with its permissions before SQLite does; log files inherit them."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(
            "The case store cannot be written; its folder is read only or full.",
            detail=str(error.errno),
        ) from error


def _refuse_other_formats(connection: sqlite3.Connection) -> None:
    mark = sqlite_schema.application_id(connection)
    version = sqlite_schema.stored_version(connection)
    foreign = mark not in (0, sqlite_schema.APPLICATION_ID) or (mark == 0 and version != 0)
    if foreign:
        raise StoreError(f"{FILE_NAME} was made by another program. Choose another folder.")
    if version > sqlite_schema.SCHEMA_VERSION:
        raise StoreError(
            "These cases were kept by a newer Batson. Update Batson to open them.",
            code="newer-schema",
        )


def _set_up(connection: sqlite3.Connection) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreError(
            "The folder for cases lies on a disk that cannot keep them safely. "
            "Choose a folder on a local disk.",
            code="no-wal",
        )
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA secure_delete = ON")


def _migrated(connection: sqlite3.Connection, path: Path, clock: Callable[[], datetime]) -> None:
    version = sqlite_schema.stored_version(connection)
    if version == sqlite_schema.SCHEMA_VERSION:
        return
    file_seal.unseal(path)
    if version > 0:
        stamp = clock().strftime("%Y%m%dT%H%M%S")
        copy_to(connection, path.with_name(f"cases-schema{version}-{stamp}.sqlite3"))
    sqlite_schema.migrate(connection)


def copy_to(connection: sqlite3.Connection, target: Path) -> None:
    """Write a whole, consistent copy of an open store, readable by its owner only.

    The copy gets its name when it is whole and on the disk; a kill before leaves a file that ends
    in :data:`PARTIAL_SUFFIX`, which the next copy into the folder removes.
    """
    for leftover in target.parent.glob(f".*{PARTIAL_SUFFIX}*"):
        leftover.unlink(missing_ok=True)
    partial = target.with_name(f".{target.name}{PARTIAL_SUFFIX}")
    _make_private(partial)
    try:
        copy = _copy_target(connection, partial)
        try:
            connection.backup(copy)
        finally:
            copy.close()
        partial.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise StoreError(f"{target.name} was not written: {reason(error)}") from error
    finally:
        partial.unlink(missing_ok=True)


def _copy_target(connection: sqlite3.Connection, partial: Path) -> sqlite3.Connection:
    """Return the empty file to copy into, under the key of the store."""
    if isinstance(connection, sqlite3.Connection):
        return sqlite3.connect(partial)
    source = connection.execute("PRAGMA database_list").fetchone()[2]
    return encryption.connect(partial.as_uri(), encryption.stored_key(Path(source)))


def _moved_aside(path: Path, clock: Callable[[], datetime]) -> tuple[str, ...]:
    """Move a damaged store out of the way and return what to tell the reader."""
    if not path.exists() or path.stat().st_size == 0 or not _is_damaged(path):
        return ()
    stamp = clock().strftime("%Y%m%dT%H%M%S")
    aside = path.with_name(f"cases-damaged-{stamp}.sqlite3")
    for suffix in ("", "-wal", "-shm", file_seal.SUFFIX):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(path.with_name(aside.name + suffix))
    return (
        f"The case store was damaged. It is kept as {aside.name}; a new, empty one was begun. "
        f"{_newest_backup(path.parent)}Restore a backup, or ask for help before signing anything.",
    )


def _newest_backup(home: Path) -> str:
    """Return which daily copy could be restored, in a sentence; empty when there is none."""
    copies = sorted(home.glob("backups/cases-*.sqlite3"))
    return f"The newest copy is backups/{copies[-1].name}. " if copies else ""


def _is_damaged(path: Path) -> bool:
    connection = _connected(path, "?mode=rw")
    try:
        rows = connection.execute("PRAGMA quick_check(1)").fetchall()
    except UnicodeDecodeError:
        # The report of the damage quotes the damage.
        return True
    except encryption.database_errors() as error:
        if _error_code(error) & 0xFF in _DAMAGE:
            return True
        raise _store_error(error) from error
    finally:
        connection.close()
    return rows != [("ok",)]
