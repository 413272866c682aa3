"""Lookup tables of a DICOM header: stored pixels to values, or values to gray (PS3.3 C.11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.volume import WindowSetting

_SIGNED_FROM = 32768
_EVERY_ENTRY = 65536
"""What a count of 0 stands for: 16 bits cannot hold it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LookupTable:
    """One table.

    Parameters
    ----------
    first : int
        Input that gives the first entry; lower ones give it too, higher than the last the last.
    entries : ndarray, shape (n,), float32
    """

    first: int
    entries: NDArray[np.float32]

    def applied(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Return the entries of values, same shape."""
        index = np.rint(values.astype(np.float64)).astype(np.int64) - self.first
        return self.entries[np.clip(index, 0, self.entries.size - 1)]

    @property
    def window(self) -> WindowSetting | None:
        """The window over the inputs between which the table rises or falls; None for none.

        Where the entries begin and end at constant values, those ends lie outside of it.
        """
        changing = np.flatnonzero(np.diff(self.entries))
        if changing.size == 0:
            return None
        low, high = self.first + int(changing[0]), self.first + int(changing[-1]) + 1
        return WindowSetting(center=(low + high) / 2.0, width=float(high - low))


def lookup_table(item: TagValues, *, signed: bool) -> LookupTable | None:
    """Return the table of a sequence item, or None when it is missing or contradicts itself.

    Parameters
    ----------
    item : TagValues
        With LUT Descriptor and LUT Data.
    signed : bool
        Whether the inputs may be negative; the first input is then a signed number.
    """
    descriptor = item.numbers("LUTDescriptor", 3)
    data = item.numbers_of_any_count("LUTData")
    if descriptor is None or not data:
        return None
    count, first, bits = (int(value) for value in descriptor)
    count = count or _EVERY_ENTRY
    entries = np.array(data, dtype=np.float32)
    if bits <= 8 and entries.size * 2 in (count, count + 1):
        entries = np.array(data, dtype="<u2").view(np.uint8)[:count].astype(np.float32)
    if signed and first >= _SIGNED_FROM:
        first -= 2 * _SIGNED_FROM
    if entries.size < count:
        return None
    return LookupTable(first=first, entries=entries[:count])
