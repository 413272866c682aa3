"""The stretch between two clicked bodies, resampled as a sagittal picture that follows the spine.

Coordinates of a span are ``s`` (mm down the chord from the upper click), ``a`` (mm to the back)
and ``b`` (mm to the patient's left).
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.spine.frame import sagittal_axes
from workstation.imaging.volume import Volume

Array = NDArray[np.float64]

STEP_MM = 1.0
SIDE_STEP_MM = 2.0
MARGIN_MM = 30.0
"""How far the picture reaches beyond both clicks."""

SLAB_HALF_MM = 5.0
"""The picture averages this far to both sides of the spine."""

BENDING_MM = 110.0
"""From this length on the spine may leave the sagittal plane of the clicks."""

_OUTSIDE = -1.0e9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpanGrid:
    """Where the samples of a span lie.

    Parameters
    ----------
    origin_lps : ndarray, shape (3,), float64, mm
        The upper click.
    axes : ndarray, shape (3, 3), float64
        Down the chord, back, left as rows.
    length_mm : float
        Between the clicks.
    reach_mm : float
        Half the front-back extent.
    side_mm : float
        Half the left-right extent.
    """

    origin_lps: Array
    axes: Array
    length_mm: float
    reach_mm: float
    side_mm: float

    @property
    def s_mm(self) -> Array:
        """Places along the chord, shape (n,), mm."""
        return np.arange(-MARGIN_MM, self.length_mm + MARGIN_MM + 0.5, STEP_MM)

    @property
    def a_mm(self) -> Array:
        """Places from front to back, shape (m,), mm."""
        return np.arange(-self.reach_mm, self.reach_mm + 0.5, STEP_MM)

    @property
    def b_mm(self) -> Array:
        """Places from right to left, shape (p,), mm."""
        count = int(self.side_mm / SIDE_STEP_MM)
        return np.arange(-count, count + 1, dtype=np.float64) * SIDE_STEP_MM

    def to_lps(self, s: Array, a: Array, b: Array) -> Array:
        """Return LPS points (n, 3) of span coordinates (n,), mm."""
        points: Array = self.origin_lps + np.stack([s, a, b], axis=-1) @ self.axes
        return points

    def row(self, s: Array) -> Array:
        """Return fractional rows of places along the chord."""
        return (s + MARGIN_MM) / STEP_MM

    def column(self, a: Array) -> Array:
        """Return fractional columns of places from front to back."""
        return (a + self.reach_mm) / STEP_MM


def span_grid(upper_lps: Array, lower_lps: Array) -> SpanGrid:
    """Return the grid of the stretch between two body centers, LPS mm."""
    chord = lower_lps - upper_lps
    length = float(np.linalg.norm(chord))
    return SpanGrid(
        origin_lps=upper_lps,
        axes=sagittal_axes(chord[None])[0],
        length_mm=length,
        reach_mm=float(np.rint(min(60.0 + 0.08 * length, 95.0))),
        side_mm=SLAB_HALF_MM + 1.0 + (min(0.1 * length, 40.0) if length > BENDING_MM else 0.0),
    )


def sample_span(volume: Volume, grid: SpanGrid) -> tuple[Array, NDArray[np.bool_]]:
    """Return the volume on the grid of a span.

    Returns
    -------
    values : ndarray, shape (p, n, m), float32
        Left-right, down, front-back; trilinear.
    inside : ndarray, shape (p, n, m), bool
        Where the volume holds data.
    """
    sitk: Any = importlib.import_module("SimpleITK")
    image = _cropped(volume, grid, sitk)
    s, a, b = grid.s_mm, grid.a_mm, grid.b_mm
    start = grid.to_lps(s[:1], a[:1], b[:1])[0]
    # ITK wants the directions of its first, second and third index as columns.
    direction = np.stack([grid.axes[1], grid.axes[0], grid.axes[2]], axis=1)
    filtered = sitk.Resample(
        image,
        (len(a), len(s), len(b)),
        sitk.Transform(),
        sitk.sitkLinear,
        [float(value) for value in start],
        (STEP_MM, STEP_MM, SIDE_STEP_MM),
        [float(value) for value in direction.ravel()],
        _OUTSIDE,
        sitk.sitkFloat32,
    )
    values = sitk.GetArrayFromImage(filtered)
    inside = values > _OUTSIDE / 2.0
    values[~inside] = 0.0
    return values, inside


def _cropped(volume: Volume, grid: SpanGrid, sitk: Any) -> Any:
    """Return the part of the volume that the grid reaches, as an image in LPS."""
    geometry = volume.geometry
    ends = [(x[0], x[-1]) for x in (grid.s_mm, grid.a_mm, grid.b_mm)]
    corners = np.array([(s, a, b) for s in ends[0] for a in ends[1] for b in ends[2]])
    index = geometry.lps_to_index(grid.to_lps(corners[:, 0], corners[:, 1], corners[:, 2]))
    upper = np.array(geometry.size_ijk) - 1
    low = np.clip(np.floor(index.min(axis=0)).astype(int) - 1, 0, upper)
    high = np.clip(np.ceil(index.max(axis=0)).astype(int) + 1, 0, upper)
    box = tuple(slice(low[axis], high[axis] + 1) for axis in (2, 1, 0))
    image = sitk.GetImageFromArray(np.ascontiguousarray(volume.array[box]))
    image.SetSpacing(geometry.spacing_ijk)
    image.SetDirection([float(value) for value in geometry.direction.ravel()])
    image.SetOrigin([float(v) for v in geometry.index_to_lps(low.astype(np.float64))])
    return image
