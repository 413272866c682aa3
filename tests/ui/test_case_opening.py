"""From opened files to a case: the patient's own, a new one, or a question, never a mix."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, Signal

from tests.support.fake_headers import FakeSeries, catalog_of
from workstation.app.messages import Severity
from workstation.app.references import patient_of
from workstation.base.errors import InputRefusedError
from workstation.domain.case import CaseStatus, Patient
from workstation.imaging.catalog import Catalog
from workstation.imaging.volume import PatientIdentity, RejectedFile
from workstation.ui.case_opening import CaseOpener, foreign_sentence, study_command


class FakeLibrary(QObject):
    """Catalogs that arrive when the test says so."""

    catalog_changed = Signal()
    open_failed = Signal(object)

    def __init__(self):
        super().__init__()
        self.catalogs = ()

    def arrive(self, catalog):
        self.catalogs = (*self.catalogs, catalog)
        self.catalog_changed.emit()


PERSON = {"PatientName": "EXAMPLE^Ada", "PatientBirthDate": "19580502", "PatientSex": "F"}
FIRST = FakeSeries(name="1.1", slices=4, tags=PERSON)
SECOND = replace(FIRST, name="2.1", study="2", date="20260401")
STRANGER = FakeSeries(
    name="9.1", study="9", patient="P9", slices=4, tags={"PatientName": "OTHER^Bob"}
)


@pytest.fixture
def made(session, store, messages, monkeypatch):
    library = FakeLibrary()
    opener = CaseOpener(library, session, messages, store.list_cases)
    opened, foreign = [], []
    opener.study_opened.connect(lambda study: opened.append(study.uid))
    opener.foreign_found.connect(foreign.append)

    def arrive(*series):
        library.arrive(catalog_of(monkeypatch, series))

    return SimpleNamespace(
        library=library, opener=opener, opened=opened, foreign=foreign, arrive=arrive
    )


def study_uids(session):
    return [item.study_uid for item in session.case.studies]


def test_the_first_study_makes_a_case_and_is_hung(made, session):
    made.arrive(FIRST)
    assert session.case.patient == Patient(
        id="P1", name="EXAMPLE^Ada", birth_date="1958-05-02", sex="F"
    )
    assert study_uids(session) == ["1"]
    assert made.opened == ["1"]


def test_every_series_is_known_to_the_case(made, session):
    made.arrive(FIRST, replace(FIRST, name="1.2", number=2, frame="F2"))
    assert [(item.series_uid, item.frame_of_reference_uid) for item in session.case.series] == [
        ("1.1", "F1"),
        ("1.2", "F2"),
    ]


def test_a_second_study_of_the_same_person_joins(made, session):
    made.arrive(FIRST)
    made.arrive(SECOND)
    assert sorted(study_uids(session)) == ["1", "2"]
    assert made.foreign == []


def test_the_same_study_again_changes_nothing(made, session):
    made.arrive(FIRST)
    before = session.case
    made.arrive(FIRST)
    assert session.case is before


def test_a_new_series_of_a_known_study_is_added(made, session):
    made.arrive(FIRST)
    made.arrive(FIRST, replace(FIRST, name="1.2", number=2))
    assert [item.series_uid for item in session.case.series] == ["1.1", "1.2"]


def test_another_patient_is_never_mixed_in(made, session, messages):
    made.arrive(FIRST)
    made.arrive(STRANGER)
    assert study_uids(session) == ["1"]
    (found,) = made.foreign
    assert found.study.uid == "9"
    assert messages.current.severity is Severity.CAUTION
    assert messages.current.action.label == "Open as new case"
    assert made.opened == ["1"]


def test_the_question_can_be_answered_with_a_new_case(made, session, messages):
    made.arrive(FIRST)
    first = session.case.id
    made.arrive(STRANGER)
    messages.trigger(messages.current.id)
    assert session.case.id != first
    assert session.case.patient.id == "P9"
    assert study_uids(session) == ["9"]
    assert made.opened == ["1", "9"]
    assert all(item.key != "two-patients" for item in messages.standing)


@pytest.mark.parametrize(
    "tags",
    [
        {**PERSON, "PatientName": "EXAMPLE^Eve"},
        {**PERSON, "PatientBirthDate": "19580503"},
        {**PERSON, "PatientID": None},
        {**PERSON, "IssuerOfPatientID": "ELSEWHERE"},
    ],
)
def test_what_only_looks_like_the_same_person_is_asked_about(made, session, tags):
    made.arrive(FIRST)
    made.arrive(replace(SECOND, tags=tags))
    assert study_uids(session) == ["1"]
    assert len(made.foreign) == 1


def test_two_patients_in_one_folder(made, session):
    made.arrive(FIRST, STRANGER)
    assert len(session.case.studies) == 1
    assert len(made.foreign) == 1


def test_the_kept_case_of_the_study_is_opened_again(made, session):
    made.arrive(FIRST)
    kept = session.case.id
    session.flush()
    session.close()
    made.arrive(FIRST)
    assert session.case.id == kept


def test_the_kept_case_of_the_person_takes_the_new_study(made, session):
    made.arrive(FIRST)
    kept = session.case.id
    session.flush()
    session.close()
    made.arrive(SECOND)
    assert session.case.id == kept
    assert sorted(study_uids(session)) == ["1", "2"]


def test_a_person_without_id_has_no_kept_case(made, session):
    nameless = replace(FIRST, tags={**PERSON, "PatientID": None})
    made.arrive(nameless)
    kept = session.case.id
    session.flush()
    session.close()
    made.arrive(replace(nameless, name="3.1", study="3"))
    assert session.case.id != kept


def test_a_case_maker_makes_the_case_in_its_own_way(made, session):
    seen = []
    made.opener.case_maker = lambda study: (seen.append(study.uid), session.new())
    made.arrive(FIRST)
    assert seen == ["1"]
    assert study_uids(session) == ["1"]


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "No images were found there."), (1, "1 file was not opened: No image."),
     (3, "3 files were not opened: No image.")],
)  # fmt: skip
def test_nothing_to_show_is_said(made, session, messages, count, words):
    rejected = tuple(
        RejectedFile(path=str(n), code="not-dicom", reason="No image.") for n in range(count)
    )
    made.library.arrive(Catalog(patients=(), rejected=rejected))
    assert messages.current.text == words
    assert session.case is None


def test_a_folder_that_cannot_be_opened_is_said(made, messages):
    made.library.open_failed.emit(InputRefusedError("The folder could not be opened.", code="x"))
    assert messages.current.text == "The folder could not be opened."


def test_one_id_with_two_names_in_one_folder_is_told(made, messages):
    made.arrive(FIRST, replace(SECOND, tags={**PERSON, "PatientName": "OTHER^Eve"}))
    texts = [item.text for item in messages.standing]
    assert any("different names" in text for text in texts)


def test_messages_about_strangers_hold_no_names(made, messages):
    made.arrive(FIRST)
    made.arrive(STRANGER)
    assert "OTHER" not in messages.current.text
    assert "EXAMPLE" not in messages.current.text


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        ("P1", "P9", "another patient: ID P9, not P1"),
        ("P1", "", "an ID is missing"),
        ("", "P9", "an ID is missing"),
        ("", "", "an ID is missing"),
        ("P1", "P1", "the same ID but another name or birth date"),
    ],
)
def test_why_a_study_is_not_added(made, monkeypatch, session, ours, theirs, words):
    catalog = catalog_of(monkeypatch, [replace(FIRST, patient=theirs or None)])
    case = session.new()
    case = replace(case, patient=Patient(id=ours))
    sentence = foreign_sentence(case, catalog.studies[0])
    assert words in sentence
    assert sentence.endswith("It was not added.")


def test_the_command_of_a_study(monkeypatch):
    pet = replace(FIRST, name="1.5", modality="PT", number=5)
    catalog = catalog_of(monkeypatch, [FIRST, pet, replace(FIRST, name="1.2", number=2)])
    command = study_command(catalog.studies[0])
    assert command.study.modalities == ("MR", "PT")
    assert [item.number for item in command.series] == [1, 2, 5]
    assert {item.study_uid for item in command.series} == {"1"}


def test_who_a_study_belongs_to_is_taken_over_as_it_is():
    identity = PatientIdentity(id="7", issuer="X", name="A^B", birth_date="1960-01-01", sex="M")
    assert patient_of(identity) == Patient(
        id="7", issuer="X", name="A^B", birth_date="1960-01-01", sex="M"
    )


def test_a_fresh_case_is_a_draft(made, session):
    made.arrive(FIRST)
    assert session.case.status is CaseStatus.DRAFT
