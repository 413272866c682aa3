"""Structure sets as outlines: the contours as they were drawn (PS3.3 C.8.8.5, C.8.8.6)."""

from __future__ import annotations

import numpy as np

from workstation.imaging.contours import (
    MAX_POINTS,
    Color,
    ContourSegment,
    ContourSet,
    Points,
    Polygon,
)
from workstation.imaging.dicom_header import InstanceHeader, read_header
from workstation.imaging.dicom_tags import KEYWORDS, TagValues, wanted_tags
from workstation.imaging.identity import patient_of
from workstation.imaging.object_kind import ObjectKind
from workstation.imaging.volume import Finding

_WANTED = wanted_tags(
    (
        *KEYWORDS,
        "StructureSetLabel",
        "StructureSetName",
        "StructureSetROISequence",
        "ROINumber",
        "ROIName",
        "ReferencedFrameOfReferenceUID",
        "ReferencedFrameOfReferenceSequence",
        "RTReferencedStudySequence",
        "RTReferencedSeriesSequence",
        "ROIContourSequence",
        "ReferencedROINumber",
        "ROIDisplayColor",
        "ContourSequence",
        "ContourGeometricType",
        "ContourData",
        "NumberOfContourPoints",
    )
)

_CLOSED = frozenset({"CLOSED_PLANAR", "CLOSEDPLANAR_XOR"})
_DAMAGED = Finding(
    code="outlines-damaged",
    message="Some outlines of the structure set are damaged and are not shown.",
)
_TOO_MANY = Finding(
    code="outlines-cut-short",
    message="The structure set has too many outlines; only the first ones are shown.",
)
_SEVERAL_SPACES = Finding(
    code="outlines-other-space",
    message="Some structures belong to another coordinate system than the rest and are not shown.",
)


def read_structure_set(header: InstanceHeader) -> ContourSet:
    """Return the outlines of a structure set.

    Raises
    ------
    InputRefusedError
        When its header is damaged.
    """
    tags = read_header(header.path, wanted=_WANTED).tags
    findings: list[Finding] = []
    frame_uid = _frame_of_reference(tags)
    regions = {item.integer("ROINumber"): item for item in tags.items("StructureSetROISequence")}
    segments = []
    points = 0
    for item in tags.items("ROIContourSequence"):
        number = item.integer("ReferencedROINumber")
        region = regions.get(number, TagValues({}))
        if region.text("ReferencedFrameOfReferenceUID") not in ("", frame_uid):
            findings.append(_SEVERAL_SPACES)
            continue
        if points > MAX_POINTS:
            findings.append(_TOO_MANY)
            break
        polygons = _polygons(item, findings)
        points += sum(len(polygon.points_lps) for polygon in polygons)
        segments.append(
            ContourSegment(
                number=number or 0,
                name=region.text("ROIName") or f"Structure {number}",
                color=_color(item),
                polygons=polygons,
                thickness_mm=_thickness_mm(polygons),
            )
        )
    return ContourSet(
        name=tags.text("StructureSetLabel") or tags.text("SeriesDescription") or "Structure set",
        kind=ObjectKind.STRUCTURE_SET,
        patient=patient_of(tags),
        frame_of_reference_uid=frame_uid,
        series_uids=_series_uids(tags),
        segments=tuple(segments),
        findings=tuple(dict.fromkeys(findings)),
    )


def _frame_of_reference(tags: TagValues) -> str:
    """Return the space of the first structure, or of the whole object."""
    for item in tags.items("StructureSetROISequence"):
        if item.text("ReferencedFrameOfReferenceUID"):
            return item.text("ReferencedFrameOfReferenceUID")
    for item in tags.items("ReferencedFrameOfReferenceSequence"):
        if item.text("FrameOfReferenceUID"):
            return item.text("FrameOfReferenceUID")
    return tags.text("FrameOfReferenceUID")


def _series_uids(tags: TagValues) -> tuple[str, ...]:
    return tuple(
        series.text("SeriesInstanceUID")
        for frame in tags.items("ReferencedFrameOfReferenceSequence")
        for study in frame.items("RTReferencedStudySequence")
        for series in study.items("RTReferencedSeriesSequence")
    )


def _polygons(item: TagValues, findings: list[Finding]) -> tuple[Polygon, ...]:
    polygons = []
    for contour in item.items("ContourSequence"):
        points = _points(contour)
        if points is None:
            findings.append(_DAMAGED)
            continue
        points.setflags(write=False)
        closed = contour.text("ContourGeometricType") in _CLOSED and len(points) > 2
        polygons.append(Polygon(points_lps=points, closed=closed))
    return tuple(polygons)


def _points(contour: TagValues) -> Points | None:
    """Return the corners, shape (n, 3), or None where their number is not what it says."""
    values = contour.numbers_of_any_count("ContourData")
    stated = contour.integer("NumberOfContourPoints")
    if not values or len(values) % 3 or stated not in (None, len(values) // 3):
        return None
    return np.array(values, dtype=np.float64).reshape(-1, 3)


def _thickness_mm(polygons: tuple[Polygon, ...]) -> float:
    """Return the smallest distance between the planes of flat outlines, along their normal."""
    flat = [polygon.points_lps for polygon in polygons if len(polygon.points_lps) > 2]
    if len(flat) < 2:
        return 1.0
    largest = max(flat, key=len)
    _, _, axes = np.linalg.svd(largest - largest.mean(axis=0), full_matrices=False)
    places = np.unique(np.round([points.mean(axis=0) @ axes[2] for points in flat], 2))
    gaps = np.diff(places)
    return float(gaps.min()) if gaps.size else 1.0


def _color(item: TagValues) -> Color | None:
    values = item.numbers("ROIDisplayColor", 3)
    if values is None or not all(0.0 <= value <= 255.0 for value in values):
        return None
    red, green, blue = (int(value) for value in values)
    return (red, green, blue)
