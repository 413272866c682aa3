"""``batson inspect``: what is there, and what cannot be used and why."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

import numpy as np

from workstation.base.errors import InputRefusedError
from workstation.imaging.catalog import (
    Catalog,
    PatientEntry,
    SeriesEntry,
    StudyEntry,
    VolumeEntry,
    load_volume,
    open_paths,
)
from workstation.imaging.contour_read import contours_of
from workstation.imaging.contours import ContourSet
from workstation.imaging.dicom_series import LooseImage
from workstation.imaging.flat_image import length_scale
from workstation.imaging.object_kind import ObjectKind, sop_class_name
from workstation.imaging.volume import Finding, RejectedFile, Volume

EXIT_DONE = 0
EXIT_PARTLY = 4

Document = dict[str, Any]


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("inspect", help="list studies, series and refused files")
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files or folders")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what is there; 4 when some files were refused.

    Raises
    ------
    InputRefusedError
        When nothing can be used; the listing is printed before.
    """
    catalog = open_paths(args.paths)
    document = catalog_document(catalog)
    text = json.dumps(document, indent=1) if args.json else catalog_text(document)
    sys.stdout.write(text + "\n")
    rejected = document["rejected"]
    if not document["studies"]:
        sys.stdout.flush()
        reason = rejected[0]["reason"] if rejected else "There are no files here."
        more = f" ({len(rejected)} files were refused)" if len(rejected) > 1 else ""
        raise InputRefusedError(f"Nothing here can be opened: {reason}{more}", code="nothing")
    return EXIT_PARTLY if rejected else EXIT_DONE


def catalog_document(catalog: Catalog) -> Document:
    """Return the JSON document of a catalog; every volume is read once for its range."""
    rejected = list(catalog.rejected)
    return {
        "patients": [_patient(patient) for patient in catalog.patients],
        "studies": [_study(study, rejected) for study in catalog.studies],
        "rejected": [_rejected(item) for item in dict.fromkeys(rejected)],
    }


def _patient(patient: PatientEntry) -> Document:
    return {
        "key": patient.key,
        "studies": [study.uid for study in patient.studies],
        "conflict": patient.conflict,
    }


def _rejected(item: RejectedFile) -> Document:
    return {"path": item.path, "code": item.code, "reason": item.reason}


def _study(study: StudyEntry, rejected: list[RejectedFile]) -> Document:
    patient = study.patient
    return {
        "uid": study.uid,
        "patient": {
            "id": patient.id,
            "name": patient.name,
            "birth_date": patient.birth_date,
            "sex": patient.sex,
        },
        "date": study.date,
        "description": study.description,
        "series": [_series(series, rejected) for series in study.series],
    }


def _series(series: SeriesEntry, rejected: list[RejectedFile]) -> Document:
    identity = series.identity
    documents = [_volume(volume, rejected) for volume in series.volumes]
    return {
        "uid": identity.series_uid,
        "number": identity.series_number,
        "modality": identity.modality,
        "description": identity.series_description,
        "kind": _kind(series),
        "object": series.object_kind.value,
        "volumes": [document for document in documents if document is not None],
        "images": [_image(image) for image in series.images],
        "objects": _objects(series),
        "warnings": _warnings(series.findings),
    }


def _kind(series: SeriesEntry) -> Document:
    kind = series.kind
    return {
        "plane": kind.plane,
        "weighting": kind.weighting.value,
        "fat_suppressed": kind.fat_suppressed,
        "contrast": kind.contrast,
        "dixon": kind.dixon_part,
        "kernel": kind.ct_kernel,
        "myelography": kind.myelography,
        "attenuation_corrected": kind.attenuation_corrected,
        "tracer": kind.tracer,
        "localizer": kind.localizer,
        "derived": kind.derived,
    }


def _objects(series: SeriesEntry) -> list[Document]:
    if series.object_kind is ObjectKind.IMAGE:
        return []
    outlines = contours_of(series) or (None,) * len(series.headers)
    return [
        {
            "file": header.shown,
            "class": sop_class_name(header.tags.text("SOPClassUID")),
            **_outlines(contours),
        }
        for header, contours in zip(series.headers, outlines, strict=True)
    ]


def _outlines(contours: ContourSet | None) -> Document:
    """Return what a segmentation or structure set outlines."""
    if contours is None:
        return {}
    return {
        "frame_of_reference": contours.frame_of_reference_uid,
        "drawn_on": list(contours.series_uids),
        "segments": [
            {"number": part.number, "name": part.name, "outlines": len(part.polygons)}
            for part in contours.segments
        ],
        "warnings": _warnings(contours.findings),
    }


