"""The straightened spine: places along the vertebral curve as a flat picture, and back.

A place is ``(s, a, b)``: mm along the curve from its start, mm to the back, mm to the patient's
left. The frame is fixed to sagittal, so left stays left (algorithms document, section 2). Marks
are kept in LPS; lengths are measured in patient space; angles are not measured here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.domain.spine import Landmark, VertebralLevel
from workstation.imaging.spine.curve import SpineCurve
from workstation.imaging.spine.frame import sagittal_axes
from workstation.imaging.spine.priors import body_height_mm
from workstation.imaging.volume import Volume

Array = NDArray[np.float64]

STEP_MM = 0.5
TANGENT_SMOOTH_MM = 1.0
NEWTON_STEPS = 60
TOLERANCE_MM = 1e-7
LEAST_SLOPE = 0.1
CHUNK = 4000
MAX_PLANES = 6
"""Planes averaged in a slab; more cost time and change little."""


class StraightPlane(StrEnum):
    """Which way the straightened spine is looked at."""

    SAGITTAL = "sagittal"
    CORONAL = "coronal"


class SpinePath:
    """The curve through body centers with a frame at every place, a little longer at both ends.

    Parameters
    ----------
    centers_lps : ndarray, shape (n, 3), float64, mm
        Body centers from the head; at least two.
    overhang_mm : tuple of float
        How far it goes on straight above the first and below the last center.

    Raises
    ------
    InputRefusedError
        When there are fewer than two centers, two coincide, or the line runs from side to side.
    """

    def __init__(self, centers_lps: Array, overhang_mm: tuple[float, float] = (0.0, 0.0)) -> None:
        if len(centers_lps) < 2:
            raise InputRefusedError(
                "The straightened spine needs at least two levels.", code="too-few-points"
            )
        curve = SpineCurve(centers_lps)
        knots = curve.knot_arc_mm
        self.length_mm = float(knots[-1] + sum(overhang_mm))
        self.center_arcs_mm = knots + overhang_mm[0]
        self._arcs = np.linspace(0.0, self.length_mm, int(self.length_mm / STEP_MM) + 2)
        along = self._arcs - overhang_mm[0]
        self._places = _extended(curve, along)
        ahead = _extended(curve, along + TANGENT_SMOOTH_MM)
        behind = _extended(curve, along - TANGENT_SMOOTH_MM)
        self._downs = sagittal_axes(ahead - behind)[:, 0]
        self._bends = np.gradient(self._downs, self._arcs, axis=0)

    def frames(self, s_mm: Array) -> Array:
        """Return the unit vectors down, back and left as rows at places, shape (n, 3, 3)."""
        return sagittal_axes(self._between(self._downs, s_mm))

    def to_lps(self, places: Array) -> Array:
        """Return LPS points (n, 3) of places (n, 3) given as (s, a, b), mm."""
        s = places[:, 0]
        axes = self.frames(s)
        points: Array = (
            self._between(self._places, s)
            + places[:, 1:2] * axes[:, 1]
            + places[:, 2:3] * axes[:, 2]
        )
        return points

    def from_lps(self, points_lps: Array) -> Array:
        """Return places (s, a, b) of LPS points, shape (n, 3), mm; ``s`` clamped to the curve."""
        parts = np.array_split(points_lps, max(len(points_lps) // CHUNK, 1))
        return np.concatenate([self._solved(part) for part in parts])

    def bend(self, s_mm: Array) -> Array:
        """Return how the direction changes per mm (1/mm) at places, shape (n, 3), LPS."""
        return self._between(self._bends, s_mm)

    def _between(self, values: Array, s_mm: Array) -> Array:
        columns = [np.interp(s_mm, self._arcs, values[:, axis]) for axis in range(3)]
        return np.stack(columns, axis=-1)

    def _solved(self, points: Array) -> Array:
        """Return places by Newton's method from the nearest sample: offset at right angles."""
        squared = (
            (points**2).sum(axis=1)[:, None]
            - 2.0 * points @ self._places.T
            + (self._places**2).sum(axis=1)[None]
        )
        s = self._arcs[np.argmin(squared, axis=1)]
        for _ in range(NEWTON_STEPS):
            offset = points - self._between(self._places, s)
            down = self.frames(s)[:, 0]
            along = (offset * down).sum(axis=1)
            slope = np.maximum(1.0 - (offset * self.bend(s)).sum(axis=1), LEAST_SLOPE)
            moved = np.clip(s + np.clip(along / slope, -5.0, 5.0), 0.0, self.length_mm)
            if float(np.abs(moved - s).max(initial=0.0)) < TOLERANCE_MM:
                break
            s = moved
        axes = self.frames(s)
        offset = points - self._between(self._places, s)
        back, left = ((offset * axes[:, row]).sum(axis=1) for row in (1, 2))
        return np.stack([s, back, left], axis=-1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StraightSpec:
    """What to show of a straightened spine.

    Parameters
    ----------
    plane : StraightPlane
    pixel_mm : float
        Side of a pixel.
    half_width_mm : float
        From the curve to the edge of the picture.
    offset_mm : float
        Where the plane lies: to the left of the curve (sagittal) or behind it (coronal).
    slab_mm : float
        Thickness that is averaged; 0 is a single plane.
    """

    plane: StraightPlane = StraightPlane.SAGITTAL
    pixel_mm: float = 0.5
    half_width_mm: float = 40.0
    offset_mm: float = 0.0
    slab_mm: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StraightPicture:
    """A straightened picture and how its pixels map to the patient.

    Parameters
    ----------
    pixels : ndarray, shape (rows, columns), float64
        Rows from head to foot; columns from front to back (sagittal) or from the patient's right
        to the left (coronal). NaN outside the volume and where the picture would fold.
    folded : ndarray, shape (rows, columns), bool
        Where the curve bends so much that neighboring rows would cross; drawn hatched.
    path : SpinePath
    spec : StraightSpec
    """

    pixels: Array
    folded: NDArray[np.bool_]
    path: SpinePath
    spec: StraightSpec

    def pixel_to_lps(self, rows: Array, columns: Array) -> Array:
        """Return LPS points (n, 3) of pixel centers (n,), mm."""
        return self.path.to_lps(_places(self.spec, self.pixels.shape[1], rows, columns))

    def lps_to_pixel(self, points_lps: Array) -> Array:
        """Return (row, column, mm off the plane) of LPS points, shape (n, 3)."""
        places = self.path.from_lps(points_lps)
        sagittal = self.spec.plane is StraightPlane.SAGITTAL
        across, off = (places[:, 1], places[:, 2]) if sagittal else (places[:, 2], places[:, 1])
        middle = (self.pixels.shape[1] - 1) / 2.0
        return np.stack(
            [
                places[:, 0] / self.spec.pixel_mm,
                across / self.spec.pixel_mm + middle,
                off - self.spec.offset_mm,
            ],
            axis=-1,
        )


def path_of(landmarks: Sequence[Landmark]) -> SpinePath:
    """Return the path through labelled levels, half a body longer at both ends.

    Raises
    ------
    InputRefusedError
        As :class:`SpinePath`.
    """
    centers = np.array([mark.center_lps for mark in landmarks], dtype=np.float64).reshape(-1, 3)
    if len(centers) < 2:
        return SpinePath(centers)
    ends = (landmarks[0].level, landmarks[-1].level)
    above, below = (_overhang_mm(level) for level in ends)
    return SpinePath(centers, (above, below))


def _overhang_mm(level: VertebralLevel) -> float:
    return 0.6 * body_height_mm(level)


def straighten(volume: Volume, path: SpinePath, spec: StraightSpec) -> StraightPicture:
    """Return the straightened picture of a volume, trilinear.

    Raises
    ------
    InputRefusedError
        When the size of the picture makes no sense.
    """
    if not (spec.pixel_mm > 0.0 and spec.half_width_mm >= spec.pixel_mm and spec.slab_mm >= 0.0):
        raise InputRefusedError(
            "Pixel size and width of the straightened picture must be positive.",
            code="bad-size",
        )
    sheet = _sheet_index(volume, path, spec)
    offsets = _slab_offsets(spec, volume)
    total = np.zeros((len(sheet.start), sheet.columns))
    for offset in offsets:
        total += _sampled(volume, sheet, offset)
    folded = _folded(path, spec, sheet)
    total /= len(offsets)
    total[folded] = np.nan
    return StraightPicture(pixels=total, folded=folded, path=path, spec=spec)


def refuse_angle() -> None:
    """Refuse to measure an angle on a straightened picture.

    Raises
    ------
    InputRefusedError
        Always: straightening changes every angle.
    """
    raise InputRefusedError(
        "Angles are not measured on the straightened spine, because straightening changes them; "
        "measure on the sagittal images.",
        code="straightened",
    )


def _extended(curve: SpineCurve, along_mm: Array) -> Array:
    """Return points of a curve that goes on straight beyond its ends, mm."""
    end = float(curve.knot_arc_mm[-1])
    inside = np.clip(along_mm, 0.0, end)
    points = curve.at_arc(inside)
    ends = curve.at_arc(np.array([0.0, 0.5, end - 0.5, end]))
    first, last = (ends[1] - ends[0]) / 0.5, (ends[3] - ends[2]) / 0.5
    above, below = np.minimum(along_mm, 0.0), np.maximum(along_mm - end, 0.0)
    extended: Array = points + above[:, None] * first + below[:, None] * last
    return extended


def _places(spec: StraightSpec, columns: int, rows_at: Array, columns_at: Array) -> Array:
    """Return places (s, a, b) of pixels, shape (n, 3), mm."""
    s = rows_at * spec.pixel_mm
    across = (columns_at - (columns - 1) / 2.0) * spec.pixel_mm
    off = np.full_like(s, spec.offset_mm)
    pair = (across, off) if spec.plane is StraightPlane.SAGITTAL else (off, across)
    return np.stack([s, *pair], axis=-1)


def _slab_offsets(spec: StraightSpec, volume: Volume) -> Array:
    """Return where the planes of a slab lie, about one voxel apart but not too many, mm."""
    if spec.slab_mm <= 0.0:
        return np.zeros(1)
    spacing = max(min(volume.geometry.spacing_ijk), 0.5)
    count = min(max(round(spec.slab_mm / spacing) + 1, 2), MAX_PLANES)
    return np.linspace(-spec.slab_mm / 2.0, spec.slab_mm / 2.0, count)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sheet:
    """A picture in continuous voxel indices: each row is a straight line through the volume.

    ``start`` (n, 3) is the first pixel of each row, ``step`` (n, 3) the way from pixel to pixel,
    ``normal`` (n, 3) one mm off the plane; ``across_mm`` (m,) and ``frames`` (n, 3, 3) say where
    that is in the patient.
    """

    start: Array
    step: Array
    normal: Array
    across_mm: Array
    frames: Array
    s_mm: Array

    @property
    def columns(self) -> int:
        return len(self.across_mm)


def _sheet_index(volume: Volume, path: SpinePath, spec: StraightSpec) -> _Sheet:
    s: Array = np.arange(int(path.length_mm / spec.pixel_mm) + 1, dtype=np.float64) * spec.pixel_mm
    count = 2 * int(spec.half_width_mm / spec.pixel_mm) + 1
    across: Array = (np.arange(count, dtype=np.float64) - (count - 1) / 2.0) * spec.pixel_mm
    frames = path.frames(s)
    sagittal = spec.plane is StraightPlane.SAGITTAL
    along, normal = (frames[:, 1], frames[:, 2]) if sagittal else (frames[:, 2], frames[:, 1])
    first = path.to_lps(np.stack([s, np.zeros_like(s), np.zeros_like(s)], axis=-1))
    first = first + across[0] * along + spec.offset_mm * normal
    geometry = volume.geometry
    zero = geometry.lps_to_index(np.zeros((1, 3)))
    return _Sheet(
        start=geometry.lps_to_index(first),
        step=geometry.lps_to_index(along * spec.pixel_mm) - zero,
        normal=geometry.lps_to_index(normal) - zero,
        across_mm=across,
        frames=frames,
        s_mm=s,
    )


def _sampled(volume: Volume, sheet: _Sheet, offset_mm: float) -> Array:
    """Return trilinear values of one plane of the slab, NaN outside the volume."""
    steps = np.arange(sheet.columns, dtype=np.float64)
    start = sheet.start + offset_mm * sheet.normal
    base, part = [], []
    inside = np.ones((len(start), sheet.columns), dtype=np.bool_)
    for axis, size in enumerate(volume.geometry.size_ijk):
        at = start[:, axis, None] + steps[None] * sheet.step[:, axis, None]
        inside &= (at >= -0.5) & (at <= size - 0.5)
        clamped = np.clip(at, 0.0, size - 1.0)
        low = np.minimum(clamped.astype(np.intp), max(size - 2, 0))
        base.append(low)
        part.append((clamped - low).astype(np.float32))
    values = _trilinear(volume.array, base, part)
    values[~inside] = np.nan
    return values


def _trilinear(
    array: NDArray[Any], base: list[NDArray[np.intp]], part: list[NDArray[np.float32]]
) -> Array:
    """Return values between eight voxels; single steps along a line, all from one flat array."""
    slices, rows, columns = array.shape
    flat = array.reshape(-1)
    at = (base[2] * rows + base[1]) * columns + base[0]
    right = 1 if columns > 1 else 0
    below = columns if rows > 1 else 0
    next_slice = rows * columns if slices > 1 else 0

    def line(start: int) -> NDArray[np.float32]:
        first = flat[at + start].astype(np.float32)
        found: NDArray[np.float32] = first + part[0] * (
            flat[at + start + right].astype(np.float32) - first
        )
        return found

    def plane(start: int) -> NDArray[np.float32]:
        first = line(start)
        found: NDArray[np.float32] = first + part[1] * (line(start + below) - first)
        return found

    near = plane(0)
    values: Array = (near + part[2] * (plane(next_slice) - near)).astype(np.float64)
    return values


def _folded(path: SpinePath, spec: StraightSpec, sheet: _Sheet) -> NDArray[np.bool_]:
    """Return where rows cross: the offset reaches the center of the curve's bend."""
    bend = path.bend(sheet.s_mm)
    rows = (1, 2) if spec.plane is StraightPlane.SAGITTAL else (2, 1)
    along, off = ((bend * sheet.frames[:, row]).sum(axis=1)[:, None] for row in rows)
    crossing: NDArray[np.bool_] = along * sheet.across_mm[None] + off * spec.offset_mm >= 1.0
    return crossing
