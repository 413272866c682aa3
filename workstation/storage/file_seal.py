"""A hash of the closed store beside it, so that any change made outside Batson is found.

The tables protect what they hold; the seal also covers the bytes between them, where a failing
disk shows first. It is written when the store closes and is gone while something changes, so that
a killed program leaves none. It speaks of one generation of the file only: a backup put in its
place, or a change made through SQLite, carries another counter and is judged by its rows.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from workstation.base.errors import StoreError
from workstation.storage.atomic_file import reason, sync_folder, write_atomically

SUFFIX = ".seal"
SEALED_LIMIT_BYTES = 512 * 1024**2
"""A larger store is not sealed: hashing it would hold up opening and closing."""

_BROKEN_MARK = "broken"
BROKEN = "The file of the store was changed outside Batson, or its disk is failing."


def seal_path(path: Path) -> Path:
    """Return where the seal of a store lies."""
    return path.with_name(path.name + SUFFIX)


def seal(path: Path) -> None:
    """Seal a closed store; one with a write-ahead log beside it, or a large one, is not sealed."""
    try:
        waiting = path.with_name(path.name + "-wal").exists()
        if waiting or path.stat().st_size > SEALED_LIMIT_BYTES:
            return
        write_atomically(seal_path(path), f"{_counters(path)[0]} {_digest(path)}\n".encode())
    except OSError as error:
        raise StoreError(f"The case store was not sealed: {reason(error)}") from error


def keep_broken(path: Path) -> None:
    """Note that a store was found changed, so that it is told until a whole one takes its place."""
    write_atomically(seal_path(path), f"{_BROKEN_MARK}\n".encode())


def is_broken(path: Path) -> bool:
    """Whether a sealed store is not what it was when it was closed; False without a seal."""
    try:
        words = seal_path(path).read_text("ascii", "replace").split()
        if words == [_BROKEN_MARK]:
            return True
        if len(words) != 2:
            return False
        return words[1] != _digest(path) and not _is_other_generation(path, words[0])
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(f"The case store cannot be read: {reason(error)}") from error


def unseal(path: Path) -> None:
    """Take the seal away, durably, before something changes."""
    try:
        seal_path(path).unlink()
        sync_folder(path.parent)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"The case store cannot be written: {reason(error)}") from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _counters(path: Path) -> tuple[str, str]:
    """Return the change counter and the counter its page count is valid for (file format 1.3)."""
    with path.open("rb") as file:
        header = file.read(100)
    return header[24:28].hex(), header[92:96].hex()


def _is_other_generation(path: Path, sealed: str) -> bool:
    counter, valid_for = _counters(path)
    # Both move together; where only one did, a bit flipped.
    return counter == valid_for != sealed
