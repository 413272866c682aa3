"""Which tissue each voxel of the invented patient holds, painted vertebra by vertebra."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from tests.support.invented_spine.anatomy import (
    CANAL_MM,
    CONUS,
    CORD_MM,
    SAC_MM,
    LesionKind,
    PhantomSpine,
    PhantomVertebra,
    PlantedLesion,
)
from workstation.imaging.geometry import VolumeGeometry

Vector = NDArray[np.float64]
Labels = NDArray[np.uint8]
Where = Callable[[Vector], NDArray[np.bool_]]

CORTEX_MM = 1.2
SHAPE_POWER = 2.6
"""Exponent of the superellipse that is the outline of a vertebral body from above."""


class Tissue(IntEnum):
    """What a voxel holds."""

    AIR = 0
    MUSCLE = 1
    FAT = 2
    DISC = 3
    MARROW = 4
    CORTEX = 5
    EPIDURAL_FAT = 6
    CSF = 7
    CORD = 8
    LYTIC = 9
    BLASTIC = 10
    EPIDURAL_TUMOR = 11
    DARK_DISC = 12


_TUMOR = {
    LesionKind.LYTIC: Tissue.LYTIC,
    LesionKind.BLASTIC: Tissue.BLASTIC,
    LesionKind.EPIDURAL: Tissue.EPIDURAL_TUMOR,
}


class Painter:
    """Paints shapes given in the axes of one vertebra into a grid of tissues.

    Parameters
    ----------
    geometry : VolumeGeometry
    """

    def __init__(self, geometry: VolumeGeometry) -> None:
        self.geometry = geometry
        self.tissue: Labels = np.zeros(geometry.shape_kji, dtype=np.uint8)

    def paint(
        self, body: PhantomVertebra, reach_mm: tuple[float, ...], value: int, inside: Where
    ) -> None:
        """Set ``value`` where ``inside`` holds.

        Parameters
        ----------
        body : PhantomVertebra
        reach_mm : tuple of float
            Box that holds the shape: lowest left, back, head, then highest.
        value : int
        inside : callable
            Takes points (..., 3) as (left, back, head) mm and says which lie inside.
        """
        corners = np.array(
            [(reach_mm[0 + 3 * a], reach_mm[1 + 3 * b], reach_mm[2 + 3 * c]) for a, b, c in _CUBE]
        )
        index = self.geometry.lps_to_index(corners @ body.axes + body.center_lps)
        upper = np.array(self.geometry.size_ijk) - 1
        low = np.clip(np.floor(index.min(axis=0)).astype(int), 0, upper + 1)
        high = np.clip(np.ceil(index.max(axis=0)).astype(int), -1, upper)
        if np.any(low > high):
            return
        axes = [np.arange(a, b + 1, dtype=np.float64) for a, b in zip(low, high, strict=True)]
        grid = np.stack(np.meshgrid(axes[2], axes[1], axes[0], indexing="ij")[::-1], axis=-1)
        local = body.local(self.geometry.index_to_lps(grid))
        box = tuple(slice(low[axis], high[axis] + 1) for axis in (2, 1, 0))
        self.tissue[box][inside(local)] = value


_CUBE = tuple((a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1))


def paint_spine(spine: PhantomSpine, geometry: VolumeGeometry) -> Labels:
    """Return the tissue of every voxel, shape (k, j, i), uint8 of :class:`Tissue`."""
    painter = Painter(geometry)
    _paint_trunk(painter, spine)
    for body in spine.painted:
        _paint_disc(painter, body, dark=_is_dark(spine, body))
    for body in spine.painted:
        _paint_arch(painter, body)
    for body in reversed(spine.painted):
        _paint_canal(painter, body)
    for body in spine.painted:
        _paint_body(painter, body)
    for lesion in spine.recipe.lesions:
        _paint_lesion(painter, spine, lesion)
    return painter.tissue


def lesion_mask(
    tissue: Labels, geometry: VolumeGeometry, spine: PhantomSpine, lesion: PlantedLesion
) -> NDArray[np.bool_]:
    """Return the voxels of one planted lesion, shape (k, j, i), bool."""
    painter = Painter(geometry)
    body = spine.vertebra(lesion.level)
    painter.paint(body, _around(lesion), 1, _ball(lesion))
    mask: NDArray[np.bool_] = (painter.tissue == 1) & (tissue == _TUMOR[lesion.kind])
    return mask


def body_mask(geometry: VolumeGeometry, body: PhantomVertebra) -> NDArray[np.bool_]:
    """Return the voxels of one vertebral body, shape (k, j, i), bool."""
    painter = Painter(geometry)
    painter.paint(body, _body_box(body), 1, lambda at: _body_depth_in(body, at) >= 0.0)
    mask: NDArray[np.bool_] = painter.tissue == 1
    return mask


def _paint_trunk(painter: Painter, spine: PhantomSpine) -> None:
    """Muscle around the spine, fat behind and beside it, air outside."""
    for body in spine.painted:
        reach = body.heights_mm[1]
        box = (-90.0, -95.0, -reach, 90.0, 75.0, reach)
        painter.paint(body, box, Tissue.FAT, _in_ellipse((88.0, 80.0), 0.0, -12.0))
    for body in spine.painted:
        reach = body.heights_mm[1]
        box = (-70.0, -60.0, -reach, 70.0, 60.0, reach)
        painter.paint(body, box, Tissue.MUSCLE, _in_ellipse((66.0, 52.0), 0.0, 2.0))
    for body in spine.painted:
        reach = body.heights_mm[1]
        front = -body.depth_mm / 2.0 - 14.0
        box = (-30.0, front - 20.0, -reach, 30.0, front + 20.0, reach)
        painter.paint(body, box, Tissue.FAT, _in_ellipse((24.0, 8.0), 4.0, front))


def _paint_disc(painter: Painter, body: PhantomVertebra, *, dark: bool) -> None:
    low = -body.height_at(np.zeros(1))[0] / 2.0 - body.disc_mm
    box = (-body.width_mm, -body.depth_mm, low - 8.0, body.width_mm, body.depth_mm, 0.0)
    value = Tissue.DARK_DISC if dark else Tissue.DISC
    painter.paint(
        body,
        box,
        value,
        lambda at: (_outline(body, at) <= 1.0) & (at[..., 2] >= low - 4.0) & (at[..., 2] <= 0.0),
    )


def _paint_body(painter: Painter, body: PhantomVertebra) -> None:
    box = _body_box(body)
    painter.paint(body, box, Tissue.CORTEX, lambda at: _body_depth_in(body, at) >= 0.0)
    painter.paint(body, box, Tissue.MARROW, lambda at: _body_depth_in(body, at) >= CORTEX_MM)


def _paint_arch(painter: Painter, body: PhantomVertebra) -> None:
    for box in _arch_boxes(body):
        low, high = np.array(box[:3]), np.array(box[3:])
        painter.paint(body, box, Tissue.CORTEX, _inside_box(low, high))
        if np.all(high - low > 2.0 * CORTEX_MM):
            inner = _inside_box(low + CORTEX_MM, high - CORTEX_MM)
            painter.paint(body, box, Tissue.MARROW, inner)


def _arch_boxes(body: PhantomVertebra) -> Iterator[tuple[float, ...]]:
    """Yield boxes (lowest left, back, head, highest) of pedicles, processes and laminae, mm."""
    height, back = body.heights_mm[1], body.depth_mm / 2.0
    canal, width = body.canal_center_mm, CANAL_MM[0]
    behind = canal + CANAL_MM[1]
    yield (-width - 3.0, behind - 1.0, -0.4 * height, width + 3.0, behind + 4.0, 0.25 * height)
    yield (-3.0, behind + 3.0, -0.55 * height, 3.0, behind + 26.0, 0.0)
    for side in (-1.0, 1.0):
        for near, far, v0, v1, w0, w1 in (
            (width - 1.0, width + 6.0, back - 3.0, canal + 4.0, -0.05, 0.42),
            (width + 1.0, width + 9.0, canal, behind + 2.0, -0.6, 0.6),
            (width + 6.0, width + 20.0, canal, canal + 7.0, -0.1, 0.3),
        ):
            a, b = sorted((side * near, side * far))
            yield (a, v0, w0 * height, b, v1, w1 * height)


def _paint_canal(painter: Painter, body: PhantomVertebra) -> None:
    reach = body.heights_mm[1] / 2.0 + body.disc_mm
    middle = body.canal_center_mm
    has_cord = body.level.order <= CONUS.order
    layers = [(CANAL_MM, Tissue.EPIDURAL_FAT), (SAC_MM, Tissue.CSF)]
    for half_axes, value in [*layers, (CORD_MM, Tissue.CORD)] if has_cord else layers:
        box = (-12.0, middle - 10.0, -reach, 12.0, middle + 10.0, reach)
        painter.paint(body, box, value, _in_ellipse(half_axes, 0.0, middle))


def _paint_lesion(painter: Painter, spine: PhantomSpine, lesion: PlantedLesion) -> None:
    """Paint a ball: inside bone for lytic and blastic, inside the canal for epidural tumor."""
    body = spine.vertebra(lesion.level)
    before = painter.tissue.copy()
    painter.paint(body, _around(lesion), _TUMOR[lesion.kind], _ball(lesion))
    bone = (Tissue.MARROW, Tissue.CORTEX)
    canal = (Tissue.EPIDURAL_FAT, Tissue.CSF)
    allowed = canal if lesion.kind is LesionKind.EPIDURAL else bone
    outside = ~np.isin(before, allowed)
    painter.tissue[outside] = before[outside]


def _is_dark(spine: PhantomSpine, body: PhantomVertebra) -> bool:
    """Whether the disc below is degenerate: one in four, by the seed."""
    return (body.level.order * 7 + spine.recipe.seed * 3) % 4 == 0


def _around(lesion: PlantedLesion) -> tuple[float, ...]:
    low = tuple(value - lesion.radius_mm for value in lesion.offset_mm)
    high = tuple(value + lesion.radius_mm for value in lesion.offset_mm)
    return low + high


def _ball(lesion: PlantedLesion) -> Where:
    middle = np.array(lesion.offset_mm)
    return lambda at: ((at - middle) ** 2).sum(axis=-1) <= lesion.radius_mm**2


def _inside_box(low: Vector, high: Vector) -> Where:
    return lambda at: np.all((at >= low) & (at <= high), axis=-1)


def _in_ellipse(half_axes: tuple[float, float], left_mm: float, back_mm: float) -> Where:
    """Return whether points lie in an ellipse seen from above."""

    def inside(at: Vector) -> NDArray[np.bool_]:
        across = (at[..., 0] - left_mm) / half_axes[0]
        along = (at[..., 1] - back_mm) / half_axes[1]
        found: NDArray[np.bool_] = across**2 + along**2 <= 1.0
        return found

    return inside


def _outline(body: PhantomVertebra, at: Vector) -> Vector:
    """Return the radius in the outline from above: 1 on its edge."""
    across = np.abs(at[..., 0]) / (body.width_mm / 2.0)
    along = np.abs(at[..., 1]) / (body.depth_mm / 2.0)
    radius: Vector = (across**SHAPE_POWER + along**SHAPE_POWER) ** (1.0 / SHAPE_POWER)
    return radius


def _body_box(body: PhantomVertebra) -> tuple[float, ...]:
    half = max(body.heights_mm) / 2.0 + 1.0
    width, depth = body.width_mm / 2.0 + 1.0, body.depth_mm / 2.0 + 1.0
    return (-width, -depth, -half, width, depth, half)


def _body_depth_in(body: PhantomVertebra, at: Vector) -> Vector:
    """Return how deep points lie inside a body, negative outside, mm."""
    side = (1.0 - _outline(body, at)) * min(body.width_mm, body.depth_mm) / 2.0
    ends = body.height_at(at[..., 1]) / 2.0 - np.abs(at[..., 2])
    depth: Vector = np.minimum(side, ends)
    return depth
