"""Masks as small boxes: joining, taking away, packing, and a history with undo per stroke.

A mask is a :class:`Region` (a box of voxels and which of them count), so that a lesion costs what
it covers and not what the volume has. Two masks can be joined only on the same grid.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.measure import Region

Mask = NDArray[np.bool_]
Box = tuple[tuple[int, int, int], tuple[int, int, int]]

EMPTY = Region(low_kji=(0, 0, 0), mask=np.zeros((0, 0, 0), dtype=np.bool_))
MAX_PACKED_VOXELS = 512 * 512 * 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedMask:
    """A mask as bytes: bits of its box, compressed.

    Parameters
    ----------
    low_kji, shape_kji : tuple of int
        The box.
    data : bytes
    """

    low_kji: tuple[int, int, int]
    shape_kji: tuple[int, int, int]
    data: bytes


def is_empty(region: Region) -> bool:
    """Whether no voxel counts."""
    return not region.mask.any()


def trimmed(region: Region) -> Region:
    """Return the mask in the smallest box that holds it."""
    if is_empty(region):
        return EMPTY
    lows, highs = [], []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        used = np.flatnonzero(region.mask.any(axis=others))
        lows.append(int(used[0]))
        highs.append(int(used[-1]) + 1)
    part = region.mask[lows[0] : highs[0], lows[1] : highs[1], lows[2] : highs[2]]
    k, j, i = (start + low for start, low in zip(region.low_kji, lows, strict=True))
    return Region(low_kji=(k, j, i), mask=np.ascontiguousarray(part))


def union(first: Region, second: Region) -> Region:
    """Return the voxels of either mask."""
    box = _common(first, second)
    return trimmed(_placed(_within(first, box) | _within(second, box), box))


def subtract(first: Region, second: Region) -> Region:
    """Return the voxels of the first mask that the second does not hold."""
    box = _common(first, first)
    return trimmed(_placed(first.mask & ~_within(second, box), box))


def intersect(first: Region, second: Region) -> Region:
    """Return the voxels of both masks."""
    box = _common(first, first)
    return trimmed(_placed(first.mask & _within(second, box), box))


def exclusive(first: Region, second: Region) -> Region:
    """Return the voxels in which two masks differ."""
    box = _common(first, second)
    return trimmed(_placed(_within(first, box) ^ _within(second, box), box))


def inside_box(region: Region, box: Box) -> Mask:
    """Return the mask on another box (low, high excluded), shape (k, j, i), bool."""
    return _within(region, box)


def from_full(mask: Mask) -> Region:
    """Return the mask of a whole volume, shape (k, j, i), as a small box."""
    return trimmed(Region(low_kji=(0, 0, 0), mask=mask))


def points_of(region: Region, geometry: VolumeGeometry) -> NDArray[np.float64]:
    """Return the voxel centers of a mask, shape (n, 3), float64, LPS mm."""
    index = np.argwhere(region.mask) + np.asarray(region.low_kji)
    return geometry.index_to_lps(index[:, ::-1].astype(np.float64))


def pack(region: Region) -> PackedMask:
    """Return a mask as bytes."""
    small = trimmed(region)
    k, j, i = small.mask.shape
    data = zlib.compress(np.packbits(small.mask.reshape(-1)).tobytes(), 6)
    return PackedMask(low_kji=small.low_kji, shape_kji=(k, j, i), data=data)


def unpack(packed: PackedMask) -> Region:
    """Return the mask that bytes hold.

    Raises
    ------
    InputRefusedError
        When the bytes are damaged or do not fit the box.
    """
    count = int(np.prod(packed.shape_kji, dtype=np.int64))
    if min(packed.shape_kji) < 0 or not 0 <= count <= MAX_PACKED_VOXELS:
        raise InputRefusedError("The kept outline is damaged.", code="damaged-mask")
    wanted = (count + 7) // 8
    try:
        plain = zlib.decompressobj().decompress(packed.data, wanted + 1)
    except zlib.error as error:
        raise InputRefusedError("The kept outline is damaged.", code="damaged-mask") from error
    if len(plain) != wanted:
        raise InputRefusedError("The kept outline is damaged.", code="damaged-mask")
    bits = np.unpackbits(np.frombuffer(plain, dtype=np.uint8), count=count)
    mask = bits.astype(np.bool_).reshape(packed.shape_kji)
    return Region(low_kji=packed.low_kji, mask=mask)


class MaskHistory:
    """Versions of one mask; each step keeps only the box in which it changed.

    Parameters
    ----------
    start : Region
        Version 0.
    """

    def __init__(self, start: Region = EMPTY) -> None:
        self._current = start
        self._patches: list[PackedMask] = []
        self._position = 0

    @property
    def current(self) -> Region:
        """The mask of the current version."""
        return self._current

    @property
    def version(self) -> int:
        """Number of steps that are in force."""
        return self._position

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._position > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to take again."""
        return self._position < len(self._patches)

    def record(self, changed: Region) -> None:
        """Make ``changed`` the current version; steps taken back before are forgotten."""
        patch = exclusive(self._current, changed)
        del self._patches[self._position :]
        self._patches.append(pack(patch))
        self._position += 1
        self._current = trimmed(changed)

    def undo(self) -> Region:
        """Return the version before the current one, or the same at the first."""
        if self.can_undo:
            self._position -= 1
            self._flip()
        return self._current

    def redo(self) -> Region:
        """Return the version after the current one, or the same at the last."""
        if self.can_redo:
            self._flip()
            self._position += 1
        return self._current

    def _flip(self) -> None:
        self._current = exclusive(self._current, unpack(self._patches[self._position]))


def _common(first: Region, second: Region) -> Box:
    """Return the box around both masks."""
    boxes = [_box(region) for region in (first, second) if region.mask.size]
    if not boxes:
        return ((0, 0, 0), (0, 0, 0))
    low = np.min([box[0] for box in boxes], axis=0)
    high = np.max([box[1] for box in boxes], axis=0)
    return (_triple(low), _triple(high))


def _box(region: Region) -> Box:
    high = np.asarray(region.low_kji) + region.mask.shape
    return (region.low_kji, _triple(high))


def _within(region: Region, box: Box) -> Mask:
    """Return a mask on another box, false where it does not reach."""
    low, high = (np.asarray(corner) for corner in box)
    out = np.zeros(tuple(high - low), dtype=np.bool_)
    own_low, own_high = (np.asarray(corner) for corner in _box(region))
    first, last = np.maximum(low, own_low), np.minimum(high, own_high)
    if np.all(first < last):
        target = tuple(slice(a, b) for a, b in zip(first - low, last - low, strict=True))
        source = tuple(slice(a, b) for a, b in zip(first - own_low, last - own_low, strict=True))
        out[target] = region.mask[source]
    return out


def _placed(mask: Mask, box: Box) -> Region:
    return Region(low_kji=box[0], mask=mask)


def _triple(values: NDArray[np.intp]) -> tuple[int, int, int]:
    k, j, i = (int(value) for value in values)
    return (k, j, i)
