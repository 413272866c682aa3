"""Text read back from pages: what was set is found, in order, whatever the escapes."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.report.conftest import MadeReport
from workstation.report.printed_text import page_text, parse_map, squeezed

MAP = """
2 beginbfchar
<0001> <0041>
<0002> <00660069>
endbfchar
1 beginbfrange
<0010> <0012> <0061>
endbfrange
"""


class Stream:
    """A stream as the reader gives it."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def get_object(self) -> Stream:
        return self


def shown(content: bytes, *, split: int | None = None) -> str:
    """Return the text of a page with one font F1 that has :data:`MAP`, and F2 without a map."""
    fonts = {"/F1": {"/ToUnicode": Stream(MAP.encode())}, "/F2": {}}
    parts = Stream(content)
    pieces = [Stream(content[:split]), Stream(content[split:])] if split else parts
    return page_text({"/Resources": {"/Font": fonts}, "/Contents": pieces})


def test_a_map_has_single_codes_ligatures_and_ranges() -> None:
    assert parse_map(MAP) == {1: "A", 2: "fi", 16: "a", 17: "b", 18: "c"}


def test_a_map_cannot_be_endless() -> None:
    endless = "1 beginbfrange\n<0000> <FFFFFFFF> <10FFF0>\nendbfrange"
    found = parse_map(endless)
    assert len(found) == 0x10000
    assert found[0xFFFF] == chr(0x10FFFF)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (rb"BT /F1 9 Tf (\000\001\000\020) Tj ET", "Aa"),
        (rb"BT /F1 9 Tf [(\000\001)10(\000\002)] TJ ET", "Afi"),
        (b"BT /F1 9.5 Tf <00010011> Tj ET", "Ab"),
        (b"BT /F1 9 Tf <0001 0012> Tj ET", "Ac"),
        (b"BT /F1 9 Tf <000> Tj (\x00\x01) Tj ET", "A"),
        (b"BT /F1 9 Tf (\x00\x01(/F2 9 Tf)\x00\x11) Tj ET", "Ab"),
        (b"BT /F1 9 Tf (\x00\x01\x00\x11", "A"),
        (b"BT /F1 9 Tf (\\000\\\n\\001) Tj ET", "A"),
        (b"BT /F1 9 Tf (\x00\x01\x00\x10) Tj ET", "Aa"),
        (rb"BT (\000\001) Tj /F1 9 Tf (\000\001) Tj ET", "A"),
        (rb"BT /F2 9 Tf (\000\001) Tj /F1 9 Tf (\000\021) Tj ET", "b"),
        (rb"BT /F9 9 Tf (\000\001) Tj ET", ""),
        (rb"/Artifact <</Type /Pagination>> BDC /F1 9 Tf (\000\001) Tj EMC", "A"),
        (rb"BT /F1 9 Tf (\000\001\000) Tj ET", "A"),
    ],
)
def test_text_operators(content: bytes, text: str) -> None:
    assert shown(content) == text


@pytest.mark.parametrize(("sign", "code"), [(b"n", 10), (b"r", 13), (b"t", 9), (b"(", 40)])
def test_escaped_signs(sign: bytes, code: int) -> None:
    content = b"/F1 9 Tf (\\000\\" + sign + b") Tj"
    fonts = {"/F1": {"/ToUnicode": Stream(b"beginbfchar <%04X> <0058> endbfchar" % code)}}
    assert page_text({"/Resources": {"/Font": fonts}, "/Contents": Stream(content)}) == "X"


def test_a_page_in_two_streams() -> None:
    assert shown(rb"BT /F1 9 Tf " + rb"(\000\001) Tj ET", split=12) == "A"


def test_a_page_without_fonts_is_empty() -> None:
    page = {"/Resources": {}, "/Contents": Stream(rb"(\000\001) Tj")}
    assert page_text(page) == ""


def test_spaces_and_signs_that_are_not_seen_do_not_count() -> None:
    assert squeezed(" 5d47\u200b c1a5\u00ad\n\ufeff") == "5d47c1a5"


def test_a_report_says_its_patient_status_and_hash(
    report_of: Callable[[str], MadeReport],
) -> None:
    made = report_of("final")
    reader = PdfFileReader(io.BytesIO(made.files.pdf))
    pages = [
        page_text(reader.find_page_for_modification(number)[0].get_object())
        for number in range(int(reader.root["/Pages"]["/Count"]))
    ]
    assert all(made.case.patient.id in text for text in pages)
    assert "FINAL" in pages[0]
    assert made.files.record_sha256 in "".join(pages)
