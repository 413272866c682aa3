"""Where the pictures of one stack lie: sorting, gaps, tilt, and the regular grid they fill.

Sorting uses the position along the normal alone, never the instance number or the file name.
Anything that is not a regular, perpendicular grid becomes a finding with a code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.image_frame import MAX_SPACING_MM, ImageFrame, PlacedFrame, Placement
from workstation.imaging.volume import Finding

Vector = NDArray[np.float64]

SAME_POSITION_MM = 0.01
"""Pictures nearer than this lie at one position."""

EVEN_TOLERANCE_MM = 0.01
"""Largest departure from a regular grid that is not worth a word."""

ROUNDING_TOLERANCE_MM = 0.05
"""Departures up to this, or 2 % of the slice distance, are rounding in the header; reported."""

ROUNDING_TOLERANCE_SHARE = 0.02

SLAB_GAP = 1.5
"""A gap of more than this many slice distances ends a slab, unless slices are missing there."""

MOST_MISSING_IN_A_GAP = 3
"""A gap of a whole number of distances counts as missing slices up to this many."""

LONE_SLICE_MM = 1.0
"""Thickness of a single slice whose header gives none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameStack:
    """The pictures of one volume in order along the normal, and the grid they fill.

    Parameters
    ----------
    frames : tuple of ImageFrame
        Sorted by position.
    slices : tuple of int
        Slice k of each frame; numbers left out are missing slices.
    geometry : VolumeGeometry
        Regular grid of the stack; for a sheared stack the grid of its first picture's axes.
    shear_ij_mm : tuple of float
        In-plane shift per slice along i and j, mm; (0, 0) for a perpendicular stack.
    findings : tuple of Finding
    """

    frames: tuple[ImageFrame, ...]
    slices: tuple[int, ...]
    geometry: VolumeGeometry
    shear_ij_mm: tuple[float, float] = (0.0, 0.0)
    findings: tuple[Finding, ...] = ()

    @property
    def sheared(self) -> bool:
        """Whether the pictures are shifted against each other (tilted gantry)."""
        return self.shear_ij_mm != (0.0, 0.0)

    @property
    def missing_slices(self) -> tuple[int, ...]:
        """Slices k without a picture."""
        present = set(self.slices)
        return tuple(k for k in range(self.geometry.shape_kji[0]) if k not in present)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackOnly:
    """Pictures that do not form a volume: they can be shown one by one."""

    frames: tuple[ImageFrame, ...]
    finding: Finding


def split_phases(frames: Sequence[PlacedFrame]) -> list[list[PlacedFrame]]:
    """Return the frames as repetitions: the n-th picture of each position is in the n-th list.

    Repetitions without any tag that tells them apart (diffusion directions, dynamic phases) are
    ordered by acquisition and instance number.
    """
    ordered = sorted(frames, key=lambda item: item.place.distance)
    positions: list[list[PlacedFrame]] = []
    for frame in ordered:
        if positions and frame.place.distance - positions[-1][0].place.distance < SAME_POSITION_MM:
            positions[-1].append(frame)
        else:
            positions.append([frame])
    for group in positions:
        group.sort(key=_repetition_order)
    count = max(len(group) for group in positions)
    return [[group[n] for group in positions if len(group) > n] for n in range(count)]


def arrange(frames: Sequence[PlacedFrame]) -> list[FrameStack | StackOnly]:
    """Return the slabs of frames that share matrix, spacing and orientation.

    Parameters
    ----------
    frames : sequence of PlacedFrame
        One picture per position, each with position, axes and spacing.
    """
    ordered = sorted(frames, key=lambda item: item.place.distance)
    return [_slab_stack(slab) for slab in _slabs(ordered)]


def _repetition_order(placed: PlacedFrame) -> tuple[int, float, str, int, int]:
    frame = placed.frame
    return (
        frame.tags.integer("AcquisitionNumber") or 0,
        frame.tags.number("TriggerTime") or 0.0,
        frame.tags.text("AcquisitionTime"),
        frame.instance_number,
        frame.index,
    )


def _slabs(ordered: list[PlacedFrame]) -> list[list[PlacedFrame]]:
    """Return runs without a large gap; a few missing slices do not end a run."""
    if len(ordered) < 3:
        return [ordered]
    distances = np.array([frame.place.distance for frame in ordered])
    gaps = np.diff(distances)
    usual = float(np.median(gaps))
    slabs = [[ordered[0]]]
    for gap, frame in zip(gaps, ordered[1:], strict=True):
        if gap > SLAB_GAP * usual and not _is_missing(float(gap), usual):
            slabs.append([])
        slabs[-1].append(frame)
    return slabs


def _is_missing(gap: float, usual: float) -> bool:
    count = round(gap / usual)
    return count <= MOST_MISSING_IN_A_GAP + 1 and abs(gap - count * usual) <= _tolerance(usual)


def _tolerance(spacing: float) -> float:
    return max(ROUNDING_TOLERANCE_MM, ROUNDING_TOLERANCE_SHARE * spacing)


