"""Headers byte by byte: encodings, lengths, nesting, character sets, and hostile bytes by seed."""

import random
import struct

import pytest

from workstation.base.errors import InputRefusedError
from workstation.imaging.dicom_header import read_header, read_preface
from workstation.imaging.dicom_parse import (
    MAX_DEPTH,
    UNDEFINED,
    Encoding,
    HeaderParser,
    NeedMoreBytesError,
)
from workstation.imaging.dicom_tags import (
    MAX_VALUE_BYTES,
    TagValues,
    decode_value,
    text_encodings,
)
from workstation.imaging.pixel_layout import (
    DEFLATED_LITTLE,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
)

EXPLICIT = Encoding(explicit=True, little_endian=True)
BIG = Encoding(explicit=True, little_endian=False)
IMPLICIT = Encoding(explicit=False, little_endian=True)
LONG = {b"OB", b"OW", b"SQ", b"UN", b"UT", b"UC", b"OF", b"OD"}


def element(encoding, group, number, vr, value, length=None):
    order = "<" if encoding.little_endian else ">"
    size = len(value) if length is None else length
    if not encoding.explicit:
        return struct.pack(f"{order}HHI", group, number, size) + value
    if vr in LONG:
        return struct.pack(f"{order}HH2sHI", group, number, vr, 0, size) + value
    return struct.pack(f"{order}HH2sH", group, number, vr, size) + value


def mark(encoding, number, length=0):
    order = "<" if encoding.little_endian else ">"
    return struct.pack(f"{order}HHI", 0xFFFE, number, length)


def parse(content, encoding=EXPLICIT, *, complete=True):
    return HeaderParser(content, encoding, complete=complete).parse(0)


def tags_of(content, encoding=EXPLICIT):
    return TagValues(parse(content, encoding).values)


@pytest.mark.parametrize("encoding", [EXPLICIT, BIG, IMPLICIT], ids=["explicit", "big", "implicit"])
class TestEveryEncoding:
    def test_texts_and_numbers(self, encoding):
        order = "<" if encoding.little_endian else ">"
        content = (
            element(encoding, 0x08, 0x60, b"CS", b"MR")
            + element(encoding, 0x10, 0x20, b"LO", b"ID 7")
            + element(encoding, 0x20, 0x13, b"IS", b"12")
            + element(encoding, 0x28, 0x10, b"US", struct.pack(f"{order}H", 512))
            + element(encoding, 0x28, 0x30, b"DS", b"0.5\\0.75")
        )
        tags = tags_of(content, encoding)
        assert tags.text("Modality") == "MR"
        assert tags.text("PatientID") == "ID 7"
        assert tags.integer("InstanceNumber") == 12
        assert tags.integer("Rows") == 512
        assert tags.numbers("PixelSpacing", 2) == (0.5, 0.75)

    @pytest.mark.parametrize("item_defined", [True, False])
    @pytest.mark.parametrize("sequence_defined", [True, False])
    def test_sequences_of_any_length_form(self, encoding, item_defined, sequence_defined):
        inner = element(encoding, 0x18, 0x1074, b"DS", b"370000000 ")
        if item_defined:
            one = mark(encoding, 0xE000, len(inner)) + inner
        else:
            one = mark(encoding, 0xE000, UNDEFINED) + inner + mark(encoding, 0xE00D)
        items = one + one
        if sequence_defined:
            content = element(encoding, 0x54, 0x16, b"SQ", items)
        else:
            content = element(encoding, 0x54, 0x16, b"SQ", items, UNDEFINED)
            content += mark(encoding, 0xE0DD)
        content += element(encoding, 0x54, 0x1001, b"CS", b"BQML")
        tags = tags_of(content, encoding)
        found = tags.items("RadiopharmaceuticalInformationSequence")
        assert [item.number("RadionuclideTotalDose") for item in found] == [370e6, 370e6]
        assert tags.text("Units") == "BQML"

    def test_an_empty_sequence(self, encoding):
        content = element(encoding, 0x54, 0x16, b"SQ", b"")
        content += element(encoding, 0x54, 0x1001, b"CS", b"BQML")
        tags = tags_of(content, encoding)
        assert tags.items("RadiopharmaceuticalInformationSequence") == ()
        assert tags.text("Units") == "BQML"

    def test_pixels_end_the_header(self, encoding):
        content = element(encoding, 0x28, 0x100, b"US", b"\x10\x00")
        start = len(content)
        content += element(encoding, 0x7FE0, 0x10, b"OW", b"\1\2\3\4")
        parsed = parse(content, encoding)
        assert parsed.pixels.length == 4
        assert content[parsed.pixels.offset :] == b"\1\2\3\4"
        assert parsed.pixels.offset > start
        assert not parsed.pixels.floating

    def test_an_element_beyond_the_end(self, encoding):
        content = element(encoding, 0x10, 0x20, b"LO", b"ID", 40)
        with pytest.raises(InputRefusedError, match="longer than the file"):
            parse(content, encoding)
        with pytest.raises(NeedMoreBytesError):
            parse(content, encoding, complete=False)


