"""What SQLite says, told to the reader in one sentence with a code."""

from __future__ import annotations

import sqlite3

import pytest

from workstation.base.errors import StoreError
from workstation.storage.sqlite_file import store_errors

FULL = ("The disk is full.", "disk-full")
BUSY = ("The case store is in use by another program.", "busy")
DAMAGED = ("The case store is damaged.", "damaged")
DISK = ("The disk of the case store does not answer.", "disk-error")
READ_ONLY = "The case store cannot be written; its folder is read only."
CLOSED = "The case store cannot be opened."
SILENT = "The case store did not answer."


def told(error: Exception) -> StoreError:
    """What the reader is told of an error."""
    with pytest.raises(StoreError) as caught, store_errors():
        raise error
    return caught.value


def coded(code: int, name: str = "SQLITE_X") -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("words that nobody reads")
    error.sqlite_errorcode = code
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_FULL, FULL),
        (sqlite3.SQLITE_BUSY, BUSY),
        (sqlite3.SQLITE_LOCKED, BUSY),
        (sqlite3.SQLITE_CORRUPT, DAMAGED),
        (sqlite3.SQLITE_NOTADB, DAMAGED),
        (sqlite3.SQLITE_IOERR, DISK),
        # Extended codes carry the primary one in their low byte.
        (sqlite3.SQLITE_IOERR_READ, DISK),
        (sqlite3.SQLITE_IOERR_FSYNC, DISK),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, BUSY),
        (sqlite3.SQLITE_CORRUPT_INDEX, DAMAGED),
    ],
)
def test_each_code_has_its_sentence(code: int, words: tuple[str, str]) -> None:
    error = told(coded(code))
    assert (error.message, error.code) == words


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (sqlite3.SQLITE_READONLY, READ_ONLY),
        (sqlite3.SQLITE_READONLY_DBMOVED, READ_ONLY),
        (sqlite3.SQLITE_CANTOPEN, CLOSED),
        (sqlite3.SQLITE_MISUSE, SILENT),
        (0, SILENT),
    ],
)
def test_the_others_have_a_sentence_alone(code: int, sentence: str) -> None:
    error = told(coded(code))
    assert error.message == sentence
    assert error.code not in {"disk-full", "busy", "damaged", "disk-error"}


@pytest.mark.parametrize("name", ["SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMOPEN"])
def test_no_room_for_the_files_beside_the_store_is_a_full_disk(name: str) -> None:
    error = told(coded(sqlite3.SQLITE_IOERR, name))
    assert (error.message, error.code) == FULL
    assert error.detail == name


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("database or disk is full", FULL[0]),
        ("attempt to write a readonly database", READ_ONLY),
        ("database is locked", BUSY[0]),
        ("database table is locked", BUSY[0]),
        ("database disk image is malformed", DAMAGED[0]),
        ("file is not a database", DAMAGED[0]),
        ("disk I/O error", DISK[0]),
        ("unable to open database file", CLOSED),
        ("no such table: cases", SILENT),
        ("", SILENT),
    ],
)
def test_a_driver_without_codes_is_read_by_its_words(text: str, sentence: str) -> None:
    error = told(sqlite3.OperationalError(text))
    assert error.message == sentence
    assert error.detail == "OperationalError"


def test_text_that_is_no_text_is_damage() -> None:
    error = told(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"))
    assert (error.message, error.code) == DAMAGED


def test_the_cause_is_kept_and_other_errors_pass() -> None:
    cause = coded(sqlite3.SQLITE_FULL, "SQLITE_FULL")
    assert told(cause).__cause__ is cause
    with pytest.raises(KeyError), store_errors():
        raise KeyError("ours")
