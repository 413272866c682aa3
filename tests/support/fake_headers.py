"""Catalogs of series that exist only as headers: what hanging and listing see, without a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from workstation.imaging import catalog as catalog_module
from workstation.imaging.catalog import Catalog, open_paths
from workstation.imaging.dicom_header import InstanceHeader
from workstation.imaging.dicom_scan import ScanResult
from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.pixel_layout import EXPLICIT_LITTLE, PixelLayout

AXES = {
    "axial": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
    "sagittal": [0.0, 1.0, 0.0, 0.0, 0.0, -1.0],
    "coronal": [1.0, 0.0, 0.0, 0.0, 0.0, -1.0],
    # 30 degrees about the left-right axis, as an axial through L5/S1 is angled.
    "tilted axial": [1.0, 0.0, 0.0, 0.0, 0.8660254, -0.5],
    "steep axial": [1.0, 0.0, 0.0, 0.0, 0.7071068, -0.7071068],
}
"""Row and column cosines of the image planes."""

NORMALS = {
    "axial": (0.0, 0.0, 1.0),
    "sagittal": (-1.0, 0.0, 0.0),
    "coronal": (0.0, 1.0, 0.0),
    "tilted axial": (0.0, 0.5, 0.8660254),
    "steep axial": (0.0, 0.7071068, 0.7071068),
}

CLASSES = {
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "MR": "1.2.840.10008.5.1.4.1.1.4",
    "PT": "1.2.840.10008.5.1.4.1.1.128",
    "CR": "1.2.840.10008.5.1.4.1.1.1",
    "DX": "1.2.840.10008.5.1.4.1.1.1.1",
    "OT": "1.2.840.10008.5.1.4.1.1.7",
}


@dataclass(frozen=True, kw_only=True)
class FakeSeries:
    """One series of a made-up study.

    ``tags`` go over everything else; a tag set to None is missing.
    """

    name: str
    modality: str = "MR"
    plane: str = "sagittal"
    slices: int = 12
    step_mm: float = 4.0
    study: str = "1"
    date: str = "20260314"
    patient: str = "P1"
    frame: str = "F1"
    start: tuple[float, float, float] = (0.0, 0.0, 0.0)
    number: int = 1
    tags: Mapping[str, Any] = field(default_factory=dict)


def catalog_of(patch: pytest.MonkeyPatch, series: Iterable[FakeSeries]) -> Catalog:
    """Return the catalog of made-up series; ``name`` becomes the Series Instance UID."""
    headers = tuple(header for item in series for header in _headers(item))
    found = ScanResult(headers=headers, volume_files=(), rejected=())
    with patch.context() as local:
        local.setattr(catalog_module, "scan", lambda *_, **__: found)
        return open_paths([])


def _headers(series: FakeSeries) -> Iterable[InstanceHeader]:
    flat = series.modality in ("CR", "DX", "OT")
    for number in range(1 if flat else series.slices):
        values: dict[str, Any] = {
            "SOPClassUID": CLASSES[series.modality],
            "SOPInstanceUID": f"{series.name}.{number}",
            "StudyInstanceUID": series.study,
            "SeriesInstanceUID": series.name,
            "SeriesNumber": series.number,
            "InstanceNumber": number + 1,
            "PatientID": series.patient,
            "StudyDate": series.date,
            "Modality": series.modality,
            "Rows": 64,
            "Columns": 64,
        }
        if not flat:
            normal = NORMALS[series.plane]
            values |= {
                "FrameOfReferenceUID": series.frame,
                "ImageOrientationPatient": AXES[series.plane],
                "ImagePositionPatient": [
                    start + number * series.step_mm * part
                    for start, part in zip(series.start, normal, strict=True)
                ],
                "PixelSpacing": [4.0, 4.0],
            }
        values |= series.tags
        present = {key: value for key, value in values.items() if value is not None}
        path = Path(f"{series.name}-{number}.dcm")
        yield InstanceHeader(path=path, size=9000, tags=TagValues(present), pixels=_layout())


def _layout() -> PixelLayout:
    return PixelLayout(
        transfer_syntax=EXPLICIT_LITTLE,
        offset=800,
        length=8192,
        rows=64,
        columns=64,
        frames=1,
        samples=1,
        bits_allocated=16,
        bits_stored=16,
        high_bit=15,
        signed=False,
        floating=False,
        photometric="MONOCHROME2",
        planar=False,
    )
