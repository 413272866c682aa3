"""Measurement documents: plain mappings in, plain mappings out, as scripts write and read them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from workstation.base.errors import InputRefusedError
from workstation.imaging import measure
from workstation.imaging.measure import PARTS, Point, RegionStatistics
from workstation.imaging.volume import Volume

Document = Mapping[str, Any]
Answer = dict[str, Any]

DECIMALS = 10
"""Digits kept in answers, so that they carry no noise of the arithmetic."""


def measure_document(volume: Volume, document: Document) -> Answer:
    """Return the result of one measurement document, or ``{"refused": reason}``.

    Raises
    ------
    InputRefusedError
        When the document itself is wrong (unknown kind, missing or malformed field).
    """
    if not isinstance(document, Mapping):
        raise _wrong("a measurement must be an object with a kind")
    kind = document.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        names = ", ".join(sorted(_KINDS))
        raise _wrong(f"kind must be one of {names}")
    run = _KINDS[kind](document)
    try:
        answer = run(volume)
    except InputRefusedError as refusal:
        return {"kind": kind, "refused": refusal.message, "code": refusal.code}
    return {"kind": kind, **answer}


Run = Callable[[Volume], Answer]


def _distance(document: Document) -> Run:
    points = _points(document, "points", 2)

    def run(volume: Volume) -> Answer:
        measure.check_no_gap(volume, points)
        return _value(measure.distance_mm(points[0], points[1]), "mm")

    return run


def _angle(document: Document) -> Run:
    a, b, c = _points(document, "points", 3)

    def run(volume: Volume) -> Answer:
        measure.check_no_gap(volume, (a, b, c))
        return _value(measure.angle_deg(a, b, c), "deg")

    return run


def _cobb(document: Document) -> Run:
    lines = document.get("lines")
    if not isinstance(lines, list) or len(lines) != 2:
        raise _wrong("lines must hold two lines")
    first = _line(lines[0], "lines")
    second = _line(lines[1], "lines")

    def run(volume: Volume) -> Answer:
        measure.check_no_gap(volume, (*first, *second))
        return _value(measure.cobb_deg(first, second), "deg")

    return run


def _box(document: Document) -> Run:
    low, high = _point(document, "low"), _point(document, "high")
    return lambda volume: _statistics(
        measure.statistics(volume, measure.box_region(volume, low, high))
    )


def _sphere(document: Document) -> Run:
    center, radius = _center(document), _number(document, "radius")
    return lambda volume: _statistics(
        measure.statistics(volume, measure.sphere_region(volume, center, radius))
    )


def _polygon(document: Document) -> Run:
    points = _points(document, "points", None)
    return lambda volume: _statistics(
        measure.statistics(volume, measure.polygon_region(volume, points))
    )


def _threshold_volume(document: Document) -> Run:
    center, radius = _center(document), _number(document, "radius")
    threshold = _number(document, "threshold")
    above = document.get("above", True)
    if not isinstance(above, bool):
        raise _wrong("above must be true or false")

    def run(volume: Volume) -> Answer:
        region = measure.sphere_region(volume, center, radius)
        size = measure.threshold_volume_mm3(volume, region, threshold, above=above)
        return {**_value(size, "mm3"), "threshold_unit": str(volume.unit)}

    return run


def _suv_peak(document: Document) -> Run:
    center, radius = _center(document), _number(document, "radius")

    def run(volume: Volume) -> Answer:
        peak, at = measure.suv_peak(volume, center, radius)
        return {**_value(peak, str(volume.unit)), "at": [_rounded(value) for value in at]}

    return run


def _height_loss(document: Document) -> Run:
    pairs = {part: _line(document[part], part) for part in PARTS if document.get(part) is not None}
    reference = document.get("reference")
    if not isinstance(reference, Mapping):
        raise _wrong("reference must give a height in mm per part")
    reference_mm = {part: _number(reference, part) for part in PARTS if part in reference}

    def run(volume: Volume) -> Answer:
        measure.check_no_gap(volume, [point for pair in pairs.values() for point in pair])
        heights = {part: measure.distance_mm(*pair) for part, pair in pairs.items()}
        loss, part = measure.height_loss_percent(heights, reference_mm)
        answer = {**_value(loss, "%"), "part": part, "heights_mm": heights, "wedge_angle_deg": None}
        if "anterior" in pairs and "posterior" in pairs:
            wedge = measure.wedge_angle_deg(pairs["anterior"], pairs["posterior"])
            answer["wedge_angle_deg"] = _rounded(wedge)
        return answer

    return run


_KINDS: dict[str, Callable[[Document], Run]] = {
    "distance": _distance,
    "angle": _angle,
    "cobb": _cobb,
    "box": _box,
    "sphere": _sphere,
    "polygon": _polygon,
    "threshold-volume": _threshold_volume,
    "suv-peak": _suv_peak,
    "height-loss": _height_loss,
}


def _value(value: float, unit: str) -> Answer:
    return {"value": _rounded(value), "unit": unit}


def _statistics(result: RegionStatistics) -> Answer:
    return {
        **_value(result.mean, str(result.unit)),
        "mean": _rounded(result.mean),
        "sd": _rounded(result.sd),
        "min": _rounded(result.low),
        "max": _rounded(result.high),
        "count": result.count,
        "clipped": result.clipped,
    }


def _rounded(value: float) -> float:
    return round(value, DECIMALS)


def _center(document: Document) -> Point:
    return _point(document, "center" if "center" in document else "centre")


def _number(document: Document, name: str) -> float:
    value = document.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _wrong(f"{name} must be a number")
    return float(value)


def _point(document: Document, name: str) -> Point:
    return _as_point(document.get(name), name)


def _as_point(value: Any, name: str) -> Point:
    if isinstance(value, list | tuple) and len(value) == 3:
        x, y, z = (_number({name: part}, name) for part in value)
        return (x, y, z)
    raise _wrong(f"{name} must be a point [x, y, z] in mm")


def _points(document: Document, name: str, count: int | None) -> tuple[Point, ...]:
    value = document.get(name)
    if not isinstance(value, list) or (count is not None and len(value) != count):
        wanted = "" if count is None else f" {count}"
        raise _wrong(f"{name} must be a list of{wanted} points")
    return tuple(_as_point(part, name) for part in value)


def _line(value: Any, name: str) -> tuple[Point, Point]:
    if not isinstance(value, list) or len(value) != 2:
        raise _wrong(f"{name} must be two points")
    return (_as_point(value[0], name), _as_point(value[1], name))


def _wrong(what: str) -> InputRefusedError:
    return InputRefusedError(f"The measurement document is wrong: {what}.", code="bad-document")
