"""ZIP archives, streamed into a private temporary folder under names of our own.

Names inside an archive are only shown, never used as paths. Sizes are counted while inflating,
because the stated ones cannot be trusted.
"""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

from workstation.base.errors import InputRefusedError
from workstation.base.task import CancelToken
from workstation.imaging.scratch import ScratchFolder
from workstation.imaging.source_file import SourceFile
from workstation.imaging.volume import RejectedFile

MAX_ENTRIES = 200_000
MAX_INFLATED_BYTES = 32 * 1024**3
FREE_RATIO_BYTES = 256 * 1024**2
"""Inflated bytes below which the ratio is not looked at."""

MAX_RATIO = 100
"""Largest inflated size of an archive relative to its own."""

KEEP_FREE_BYTES = 1024**3
"""Disk space that unpacking leaves free."""

_CHUNK = 1 << 20
_UNIX_MODE_SHIFT = 16


def is_archive(path: Path) -> bool:
    """Whether a file starts like a ZIP archive."""
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError:
        return False


class _Budget:
    """Bytes that an archive may still inflate to."""

    def __init__(self, archive_bytes: int, free_bytes: int) -> None:
        by_ratio = max(FREE_RATIO_BYTES, MAX_RATIO * archive_bytes)
        self.left = min(MAX_INFLATED_BYTES, by_ratio, max(free_bytes - KEEP_FREE_BYTES, 0))

    def take(self, count: int) -> None:
        """Count inflated bytes.

        Raises
        ------
        InputRefusedError
            When the archive inflates beyond its budget.
        """
        self.left -= count
        if self.left < 0:
            raise InputRefusedError(
                "The archive unpacks to far more than its size suggests, or than fits on the disk; "
                "the rest of it was not opened.",
                code="too-large",
            )


def unpacked(
    archive: Path, rejected: list[RejectedFile], cancel: CancelToken
) -> Iterator[SourceFile]:
    """Yield the files of an archive, unpacked under numbers into a private folder.

    Whatever cannot be unpacked is added to ``rejected``; nothing is raised for it.
    """
    folder = ScratchFolder()
    try:
        with zipfile.ZipFile(archive) as opened:
            budget = _Budget(archive.stat().st_size, shutil.disk_usage(folder.path).free)
            for number, entry in enumerate(opened.infolist()[:MAX_ENTRIES]):
                cancel.check()
                shown = f"{archive}/{_printable(entry.filename)}"
                target = folder.path / f"{number:06d}{_known_suffix(entry.filename)}"
                if entry.is_dir():
                    continue
                if _unpack(opened, entry, target, shown, budget, rejected):
                    yield SourceFile(target, shown, keeper=folder)
    except InputRefusedError as refusal:
        rejected.append(RejectedFile(path=str(archive), code=refusal.code, reason=refusal.message))
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError):
        reason = "The archive is damaged or of a kind that cannot be unpacked."
        rejected.append(RejectedFile(path=str(archive), code="damaged-archive", reason=reason))


def _unpack(
    opened: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    target: Path,
    shown: str,
    budget: _Budget,
    rejected: list[RejectedFile],
) -> bool:
    """Unpack one entry and return whether it is there now."""
    fault = _fault(entry)
    if fault is None:
        try:
            with opened.open(entry) as source, target.open("wb") as file:
                _copy(source, file, budget)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
            fault = ("damaged-archive", "This entry of the archive is damaged.")
    if fault is None and is_archive(target):
        fault = ("nested-archive", "An archive inside an archive is not opened.")
    if fault is not None:
        target.unlink(missing_ok=True)
        rejected.append(RejectedFile(path=shown, code=fault[0], reason=fault[1]))
    return fault is None


def _copy(source: IO[bytes], target: BinaryIO, budget: _Budget) -> None:
    while chunk := source.read(_CHUNK):
        budget.take(len(chunk))
        target.write(chunk)


def _fault(entry: zipfile.ZipInfo) -> tuple[str, str] | None:
    """Return (code, sentence) for an entry that is not unpacked."""
    if entry.flag_bits & 0x1:
        return ("encrypted", "This entry of the archive is protected by a password.")
    mode = entry.external_attr >> _UNIX_MODE_SHIFT
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return ("link", "This entry of the archive is a link or device and was left out.")
    parts = entry.filename.replace("\\", "/").split("/")
    if ".." in parts or entry.filename.startswith("/") or ":" in parts[0]:
        return ("outside-folder", "This entry points outside the archive and was left out.")
    return None


def _known_suffix(name: str) -> str:
    """Return the suffix that tells NIfTI, NRRD and MetaImage; the rest of a name is not used."""
    lowered = name.lower()
    known = (".nii.gz", ".nii", ".nrrd", ".mha")
    return next((suffix for suffix in known if lowered.endswith(suffix)), "")


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name)[:300]
