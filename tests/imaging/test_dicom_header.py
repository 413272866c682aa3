"""Our header parser against hand-made bytes and against pydicom on every real sample."""

import struct
import warnings
import zlib

import pydicom
import pytest
from pydicom.errors import InvalidDicomError

from tests.support.phantom import Phantom, common_dataset, save, slice_dataset
from workstation.base.errors import InputRefusedError
from workstation.imaging.dicom_header import FIRST_READ_BYTES, inflate, read_header
from workstation.imaging.dicom_tags import KEYWORDS

PREAMBLE = b"\0" * 128 + b"DICM"


def explicit(group, number, vr, value):
    if vr in (b"OB", b"OW", b"SQ", b"UN", b"UT"):
        return struct.pack("<HH2sHI", group, number, vr, 0, len(value)) + value
    return struct.pack("<HH2sH", group, number, vr, len(value)) + value


def undefined(group, number, items):
    start = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    body = b"".join(start + item + ITEM_END for item in items)
    return struct.pack("<HH2sHI", group, number, b"SQ", 0, 0xFFFFFFFF) + body + SEQUENCE_END


ITEM_END = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
META = explicit(2, 0x10, b"UI", b"1.2.840.10008.1.2.1\0")
CT = explicit(8, 0x16, b"UI", b"1.2.840.10008.5.1.4.1.1.2\0") + explicit(8, 0x60, b"CS", b"CT")


@pytest.fixture
def written(tmp_path):
    def write(content):
        path = tmp_path / "file"
        path.write_bytes(content)
        return path

    return write


def refusal(path):
    with pytest.raises(InputRefusedError) as caught:
        read_header(path)
    return caught.value.code


def test_minimal_file(written):
    header = read_header(written(PREAMBLE + META + CT))
    assert header.tags.text("Modality") == "CT"
    assert header.pixels is None


def test_items_of_undefined_length(written):
    tracer = explicit(0x18, 0x1074, b"DS", b"370000000 ")
    header = read_header(written(PREAMBLE + META + CT + undefined(0x54, 0x16, [tracer, tracer])))
    items = header.tags.items("RadiopharmaceuticalInformationSequence")
    assert [item.number("RadionuclideTotalDose") for item in items] == [370e6, 370e6]


def test_unwanted_sequences_are_walked_over(written):
    inner = undefined(0x9, 0x1001, [explicit(0x9, 0x1002, b"LO", b"secret")])
    later = explicit(0x10, 0x20, b"LO", b"ID1 ")
    header = read_header(written(PREAMBLE + META + CT + inner + later))
    assert header.tags.text("PatientID") == "ID1"


@pytest.mark.parametrize("depth", [70, 5000])
def test_endless_nesting_is_refused(written, depth):
    content = b""
    for _ in range(depth):
        content += struct.pack("<HH2sHI", 0x54, 0x16, b"SQ", 0, 0xFFFFFFFF)
        content += struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    assert refusal(written(PREAMBLE + META + CT + content)) == "damaged-header"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"hello, this is no image", "not-dicom"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "not-dicom"),
        (PREAMBLE + META, "no-identity"),
        (PREAMBLE + META + CT + explicit(0x10, 0x20, b"LO", b"ID1 ")[:-2], "damaged-header"),
        (PREAMBLE + META + CT + struct.pack("<HH2sH", 0x10, 0x20, b"LO", 900), "damaged-header"),
        (
            PREAMBLE + META + CT + struct.pack("<HH2sHI", 0x54, 0x16, b"SQ", 0, 0x7FFFFFFF),
            "damaged-header",
        ),
    ],
)
def test_what_is_no_dicom_or_damaged(written, content, code):
    assert refusal(written(content)) == code


def test_header_longer_than_the_first_read(written):
    comment = explicit(0x20, 0x4000, b"UT", b"x" * 3 * FIRST_READ_BYTES)
    later = explicit(0x28, 0x10, b"US", b"\x04\x00")
    assert read_header(written(PREAMBLE + META + CT + comment + later)).tags.integer("Rows") == 4


def test_without_preamble_or_meta(written):
    assert read_header(written(CT)).tags.text("Modality") == "CT"
    assert read_header(written(META + CT)).tags.text("Modality") == "CT"


def test_deflated_bomb_is_refused(written):
    with pytest.raises(InputRefusedError) as caught:
        inflate(zlib.compress(b"\0" * 1_000_000)[2:-4], 1000)
    assert caught.value.code == "too-large"
    syntax = explicit(2, 0x10, b"UI", b"1.2.840.10008.1.2.1.99")
    assert refusal(written(PREAMBLE + syntax + b"\xff\xff garbage")) == "damaged-header"


def test_missing_file(tmp_path):
    assert refusal(tmp_path / "nothing") == "unreadable"


def test_pixel_layout_and_offset(tmp_path):
    phantom = Phantom()
    path = tmp_path / "slice"
    save(slice_dataset(phantom, 3), path)
    layout = read_header(path).pixels
    raw = path.read_bytes()[layout.offset : layout.offset + layout.length]
    assert raw == phantom.stored(3).tobytes()
    assert (layout.rows, layout.columns, layout.bits_stored) == (48, 56, 16)
    assert not layout.encapsulated


def test_private_elements_need_their_creator(tmp_path):
    dataset = common_dataset(Phantom(modality="PT"))
    block = dataset.private_block(0x7053, "Philips PET Private Group", create=True)
    block.add_new(0x09, "DS", "1.25")
    other = dataset.private_block(0x7053, "SOMEBODY ELSE", create=True)
    other.add_new(0x00, "DS", "7")
    save(dataset, tmp_path / "pet")
    tags = read_header(tmp_path / "pet").tags
    assert tags.number("PhilipsActivityFactor") == 1.25
    assert tags.number("PhilipsSuvFactor") is None


def _samples(data):
    return sorted(path for path in data.rglob("*") if path.is_file() and path.suffix != ".md")


def test_every_sample_agrees_with_pydicom(data):
    compared = 0
    for path in _samples(data):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = pydicom.dcmread(path, stop_before_pixels=True)
                ours = read_header(path).tags
                compared += _compare(ours, theirs)
        except (InputRefusedError, InvalidDicomError):
            continue
    assert compared > 10_000


def _compare(ours, theirs):
    skipped = {"LUTData", "SmallestImagePixelValue", "PixelPaddingValue", "LUTDescriptor"}
    simple = [k for k in KEYWORDS if not k.endswith("Sequence") and k not in skipped]
    count = 0
    for keyword in simple:
        element = theirs.get(keyword) if keyword in theirs else None
        if element is None or element == "":
            continue
        count += 1
        if keyword in ("PatientName",):
            assert ours.text(keyword).strip("^") == str(element).strip("^ ")
        elif isinstance(element, float | int):
            assert ours.number(keyword) == pytest.approx(float(element))
        elif isinstance(element, str):
            assert ours.text(keyword).strip() == str(element).strip()
    return count
