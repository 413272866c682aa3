"""The option of a store that is encrypted at rest, with its key in the keyring of the system.

SQLCipher and the keyring are an extra of the installation (``batson[encryption]``) and are
imported only where a store is encrypted. The files of a store are told apart by their first bytes,
so that a kill at any instant of the change leaves the one or the other, never something between.
"""

from __future__ import annotations

import importlib
import json
import secrets
import sqlite3
from pathlib import Path
from typing import Any

from workstation.base.errors import StoreError
from workstation.storage import sqlite_schema
from workstation.storage.atomic_file import reason, sync_folder, write_atomically

MARKER_NAME = "cases.encrypted"
SERVICE = "Batson case store"
KEY_BYTES = 32
_MAGIC = b"SQLite format 3\0"


def is_encrypted(path: Path) -> bool:
    """Whether the store at ``path`` is encrypted, or would be made so."""
    if not path.with_name(MARKER_NAME).exists():
        return False
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except FileNotFoundError:
        return True
    except OSError as error:
        raise StoreError(f"The case store cannot be read: {reason(error)}") from error
    return head != _MAGIC


def connect(uri: str, key: str, *, timeout_s: float = 2.0) -> sqlite3.Connection:
    """Return a connection to an encrypted file.

    Parameters
    ----------
    uri : str
    key : str
        64 hexadecimal digits.

    Raises
    ------
    StoreError
        When the key is not that of the file.
    """
    driver = _driver()
    connection: sqlite3.Connection = driver.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, timeout=timeout_s
    )
    connection.execute(f"PRAGMA key = \"x'{_checked(key)}'\"")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except driver.DatabaseError as error:
        connection.close()
        raise StoreError(
            "The key in the keyring of this computer is not that of the case store, or the store "
            "is damaged. Nothing was changed.",
            code="wrong-key",
        ) from error
    return connection


def database_errors() -> tuple[type[Exception], ...]:
    """Return what SQLite raises, here and in the optional driver where it is installed."""
    try:
        return (sqlite3.Error, _driver().Error)
    except StoreError:
        return (sqlite3.Error,)


def stored_key(path: Path) -> str:
    """Return the key of the store at ``path`` from the keyring.

    Raises
    ------
    StoreError
        When the keyring has none or does not answer.
    """
    keyring = _keyring()
    try:
        key = keyring.get_password(SERVICE, _key_name(path))
    except keyring.errors.KeyringError as error:
        raise _locked_keyring() from error
    if key is None:
        raise StoreError(
            "The keyring of this computer does not hold the key of the case store. "
            "Give it the recovery phrase with: batson case encrypt --recover",
            code="no-key",
        )
    return str(key)


def recover(path: Path, phrase: str) -> None:
    """Put the key of an encrypted store back into the keyring, from its recovery phrase."""
    key = "".join(phrase.lower().split())
    if not is_encrypted(path):
        raise StoreError("The case store is not encrypted.", code="not-encrypted")
    connect(path.as_uri(), _checked(key)).close()
    _remember(_key_name(path), key)


def encrypt(path: Path) -> str:
    """Encrypt the closed store at ``path`` and return the recovery phrase, to be shown once.

    Raises
    ------
    StoreError
        When the extra is not installed, the keyring does not answer, or the disk refuses.
    """
    if is_encrypted(path):
        raise StoreError("The case store is encrypted already.", code="encrypted")
    _driver()
    key, name = secrets.token_hex(KEY_BYTES), secrets.token_hex(8)
    _remember(name, key)
    fresh = path.with_name(f".{path.name}.encrypting")
    _converted(path, "", fresh, key)
    connect(fresh.as_uri(), key).close()
    write_atomically(path.with_name(MARKER_NAME), json.dumps({"key": name}).encode())
    _put_in_place(fresh, path)
    return " ".join(key[start : start + 8] for start in range(0, len(key), 8))


def decrypt(path: Path) -> None:
    """Make the closed, encrypted store at ``path`` a plain one again."""
    if not is_encrypted(path):
        raise StoreError("The case store is not encrypted.", code="not-encrypted")
    fresh = path.with_name(f".{path.name}.decrypting")
    _converted(path, stored_key(path), fresh, "")
    _put_in_place(fresh, path)
    path.with_name(MARKER_NAME).unlink(missing_ok=True)


def plain_copies(home: Path) -> tuple[str, ...]:
    """Return the files of a store's folder that hold patients and are not encrypted."""
    candidates = [*home.glob("*.sqlite*"), *home.glob("backups/*.sqlite3")]
    return tuple(
        sorted(path.relative_to(home).as_posix() for path in candidates if _is_plain(path))
    )


def _is_plain(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _converted(source: Path, source_key: str, target: Path, target_key: str) -> None:
    """Write the content of a store under another key; an empty one means plain."""
    driver = _driver()
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    connection = driver.connect(str(source), isolation_level=None)
    try:
        if source_key:
            connection.execute(f"PRAGMA key = \"x'{_checked(source_key)}'\"")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        version = sqlite_schema.stored_version(connection)
        words = f"x'{_checked(target_key)}'" if target_key else ""
        connection.execute("ATTACH DATABASE ? AS other KEY ?", (str(target), words))
        connection.execute("SELECT sqlcipher_export('other')").fetchall()
        connection.execute(f"PRAGMA other.user_version = {version}")
        connection.execute(f"PRAGMA other.application_id = {sqlite_schema.APPLICATION_ID}")
        connection.execute("DETACH DATABASE other")
        connection.execute("PRAGMA journal_mode = DELETE")
    except driver.Error as error:
        target.unlink(missing_ok=True)
        raise StoreError(
            "The case store could not be converted. Nothing was changed.",
            detail=type(error).__name__,
        ) from error
    finally:
        connection.close()


def _put_in_place(fresh: Path, path: Path) -> None:
    try:
        fresh.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise StoreError(f"The case store was not converted: {reason(error)}") from error


def _key_name(path: Path) -> str:
    try:
        document = json.loads(path.with_name(MARKER_NAME).read_text("utf-8"))
        return str(document["key"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{MARKER_NAME} is damaged; the key cannot be named.") from error


def _remember(name: str, key: str) -> None:
    keyring = _keyring()
    try:
        keyring.set_password(SERVICE, name, key)
        kept = keyring.get_password(SERVICE, name)
    except keyring.errors.KeyringError as error:
        raise _locked_keyring() from error
    if kept != key:
        raise _locked_keyring()


def _locked_keyring() -> StoreError:
    return StoreError(
        "The keyring of this computer does not answer. Unlock it and try again.", code="keyring"
    )


def _checked(key: str) -> str:
    if len(key) != 2 * KEY_BYTES or any(mark not in "0123456789abcdef" for mark in key):
        raise StoreError("This is not a recovery phrase of a case store.", code="wrong-key")
    return key


def _driver() -> Any:
    return _extra("sqlcipher3.dbapi2")


def _keyring() -> Any:
    return _extra("keyring")


def _extra(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise StoreError(
            "Encrypted cases need the extra “encryption” of the installation.",
            detail=name,
            code="not-installed",
        ) from error
