"""The analytic spine: where each vertebra of the invented patient lies, in LPS mm.

Heights and discs follow the level priors with seeded variation; the curve has cervical lordosis,
thoracic kyphosis, lumbar lordosis and, if wished, scoliosis. Cross-sections are design values of
the algorithms document, section 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from workstation.domain.spine import PointLps, Variant, VertebralLevel, level_chain
from workstation.imaging.spine.curve import SpineCurve
from workstation.imaging.spine.priors import body_depth_mm, body_height_mm, disc_height_mm

Vector = NDArray[np.float64]

CANAL_MM = (11.0, 8.0)
"""Half axes of the bony canal: left-right, front-back."""
SAC_MM = (9.2, 6.6)
CORD_MM = (6.2, 4.0)
CONUS = VertebralLevel.L1
"""The cord ends in this level."""

BODY_SPREAD = 0.06
DISC_SPREAD = 0.25
TOP_Z_MM = 300.0

_OVERHANG_MM = 60.0
_KNOT_MM = 10.0
_SMOOTH_KNOTS = 9

_SAGITTAL_KNOTS = {
    "C1": 4.0,
    "C5": -6.0,
    "T1": 8.0,
    "T7": 30.0,
    "T12": 14.0,
    "L3": -12.0,
    "L5": -3.0,
    "S2": 16.0,
}
"""How far behind the plumb line the center of a level lies, mm."""

_WIDTHS = {"C2": 20.0, "C7": 26.0, "T1": 27.0, "T6": 28.0, "T12": 38.0, "L5": 50.0, "S5": 50.0}


class LesionKind(StrEnum):
    """What a planted lesion is made of."""

    LYTIC = "lytic"
    BLASTIC = "blastic"
    EPIDURAL = "epidural"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedLesion:
    """A ball of tumor.

    Parameters
    ----------
    level : VertebralLevel
    kind : LesionKind
    offset_mm : tuple of float
        From the body center: to the left, to the back, to the head.
    radius_mm : float
    """

    level: VertebralLevel
    kind: LesionKind
    offset_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    radius_mm: float = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineRecipe:
    """What the invented spine is like.

    Parameters
    ----------
    first, last : VertebralLevel
        The levels with truth; one more on each side is painted where it exists.
    variants : frozenset of Variant
    sagittal : float
        Factor on lordosis and kyphosis; 0 is a straight spine.
    scoliosis_mm : float
        Amplitude of a left-right wave over the length of the spine.
    collapse : mapping
        Share of height lost per level: (anterior, middle, posterior), 0 to 1.
    lesions : tuple of PlantedLesion
    seed : int
    """

    first: VertebralLevel = VertebralLevel.C2
    last: VertebralLevel = VertebralLevel.L5
    variants: frozenset[Variant] = frozenset()
    sagittal: float = 1.0
    scoliosis_mm: float = 0.0
    collapse: Mapping[VertebralLevel, tuple[float, float, float]] = field(default_factory=dict)
    lesions: tuple[PlantedLesion, ...] = ()
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhantomVertebra:
    """One vertebra with its truth.

    Parameters
    ----------
    level : VertebralLevel
    center_lps : ndarray, shape (3,), float64, mm
    axes : ndarray, shape (3, 3), float64
        Unit vectors to the patient's left, to the back and to the head, as rows.
    heights_mm : tuple of float
        Anterior, middle, posterior.
    width_mm, depth_mm : float
    disc_mm : float
        Height of the disc below.
    disc_below_lps : ndarray, shape (3,), float64, mm
    """

    level: VertebralLevel
    center_lps: Vector
    axes: Vector
    heights_mm: tuple[float, float, float]
    width_mm: float
    depth_mm: float
    disc_mm: float
    disc_below_lps: Vector

    def point(self, left_mm: float, back_mm: float, head_mm: float) -> PointLps:
        """Return a point given from the body center along the axes of the vertebra, LPS mm."""
        x, y, z = self.center_lps + np.array([left_mm, back_mm, head_mm]) @ self.axes
        return (float(x), float(y), float(z))

    def local(self, points_lps: Vector) -> Vector:
        """Return points (..., 3) as (left, back, head) from the body center, mm."""
        local: Vector = (points_lps - self.center_lps) @ self.axes.T
        return local

    def height_at(self, back_mm: Vector) -> Vector:
        """Return the height of the body at distances behind its center, mm."""
        front, middle, back = self.heights_mm
        t = np.clip(2.0 * back_mm / self.depth_mm, -1.0, 1.0)
        height: Vector = middle + (back - front) / 2.0 * t + ((front + back) / 2.0 - middle) * t**2
        return height

    @property
    def canal_center_mm(self) -> float:
        """How far the middle of the canal lies behind the body center, mm."""
        return self.depth_mm / 2.0 + CANAL_MM[1]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhantomSpine:
    """The spine of the invented patient, from the head."""

    recipe: SpineRecipe
    painted: tuple[PhantomVertebra, ...]

    @property
    def vertebrae(self) -> tuple[PhantomVertebra, ...]:
        """The vertebrae between the first and the last level of the recipe."""
        low, high = self.recipe.first.order, self.recipe.last.order
        return tuple(body for body in self.painted if low <= body.level.order <= high)

    def vertebra(self, level: VertebralLevel) -> PhantomVertebra:
        """Return the vertebra of a level."""
        return next(body for body in self.painted if body.level is level)


def build_spine(recipe: SpineRecipe) -> PhantomSpine:
    """Return the spine that a recipe describes; the same recipe gives the same spine."""
    chain = _painted_chain(recipe)
    random = np.random.default_rng(recipe.seed)
    bodies = np.array([body_height_mm(level) for level in chain])
    bodies *= 1.0 + BODY_SPREAD * random.uniform(-1.0, 1.0, len(chain))
    discs = np.array([disc_height_mm(level) for level in chain])
    discs *= 1.0 + DISC_SPREAD * random.uniform(-1.0, 1.0, len(chain))
    heights = [_heights(recipe, level, body) for level, body in zip(chain, bodies, strict=True)]
    middles = np.array([middle for _, middle, _ in heights])
    steps = middles[:-1] / 2.0 + discs[:-1] + middles[1:] / 2.0
    arcs = np.concatenate([[0.0], np.cumsum(steps)])
    curve, start = _curve(recipe, chain, arcs)
    arcs += start
    below = arcs + middles / 2.0 + discs / 2.0
    centers, disc_points = curve.at_arc(arcs), curve.at_arc(below)
    tangents = curve.at_arc(arcs + 1.0) - curve.at_arc(arcs - 1.0)
    return PhantomSpine(
        recipe=recipe,
        painted=tuple(
            PhantomVertebra(
                level=level,
                center_lps=centers[n],
                axes=_axes(tangents[n]),
                heights_mm=heights[n],
                width_mm=_width_mm(level),
                depth_mm=body_depth_mm(level),
                disc_mm=float(discs[n]),
                disc_below_lps=disc_points[n],
            )
            for n, level in enumerate(chain)
        ),
    )


def _painted_chain(recipe: SpineRecipe) -> tuple[VertebralLevel, ...]:
    chain = level_chain(recipe.variants)
    first, last = chain.index(recipe.first), chain.index(recipe.last)
    return chain[max(first - 1, 0) : last + 2]


def _heights(
    recipe: SpineRecipe, level: VertebralLevel, body_mm: float
) -> tuple[float, float, float]:
    front, middle, back = (
        float(body_mm) * (1.0 - lost) for lost in recipe.collapse.get(level, (0.0, 0.0, 0.0))
    )
    return (front, middle, back)


def _curve(
    recipe: SpineRecipe, chain: tuple[VertebralLevel, ...], arcs: Vector
) -> tuple[SpineCurve, float]:
    """Return the curve of the body centers and the arc length at its first level, mm."""
    orders = [VertebralLevel(name).order for name in _SAGITTAL_KNOTS]
    placed = np.array([level.order for level in chain], dtype=np.float64)
    grid = np.arange(-_OVERHANG_MM, arcs[-1] + _OVERHANG_MM, _KNOT_MM)
    behind = np.interp(np.interp(grid, arcs, placed), orders, list(_SAGITTAL_KNOTS.values()))
    y = recipe.sagittal * _smooth(behind)
    x = recipe.scoliosis_mm * np.sin(2.0 * np.pi * (grid - arcs[0]) / max(arcs[-1], 1.0))
    points = np.stack([x, y, TOP_Z_MM - grid], axis=-1)
    curve = SpineCurve(points)
    return curve, float(np.interp(0.0, grid, curve.knot_arc_mm))


def _smooth(values: Vector) -> Vector:
    window = np.hanning(_SMOOTH_KNOTS + 2)[1:-1]
    padded = np.pad(values, _SMOOTH_KNOTS // 2, mode="edge")
    smooth: Vector = np.convolve(padded, window / window.sum(), mode="valid")
    return smooth


def _axes(tangent: Vector) -> Vector:
    head = -tangent / np.linalg.norm(tangent)
    left = np.array([1.0, 0.0, 0.0]) - head[0] * head
    left /= np.linalg.norm(left)
    return np.stack([left, np.cross(head, left), head])


def _width_mm(level: VertebralLevel) -> float:
    orders = [VertebralLevel(name).order for name in _WIDTHS]
    return float(np.interp(level.order, orders, list(_WIDTHS.values())))