@pytest.mark.parametrize(("number", "floating"), [(0x08, True), (0x09, True), (0x10, False)])
def test_float_pixels_are_told_apart(number, floating):
    parsed = parse(element(EXPLICIT, 0x7FE0, number, b"OF", b"\0" * 8))
    assert parsed.pixels.floating is floating


def test_a_sequence_of_unknown_vr_is_implicit_inside():
    inner = element(IMPLICIT, 0x18, 0x1074, b"", b"5 ")
    item = mark(IMPLICIT, 0xE000, len(inner)) + inner
    content = element(EXPLICIT, 0x54, 0x16, b"UN", item + mark(IMPLICIT, 0xE0DD), UNDEFINED)
    content += element(EXPLICIT, 0x10, 0x20, b"LO", b"ID")
    tags = tags_of(content)
    assert (
        tags.items("RadiopharmaceuticalInformationSequence")[0].number("RadionuclideTotalDose")
        == 5.0
    )
    assert tags.text("PatientID") == "ID"


@pytest.mark.parametrize(
    ("depth", "refused"), [(3, False), (MAX_DEPTH, False), (MAX_DEPTH + 1, True)]
)
def test_nesting_has_a_bound(depth, refused):
    content = b""
    for _ in range(depth):
        content = mark(EXPLICIT, 0xE000, len(content)) + content
        content = element(EXPLICIT, 0x54, 0x16, b"SQ", content)
    if refused:
        with pytest.raises(InputRefusedError, match="nested far too deep"):
            parse(content)
    else:
        assert parse(content).values


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (element(EXPLICIT, 0x54, 0x16, b"SQ", b"\0" * 16, UNDEFINED), "a list in it is broken"),
        (element(EXPLICIT, 0x54, 0x16, b"SQ", b"", UNDEFINED), "longer than the file"),
        (
            element(EXPLICIT, 0x54, 0x16, b"SQ", mark(EXPLICIT, 0xE000, UNDEFINED), UNDEFINED),
            "longer than the file",
        ),
        (
            element(EXPLICIT, 0x54, 0x16, b"SQ", mark(EXPLICIT, 0xE000, 900)),
            "longer than the file",
        ),
        (element(EXPLICIT, 0x10, 0x4000, b"UT", b"")[:9], "ends in the middle"),
    ],
)
def test_broken_lists_are_refused(content, words):
    with pytest.raises(InputRefusedError, match=words) as caught:
        parse(content)
    assert caught.value.code == "damaged-header"


@pytest.mark.parametrize(
    ("vr", "raw", "value"),
    [
        ("DS", b"1.5", 1.5),
        ("DS", b" -2.50e1 ", -25.0),
        ("DS", b"1\\2\\3", [1.0, 2.0, 3.0]),
        ("DS", b"nan", "nan"),
        ("DS", b"1e999", "1e999"),
        ("DS", b"1_0", "1_0"),
        ("DS", b"1,5", "1,5"),
        ("DS", b"", None),
        ("IS", b"12 ", 12.0),
        ("IS", b"twelve", "twelve"),
        ("US", b"\x01\x02", 0x0201),
        ("US", b"\x01\x02\x03\x04", [0x0201, 0x0403]),
        ("US", b"\x01", None),
        ("SS", b"\xff\xff", -1),
        ("UL", b"\x01\0\0\0", 1),
        ("FL", struct.pack("<f", 0.5), 0.5),
        ("FD", struct.pack("<d", -0.25), -0.25),
        ("FD", struct.pack("<d", float("inf")), "inf"),
        ("FL", struct.pack("<f", float("nan")), "nan"),
        ("CS", b"ORIGINAL\\PRIMARY ", ["ORIGINAL", "PRIMARY"]),
        ("UI", b"1.2.3\0", "1.2.3"),
        ("CS", b"   ", None),
        ("LO", b"a\\b", ["a", "b"]),
        ("LT", b"a\\b", "a\\b"),
        ("UT", b" a\\b ", "a\\b"),
        ("PN", b"Doe^Jane", "Doe^Jane"),
    ],
)
def test_values_by_representation(vr, raw, value):
    found = decode_value(vr, raw, little_endian=True, encodings=("iso8859",))
    assert found == value


