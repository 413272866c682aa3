"""Slices along a view direction: how many, how far apart, which one is shown, the next one."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.geometry import VolumeGeometry
from workstation.rendering.plane import (
    PLANE_AXES,
    PlaneView,
    Vector,
    as_vector,
    nearest_plane,
)

ALIGNED_COSINE = 1.0 - 1e-4
"""Smallest cosine (about 0.8 degrees) between view and voxel axis that still shows native slices:
over a field of 300 mm the plane then leaves its slice by 2 mm at most at the very border."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceStack:
    """Positions of the slices that a view of one volume steps through.

    Parameters
    ----------
    direction : tuple of float
        Unit view direction; index 0 is the slice furthest against it.
    first_mm : float
        Position of slice 0 along ``direction``, measured from the LPS origin, mm.
    spacing_mm : float
        Distance between slices, mm: the native one when the view follows a voxel axis, else the
        distance at which the view has moved by one voxel.
    count : int
        Number of slices.
    axis : int or None
        Voxel axis (0 = i, 1 = j, 2 = k) that the view follows, None when oblique.
    reversed_axis : bool
        Whether the voxel index falls as the slice index rises.
    """

    direction: Vector
    first_mm: float
    spacing_mm: float
    count: int
    axis: int | None = None
    reversed_axis: bool = False

    @classmethod
    def along(cls, geometry: VolumeGeometry, direction: Vector) -> SliceStack:
        """Return the slices of a grid along a view direction."""
        axis = aligned_axis(geometry, direction)
        if axis is None:
            return _oblique_stack(geometry, direction)
        normal = np.asarray(direction)
        last = np.zeros(3)
        last[axis] = geometry.size_ijk[axis] - 1
        middle = (np.asarray(geometry.size_ijk) - 1.0) / 2.0
        ends = [np.where(np.arange(3) == axis, end, middle) for end in (np.zeros(3), last)]
        positions = [float(geometry.index_to_lps(end) @ normal) for end in ends]
        return cls(
            direction=direction,
            first_mm=min(positions),
            spacing_mm=geometry.spacing_ijk[axis],
            count=geometry.size_ijk[axis],
            axis=axis,
            reversed_axis=bool(geometry.direction[:, axis] @ normal < 0),
        )

    @property
    def is_native(self) -> bool:
        """Whether the slices are planes of voxels, not reformatted ones."""
        return self.axis is not None

    def index_of(self, view: PlaneView) -> int:
        """Return the index of the slice nearest to the plane, within the stack."""
        return self.nearest(view.center_lps)

    def nearest(self, point_lps: Vector) -> int:
        """Return the index of the slice nearest to a point, within the stack."""
        position = float(np.dot(point_lps, self.direction))
        # Halves go to the higher index, always: Python's round() would alternate.
        return self._within(math.floor((position - self.first_mm) / self.spacing_mm + 0.5))

    def native_index(self, index: int) -> int:
        """Return the voxel index, along ``axis``, of a slice of a native stack."""
        return self.count - 1 - index if self.reversed_axis else index

    def at(self, view: PlaneView, index: int) -> PlaneView:
        """Return the view scrolled onto the center of a slice; indices beyond the ends stop."""
        target = self.first_mm + self._within(index) * self.spacing_mm
        return view.scrolled(target - float(np.dot(view.center_lps, self.direction)))

    def stepped(self, view: PlaneView, steps: int) -> PlaneView:
        """Return the view some slices further, on a slice center, stopping at the ends."""
        return self.at(view, self.index_of(view) + steps)

    def snapped(self, view: PlaneView) -> PlaneView:
        """Return the view on the nearest slice center."""
        return self.stepped(view, 0)

    def first(self, view: PlaneView) -> PlaneView:
        """Return the view on the first slice."""
        return self.at(view, 0)

    def last(self, view: PlaneView) -> PlaneView:
        """Return the view on the last slice."""
        return self.at(view, self.count - 1)

    def _within(self, index: int) -> int:
        return min(max(index, 0), self.count - 1)


def aligned_axis(geometry: VolumeGeometry, direction: Vector) -> int | None:
    """Return the voxel axis that a direction follows, either way, or None when oblique."""
    cosines = np.abs(np.asarray(direction) @ geometry.direction)
    axis = int(np.argmax(cosines))
    return axis if cosines[axis] >= ALIGNED_COSINE else None


def voxel_step_mm(geometry: VolumeGeometry, direction: Vector) -> float:
    """Return the distance along a direction that crosses one voxel, mm."""
    indices_per_mm = (np.asarray(direction) @ geometry.direction) / np.asarray(geometry.spacing_ijk)
    return float(1.0 / np.linalg.norm(indices_per_mm))


def native_view(geometry: VolumeGeometry, field_mm: float) -> PlaneView:
    """Return the view that shows the slices as acquired, through the middle one.

    Its axes are voxel axes, signed so that the picture is turned as the nearest anatomical plane
    is: feet view for axial, anterior on the left for sagittal, from the front for coronal.
    """
    axes = geometry.direction.T
    name = nearest_plane(as_vector(axes[2]))
    look, up = (np.asarray(axis) for axis in PLANE_AXES[name])
    upright = max((axes[0], axes[1], -axes[0], -axes[1]), key=lambda axis: float(axis @ up))
    view = PlaneView(
        center_lps=geometry.center_lps,
        direction=as_vector(_toward(axes[2], look)),
        upright=as_vector(upright),
        field_mm=field_mm,
    )
    return SliceStack.along(geometry, view.direction).snapped(view)


def snapped_to_axis(geometry: VolumeGeometry, view: PlaneView) -> PlaneView:
    """Return the view turned onto the voxel axes it nearly follows; others stay as they are."""
    axis = aligned_axis(geometry, view.direction)
    if axis is None:
        return view
    direction = _toward(geometry.direction[:, axis], np.asarray(view.direction))
    upright = np.asarray(view.upright)
    upright = upright - (upright @ direction) * direction
    return replace(
        view,
        direction=as_vector(direction),
        upright=as_vector(upright / np.linalg.norm(upright)),
    )


def _toward(axis: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    return axis if float(axis @ wanted) >= 0 else -axis


def _oblique_stack(geometry: VolumeGeometry, direction: Vector) -> SliceStack:
    positions = geometry.corners_lps() @ np.asarray(direction)
    extent = float(positions.max() - positions.min())
    step = voxel_step_mm(geometry, direction)
    count = max(1, math.floor(extent / step + 1e-9))
    first = float(positions.min()) + (extent - (count - 1) * step) / 2.0
    return SliceStack(direction=direction, first_mm=first, spacing_mm=step, count=count)
