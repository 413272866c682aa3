from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from tests.support.cases import one_lesion_case, studied_case
from tests.ui.conftest import click, press, settle
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.commands import SetConus, SetEscc
from workstation.domain.escc import answers_for_grade
from workstation.domain.escc_options import (
    CaudaEquinaGrade,
    CompressionCause,
    EpiduralPosition,
    EsccAnswers,
    EsccGrade,
    EsccModality,
    MyelogramBlock,
    ScreeningAnswer,
)
from workstation.domain.grading import escc_of
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.marks import FormState, Mark
from workstation.ui.escc_widget_view import (
    cauda_tiles,
    chip_view,
    grade_mark,
    grade_tiles,
    grade_words,
    question_views,
)

T9, T12, L3 = VertebralLevel.T9, VertebralLevel.T12, VertebralLevel.L3
YES, NO = YesNo.YES, YesNo.NO


def fresh_case(level=T9, conus=VertebralLevel.L1):
    case = one_lesion_case()
    lesion = replace(case.lesions[0], levels=(level,))
    return replace(case, assessments=(), lesions=(lesion,), conus=conus)


def answers(session, level=T9) -> EsccAnswers:
    return session.case.assessment(level).escc


@pytest.fixture
def form(open_panel, session):
    panel = open_panel(fresh_case(), "escc", active_level=T9)
    page = panel.page_of("escc")
    page.panel = panel
    return page


@pytest.fixture
def low_form(open_panel, session):
    panel = open_panel(fresh_case(L3), "escc", active_level=L3)
    page = panel.page_of("escc")
    page.panel = panel
    return page


@pytest.mark.parametrize("grade", list(EsccGrade))
def test_a_picture_fills_the_questions(form, session, grade):
    click(form.grades.tile(grade.value))
    assert answers(session).questions == answers_for_grade(grade).questions
    assert form.grades.tile(grade.value).isChecked()
    assert form.foot.result.value.text() == grade.value
    checked = [row.yes.isChecked() or row.no.isChecked() for row in form.questions]
    assert sum(checked) == sum(x in (YES, NO) for x in answers(session).questions)


@pytest.mark.parametrize(
    ("keys", "grade"),
    [
        (["0"], EsccGrade.G0),
        (["1", "A"], EsccGrade.G1A),
        (["1", "B"], EsccGrade.G1B),
        (["1", "C"], EsccGrade.G1C),
        (["2"], EsccGrade.G2),
        (["3"], EsccGrade.G3),
    ],
)
def test_the_published_name_of_a_grade_is_its_key(form, session, keys, grade):
    form.panel.take_focus()
    press(*keys)
    assert escc_of(session.case, T9).grade is grade


@pytest.mark.parametrize(
    ("replies", "grade"),
    [
        ([NO], "0"),
        ([YES, NO], "1a"),
        ([YES, YES, NO], "1b"),
        ([YES, YES, YES, NO], "1c"),
        ([YES, YES, YES, YES, YES], "2"),
        ([YES, YES, YES, YES, NO], "3"),
    ],
)
def test_the_questions_select_the_picture_by_click_and_by_key(form, session, replies, grade):
    for row, reply in zip(form.questions, replies, strict=False):
        click(row.yes if reply is YES else row.no)
    assert form.grades.tile(grade).isChecked()
    form.editor.missing(NOT_ASSESSED)
    settle()
    assert not form.grades.tile(grade).isChecked()
    form.questions[0].setFocus()
    for reply in replies:
        press("Y" if reply is YES else "N", "Tab")
    assert form.grades.tile(grade).isChecked()


def test_a_later_yes_after_an_earlier_no_is_refused_with_the_sentence(form, session):
    click(form.questions[0].yes)
    click(form.questions[1].no)
    before = answers(session)
    click(form.questions[3].yes)
    assert answers(session) == before
    assert form.refusal.isVisible()
    assert form.refusal.text == (
        "Question 2 says the sac is not deformed, question 4 says the cord is compressed. "
        "Change one."
    )
    click(form.questions[1].yes)
    assert not form.refusal.isVisible()


def test_questions_after_the_first_no_are_dimmed(form):
    click(form.questions[0].yes)
    click(form.questions[1].no)
    assert [row.view.dimmed for row in form.questions] == [False, False, True, True, True]


def test_the_possible_set_is_shown_while_it_is_open(form):
    click(form.questions[0].yes)
    click(form.questions[1].yes)
    assert form.foot.result.value.text() == "1b, 1c, 2 or 3"
    assert form.foot.result.word.text() == "still possible"


def test_unknown_and_backspace_act_on_the_question_in_focus(form, session):
    form.questions[2].setFocus()
    press("9")
    assert answers(session).questions[2] is UNKNOWN
    press("Backspace")
    assert answers(session).questions[2] is NOT_ASSESSED


