import struct

import pytest

from workstation.imaging.dicom_private import PRIVATE_KEYWORDS, private_value, wanted_private


@pytest.mark.parametrize(
    ("group", "creator", "number", "name"),
    [
        (0x7053, "Philips PET Private Group", 0x09, "PhilipsActivityFactor"),
        (0x7053, "PHILIPS PET PRIVATE GROUP", 0x00, "PhilipsSuvFactor"),
        (0x0071, "SIEMENS MED PT", 0x22, "SiemensDecayReference"),
        (0x0009, "GEMS_PETD_01", 0x0D, "GeDecayReference"),
        (0x0019, "SIEMENS MR HEADER", 0x0C, "PrivateBValue"),
        (0x2001, "Philips Imaging DD 001", 0x03, "PrivateBValue"),
        (0x0043, "GEMS_PARM_01", 0x39, "PrivateBValue"),
        (0x7053, "", 0x09, ""),
        (0x7053, "SOMEBODY", 0x09, ""),
        (0x7054, "Philips PET Private Group", 0x09, ""),
    ],
)
def test_elements_are_named_by_their_creator(group, creator, number, name):
    assert wanted_private(group, creator, number, b"1") == name
    assert name == "" or name in PRIVATE_KEYWORDS


def test_siemens_headers_name_themselves():
    assert wanted_private(0x0029, "", 0x20, b"SV10....") == "SiemensHeader"
    assert wanted_private(0x0029, "", 0x20, b"other") == ""


@pytest.mark.parametrize(
    ("keyword", "raw", "expected"),
    [
        ("PhilipsSuvFactor", b"0.00035 ", {"PhilipsSuvFactor": 0.00035}),
        ("PhilipsSuvFactor", b"0", {}),
        ("PhilipsSuvFactor", b"", {}),
        ("PhilipsActivityFactor", b"-1", {}),
        ("PhilipsActivityFactor", b"nan", {}),
        ("PhilipsActivityFactor", struct.pack("<d", 2.5), {"PhilipsActivityFactor": 2.5}),
        ("PrivateBValue", b"800", {"PrivateBValue": 800.0}),
        ("PrivateBValue", b"0", {"PrivateBValue": 0.0}),
        ("PrivateBValue", b"1000000800\\8\\0\\0", {"PrivateBValue": 800.0}),
        ("PrivateBValue", struct.pack("<f", 500.0), {"PrivateBValue": 500.0}),
        ("PrivateBValue", b"none", {}),
        ("SiemensDecayReference", b"20260314100000 ", {"SiemensDecayReference": "20260314100000"}),
        ("SiemensHeader", b"SV10", {}),
    ],
)
def test_values(keyword, raw, expected):
    assert private_value(keyword, raw, little_endian=True) == expected


def test_big_endian_floats():
    raw = struct.pack(">f", 500.0)
    assert private_value("PrivateBValue", raw, little_endian=False) == {"PrivateBValue": 500.0}
