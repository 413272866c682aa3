"""Who and what a header says it is: patient, study and series, as read and never completed."""

from __future__ import annotations

import hashlib
from datetime import date

from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.volume import PatientIdentity, SeriesIdentity

MADE_UID_ROOT = "2.25."
"""Root of UIDs derived here for series that carry none (PS3.5 section B.2)."""


def patient_of(tags: TagValues) -> PatientIdentity:
    """Return the patient a header names."""
    return PatientIdentity(
        id=tags.text("PatientID").strip(),
        issuer=tags.text("IssuerOfPatientID").strip(),
        name=tags.text("PatientName").strip(" ^"),
        birth_date=iso_date(tags.text("PatientBirthDate")),
        sex=tags.text("PatientSex"),
        age=tags.text("PatientAge"),
    )


def series_of(tags: TagValues) -> SeriesIdentity:
    """Return the study and series a header names; a missing Series UID is derived from the rest."""
    return SeriesIdentity(
        patient=patient_of(tags),
        study_uid=tags.text("StudyInstanceUID"),
        study_date=study_time(tags),
        study_description=tags.text("StudyDescription"),
        accession=tags.text("AccessionNumber"),
        series_uid=tags.text("SeriesInstanceUID") or made_series_uid(tags),
        series_number=tags.integer("SeriesNumber"),
        series_description=tags.text("SeriesDescription"),
        modality=tags.text("Modality"),
        frame_of_reference_uid=tags.text("FrameOfReferenceUID"),
    )


def made_series_uid(tags: TagValues) -> str:
    """Return a UID for a series without one; the same header values give the same UID."""
    named = (
        "PatientID PatientName StudyInstanceUID StudyDate StudyTime StudyDescription Modality "
        "SeriesNumber SeriesDescription FrameOfReferenceUID"
    )
    text = "\n".join(tags.text(keyword) for keyword in named.split())
    digest = hashlib.sha256(text.encode()).digest()
    return f"{MADE_UID_ROOT}{int.from_bytes(digest[:12], 'big')}"


def study_time(tags: TagValues) -> str:
    """Return the study date as ISO text, with the time where it is known."""
    day = iso_date(tags.text("StudyDate"))
    clock = tags.text("StudyTime").replace(":", "")[:4]
    if day and len(clock) == 4 and clock.isdigit():
        return f"{day} {clock[:2]}:{clock[2:]}"
    return day


def iso_date(text: str) -> str:
    """Return "2026-03-14" for "20260314" or "2026.03.14"; empty when it is no real date."""
    digits = text.strip().replace(".", "").replace("-", "")
    if len(digits) != 8 or not digits.isdigit():
        return ""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        return ""


def identity_faults(tags: TagValues) -> tuple[tuple[str, str], ...]:
    """Return (code, sentence) for identity values that are missing, malformed or contradictory."""
    faults = []
    if not tags.text("SeriesInstanceUID"):
        faults.append(
            ("missing-series-uid", "The series carries no UID; one was made from its header.")
        )
    if not tags.text("StudyInstanceUID"):
        faults.append(("missing-study-uid", "The series does not say to which study it belongs."))
    if not tags.text("PatientID").strip():
        faults.append(
            ("missing-patient-id", "No patient ID: the series is kept apart from other patients.")
        )
    faults.extend(_date_faults(tags))
    return tuple(faults)


def _date_faults(tags: TagValues) -> list[tuple[str, str]]:
    faults = []
    for keyword, what in (("StudyDate", "study date"), ("PatientBirthDate", "birth date")):
        if tags.text(keyword).strip() and not iso_date(tags.text(keyword)):
            faults.append(("bad-date", f"The {what} is not a date; it is treated as unknown."))
    born, study = iso_date(tags.text("PatientBirthDate")), iso_date(tags.text("StudyDate"))
    if born and study and born > study:
        faults.append(("birth-after-study", "The birth date lies after the study date."))
    return faults
