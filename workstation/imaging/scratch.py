"""Private temporary folders that do not outlive their use, not even a crash by long."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import weakref
from pathlib import Path

PREFIX = "batson-"
_OWNED = re.compile(rf"{PREFIX}(\d+)-\w+")


class ScratchFolder:
    """A private temporary folder that goes when nothing refers to it, at the latest at exit.

    Folders of processes that were killed are removed when the next one is made.
    """

    def __init__(self) -> None:
        remove_abandoned()
        self.path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def remove_abandoned() -> None:
    """Remove scratch folders of processes that no longer run."""
    if os.name != "posix":
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = _OWNED.fullmatch(folder.name)
        if owner is not None and not folder.is_symlink() and not _runs(int(owner[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
