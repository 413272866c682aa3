"""What a case keeps of opened images: who they belong to, which studies and series they are."""

from __future__ import annotations

from workstation.domain.case import Patient, SeriesReference
from workstation.imaging.volume import PatientIdentity, SeriesIdentity


def patient_of(identity: PatientIdentity) -> Patient:
    """Return who a study says it belongs to."""
    return Patient(
        id=identity.id,
        issuer=identity.issuer,
        name=identity.name,
        birth_date=identity.birth_date,
        sex=identity.sex,
    )


def series_reference(identity: SeriesIdentity) -> SeriesReference:
    """Return what the case needs to find a series again."""
    return SeriesReference(
        series_uid=identity.series_uid,
        study_uid=identity.study_uid,
        number=identity.series_number,
        description=identity.series_description,
        modality=identity.modality,
        frame_of_reference_uid=identity.frame_of_reference_uid,
    )
