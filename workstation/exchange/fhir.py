"""A case as a FHIR R4 transaction Bundle, for systems that do not read DICOM.

Only what a reader answered is a value. Ids come from the case, so that the same case gives the same
bundle, and each resource is created only where its identifier is not there yet. Source: HL7 FHIR
R4 (4.0.1). The bundle follows the shape of an imaging report; it claims no profile.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any

from workstation.domain.case import Case, CaseStatus, Sentence, Signature, StudyReference
from workstation.domain.lesion import Lesion, VertebraPart, parts_sentence
from workstation.domain.proposal import proposed_impression
from workstation.exchange import codes
from workstation.exchange.fhir_observations import Context, observations, vertebra
from workstation.exchange.fhir_parts import (
    Resource,
    concept,
    filled,
    identifier,
    instant,
    is_uid,
    iso_date,
    reference,
    stable_id,
    terminology,
    text,
)

_GENDERS = {"M": "male", "F": "female", "O": "other"}
_ABSENT_URL = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def fhir_json(case: Case, *, software: str, pdf: bytes | None = None) -> bytes:
    """Return :func:`fhir_bundle` as UTF-8 JSON; the same case gives the same bytes."""
    bundle = fhir_bundle(case, software=software, pdf=pdf)
    return json.dumps(bundle, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")


def fhir_bundle(case: Case, *, software: str, pdf: bytes | None = None) -> Resource:
    """Return the case as a Bundle of type transaction.

    Parameters
    ----------
    software : str
        Name and version of the program, named as assembler.
    pdf : bytes, optional
        The report of the same case and version, put into the DiagnosticReport.
    """
    return {
        "resourceType": "Bundle",
        "id": stable_id("Bundle", case.id, case.version, case.status.value),
        "type": "transaction",
        "entry": [_entry(resource) for resource in _resources(case, software, pdf)],
    }


def _entry(resource: Resource) -> Resource:
    kind = resource["resourceType"]
    request = {"method": "POST", "url": kind}
    own = [item for item in resource.get("identifier", []) if item["value"].startswith("urn:uuid:")]
    if own:
        request["ifNoneExist"] = f"identifier={own[0]['system']}|{own[0]['value']}"
    return {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource, "request": request}


def _resources(case: Case, software: str, pdf: bytes | None) -> Iterator[Resource]:
    patient = _patient(case)
    studies = tuple(_study(case, study, patient) for study in case.studies)
    readers = tuple(_practitioners(case))
    structures = {lesion.id: _body_structure(case, lesion, patient) for lesion in case.lesions}
    dates = [iso_date(study.date) for study in case.studies]
    context = Context(
        case=case,
        status=_status(case),
        patient=patient,
        studies=studies,
        performers=readers[:1],
        effective=max((day for day in dates if day), default=""),
        body_structures=structures,
    )
    results = tuple(observations(context))
    report = _report(context, readers, results, pdf)
    yield from (patient, *studies, *readers, *structures.values(), *results, report)
    if case.signature is not None and case.status is CaseStatus.SIGNED:
        yield _provenance(case, case.signature, readers, (report, *results), software)


def _status(case: Case) -> str:
    """Return preliminary, final or amended, as reports and observations name them."""
    if case.status is not CaseStatus.SIGNED:
        return "preliminary"
    return "amended" if case.version > 1 else "final"


def _patient(case: Case) -> Resource:
    person = case.patient
    # The id of a patient without an id of the hospital belongs to the case alone.
    key = (person.issuer, person.id, person.name, person.birth_date) if person.id else (case.id,)
    own_id = stable_id("Patient", *key)
    family, _, given = person.name.partition("^")
    issuer = text(person.issuer)
    local = {"value": text(person.id), "assigner": {"display": issuer} if issuer else None}
    names = {
        "text": text(person.name.replace("^", " ")),
        "family": text(family),
        "given": [part for part in map(text, given.split("^")) if part],
    }
    return filled(
        {
            "resourceType": "Patient",
            "id": own_id,
            "identifier": [identifier(own_id), *([filled(local)] if local["value"] else [])],
            "name": [filled(names)] if names["text"] else [],
            "gender": _GENDERS.get(person.sex, "unknown"),
            **_birth_date(person.birth_date),
        }
    )


def _birth_date(value: str) -> Resource:
    if not value or iso_date(value) == value:
        return {"birthDate": value}
    return {"_birthDate": {"extension": [{"url": _ABSENT_URL, "valueCode": "unsupported"}]}}


def _study(case: Case, study: StudyReference, patient: Resource) -> Resource:
    own_id = stable_id("ImagingStudy", study.study_uid, patient["id"])
    accession = text(study.accession)
    kind = terminology("http://terminology.hl7.org/CodeSystem/v2-0203", "ACSN", "Accession ID")
    names = [identifier(own_id)]
    if is_uid(study.study_uid):
        names.append({"system": "urn:dicom:uid", "value": f"urn:oid:{study.study_uid}"})
    if accession:
        names.append({"type": kind, "value": accession})
    return filled(
        {
            "resourceType": "ImagingStudy",
            "id": own_id,
            "identifier": names,
            "status": "available",
            "modality": [_modality(name) for name in study.modalities if text(name)],
            "subject": reference(patient),
            "started": iso_date(study.date),
            "description": text(study.description),
            "series": list(_series(case, study)),
        }
    )


def _series(case: Case, study: StudyReference) -> Iterator[Resource]:
    for series in case.series:
        if series.study_uid == study.study_uid and is_uid(series.series_uid):
            yield filled(
                {
                    "uid": series.series_uid,
                    "number": series.number if (series.number or -1) >= 0 else None,
                    "modality": _modality(series.modality or "OT"),
                    "description": text(series.description),
                }
            )


def _modality(name: str) -> Resource:
    return {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": text(name)}


def _practitioners(case: Case) -> Iterator[Resource]:
    """Yield the reader, and the second reader of a signed case."""
    signature = case.signature if case.status is CaseStatus.SIGNED else None
    first = signature.name if signature else case.reader
    second = signature.second_reader if signature else ""
    for name in dict.fromkeys((first, second)):
        if text(name):
            own_id = stable_id("Practitioner", case.id, name)
            yield {
                "resourceType": "Practitioner",
                "id": own_id,
                "identifier": [identifier(own_id)],
                "name": [{"text": text(name)}],
            }


def _body_structure(case: Case, lesion: Lesion, patient: Resource) -> Resource:
    own_id = stable_id("BodyStructure", case.id, case.version, lesion.id)
    words = ", ".join(level.value for level in lesion.levels) or "level not confirmed"
    return filled(
        {
            "resourceType": "BodyStructure",
            "id": own_id,
            "identifier": [identifier(own_id)],
            "active": True,
            "morphology": concept(codes.METASTASIS),
            "location": vertebra(lesion.level) if lesion.level else concept(codes.SPINE),
            "locationQualifier": [
                concept(*codes.part_codes(part)) for part in VertebraPart if part in lesion.parts
            ],
            "description": f"Lesion {lesion.number}, {words}. {parts_sentence(lesion)}",
            "patient": reference(patient),
        }
    )


def _report(
    context: Context,
    readers: tuple[Resource, ...],
    results: Iterable[Resource],
    pdf: bytes | None,
) -> Resource:
    case = context.case
    own_id = stable_id("DiagnosticReport", case.id, case.version)
    impression = case.text.impression
    sentences = proposed_impression(case) if impression is None else impression
    issued = (
        instant(case.signature.at) if case.signature and context.status != "preliminary" else ""
    )
    return filled(
        {
            "resourceType": "DiagnosticReport",
            "id": own_id,
            "identifier": [identifier(own_id)],
            "status": context.status,
            "category": [
                terminology("http://terminology.hl7.org/CodeSystem/v2-0074", "RAD", "Radiology")
            ],
            "code": concept(codes.REPORT_TITLE, text="Spinal metastasis imaging report"),
            "subject": reference(context.patient),
            "effectiveDateTime": context.effective,
            "issued": issued,
            "performer": [reference(reader) for reader in readers[:1]],
            "resultsInterpreter": [reference(reader) for reader in readers],
            "imagingStudy": [reference(study) for study in context.studies],
            "result": [reference(result) for result in results],
            "conclusion": _conclusion(sentences),
            "presentedForm": [_attached(pdf)] if pdf else [],
        }
    )


def _conclusion(sentences: Iterable[Sentence]) -> str:
    return "\n".join(words for words in (text(item.text) for item in sentences) if words)


def _attached(pdf: bytes) -> Resource:
    return {
        "contentType": "application/pdf",
        "language": "en",
        "data": base64.b64encode(pdf).decode("ascii"),
        "title": "Spinal metastasis imaging report",
    }


def _provenance(
    case: Case,
    signature: Signature,
    readers: tuple[Resource, ...],
    targets: Iterable[Resource],
    software: str,
) -> Resource:
    """Return who signed, when and as what, and which program put it together."""
    kinds = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
    who = reference(readers[0]) if readers else {"display": "not stated"}
    agents: list[dict[str, Any]] = [
        {
            "type": terminology(kinds, "attester", "Attester"),
            "role": [{"text": text(signature.role)}] if text(signature.role) else None,
            "who": who,
        },
        {
            "type": terminology(kinds, "assembler", "Assembler"),
            "who": {"display": software},
        },
    ]
    return filled(
        {
            "resourceType": "Provenance",
            "id": stable_id("Provenance", case.id, case.version),
            "target": [reference(target) for target in targets],
            "recorded": instant(signature.at) or instant(case.created_at),
            "reason": [{"text": text(case.amends)}] if text(case.amends) else [],
            "agent": [filled(agent) for agent in agents],
        }
    )
