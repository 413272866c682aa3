"""The private elements that are read: by creator, by form, and damaged Siemens headers by seed."""

import random
import struct
from dataclasses import replace

import numpy as np
import pytest

from tests.support.frames import LAYOUT
from workstation.imaging.dicom_private import SIEMENS_HEADER, private_value, wanted_private
from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.mosaic import is_mosaic, mosaic_tiles
from workstation.imaging.siemens_csa import mosaic_values


@pytest.mark.parametrize(
    ("group", "creator", "number", "name"),
    [
        (0x7053, "Philips PET Private Group", 0x00, "PhilipsSuvFactor"),
        (0x7053, "PHILIPS PET PRIVATE GROUP", 0x09, "PhilipsActivityFactor"),
        (0x7053, "PHILIPS PET PRIVATE GROUP", 0x01, ""),
        (0x7053, "SOMEBODY", 0x00, ""),
        (0x0071, "SIEMENS MED PT", 0x22, "SiemensDecayReference"),
        (0x0009, "GEMS_PETD_01", 0x0D, "GeDecayReference"),
        (0x0019, "SIEMENS MR HEADER", 0x0C, "PrivateBValue"),
        (0x2001, "Philips Imaging DD 001", 0x03, "PrivateBValue"),
        (0x0043, "GEMS_PARM_01", 0x39, "PrivateBValue"),
        (0x0043, "GEMS_PARM_02", 0x39, ""),
        (0x0019, "", 0x0C, ""),
    ],
)
def test_elements_are_known_by_their_creator(group, creator, number, name):
    assert wanted_private(group, creator, number, b"") == name


def test_siemens_headers_name_themselves():
    assert wanted_private(0x0029, "", 0x10, b"SV10....") == SIEMENS_HEADER
    assert wanted_private(0x0029, "SIEMENS CSA HEADER", 0x10, b"XXXX") == ""
    assert wanted_private(0x0031, "", 0x10, b"SV10....") == ""


@pytest.mark.parametrize(
    ("keyword", "raw", "expected"),
    [
        ("PhilipsSuvFactor", b"0.000551 ", {"PhilipsSuvFactor": 0.000551}),
        ("PhilipsSuvFactor", b"0", {}),
        ("PhilipsSuvFactor", b"-1", {}),
        ("PhilipsSuvFactor", b"factor", {}),
        ("PhilipsSuvFactor", b"nan", {}),
        ("PhilipsSuvFactor", b"", {}),
        ("PhilipsActivityFactor", struct.pack("<d", 1.25), {"PhilipsActivityFactor": 1.25}),
        ("PhilipsActivityFactor", struct.pack("<d", float("inf")), {}),
        ("PrivateBValue", b"800", {"PrivateBValue": 800.0}),
        ("PrivateBValue", b"0", {"PrivateBValue": 0.0}),
        ("PrivateBValue", b"-5", {}),
        ("PrivateBValue", b"1000000800\\8\\0\\0", {"PrivateBValue": 800.0}),
        ("PrivateBValue", b"1000050\\8\\0\\0", {"PrivateBValue": 50.0}),
        ("PrivateBValue", struct.pack("<f", 600.0), {"PrivateBValue": 600.0}),
        ("SiemensDecayReference", b"20260314095900 ", {"SiemensDecayReference": "20260314095900"}),
        ("GeDecayReference", b"20260314095900\0", {"GeDecayReference": "20260314095900"}),
    ],
)
def test_values_as_written(keyword, raw, expected):
    assert private_value(keyword, raw, little_endian=True) == pytest.approx(expected)


def test_binary_numbers_follow_the_byte_order():
    raw = struct.pack(">f", 600.0)
    assert private_value("PrivateBValue", raw, little_endian=False) == {"PrivateBValue": 600.0}


def csa(**items):
    """Return a Siemens header with these items; each value is a list of texts."""
    content = b"SV10\4\3\2\1" + struct.pack("<II", len(items), 77)
    for name, values in items.items():
        content += name.encode().ljust(64, b"\0")
        content += struct.pack("<I4sIII", 1, b"IS\0\0", 6, len(values), 77)
        for value in values:
            raw = value.encode()
            content += struct.pack("<4I", len(raw), len(raw), 77, len(raw))
            content += raw + b"\0" * (-len(raw) % 4)
    return content


def protocol(count, **centers):
    lines = [f"sSliceArray.lSize = {count}"]
    for number, axes in centers.items():
        lines.extend(
            f"sSliceArray.asSlice[{number[1:]}].sPosition.d{axis} = {value}"
            for axis, value in axes.items()
        )
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ({}, {}),
        ({"NumberOfImagesInMosaic": ["30"]}, {"MosaicTiles": 30}),
        ({"NumberOfImagesInMosaic": ["0"]}, {}),
        ({"NumberOfImagesInMosaic": ["many"]}, {}),
        ({"NumberOfImagesInMosaic": []}, {}),
        ({"SliceNormalVector": ["0", "0", "1"]}, {"MosaicNormal": [0.0, 0.0, 1.0]}),
        ({"SliceNormalVector": ["0", "1"]}, {}),
        ({"SliceNormalVector": ["0", "nan", "1"]}, {}),
        ({"Other": ["1"], "NumberOfImagesInMosaic": ["4"]}, {"MosaicTiles": 4}),
        ({"MrPhoenixProtocol": [protocol(1)]}, {}),
        ({"MrPhoenixProtocol": ["nothing"]}, {}),
        ({"MrPhoenixProtocol": [protocol(4)]}, {"ProtocolSlices": 4}),
        (
            {"MrPhoenixProtocol": [protocol(4, n0={"Tra": -6.0}, n3={"Tra": 6.0, "Sag": 1.5})]},
            {"ProtocolSlices": 4, "MosaicEnds": [0.0, 0.0, -6.0, 1.5, 0.0, 6.0]},
        ),
        ({"MrPhoenixProtocol": [protocol(4, n0={"Tra": -6.0})]}, {"ProtocolSlices": 4}),
    ],
)
def test_what_a_siemens_header_says_of_its_mosaic(items, expected):
    assert mosaic_values(csa(**items)) == expected


