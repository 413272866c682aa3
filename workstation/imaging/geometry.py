"""Where voxels are: index to patient coordinates and back, for a regular grid.

World is DICOM LPS in millimetres (PS3.3 C.7.6.2.1.1); arrays are ``[k, j, i]`` (slice, row,
column), indices in this module are ``(i, j, k)`` as in SimpleITK and VTK. Nothing here depends on
the name of a plane or on Patient Position: left and right follow from the direction matrix alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError

Matrix = NDArray[np.float64]

ORTHOGONALITY_TOLERANCE = 1e-3
"""Largest dot product of two direction vectors that still counts as orthogonal (IOP tolerance)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VolumeGeometry:
    """A regular grid in patient space.

    Parameters
    ----------
    shape_kji : tuple of int
        Number of slices, rows, columns.
    spacing_ijk : tuple of float
        Distance between voxel centers along i (columns), j (rows), k (slices), mm, positive.
    origin_lps : tuple of float
        Center of voxel (0, 0, 0), mm.
    direction : ndarray, shape (3, 3), float64
        Unit vectors of i, j, k in LPS as columns; orthonormal, either handedness.

    Raises
    ------
    InputRefusedError
        When the spacing is not positive or the directions are not orthonormal.
    """

    shape_kji: tuple[int, int, int]
    spacing_ijk: tuple[float, float, float]
    origin_lps: tuple[float, float, float]
    direction: Matrix

    def __post_init__(self) -> None:
        if not all(np.isfinite(value) and value > 0 for value in self.spacing_ijk):
            raise InputRefusedError(
                "The distance between voxels is missing or not positive.", code="bad-spacing"
            )
        product = self.direction.T @ self.direction
        if not np.allclose(product, np.eye(3), atol=ORTHOGONALITY_TOLERANCE):
            raise InputRefusedError(
                "The image axes are not at right angles to each other.", code="bad-orientation"
            )
        self.direction.setflags(write=False)

    @property
    def size_ijk(self) -> tuple[int, int, int]:
        """Number of voxels along i, j, k."""
        k, j, i = self.shape_kji
        return (i, j, k)

    @property
    def affine(self) -> Matrix:
        """Homogeneous matrix from index (i, j, k) to LPS mm, shape (4, 4)."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.direction * np.asarray(self.spacing_ijk)
        matrix[:3, 3] = self.origin_lps
        return matrix

    def index_to_lps(self, indices_ijk: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return LPS points (..., 3) in mm of continuous indices (..., 3)."""
        indices = np.asarray(indices_ijk, dtype=np.float64)
        scaled: Matrix = indices * np.asarray(self.spacing_ijk)
        points: Matrix = scaled @ self.direction.T + np.asarray(self.origin_lps)
        return points

    def lps_to_index(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return continuous indices (..., 3) of LPS points (..., 3) in mm."""
        offset = np.asarray(points_lps, dtype=np.float64) - np.asarray(self.origin_lps)
        inverse = np.linalg.inv(self.direction).astype(np.float64)
        indices: Matrix = offset @ inverse.T / np.asarray(self.spacing_ijk)
        return indices

    @property
    def center_lps(self) -> tuple[float, float, float]:
        """The middle of the grid, mm."""
        middle = (np.asarray(self.size_ijk, dtype=np.float64) - 1.0) / 2.0
        x, y, z = self.index_to_lps(middle)
        return (float(x), float(y), float(z))

    def corners_lps(self) -> NDArray[np.float64]:
        """Return the eight outer corners (voxel edges, not centers), shape (8, 3), mm."""
        i, j, k = self.size_ijk
        grid = np.array(
            [(a, b, c) for a in (-0.5, i - 0.5) for b in (-0.5, j - 0.5) for c in (-0.5, k - 0.5)]
        )
        return self.index_to_lps(grid)

    def contains(self, point_lps: tuple[float, float, float]) -> bool:
        """Whether the point lies inside the outer faces of the grid."""
        index = self.lps_to_index(np.asarray(point_lps))
        upper = np.asarray(self.size_ijk) - 0.5
        return bool(np.all(index >= -0.5) and np.all(index <= upper))