def test_the_pills_act_on_all_open_questions(form, session):
    click(form.questions[0].yes)
    click(form.pills.unknown)
    assert answers(session).questions == (YES, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
    assert form.pills.unknown.isChecked()
    click(form.pills.not_assessed)
    assert answers(session) == EsccAnswers()
    assert form.pills.not_assessed.isChecked()
    assert not form.pills.unknown.isChecked()


def test_high_grade_says_what_to_do_and_1c_names_the_conflict(form):
    click(form.grades.tile("2"))
    assert "same-day surgical discussion" in form.foot.consequence.text
    assert "NOMS convention: 2 and 3" in form.foot.consequence.text
    click(form.grades.tile("1c"))
    assert "handled as high-grade in some publications" in form.foot.consequence.text


@pytest.mark.parametrize("modality", list(EsccModality))
def test_what_it_was_read_on(form, session, modality):
    click(form.modality.button(modality.value))
    assert answers(session).modality is modality
    assert form.modality.value == modality.value


def test_a_screening_ct_asks_coarsely_and_never_reaches_noms(form, session):
    click(form.modality.button("ct_screening"))
    assert form.note.title == "Screening: confirm on MRI."
    assert "NOMS does not use it" in form.note.text
    click(form.ct.screening.button("high"))
    assert answers(session).screening is ScreeningAnswer.HIGH
    assert form.foot.result.value.text() == "High-grade"
    assert "Not used by NOMS" in form.foot.consequence.text


def test_a_myelogram_asks_about_the_block(form, session):
    assert not form.ct.isVisible()
    click(form.modality.button("ct_myelogram"))
    assert "Contrast in the subarachnoid space" in form.note.text
    click(form.ct.block.button("complete"))
    assert answers(session).block is MyelogramBlock.COMPLETE
    assert "can hide further levels" in form.note.text
    shown = [b.choice.value for b in form.ct.block_level.buttons if b.isVisible()]
    assert shown == ["T8", "T9", "T10"]
    click(form.ct.block_level.button("T9"))
    assert answers(session).block_level is T9


def test_cause_is_chosen_and_taken_back(form, session):
    click(form.cause.cause.button("bone"))
    assert answers(session).cause is CompressionCause.BONE
    click(form.cause.cause.button("bone"))
    assert answers(session).cause is NOT_ASSESSED


@pytest.mark.parametrize(
    ("part", "position"),
    [
        ("anterior", EpiduralPosition.ANTERIOR),
        ("posterior", EpiduralPosition.POSTERIOR),
        ("lateral_R", EpiduralPosition.LATERAL_RIGHT),
        ("lateral_L", EpiduralPosition.LATERAL_LEFT),
    ],
)
def test_a_quadrant_is_hit_where_it_is_drawn(form, session, part, position):
    picture = form.cause.picture
    click(picture, picture.center_of(part).toPoint())
    assert answers(session).positions == {position}
    assert picture.marked == {part}


def test_the_patients_right_is_on_the_left_of_the_quadrants(form):
    picture = form.cause.picture
    right, left = picture.center_of("lateral_R"), picture.center_of("lateral_L")
    assert right.x() < picture.width() / 2 < left.x()
    assert picture.center_of("anterior").y() < picture.center_of("posterior").y()


def test_all_four_quadrants_are_circumferential_and_not_grade_3(form, session):
    click(form.grades.tile("2"))
    for part in ("anterior", "posterior", "lateral_R", "lateral_L"):
        click(form.cause.picture, form.cause.picture.center_of(part).toPoint())
    assert form.cause.position.text() == "Circumferential"
    assert "Circumferential tumor alone is not grade 3" in form.foot.consequence.text
    assert escc_of(session.case, T9).grade is EsccGrade.G2


def test_quadrants_by_arrows_and_space(form, session):
    picture = form.cause.picture
    picture.setFocus()
    press("Space")
    assert answers(session).positions == {EpiduralPosition.ANTERIOR}
    press("Right", "Space")
    assert len(answers(session).positions) == 2


def test_the_conus_is_asked_once_and_folds_away(open_panel, session):
    case = fresh_case(T12, conus=NOT_ASSESSED)
    page = open_panel(case, "escc", active_level=T12).page_of("escc")
    assert page.conus.isVisible()
    click(page.conus.button("L1"))
    assert session.case.conus is VertebralLevel.L1
    assert not page.conus.isVisible()
    assert page.conus_folded.text() == "Conus ends at L1 · Change"
    click(page.conus_folded)
    assert page.conus.isVisible()
    click(page.conus.button("unknown"))
    assert session.case.conus is UNKNOWN
    assert page.conus_folded.text() == "Conus not seen · Change"


def test_high_levels_do_not_ask_for_the_conus(form):
    assert not form.conus.isVisible()
    assert not form.conus_folded.isVisible()


def test_below_the_conus_only_0_and_1a_can_be_entered(low_form, session):
    form = low_form
    assert form.note.title == "L3 is below the conus: ESCC 1b, 1c, 2, 3 are not defined"
    enabled = [tile.content.key for tile in form.grades.tiles if tile.isEnabled()]
    assert enabled == ["0", "1a"]
    assert not form.questions[0].isVisible()
    form.editor.grade("2")
    settle()
    assert answers(session, L3).questions == EsccAnswers().questions
    assert form.refusal.text == "L3 is below the conus: ESCC 2 is not defined there."
    click(form.grades.tile("1a"))
    assert escc_of(session.case, L3).grade is EsccGrade.G1A


@pytest.mark.parametrize("grade", list(CaudaEquinaGrade))
def test_the_descriptor_by_key_and_click(low_form, session, grade):
    low_form.panel.take_focus()
    press(str(grade.value))
    assert answers(session, L3).cauda_equina is grade
    press("Backspace")
    assert answers(session, L3).cauda_equina is NOT_ASSESSED
    click(low_form.cauda.tiles.tile(str(grade.value)))
    assert answers(session, L3).cauda_equina is grade


def test_the_descriptor_is_named_as_not_validated_and_noms_is_left_to_the_clinician(low_form):
    low_form.panel.take_focus()
    press("2")
    click(low_form.cauda.foramen.button("L"))
    foot = low_form.foot
    assert foot.result.value.text() == "not applicable"
    assert foot.result.word.text() == "cauda equina 2 +F left"
    assert "clinician chooses low or high" in foot.consequence.text
    chips = low_form.panel.strip.chips
    assert chips[0].view.value == "CE 2+F"
    assert chips[0].view.mark is Mark.RING


def test_foraminal_stenosis_by_key_and_pills_below_the_conus(low_form, session):
    low_form.panel.take_focus()
    press("F")
    assert answers(session, L3).foraminal_right
    press("F")
    assert answers(session, L3).foraminal_left
    click(low_form.pills.unknown)
    assert answers(session, L3).cauda_equina is UNKNOWN
    assert low_form.pills.unknown.isChecked()


def test_a_check_leads_to_the_first_open_question(form):
    click(form.questions[0].yes)
    form.panel.go_to("escc.T9")
    settle()
    assert QApplication.focusWidget() is form.questions[1]
    form.panel.go_to("escc.conus")
    settle()
    assert form.panel.page is form


def test_state_of_the_tab(form, session):
    assert form.state(session.case) is FormState.EMPTY
    session.dispatch(SetEscc(level=T9, answers=answers_for_grade(EsccGrade.G1B)))
    assert form.state(session.case) is FormState.COMPLETE
    session.dispatch(SetEscc(level=T12, answers=EsccAnswers(modality=EsccModality.MRI)))
    assert form.state(session.case) is FormState.PARTLY


def test_without_a_lesion_the_form_says_what_to_do(open_panel):
    page = open_panel(studied_case(), "escc").page_of("escc")
    assert page.empty.isVisible()
    assert not page.grades.isVisible()
    assert page.foot.result.value.text() == "–"


def test_a_change_of_the_conus_elsewhere_changes_the_form(open_panel, session):
    page = open_panel(fresh_case(T12), "escc", active_level=T12).page_of("escc")
    assert page.questions[0].isVisible()
    session.dispatch(SetConus(conus=VertebralLevel.T11))
    settle()
    assert not page.questions[0].isVisible()
    assert page.cauda.isVisible()


def test_words_and_marks_of_grades(session):
    session.new(fresh_case())
    assert grade_words(escc_of(session.case, T9)) == "–"
    assert grade_mark(escc_of(session.case, T9)) == (Mark.RING, "text_muted")
    session.dispatch(SetEscc(level=T9, answers=answers_for_grade(EsccGrade.G3)))
    result = escc_of(session.case, T9)
    assert grade_mark(result) == (Mark.TRIANGLE, "critical")
    assert chip_view(T9, result, answers(session)).words == "ESCC 3, high-grade"


def test_the_deciding_button_carries_its_grade():
    views = question_views(EsccAnswers(), editable=True)
    assert [view.no for view in views] == ["No: 0", "No: 1a", "No: 1b", "No: 1c", "No: 3"]
    assert [view.yes for view in views] == ["Yes", "Yes", "Yes", "Yes", "Yes: 2"]
    assert len(grade_tiles()) == 6
    assert [text.key for text in cauda_tiles()] == ["0", "1", "2", "3", "4"]
