"""How large a lesion is and what values it holds, each number with its unit and its method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.domain.spine import PointLps
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.mask import intersect, is_empty, points_of
from workstation.imaging.measure import (
    SUV_UNITS,
    Region,
    RegionStatistics,
    statistics,
    voxel_mm3,
)
from workstation.imaging.volume import Unit, Volume

Array = NDArray[np.float64]

DIRECTIONS = 400
"""How many directions the farthest points are looked for in; the error is below 0.5 %."""

AXIAL_TILT_DEG = 20.0
"""Slices tilted less than this against the patient's axial plane count as axial."""

MAX_AXIAL_SLICE_MM = 5.0
"""Diameters from thicker slices are not comparable (RECIST 1.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionSizes:
    """Sizes and values of one outline.

    Parameters
    ----------
    volume_ml : float
        Number of voxels times the volume of one.
    max_diameter_mm : float
        Largest distance in space, half a voxel added at each end.
    axial_long_mm, axial_short_mm : float
        Longest diameter in one axial plane and the longest at right angles to it there.
    axial_native : bool
        Whether that plane is one of the slices, at most 5 mm apart.
    values : RegionStatistics
        Mean, SD, range and unit.
    centroid_lps : PointLps
        mm.
    total_uptake : float or None
        SUV mean times volume in mL (total lesion glycolysis for FDG); None where values are no SUV.
    """

    volume_ml: float
    max_diameter_mm: float
    axial_long_mm: float
    axial_short_mm: float
    axial_native: bool
    values: RegionStatistics
    centroid_lps: PointLps
    total_uptake: float | None = None

    @property
    def unit(self) -> Unit:
        """Unit of the values."""
        return self.values.unit


def lesion_sizes(volume: Volume, region: Region) -> LesionSizes:
    """Return sizes and values of an outline.

    Raises
    ------
    InputRefusedError
        When the outline is empty or all its voxels are padding.
    """
    if is_empty(region):
        raise InputRefusedError("The outline is empty.", code="empty-outline")
    geometry = volume.geometry
    points = points_of(region, geometry)
    volume_ml = len(points) * voxel_mm3(geometry) / 1000.0
    values = statistics(volume, region)
    long_mm, short_mm = _axial_diameters(points, geometry)
    x, y, z = points.mean(axis=0)
    return LesionSizes(
        volume_ml=volume_ml,
        max_diameter_mm=_longest_mm(points, geometry),
        axial_long_mm=long_mm,
        axial_short_mm=short_mm,
        axial_native=is_axial(geometry) and geometry.spacing_ijk[2] <= MAX_AXIAL_SLICE_MM,
        values=values,
        centroid_lps=(float(x), float(y), float(z)),
        total_uptake=values.mean * volume_ml if volume.unit in SUV_UNITS else None,
    )


def is_axial(geometry: VolumeGeometry) -> bool:
    """Whether the slices of a grid are axial."""
    return bool(abs(geometry.direction[2, 2]) >= np.cos(np.radians(AXIAL_TILT_DEG)))


def involved_percent(lesion: Region, body: Region) -> float:
    """Return the share of a vertebral body that a lesion takes up, percent of its volume.

    Parameters
    ----------
    lesion, body : Region
        Masks on the same grid.

    Raises
    ------
    InputRefusedError
        When the body is empty.
    """
    whole = int(body.mask.sum())
    if whole == 0:
        raise InputRefusedError("There is no outline of the body.", code="no-body")
    return 100.0 * float(intersect(lesion, body).mask.sum()) / whole


def _longest_mm(points: Array, geometry: VolumeGeometry) -> float:
    """Return the largest distance of voxels, from the farthest ones in many directions, mm."""
    directions = _sphere_directions()
    reach = points @ directions.T
    ends = points[np.unique(np.concatenate([reach.argmax(axis=0), reach.argmin(axis=0)]))]
    return _farthest(ends, geometry)[0]


def _sphere_directions() -> Array:
    """Return directions spread evenly over half a sphere, shape (n, 3)."""
    n = np.arange(DIRECTIONS) + 0.5
    z = 1.0 - n / DIRECTIONS
    turn = np.pi * (1.0 + 5.0**0.5) * n
    flat = np.sqrt(1.0 - z**2)
    ways: Array = np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=-1)
    return ways


def _farthest(ends: Array, geometry: VolumeGeometry) -> tuple[float, Array]:
    """Return the largest distance with half a voxel at each end, and its direction."""
    apart = ends[:, None] - ends[None]
    lengths = np.linalg.norm(apart, axis=-1)
    a, b = np.unravel_index(int(np.argmax(lengths)), lengths.shape)
    length = float(lengths[a, b])
    way = apart[a, b] / length if length > 0.0 else np.array([1.0, 0.0, 0.0])
    return length + _voxel_mm(way, geometry), way


def _voxel_mm(way: Array, geometry: VolumeGeometry) -> float:
    """Return the size of a voxel along a direction, mm."""
    return float(np.linalg.norm((geometry.direction.T @ way) * np.asarray(geometry.spacing_ijk)))


def _axial_diameters(points: Array, geometry: VolumeGeometry) -> tuple[float, float]:
    """Return the longest axial diameter and the longest at right angles to it, same plane, mm."""
    normal = geometry.direction[:, 2] if is_axial(geometry) else np.array([0.0, 0.0, 1.0])
    step = geometry.spacing_ijk[2] if is_axial(geometry) else min(geometry.spacing_ijk)
    height = points @ normal
    planes = np.rint((height - height.min()) / step).astype(int)
    best: tuple[float, Array, Array] = (-1.0, points[0], points[:1])
    for plane in np.unique(planes):
        flat = points[planes == plane]
        flat = flat - np.outer((flat - flat[0]) @ normal, normal)
        length, way = _farthest(_rim(flat, normal), geometry)
        best = max(best, (length, way, flat), key=lambda item: item[0])
    length, way, flat = best
    return length, min(_width_across(flat, way, normal, geometry), length)


def _rim(flat: Array, normal: Array) -> Array:
    """Return the farthest points of one plane in many directions."""
    first = np.cross(normal, [1.0, 0.0, 0.0])
    first /= np.linalg.norm(first)
    second = np.cross(normal, first)
    angles = np.linspace(0.0, np.pi, 90, endpoint=False)
    ways = np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * second
    reach = flat @ ways.T
    rim: Array = flat[np.unique(np.concatenate([reach.argmax(axis=0), reach.argmin(axis=0)]))]
    return rim


def _width_across(flat: Array, way: Array, normal: Array, geometry: VolumeGeometry) -> float:
    """Return the longest chord at right angles to a direction in one plane, mm."""
    across = np.cross(normal, way)
    step = _voxel_mm(way, geometry)
    along = np.rint((flat @ way - (flat @ way).min()) / step).astype(int)
    places = flat @ across
    count = int(along.max()) + 1
    high, low = np.full(count, -np.inf), np.full(count, np.inf)
    np.maximum.at(high, along, places)
    np.minimum.at(low, along, places)
    used = np.isfinite(high)
    return float((high[used] - low[used]).max()) + _voxel_mm(across, geometry)
