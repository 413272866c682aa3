"""Grids that hold the invented spine: any plane, any voxel size, straight or oblique."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tests.support.invented_spine.anatomy import PhantomSpine
from workstation.imaging.geometry import VolumeGeometry

AXIAL = np.eye(3)
"""Columns: directions of i, j, k. Axial: to the left, to the back, to the head."""

SAGITTAL = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
"""Sagittal: rows from front to back, columns from head to foot, slices from right to left."""

CORONAL = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


def rotated(direction: NDArray[np.float64], axis: int, angle_deg: float) -> NDArray[np.float64]:
    """Return directions turned about a patient axis (0 left, 1 back, 2 head)."""
    a, b = ((1, 2), (2, 0), (0, 1))[axis]
    turn = np.eye(3)
    turn[a, a] = turn[b, b] = np.cos(np.radians(angle_deg))
    turn[b, a] = np.sin(np.radians(angle_deg))
    turn[a, b] = -turn[b, a]
    return turn @ direction


def grid_around(
    spine: PhantomSpine,
    spacing_mm: Sequence[float],
    direction: NDArray[np.float64] = AXIAL,
    margins_mm: Sequence[float] = (30.0, 45.0, 12.0),
) -> VolumeGeometry:
    """Return a grid around the vertebrae of a spine.

    Parameters
    ----------
    spine : PhantomSpine
    spacing_mm : sequence of float
        Along i, j, k.
    direction : ndarray, shape (3, 3), float64
    margins_mm : sequence of float
        Around the body centers to left and right, front and back, head and foot.
    """
    bodies = spine.vertebrae
    centers = np.array([body.center_lps for body in bodies])
    ends = np.array([0.0, 0.0, max(body.heights_mm[1] for body in bodies)])
    low = centers.min(axis=0) - np.asarray(margins_mm) - ends / 2.0
    high = centers.max(axis=0) + np.asarray(margins_mm) + ends / 2.0
    cube = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    corners = low + np.array(cube) * (high - low)
    along = corners @ direction
    first, last = along.min(axis=0), along.max(axis=0)
    spacing = np.asarray(spacing_mm, dtype=np.float64)
    size = np.ceil((last - first) / spacing).astype(int) + 1
    x, y, z = direction @ first
    return VolumeGeometry(
        shape_kji=(int(size[2]), int(size[1]), int(size[0])),
        spacing_ijk=(float(spacing[0]), float(spacing[1]), float(spacing[2])),
        origin_lps=(float(x), float(y), float(z)),
        direction=np.ascontiguousarray(direction),
    )
