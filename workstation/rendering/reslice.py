"""Values of one volume on the pixels of a view, thin or thick; VTK does the interpolation.

No OpenGL takes part: a slice is the same on every machine, with and without a graphics card.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import VTK_FLOAT
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkImagingCore import vtkImageReslice

from workstation.imaging.geometry import Matrix
from workstation.imaging.volume import Volume
from workstation.rendering.plane import Interpolation, PlaneView, Size, SlabMode
from workstation.rendering.stack import aligned_axis, voxel_step_mm
from workstation.rendering.vtk_errors import vtk_errors_raised
from workstation.rendering.vtk_image import SharedImage, shared_image, to_numpy_array, to_vtk_array

Values = NDArray[np.float32]
"""Shape (h, w), top row first, in the unit of the volume; ``OUTSIDE`` where there is no voxel."""

OUTSIDE = np.float32(-1e30)
"""Stands for "no voxel here"; no modality comes near it."""

CENTER_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class _Slab:
    """Native slices that a thick aligned plane covers."""

    axis: int
    weights: tuple[tuple[int, float], ...]
    mode: SlabMode


class Reslicer:
    """Cuts one volume; keeps what the next cut can use again.

    Parameters
    ----------
    volume : Volume
    """

    def __init__(self, volume: Volume) -> None:
        self._volume = volume
        self._shared: SharedImage = shared_image(volume)
        self._thin = _index_image(self._shared.array.shape, self._shared)
        self._slab: _Slab | None = None
        self._slab_values: NDArray[np.float32] | None = None
        self._slab_image: vtkImageData | None = None
        self._filter = _reslice_filter()

    def values(self, view: PlaneView, size: Size, *, coarse: bool = False) -> Values:
        """Return the values under each pixel; the array belongs to the caller.

        Parameters
        ----------
        view : PlaneView
        size : tuple of int
            Width and height in pixels.
        coarse : bool
            Whether an oblique slab may be sampled once, not twice, per voxel.
        """
        to_index = np.linalg.inv(self._volume.geometry.affine) @ _pixel_to_lps(view, size)
        slab = self._aligned_slab(view)
        if slab is None:
            self._filter.SetInputData(self._thin)
            self._set_samples(view, coarse=coarse)
        else:
            self._filter.SetInputData(self._reduced(slab))
            self._filter.SetSlabNumberOfSlices(1)
            # Every pixel reads the one reduced slice, whatever its depth.
            to_index[slab.axis, :] = 0.0
            to_index[slab.axis, 2] = 1.0
        return self._cut(to_index, view, size)

    def _cut(self, to_index: Matrix, view: PlaneView, size: Size) -> Values:
        linear = view.interpolation is Interpolation.LINEAR
        if linear:
            self._filter.SetInterpolationModeToLinear()
        else:
            self._filter.SetInterpolationModeToNearestNeighbor()
        self._filter.SetResliceAxes(_vtk_matrix(to_index))
        self._filter.SetOutputExtent(0, size[0] - 1, 0, size[1] - 1, 0, 0)
        with vtk_errors_raised():
            self._filter.Update()
        scalars = self._filter.GetOutput().GetPointData().GetScalars()
        values: Values = to_numpy_array(scalars).reshape(size[1], size[0]).copy()
        return values

    def _set_samples(self, view: PlaneView, *, coarse: bool) -> None:
        count, step_mm = slab_samples(
            view.slab_thickness_mm,
            voxel_step_mm(self._volume.geometry, view.direction),
            coarse=coarse,
        )
        self._filter.SetSlabNumberOfSlices(count)
        self._filter.SetSlabSliceSpacingFraction(step_mm if count > 1 else 1.0)
        self._filter.SetSlabTrapezoidIntegration(view.slab_mode is SlabMode.MEAN)
        if view.slab_mode is SlabMode.MAXIMUM:
            self._filter.SetSlabModeToMax()
        elif view.slab_mode is SlabMode.MINIMUM:
            self._filter.SetSlabModeToMin()
        else:
            self._filter.SetSlabModeToMean()

    def _aligned_slab(self, view: PlaneView) -> _Slab | None:
        geometry = self._volume.geometry
        axis = aligned_axis(geometry, view.direction)
        if axis is None or view.slab_thickness_mm <= 0:
            return None
        index = float(geometry.lps_to_index(np.asarray(view.center_lps))[axis])
        half = view.slab_thickness_mm / geometry.spacing_ijk[axis] / 2.0
        weights = slab_weights(index, half, geometry.size_ijk[axis], view.slab_mode)
        return _Slab(axis, weights, view.slab_mode) if weights else None

    def _reduced(self, slab: _Slab) -> vtkImageData:
        if slab != self._slab or self._slab_image is None:
            self._slab_values = _reduced_values(self._shared.array, slab)
            self._slab_image = _index_image(self._slab_values.shape, None)
            flat = to_vtk_array(self._slab_values.reshape(-1))
            self._slab_image.GetPointData().SetScalars(flat)
            self._slab = slab
        return self._slab_image


def slab_samples(
    thickness_mm: float, voxel_mm: float, *, coarse: bool = False
) -> tuple[int, float]:
    """Return how many planes sample an oblique slab, and their distance, mm.

    The planes reach from face to face, one lies in the middle, and they stand at most half a voxel
    apart (a whole one when ``coarse``).
    """
    if thickness_mm <= 0:
        return 1, 1.0
    half_count = math.ceil(thickness_mm / voxel_mm * (0.5 if coarse else 1.0) - CENTER_TOLERANCE)
    return 2 * half_count + 1, thickness_mm / (2 * half_count)


def slab_weights(
    index: float, half: float, count: int, mode: SlabMode
) -> tuple[tuple[int, float], ...]:
    """Return the native slices of an aligned slab and the weight of each.

    Parameters
    ----------
    index : float
        Continuous slice index of the middle of the slab.
    half : float
        Half the thickness, in slices.
    count : int
        Slices there are.
    mode : SlabMode
        A mean weighs each slice by the part of it inside the slab; maximum and minimum take the
        slices whose centers lie inside, and the nearest one when there is none.

    Returns
    -------
    tuple of (int, float)
        Empty when the slab lies outside the volume.
    """
    numbers = np.arange(count)
    inside = np.minimum(numbers + 0.5, index + half) - np.maximum(numbers - 0.5, index - half)
    if mode is not SlabMode.MEAN:
        centers = np.abs(numbers - index) <= half + CENTER_TOLERANCE
        nearest = np.abs(numbers - index) <= 0.5
        inside = np.where(centers if centers.any() else nearest, 1.0, 0.0)
    kept = inside > CENTER_TOLERANCE
    return tuple((int(k), float(w)) for k, w in zip(numbers[kept], inside[kept], strict=True))


def _reduced_values(array: NDArray[np.generic], slab: _Slab) -> NDArray[np.float32]:
    first, last = slab.weights[0][0], slab.weights[-1][0]
    # Arrays are [k, j, i], so voxel axis 0 (i) is array axis 2.
    array_axis = 2 - slab.axis
    part = array[(slice(None),) * array_axis + (slice(first, last + 1),)]
    if slab.mode is SlabMode.MAXIMUM:
        reduced = part.max(axis=array_axis, keepdims=True)
    elif slab.mode is SlabMode.MINIMUM:
        reduced = part.min(axis=array_axis, keepdims=True)
    else:
        weights = np.array([weight for _, weight in slab.weights], dtype=np.float32)
        mean = np.tensordot(part, weights / weights.sum(), axes=(array_axis, 0))
        reduced = np.expand_dims(mean, array_axis)
    return np.ascontiguousarray(reduced, dtype=np.float32)


def _reslice_filter() -> vtkImageReslice:
    reslice = vtkImageReslice()
    reslice.SetOutputDimensionality(2)
    reslice.SetOutputOrigin(0.0, 0.0, 0.0)
    reslice.SetOutputSpacing(1.0, 1.0, 1.0)
    reslice.SetOutputScalarType(VTK_FLOAT)
    reslice.SetBackgroundLevel(float(OUTSIDE))
    # A voxel reaches half a spacing around its center, in a single slice as well.
    reslice.BorderOn()
    return reslice


def _index_image(shape_kji: tuple[int, ...], shared: SharedImage | None) -> vtkImageData:
    """Return a VTK image whose world is the voxel index, so that any matrix can cut it."""
    k, j, i = shape_kji
    image = vtkImageData()
    image.SetDimensions(i, j, k)
    if shared is not None:
        image.GetPointData().SetScalars(shared.data.GetPointData().GetScalars())
    return image


def _pixel_to_lps(view: PlaneView, size: Size) -> Matrix:
    """Return the matrix (4, 4) from (pixel x, pixel y, depth mm) to LPS mm."""
    scale = view.mm_per_pixel(size)
    matrix = np.eye(4)
    matrix[:3, 0] = np.asarray(view.right) * scale
    matrix[:3, 1] = np.asarray(view.up) * -scale
    matrix[:3, 2] = view.direction
    matrix[:3, 3] = view.pixel_to_lps((0.0, 0.0), size)
    return matrix


def _vtk_matrix(matrix: Matrix) -> vtkMatrix4x4:
    # Rounding lets VTK see that an axis is exactly aligned and take its fast path.
    rounded = np.round(matrix, 12)
    result = vtkMatrix4x4()
    for row in range(4):
        for column in range(4):
            result.SetElement(row, column, float(rounded[row, column]))
    return result
