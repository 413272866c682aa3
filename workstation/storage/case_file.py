"""One case as one file (``.batsoncase``): a ZIP with a manifest of hashes.

Names inside the archive are never used as paths; only the expected parts are read, each up to a
limit that is counted while it is unpacked.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workstation.base.errors import InputRefusedError
from workstation.domain.case import Case
from workstation.storage.atomic_file import reason, write_atomically
from workstation.storage.attachments import Attachment, AttachmentKind, filing_problem
from workstation.storage.case_codec import case_bytes, case_from_bytes
from workstation.storage.history_chain import HistoryEntry, broken_link
from workstation.storage.json_schema import (
    DOCUMENT_LIMIT_BYTES,
    canonical_json,
    kind_of,
    parse_json,
)
from workstation.storage.store_check import command_problems, missing_signatures, signed_problems
from workstation.storage.stored_case import SignedVersion

FORMAT = "batson-case-file"
SCHEMA_VERSION = 2
"""2 added the files of the case; 1 is read."""
SUFFIX = ".batsoncase"
FILE_LIMIT_BYTES = 256 * 1024**2

_MANIFEST = "manifest.json"
_CASE = "case.json"
_HISTORY = "history.json"
_SIGNED = "signed.json"
_FILES = "files.json"
_FILE_LIMIT = 500
_HISTORY_KIND = kind_of(tuple[HistoryEntry, ...])
_SIGNED_KIND = kind_of(tuple[SignedVersion, ...])
_PARTS = (_CASE, _HISTORY, _SIGNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """What the file of one case holds."""

    case: Case
    history: tuple[HistoryEntry, ...]
    signed: tuple[SignedVersion, ...]
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _FileRow:
    """What ``files.json`` says of one file; its bytes are the part ``file-N``."""

    kind: AttachmentKind
    name: str
    version: int


_ROWS_KIND = kind_of(tuple[_FileRow, ...])


def write(path: Path, parts: CaseFile) -> None:
    """Write the file, whole or not at all.

    Raises
    ------
    StoreError
        When the disk does not take it.
    """
    contents = {
        _CASE: case_bytes(parts.case),
        _HISTORY: canonical_json(_HISTORY_KIND.encode(parts.history, "history")),
        _SIGNED: canonical_json(_SIGNED_KIND.encode(parts.signed, "signed")),
        **_file_parts(parts.attachments),
    }
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
    manifest = {"format": FORMAT, "schema": SCHEMA_VERSION, "sha256": hashes}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in ((_MANIFEST, canonical_json(manifest)), *contents.items()):
            # A fixed date: equal cases give equal files, and no clock is told.
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    write_atomically(path, buffer.getvalue())


def _file_parts(items: tuple[Attachment, ...]) -> dict[str, bytes]:
    rows = tuple(_FileRow(kind=item.kind, name=item.name, version=item.version) for item in items)
    parts = {_FILES: canonical_json(_ROWS_KIND.encode(rows, "files"))}
    return parts | {_file_part(n): item.content for n, item in enumerate(items)}


def _file_part(number: int) -> str:
    return f"file-{number}"


def read(path: Path) -> CaseFile:
    """Return what the file of a case holds, checked whole.

    Raises
    ------
    InputRefusedError
        When it is no such file, too large, altered or from a newer Batson.
    """
    try:
        if path.stat().st_size > FILE_LIMIT_BYTES or not path.is_file():
            raise InputRefusedError(f"{path.name} is not a Batson case.", code="not-a-case")
        with zipfile.ZipFile(path) as archive:
            return _checked(archive)
    except OSError as error:
        raise InputRefusedError(f"{path.name} cannot be read: {reason(error)}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputRefusedError(
            f"{path.name} is not a Batson case, or is damaged.",
            detail=type(error).__name__,
            code="not-a-case",
        ) from error


def _checked(archive: zipfile.ZipFile) -> CaseFile:
    names = [item.filename for item in archive.infolist()]
    if len(names) != len(set(names)) or _MANIFEST not in names or len(names) > _FILE_LIMIT:
        raise InputRefusedError("The file does not hold the parts of a case.", code="not-a-case")
    hashes = _manifest(_part(archive, _MANIFEST))
    wanted = [*_PARTS, *(name for name in hashes if name not in _PARTS)]
    if sorted(names) != sorted((_MANIFEST, *wanted)):
        raise InputRefusedError("The file does not hold the parts of a case.", code="not-a-case")
    contents = {name: _part(archive, name) for name in wanted}
    _refuse_altered(contents, hashes)
    parts = CaseFile(
        case=case_from_bytes(contents[_CASE]),
        history=_HISTORY_KIND.decode(parse_json(contents[_HISTORY], "history"), "history"),
        signed=_SIGNED_KIND.decode(parse_json(contents[_SIGNED], "signed"), "signed"),
        attachments=_attachments(contents),
    )
    _refuse_broken(parts, hashes[_CASE])
    return parts


def _refuse_altered(contents: Mapping[str, bytes], hashes: Mapping[str, str]) -> None:
    for name, data in contents.items():
        if hashlib.sha256(data).hexdigest() != hashes.get(name):
            raise InputRefusedError(f"{name} was altered or is damaged.", code="altered")


def _attachments(contents: dict[str, bytes]) -> tuple[Attachment, ...]:
    rows: tuple[_FileRow, ...] = _ROWS_KIND.decode(
        parse_json(contents.get(_FILES, b"[]"), _FILES), "files"
    )
    expected = {*_PARTS, _FILES, *(_file_part(number) for number in range(len(rows)))}
    if not set(contents) <= expected or len(contents) not in (len(expected), len(_PARTS)):
        raise InputRefusedError("The file does not hold the parts of a case.", code="not-a-case")
    return tuple(
        Attachment(
            kind=row.kind,
            name=row.name,
            version=row.version,
            content=contents[_file_part(number)],
        )
        for number, row in enumerate(rows)
    )


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return one part; what it claims to hold is not believed, bytes are counted."""
    with archive.open(name) as stream:
        data = stream.read(DOCUMENT_LIMIT_BYTES + 1)
    if len(data) > DOCUMENT_LIMIT_BYTES:
        raise InputRefusedError(f"{name} is too large.", code="too-large")
    return data


