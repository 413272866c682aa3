"""Files that are there whole or not at all, readable by their owner only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from workstation.base.errors import StoreError


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a crash leaves the old one or the new one, never half.

    Raises
    ------
    StoreError
        When the disk does not take it; the old file is untouched.
    """
    try:
        _replace(path, data)
    except OSError as error:
        raise StoreError(
            f"{path.name} was not written: {reason(error)}", detail=str(error.errno)
        ) from error


def _replace(path: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".batson-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names created in a folder durable; where folders cannot be synced nothing is done."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter; one that exists is left as it is.

    Raises
    ------
    StoreError
        When it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder for cases cannot be used: {reason(error)}", detail=str(error.errno)
        ) from error


def reason(error: OSError) -> str:
    """Return why the system refused, as a sentence without a path."""
    words = os.strerror(error.errno) if error.errno else "the system gave no reason"
    return f"{words[:1].lower()}{words[1:]}."
