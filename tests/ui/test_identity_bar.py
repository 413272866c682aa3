"""The uppermost band: whose images these are, whether levels are confirmed and the case signed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from tests.support import cases
from tests.ui.conftest import click, overflowing, settle
from tests.ui.window_support import make_spine
from workstation.domain.case import Patient, StudyReference
from workstation.ui.identity_bar import READER_WIDTH_PX, IdentityBar, age_years

PATIENT = Patient(id="PAT-7", name="EXAMPLE^Ada", birth_date="1958-05-02", sex="F")
NEW = StudyReference(
    study_uid="1.1", date="2026-03-14 15:20", description="MR whole spine", modalities=("MR",)
)
OLD = StudyReference(study_uid="1.2", date="2025-11-02 08:00", description="CT", modalities=("CT",))


def case_of(**changes):
    plain = replace(cases.empty_case(), patient=PATIENT, studies=(NEW,))
    return replace(plain, **changes)


@pytest.fixture
def bar(show):
    return show(IdentityBar(), 1600, 44)


def test_without_a_case_it_names_the_program(bar):
    assert bar.name.text() == "Batson"
    assert bar.person.text() == "No patient"
    for part in (bar.birth, bar.patient_id, bar.study, bar.study_date, bar.prior):
        assert not bar.isVisible() or not part.isVisible()
    assert not bar.levels.isVisible()
    assert not bar.status.isVisible()


def test_a_case_without_a_study_has_no_patient(bar):
    bar.show_case(case_of(studies=()), "R. Reader")
    assert bar.person.text() == "No patient"


def test_the_patient_of_the_case(bar):
    bar.show_case(case_of(), "R. Reader")
    assert bar.name.text() == "EXAMPLE, Ada"
    assert bar.person.text() == "F · 67 y"
    assert bar.birth.text() == "1958-05-02"
    assert bar.patient_id.text() == "PAT-7"
    assert bar.study.text() == "MR whole spine"
    assert bar.study_date.text() == "2026-03-14 15:20"
    assert bar.reader.text() == "R. Reader"


@pytest.mark.parametrize(
    ("patient", "name", "person"),
    [
        (Patient(id="1", name="DOE^Jane^Q", sex="F"), "DOE, Jane Q", "F"),
        (Patient(id="1", name="DOE"), "DOE", "sex unknown"),
        (Patient(id="1"), "No name", "sex unknown"),
        (Patient(id="1", name="^Only"), "Only", "sex unknown"),
        (Patient(id="1", name="山田^太郎", sex="M"), "山田, 太郎", "M"),
        (Patient(id="1", name="A^B", sex="O", birth_date="2026-03-14"), "A, B", "O · 0 y"),
        (Patient(id="1", name="A^B", sex="M", birth_date="2027-01-01"), "A, B", "M"),
        (Patient(id="1", name="A^B", sex="M", birth_date="not a date"), "A, B", "M"),
    ],
)
def test_names_and_ages_are_never_made_up(bar, patient, name, person):
    bar.show_case(case_of(patient=patient), "")
    assert bar.name.text() == name
    assert bar.person.text() == person


@pytest.mark.parametrize(
    ("birth", "at", "years"),
    [
        ("1960-03-14", "2026-03-14", 66),
        ("1960-03-15", "2026-03-14", 65),
        ("1960-02-29", "2026-02-28", 65),
        ("1960-02-29", "2026-03-01", 66),
        ("2026-03-14", "2026-03-14", 0),
        ("1960-03-14", "2026-03-14 15:20", 66),
        ("2026-03-15", "2026-03-14", None),
        ("", "2026-03-14", None),
        ("1960-03-14", "", None),
        ("1960", "2026-03-14", None),
    ],
)
def test_age_in_full_years(birth, at, years):
    assert age_years(birth, at) == years


def test_missing_birth_date_and_id_leave_their_words_out(bar):
    bar.show_case(case_of(patient=Patient(name="A^B")), "")
    assert not bar.birth_word.isVisible()
    assert not bar.id_word.isVisible()


@pytest.mark.parametrize("studies", [(NEW, OLD), (OLD, NEW)])
def test_the_newest_study_leads_and_the_other_is_the_prior(bar, studies):
    bar.show_case(case_of(studies=studies), "")
    assert bar.study.text() == "MR whole spine"
    assert bar.prior.text() == "2025-11-02"
    assert bar.prior_word.isVisible()


def test_a_study_without_a_name_is_called_by_its_modalities(bar):
    nameless = replace(NEW, description="", modalities=("PT", "CT"))
    bar.show_case(case_of(studies=(nameless,)), "")
    assert bar.study.text() == "PT CT"


@pytest.mark.parametrize(
    ("spines", "words"),
    [
        ((), "Levels not numbered"),
        ((make_spine("T12", "L1"),), "Levels not confirmed"),
        ((make_spine("T12", "L1", confirmed=True),), "Levels confirmed"),
        (
            (make_spine("T12", confirmed=True), make_spine("L1", frame="1.9")),
            "Levels not confirmed",
        ),
    ],
)
def test_the_chip_of_the_levels(bar, spines, words):
    bar.show_case(case_of(spines=spines), "")
    assert bar.levels.text() == words
    assert words in bar.accessibleDescription()


def test_who_confirmed_is_in_the_tip(bar):
    bar.show_case(case_of(spines=(make_spine("L1", confirmed=True),)), "")
    assert "Confirmed by R." in bar.levels.toolTip()


def test_a_press_on_the_chip_asks_for_the_levels(bar, qtbot):
    bar.show_case(case_of(), "")
    with qtbot.waitSignal(bar.levels_pressed, timeout=1000):
        click(bar.levels)


@pytest.mark.parametrize(
    ("case", "words"), [(case_of(), "Draft"), (cases.signed_case(), "Signed v1")]
)
def test_the_chip_of_the_status(bar, case, words):
    bar.show_case(case, "")
    assert bar.status.text() == words


def test_an_illustration_says_that_it_is_one(bar):
    bar.show_case(case_of(illustration="Painted disease, not a diagnosis."), "")
    assert bar.illustration.isVisible()
    assert bar.illustration.text() == "Illustration"
    assert "Painted disease" in bar.illustration.toolTip()
    bar.show_case(case_of(), "")
    assert not bar.illustration.isVisible()


@pytest.mark.parametrize("width", [READER_WIDTH_PX - 1, 1280, 1024])
def test_a_narrow_window_leaves_out_by_rule(bar, width):
    bar.show_case(case_of(studies=(NEW, OLD), spines=(make_spine("L1"),)), "R. Reader")
    assert bar.reader.isVisible()
    bar.resize(width, 44)
    settle()
    assert not bar.reader.isVisible()
    assert not bar.prior.isVisible()
    assert bar.study_date.text() == "2026-03-14"
    for kept in (bar.name, bar.person, bar.birth, bar.patient_id, bar.levels, bar.status):
        assert kept.isVisible()
    bar.resize(READER_WIDTH_PX, 44)
    settle()
    assert bar.reader.isVisible()
    assert bar.prior.isVisible()
    assert bar.study_date.text() == "2026-03-14 15:20"


@pytest.mark.parametrize("width", [1280, 1440, 1920])
def test_nothing_leaves_the_band(bar, width):
    bar.show_case(case_of(studies=(NEW, OLD), illustration="x"), "R. Reader")
    bar.resize(width, 44)
    settle()
    assert overflowing(bar) == []


def test_names_are_plain_text(bar):
    bar.show_case(case_of(patient=Patient(id="<i>1</i>", name="<b>X</b>^&amp;")), "<u>R</u>")
    assert bar.name.text() == "<b>X</b>, &amp;"
    assert bar.name.textFormat() is Qt.TextFormat.PlainText
    assert bar.patient_id.text() == "<i>1</i>"


def test_the_next_case_leaves_nothing_of_the_last(bar):
    bar.show_case(case_of(studies=(NEW, OLD)), "R. Reader")
    bar.show_case(None, "R. Reader")
    for label in (bar.birth, bar.patient_id, bar.study, bar.study_date, bar.prior):
        assert label.text() == ""
    assert bar.accessibleDescription() == "No patient"
