"""PDFs that are not what they seem, made from a real report."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf

Change = Callable[[dict[str, Any]], None]


def with_record(pdf: bytes, record: bytes) -> bytes:
    """Return the report with another attachment behind the same pages."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        file = document.Root.AF[0].EF.F
        file.write(record)
        return saved(document)


def with_changed_record(pdf: bytes, change: Change) -> bytes:
    """Return the report with its record changed."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        data = document.attachments["report.json"].get_file().read_bytes()
    record = json.loads(data)
    change(record)
    return with_record(pdf, json.dumps(record).encode())


def saved(document: pikepdf.Pdf, **options: Any) -> bytes:
    """Return a document as bytes."""
    buffer = io.BytesIO()
    document.save(buffer, **options)
    return buffer.getvalue()


def without_attachment(pdf: bytes) -> bytes:
    """Return the report with nothing attached."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        del document.Root.AF
        del document.Root.Names
        return saved(document)


def with_two_attachments(pdf: bytes) -> bytes:
    """Return the report with its record attached twice."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.Root.AF.append(document.Root.AF[0])
        return saved(document)


def encrypted(pdf: bytes, password: str = "open") -> bytes:
    """Return the report behind a password."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return saved(document, encryption=pikepdf.Encryption(owner="owner", user=password))


def bomb(pdf: bytes, megabytes: int = 100) -> bytes:
    """Return the report with an attachment that unpacks to ``megabytes``."""
    packer = zlib.compressobj(9)
    block = b" " * 2**20
    packed = b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.Root.AF[0].EF.F.write(packed, filter=pikepdf.Name.FlateDecode)
        return saved(document)


def with_ring(pdf: bytes) -> bytes:
    """Return the report with a page tree that contains itself."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        content = saved(document, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    begin = content.index(b"/Kids")
    end = content.index(b"]", begin)
    with pikepdf.open(io.BytesIO(content)) as document:
        own = b"%d 0 R" % document.Root.Pages.objgen[0]
    kids = b"/Kids [ " + own
    return content[:begin] + kids.ljust(end - begin) + content[end:]
