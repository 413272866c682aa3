"""Values of marks that follow from their points alone: mm, degrees, percent.

Formulas: clinical reference, sections 7.5 (height loss), 7.7 (alignment) and 7.8 (canal and cord).
Lengths are measured between the points in patient space; angles and heights within the plane of
the mark. A value that the geometry forbids carries the sentence that says why.
"""

from __future__ import annotations

import functools
import itertools
import math
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.mark import MIN_EXTENT_MM, OUTLINES, Mark, MarkKind
from workstation.domain.spine import PointLps, Variant, VertebralLevel, level_chain

Flat = tuple[float, float]
"""A place in the plane of a mark: to the right and up, mm."""

SAGITTAL_MINIMUM = math.cos(math.radians(45.0))
"""Least part of the front-to-back (or head) direction a plane must contain to name it."""

MEYERDING_LIMITS_PCT = (25.0, 50.0, 75.0, 100.0)
"""Upper ends of the grades I to IV; beyond is V (clinical reference 7.7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkValue:
    """One value of a mark: its name, number and unit, or the reason why there is none."""

    name: str
    value: float | None
    unit: str
    reason: str = ""


class HeightPart(StrEnum):
    """Where a height of a vertebral body is taken."""

    ANTERIOR = "anterior"
    MIDDLE = "middle"
    POSTERIOR = "posterior"


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyHeights:
    """Heights of one vertebral body perpendicular to its lower end-plate, mm."""

    anterior: float
    middle: float
    posterior: float

    def of(self, part: HeightPart) -> float:
        """Return the height at one part, mm."""
        parts = (self.anterior, self.middle, self.posterior)
        return dict(zip(HeightPart, parts, strict=True))[part]

    @property
    def wedge_ratio(self) -> float:
        """Anterior over posterior height."""
        return self.anterior / self.posterior

    @property
    def biconcavity_ratio(self) -> float:
        """Middle over posterior height."""
        return self.middle / self.posterior


@dataclass(frozen=True, slots=True, kw_only=True)
class HeightLoss:
    """Loss of vertebral height and what it was compared with.

    Parameters
    ----------
    percent : float
        The largest of the losses; never below 0.
    part : HeightPart
        Where it is.
    losses : tuple of (HeightPart, float)
        Every loss, percent; negative ones print as 0.
    references : tuple of VertebralLevel
        The levels it was compared with; empty when the body was compared with itself.
    weak : bool
        Whether the reference is weak: not an adjacent vertebra.
    """

    percent: float
    part: HeightPart
    losses: tuple[tuple[HeightPart, float], ...]
    references: tuple[VertebralLevel, ...]
    weak: bool = False

    @property
    def method(self) -> str:
        """How it was measured, for the report."""
        if not self.references:
            return "compared with its own posterior height, reference weak"
        names = " and ".join(str(level) for level in self.references)
        return f"compared with {names}" + (", reference weak" if self.weak else "")


@functools.lru_cache(maxsize=512)
def mark_values(mark: Mark) -> tuple[MarkValue, ...]:
    """Return the values that follow from the points of a mark, the main one first.

    Nothing for arrows and texts; for points and spheres only what is geometry.
    """
    compute = _VALUES.get(mark.kind)
    return tuple(compute(mark)) if compute else ()


def body_heights(mark: Mark) -> BodyHeights:
    """Return the three heights of a vertebral-heights mark, perpendicular to the lower end-plate.

    The end-plate is the line from the bottom point in front to the one at the back.
    """
    flat = [flattened(mark, point) for point in mark.points]
    (ax, ay), (px, py) = flat[1], flat[5]
    length = math.hypot(px - ax, py - ay)
    normal = (-(py - ay) / length, (px - ax) / length)
    heights = [
        abs((top[0] - bottom[0]) * normal[0] + (top[1] - bottom[1]) * normal[1])
        for top, bottom in zip(flat[::2], flat[1::2], strict=True)
    ]
    return BodyHeights(anterior=heights[0], middle=heights[1], posterior=heights[2])


def height_loss(
    heights: BodyHeights,
    references: Iterable[tuple[VertebralLevel, BodyHeights]],
    *,
    weak: bool = False,
) -> HeightLoss:
    """Return the loss of height against normal neighbors (clinical reference 7.5).

    Parameters
    ----------
    heights : BodyHeights
    references : iterable of (VertebralLevel, BodyHeights)
        The nearest normal vertebrae; without any, the body's own posterior height stands in and
        the reference is weak.
    weak : bool
        Whether the references are not the adjacent vertebrae.
    """
    known = tuple(references)
    if not known:
        loss = _loss(heights.anterior, heights.posterior)
        part = HeightPart.ANTERIOR
        return HeightLoss(
            percent=max(loss, 0.0), part=part, losses=((part, loss),), references=(), weak=True
        )
    losses = tuple(
        (part, _loss(heights.of(part), statistics.fmean(item.of(part) for _, item in known)))
        for part in HeightPart
    )
    part, largest = max(losses, key=lambda item: item[1])
    levels = tuple(level for level, _ in known)
    return HeightLoss(
        percent=max(largest, 0.0), part=part, losses=losses, references=levels, weak=weak
    )


def loss_against_neighbors(
    mark: Mark,
    marks: Iterable[Mark],
    abnormal: frozenset[VertebralLevel],
    *,
    variants: frozenset[Variant] = frozenset(),
) -> HeightLoss | None:
    """Return the height loss of a mark against other measured vertebrae, or None without a level.

    One neighbor abnormal: the other is used alone. Both abnormal: the next normal level that was
    measured, above or below, with a weak reference (clinical reference 7.5).

    Parameters
    ----------
    mark : Mark
        Vertebral heights with a level.
    marks : iterable of Mark
        All marks of the case; those of another space or series are left out.
    abnormal : frozenset of VertebralLevel
        Levels that are no reference: with a lesion, collapsed.
    variants : frozenset of Variant
        Of the patient's spine; they say which levels are adjacent.
    """
    level = mark.level
    if level is None:
        return None
    measured = _comparable(mark, marks, abnormal)
    found = _nearest(level, measured)
    beside = set(itertools.pairwise(level_chain(variants)))
    adjacent = [item for item in found if beside & {(item, level), (level, item)}]
    references = [(item, measured[item]) for item in adjacent or found]
    return height_loss(body_heights(mark), references, weak=not adjacent)


def _nearest(level: VertebralLevel, others: Iterable[VertebralLevel]) -> list[VertebralLevel]:
    """Return the nearest level above and the nearest below, where there are any."""
    ordered = sorted((*others, level), key=lambda item: item.order)
    place = ordered.index(level)
    return ordered[max(place - 1, 0) : place] + ordered[place + 1 : place + 2]


def _comparable(
    mark: Mark, marks: Iterable[Mark], abnormal: frozenset[VertebralLevel]
) -> dict[VertebralLevel, BodyHeights]:
    """Return the heights of the normal vertebrae measured on the same series, by level."""
    place = (mark.kind, mark.frame_of_reference_uid, mark.series_uid, mark.volume_index)
    left_out = {mark.level, *abnormal}
    return {
        other.level: body_heights(other)
        for other in marks
        if other.level is not None
        and other.level not in left_out
        and (other.kind, other.frame_of_reference_uid, other.series_uid, other.volume_index)
        == place
    }


def compression_percent(worst_mm: float, above_mm: float, below_mm: float) -> float:
    """Return the loss of a diameter against the mean of two normal ones, percent.

    MCC for the canal, MSCC for the cord (clinical reference 7.8).
    """
    return _loss(worst_mm, (above_mm + below_mm) / 2.0)


def meyerding_grade(slip_pct: float) -> int:
    """Return the Meyerding grade of a slip, 1 to 5; 0 without a slip.

    A slip exactly at a limit takes the lower grade (clinical reference 7.7 gives both).
    """
    if slip_pct <= 0.0:
        return 0
    return 1 + sum(slip_pct > limit for limit in MEYERDING_LIMITS_PCT)


def flattened(mark: Mark, point: PointLps) -> Flat:
    """Return a point in the plane of the mark: to the right and up on the screen, mm."""
    offset = _minus(point, mark.center_lps)
    return (_dot(offset, _cross(mark.direction, mark.up)), _dot(offset, mark.up))


def outline_area_mm2(flat: list[Flat]) -> float | None:
    """Return the area of a flat outline, mm2; None when it crosses itself."""
    if _crosses_itself(flat):
        return None
    pairs = zip(flat, (*flat[1:], flat[0]), strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2.0


Values = Iterable[MarkValue]


def _distance(mark: Mark) -> Values:
    yield _value("Length", math.dist(*mark.points), "mm")


def _bidirectional(mark: Mark) -> Values:
    a, b, c, d = mark.points
    lengths = sorted((math.dist(a, b), math.dist(c, d)), reverse=True)
    for name, length in zip(("Long axis", "Short axis"), lengths, strict=True):
        yield _value(name, length, "mm")


def _angle(mark: Mark) -> Values:
    first, corner, last = mark.points
    yield _value("Angle", _between(_minus(first, corner), _minus(last, corner)), "°")


def _end_plates(mark: Mark) -> Values:
    """Yield the angle of two end-plates: kyphosis positive, lordosis negative."""
    local = mark.kind is MarkKind.LOCAL_KYPHOSIS
    forward, upward = _in_plane(mark, (0.0, -1.0, 0.0)), _in_plane(mark, (0.0, 0.0, 1.0))
    name = "Local kyphosis" if local else "Cobb kyphosis"
    if math.hypot(*upward) < SAGITTAL_MINIMUM:
        reason = "This plane is axial; end-plates are measured on a sagittal or coronal one."
        yield MarkValue(name=name, value=None, unit="°", reason=reason)
        return
    flat = [flattened(mark, point) for point in mark.points]
    lines = [_flat_minus(flat[1], flat[0]), _flat_minus(flat[3], flat[2])]
    if any(math.hypot(*line) < 1e-6 for line in lines):
        reason = "An end-plate line stands across the plane; draw it again."
        yield MarkValue(name=name, value=None, unit="°", reason=reason)
        return
    if math.hypot(*forward) < SAGITTAL_MINIMUM:
        yield _value("Coronal Cobb angle", _line_angle(*lines), "°")
        return
    upper, lower = (_slope_deg(line, forward, upward) for line in lines)
    yield _value(name, lower - upper, "°")


def _slope_deg(line: Flat, forward: Flat, upward: Flat) -> float:
    """Return how far a line rises from back to front, degrees, whichever way it was drawn."""
    length = math.hypot(*forward)
    ahead = (line[0] * forward[0] + line[1] * forward[1]) / length
    rise = (line[1] * forward[0] - line[0] * forward[1]) / length
    if upward[1] * forward[0] - upward[0] * forward[1] < 0.0:
        rise = -rise
    if ahead < 0.0:
        ahead, rise = -ahead, -rise
    return math.degrees(math.atan2(rise, ahead))


def _translation(mark: Mark) -> Values:
    corner, back, front = mark.points
    plate = _minus(front, back)
    length = math.hypot(*plate)
    slip = _dot(_minus(corner, back), plate) / length
    percent = 100.0 * abs(slip) / length
    yield _value("Translation", slip, "mm")
    yield _value("Of the end-plate", percent, "%")
    yield _value("Meyerding grade", float(meyerding_grade(round(percent, 6))), "")


def _heights(mark: Mark) -> Values:
    heights = body_heights(mark)
    for part in HeightPart:
        yield _value(f"{part.value.capitalize()} height", heights.of(part), "mm")
    if heights.posterior < MIN_EXTENT_MM:
        reason = "The body has no height at the back, so that there is no ratio."
        yield MarkValue(name="Wedge ratio", value=None, unit="", reason=reason)
        return
    yield _value("Wedge ratio", heights.wedge_ratio, "")
    yield _value("Biconcavity ratio", heights.biconcavity_ratio, "")


def _diameters(mark: Mark) -> Values:
    canal = mark.kind is MarkKind.CANAL_DIAMETERS
    name = "Max. canal compromise" if canal else "Max. cord compression"
    pairs = zip(mark.points[::2], mark.points[1::2], strict=True)
    worst, above, below = (math.dist(front, back) for front, back in pairs)
    yield _value(name, compression_percent(worst, above, below), "%")
    yield _value("Diameter", worst, "mm")
    yield _value("Diameter above", above, "mm")
    yield _value("Diameter below", below, "mm")


def _ellipse(mark: Mark) -> Values:
    center, first, second = mark.points
    half, other = _minus(first, center), _minus(second, center)
    yield _value("Area", math.pi * math.hypot(*_cross(half, other)), "mm²")


def _outline(mark: Mark) -> Values:
    area = outline_area_mm2([flattened(mark, point) for point in mark.points])
    if area is None:
        reason = "The outline crosses itself; draw it again."
        yield MarkValue(name="Area", value=None, unit="mm²", reason=reason)
    else:
        yield _value("Area", area, "mm²")


def _sphere(mark: Mark) -> Values:
    radius = math.dist(*mark.points)
    yield _value("Diameter", 2.0 * radius, "mm")
    yield _value("Volume", 4.0 / 3.0 * math.pi * radius**3 / 1000.0, "mL")


_VALUES: dict[MarkKind, Callable[[Mark], Values]] = {
    MarkKind.DISTANCE: _distance,
    MarkKind.BIDIRECTIONAL: _bidirectional,
    MarkKind.ANGLE: _angle,
    MarkKind.COBB: _end_plates,
    MarkKind.LOCAL_KYPHOSIS: _end_plates,
    MarkKind.TRANSLATION: _translation,
    MarkKind.VERTEBRAL_HEIGHTS: _heights,
    MarkKind.CANAL_DIAMETERS: _diameters,
    MarkKind.CORD_DIAMETERS: _diameters,
    MarkKind.ELLIPSE: _ellipse,
    MarkKind.SPHERE: _sphere,
    **dict.fromkeys((MarkKind.RECTANGLE, *OUTLINES), _outline),
}


def _value(name: str, value: float, unit: str) -> MarkValue:
    return MarkValue(name=name, value=value, unit=unit)


def _loss(value: float, reference: float) -> float:
    return (1.0 - value / reference) * 100.0


def _minus(a: PointLps, b: PointLps) -> PointLps:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def _dot(a: PointLps, b: PointLps) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: PointLps, b: PointLps) -> PointLps:
    return (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )


def _between(a: PointLps, b: PointLps) -> float:
    """Return the angle between two directions, 0 to 180 degrees."""
    return math.degrees(math.atan2(math.hypot(*_cross(a, b)), _dot(a, b)))


def _in_plane(mark: Mark, direction: PointLps) -> Flat:
    """Return the parts of a direction to the right and up in the plane of the mark."""
    return (_dot(direction, _cross(mark.direction, mark.up)), _dot(direction, mark.up))


def _flat_minus(a: Flat, b: Flat) -> Flat:
    return (a[0] - b[0], a[1] - b[1])


def _line_angle(a: Flat, b: Flat) -> float:
    """Return the angle between two lines, 0 to 90 degrees, direction ignored."""
    across, along = a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1]
    return math.degrees(math.atan2(abs(across), abs(along)))


def _crosses_itself(flat: list[Flat]) -> bool:
    """Whether two sides of a closed outline that are not neighbors cross."""
    sides = list(zip(flat, (*flat[1:], flat[0]), strict=True))
    # Swept from left to right, so that a long freehand outline needs few comparisons.
    swept = sorted(range(len(sides)), key=lambda number: min(sides[number])[0])
    return any(
        _cross_each_other(sides[first], sides[second])
        for place, first in enumerate(swept)
        for second in _within_reach(sides, swept, place)
        if abs(first - second) not in (1, len(sides) - 1)
    )


def _within_reach(sides: list[tuple[Flat, Flat]], swept: list[int], place: int) -> Iterable[int]:
    reach = max(sides[swept[place]])[0]
    for number in itertools.islice(swept, place + 1, None):
        if min(sides[number])[0] > reach:
            return
        yield number


def _cross_each_other(one: tuple[Flat, Flat], other: tuple[Flat, Flat]) -> bool:
    return (
        _side(one, other[0]) * _side(one, other[1]) < 0.0
        and _side(other, one[0]) * _side(other, one[1]) < 0.0
    )


def _side(line: tuple[Flat, Flat], point: Flat) -> float:
    (ax, ay), (bx, by) = line
    return (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)
