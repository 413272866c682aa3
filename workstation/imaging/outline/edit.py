"""Hand work on an outline: brush, eraser, threshold in the brush, smoothing, slices in between."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.domain.spine import PointLps
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.mask import (
    EMPTY,
    inside_box,
    is_empty,
    points_of,
    subtract,
    trimmed,
    union,
)
from workstation.imaging.measure import Region, sphere_region
from workstation.imaging.outline.patch import sitk
from workstation.imaging.volume import Volume

Array = NDArray[np.float64]


def brush(
    volume: Volume,
    stroke_lps: Sequence[PointLps],
    radius_mm: float,
    *,
    normal: PointLps | None = None,
    values: tuple[float, float] | None = None,
) -> Region:
    """Return the voxels that a brush touches.

    Parameters
    ----------
    volume : Volume
    stroke_lps : sequence of PointLps
        Where the brush was, mm.
    radius_mm : float
    normal : PointLps, optional
        Unit vector out of the plane that is drawn on: only voxels within half a voxel of the plane
        are touched. Without it the brush is a ball.
    values : tuple of float, optional
        Lowest and highest value that counts: threshold in the brush.

    Raises
    ------
    InputRefusedError
        When the brush leaves the volume.
    """
    touched = EMPTY
    for point in _dense(stroke_lps, radius_mm):
        ball = sphere_region(volume, point, radius_mm)
        touched = union(touched, ball if normal is None else _flat(volume, ball, point, normal))
    if values is None or is_empty(touched):
        return touched
    low, high = values
    inside = volume.array[touched.box]
    return trimmed(
        Region(low_kji=touched.low_kji, mask=touched.mask & (inside >= low) & (inside <= high))
    )


def painted(region: Region, touched: Region, *, erase: bool = False) -> Region:
    """Return the outline after a stroke of the brush or the eraser."""
    return subtract(region, touched) if erase else union(region, touched)


def smoothed_outline(region: Region, geometry: VolumeGeometry, sigma_mm: float = 1.0) -> Region:
    """Return the outline with its edge evened out; its volume stays the same.

    Parameters
    ----------
    region : Region
    geometry : VolumeGeometry
    sigma_mm : float
        Standard deviation of the smoothing.
    """
    if is_empty(region):
        return region
    margin = np.ceil(2.0 * sigma_mm / np.asarray(geometry.spacing_ijk[::-1])).astype(int) + 1
    box = _grown(region, geometry, margin)
    itk = sitk()
    image = itk.GetImageFromArray(inside_box(region, box).astype(np.float32))
    image.SetSpacing(geometry.spacing_ijk)
    smooth = itk.GetArrayFromImage(itk.DiscreteGaussian(image, sigma_mm**2, 32, 0.01, True))
    count = int(region.mask.sum())
    limit = float(np.partition(smooth.reshape(-1), -count)[-count])
    return trimmed(Region(low_kji=box[0], mask=smooth >= limit))


def slices_between(region: Region, axis: int = 0) -> Region:
    """Return the outline with the empty slices between drawn ones filled in.

    Each empty slice blends the signed distances to the edges of the nearest drawn ones.

    Parameters
    ----------
    region : Region
    axis : int
        Array axis along which slices were drawn: 0 slices, 1 rows, 2 columns.

    Raises
    ------
    InputRefusedError
        When fewer than two slices are drawn.
    """
    layers = np.moveaxis(region.mask, axis, 0)
    drawn = np.flatnonzero(layers.any(axis=(1, 2)))
    if len(drawn) < 2:
        raise InputRefusedError(
            "Draw the outline on at least two slices first.", code="too-few-slices"
        )
    distances = {int(n): _signed_distance(layers[n]) for n in drawn}
    filled = layers.copy()
    for above, below in pairwise(drawn):
        for n in range(above + 1, below):
            share = (n - above) / (below - above)
            blend = (1.0 - share) * distances[int(above)] + share * distances[int(below)]
            filled[n] = blend <= 0.0
    return trimmed(
        Region(low_kji=region.low_kji, mask=np.ascontiguousarray(np.moveaxis(filled, 0, axis)))
    )


def _signed_distance(layer: NDArray[np.bool_]) -> Array:
    """Return the distance to the edge of a slice, negative inside, pixels."""
    itk = sitk()
    padded = np.pad(layer, 1).astype(np.uint8)
    image = itk.SignedMaurerDistanceMap(itk.GetImageFromArray(padded), False, False, False)
    distance: Array = itk.GetArrayFromImage(image).astype(np.float64)[1:-1, 1:-1]
    return distance


def _dense(stroke_lps: Sequence[PointLps], radius_mm: float) -> list[PointLps]:
    """Return the points of a stroke, never farther apart than half the radius."""
    points = [stroke_lps[0]]
    for end in stroke_lps[1:]:
        start = np.asarray(points[-1])
        way = np.asarray(end) - start
        count = max(int(np.ceil(np.linalg.norm(way) / (0.5 * radius_mm))), 1)
        for n in range(1, count + 1):
            x, y, z = start + way * n / count
            points.append((float(x), float(y), float(z)))
    return points


def _flat(volume: Volume, ball: Region, point: PointLps, normal: PointLps) -> Region:
    """Return the voxels of a ball within half a voxel of a plane through its middle."""
    geometry = volume.geometry
    way = np.asarray(normal)
    half = float(np.abs(geometry.direction.T @ way) @ np.asarray(geometry.spacing_ijk)) / 2.0
    near = np.abs((points_of(ball, geometry) - point) @ way) <= half + 1e-9
    mask = ball.mask.copy()
    mask[ball.mask] = near
    return trimmed(Region(low_kji=ball.low_kji, mask=mask))


def _grown(
    region: Region, geometry: VolumeGeometry, margin: NDArray[np.intp]
) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Return the box of a mask with a margin, inside the grid."""
    low = np.maximum(np.asarray(region.low_kji) - margin, 0)
    high = np.minimum(np.asarray(region.low_kji) + region.mask.shape + margin, geometry.shape_kji)
    first, last = (tuple(int(value) for value in corner) for corner in (low, high))
    return (first[0], first[1], first[2]), (last[0], last[1], last[2])
