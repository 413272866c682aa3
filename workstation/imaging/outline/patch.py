"""A cube of even voxels around a lesion, cut from any grid, and masks brought back to that grid.

ITK filters get this cube and never the volume: nearly every classical method is quick at 50 voxels
a side and useless at 500 (algorithms document, section 0).
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.measure import Region
from workstation.imaging.resample import interpolate
from workstation.imaging.volume import Volume

Array = NDArray[np.float64]

MARGIN_VOXELS = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LesionCube:
    """Even voxels around a sphere, along the axes of the volume they come from.

    Parameters
    ----------
    image : SimpleITK.Image
        Values, float32, in LPS.
    low_lps : ndarray, shape (3,), float64, mm
        Center of the first voxel.
    direction : ndarray, shape (3, 3), float64
        Unit vectors of i, j, k as columns.
    voxel_mm : float
    """

    image: Any
    low_lps: Array
    direction: Array
    voxel_mm: float

    @property
    def shape_kji(self) -> tuple[int, int, int]:
        """Number of voxels."""
        i, j, k = self.image.GetSize()
        return (k, j, i)

    def points(self) -> Array:
        """Return the voxel centers, shape (k, j, i, 3), LPS mm."""
        k, j, i = np.indices(self.shape_kji, dtype=np.float64)
        steps = np.stack([i, j, k], axis=-1) * self.voxel_mm
        return self.low_lps + steps @ self.direction.T

    def index(self, points_lps: Array) -> Array:
        """Return continuous indices (i, j, k) of LPS points (..., 3)."""
        return (points_lps - self.low_lps) @ self.direction / self.voxel_mm


def sitk() -> Any:
    """Return SimpleITK, which is slow to import."""
    return importlib.import_module("SimpleITK")


def cube_around(volume: Volume, center_lps: Array, radius_mm: float, max_voxels: int) -> LesionCube:
    """Return even voxels around a sphere, half as wide as the volume's but not too many."""
    geometry = volume.geometry
    finest = max(min(geometry.spacing_ijk) / 2.0, 0.3)
    coarsest = (2.0 * radius_mm) / max(max_voxels ** (1.0 / 3.0) - 2 * MARGIN_VOXELS, 8.0)
    voxel = max(finest, coarsest)
    half = int(np.ceil(radius_mm / voxel)) + MARGIN_VOXELS
    low = center_lps - half * voxel * geometry.direction.sum(axis=1)
    itk = sitk()
    filtered = itk.Resample(
        _near(volume, center_lps, (half + 2) * voxel),
        [2 * half + 1] * 3,
        itk.Transform(),
        itk.sitkLinear,
        [float(value) for value in low],
        [voxel] * 3,
        [float(value) for value in geometry.direction.ravel()],
        float(volume.array.flat[0]),
        itk.sitkFloat32,
    )
    return LesionCube(
        image=filtered, low_lps=low, direction=np.array(geometry.direction), voxel_mm=voxel
    )


def to_native(cube: LesionCube, mask: NDArray[np.bool_], limit: Region, volume: Volume) -> Region:
    """Return a mask of the cube on the native voxels, never beyond ``limit``."""
    index = np.argwhere(limit.mask) + np.asarray(limit.low_kji)
    points = volume.geometry.index_to_lps(index[:, ::-1].astype(np.float64))
    share = interpolate(mask.astype(np.float32), cube.index(points))
    native = np.zeros_like(limit.mask)
    native[limit.mask] = share >= 0.5
    return Region(low_kji=limit.low_kji, mask=native)


def _near(volume: Volume, center_lps: Array, reach_mm: float) -> Any:
    """Return the voxels around a point as an image in LPS."""
    geometry = volume.geometry
    middle = geometry.lps_to_index(center_lps)
    reach = reach_mm * np.sqrt(3.0) / np.asarray(geometry.spacing_ijk) + 1.0
    upper = np.array(geometry.size_ijk) - 1
    low = np.clip(np.floor(middle - reach).astype(int), 0, upper)
    high = np.clip(np.ceil(middle + reach).astype(int), 0, upper)
    box = tuple(slice(low[axis], high[axis] + 1) for axis in (2, 1, 0))
    image = sitk().GetImageFromArray(np.ascontiguousarray(volume.array[box], dtype=np.float32))
    image.SetSpacing(geometry.spacing_ijk)
    image.SetDirection([float(value) for value in geometry.direction.ravel()])
    image.SetOrigin([float(v) for v in geometry.index_to_lps(low.astype(np.float64))])
    return image
