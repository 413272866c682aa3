"""The part of a volume that 3D shows, on an upright grid of its own, in two levels of detail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkImagingCore import vtkImageReslice

from workstation.base.errors import RenderError
from workstation.imaging.volume import Volume
from workstation.rendering.plane import Vector, as_vector
from workstation.rendering.vtk_errors import vtk_errors_raised
from workstation.rendering.vtk_image import shared_image, to_numpy_array, to_vtk_array

FINE_MM = 1.0
COARSE_FACTOR = 2
LARGEST_GRID = 64_000_000
"""Voxels; a corridor that needs more is refused before memory is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """A box in patient space whose faces follow the LPS axes.

    Parameters
    ----------
    low_lps, high_lps : tuple of float
        Smallest and largest coordinates, mm.
    """

    low_lps: Vector
    high_lps: Vector

    @classmethod
    def around(cls, points_lps: ArrayLike, margin_mm: float) -> Corridor:
        """Return the box that keeps a margin around points (n, 3), such as the vertebrae."""
        points = np.asarray(points_lps, dtype=np.float64).reshape(-1, 3)
        return cls(
            low_lps=as_vector(points.min(axis=0) - margin_mm),
            high_lps=as_vector(points.max(axis=0) + margin_mm),
        )

    @classmethod
    def whole(cls, volume: Volume) -> Corridor:
        """Return the box around a whole volume."""
        return cls.around(volume.geometry.corners_lps(), 0.0)

    def clipped_to(self, volume: Volume) -> Corridor:
        """Return the part of the box that the volume reaches.

        Raises
        ------
        RenderError
            When the volume does not reach the box at all.
        """
        whole = Corridor.whole(volume)
        low = np.maximum(self.low_lps, whole.low_lps)
        high = np.minimum(self.high_lps, whole.high_lps)
        if np.any(high <= low):
            raise RenderError("This series has no images in this region.", code="no-images-here")
        return Corridor(low_lps=as_vector(low), high_lps=as_vector(high))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Values on an upright grid.

    Parameters
    ----------
    values : ndarray, shape (z, y, x), dtype of the volume, C-contiguous
        In the unit of the volume; where the volume does not reach, its smallest value.
    spacing_mm : float
        The same along x, y and z.
    origin_lps : tuple of float
        Center of voxel (0, 0, 0), mm.
    """

    values: NDArray[Any]
    spacing_mm: float
    origin_lps: Vector

    @property
    def center_lps(self) -> Vector:
        """The middle of the grid, mm."""
        z, y, x = self.values.shape
        half = (np.array([x, y, z]) - 1.0) * self.spacing_mm / 2.0
        return as_vector(np.asarray(self.origin_lps) + half)

    @property
    def extent_mm(self) -> Vector:
        """Length along x, y and z, mm."""
        z, y, x = self.values.shape
        return as_vector(np.array([x, y, z]) * self.spacing_mm)

    def image(self) -> vtkImageData:
        """Return the grid for VTK, on the same memory."""
        z, y, x = self.values.shape
        image = vtkImageData()
        image.SetDimensions(x, y, z)
        image.SetSpacing(self.spacing_mm, self.spacing_mm, self.spacing_mm)
        image.SetOrigin(*self.origin_lps)
        image.GetPointData().SetScalars(to_vtk_array(self.values.reshape(-1)))
        return image

    def linear(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return trilinear values (n,) at points (n, 3) in mm; NaN outside voxel centers."""
        index = (points_lps - np.asarray(self.origin_lps)) / self.spacing_mm
        upper = np.array(self.values.shape[::-1]) - 1
        inside = np.all((index >= 0) & (index <= upper), axis=1)
        result = np.full(len(index), np.nan)
        low = np.minimum(np.floor(index[inside]).astype(int), np.maximum(upper - 1, 0))
        result[inside] = self._mixed(low, index[inside] - low, upper)
        return result

    def _mixed(
        self, low: NDArray[np.int_], part: NDArray[np.float64], upper: NDArray[np.int_]
    ) -> NDArray[np.float64]:
        total = np.zeros(len(low))
        for corner in np.ndindex(2, 2, 2):
            at = np.minimum(low + np.array(corner), upper)
            weight = np.prod(np.where(np.array(corner) == 1, part, 1.0 - part), axis=1)
            total += weight * self.values[at[:, 2], at[:, 1], at[:, 0]]
        return total


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedCorridor:
    """A corridor in two levels of detail: fine when still, coarse while moving."""

    fine: Grid
    coarse: Grid