def _manifest(data: bytes) -> dict[str, Any]:
    document = parse_json(data, _MANIFEST)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputRefusedError("The file is not a Batson case.", code="not-a-case")
    if document.get("schema") not in (1, SCHEMA_VERSION):
        raise InputRefusedError(
            "The file was written by another version of Batson; update first.", code="newer-schema"
        )
    hashes = document.get("sha256")
    if not isinstance(hashes, dict) or not set(_PARTS) <= set(hashes):
        raise InputRefusedError("manifest.json: sha256 is missing.", code="not-a-case")
    return hashes


def _refuse_broken(parts: CaseFile, sha256: str) -> None:
    # Of the bytes as they are: an older Batson wrote other ones than this one would.
    history = parts.history
    head_hash = history[-1].hash if history else ""
    problem = broken_link(parts.case.id, history, head_hash)
    if not history or history[-1].case_hash != sha256:
        problem = "The case does not agree with its history."
    problem = problem or next(signed_problems(parts.case.id, parts.signed), "")
    problem = problem or next(missing_signatures(history, parts.signed), "")
    problem = problem or next(command_problems(history), "")
    problem = problem or filing_problem(history, parts.attachments) or _stray_file(parts)
    if problem:
        raise InputRefusedError(problem, code="altered")


def _stray_file(parts: CaseFile) -> str:
    """Return a sentence when a file is there twice, or a picture belongs to no key image."""
    keys = [(item.kind, item.name, item.version) for item in parts.attachments]
    known = _key_image_ids(parts)
    pictures = [key for key in keys if key[0] is AttachmentKind.PICTURE]
    strays = any(name not in known or version != 0 for _, name, version in pictures)
    return "A file in it belongs to nothing." if strays or len(keys) != len(set(keys)) else ""


def _key_image_ids(parts: CaseFile) -> set[str]:
    cases = [parts.case, *(version.case for version in parts.signed)]
    return {image.id for case in cases for image in case.key_images}


__all__ = ["FORMAT", "SUFFIX", "CaseFile", "read", "write"]
