"""DICOMDIR: which files a medium says it holds.

The records are read flat; their offsets are not followed, because broken ones lead in circles.
A file ID may only lead to a place on the same medium (PS3.10 section 8.2).
"""

from __future__ import annotations

from pathlib import Path

from workstation.imaging.dicom_header import DICOMDIR_CLASS, InstanceHeader
from workstation.imaging.volume import RejectedFile

MAX_COMPONENTS = 16
"""Deepest file ID that is followed; the standard allows 8."""


def is_media_directory(header: InstanceHeader) -> bool:
    """Whether a file is a DICOMDIR."""
    return header.tags.text("SOPClassUID") == DICOMDIR_CLASS


def media_files(header: InstanceHeader) -> tuple[list[Path], list[RejectedFile]]:
    """Return the files a DICOMDIR names, and those that are missing or not on the medium."""
    found: dict[Path, None] = {}
    rejected: list[RejectedFile] = []
    for record in header.tags.items("DirectoryRecordSequence"):
        components = record.texts("ReferencedFileID")
        if not components:
            continue
        if not _is_safe(components):
            rejected.append(
                _refused(header, components, "outside-folder", "leads away from the medium")
            )
            continue
        path = _resolve(header.path.parent, components)
        if path is None:
            rejected.append(_refused(header, components, "missing-file", "is not there"))
        else:
            found.setdefault(path)
    return list(found), rejected


def _is_safe(components: tuple[str, ...]) -> bool:
    if len(components) > MAX_COMPONENTS:
        return False
    return all(part not in ("", ".", "..") and not set(part) & set("/\\:\0") for part in components)


def _resolve(folder: Path, components: tuple[str, ...]) -> Path | None:
    """Return the ordinary file, found whatever the case of its name; links are not followed."""
    path = folder
    for part in components:
        exact = path / part
        if not exact.exists():
            exact = _other_case(path, part) or exact
        if exact.is_symlink():
            return None
        path = exact
    return path if path.is_file() else None


def _other_case(folder: Path, name: str) -> Path | None:
    if not folder.is_dir():
        return None
    wanted = name.casefold()
    return next((item for item in folder.iterdir() if item.name.casefold() == wanted), None)


def _refused(
    header: InstanceHeader, components: tuple[str, ...], code: str, what: str
) -> RejectedFile:
    name = "/".join(components)[:200]
    return RejectedFile(
        path=f"{header.path} → {name}", code=code, reason=f"A file that the DICOMDIR names {what}."
    )
