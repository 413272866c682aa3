"""The few private elements without which a PET, a diffusion series or a mosaic cannot be read.

Each is named by its private creator, never by its block number (PS3.5 section 7.8.1). Sources:
the clinical reference, section 8.5 (PET); the manufacturers' conformance statements.
"""

from __future__ import annotations

import math
import struct
from typing import Any

from workstation.imaging.siemens_csa import mosaic_values

_PRIVATE = {
    (0x7053, "PHILIPS PET PRIVATE GROUP", 0x00): "PhilipsSuvFactor",
    (0x7053, "PHILIPS PET PRIVATE GROUP", 0x09): "PhilipsActivityFactor",
    (0x0071, "SIEMENS MED PT", 0x22): "SiemensDecayReference",
    (0x0009, "GEMS_PETD_01", 0x0D): "GeDecayReference",
    (0x0019, "SIEMENS MR HEADER", 0x0C): "PrivateBValue",
    (0x2001, "PHILIPS IMAGING DD 001", 0x03): "PrivateBValue",
    (0x0043, "GEMS_PARM_01", 0x39): "PrivateBValue",
}

SIEMENS_HEADER = "SiemensHeader"
_SIEMENS_HEADER_GROUP = 0x0029

PRIVATE_KEYWORDS = frozenset(_PRIVATE.values())
"""Names under which private values appear beside the standard keywords."""

_GE_B_VALUE_OFFSET = 1_000_000
"""GE adds a flag of 1e6 or 1e9 to the first value of (0043,xx39)."""


def wanted_private(group: int, creator: str, number: int, raw: bytes) -> str:
    """Return the name of a private element, empty when it is not used.

    Siemens headers name themselves in their first bytes; de-identification often drops their
    creator.
    """
    if group == _SIEMENS_HEADER_GROUP and raw[:4] == b"SV10":
        return SIEMENS_HEADER
    return _PRIVATE.get((group, creator.upper(), number), "")


def private_value(keyword: str, raw: bytes, *, little_endian: bool) -> dict[str, Any]:
    """Return what the private element contributes to the header values."""
    if keyword == SIEMENS_HEADER:
        return mosaic_values(raw)
    if keyword.endswith("DecayReference"):
        return {keyword: raw.decode("latin-1").strip(" \0")}
    value = _number(raw, little_endian)
    if value is None or value < 0:
        return {}
    if keyword == "PrivateBValue":
        return {keyword: value % _GE_B_VALUE_OFFSET}
    return {keyword: value} if value > 0 else {}


def _number(raw: bytes, little_endian: bool) -> float | None:
    """Return a number written as text, or as a 4 or 8 byte float (implicit files carry no VR)."""
    text = raw.decode("latin-1").split("\\")[0].strip(" \0")
    try:
        value = float(text)
    except ValueError:
        order = "<" if little_endian else ">"
        formats = {4: "f", 8: "d"}
        if len(raw) not in formats or (raw.isascii() and raw.decode().isprintable()):
            return None
        (value,) = struct.unpack(order + formats[len(raw)], raw)
    return value if math.isfinite(value) else None
