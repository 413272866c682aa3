"""What Siemens headers say about a mosaic: number of tiles and the direction of its slices.

The format ("SV10", a list of named text items) is described by the manufacturer and by several
open readers; only three items are read here, within fixed bounds.
"""

from __future__ import annotations

import math
import re
import struct
from typing import Any

_MAX_TAGS = 200
_MAX_ITEMS = 100
_PROTOCOL = "MrPhoenixProtocol"
_SLICE_COUNT = re.compile(r"sSliceArray\.lSize\s*=\s*(\d{1,4})")
_SLICE_CENTER = re.compile(
    r"sSliceArray\.asSlice\[(\d{1,4})\]\.sPosition\.d(Sag|Cor|Tra)\s*=\s*(-?[\d.e+-]{1,30})"
)


def mosaic_values(raw: bytes) -> dict[str, Any]:
    """Return what a Siemens header says about a mosaic, as plain header values.

    ``MosaicTiles`` is the number of tiles; ``MosaicNormal`` the direction from tile to tile;
    ``MosaicEnds`` the centers (LPS, mm) of the first and the last slice of the protocol, in
    either order of the tiles.
    """
    if raw[:4] != b"SV10" or len(raw) < 16:
        return {}
    items = _csa_items(raw, {"NumberOfImagesInMosaic", "SliceNormalVector", _PROTOCOL})
    found: dict[str, Any] = {}
    tiles = _numbers(items.get("NumberOfImagesInMosaic", []))
    if tiles and tiles[0] >= 1:
        found["MosaicTiles"] = int(tiles[0])
    normal = _numbers(items.get("SliceNormalVector", []))
    if len(normal) == 3:
        found["MosaicNormal"] = normal
    for protocol in items.get(_PROTOCOL, [])[:1]:
        found.update(_protocol_values(protocol))
    return found


def _protocol_values(protocol: str) -> dict[str, Any]:
    count = _SLICE_COUNT.search(protocol)
    if count is None or int(count[1]) < 2:
        return {}
    centers: dict[int, dict[str, float]] = {}
    for number, axis, value in _SLICE_CENTER.findall(protocol):
        (parsed,) = _numbers([value]) or [0.0]
        centers.setdefault(int(number), {})[axis] = parsed
    last = int(count[1]) - 1
    if 0 not in centers or last not in centers:
        return {"ProtocolSlices": last + 1}
    ends = [centers[n].get(axis, 0.0) for n in (0, last) for axis in ("Sag", "Cor", "Tra")]
    return {"ProtocolSlices": last + 1, "MosaicEnds": ends}


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
