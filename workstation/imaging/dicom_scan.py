"""Paths to headers: which files are there, what each says it is, and which cannot be used."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workstation.base.errors import InputRefusedError
from workstation.base.task import CancelToken, Progress, no_progress
from workstation.imaging.archive import is_archive, unpacked
from workstation.imaging.dicom_header import InstanceHeader, check_regular, read_header
from workstation.imaging.header_index import FileStamp, HeaderIndex, Known
from workstation.imaging.media_directory import is_media_directory, media_files
from workstation.imaging.pixel_layout import check_pixels
from workstation.imaging.source_file import SourceFile
from workstation.imaging.volume import RejectedFile

MAX_FOLDER_DEPTH = 32
"""Folders nested deeper than this are not opened."""

VOLUME_FILE_SUFFIXES = (".nii", ".nii.gz", ".nrrd", ".nhdr", ".mha", ".mhd")
"""Files that hold a whole volume and are not DICOM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """What a scan found.

    Parameters
    ----------
    headers : tuple of InstanceHeader
    volume_files : tuple of SourceFile
        NIfTI, NRRD and MetaImage files.
    rejected : tuple of RejectedFile
    """

    headers: tuple[InstanceHeader, ...]
    volume_files: tuple[SourceFile, ...]
    rejected: tuple[RejectedFile, ...]


def scan(
    paths: Iterable[Path],
    *,
    index: HeaderIndex | None = None,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> ScanResult:
    """Return the headers under ``paths``: files, folders however nested, archives, DICOMDIRs.

    One bad file never stops the scan: it is listed with its reason. Files in folders that
    ``index`` knows are not opened again while their size and time are the same.
    """
    return _Scan(index, progress, cancel or CancelToken()).run(paths)


class _Scan:
    """One scan with what it has found so far."""

    def __init__(self, index: HeaderIndex | None, progress: Progress, cancel: CancelToken) -> None:
        self._index = index
        self._fresh: dict[Path, dict[FileStamp, Known]] = {}
        self._changed: set[Path] = set()
        self._progress = progress
        self._cancel = cancel
        self._headers: list[InstanceHeader] = []
        self._volume_files: list[SourceFile] = []
        self._rejected: list[RejectedFile] = []
        self._named: dict[Path, None] = {}

    def run(self, paths: Iterable[Path]) -> ScanResult:
        """Look at everything under the paths."""
        given = [Path(path) for path in paths]
        files = list(self._files(given))
        resolved = {path.resolve() for path in given}
        for done, source in enumerate(files):
            self._cancel.check()
            self._progress(done, len(files))
            if isinstance(source, SourceFile):
                self._look(source, follow=source.path in resolved)
            else:
                self._take(source)
        self._look_at_named({Path(source.path).resolve() for source in files if self._named})
        self._remember()
        self._progress(len(files), len(files))
        return ScanResult(
            headers=tuple(self._headers),
            volume_files=tuple(self._volume_files),
            rejected=tuple(self._rejected),
        )

    def _look(self, source: SourceFile, *, follow: bool = False) -> None:
        if is_volume_file(source.path):
            self._volume_files.append(source)
            return
        try:
            header = read_header(source.path)
            if is_media_directory(header):
                self._take_directory(header, follow=follow)
                return
            if header.pixels is not None:
                check_pixels(header.pixels, header.size)
            self._note(source, header)
            self._take(header.kept_by(source.keeper, source.shown) if source.keeper else header)
        except InputRefusedError as refusal:
            self._look_inside(source, refusal)

    def _look_inside(self, source: SourceFile, refusal: InputRefusedError) -> None:
        """Unpack an archive, or list what is no DICOM file with its reason."""
        if refusal.code != "not-dicom" or source.keeper or not is_archive(source.path):
            item = rejected_file(source.shown, refusal)
            self._note(source, item)
            self._take(item)
            return
        for entry in unpacked(source.path, self._rejected, self._cancel):
            self._cancel.check()
            self._look(entry)

    def _take(self, item: Known) -> None:
        if isinstance(item, RejectedFile):
            self._rejected.append(item)
        else:
            self._headers.append(item)

    def _note(self, source: SourceFile, item: Known) -> None:
        """Keep what a file said for the index, unless it may say something else next time."""
        unstable = isinstance(item, RejectedFile) and item.code == "unreadable"
        if self._index is None or source.stamp is None or unstable:
            return
        folder = source.path.parent
        self._fresh.setdefault(folder, {})[source.stamp] = item
        self._changed.add(folder)

    def _remember(self) -> None:
        if self._index is None:
            return
        for folder in self._changed:
            self._index.remember(folder, self._fresh[folder])

    def _take_directory(self, header: InstanceHeader, *, follow: bool) -> None:
        """Note what a DICOMDIR names; its files count when the DICOMDIR itself was given."""
        named, rejected = media_files(header)
        self._rejected.extend(rejected)
        if follow:
            self._named.update(dict.fromkeys(named))

    def _look_at_named(self, seen: set[Path]) -> None:
        for path in self._named:
            self._cancel.check()
            if path.resolve() not in seen:
                self._look(SourceFile(path, str(path)))

    def _files(self, given: Iterable[Path]) -> Iterator[SourceFile | Known]:
        """Yield ordinary files; the paths given by the user may be links, nothing below them."""
        for path in given:
            if not path.exists():
                self._reject(path, "missing", "There is no such file.")
            elif path.is_dir():
                yield from self._below(path, 0)
            else:
                yield from self._checked(path.resolve())

    def _below(self, folder: Path, depth: int) -> Iterator[SourceFile | Known]:
        self._cancel.check()
        if depth > MAX_FOLDER_DEPTH:
            self._reject(folder, "too-deep", "This folder is nested too deep and was not opened.")
            return
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            reason = f"The folder could not be opened ({error.strerror or 'read error'})."
            self._reject(folder, "unreadable", reason)
            return
        recalled = self._index.recall(folder) if self._index else {}
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from self._below(Path(entry.path), depth + 1)
            elif entry.is_file(follow_symlinks=False):
                yield self._source(folder, entry, recalled)
            else:
                yield from self._checked(Path(entry.path))

    def _source(
        self, folder: Path, entry: os.DirEntry[str], recalled: dict[FileStamp, Known]
    ) -> SourceFile | Known:
        if self._index is None:
            return SourceFile(Path(entry.path), entry.path)
        status = entry.stat(follow_symlinks=False)
        stamp = (entry.name, status.st_size, status.st_mtime_ns)
        known = recalled.get(stamp)
        if known is None:
            return SourceFile(Path(entry.path), entry.path, stamp=stamp)
        self._fresh.setdefault(folder, {})[stamp] = known
        return known

    def _checked(self, path: Path) -> Iterator[SourceFile]:
        try:
            check_regular(path)
        except InputRefusedError as refusal:
            self._rejected.append(rejected_file(str(path), refusal))
            return
        yield SourceFile(path, str(path))

    def _reject(self, path: Path, code: str, reason: str) -> None:
        self._rejected.append(RejectedFile(path=str(path), code=code, reason=reason))


def is_volume_file(path: Path) -> bool:
    """Whether the name says NIfTI, NRRD or MetaImage."""
    return path.name.lower().endswith(VOLUME_FILE_SUFFIXES)


def rejected_file(shown: str, refusal: InputRefusedError) -> RejectedFile:
    """Return the listing of a refused file."""
    return RejectedFile(path=shown, code=refusal.code, reason=refusal.message)
