"""Paths to headers: which files are there, what each says it is, and which cannot be used."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workstation.base.errors import InputRefusedError
from workstation.base.task import CancelToken, Progress, no_progress
from workstation.imaging.dicom_header import InstanceHeader, check_regular, read_header
from workstation.imaging.pixel_layout import check_pixels
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
    volume_files : tuple of Path
        NIfTI, NRRD and MetaImage files.
    rejected : tuple of RejectedFile
    """

    headers: tuple[InstanceHeader, ...]
    volume_files: tuple[Path, ...]
    rejected: tuple[RejectedFile, ...]


def scan(
    paths: Iterable[Path],
    *,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> ScanResult:
    """Return the headers under ``paths`` (files and folders, however nested).

    One bad file never stops the scan: it is listed with its reason.
    """
    token = cancel or CancelToken()
    rejected: list[RejectedFile] = []
    files = list(_files(paths, rejected, token))
    headers: list[InstanceHeader] = []
    volume_files: list[Path] = []
    for done, path in enumerate(files):
        token.check()
        progress(done, len(files))
        if is_volume_file(path):
            volume_files.append(path)
            continue
        try:
            headers.append(_usable_header(path))
        except InputRefusedError as refusal:
            rejected.append(rejected_file(path, refusal))
    progress(len(files), len(files))
    return ScanResult(
        headers=tuple(headers), volume_files=tuple(volume_files), rejected=tuple(rejected)
    )


def _usable_header(path: Path) -> InstanceHeader:
    header = read_header(path)
    if header.pixels is not None:
        check_pixels(header.pixels, header.size)
    return header


def is_volume_file(path: Path) -> bool:
    """Whether the name says NIfTI, NRRD or MetaImage."""
    return path.name.lower().endswith(VOLUME_FILE_SUFFIXES)


def rejected_file(path: Path, refusal: InputRefusedError) -> RejectedFile:
    """Return the listing of a refused file."""
    return RejectedFile(path=str(path), code=refusal.code, reason=refusal.message)


def _files(
    paths: Iterable[Path], rejected: list[RejectedFile], cancel: CancelToken
) -> Iterator[Path]:
    """Yield ordinary files; the paths given by the user may be links, nothing below them."""
    for given in paths:
        path = Path(given)
        if not path.exists():
            rejected.append(
                RejectedFile(path=str(path), code="missing", reason="There is no such file.")
            )
        elif path.is_dir():
            yield from _below(path, 0, rejected, cancel)
        else:
            yield from _checked(path.resolve(), rejected)


def _below(
    folder: Path, depth: int, rejected: list[RejectedFile], cancel: CancelToken
) -> Iterator[Path]:
    cancel.check()
    if depth > MAX_FOLDER_DEPTH:
        reason = "This folder is nested too deep and was not opened."
        rejected.append(RejectedFile(path=str(folder), code="too-deep", reason=reason))
        return
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        reason = f"The folder could not be opened ({error.strerror or 'read error'})."
        rejected.append(RejectedFile(path=str(folder), code="unreadable", reason=reason))
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path), depth + 1, rejected, cancel)
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)
        else:
            yield from _checked(Path(entry.path), rejected)


def _checked(path: Path, rejected: list[RejectedFile]) -> Iterator[Path]:
    try:
        check_regular(path)
    except InputRefusedError as refusal:
        rejected.append(rejected_file(path, refusal))
        return
    yield path