@pytest.mark.parametrize("vr", ["LO", "DS", "US", "UT"])
def test_values_beyond_the_bound_are_not_decoded(vr):
    raw = b"1" * (MAX_VALUE_BYTES + 1)
    assert decode_value(vr, raw, little_endian=True, encodings=("iso8859",)) is None


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        (b"ISO_IR 100", "Núñez^José".encode("latin-1"), "Núñez^José"),
        (b"ISO_IR 192", "Müller^Jörg".encode(), "Müller^Jörg"),
        (b"ISO_IR 144", "Иванов".encode("iso8859-5"), "Иванов"),
        (b"GB18030", "王^小东".encode("gb18030"), "王^小东"),
        (b"\\ISO 2022 IR 87", b"Yamada\x1b$B;3ED\x1b(B", "Yamada山田"),
        (b"ISO_IR 192", b"bad \xff byte", "bad � byte"),
        (b"NOBODY KNOWS", "Núñez".encode("latin-1"), "Núñez"),
        (b"", b"plain", "plain"),
    ],
)
def test_names_in_many_character_sets(charset, raw, text):
    content = element(EXPLICIT, 0x08, 0x05, b"CS", charset)
    content += element(EXPLICIT, 0x10, 0x10, b"PN", raw)
    assert tags_of(content).text("PatientName") == text


def test_encodings_of_several_terms():
    assert len(text_encodings(b"ISO_IR 100\\ISO_IR 144")) == 2
    assert text_encodings(b"nothing known") == ("iso8859",)


class TestTagValues:
    TAGS = TagValues(
        {"Rows": 4, "ImageType": ["A", "B"], "Note": "x", "Bad": ["1", 2.0], "Half": 0.5,
         "Items": [{"Rows": 9}, "no item"]},
        {"Rows": 1, "Columns": 7},
    )  # fmt: skip

    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            (lambda t: t.text("Note"), "x"),
            (lambda t: t.text("ImageType"), "A"),
            (lambda t: t.text("Missing"), ""),
            (lambda t: t.text("Items"), ""),
            (lambda t: t.texts("ImageType"), ("A", "B")),
            (lambda t: t.texts("Note"), ("x",)),
            (lambda t: t.texts("Missing"), ()),
            (lambda t: t.number("Rows"), 4.0),
            (lambda t: t.number("Columns"), 7.0),
            (lambda t: t.number("Note"), None),
            (lambda t: t.integer("Half"), None),
            (lambda t: t.integer("Rows"), 4),
            (lambda t: t.numbers("Bad", 2), None),
            (lambda t: t.numbers("Rows", 1), (4.0,)),
            (lambda t: t.numbers("Rows", 2), None),
            (lambda t: t.numbers_of_any_count("Rows"), (4.0,)),
            (lambda t: t.numbers_of_any_count("Bad"), ()),
            (lambda t: t.numbers_of_any_count("Missing"), ()),
            (lambda t: len(t.items("Items")), 1),
            (lambda t: t.items("Items")[0].integer("Rows"), 9),
            (lambda t: t.items("Note"), ()),
            (lambda t: "Columns" in t, True),
            (lambda t: "Missing" in t, False),
            (lambda t: t.plain["Columns"], 7),
            (lambda t: t.with_values({"Rows": 5}).integer("Rows"), 5),
            (lambda t: t.with_values({"Rows": 5}).integer("Columns"), 7),
        ],
    )
    def test_questions(self, call, expected):
        assert call(self.TAGS) == expected


FIRST = element(EXPLICIT, 0x08, 0x16, b"UI", b"1.2.840.10008.5.1.4.1.1.2\0")
META = element(EXPLICIT, 0x02, 0x10, b"UI", b"1.2.840.10008.1.2.1\0")


