"""Keep the end of every stream of a PDF unmistakable.

A compressed stream may by chance end in a carriage return. Before the line feed that precedes
``endstream`` a reader then takes both bytes for the line end and finds the stream one byte shorter
than its ``/Length`` says, which PDF/A forbids (ISO 19005-3, 6.1.7.1).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise

from workstation.base.errors import ReportError

_TABLE = re.compile(rb"xref\n0 (\d+)\n((?:\d{10} \d{5} [nf]\r\n)+)trailer")
_START = re.compile(rb"startxref\n(\d+)\n%%EOF")
_STREAM = re.compile(rb"/Length (\d+).*?>>\s*stream\r?\n", re.DOTALL)
_ENTRY_SIZE = 20


def with_clear_stream_ends(pdf: bytes) -> bytes:
    r"""Return the file with ``\r\n`` instead of ``\n`` after streams that end in ``\r``.

    The cross-reference table moves along; a file without such a stream is returned unchanged.

    Raises
    ------
    ReportError
        When the file has no plain cross-reference table.
    """
    table, start = _TABLE.search(pdf, pdf.rfind(b"\nxref\n")), _START.search(pdf)
    if table is None or start is None:
        raise ReportError("The report could not be made.", detail="No cross-reference table.")
    entries = [table[2][at : at + _ENTRY_SIZE] for at in range(0, len(table[2]), _ENTRY_SIZE)]
    used = sorted(int(entry[:10]) for entry in entries if entry[17:18] == b"n")
    places = [
        place
        for first, after in pairwise([*used, table.start()])
        if (place := _unclear_end(pdf, first, after)) is not None
    ]
    if not places:
        return pdf
    moved = b"".join(_moved_entry(entry, places) for entry in entries)
    body = _inserted(pdf[: table.start(2)], places)
    tail = pdf[table.end(2) : start.start(1)]
    return body + moved + tail + b"%d" % _moved(int(start[1]), places) + pdf[start.end(1) :]


def _unclear_end(pdf: bytes, first: int, after: int) -> int | None:
    """Return where the stream of an object ends if its last byte is a carriage return."""
    found = _STREAM.search(pdf, first, after)
    if found is None:
        return None
    end = found.end() + int(found[1])
    unclear = pdf[end - 1 : end + 10] == b"\r\nendstream"
    return end if unclear else None


def _inserted(body: bytes, places: list[int]) -> bytes:
    parts = [body[first:last] for first, last in pairwise([0, *places, len(body)])]
    return b"\r".join(parts)


def _moved(offset: int, places: list[int]) -> int:
    return offset + bisect_left(places, offset)


def _moved_entry(entry: bytes, places: list[int]) -> bytes:
    if entry[17:18] != b"n":
        return entry
    return b"%010d" % _moved(int(entry[:10]), places) + entry[10:]
