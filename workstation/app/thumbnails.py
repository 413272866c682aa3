"""Small pictures of volumes, for the study list: from the middle slice, before all is loaded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.volume import Volume

if TYPE_CHECKING:
    # The readers import pydicom and SimpleITK, which a start without images does not need.
    from workstation.imaging.catalog import VolumeEntry

THUMBNAIL_PX = 96
"""Longest side of a thumbnail."""


def middle_slice_entry(entry: VolumeEntry) -> VolumeEntry | None:
    """Return the entry with its middle slice alone; None where slices cannot be read one by one.

    The result has its place in space shifted and is good for a picture only.
    """
    # Late, for the same reason; an entry exists only after the readers were imported.
    from workstation.imaging.stack_geometry import FrameStack

    stack = entry.source
    if not isinstance(stack, FrameStack) or stack.sheared:
        return None
    middle = len(stack.frames) // 2
    _, rows, columns = stack.geometry.shape_kji
    geometry = replace(stack.geometry, shape_kji=(1, rows, columns))
    single = replace(
        stack, frames=(stack.frames[middle],), slices=(0,), geometry=geometry, findings=()
    )
    return replace(entry, source=single, geometry=geometry)


def thumbnail_of(volume: Volume) -> NDArray[np.uint8]:
    """Return the middle slice as a small gray picture, shape (rows, columns), uint8.

    Gray runs over the window of the header, else between the 1st and 99th percentile; pixels keep
    the shape they have in mm, the longest side is :data:`THUMBNAIL_PX`.
    """
    plane = volume.array[volume.array.shape[0] // 2].astype(np.float32)
    rows, columns = plane.shape
    width_mm = columns * volume.geometry.spacing_ijk[0]
    height_mm = rows * volume.geometry.spacing_ijk[1]
    scale = THUMBNAIL_PX / max(width_mm, height_mm)
    row_index = _picked(rows, round(height_mm * scale))
    column_index = _picked(columns, round(width_mm * scale))
    small = plane[np.ix_(row_index, column_index)]
    low, high = _gray_range(volume, small)
    gray = np.clip((small - low) / max(high - low, 1e-6), 0.0, 1.0)
    picture: NDArray[np.uint8] = (gray * 255.0 + 0.5).astype(np.uint8)
    return picture


def _picked(count: int, wanted: int) -> NDArray[np.intp]:
    """Return ``wanted`` indices spread evenly over ``count`` pixels, at their middles."""
    wanted = max(wanted, 1)
    return ((np.arange(wanted) + 0.5) * count / wanted).astype(np.intp)


def _gray_range(volume: Volume, plane: NDArray[np.float32]) -> tuple[float, float]:
    window = volume.header_window
    if window is not None:
        return (window.center - window.width / 2.0, window.center + window.width / 2.0)
    low, high = np.percentile(plane, (1.0, 99.0))
    return (float(low), float(high))