@pytest.mark.parametrize(
    ("content", "syntax", "position"),
    [
        (b"\0" * 128 + b"DICM" + META + FIRST, EXPLICIT_LITTLE, 132 + len(META)),
        (b"DICM" + META + FIRST, EXPLICIT_LITTLE, 4 + len(META)),
        (META + FIRST, EXPLICIT_LITTLE, len(META)),
        (FIRST, EXPLICIT_LITTLE, 0),
        (element(BIG, 0x08, 0x16, b"UI", b"1.2\0"), EXPLICIT_BIG, 0),
        (element(IMPLICIT, 0x08, 0x16, b"", b"1.2\0"), IMPLICIT_LITTLE, 0),
        (b"\0" * 128 + b"DICM" + FIRST, EXPLICIT_LITTLE, 132),
        (
            element(EXPLICIT, 0x02, 0x10, b"UI", DEFLATED_LITTLE.encode()) + b"\1\2",
            DEFLATED_LITTLE,
            8 + len(DEFLATED_LITTLE),
        ),
    ],
)
def test_where_the_data_set_starts(content, syntax, position):
    preface = read_preface(content)
    assert (preface.transfer_syntax, preface.position) == (syntax, position)


@pytest.mark.parametrize(
    "content", [b"", b"abc", b"\x08\0\x16\0", b"GIF89a....", b"\x08\0" * 2 + b"\xff" * 4]
)
def test_what_starts_like_no_data_set(content):
    with pytest.raises(InputRefusedError) as caught:
        read_preface(content)
    assert caught.value.code == "not-dicom"


def test_the_class_of_the_meta_group_stands_in_for_a_missing_one(tmp_path):
    media = element(EXPLICIT, 0x02, 0x02, b"UI", b"1.2.840.10008.5.1.4.1.1.4\0")
    path = tmp_path / "file"
    path.write_bytes(
        b"\0" * 128 + b"DICM" + media + META + element(EXPLICIT, 8, 0x60, b"CS", b"MR")
    )
    assert read_header(path).tags.text("SOPClassUID") == "1.2.840.10008.5.1.4.1.1.4"


SOUND = b"\0" * 128 + b"DICM" + META + FIRST + b"".join(
    (
        element(EXPLICIT, 0x08, 0x05, b"CS", b"ISO_IR 100"),
        element(EXPLICIT, 0x08, 0x60, b"CS", b"PT"),
        element(EXPLICIT, 0x10, 0x10, b"PN", b"Doe^Jane"),
        element(
            EXPLICIT, 0x54, 0x16, b"SQ",
            mark(EXPLICIT, 0xE000, UNDEFINED)
            + element(EXPLICIT, 0x18, 0x1074, b"DS", b"370000000 ")
            + mark(EXPLICIT, 0xE00D),
            UNDEFINED,
        )
        + mark(EXPLICIT, 0xE0DD),
        element(EXPLICIT, 0x28, 0x10, b"US", b"\x02\0"),
        element(EXPLICIT, 0x28, 0x11, b"US", b"\x02\0"),
        element(EXPLICIT, 0x7FE0, 0x10, b"OW", b"\0" * 8),
    )
)  # fmt: skip


REFUSALS = {"not-dicom", "damaged-header", "no-identity", "no-transfer-syntax", "too-large"}


def refusal_of(path):
    try:
        read_header(path)
    except InputRefusedError as refusal:
        return refusal
    return None


@pytest.mark.parametrize("seed", range(40))
def test_hostile_bytes_are_read_or_refused_with_a_sentence(tmp_path, seed):
    rng = random.Random(seed)
    path = tmp_path / "file"
    for _ in range(25):
        content = bytearray(SOUND)
        for _ in range(rng.randrange(1, 12)):
            at = rng.randrange(128, len(content))
            content[at] = rng.choice((0, 0xFF, 0x7F, 0xFE, rng.randrange(256)))
        if rng.random() < 0.3:
            del content[rng.randrange(130, len(content)) :]
        path.write_bytes(content)
        refusal = refusal_of(path)
        if refusal is not None:
            assert refusal.message.endswith(".")
            assert refusal.code in REFUSALS
            assert "Doe" not in refusal.message


@pytest.mark.parametrize("cut", range(132, len(SOUND) - 8, 3))
def test_a_header_cut_anywhere_never_invents_a_value(tmp_path, cut):
    path = tmp_path / "file"
    path.write_bytes(SOUND)
    whole = read_header(path).tags.plain
    path.write_bytes(SOUND[:cut])
    try:
        found = read_header(path).tags.plain
    except InputRefusedError:
        return
    for keyword, value in found.items():
        assert whole[keyword] == value


@pytest.mark.parametrize("seed", range(8))
def test_noise_is_no_image(tmp_path, seed):
    path = tmp_path / "noise"
    path.write_bytes(b"\xff" + random.Random(seed).randbytes(3000))
    with pytest.raises(InputRefusedError) as caught:
        read_header(path)
    assert caught.value.code == "not-dicom"
