"""Segmentations as outlines: binary, fractional and label map (PS3.3 A.51, C.8.20)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.imaging.contours import (
    MAX_POINTS,
    Color,
    ContourSegment,
    ContourSet,
    Polygon,
    iso_polygons,
)
from workstation.imaging.dicom_header import InstanceHeader, read_header
from workstation.imaging.dicom_tags import KEYWORDS, TagValues, wanted_tags
from workstation.imaging.identity import patient_of
from workstation.imaging.image_frame import ImageFrame, Placement, frames_of
from workstation.imaging.object_kind import ObjectKind
from workstation.imaging.pixel_read import read_stored
from workstation.imaging.volume import Finding

_WANTED = wanted_tags(
    (
        *KEYWORDS,
        "SegmentSequence",
        "SegmentNumber",
        "SegmentLabel",
        "SegmentationType",
        "MaximumFractionalValue",
        "RecommendedDisplayCIELabValue",
        "SegmentIdentificationSequence",
        "ReferencedSegmentNumber",
        "ReferencedSeriesSequence",
        "PixelValueTransformationSequence",
    )
)

_TOO_MANY = Finding(
    code="outlines-cut-short",
    message="The segmentation has too many outlines; only the first ones are shown.",
)
_NO_PLACE = Finding(
    code="outlines-without-place",
    message="Some images of the segmentation do not say where they lie and are not shown.",
)


def read_segmentation(header: InstanceHeader) -> ContourSet:
    """Return the outlines of a segmentation.

    Raises
    ------
    InputRefusedError
        When it is damaged or its pixels cannot be read.
    """
    full = read_header(header.path, wanted=_WANTED)
    if full.pixels is None:
        raise InputRefusedError("The segmentation holds no picture.", code="no-pixels")
    tags = full.tags
    drawing = _Drawing(tags)
    frames = frames_of(full)
    for frame in frames:
        drawing.add(frame)
    frame_uid = tags.text("FrameOfReferenceUID") or (
        frames[0].tags.text("FrameOfReferenceUID") if frames else ""
    )
    return ContourSet(
        name=tags.text("SeriesDescription") or tags.text("ContentLabel") or "Segmentation",
        kind=ObjectKind.SEGMENTATION,
        patient=patient_of(tags),
        frame_of_reference_uid=frame_uid,
        series_uids=tuple(
            item.text("SeriesInstanceUID") for item in tags.items("ReferencedSeriesSequence")
        ),
        segments=drawing.segments(),
        findings=tuple(dict.fromkeys(drawing.findings)),
    )


@dataclass(slots=True)
class _Names:
    """Name and color of a segment."""

    name: str
    color: Color | None


class _Drawing:
    """Outlines collected frame by frame."""

    def __init__(self, tags: TagValues) -> None:
        self.findings: list[Finding] = []
        self._type = tags.text("SegmentationType")
        self._full = tags.number("MaximumFractionalValue") or 255.0
        self._names = {
            item.integer("SegmentNumber") or 0: _Names(item.text("SegmentLabel"), _color(item))
            for item in tags.items("SegmentSequence")
        }
        self._polygons: dict[int, list[Polygon]] = {number: [] for number in self._names}
        self._places: dict[int, list[Placement]] = {}
        self._points = 0

    def add(self, frame: ImageFrame) -> None:
        """Outline one frame."""
        place = frame.placement
        if place is None:
            self.findings.append(_NO_PLACE)
            return
        if self._points > MAX_POINTS:
            self.findings.append(_TOO_MANY)
            return
        for number, values, level in self._parts(frame):
            self._places.setdefault(number, []).append(place)
            for outline in iso_polygons(values, level):
                self._points += len(outline)
                self._polygons.setdefault(number, []).append(_placed(outline, place))

    def _parts(self, frame: ImageFrame) -> Iterator[tuple[int, NDArray[np.generic], float]]:
        """Yield segment number, picture and the level that bounds it."""
        stored = read_stored(frame)
        if self._type == "LABELMAP":
            for value in np.unique(stored[stored > 0]).tolist():
                yield int(value), stored == value, 0.5
            return
        number = frame.tags.integer("ReferencedSegmentNumber") or 0
        yield number, stored, self._full / 2.0 if self._type == "FRACTIONAL" else 0.5

    def segments(self) -> tuple[ContourSegment, ...]:
        """Return what was outlined, by segment number."""
        found = []
        for number, polygons in sorted(self._polygons.items()):
            names = self._names.get(number) or _Names(f"Segment {number}", None)
            found.append(
                ContourSegment(
                    number=number,
                    name=names.name,
                    color=names.color,
                    polygons=tuple(polygons),
                    thickness_mm=_thickness_mm(self._places.get(number, [])),
                )
            )
        return tuple(found)


def _placed(outline: NDArray[np.float64], place: Placement) -> Polygon:
    """Return an outline of (row, column) corners in the patient."""
    between_rows, between_columns = place.pixel_spacing
    points = (
        place.position
        + outline[:, :1] * between_rows * place.column
        + outline[:, 1:] * between_columns * place.row
    )
    points.setflags(write=False)
    return Polygon(points_lps=points)


def _thickness_mm(places: list[Placement]) -> float:
    """Return the smallest distance between two images of a segment."""
    gaps = np.diff(np.unique(np.round([place.distance for place in places], 3)))
    return float(gaps.min()) if gaps.size else 1.0


def _color(item: TagValues) -> Color | None:
    """Return the recommended color, from CIELab as PS3.3 C.10.7.1.1 scales it (D50 to sRGB)."""
    values = item.numbers("RecommendedDisplayCIELabValue", 3)
    return None if values is None else rgb_of_cielab(values)


_WHITE_D50 = np.array([0.96422, 1.0, 0.82521])
_XYZ_TO_SRGB = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)
"""D50 XYZ to linear sRGB with Bradford adaptation (Lindbloom)."""


def rgb_of_cielab(values: tuple[float, ...]) -> Color:
    """Return red, green and blue, 0 to 255, of a color in DICOM's 16-bit CIELab."""
    lightness = values[0] * 100.0 / 65535.0
    a, b = (value * 255.0 / 65535.0 - 128.0 for value in values[1:3])
    middle = (lightness + 16.0) / 116.0
    scaled = np.array([middle + a / 500.0, middle, middle - b / 200.0])
    cubed = np.where(scaled > 6 / 29, scaled**3, 3 * (6 / 29) ** 2 * (scaled - 4 / 29))
    linear = np.clip(_XYZ_TO_SRGB @ (cubed * _WHITE_D50), 0.0, 1.0)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (round(float(value) * 255.0) for value in curved)
    return (red, green, blue)
