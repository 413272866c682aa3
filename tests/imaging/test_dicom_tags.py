import pytest

from workstation.imaging.dicom_tags import MAX_VALUE_BYTES, TagValues, decode_value, text_encodings


def decoded(vr, raw, *, little_endian=True, encodings=("iso8859",)):
    return decode_value(vr, raw, little_endian=little_endian, encodings=encodings)


@pytest.mark.parametrize(
    ("vr", "raw", "expected"),
    [
        ("DS", b"1.5\\-2e1 ", [1.5, -20.0]),
        ("IS", b"12 ", 12.0),
        ("US", b"\x00\x02", 512),
        ("FD", b"\x00\x00\x00\x00\x00\x00\xf0\x3f", 1.0),
        ("CS", b"ORIGINAL\\PRIMARY ", ["ORIGINAL", "PRIMARY"]),
        ("UI", b"1.2.3\0", "1.2.3"),
        ("LO", b"", None),
        ("DS", b"", None),
    ],
)
def test_values(vr, raw, expected):
    assert decoded(vr, raw) == expected


def test_big_endian_numbers():
    assert decoded("US", b"\x02\x00", little_endian=False) == 512


@pytest.mark.parametrize("raw", [b"nan", b"inf", b"-inf", b"1_000", b"1,5", b"abc", b"0x10"])
def test_text_that_is_no_number_stays_text(raw):
    tags = TagValues({"SliceThickness": decoded("DS", raw)})
    assert tags.number("SliceThickness") is None
    assert tags.text("SliceThickness") == raw.decode()


def test_binary_nan_is_no_number():
    nan = b"\x00\x00\xc0\x7f"
    assert TagValues({"X": decoded("FL", nan)}).number("X") is None


def test_overlong_values_are_not_decoded():
    assert decoded("LT", b"x" * (MAX_VALUE_BYTES + 1)) is None


@pytest.mark.parametrize(
    ("term", "raw", "expected"),
    [
        (b"ISO_IR 100", "Müller^Jörg".encode("latin-1"), "Müller^Jörg"),
        (b"ISO_IR 192", "Müller^Jörg".encode(), "Müller^Jörg"),
        (b"ISO_IR 144", "Люк".encode("iso8859_5"), "Люк"),
        (b"\\ISO 2022 IR 87", b"\x1b$B;3ED\x1b(B^", "山田^"),
        (b"GB18030", "王^小东".encode("gb18030"), "王^小东"),
        (b"ISO_IR 999", b"Doe^John", "Doe^John"),
    ],
)
def test_names_in_their_character_set(term, raw, expected):
    assert decoded("PN", raw, encodings=text_encodings(term)) == expected


def test_broken_characters_do_not_stop_reading():
    assert "Doe" in decoded("PN", b"Doe^\xff\xfe", encodings=("utf_8",))


def test_accessors():
    tags = TagValues({"A": [1.0, 2.0], "B": "x", "C": [{"D": 3}], "E": 2.5})
    assert tags.numbers("A", 2) == (1.0, 2.0)
    assert tags.numbers("A", 3) is None
    assert tags.number("A") == 1.0
    assert tags.text("B") == "x"
    assert tags.texts("A") == ("1.0", "2.0")
    assert tags.items("C")[0].integer("D") == 3
    assert tags.items("B") == ()
    assert tags.integer("E") is None
    assert tags.number("C") is None
    assert tags.text("missing") == ""
    assert "A" in tags
    assert "missing" not in tags


def test_with_values_leaves_the_original():
    tags = TagValues({"A": 1})
    assert tags.with_values({"A": 2, "B": 3}).integer("A") == 2
    assert tags.integer("A") == 1