def _slab_stack(slab: list[PlacedFrame]) -> FrameStack | StackOnly:
    if len(slab) == 1:
        return _lone_slice(slab[0])
    first = slab[0].place
    positions = np.array([item.place.position for item in slab])
    distances = (positions - positions[0]) @ first.normal
    slices, spacing, error = _fit_grid(distances)
    if error > _tolerance(spacing):
        return StackOnly(frames=_pictures(slab), finding=_uneven(distances))
    in_plane = np.stack(
        [(positions - positions[0]) @ axis for axis in (first.row, first.column)], axis=1
    )
    shear, scatter = _fit_shear(np.array(slices), in_plane)
    if scatter > ROUNDING_TOLERANCE_MM:
        return StackOnly(frames=_pictures(slab), finding=_scattered(scatter))
    findings = _grid_findings(slab, slices, spacing, max(error, scatter))
    if shear != (0.0, 0.0):
        findings.append(_tilted(shear, spacing))
    return FrameStack(
        frames=_pictures(slab),
        slices=slices,
        geometry=_grid(first, slab[0].frame, slices[-1] + 1, spacing),
        shear_ij_mm=shear,
        findings=tuple(findings),
    )


def _fit_grid(distances: Vector) -> tuple[tuple[int, ...], float, float]:
    """Return slice numbers, slice distance and the largest departure from that grid, mm."""
    usual = float(np.median(np.diff(distances)))
    slices = np.rint(distances / usual).astype(int)
    spacing = float(distances[-1] / slices[-1])
    error = float(np.abs(distances - slices * spacing).max())
    if len(set(slices.tolist())) != len(slices):
        error = usual
    return tuple(int(k) for k in slices), spacing, error


def _fit_shear(slices: Vector, in_plane: Vector) -> tuple[tuple[float, float], float]:
    """Return the in-plane shift per slice and the largest departure from a straight drift, mm."""
    largest = float(np.abs(in_plane).max())
    if largest <= ROUNDING_TOLERANCE_MM:
        return (0.0, 0.0), largest if largest > EVEN_TOLERANCE_MM else 0.0
    drift = in_plane[-1] / slices[-1]
    scatter = float(np.abs(in_plane - slices[:, None] * drift).max())
    return (float(drift[0]), float(drift[1])), scatter


def _pictures(slab: Sequence[PlacedFrame]) -> tuple[ImageFrame, ...]:
    return tuple(item.frame for item in slab)


def _grid(place: Placement, frame: ImageFrame, count: int, spacing: float) -> VolumeGeometry:
    between_rows, between_columns = place.pixel_spacing
    x, y, z = place.position
    return VolumeGeometry(
        shape_kji=(count, frame.rows, frame.columns),
        spacing_ijk=(between_columns, between_rows, spacing),
        origin_lps=(float(x), float(y), float(z)),
        direction=np.stack([place.row, place.column, place.normal], axis=1),
    )


def _lone_slice(placed: PlacedFrame) -> FrameStack:
    frame = placed.frame
    thickness = frame.tags.number("SliceThickness") or 0.0
    plausible = 0.0 < thickness <= MAX_SPACING_MM
    finding = Finding(code="single-slice", message="This series has one slice only.")
    return FrameStack(
        frames=(frame,),
        slices=(0,),
        geometry=_grid(placed.place, frame, 1, thickness if plausible else LONE_SLICE_MM),
        findings=(finding,),
    )


def _grid_findings(
    slab: list[PlacedFrame], slices: tuple[int, ...], spacing: float, error: float
) -> list[Finding]:
    findings = []
    missing = slices[-1] + 1 - len(slices)
    if missing:
        after = [n for n, (a, b) in enumerate(pairwise(slices)) if b - a > 1]
        findings.append(_missing(missing, [slab[n].frame.instance_number for n in after]))
    if error > EVEN_TOLERANCE_MM:
        message = f"Slice positions are up to {error:.2f} mm off an even grid."
        findings.append(Finding(code="position-rounding", message=message))
    thickness = slab[0].frame.tags.number("SliceThickness") or 0.0
    if thickness > spacing * 1.01 + EVEN_TOLERANCE_MM:
        message = (
            f"Slices overlap: each is {thickness:g} mm thick, one starts every {spacing:.4g} mm."
        )
        findings.append(Finding(code="overlapping-slices", message=message))
    return findings


def _missing(count: int, after: list[int]) -> Finding:
    what = "1 slice is missing" if count == 1 else f"{count} slices are missing"
    where = ", ".join(str(number) for number in after[:5])
    message = f"{what} (after image {where}); nothing is measured across the gap."
    return Finding(code="missing-slice", message=message)


def _uneven(distances: Vector) -> Finding:
    gaps = np.diff(distances)
    message = (
        f"The distance between slices varies from {gaps.min():.3g} to {gaps.max():.3g} mm; "
        "the images are shown one by one and not as a volume."
    )
    return Finding(code="uneven-spacing", message=message)


def _scattered(scatter: float) -> Finding:
    message = (
        f"The slices are shifted sideways against each other by up to {scatter:.3g} mm; "
        "the images are shown one by one and not as a volume."
    )
    return Finding(code="shifted-slices", message=message)


def _tilted(shear: tuple[float, float], spacing: float) -> Finding:
    angle = float(np.degrees(np.arctan2(np.hypot(*shear), spacing)))
    message = f"The slices are tilted by {angle:.1f}° against the scan direction (gantry tilt)."
    return Finding(code="tilted", message=message)
