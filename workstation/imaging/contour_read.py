"""Which outlines a catalog holds, and on which of its series they may be shown."""

from __future__ import annotations

from dataclasses import replace

from workstation.base.errors import InputRefusedError
from workstation.base.task import CancelToken, Progress, no_progress
from workstation.imaging.catalog import Catalog, SeriesEntry
from workstation.imaging.contours import ContourSet, disagreement
from workstation.imaging.dicom_header import InstanceHeader
from workstation.imaging.dicom_rtstruct_read import read_structure_set
from workstation.imaging.dicom_seg_read import read_segmentation
from workstation.imaging.identity import patient_of
from workstation.imaging.object_kind import ObjectKind
from workstation.imaging.volume import Finding

OUTLINE_KINDS = frozenset({ObjectKind.SEGMENTATION, ObjectKind.STRUCTURE_SET})
"""Objects that are shown as outlines."""

_NOWHERE = Finding(
    code="outlines-not-shown",
    message="No series here has the patient and the coordinate system of these outlines; they "
    "are listed and not shown.",
)


def has_contours(catalog: Catalog) -> bool:
    """Whether a catalog lists segmentations or structure sets."""
    return any(series.object_kind in OUTLINE_KINDS for series in catalog.series)


def load_contours(
    catalog: Catalog,
    *,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> tuple[ContourSet, ...]:
    """Return the outlines of every segmentation and structure set of a catalog.

    One that cannot be read is returned empty, with the reason as its finding.
    """
    token = cancel or CancelToken()
    sources = [series for series in catalog.series if series.object_kind in OUTLINE_KINDS]
    found: list[ContourSet] = []
    for done, series in enumerate(sources):
        token.check()
        progress(done, len(sources))
        found.extend(_checked(contours, catalog) for contours in contours_of(series))
    progress(len(sources), len(sources))
    return tuple(found)


def contours_of(series: SeriesEntry) -> tuple[ContourSet, ...]:
    """Return the outlines of one series of segmentations or structure sets, one set a file."""
    if series.object_kind not in OUTLINE_KINDS:
        return ()
    return tuple(_contours(header, series.object_kind) for header in series.headers)


def _contours(header: InstanceHeader, kind: ObjectKind) -> ContourSet:
    try:
        if kind is ObjectKind.SEGMENTATION:
            return read_segmentation(header)
        return read_structure_set(header)
    except InputRefusedError as refusal:
        return ContourSet(
            name=kind.value,
            kind=kind,
            patient=patient_of(header.tags),
            frame_of_reference_uid="",
            series_uids=(),
            segments=(),
            findings=(Finding(code=refusal.code, message=refusal.message),),
        )


def _checked(contours: ContourSet, catalog: Catalog) -> ContourSet:
    """Return the set with a finding where nothing here may show it."""
    if not contours.segments:
        return contours
    if any(disagreement(contours, entry.identity) is None for entry in catalog.volumes):
        return contours
    return replace(contours, findings=(*contours.findings, _NOWHERE))
