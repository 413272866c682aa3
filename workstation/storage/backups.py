"""Copies of the store: one a day by itself, and putting one back."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workstation.base.errors import StoreError
from workstation.storage import encryption, file_seal, sqlite_schema
from workstation.storage.atomic_file import private_folder, reason, sync_folder
from workstation.storage.case_store import CaseStore, utc_now
from workstation.storage.sqlite_file import FILE_NAME, LOCK_NAME, PARTIAL_SUFFIX
from workstation.storage.store_lock import StoreLock

FOLDER_NAME = "backups"
KEPT = 7
INTERVAL = timedelta(hours=20)
"""A copy younger than this is recent enough; a day minus what working hours shift."""

_NAME = re.compile(r"cases-(\d{8}T\d{6})Z\.sqlite3")
_STAMP = "%Y%m%dT%H%M%S"


def keep_backup(
    store: CaseStore, *, clock: Callable[[], datetime] = utc_now, kept: int = KEPT
) -> Path | None:
    """Copy the store unless a recent copy is there, keep the newest, and return the copy made.

    Raises
    ------
    StoreError
        When the disk does not take it.
    """
    if store.read_only:
        return None
    folder = store.path.parent / FOLDER_NAME
    private_folder(folder)
    now = clock().astimezone(UTC)
    taken = backups_in(folder)
    if taken and now - _taken_at(taken[-1]) < INTERVAL and _taken_at(taken[-1]) <= now:
        return None
    path = folder / f"cases-{now.strftime(_STAMP)}Z.sqlite3"
    if path.exists():
        return None
    store.backup(path)
    for old in backups_in(folder)[:-kept]:
        old.unlink(missing_ok=True)
    return path


def backups_in(folder: Path) -> tuple[Path, ...]:
    """Return the daily copies of a folder, oldest first."""
    return tuple(sorted(path for path in folder.glob("cases-*.sqlite3") if _NAME.match(path.name)))


def _taken_at(path: Path) -> datetime:
    match = _NAME.match(path.name)
    stamp = match[1] if match else "19700101T000000"
    return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)


def restore(home: Path, backup: Path, *, clock: Callable[[], datetime] = utc_now) -> Path | None:
    """Put a backup in the place of the store in ``home``; return where the store before it went.

    Nothing is deleted, and nothing changes when the backup is not whole.

    Raises
    ------
    StoreError
        When the backup is not whole, or another process holds the store.
    """
    private_folder(home)
    lock = StoreLock(home / LOCK_NAME)
    holder = lock.acquire()
    if holder is not None:
        raise StoreError(
            f"These cases are open in {holder.words}. Close it, then restore.", code="read-only"
        )
    try:
        refuse_unusable(backup, home)
        return _exchanged(home / FILE_NAME, backup, clock)
    except OSError as error:
        raise StoreError(f"The backup was not restored: {reason(error)}") from error
    finally:
        lock.release()


def refuse_unusable(backup: Path, home: Path) -> None:
    """Raise :class:`StoreError` unless the file is a whole store that this Batson can open.

    A copy of the encrypted store in ``home`` is read with its key.
    """
    if not backup.is_file():
        raise StoreError(f"{backup.name} is not there.", code="missing")
    try:
        connection = _opened(backup, home / FILE_NAME)
        try:
            is_ours = sqlite_schema.application_id(connection) == sqlite_schema.APPLICATION_ID
            version = sqlite_schema.stored_version(connection)
            whole = connection.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)]
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise _unusable(backup, "is damaged or no backup of Batson") from error
    if not is_ours or not whole:
        raise _unusable(backup, "is damaged or no backup of Batson")
    if version > sqlite_schema.SCHEMA_VERSION:
        raise _unusable(backup, "was made by a newer Batson; update first")


def _opened(backup: Path, store: Path) -> sqlite3.Connection:
    uri = f"{backup.absolute().as_uri()}?mode=ro&immutable=1"
    with backup.open("rb") as file:
        is_plain = file.read(16) == b"SQLite format 3\0"
    if is_plain or not encryption.is_encrypted(store):
        return sqlite3.connect(uri, uri=True)
    return encryption.connect(uri, encryption.stored_key(store))


def _unusable(backup: Path, why: str) -> StoreError:
    return StoreError(f"{backup.name} {why}. Nothing was changed.", code="bad-backup")


def _exchanged(path: Path, backup: Path, clock: Callable[[], datetime]) -> Path | None:
    """Copy the backup beside the store, move the store aside, and put the copy in its place."""
    fresh = path.with_name(f".{path.name}{PARTIAL_SUFFIX}-restore")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    with backup.open("rb") as source, fresh.open("wb") as target:
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())
    aside = None
    if path.exists():
        stamp = clock().astimezone(UTC).strftime(_STAMP)
        aside = path.with_name(f"cases-before-restore-{stamp}.sqlite3")
        for suffix in ("-wal", "-shm", ""):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.replace(path.with_name(aside.name + suffix))
    file_seal.unseal(path)
    fresh.replace(path)
    sync_folder(path.parent)
    return aside
