"""Values between voxels: trilinear and nearest sampling at LPS points, and planar reformats."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.volume import Volume

Points = NDArray[np.float64]

CORNERS = tuple((dk, dj, di) for dk in (0, 1) for dj in (0, 1) for di in (0, 1))


def sample_linear(volume: Volume, points_lps: Points, outside: float = np.nan) -> Points:
    """Return trilinear values at LPS points.

    Parameters
    ----------
    volume : Volume
    points_lps : ndarray, shape (..., 3), float64, mm
    outside : float
        Value of points outside the outer faces of the grid. Between the outermost voxel centers
        and the outer faces the value of the nearest voxel center plane continues.

    Returns
    -------
    ndarray, shape (...), float64
    """
    indices = volume.geometry.lps_to_index(points_lps)
    values = interpolate(volume.array, indices)
    return np.where(_inside(indices, volume), values, outside)


def sample_nearest(volume: Volume, points_lps: Points, outside: float = np.nan) -> Points:
    """Return the value of the nearest voxel at LPS points (shapes as in :func:`sample_linear`)."""
    indices = volume.geometry.lps_to_index(points_lps)
    k, j, i = nearest_kji(indices, volume.array.shape)
    values = volume.array[k, j, i].astype(np.float64)
    return np.where(_inside(indices, volume), values, outside)


def nearest_index(volume: Volume, point_lps: tuple[float, float, float]) -> tuple[int, int, int]:
    """Return the (i, j, k) of the voxel in which a point lies; may be outside the grid."""
    index = volume.geometry.lps_to_index(np.asarray(point_lps))
    i, j, k = np.floor(index + 0.5).astype(int)
    return (int(i), int(j), int(k))


def nearest_kji(
    indices_ijk: Points, shape_kji: tuple[int, ...]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return array indices of the nearest voxels, clamped to the grid."""
    rounded = np.floor(indices_ijk + 0.5).astype(np.intp)
    k, j, i = (np.clip(rounded[..., axis], 0, shape_kji[2 - axis] - 1) for axis in (2, 1, 0))
    return k, j, i


def interpolate(array: NDArray[Any], indices_ijk: Points) -> Points:
    """Return trilinear values at continuous indices, clamped to the grid.

    Parameters
    ----------
    array : ndarray, shape (k, j, i)
    indices_ijk : ndarray, shape (..., 3), float64
    """
    upper = np.array(array.shape[::-1]) - 1
    clamped = np.clip(indices_ijk, 0.0, upper)
    base = np.minimum(np.floor(clamped).astype(np.intp), np.maximum(upper - 1, 0))
    part = clamped - base
    total = np.zeros(indices_ijk.shape[:-1])
    for dk, dj, di in CORNERS:
        offset = np.array((di, dj, dk))
        weight = np.prod(np.where(offset == 1, part, 1.0 - part), axis=-1)
        i, j, k = np.moveaxis(np.minimum(base + offset, upper), -1, 0)
        total += weight * array[k, j, i]
    return total


def reformat(
    volume: Volume,
    center_lps: tuple[float, float, float],
    axes_lps: tuple[tuple[float, float, float], tuple[float, float, float]],
    size: tuple[int, int],
    pixel_mm: float,
) -> Points:
    """Return a plane through the volume.

    Parameters
    ----------
    volume : Volume
    center_lps : tuple of float
        Point shown in the middle of the picture, mm.
    axes_lps : tuple
        Unit vectors along a picture row (to the right) and down a picture column.
    size : tuple of int
        Width and height in pixels.
    pixel_mm : float
        Side of a pixel, mm.

    Returns
    -------
    ndarray, shape (height, width), float64
        Trilinear values; NaN outside the volume.
    """
    width, height = size
    across = (np.arange(width) - (width - 1) / 2.0) * pixel_mm
    down = (np.arange(height) - (height - 1) / 2.0) * pixel_mm
    right, below = (np.asarray(axis, dtype=np.float64) for axis in axes_lps)
    points = np.asarray(center_lps) + across[None, :, None] * right + down[:, None, None] * below
    return sample_linear(volume, points)


def _inside(indices_ijk: Points, volume: Volume) -> NDArray[np.bool_]:
    upper = np.array(volume.array.shape[::-1]) - 0.5
    inside: NDArray[np.bool_] = np.all((indices_ijk >= -0.5) & (indices_ijk <= upper), axis=-1)
    return inside
