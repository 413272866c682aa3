"""Overlay groups (60xx) of a header: where their bits lie, without reading them.

The bits stay in the file; the header keeps the size, the origin and the place of each plane
(PS3.3 section C.9.2).
"""

from __future__ import annotations

from typing import Any

from workstation.imaging.dicom_tags import decode_value

OVERLAYS = "OverlayPlanes"
"""Key under which the planes of a header are kept: group in hexadecimal to its values."""

_FIRST_GROUP, _LAST_GROUP = 0x6000, 0x601E
_DATA = 0x3000
_VALUES = {
    0x0010: ("OverlayRows", "US"),
    0x0011: ("OverlayColumns", "US"),
    0x0015: ("NumberOfFramesInOverlay", "IS"),
    0x0022: ("OverlayDescription", "LO"),
    0x0040: ("OverlayType", "CS"),
    0x0050: ("OverlayOrigin", "SS"),
    0x0051: ("ImageFrameOrigin", "US"),
    0x0100: ("OverlayBitsAllocated", "US"),
    0x0102: ("OverlayBitPosition", "US"),
    0x1500: ("OverlayLabel", "LO"),
}


def is_overlay(tag: int) -> bool:
    """Whether a tag belongs to an overlay group."""
    return _FIRST_GROUP <= tag >> 16 <= _LAST_GROUP and not tag & 0x10000


def take_overlay(
    values: dict[str, Any],
    tag: int,
    place: tuple[int, int],
    raw: bytes,
    *,
    little_endian: bool,
    encodings: tuple[str, ...],
) -> None:
    """Add one element of an overlay group to the values of a header.

    Parameters
    ----------
    values : dict
        Values of the header by keyword; changed.
    tag : int
    place : tuple of int
        Where the value starts, and its length, bytes.
    raw : bytes
        The value; not looked at for the bits themselves.
    little_endian : bool
    encodings : tuple of str
    """
    number = tag & 0xFFFF
    known = _VALUES.get(number)
    if known is None and number != _DATA:
        return
    plane = values.setdefault(OVERLAYS, {}).setdefault(f"{tag >> 16:04X}", {})
    if known is None:
        plane["Offset"], plane["Length"] = place
        return
    value = decode_value(known[1], raw, little_endian=little_endian, encodings=encodings)
    if value is not None:
        plane[known[0]] = value
