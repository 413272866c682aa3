"""Who and what: identity block, running head, foot, status, names and numbers of the report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report.report_cases import SETTINGS, case_with_lesions, full_case, signed
from workstation.base.errors import ReportError
from workstation.domain.answers import UNKNOWN
from workstation.domain.case import Case, CaseStatus, Oncology, Patient, StudyReference
from workstation.domain.radiosensitivity import Histology
from workstation.report.blocks import Header, IdentityCell, Tone
from workstation.report.header import (
    ReportStatus,
    accessions,
    header,
    primary_tumor,
    report_number,
    report_uid,
    status_of,
)
from workstation.report.reading import read_case


def head_of(case: Case) -> Header:
    return header(read_case(case, {}), SETTINGS)


def cell(case: Case, label: str) -> IdentityCell:
    return next(item for item in head_of(case).identity if item.label == label)


def test_eight_cells_in_two_rows() -> None:
    labels = [item.label for item in head_of(full_case()).identity]
    assert labels == [
        *("Patient", "Patient ID", "Examination", "Accession"),
        *("Primary tumor", "Levels with findings", "Reported by", "Signed"),
    ]


def test_the_name_is_the_strongest_cell() -> None:
    patient = cell(full_case(), "Patient")
    assert patient.value == "BÖHM-LÉCLAIR, Éléonore"
    assert patient.details == ("female · 1961-08-19 · 64 y",)
    assert [item.label for item in head_of(full_case()).identity if item.strong] == ["Patient"]


@pytest.mark.parametrize(
    ("patient", "line"),
    [
        (Patient(), "sex not stated · birth date not stated"),
        (Patient(sex="M"), "male · birth date not stated"),
        (Patient(sex="O", birth_date="1970-01-01"), "other sex · 1970-01-01 · 56 y"),
        (Patient(sex="X9", birth_date="1970"), "X9 · 1970"),
    ],
)
def test_what_the_images_do_not_say_is_said_to_be_missing(patient: Patient, line: str) -> None:
    assert cell(replace(full_case(), patient=patient), "Patient").details == (line,)


def test_a_case_without_identity_says_so_on_every_page() -> None:
    head = head_of(replace(full_case(), patient=Patient(), studies=()))
    assert head.running == ("No name", "no patient ID", "birth date not stated")
    assert head.patient_id == "No patient ID"
    assert cell(replace(full_case(), studies=()), "Examination").value == "not stated"
    assert cell(replace(full_case(), studies=()), "Accession").value == "not stated"


def test_the_running_head_names_patient_birth_and_accession() -> None:
    assert head_of(full_case()).running == (
        "BÖHM-LÉCLAIR, Éléonore",
        "DEMO-004217",
        "born 1961-08-19",
        "accession ACC-88120457",
    )


def test_several_studies_are_all_listed() -> None:
    studies = (
        StudyReference(study_uid="1", date="2026-03-14", description="MRI", accession="A1"),
        StudyReference(study_uid="2", modalities=("CT", "PT"), accession="A2"),
        StudyReference(study_uid="3", date="2026-03-15", accession="A1"),
    )
    case = replace(full_case(), studies=studies)
    assert cell(case, "Examination").value == (
        "MRI, 2026-03-14\nCT/PT, date not stated\nStudy, 2026-03-15"
    )
    assert accessions(case) == ("A1", "A2")


@pytest.mark.parametrize(
    ("oncology", "words"),
    [
        (Oncology(), "not assessed"),
        (Oncology(histology=UNKNOWN), "unknown"),
        (Oncology(histology=Histology.BREAST), "Breast"),
        (Oncology(histology=Histology.BREAST, primary_text="Lobular"), "Lobular"),
    ],
)
def test_the_primary_tumor(oncology: Oncology, words: str) -> None:
    assert primary_tumor(replace(full_case(), oncology=oncology)) == words


def test_levels_are_listed_with_the_index() -> None:
    assert cell(full_case(), "Levels with findings").value == "C5, T8, L2 (index T8)"
    assert cell(case_with_lesions(0), "Levels with findings").value == "none"
    assert cell(case_with_lesions(1), "Levels with findings").value == "C1"
    many = cell(case_with_lesions(29), "Levels with findings").value
    assert many.startswith("C1–S5 (index ")


def test_a_draft_is_marked_in_red_and_not_signed() -> None:
    head = head_of(full_case())
    assert (head.status.text, head.status.tone) == ("DRAFT · v1", Tone.CRITICAL)
    assert head.foot_draft == "DRAFT, not signed"
    assert cell(full_case(), "Signed").value == "not signed"
    assert cell(full_case(), "Reported by").value == "Dr Zoë Königsberg"


def test_a_signed_version_names_signer_and_time() -> None:
    case = replace(signed(full_case()), reader="Somebody else")
    head = head_of(case)
    assert (head.status.text, head.status.tone, head.status.detail) == (
        "FINAL · v1",
        Tone.NEUTRAL,
        "",
    )
    assert head.foot_draft == ""
    assert cell(case, "Signed").value == "2026-03-14 17:05 +01:00"
    assert cell(case, "Reported by").value == "Dr Zoë Königsberg"


def test_an_amendment_says_what_it_replaces_and_why() -> None:
    case = signed(full_case(), version=3, amends="level corrected")
    assert status_of(case) is ReportStatus.AMENDED
    assert head_of(case).status.detail == "Replaces version 2: level corrected"
    assert head_of(replace(case, amends="")).status.detail == "Replaces version 2"


def test_signed_without_a_signature_stays_a_draft() -> None:
    assert status_of(replace(full_case(), status=CaseStatus.SIGNED)) is ReportStatus.DRAFT


def test_each_version_has_its_own_uid_of_at_most_64_characters() -> None:
    first, second = full_case(), replace(full_case(), version=2)
    assert report_uid(first) == report_uid(full_case())
    assert report_uid(first) != report_uid(second)
    assert report_uid(first).startswith("2.25.")
    assert len(report_uid(first)) <= 64
    assert report_number(first) == report_number(second)


def test_the_settings_institution_wins_over_the_case() -> None:
    assert head_of(full_case()).institution.startswith("University Hospital")
    other = header(read_case(full_case(), {}), replace(SETTINGS, institution="Clinic"))
    assert other.institution == "Clinic"


@pytest.mark.parametrize(
    "change",
    [
        {"institution": "i" * 901},
        {"illustration": "i" * 901},
        {"patient": Patient(name="n" * 901)},
        {"patient": Patient(id="n" * 901)},
    ],
)
def test_a_head_that_would_fill_the_page_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ReportError, match="901 characters; 900 is the most"):
        head_of(replace(full_case(), **change))


def test_the_foot_names_software_template_rules_and_limits() -> None:
    head = head_of(full_case())
    assert head.foot_left == "Batson 0.1.0 · template R1 · SINS-2010, ESCC-2010, NOMS-2013"
    assert head.foot_version == "version 1"
    assert "Not a medical device" in head.foot_notice
