"""The outline of a lesion from a stroke inside it and a circle around it.

Marker watershed on the edges of what looks like the stroke (algorithms document, section 5). The
circle is a hard limit: whatever happens, the outline never leaves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.base.task import CancelToken
from workstation.domain.spine import PointLps
from workstation.imaging.mask import is_empty, trimmed
from workstation.imaging.measure import Region, sphere_region
from workstation.imaging.outline.patch import LesionCube, cube_around, sitk, to_native
from workstation.imaging.volume import Finding, Volume

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

METHOD = "stroke and circle, marker watershed"
VERSION = "1"
PREVIEW_VOXELS = 60_000
FULL_VOXELS = 300_000
EDGE_VOXELS = 0.8
"""Standard deviation of the smoothing before edges are looked for, voxels."""

RAW_EDGE_WEIGHT = 0.3
LIKENESS_WEIGHT = 0.5
BAND_MM = 2.5
"""How far the plain edge may lie from where the likeness ends."""

DIFFERENT_SPREADS = 3.0
CONTRAST_PERCENTILE = 50.0
HALF_WAY = 0.42
"""Width of the likeness as a share of the contrast: half likeness at half the contrast."""

LEAST_SPREAD = 0.05
"""Least spread of the stroke, as a share of the spread inside the circle."""

CUT_OFF_SHARE = 0.15
MIXED_CV = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stroke:
    """What the reader drew.

    Parameters
    ----------
    center_lps : PointLps
        Middle of the circle, mm.
    radius_mm : float
        Radius of the circle, which encloses the lesion.
    inside_lps : sequence of PointLps
        Points of the stroke inside the lesion.
    outside_lps : sequence of PointLps
        Points that the reader marked as not lesion.
    width_mm : float
        Radius of the stroke.
    """

    center_lps: PointLps
    radius_mm: float
    inside_lps: Sequence[PointLps]
    outside_lps: Sequence[PointLps] = ()
    width_mm: float = 1.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outline:
    """A proposed outline.

    Parameters
    ----------
    region : Region
        Native voxels.
    warnings : tuple of Finding
    preview : bool
        Whether it was found on coarser voxels.
    """

    region: Region
    warnings: tuple[Finding, ...] = ()
    preview: bool = False


def outline_from_stroke(
    volume: Volume,
    stroke: Stroke,
    *,
    preview: bool = False,
    cancel: CancelToken | None = None,
) -> Outline:
    """Return the outline that a stroke and a circle describe.

    Parameters
    ----------
    volume : Volume
    stroke : Stroke
    preview : bool
        Coarser and quicker, while the reader still draws.
    cancel : CancelToken, optional

    Raises
    ------
    InputRefusedError
        When the circle leaves the images or holds no voxel, or the stroke lies outside it.
    CancelledError
        When ``cancel`` was used.
    """
    limit = sphere_region(volume, stroke.center_lps, stroke.radius_mm)
    if is_empty(limit):
        raise InputRefusedError("The circle is smaller than a voxel.", code="too-small")
    center = np.asarray(stroke.center_lps, dtype=np.float64)
    cube = cube_around(volume, center, stroke.radius_mm, PREVIEW_VOXELS if preview else FULL_VOXELS)
    points = cube.points()
    ball = ((points - center) ** 2).sum(axis=-1) <= stroke.radius_mm**2
    inner = _near_points(cube, points, stroke.inside_lps, stroke.width_mm) & ball
    if not inner.any():
        raise InputRefusedError("The stroke lies outside the circle.", code="stroke-outside")
    outer = ~ball | _near_points(cube, points, stroke.outside_lps, stroke.width_mm)
    inner &= ~outer
    if cancel is not None:
        cancel.check()
    found = _watershed(cube, inner, outer, ball)
    region = trimmed(to_native(cube, found, limit, volume))
    return Outline(region=region, warnings=_warnings(cube, found, inner, ball), preview=preview)


def point_stroke(center_lps: PointLps, radius_mm: float, seed_lps: PointLps) -> Stroke:
    """Return the stroke of a single point inside a sphere."""
    return Stroke(
        center_lps=center_lps,
        radius_mm=radius_mm,
        inside_lps=(seed_lps,),
        width_mm=max(min(0.2 * radius_mm, 3.0), 1.0),
    )


def _near_points(
    cube: LesionCube, points: Array, marks: Sequence[PointLps], width_mm: float
) -> Mask:
    """Return the voxels within the width of a stroke, and always those that hold its points."""
    near = np.zeros(cube.shape_kji, dtype=np.bool_)
    if not marks:
        return near
    drawn = _filled(np.asarray(marks, dtype=np.float64), cube.voxel_mm)
    for mark in drawn:
        near |= ((points - mark) ** 2).sum(axis=-1) <= width_mm**2
    index = np.rint(cube.index(drawn)).astype(int)
    shape = np.asarray(cube.shape_kji)[::-1]
    index = index[np.all((index >= 0) & (index < shape), axis=1)]
    near[index[:, 2], index[:, 1], index[:, 0]] = True
    return near


def _filled(marks: Array, step_mm: float) -> Array:
    """Return the points of a stroke with the gaps between them filled."""
    pieces = [marks[:1]]
    for start, end in pairwise(marks):
        count = max(int(np.linalg.norm(end - start) / (2.0 * step_mm)), 1)
        pieces.append(start + np.linspace(0.0, 1.0, count + 1)[1:, None] * (end - start))
    return np.concatenate(pieces)


def _watershed(cube: LesionCube, inner: Mask, outer: Mask, ball: Mask) -> Mask:
    """Return the outline: first where tissue like the stroke ends, then on the plain edge there.

    Plain edges alone would let the outline run to the bright cortex past the fainter border of a
    lesion inside marrow; likeness alone lies a little inside the edge.
    """
    plain = _slope(cube.image, ball)
    alike = _slope(sitk().GetImageFromArray(_likeness(cube, inner, ball)), ball)
    coarse = _flooded(alike + RAW_EDGE_WEIGHT * plain, inner, outer)
    coarse = _cleaned(coarse, inner) & ball
    reach = max(round(BAND_MM / cube.voxel_mm), 1)
    near = _ball_filter(coarse, reach, grow=True)
    core = _ball_filter(coarse, reach, grow=False) | inner
    fine = _flooded(plain + LIKENESS_WEIGHT * alike, core & ~outer, ~near | outer)
    return _cleaned(fine, inner) & ball


def _flooded(edges: NDArray[np.float32], inner: Mask, outer: Mask) -> Mask:
    itk = sitk()
    markers = inner.astype(np.uint8) + 2 * outer.astype(np.uint8)
    labels = itk.MorphologicalWatershedFromMarkers(
        itk.GetImageFromArray(edges.astype(np.float32)),
        itk.GetImageFromArray(markers),
        False,
        False,
    )
    mask: Mask = itk.GetArrayFromImage(labels) == 1
    return mask


def _cleaned(mask: Mask, inner: Mask) -> Mask:
    """Return the part of a mask that the stroke touches: thin bridges cut, even, without holes."""
    itk = sitk()
    opened = _ball_filter(_ball_filter(mask, 1, grow=False), 1, grow=True) | inner
    even = itk.Median(itk.GetImageFromArray(opened.astype(np.uint8)), [1, 1, 1])
    parts = itk.GetArrayFromImage(itk.ConnectedComponent(even))
    touched = np.unique(parts[inner])
    chosen = np.isin(parts, touched[touched > 0]).astype(np.uint8)
    filled = itk.BinaryFillhole(itk.GetImageFromArray(chosen))
    cleaned: Mask = itk.GetArrayFromImage(filled) > 0
    return cleaned | inner


def _ball_filter(mask: Mask, reach: int, *, grow: bool) -> Mask:
    itk = sitk()
    run = itk.BinaryDilate if grow else itk.BinaryErode
    found = run(itk.GetImageFromArray(mask.astype(np.uint8)), [reach] * 3, itk.sitkBall, 0.0, 1.0)
    changed: Mask = itk.GetArrayFromImage(found) > 0
    return changed


def _likeness(cube: LesionCube, inner: Mask, ball: Mask) -> NDArray[np.float32]:
    """Return how much each voxel is like the stroke, 1 to 0, half way at half the contrast."""
    itk = sitk()
    smooth = itk.SmoothingRecursiveGaussian(cube.image, EDGE_VOXELS * cube.voxel_mm)
    values = itk.GetArrayFromImage(smooth)
    middle = float(np.median(values[inner]))
    spread = 1.4826 * float(np.median(np.abs(values[inner] - middle)))
    spread = max(spread, LEAST_SPREAD * float(np.std(values[ball])), 1e-6)
    off = np.abs(values - middle)
    other = off[ball & (off > DIFFERENT_SPREADS * spread)]
    contrast = float(np.percentile(other, CONTRAST_PERCENTILE)) if other.size else 0.0
    width = max(HALF_WAY * contrast, spread)
    likeness: NDArray[np.float32] = np.exp(-0.5 * (off / width) ** 2).astype(np.float32)
    return likeness


def _slope(image: Any, ball: Mask) -> NDArray[np.float32]:
    itk = sitk()
    plain = itk.GetImageFromArray(itk.GetArrayViewFromImage(image))
    slope: NDArray[np.float32] = itk.GetArrayFromImage(
        itk.GradientMagnitudeRecursiveGaussian(plain, EDGE_VOXELS)
    )
    top = float(np.percentile(slope[ball], 99.0))
    return (slope / max(top, 1e-6)).astype(np.float32)


def _warnings(cube: LesionCube, found: Mask, inner: Mask, ball: Mask) -> tuple[Finding, ...]:
    warnings = []
    if _reaches_circle(found, ball) or _without_border(cube, found, ball):
        warnings.append(
            Finding(
                code="cut-off",
                message="The outline reaches the circle or has no clear border inside it; it may "
                "be cut off or leak. Draw a larger circle or mark what is not lesion.",
            )
        )
    values = sitk().GetArrayViewFromImage(cube.image)[inner]
    if float(np.std(values)) > MIXED_CV * abs(float(np.mean(values))):
        warnings.append(
            Finding(
                code="mixed-tissue",
                message="The stroke crosses different tissues; draw a second stroke.",
            )
        )
    return tuple(warnings)


def _reaches_circle(found: Mask, ball: Mask) -> bool:
    shell = ball & ~_ball_filter(ball, 1, grow=False)
    reached = _ball_filter(found, 1, grow=True)
    return float(reached[shell].mean()) > CUT_OFF_SHARE


def _without_border(cube: LesionCube, found: Mask, ball: Mask) -> bool:
    """Whether tissue just outside the outline looks like that inside."""
    values = sitk().GetArrayViewFromImage(cube.image)
    reach = max(round(BAND_MM / cube.voxel_mm), 1)
    ring = _ball_filter(found, reach, grow=True) & ball & ~_ball_filter(found, 1, grow=True)
    if not ring.any():
        return True
    middle = float(np.median(values[found]))
    spread = 1.4826 * float(np.median(np.abs(values[found] - middle)))
    return abs(float(np.median(values[ring])) - middle) <= spread
