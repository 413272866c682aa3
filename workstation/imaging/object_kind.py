"""What a DICOM object is, by its SOP class: a picture, or something else that is only listed."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from pydicom.uid import UID


class ObjectKind(StrEnum):
    """What an object is for the reader."""

    IMAGE = "image"
    SEGMENTATION = "segmentation"
    STRUCTURE_SET = "structure set"
    STRUCTURED_REPORT = "structured report"
    KEY_OBJECTS = "key object selection"
    PRESENTATION_STATE = "presentation state"
    REAL_WORLD_MAPPING = "real world value mapping"
    REGISTRATION = "spatial registration"
    FIDUCIALS = "spatial fiducials"
    PLAN = "radiotherapy plan"
    DOSE = "radiotherapy dose"
    RADIOTHERAPY = "radiotherapy record"
    DOCUMENT = "document"
    WAVEFORM = "waveform"
    RAW_DATA = "raw data"
    DIRECTORY = "media directory"
    OTHER = "other object"


_BY_CLASS = {
    "1.2.840.10008.1.3.10": ObjectKind.DIRECTORY,
    "1.2.840.10008.5.1.4.1.1.66.4": ObjectKind.SEGMENTATION,
    "1.2.840.10008.5.1.4.1.1.66.7": ObjectKind.SEGMENTATION,
    "1.2.840.10008.5.1.4.1.1.66.5": ObjectKind.SEGMENTATION,
    "1.2.840.10008.5.1.4.1.1.481.3": ObjectKind.STRUCTURE_SET,
    "1.2.840.10008.5.1.4.1.1.481.2": ObjectKind.DOSE,
    "1.2.840.10008.5.1.4.1.1.481.5": ObjectKind.PLAN,
    "1.2.840.10008.5.1.4.1.1.481.8": ObjectKind.PLAN,
    "1.2.840.10008.5.1.4.1.1.88.59": ObjectKind.KEY_OBJECTS,
    "1.2.840.10008.5.1.4.1.1.67": ObjectKind.REAL_WORLD_MAPPING,
    "1.2.840.10008.5.1.4.1.1.66": ObjectKind.RAW_DATA,
    "1.2.840.10008.5.1.4.1.1.66.1": ObjectKind.REGISTRATION,
    "1.2.840.10008.5.1.4.1.1.66.3": ObjectKind.REGISTRATION,
    "1.2.840.10008.5.1.4.1.1.66.2": ObjectKind.FIDUCIALS,
}

_BY_PREFIX = (
    ("1.2.840.10008.5.1.4.1.1.88.", ObjectKind.STRUCTURED_REPORT),
    ("1.2.840.10008.5.1.4.1.1.11.", ObjectKind.PRESENTATION_STATE),
    ("1.2.840.10008.5.1.4.1.1.481.1.", ObjectKind.RADIOTHERAPY),
    ("1.2.840.10008.5.1.4.1.1.104.", ObjectKind.DOCUMENT),
    ("1.2.840.10008.5.1.4.1.1.9.", ObjectKind.WAVEFORM),
)

_RADIOTHERAPY_RECORDS = tuple(f"1.2.840.10008.5.1.4.1.1.481.{n}" for n in (4, 6, 7, 9))

_BY_MODALITY = {
    "SEG": ObjectKind.SEGMENTATION,
    "RTSTRUCT": ObjectKind.STRUCTURE_SET,
    "SR": ObjectKind.STRUCTURED_REPORT,
    "RTPLAN": ObjectKind.PLAN,
    "RTDOSE": ObjectKind.DOSE,
    "PR": ObjectKind.PRESENTATION_STATE,
    "KO": ObjectKind.KEY_OBJECTS,
}


@lru_cache(maxsize=256)
def object_kind(sop_class_uid: str, modality: str, *, has_pixels: bool) -> ObjectKind:
    """Return what an object is, from its SOP class or, where that is empty, its modality."""
    if sop_class_uid in _BY_CLASS:
        return _BY_CLASS[sop_class_uid]
    for prefix, kind in _BY_PREFIX:
        if sop_class_uid.startswith(prefix):
            return kind
    if sop_class_uid in _RADIOTHERAPY_RECORDS:
        return ObjectKind.RADIOTHERAPY
    if modality in _BY_MODALITY:
        return _BY_MODALITY[modality]
    return ObjectKind.IMAGE if has_pixels else ObjectKind.OTHER


def sop_class_name(sop_class_uid: str) -> str:
    """Return the standard's name of a SOP class, or the UID where it has none."""
    return UID(sop_class_uid).name if sop_class_uid else ""
