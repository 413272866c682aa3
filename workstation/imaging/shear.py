"""Sheared stacks (tilted gantry) put upright: each picture is shifted within its own plane.

The pictures keep their planes, so nothing is interpolated between slices and straight rods stay
straight; only the in-plane shift is interpolated (linear). The grid grows to hold every picture.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.stack_geometry import FrameStack


def upright_geometry(stack: FrameStack) -> VolumeGeometry:
    """Return the perpendicular grid that holds a sheared stack; that of others unchanged."""
    if not stack.sheared:
        return stack.geometry
    geometry = stack.geometry
    low_ij, high_ij = _extent(stack)
    slices, rows, columns = geometry.shape_kji
    shape = (slices, rows + high_ij[1] - low_ij[1], columns + high_ij[0] - low_ij[0])
    origin = geometry.index_to_lps(np.array([low_ij[0], low_ij[1], 0.0]))
    x, y, z = (float(value) for value in origin)
    return replace(geometry, shape_kji=shape, origin_lps=(x, y, z))


def shifted_slice(
    picture: NDArray[Any], stack: FrameStack, k: int, background: float
) -> NDArray[np.float32]:
    """Return one picture of a sheared stack on the upright grid, shape (rows, columns)."""
    low_ij, _ = _extent(stack)
    shift = _shift_px(stack, k)
    _, rows, columns = upright_geometry(stack).shape_kji
    grid = np.full((rows, columns), background, dtype=np.float32)
    floor_i, floor_j = (int(np.floor(value)) for value in shift)
    part_i, part_j = shift[0] - floor_i, shift[1] - floor_j
    padded = np.pad(picture.astype(np.float32), 1, constant_values=background)
    blended = _blend(_blend(padded, part_j, 0), part_i, 1)
    top, left = floor_j - low_ij[1], floor_i - low_ij[0]
    height, width = blended.shape
    height, width = min(height, rows - top), min(width, columns - left)
    grid[top : top + height, left : left + width] = blended[:height, :width]
    return grid


def _blend(padded: NDArray[np.float32], part: float, axis: int) -> NDArray[np.float32]:
    """Return the picture moved by ``part`` of a pixel towards higher index along ``axis``."""
    after = np.delete(padded, 0, axis=axis)
    before = np.delete(padded, -1, axis=axis)
    moved: NDArray[np.float32] = (after * (1.0 - part) + before * part).astype(np.float32)
    return moved


def _shift_px(stack: FrameStack, k: int) -> tuple[float, float]:
    spacing_i, spacing_j, _ = stack.geometry.spacing_ijk
    return (stack.shear_ij_mm[0] * k / spacing_i, stack.shear_ij_mm[1] * k / spacing_j)


def _extent(stack: FrameStack) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return how far (whole pixels) the grid must reach below and above the first picture."""
    far = _shift_px(stack, stack.geometry.shape_kji[0] - 1)
    low = tuple(int(np.floor(min(value, 0.0))) for value in far)
    high = tuple(int(np.ceil(max(value, 0.0))) for value in far)
    return (low[0], low[1]), (high[0], high[1])
