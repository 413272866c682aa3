"""Measurements on native voxels and LPS points, each a value with its unit or a refusal.

Lengths and angles come from patient millimeters, statistics from voxels whose centers lie inside
(padding excluded, population standard deviation). Nothing is measured across missing slices.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.volume import Unit, Volume

Point = tuple[float, float, float]
Vector = NDArray[np.float64]

PEAK_RADIUS_MM = (3000.0 / (4.0 * math.pi)) ** (1.0 / 3.0)
"""Radius of a sphere of 1 cm3, 6.2 mm (PERCIST: peak uptake)."""

PEAK_STEPS = 5
"""Sub-voxel steps per axis by which the share of each voxel in the peak sphere is found."""

SUV_UNITS = frozenset({Unit.SUVBW, Unit.SUVLBM, Unit.SUVBSA, Unit.SUVIBW})
PARTS = ("anterior", "middle", "posterior")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionStatistics:
    """Values of the voxels whose centers lie in a region.

    Parameters
    ----------
    mean, sd, low, high : float
        In the unit of the volume; ``sd`` is that of the population.
    count : int
    unit : Unit
    clipped : bool
        Whether part of the region lies beyond the volume.
    """

    mean: float
    sd: float
    low: float
    high: float
    count: int
    unit: Unit
    clipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Voxels whose centers lie in a shape: a box of indices and which of them count.

    Parameters
    ----------
    low_kji : tuple of int
        First slice, row and column of the box.
    mask : ndarray, shape (k, j, i), bool
    clipped : bool
        Whether the shape reaches beyond the volume, so that part of it is not counted.
    """

    low_kji: tuple[int, int, int]
    mask: NDArray[np.bool_]
    clipped: bool = False

    @property
    def box(self) -> tuple[slice, slice, slice]:
        """The part of the array the mask covers."""
        starts = self.low_kji
        k, j, i = (
            slice(start, start + size) for start, size in zip(starts, self.mask.shape, strict=True)
        )
        return (k, j, i)


def refused(reason: str, code: str = "not-measurable") -> InputRefusedError:
    """Return the refusal of a measurement with its sentence."""
    return InputRefusedError(reason, code=code)


def distance_mm(a: Point, b: Point) -> float:
    """Return the straight distance of two points, mm."""
    return math.dist(a, b)


def angle_deg(a: Point, b: Point, c: Point) -> float:
    """Return the angle at ``b`` between the directions to ``a`` and ``c``, degrees.

    Raises
    ------
    InputRefusedError
        When two of the points coincide.
    """
    return _between(np.subtract(a, b), np.subtract(c, b))


def cobb_deg(first: tuple[Point, Point], second: tuple[Point, Point]) -> float:
    """Return the angle between two end-plate lines, 0 to 90 degrees, direction ignored.

    Raises
    ------
    InputRefusedError
        When a line has no length.
    """
    angle = _between(np.subtract(*first), np.subtract(*second))
    return min(angle, 180.0 - angle)


def _between(first: Vector, second: Vector) -> float:
    lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
    if lengths == 0.0:
        raise refused("Two of the points are the same; there is no angle.")
    cross = float(np.linalg.norm(np.cross(first, second)))
    return math.degrees(math.atan2(cross, float(first @ second)))


def box_region(volume: Volume, low: Point, high: Point) -> Region:
    """Return the voxels inside a box with edges along the patient axes.

    Raises
    ------
    InputRefusedError
        When the box reaches a missing slice or lies outside the volume.
    """
    lower, upper = np.minimum(low, high), np.maximum(low, high)
    corners = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    points = lower + corners * (upper - lower)
    return _region(volume, points, lambda at: np.all((at >= lower) & (at <= upper), axis=-1))


def sphere_region(volume: Volume, center: Point, radius_mm: float) -> Region:
    """Return the voxels inside a sphere.

    Raises
    ------
    InputRefusedError
        When the radius is not positive, or the sphere reaches a missing slice or lies outside
        the volume.
    """
    if not radius_mm > 0.0:
        raise refused("The radius must be positive.")
    reach = _axis_reach(volume.geometry, radius_mm)
    index = volume.geometry.lps_to_index(np.asarray(center))
    signs = np.array([(a, b, c) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)])
    points = volume.geometry.index_to_lps(index + signs * reach)
    middle = np.asarray(center)
    squared = radius_mm**2
    return _region(volume, points, lambda at: ((at - middle) ** 2).sum(axis=-1) <= squared)


