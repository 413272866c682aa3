"""``batson case export --without-identity``: a case as one file that does not say whose it is."""

from __future__ import annotations

import dataclasses
import struct
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from workstation.base.errors import InputRefusedError
from workstation.exchange.deidentify_case import pseudonyms_for, without_identity
from workstation.exchange.pseudonyms import Pseudonyms, load_key
from workstation.storage import case_file
from workstation.storage.attachments import Attachment, AttachmentKind
from workstation.storage.audit_log import AuditAction, AuditEvent
from workstation.storage.case_codec import case_hash
from workstation.storage.case_store import CaseStore
from workstation.storage.history_chain import FIRST_HASH, EntryKind, HistoryEntry, entry_hash

_PNG = b"\x89PNG\r\n\x1a\n"
_PICTURE_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB", b"gAMA", b"pHYs"}
)
"""Chunks of a PNG that hold nothing but the picture (PNG third edition, section 11)."""


def export_without_identity(
    store: CaseStore, case_id: str, path: Path, *, author: str = ""
) -> None:
    """Write a case without identity as one file, and log it.

    The documents of signed versions are not in it: they would have to be made again. The history
    is one line, because the changes themselves tell names.
    """
    case = store.load(case_id).case
    names = pseudonyms_for(load_key(store.path.parent), case.patient)
    bare = without_identity(case, names)
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    pictures = tuple(_bare_pictures(store.attachments.of_case(case_id), names))
    known = {image.id for image in bare.key_images}
    case_file.write(
        path,
        case_file.CaseFile(
            case=bare,
            history=(_only_entry(bare.id, case_hash(bare), now),),
            signed=(),
            attachments=tuple(item for item in pictures if item.name in known),
        ),
    )
    store.audit.add(AuditEvent(action=AuditAction.DEIDENTIFIED, actor=author, case_id=case_id))


def _only_entry(case_id: str, sha256: str, at: str) -> HistoryEntry:
    entry = HistoryEntry(
        sequence=1,
        kind=EntryKind.CREATED,
        author="",
        at=at,
        label="Export without identity",
        command="",
        case_hash=sha256,
        previous_hash=FIRST_HASH,
        hash="",
    )
    return replace(entry, hash=entry_hash(case_id, entry))


def _bare_pictures(items: tuple[Attachment, ...], names: Pseudonyms) -> list[Attachment]:
    return [
        dataclasses.replace(item, name=names.name("id", item.name), content=bare_png(item.content))
        for item in items
        if item.kind is AttachmentKind.PICTURE
    ]


def bare_png(data: bytes) -> bytes:
    """Return a PNG with its picture alone: no text, no time, no metadata.

    Raises
    ------
    InputRefusedError
        When it is no whole PNG.
    """
    if not data.startswith(_PNG):
        raise InputRefusedError("A picture of this case is no PNG.", code="bad-picture")
    kept, position = [_PNG], len(_PNG)
    while position + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        end = position + 12 + length
        kind = data[position + 4 : position + 8]
        if end > len(data):
            break
        if kind in _PICTURE_CHUNKS:
            kept.append(data[position:end])
        if kind == b"IEND":
            return b"".join(kept)
        position = end
    raise InputRefusedError("A picture of this case is damaged.", code="bad-picture")
