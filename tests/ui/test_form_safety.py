"""What a form must never do: take garbage, sign another case, lose the keyboard, hide a gap."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from tests.support.cases import OTHER_PATIENT, one_lesion_case, reader_signature, studied_case
from tests.ui.conftest import click, press, settle
from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.case import CaseStatus, Communication
from workstation.domain.commands import Amend, SetCommunication, SetText, Sign
from workstation.domain.completeness import checks_of
from workstation.domain.noms_table import MechanicalAxis, NeurologicAxis, SystemicAxis
from workstation.domain.sins_options import SinsAnswers, SinsCollapse, SinsComponent, SinsPain
from workstation.domain.spine import VertebralLevel
from workstation.ui.escc_widget import EsccForm
from workstation.ui.form_panel import FormPanel
from workstation.ui.lesion_panel import LesionPanel
from workstation.ui.noms_form import NomsForm
from workstation.ui.noms_form_editing import count_of, date_of, number_of
from workstation.ui.report_panel import ReportPanel
from workstation.ui.sins_widget import SinsForm

T12, L3 = VertebralLevel.T12, VertebralLevel.L3
TOLD = Communication(
    to_whom="Dr K. Weber", how="Telephone", at="2026-03-14T16:42:00+01:00", read_back=YesNo.YES
)
PAGES = {
    "lesions": LesionPanel, "sins": SinsForm, "escc": EsccForm, "noms": NomsForm,
    "report": ReportPanel,
}  # fmt: skip


def sited(case, level):
    """The case with its lesion and its grades at another level."""
    lesion = replace(case.lesions[0], levels=(level,))
    return replace(
        case,
        lesions=(lesion,),
        assessments=(replace(case.assessments[0], level=level),),
        communication=TOLD,
    )


@pytest.fixture
def one_page(session, show):
    """Return a function that shows one form alone in the panel."""

    def shown(tab, case=None, **view):
        if case is not None:
            session.new(case)
        session.change_view(active_tab=tab, **view)
        panel = FormPanel(session, [PAGES[tab](session)])
        show(panel)
        return panel

    return shown


@pytest.mark.parametrize(
    ("typed", "number"),
    [("", NOT_ASSESSED), ("  ", NOT_ASSESSED), ("0", 0.0), ("36,5", 36.5), (" 8.25 ", 8.25),
     ("1e2", 100.0)],
)  # fmt: skip
def test_a_number_is_taken_as_it_was_typed(typed, number):
    assert number_of(typed, "number of hours") == number


@pytest.mark.parametrize("typed", ["soon", "-5", "nan", "inf", "1,000.5", "3 h", "١x"])
def test_what_is_no_number_is_refused_in_words(typed):
    with pytest.raises(CommandRefusedError) as caught:
        number_of(typed, "number of hours")
    assert caught.value.message == f'"{typed}" is no number of hours.'


@pytest.mark.parametrize(("typed", "count"), [("", NOT_ASSESSED), ("1", 1), ("10", 10), ("5,0", 5)])
def test_a_count_is_whole(typed, count):
    made = count_of(typed, "number of fractions")
    assert made == count
    assert not isinstance(made, float)


@pytest.mark.parametrize("typed", ["2.5", "0", "-3", "ten", "nan", "inf"])
def test_a_count_that_is_not_whole_is_refused(typed):
    with pytest.raises(CommandRefusedError, match="is no number of fractions"):
        count_of(typed, "number of fractions")


@pytest.mark.parametrize(
    ("typed", "day"),
    [("", NOT_ASSESSED), ("2025-11-03", "2025-11-03"), (" 2024-02-29", "2024-02-29")],
)
def test_a_day_is_iso(typed, day):
    assert date_of(typed) == day


@pytest.mark.parametrize("typed", ["03.11.2025", "2025-02-29", "2025-13-01", "last year"])
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(CommandRefusedError, match="write YYYY-MM-DD"):
        date_of(typed)


def type_into(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    press("Enter")


def test_a_refused_age_of_the_deficit_keeps_the_recorded_one_and_says_why(one_page, session):
    page = one_page("noms", sited(one_lesion_case(), T12)).page
    card = page.neurologic
    type_into(card.since, "36")
    assert session.case.neurologic.deficit_since_hours == 36.0
    before = session.case
    type_into(card.since, "soon")
    assert session.case is before
    assert card.since.text() == "36"
    assert card.refusal.isVisible()
    assert card.refusal.text == '"soon" is no number of hours.'
    type_into(card.since, "12")
    assert session.case.neurologic.deficit_since_hours == 12.0
    assert not card.refusal.isVisible()


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        ("dose", "-30", '"-30" is no dose in Gy.'),
        ("dose", "a lot", '"a lot" is no dose in Gy.'),
        ("fractions", "2.5", '"2.5" is no number of fractions.'),
        ("fractions", "nan", '"nan" is no number of fractions.'),
        ("date", "3.11.2025", '"3.11.2025" is no date: write YYYY-MM-DD.'),
    ],
)
def test_a_refused_course_keeps_the_recorded_one_and_says_why(
    one_page, session, field, typed, reason
):
    page = one_page("noms", sited(one_lesion_case(), T12)).page
    card = page.oncologic
    click(card.radiation.button("yes"))
    for name, text in (("dose", "30"), ("fractions", "10"), ("date", "2025-11-03")):
        type_into(getattr(card, name), text)
    recorded = session.case.assessment(T12).noms.radiation
    assert (recorded.dose_gy, recorded.fractions, recorded.date) == (30.0, 10, "2025-11-03")
    type_into(getattr(card, field), typed)
    assert session.case.assessment(T12).noms.radiation == recorded
    assert card.course_refusal.text == reason
    assert card.course_refusal.isVisible()
    shown = (card.dose.text(), card.fractions.text(), card.date.text())
    assert shown == ("30", "10", "2025-11-03")


def test_taking_the_radiation_back_ends_its_refusal(one_page, session):
    card = one_page("noms", sited(one_lesion_case(), T12)).page.oncologic
    click(card.radiation.button("yes"))
    type_into(card.dose, "much")
    assert card.course_refusal.isVisible()
    click(card.radiation.button("no"))
    assert not card.course_refusal.isVisible()
    assert session.case.assessment(T12).noms.radiation is None


BARS = [
    ("mechanical", "surgeon", "surgeon_says", MechanicalAxis.STABLE, L3, "STABLE"),
    ("systemic", "tolerates", "systemic", SystemicAxis.UNABLE, T12, "UNABLE"),
    ("neurologic", "choice", "clinician_neurologic", NeurologicAxis.HIGH, L3, "HIGH"),
]


@pytest.mark.parametrize(("card", "bar", "field", "answer", "level", "value"), BARS)
def test_what_a_clinician_chose_can_be_unknown_and_taken_back_by_key(
    one_page, session, card, bar, field, answer, level, value
):
    case = sited(one_lesion_case(), level)
    middle = replace(case.assessments[0].sins, location=NOT_ASSESSED, collapse=NOT_ASSESSED)
    case = replace(case, assessments=(replace(case.assessments[0], sins=middle),))
    page = one_page("noms", case, active_level=level).page
    control = getattr(getattr(page, card), bar)
    click(control.button(value))
    assert getattr(session.case.assessment(level).noms, field) is answer
    control.button(value).setFocus()
    press("9")
    assert getattr(session.case.assessment(level).noms, field) is UNKNOWN
    press("Backspace")
    assert getattr(session.case.assessment(level).noms, field) is NOT_ASSESSED
    assert control.value == ""


def test_9_elsewhere_in_noms_answers_nothing(one_page, session):
    panel = one_page("noms", sited(one_lesion_case(), T12))
    before = session.case
    panel.setFocus()
    press("9", "Backspace")
    assert session.case is before


@pytest.mark.parametrize("key", ["1", "2", "3", "4", "5", "6"])
def test_a_component_cannot_be_opened_without_a_level(one_page, session, key):
    panel = one_page("sins", studied_case())
    panel.setFocus()
    press("S", key)
    assert panel.page.open_component is None
    panel.page.open(SinsComponent.PAIN)
    panel.page.reveal("sins.T12.pain")
    assert panel.page.open_component is None


@pytest.mark.parametrize("key", ["9", "Backspace", "2"])
def test_a_location_that_follows_the_level_takes_no_answer(one_page, session, key):
    panel = one_page("sins", one_lesion_case(), active_level=T12)
    panel.page.open(SinsComponent.LOCATION)
    settle()
    before = session.case
    press(key)
    assert session.case is before
    card = panel.page.card(SinsComponent.LOCATION)
    assert not card.pills.unknown.isEnabled()
    assert not card.pills.not_assessed.isEnabled()


def test_a_frozen_suggestion_cannot_be_taken(one_page, session):
    case = sited(one_lesion_case(), VertebralLevel.C1)
    answers = replace(case.assessments[0].sins, collapse=NOT_ASSESSED)
    case = replace(case, assessments=(replace(case.assessments[0], sins=answers),))
    panel = one_page("sins", case, active_level=VertebralLevel.C1)
    panel.page.open(SinsComponent.COLLAPSE)
    settle()
    card = panel.page.card(SinsComponent.COLLAPSE)
    assert card.suggestion.isVisible()
    assert card.suggestion.accept.isEnabled()
    session.dispatch(Sign(signature=reader_signature()))
    settle()
    assert not card.suggestion.accept.isEnabled()
    assert not panel.page.take_key("Return")
    assert session.case.assessment(VertebralLevel.C1).sins.collapse is NOT_ASSESSED


@pytest.fixture
def report(one_page, session):
    panel = one_page("report", sited(one_lesion_case(), T12))
    page = panel.page
    page.panel = panel
    return page


def confirm(box):
    for tick in (box.levels, box.sides, box.read):
        tick.setChecked(True)
    box.name.setText("Dr A. Reader")
    box.role.setText("Radiologist")


def test_another_case_ends_signing(report, session):
    report.begin_signing()
    confirm(report.sign_box)
    other = replace(one_lesion_case("case-2"), patient=OTHER_PATIENT, communication=TOLD)
    session.new(other)
    settle()
    assert report.sign_box.isHidden()
    report.begin_signing()
    assert report.sign_box.identity.name.text() == OTHER_PATIENT.display_name
    assert not report.sign_box.levels.isChecked()
    assert not report.sign_box.sign.isEnabled()


def test_a_change_while_signing_takes_the_confirmation_back(report, session):
    report.begin_signing()
    confirm(report.sign_box)
    assert report.sign_box.sign.isEnabled()
    session.dispatch(SetText(text=replace(session.case.text, indication="New words")))
    settle()
    assert report.sign_box.isVisible()
    assert not report.sign_box.read.isChecked()
    assert not report.sign_box.sign.isEnabled()
    assert report.sign_box.name.text() == "Dr A. Reader"


def test_going_to_another_level_keeps_the_confirmation(report, session):
    report.begin_signing()
    confirm(report.sign_box)
    session.change_view(active_level=VertebralLevel.T9)
    settle()
    assert report.sign_box.read.isChecked()


def test_a_signature_given_elsewhere_ends_signing(report, session):
    report.begin_signing()
    session.dispatch(Sign(signature=reader_signature()))
    settle()
    assert report.sign_box.isHidden()
    assert report.amend_box.isVisible()
    assert not report.sign.isEnabled()


def test_closing_the_case_ends_signing(report, session):
    report.begin_signing()
    session.close()
    settle()
    assert report.sign_box.isHidden()
    assert report.empty.isVisible()
    assert not report.sign.isEnabled()


WAITING = [
    ("levels", "Waiting for: The levels are counted and named rightly."),
    ("sides", "Waiting for: Left and right are the patient's."),
    ("read", "Waiting for: I read the impression as it will print."),
]


@pytest.mark.parametrize(("tick", "words"), WAITING)
def test_each_confirmation_is_waited_for_by_name(report, tick, words):
    report.begin_signing()
    confirm(report.sign_box)
    getattr(report.sign_box, tick).setChecked(False)
    assert not report.sign_box.sign.isEnabled()
    assert report.sign_box.waiting.text == words
    assert report.sign_box.sign.toolTip() == words
    getattr(report.sign_box, tick).setChecked(True)
    assert report.sign_box.sign.isEnabled()
    assert report.sign_box.waiting.isHidden()


@pytest.mark.parametrize("field", ["name", "role"])
@pytest.mark.parametrize("typed", ["", "   "])
def test_a_signer_needs_name_and_role(report, session, field, typed):
    report.begin_signing()
    confirm(report.sign_box)
    getattr(report.sign_box, field).setText(typed)
    assert report.sign_box.waiting.text == "Waiting for: name and role of the signer."
    report.sign_box.sign.click()
    assert session.case.status is CaseStatus.DRAFT


def test_a_second_reader_is_optional_and_kept(report, session):
    report.begin_signing()
    confirm(report.sign_box)
    report.sign_box.second.setText(" S. Second ")
    click(report.sign_box.sign)
    assert session.case.signature.second_reader == "S. Second"
    assert session.case.signature.name == "Dr A. Reader"
    assert session.case.status is CaseStatus.SIGNED


def test_the_first_obstacle_is_named_with_how_many_there_are(report, session):
    session.dispatch(SetCommunication(communication=None))
    settle()
    report.begin_signing()
    confirm(report.sign_box)
    assert report.sign_box.waiting.text == (
        "1 item must be fixed first: Critical result not communicated."
    )
    assert not report.sign_box.sign.isEnabled()
    assert report.blocked.text() == "1 item above must be fixed first"


@pytest.mark.parametrize(
    "record",
    [
        Communication(to_whom="", how="", at="", read_back=YesNo.YES),
        Communication(to_whom="Dr K. Weber", how="", at=""),
        Communication(to_whom="Dr K. Weber", how="Telephone", at="  "),
        Communication(to_whom=" ", how="Telephone", at="2026-03-14T16:42:00+01:00"),
    ],
)
def test_a_communication_without_person_way_or_time_tells_nobody(record):
    case = replace(one_lesion_case(), communication=record)
    codes = [check.code for check in checks_of(case)]
    assert "critical-not-communicated" in codes
    whole = replace(case, communication=TOLD)
    assert "critical-not-communicated" not in [check.code for check in checks_of(whole)]


def test_a_communication_that_is_emptied_is_no_record(one_page, session):
    page = one_page("noms", replace(sited(one_lesion_case(), T12), communication=None)).page
    box = page.communication
    type_into(box.to_whom, "Dr K. Weber")
    assert session.case.communication.to_whom == "Dr K. Weber"
    box.to_whom.setFocus()
    box.to_whom.selectAll()
    QTest.keyClick(box.to_whom, Qt.Key.Key_Delete)
    press("Enter")
    assert session.case.communication is None


@pytest.mark.parametrize(
    ("answer", "state"), [(UNKNOWN, "unknown"), (NOT_ASSESSED, "not assessed")]
)
def test_the_checks_say_which_kind_of_gap_it_is(answer, state):
    case = one_lesion_case()
    answers = replace(case.assessments[0].sins, pain=answer)
    case = replace(case, assessments=(replace(case.assessments[0], sins=answers),))
    assert any(check.text == f"SINS T12: pain is {state}" for check in checks_of(case))


def test_the_checks_name_the_letters_of_noms_in_words():
    case = replace(one_lesion_case(), assessments=())
    found = next(check for check in checks_of(case) if check.code == "noms-open")
    assert found.text == "NOMS T12: 4 still open"
    assert found.detail == "Neurologic, mechanical, systemic, prior radiation."


@pytest.mark.parametrize("tab", PAGES)
def test_a_signed_case_takes_no_answer_by_mouse(one_page, session, tab):
    panel = one_page(tab, sited(one_lesion_case(), T12), active_level=T12)
    session.dispatch(Sign(signature=reader_signature()))
    settle()
    signed = session.case
    for button in panel.page.findChildren(QAbstractButton):
        if button.isVisible() and button.isEnabled() and "Amend" not in button.accessibleName():
            button.click()
            settle()
            assert session.case is signed, button.accessibleName()


@pytest.mark.parametrize(
    ("tab", "keys"),
    [
        ("sins", ["S", "2", "3", "9", "Backspace", "Enter"]),
        ("escc", ["0", "1", "B", "3", "9", "Backspace"]),
        ("noms", ["N", "M", "9", "Backspace"]),
    ],
)
def test_a_signed_case_takes_no_answer_by_key(one_page, session, tab, keys):
    panel = one_page(tab, sited(one_lesion_case(), T12), active_level=T12)
    session.dispatch(Sign(signature=reader_signature()))
    settle()
    signed = session.case
    panel.setFocus()
    press(*keys)
    assert session.case is signed


@pytest.mark.parametrize("tab", ["sins", "escc", "noms", "lesions"])
def test_an_amended_case_is_reached_by_the_keyboard_again(one_page, session, tab):
    panel = one_page(tab, sited(one_lesion_case(), T12), active_level=T12)
    if tab == "sins":
        panel.page.open(SinsComponent.PAIN)
    draft = stops(panel)
    session.dispatch(Sign(signature=reader_signature()))
    settle()
    session.dispatch(Amend(reason="Level corrected."))
    settle()
    assert draft
    assert draft <= stops(panel)


def stops(panel):
    return {
        child.accessibleName() for child in panel.page.findChildren(QAbstractButton)
        if child.isVisible() and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus
        and child.accessibleName()
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "other"),
    [("pain", SinsPain.MECHANICAL, SinsPain.NONE), ("collapse", SinsCollapse.GT50, UNKNOWN)],
)
def test_undo_and_redo_show_in_the_row_and_in_the_open_card(one_page, session, field, value, other):
    case = replace(one_lesion_case(), assessments=())
    panel = one_page("sins", case, active_level=T12)
    component = SinsComponent(field)
    panel.page.open(component)
    settle()
    editor = panel.page._editors[component]
    empty = panel.page.row(component).view
    editor._dispatch(**{field: value})
    settle()
    first = panel.page.row(component).view
    session.end_step()
    editor._dispatch(**{field: other})
    settle()
    second = panel.page.row(component).view
    assert len({empty.answer, first.answer, second.answer}) == 3
    session.undo()
    settle()
    assert panel.page.row(component).view == first
    assert panel.page.card(component).head.view == first
    session.undo()
    settle()
    assert panel.page.row(component).view == empty
    assert getattr(session.case.assessment(T12).sins, field) is getattr(SinsAnswers(), field)
    session.redo()
    settle()
    assert panel.page.row(component).view == first


@pytest.mark.parametrize("tab", PAGES)
def test_a_form_dies_with_its_panel_and_hears_nothing_more(session, tab):
    session.new(sited(one_lesion_case(), T12))
    session.change_view(active_tab=tab, active_level=T12)
    panel = FormPanel(session, [PAGES[tab](session)])
    panel.show()
    settle()
    gone = []
    panel.page.destroyed.connect(lambda: gone.append(1))
    panel.close()
    panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert gone == [1]
    session.dispatch(SetText(text=replace(session.case.text, indication="After the end")))
    session.change_view(active_level=VertebralLevel.T9)
    settle()