def polygon_region(volume: Volume, points: Sequence[Point]) -> Region:
    """Return the voxels inside a flat polygon, within half a slice distance of its plane.

    Raises
    ------
    InputRefusedError
        When the points are fewer than three, on one line or not in one plane.
    """
    corners = np.asarray(points, dtype=np.float64)
    if len(corners) < 3:
        raise refused("A polygon needs at least three points.")
    center = corners.mean(axis=0)
    _, sizes, axes = np.linalg.svd(corners - center)
    if sizes[1] < 1e-6:
        raise refused("The points of the polygon lie on one line.")
    half = _half_thickness(volume.geometry, axes[2])
    if float(np.abs((corners - center) @ axes[2]).max()) > half:
        raise refused("The points of the polygon do not lie in one plane.")
    flat = (corners - center) @ axes[:2].T

    def inside(at: Vector) -> NDArray[np.bool_]:
        offset = at - center
        near = np.abs(offset @ axes[2]) <= half
        within: NDArray[np.bool_] = near & _in_polygon(offset @ axes[:2].T, flat)
        return within

    around = np.concatenate([corners + half * axes[2], corners - half * axes[2]])
    return _region(volume, around, inside)


def ellipse_region(volume: Volume, center: Point, first: Point, second: Point) -> Region:
    """Return the voxels inside a flat ellipse, within half a slice distance of its plane.

    Parameters
    ----------
    volume : Volume
    center : Point
    first, second : Point
        Ends of two half axes (conjugate where they are not at right angles), mm.

    Raises
    ------
    InputRefusedError
        When the half axes lie on one line, or the ellipse reaches a missing slice or leaves the
        volume.
    """
    middle = np.asarray(center, dtype=np.float64)
    axes = np.array([first, second], dtype=np.float64) - middle
    normal = np.cross(axes[0], axes[1])
    length = float(np.linalg.norm(normal))
    if length < 1e-9:
        raise refused("The half axes of the ellipse lie on one line.")
    normal = normal / length
    half = _half_thickness(volume.geometry, normal)
    to_shares = np.linalg.inv(axes @ axes.T) @ axes

    def inside(at: Vector) -> NDArray[np.bool_]:
        offset = at - middle
        shares = offset @ to_shares.T
        near = np.abs(offset @ normal) <= half
        within: NDArray[np.bool_] = near & ((shares**2).sum(axis=-1) <= 1.0)
        return within

    signs = np.array([(a, b, c) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)], dtype=float)
    return _region(volume, middle + signs @ np.vstack([axes, half * normal]), inside)


def statistics(volume: Volume, region: Region) -> RegionStatistics:
    """Return the statistics of a region.

    Raises
    ------
    InputRefusedError
        When no voxel center lies inside.
    """
    values = region_values(volume, region)
    if values.size == 0:
        raise refused("No voxel center lies inside; the region is too small or outside.")
    return RegionStatistics(
        mean=float(values.mean()),
        sd=float(values.std()),
        low=float(values.min()),
        high=float(values.max()),
        count=int(values.size),
        unit=volume.unit,
        clipped=region.clipped,
    )


def region_values(volume: Volume, region: Region) -> Vector:
    """Return the values of a region without padding, shape (n,), float64."""
    values: Vector = volume.array[region.box][region.mask].astype(np.float64)
    if volume.padding_range is not None:
        low, high = volume.padding_range
        values = values[(values < low) | (values > high)]
    return values


def threshold_volume_mm3(
    volume: Volume, region: Region, threshold: float, *, above: bool = True
) -> float:
    """Return the volume of the voxels of a region at or beyond a threshold, mm3.

    Raises
    ------
    InputRefusedError
        When the region reaches beyond the volume: the result would be too small.
    """
    if region.clipped:
        raise refused("The region reaches beyond the volume; its size is not known.", "outside")
    values = region_values(volume, region)
    chosen = values >= threshold if above else values <= threshold
    return float(np.count_nonzero(chosen)) * voxel_mm3(volume.geometry)


def voxel_mm3(geometry: VolumeGeometry) -> float:
    """Return the volume of one voxel, mm3."""
    return math.prod(geometry.spacing_ijk)


def suv_peak(volume: Volume, center: Point, radius_mm: float) -> tuple[float, Point]:
    """Return the highest mean over a 1 cm3 sphere centered on a voxel of the region, and where.

    Raises
    ------
    InputRefusedError
        When the values are no SUV, or the search sphere leaves the volume.
    """
    if volume.unit not in SUV_UNITS:
        raise refused("The values of this series are no SUV.", code="no-suv")
    region = sphere_region(volume, center, radius_mm)
    candidates = np.argwhere(region.mask) + np.asarray(region.low_kji)
    if len(candidates) == 0:
        raise refused("No voxel center lies inside; the region is too small or outside.")
    offsets, weights = _peak_kernel(volume.geometry)
    best = (-math.inf, candidates[0])
    shape = np.asarray(volume.array.shape)
    for candidate in candidates:
        at = candidate + offsets
        if np.all((at >= 0) & (at < shape)):
            mean = float(volume.array[at[:, 0], at[:, 1], at[:, 2]] @ weights)
            best = max(best, (mean, candidate), key=lambda item: item[0])
    if best[0] == -math.inf:
        raise refused("The 1 cm3 sphere does not fit into the volume.", code="outside")
    x, y, z = volume.geometry.index_to_lps(best[1][::-1].astype(np.float64))
    return best[0], (float(x), float(y), float(z))


