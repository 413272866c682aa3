"""Streams that end in a carriage return, and the table that follows their shift."""

from __future__ import annotations

import io
import re
import zlib

import page
import pikepdf
import pytest

from workstation.base.errors import ReportError
from workstation.report.pdf_streams import with_clear_stream_ends


def small_pdf(*streams: bytes) -> bytes:
    """Return a one-page file with a catalog, pages, and one object for each stream."""
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        *(
            b"<</Length %d/Extra<</A 1>>>>\nstream\n" % len(data) + data + b"\nendstream"
            for data in streams
        ),
    ]
    out = b"%PDF-1.7\n"
    offsets = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n\r\n" % offset for offset in offsets)
    return out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(bodies) + 1,
        start,
    )


def contents(pdf: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [
            item.read_raw_bytes() for item in document.objects if isinstance(item, pikepdf.Stream)
        ]


def length_failures(pdf: bytes) -> list[str]:
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_A_3A)
    return [item.rule_id for item in report.failures if "STREAM-LENGTH" in item.rule_id]


def test_a_file_without_such_a_stream_is_untouched() -> None:
    pdf = small_pdf(b"plain", b"line feed\n", b"")
    assert with_clear_stream_ends(pdf) is pdf


@pytest.mark.parametrize(
    "streams",
    [
        (b"ends in return\r",),
        (b"first\r", b"plain", b"third\r"),
        (b"plain", b"only the last\r"),
        (b"a\r\nendstream inside, then\r",),
    ],
)
def test_the_streams_keep_their_bytes_and_the_table_finds_them(streams: tuple[bytes, ...]) -> None:
    pdf = small_pdf(*streams)
    made = with_clear_stream_ends(pdf)
    assert contents(made) == list(streams)
    assert len(made) == len(pdf) + sum(data.endswith(b"\r") for data in streams)
    for number in range(1, 4 + len(streams)):
        offset = int(re.findall(rb"(\d{10}) 00000 n", made)[number - 1])
        assert made[offset:].startswith(b"%d 0 obj" % number)
    start = int(re.search(rb"startxref\n(\d+)", made)[1])  # type: ignore[index]
    assert made[start:].startswith(b"xref\n")


def test_the_validator_agrees() -> None:
    pdf = small_pdf(b"ends in return\r")
    assert length_failures(pdf) != []
    assert length_failures(with_clear_stream_ends(pdf)) == []


def test_a_second_pass_changes_nothing() -> None:
    once = with_clear_stream_ends(small_pdf(b"x\r", b"y\r"))
    assert with_clear_stream_ends(once) == once


def test_a_compressed_stream_still_opens() -> None:
    packed = (zlib.compress(b"words" + bytes([n])) for n in range(256))
    data = next(item for item in packed if item.endswith(b"\r"))
    made = with_clear_stream_ends(small_pdf(data))
    assert zlib.decompress(contents(made)[0]).startswith(b"words")


def test_a_file_without_a_table_is_refused() -> None:
    with pytest.raises(ReportError) as caught:
        with_clear_stream_ends(b"%PDF-1.7\nnothing\n")
    assert "cross-reference" in caught.value.detail
