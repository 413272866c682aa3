"""Who is reported on, what was examined, where the report stands: head, foot and identity."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workstation.base.errors import ReportError
from workstation.domain.answers import Missing
from workstation.domain.case import Case, CaseStatus, Patient, StudyReference
from workstation.domain.escc import RULE_SET as ESCC_RULE_SET
from workstation.domain.noms import RULE_SET as NOMS_RULE_SET
from workstation.domain.radiosensitivity import HISTOLOGIES
from workstation.domain.sins import RULE_SET as SINS_RULE_SET
from workstation.domain.spine import level_runs
from workstation.report.blocks import Header, IdentityCell, Paper, StatusBox, Tone
from workstation.report.format import age_years, missing_words, moment
from workstation.report.reading import Reading

TITLE = "Spinal metastasis imaging report"
TEMPLATE = "R1"
NOTICE = (
    "Decision support for clinicians. Not a medical device; not for primary diagnosis until "
    "validated locally."
)
LONGEST_HEAD = 900
"""Characters of one line of the page head: what stands on every page may not fill the page."""

RULE_SETS = (SINS_RULE_SET, ESCC_RULE_SET, NOMS_RULE_SET)
NOT_STATED = "not stated"
_SEXES: Mapping[str, str] = {"M": "male", "F": "female", "O": "other sex"}


class ReportStatus(StrEnum):
    """Where a report stands, as its status box says."""

    DRAFT = "DRAFT"
    FINAL = "FINAL"
    AMENDED = "AMENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """What the caller decides about a report.

    Parameters
    ----------
    software : str
        Name and version, printed at the foot.
    timestamp : datetime
        Aware time of the report, the only clock it knows.
    institution : str
        Overrides that of the case.
    record_sha256 : str
        Hash of the attached record, printed on a signed report.
    """

    software: str
    timestamp: datetime
    institution: str = ""
    paper: Paper = Paper.A4
    record_sha256: str = ""


def status_of(case: Case) -> ReportStatus:
    """Return draft while unsigned, amended for a signed version that replaces another."""
    if case.status is not CaseStatus.SIGNED or case.signature is None:
        return ReportStatus.DRAFT
    return ReportStatus.AMENDED if case.version > 1 else ReportStatus.FINAL


def report_uid(case: Case) -> str:
    """Return the UID of this version of the report: a UUID under 2.25, the same each time."""
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, f'batson-report:{case.id}:{case.version}').int}"


def report_number(case: Case) -> str:
    """Return the short number people quote; it says nothing about the patient."""
    digest = uuid.uuid5(uuid.NAMESPACE_OID, f"batson-case:{case.id}").hex
    return f"{digest[:4]}-{digest[4:8]}".upper()


def header(reading: Reading, settings: ReportSettings) -> Header:
    """Return head, foot and identity block.

    Raises
    ------
    ReportError
        When a line that stands on every page is too long for it.
    """
    case = reading.case
    draft = status_of(case) is ReportStatus.DRAFT
    institution = settings.institution or case.institution or "Institution not stated"
    for words in (institution, case.illustration, *_running(case)):
        _refuse_too_long(words)
    return Header(
        institution=institution,
        title=TITLE,
        report_number=f"Report {report_number(case)}",
        running=tuple(_running(case)),
        identity=tuple(_identity(reading)),
        status=_status_box(case),
        illustration=case.illustration,
        foot_left=f"{settings.software} · template {TEMPLATE} · {', '.join(RULE_SETS)}",
        foot_uid=report_uid(case),
        foot_version=f"version {case.version}",
        foot_notice=NOTICE,
        patient_id=case.patient.id or "No patient ID",
        foot_draft=f"{ReportStatus.DRAFT}, not signed" if draft else "",
    )


def _refuse_too_long(words: str) -> None:
    if len(words) > LONGEST_HEAD:
        raise ReportError(
            f"A line of the page head holds {len(words)} characters; {LONGEST_HEAD} is the most. "
            "Shorten the institution, the name, the id or the illustration sentence."
        )


def _status_box(case: Case) -> StatusBox:
    status = status_of(case)
    replaces = f"Replaces version {case.version - 1}" if case.version > 1 else ""
    detail = f"{replaces}: {case.amends}" if replaces and case.amends else replaces
    tone = Tone.CRITICAL if status is ReportStatus.DRAFT else Tone.NEUTRAL
    return StatusBox(text=f"{status} · v{case.version}", tone=tone, detail=detail)


def _running(case: Case) -> Iterator[str]:
    patient = case.patient
    yield patient.display_name
    yield patient.id or "no patient ID"
    yield f"born {moment(patient.birth_date)}" if patient.birth_date else "birth date not stated"
    numbers = accessions(case)
    if numbers:
        yield f"accession {', '.join(numbers)}"


def accessions(case: Case) -> tuple[str, ...]:
    """Return the accession numbers of the studies, each once."""
    return tuple(dict.fromkeys(study.accession for study in case.studies if study.accession))


def _identity(reading: Reading) -> Iterator[IdentityCell]:
    case = reading.case
    patient = case.patient
    yield IdentityCell(
        label="Patient",
        value=patient.display_name,
        details=(_person_line(patient, case.studies),),
        strong=True,
    )
    yield IdentityCell(
        label="Patient ID",
        value=patient.id or NOT_STATED,
        details=(f"Issuer {patient.issuer}",) if patient.issuer else (),
    )
    yield _examination(case.studies)
    yield IdentityCell(label="Accession", value=", ".join(accessions(case)) or NOT_STATED)
    yield IdentityCell(label="Primary tumor", value=primary_tumor(case))
    yield IdentityCell(label="Levels with findings", value=_levels(reading))
    yield IdentityCell(label="Reported by", value=_reporter(case))
    yield _signed(case)


def _person_line(patient: Patient, studies: tuple[StudyReference, ...]) -> str:
    sex = _SEXES.get(patient.sex, patient.sex or "sex not stated")
    if not patient.birth_date:
        return f"{sex} · birth date not stated"
    examined = min((study.date for study in studies if study.date), default="")
    age = age_years(patient.birth_date, examined)
    years = f" · {age} y" if age is not None else ""
    return f"{sex} · {moment(patient.birth_date)}{years}"


def _examination(studies: tuple[StudyReference, ...]) -> IdentityCell:
    words = [study.description or "/".join(study.modalities) or "Study" for study in studies]
    dates = [moment(study.date) if study.date else "date not stated" for study in studies]
    if len(studies) == 1:
        return IdentityCell(label="Examination", value=words[0], details=(dates[0],))
    lines = [f"{word}, {date}" for word, date in zip(words, dates, strict=True)]
    return IdentityCell(label="Examination", value="\n".join(lines) or NOT_STATED)


def primary_tumor(case: Case) -> str:
    """Return the primary as typed, else the histology of the list, else why there is none."""
    if case.oncology.primary_text:
        return case.oncology.primary_text
    histology = case.oncology.histology
    if isinstance(histology, Missing):
        return missing_words(histology)
    return HISTOLOGIES[histology].title


def _levels(reading: Reading) -> str:
    names = level_runs(reading.levels) or "none"
    several = reading.index is not None and len(reading.levels) > 1
    return f"{names} (index {reading.index})" if several else names


def _reporter(case: Case) -> str:
    if case.signature is not None and case.status is CaseStatus.SIGNED:
        return case.signature.name
    return case.reader or NOT_STATED


def _signed(case: Case) -> IdentityCell:
    if status_of(case) is ReportStatus.DRAFT or case.signature is None:
        return IdentityCell(label="Signed", value="not signed")
    return IdentityCell(label="Signed", value=moment(case.signature.at))
