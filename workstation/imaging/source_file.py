"""A file to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from workstation.imaging.header_index import FileStamp


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to look at.

    Parameters
    ----------
    path : Path
    shown : str
        How the reader knows it: its own path, or archive and name inside.
    keeper : object or None
        Keeps the temporary folder of an archive alive as long as the file is used.
    stamp : FileStamp or None
        By what the index will recognize it; None for files that are not indexed.
    """

    path: Path
    shown: str
    keeper: object | None = field(default=None, repr=False, compare=False)
    stamp: FileStamp | None = None
