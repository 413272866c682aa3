"""One writer per store: an advisory lock that names its holder and ends with its process."""

from __future__ import annotations

import json
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from workstation.base.errors import StoreError
from workstation.storage.atomic_file import reason

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@dataclass(frozen=True, slots=True, kw_only=True)
class LockHolder:
    """Who holds the store."""

    pid: int = 0
    host: str = ""

    @property
    def words(self) -> str:
        """The holder as shown: "process 4711 on ward-3"."""
        if not self.pid:
            return "another Batson"
        return f"process {self.pid} on {self.host}"


class StoreLock:
    """The lock file of one store; the system lets go of it when the process ends, however.

    Parameters
    ----------
    path : Path
        The lock file; it is made when absent and stays.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def acquire(self) -> LockHolder | None:
        """Take the lock and return None, or return who holds it."""
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(f"The case store cannot be locked: {reason(error)}") from error
        if not _locked(self._descriptor):
            self.release()
            return self._holder()
        holder = json.dumps({"pid": os.getpid(), "host": socket.gethostname()})
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, holder.encode(), 0)
        return None

    def release(self) -> None:
        """Let go; nothing happens when the lock is not held."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _holder(self) -> LockHolder:
        try:
            document = json.loads(self._path.read_text("utf-8"))
            return LockHolder(pid=int(document["pid"]), host=str(document["host"])[:60])
        except (OSError, ValueError, KeyError, TypeError):
            return LockHolder()


def _locked(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            # The byte lies behind the text, which others must be able to read.
            os.lseek(descriptor, 1024, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