def _volume(entry: VolumeEntry, rejected: list[RejectedFile]) -> Document | None:
    try:
        volume = load_volume(entry)
    except InputRefusedError as refusal:
        rejected.extend(
            RejectedFile(path=str(path), code=refusal.code, reason=refusal.message)
            for path in entry.files
        )
        return None
    rejected.extend(volume.rejected)
    geometry = volume.geometry
    return {
        "index": entry.index,
        "size": list(geometry.size_ijk),
        "spacing": list(geometry.spacing_ijk),
        "origin": list(geometry.origin_lps),
        "direction": [float(value) for value in geometry.direction.reshape(-1)],
        "unit": volume.unit.value,
        "range": value_range(volume),
        "frame_of_reference": volume.identity.frame_of_reference_uid,
        "resampled": volume.resampled,
        "facts": volume.facts,
        "warnings": _warnings(volume.findings),
    }


def value_range(volume: Volume) -> list[float] | None:
    """Return the lowest and highest value of voxels with data; None without any."""
    present = np.ones(volume.array.shape[0], dtype=bool)
    present[list(volume.missing_slices)] = False
    values = volume.array if present.all() else volume.array[present]
    if volume.padding_range is not None:
        low, high = volume.padding_range
        values = values[(values < low) | (values > high)]
    if values.size == 0:
        return None
    return [float(values.min()), float(values.max())]


def _image(image: LooseImage) -> Document:
    frame = image.frame
    spacing, meaning = length_scale(frame.tags)
    return {
        "file": frame.header.shown,
        "frame": frame.index,
        "size": [frame.columns, frame.rows],
        "spacing": None if spacing is None else list(spacing),
        "length": meaning.value,
        "unit": "a.u.",
        "warnings": _warnings((image.finding,) if image.finding else ()),
    }


def _warnings(findings: tuple[Finding, ...]) -> list[Document]:
    return [{"code": finding.code, "message": finding.message} for finding in findings]


def catalog_text(document: Document) -> str:
    """Return the listing that people read."""
    lines: list[str] = []
    for patient in document["patients"]:
        if patient["conflict"]:
            lines.append(f"! {patient['key']}: {patient['conflict']}")
    for study in document["studies"]:
        lines.extend(_study_lines(study))
    if document["rejected"]:
        lines.append(f"Not usable ({len(document['rejected'])}):")
        lines.extend(f"  {item['path']}: {item['reason']}" for item in document["rejected"])
    return "\n".join(lines)


def _study_lines(study: Document) -> list[str]:
    patient = study["patient"]
    who = patient["name"] or patient["id"] or "no patient named"
    lines = [f"{who}, {study['date'] or 'no date'}, {study['description'] or 'study'}"]
    for series in study["series"]:
        what = " ".join(
            str(part)
            for part in (
                series["modality"],
                series["kind"]["plane"],
                series["kind"]["weighting"] or series["kind"]["kernel"],
                series["description"] or series["object"],
            )
            if part
        )
        lines.append(f"  {what} [{series['uid']}]")
        lines.extend(_picture_lines(series))
    return lines


def _picture_lines(series: Document) -> list[str]:
    lines = []
    for volume in series["volumes"]:
        lines.extend(_volume_lines(volume))
    for item in series["objects"]:
        lines.extend(_object_lines(item))
    if series["images"]:
        lines.append(f"    {len(series['images'])} single image(s)")
        reasons = [item["message"] for image in series["images"] for item in image["warnings"]]
        lines.extend(f"      ! {reason}" for reason in dict.fromkeys(reasons))
    return lines


def _volume_lines(volume: Document) -> list[str]:
    size = "x".join(str(count) for count in volume["size"])
    spacing = " x ".join(f"{mm:.4g}" for mm in volume["spacing"])
    values = "no values" if volume["range"] is None else "{:g} to {:g}".format(*volume["range"])
    first = f"    {size}, {spacing} mm, {values} {volume['unit']}"
    return [first, *(f"      ! {item['message']}" for item in volume["warnings"])]


def _object_lines(item: Document) -> list[str]:
    names = ", ".join(part["name"] for part in item.get("segments", ()))
    first = [f"    outlines: {names}"] if names else []
    return [*first, *(f"      ! {warning['message']}" for warning in item.get("warnings", ()))]