def prepare_corridor(
    volume: Volume, corridor: Corridor, spacing_mm: float = FINE_MM
) -> PreparedCorridor:
    """Return the corridor of a volume, ready to be drawn; takes a fraction of a second.

    Parameters
    ----------
    volume : Volume
    corridor : Corridor
        Clipped to the volume.
    spacing_mm : float
        Of the fine level; the coarse level has twice this.

    Raises
    ------
    RenderError
        When the volume does not reach the corridor, or the grid would be too large.
    """
    clipped = corridor.clipped_to(volume)
    fine = _resampled(volume, clipped, spacing_mm)
    return PreparedCorridor(fine=fine, coarse=_halved(fine))


def _resampled(volume: Volume, box: Corridor, spacing_mm: float) -> Grid:
    extent = np.subtract(box.high_lps, box.low_lps)
    counts = np.maximum(np.ceil(extent / spacing_mm).astype(int), 2)
    if int(np.prod(counts)) > LARGEST_GRID:
        raise RenderError(
            "This region is too large for a 3D view at this detail.",
            detail=f"{counts.tolist()} voxels",
            code="region-too-large",
        )
    origin = np.add(box.low_lps, (extent - (counts - 1) * spacing_mm) / 2.0)
    reslice = _grid_filter(volume, origin, counts, spacing_mm)
    with vtk_errors_raised():
        reslice.Update()
    scalars = reslice.GetOutput().GetPointData().GetScalars()
    values = to_numpy_array(scalars).reshape(counts[::-1]).copy()
    return Grid(values=values, spacing_mm=spacing_mm, origin_lps=as_vector(origin))


def _grid_filter(
    volume: Volume, origin: NDArray[np.float64], counts: NDArray[np.int_], spacing_mm: float
) -> vtkImageReslice:
    index_image = vtkImageData()
    index_image.SetDimensions(*volume.geometry.size_ijk)
    scalars = shared_image(volume).data.GetPointData().GetScalars()
    index_image.GetPointData().SetScalars(scalars)
    to_lps = np.diag([spacing_mm, spacing_mm, spacing_mm, 1.0])
    to_lps[:3, 3] = origin
    to_index = np.linalg.inv(volume.geometry.affine) @ to_lps
    axes = vtkMatrix4x4()
    axes.DeepCopy(tuple(np.round(to_index, 12).reshape(-1).tolist()))
    reslice = vtkImageReslice()
    reslice.SetInputData(index_image)
    reslice.SetResliceAxes(axes)
    reslice.SetOutputOrigin(0.0, 0.0, 0.0)
    reslice.SetOutputSpacing(1.0, 1.0, 1.0)
    x, y, z = (int(count) - 1 for count in counts)
    reslice.SetOutputExtent(0, x, 0, y, 0, z)
    reslice.SetInterpolationModeToLinear()
    reslice.SetBackgroundLevel(float(volume.array.min()))
    return reslice


def _halved(grid: Grid) -> Grid:
    """Return the grid with blocks of 2 x 2 x 2 voxels replaced by their mean."""
    factor = COARSE_FACTOR
    # An odd last layer is repeated, so that nothing at the border is lost.
    padded = np.pad(grid.values, [(0, size % factor) for size in grid.values.shape], mode="edge")
    z, y, x = (size // factor for size in padded.shape)
    blocks = padded.reshape(z, factor, y, factor, x, factor)
    values = blocks.mean(axis=(1, 3, 5), dtype=np.float32).astype(grid.values.dtype)
    shift = (factor - 1) * grid.spacing_mm / 2.0
    return Grid(
        values=np.ascontiguousarray(values),
        spacing_mm=grid.spacing_mm * factor,
        origin_lps=as_vector(np.asarray(grid.origin_lps) + shift),
    )
