import pytest

from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.identity import (
    identity_faults,
    iso_date,
    made_series_uid,
    patient_of,
    series_of,
    study_time,
)

WHOLE = {
    "PatientID": " 4711 ",
    "PatientName": "Doe^Jane^^",
    "PatientBirthDate": "19600229",
    "StudyInstanceUID": "1.2",
    "StudyDate": "20260314",
    "StudyTime": "152033.5",
    "SeriesInstanceUID": "1.2.3",
    "SeriesNumber": 4,
    "Modality": "MR",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20260314", "2026-03-14"),
        ("2026.03.14", "2026-03-14"),
        ("2026-03-14", "2026-03-14"),
        ("20260230", ""),
        ("2026031", ""),
        ("", ""),
        ("today", ""),
        ("00000000", ""),
    ],
)
def test_dates(text, expected):
    assert iso_date(text) == expected


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        ("20260314", "152033", "2026-03-14 15:20"),
        ("20260314", "15:20:33", "2026-03-14 15:20"),
        ("20260314", "", "2026-03-14"),
        ("20260314", "noon", "2026-03-14"),
        ("", "152033", ""),
    ],
)
def test_study_time(day, clock, expected):
    assert study_time(TagValues({"StudyDate": day, "StudyTime": clock})) == expected


def test_patient_is_read_as_written():
    patient = patient_of(TagValues(WHOLE))
    assert patient.id == "4711"
    assert patient.name == "Doe^Jane"
    assert patient.birth_date == "1960-02-29"
    assert patient.sex == ""


def test_leading_zeros_of_an_id_count():
    assert patient_of(TagValues({"PatientID": "0042"})).id == "0042"


def test_series_of_a_whole_header():
    identity = series_of(TagValues(WHOLE))
    assert identity.series_uid == "1.2.3"
    assert identity.series_number == 4
    assert identity_faults(TagValues(WHOLE)) == ()


def test_made_uid_is_stable_and_tells_series_apart():
    bare = TagValues({**WHOLE, "SeriesInstanceUID": ""})
    other = bare.with_values({"SeriesDescription": "another"})
    assert made_series_uid(bare) == made_series_uid(bare)
    assert made_series_uid(bare) != made_series_uid(other)
    assert series_of(bare).series_uid == made_series_uid(bare)
    assert len(made_series_uid(bare)) <= 64
    assert set(made_series_uid(bare)) <= set("0123456789.")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"SeriesInstanceUID": ""}, "missing-series-uid"),
        ({"StudyInstanceUID": ""}, "missing-study-uid"),
        ({"PatientID": "  "}, "missing-patient-id"),
        ({"StudyDate": "20261301"}, "bad-date"),
        ({"PatientBirthDate": "unknown"}, "bad-date"),
        ({"PatientBirthDate": "20260315"}, "birth-after-study"),
    ],
)
def test_faults(change, code):
    faults = identity_faults(TagValues({**WHOLE, **change}))
    assert [fault[0] for fault in faults] == [code]


def test_faults_do_not_quote_the_patient():
    bad = TagValues({**WHOLE, "PatientBirthDate": "secret", "StudyDate": "secret"})
    assert all("secret" not in message for _, message in identity_faults(bad))