def _peak_kernel(geometry: VolumeGeometry) -> tuple[NDArray[np.intp], Vector]:
    """Return voxel offsets (n, 3) kji and their shares in a 1 cm3 sphere, summing to 1."""
    reach = [math.ceil(PEAK_RADIUS_MM / mm + 0.5) for mm in geometry.spacing_ijk]
    axes = [np.arange(-n, n + 1) for n in reach]
    i, j, k = np.meshgrid(*axes, indexing="ij")
    offsets = np.stack([i, j, k], axis=-1).reshape(-1, 3)
    steps = (np.arange(PEAK_STEPS) + 0.5) / PEAK_STEPS - 0.5
    parts = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    at = (offsets[:, None, :] + parts[None]) * np.asarray(geometry.spacing_ijk)
    shares = ((at**2).sum(axis=-1) <= PEAK_RADIUS_MM**2).mean(axis=1)
    used = shares > 0
    return offsets[used][:, ::-1].astype(np.intp), shares[used] / shares[used].sum()


def height_loss_percent(
    heights_mm: Mapping[str, float], reference_mm: Mapping[str, float]
) -> tuple[float, str]:
    """Return the largest loss of height in percent and the part where it is.

    Parameters
    ----------
    heights_mm, reference_mm : mapping of str to float
        Height per part (``anterior``, ``middle``, ``posterior``); the reference is the mean of
        the nearest normal neighbors at the same part (clinical reference, section 7.5).

    Raises
    ------
    InputRefusedError
        When no part has both a height and a positive reference.
    """
    losses = {
        part: 100.0 * (1.0 - heights_mm[part] / reference_mm[part])
        for part in PARTS
        if part in heights_mm and reference_mm.get(part, 0.0) > 0.0
    }
    if not losses:
        raise refused("Height loss needs a height and a reference height of the same part.")
    part = max(losses, key=lambda name: losses[name])
    return max(losses[part], 0.0), part


def wedge_angle_deg(anterior: tuple[Point, Point], posterior: tuple[Point, Point]) -> float:
    """Return the angle between upper and lower end-plate lines, each (top, bottom) pair given.

    Raises
    ------
    InputRefusedError
        When an end-plate has no length.
    """
    return cobb_deg((anterior[0], posterior[0]), (anterior[1], posterior[1]))


def check_no_gap(volume: Volume, points: Sequence[Point]) -> None:
    """Refuse points between which slices are missing.

    Raises
    ------
    InputRefusedError
        When a missing slice lies between the outermost points.
    """
    if not volume.missing_slices:
        return
    k = volume.geometry.lps_to_index(np.asarray(points))[..., 2]
    _check_slices(volume, math.floor(float(k.min())), math.ceil(float(k.max())))


def _check_slices(volume: Volume, first: int, last: int) -> None:
    if any(first <= k <= last for k in volume.missing_slices):
        raise refused("Slices are missing here; nothing is measured across the gap.", code="gap")


def _axis_reach(geometry: VolumeGeometry, radius_mm: float) -> Vector:
    return radius_mm / np.asarray(geometry.spacing_ijk)


def _half_thickness(geometry: VolumeGeometry, normal: Vector) -> float:
    """Return half the voxel size along a direction, mm."""
    along = np.abs(geometry.direction.T @ normal)
    return float(along @ np.asarray(geometry.spacing_ijk)) / 2.0


def _region(volume: Volume, around_lps: Vector, inside: Any) -> Region:
    """Return the voxels within the index box of ``around_lps`` for which ``inside`` holds."""
    indices = volume.geometry.lps_to_index(around_lps)
    upper = np.array(volume.geometry.size_ijk) - 1
    low = np.floor(indices.min(axis=0)).astype(int)
    high = np.ceil(indices.max(axis=0)).astype(int)
    first, last = np.maximum(low, 0), np.minimum(high, upper)
    if np.any(first > last):
        raise refused("The region lies outside the volume.", code="outside")
    axes = [np.arange(a, b + 1, dtype=np.float64) for a, b in zip(first, last, strict=True)]
    grid = np.stack(np.meshgrid(axes[2], axes[1], axes[0], indexing="ij")[::-1], axis=-1)
    mask: NDArray[np.bool_] = inside(volume.geometry.index_to_lps(grid))
    used = np.flatnonzero(mask.any(axis=(1, 2)))
    if used.size:
        _check_slices(volume, int(first[2] + used[0]), int(first[2] + used[-1]))
    i, j, k = (int(value) for value in first)
    faces = (indices.min(axis=0) < -0.5) | (indices.max(axis=0) > upper + 0.5)
    return Region(low_kji=(k, j, i), mask=mask, clipped=bool(faces.any()))


def _in_polygon(at: Vector, corners: Vector) -> NDArray[np.bool_]:
    """Whether points (..., 2) lie inside a polygon (even-odd rule)."""
    inside = np.zeros(at.shape[:-1], dtype=np.bool_)
    x, y = at[..., 0], at[..., 1]
    for (xa, ya), (xb, yb) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crosses = (ya > y) != (yb > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            where = xa + (y - ya) * (xb - xa) / (yb - ya)
        inside ^= crosses & (x < where)
    return inside
