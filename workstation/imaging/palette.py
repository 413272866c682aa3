"""Palette color: stored values are numbers of table entries (PS3.3 section C.7.9)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.imaging.dicom_tags import TagValues

COLORS = ("Red", "Green", "Blue")


def palette_rgb(stored: NDArray[Any], tags: TagValues) -> NDArray[np.uint8]:
    """Return the RGB picture of palette indices, shape (rows, columns, 3).

    Raises
    ------
    InputRefusedError
        When a table is missing or shorter than its descriptor says.
    """
    return np.stack([_channel(stored, tags, color) for color in COLORS], axis=-1)


def _channel(stored: NDArray[Any], tags: TagValues, color: str) -> NDArray[np.uint8]:
    descriptor = tags.numbers(f"{color}PaletteColorLookupTableDescriptor", 3)
    data = tags.numbers_of_any_count(f"{color}PaletteColorLookupTableData")
    if descriptor is None or not data:
        raise InputRefusedError("The color table of the picture is missing.", code="no-palette")
    count, first, bits = (int(value) for value in descriptor)
    count = count or 65536
    entries = _entries(np.array(data, dtype=np.uint16), count, bits)
    if entries.size < count:
        raise InputRefusedError("The color table of the picture is too short.", code="no-palette")
    index = np.clip(stored.astype(np.int64) - first, 0, count - 1)
    return entries[index]


def _entries(words: NDArray[np.uint16], count: int, bits: int) -> NDArray[np.uint8]:
    """Return 8-bit entries; 8-bit tables may be packed two to a word."""
    if bits == 8 and words.size * 2 >= count > words.size:
        return words.view(np.uint8)
    return (words >> 8 if bits > 8 else words).astype(np.uint8)