@pytest.mark.parametrize("raw", [b"", b"SV10", b"SV10" + b"\0" * 11, b"SV20" + b"\0" * 40])
def test_what_is_no_siemens_header(raw):
    assert mosaic_values(raw) == {}


@pytest.mark.parametrize("seed", range(30))
def test_damaged_siemens_headers_never_fail(seed):
    rng = random.Random(seed)
    whole = csa(
        NumberOfImagesInMosaic=["30"],
        SliceNormalVector=["0", "0", "1"],
        MrPhoenixProtocol=[protocol(30, n0={"Tra": -6.0}, n29={"Tra": 6.0})],
    )
    for _ in range(40):
        content = bytearray(whole)
        for _ in range(rng.randrange(1, 20)):
            content[rng.randrange(4, len(content))] = rng.randrange(256)
        found = mosaic_values(bytes(content[: rng.randrange(4, len(content) + 1)]))
        assert set(found) <= {"MosaicTiles", "MosaicNormal", "MosaicEnds", "ProtocolSlices"}
        normal = found.get("MosaicNormal", [0.0, 0.0, 0.0])
        assert len(normal) == 3
        assert np.isfinite(normal).all()


def mosaic(**changes):
    values = {
        "ImageType": ["ORIGINAL", "PRIMARY", "M", "MOSAIC"],
        "MosaicTiles": 4,
        "MosaicNormal": [0.0, 0.0, 1.0],
        "SpacingBetweenSlices": 3.0,
        "ImagePositionPatient": [0.0, 0.0, 0.0],
        "ImageOrientationPatient": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        "PixelSpacing": [2.0, 2.0],
        **changes,
    }
    return TagValues({key: value for key, value in values.items() if value is not None})


def layout(rows=8, columns=8, frames=1):
    return replace(LAYOUT, rows=rows, columns=columns, frames=frames)


def test_tiles_by_hand():
    tiles = mosaic_tiles(mosaic(), layout())
    assert [(tile.top, tile.left) for tile, _ in tiles] == [(0, 0), (0, 4), (4, 0), (4, 4)]
    assert {(tile.rows, tile.columns) for tile, _ in tiles} == {(4, 4)}
    positions = [values["ImagePositionPatient"] for _, values in tiles]
    assert positions == [[4.0, 4.0, 3.0 * n] for n in range(4)]


@pytest.mark.parametrize(
    ("changes", "shape"),
    [
        ({"MosaicTiles": None}, {}),
        ({"MosaicTiles": 1}, {}),
        ({"MosaicTiles": 5}, {}),
        ({}, {"frames": 2}),
        ({}, {"rows": 9}),
        ({"MosaicNormal": None}, {}),
        ({"SpacingBetweenSlices": None}, {}),
        ({"SpacingBetweenSlices": 0.0}, {}),
        ({"SpacingBetweenSlices": -3.0}, {}),
        ({"ImagePositionPatient": None}, {}),
        ({"ImageOrientationPatient": None}, {}),
        ({"PixelSpacing": None}, {}),
    ],
)
def test_a_mosaic_that_says_too_little_is_not_cut(changes, shape):
    assert mosaic_tiles(mosaic(**changes), layout(**shape)) == []


@pytest.mark.parametrize(
    ("ends", "step"),
    [
        ([8.0, 8.0, 0.0, 8.0, 8.0, 9.0], 3.0),
        ([8.0, 8.0, 9.0, 8.0, 8.0, 0.0], 3.0),
        ([8.0, 8.0, 0.0, 8.0, 8.0, -9.0], -3.0),
        ([50.0, 8.0, 0.0, 50.0, 8.0, 9.0], None),
    ],
)
def test_the_protocol_gives_the_direction_where_it_fits(ends, step):
    tags = mosaic(MosaicNormal=None, ProtocolSlices=4, MosaicEnds=ends)
    tiles = mosaic_tiles(tags, layout())
    if step is None:
        assert tiles == []
    else:
        heights = [values["ImagePositionPatient"][2] for _, values in tiles]
        assert heights == pytest.approx([0.0, step, 2 * step, 3 * step])


@pytest.mark.parametrize(
    ("image_type", "expected"), [(["A", "B", "MOSAIC"], True), (["A", "B"], False), ([], False)]
)
def test_what_is_a_mosaic(image_type, expected):
    assert is_mosaic(TagValues({"ImageType": image_type})) is expected
