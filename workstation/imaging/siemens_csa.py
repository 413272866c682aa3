"""What the Siemens image header says about a mosaic: number of tiles and slice normal.

The format ("SV10", a list of named text items) is described by the manufacturer and by several
open readers; only two items are read here, within fixed bounds.
"""

from __future__ import annotations

import math
import struct
from typing import Any

_MAX_TAGS = 200
_MAX_ITEMS = 100


def mosaic_values(raw: bytes) -> dict[str, Any]:
    """Return ``MosaicTiles`` and ``MosaicNormal`` of a Siemens image header, where present."""
    if raw[:4] != b"SV10" or len(raw) < 16:
        return {}
    items = _csa_items(raw, {"NumberOfImagesInMosaic", "SliceNormalVector"})
    found: dict[str, Any] = {}
    tiles = _numbers(items.get("NumberOfImagesInMosaic", []))
    if tiles and tiles[0] >= 1:
        found["MosaicTiles"] = int(tiles[0])
    normal = _numbers(items.get("SliceNormalVector", []))
    if len(normal) == 3:
        found["MosaicNormal"] = normal
    return found


def _csa_items(raw: bytes, names: set[str]) -> dict[str, list[str]]:
    (count,) = struct.unpack_from("<I", raw, 8)
    position = 16
    found: dict[str, list[str]] = {}
    for _ in range(min(count, _MAX_TAGS)):
        if position + 84 > len(raw):
            break
        name = raw[position : position + 64].split(b"\0")[0].decode("latin-1")
        (item_count,) = struct.unpack_from("<I", raw, position + 76)
        position, values = _csa_values(raw, position + 84, min(item_count, _MAX_ITEMS))
        if name in names:
            found[name] = values
    return found


def _csa_values(raw: bytes, position: int, count: int) -> tuple[int, list[str]]:
    values = []
    for _ in range(count):
        if position + 16 > len(raw):
            break
        (length,) = struct.unpack_from("<I", raw, position + 4)
        value = raw[position + 16 : position + 16 + length].split(b"\0")[0]
        if value.strip():
            values.append(value.decode("latin-1").strip())
        position += 16 + (length + 3) // 4 * 4
    return position, values


def _numbers(texts: list[str]) -> list[float]:
    try:
        values = [float(text) for text in texts]
    except ValueError:
        return []
    return values if all(math.isfinite(value) for value in values) else []
