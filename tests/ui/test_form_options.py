"""Every option of the forms: pressed in the form, the case checked, the words compared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtTest import QTest

from tests.support.cases import one_lesion_case
from tests.ui.conftest import click, press, settle
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.clinical import AisGrade, Ambulation, DeficitStatus, Ecog, Kps
from workstation.domain.escc import REFUSED_BELOW_CONUS, answers_for_grade
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
from workstation.domain.escc_texts import DEFINITIONS
from workstation.domain.grading import escc_of
from workstation.domain.lesion import SoftTissue
from workstation.domain.sins_options import PosterolateralPart, SinsComponent
from workstation.domain.spine import VertebralLevel
from workstation.ui.escc_widget import EsccForm
from workstation.ui.escc_widget_parts import position_words
from workstation.ui.escc_widget_view import (
    CONUS_CHOICES,
    cauda_states,
    consequence_words,
    grade_states,
    result_words,
)
from workstation.ui.form_panel import FormPanel
from workstation.ui.lesion_panel import LesionPanel
from workstation.ui.lesion_panel_detail import toggled_tissue
from workstation.ui.lesion_panel_view import FIELD_CHOICES, FIELD_TITLES
from workstation.ui.noms_form import NomsForm
from workstation.ui.noms_form_editing import DEFICITS
from workstation.ui.sins_widget import SinsForm
from workstation.ui.sins_widget_view import CONTEXT_CHIPS

T9, T12, L4 = VertebralLevel.T9, VertebralLevel.T12, VertebralLevel.L4
YES, NO = YesNo.YES, YesNo.NO


def bare(level=T12):
    case = one_lesion_case()
    return replace(case, assessments=(), lesions=(replace(case.lesions[0], levels=(level,)),))


@pytest.fixture
def page(session, show):
    """Return a function that shows one form alone over a case without grades."""

    def shown(kind, level=T12, case=None):
        session.new(case or bare(level))
        session.change_view(active_tab=kind.tab, active_level=level)
        panel = FormPanel(session, [kind(session)])
        show(panel)
        return panel.page

    return shown


CONTEXTS = [(c, item) for c, chips in CONTEXT_CHIPS.items() for item in chips]


@pytest.mark.parametrize(("component", "item"), CONTEXTS, ids=str)
def test_each_circumstance_is_stated_and_taken_back(page, session, component, item):
    form = page(SinsForm)
    form.open(component)
    settle()
    chip = form.card(component).context.button(item.value)
    assert chip.text() == CONTEXT_CHIPS[component][item]
    click(chip)
    assert session.case.assessment(T12).sins.context == {item}
    assert chip.isChecked()
    click(chip)
    assert session.case.assessment(T12).sins.context == frozenset()
    assert not chip.isChecked()


@pytest.mark.parametrize("part", list(PosterolateralPart))
@pytest.mark.parametrize("side", ["right", "left"])
def test_each_posterior_part_is_marked_on_the_side_it_was_pressed(page, session, side, part):
    form = page(SinsForm)
    form.open(SinsComponent.POSTEROLATERAL)
    settle()
    sides = form.card(SinsComponent.POSTEROLATERAL).sides
    click(getattr(sides, side).button(part.value))
    sins = session.case.assessment(T12).sins
    other = "left" if side == "right" else "right"
    assert getattr(sins, f"posterolateral_{side}") == {part}
    assert getattr(sins, f"posterolateral_{other}") == frozenset()
    assert sins.posterolateral is NOT_ASSESSED, "a row is no answer"
    click(getattr(sides, side).button(part.value))
    assert getattr(session.case.assessment(T12).sins, f"posterolateral_{side}") == frozenset()


@pytest.mark.parametrize("modality", list(EsccModality))
def test_each_modality_asks_what_belongs_to_it(page, session, modality):
    form = page(EsccForm, T9)
    click(form.modality.button(modality.value))
    assert session.case.assessment(T9).escc.modality is modality
    assert form.ct.block.isVisible() is (modality is EsccModality.CT_MYELOGRAM)
    assert form.ct.screening.isVisible() is (modality is EsccModality.CT_SCREENING)


@pytest.mark.parametrize("answer", list(ScreeningAnswer))
def test_each_screening_answer_is_kept_and_never_a_grade(page, session, answer):
    form = page(EsccForm, T9)
    click(form.modality.button(EsccModality.CT_SCREENING.value))
    click(form.ct.screening.button(answer.value))
    assert session.case.assessment(T9).escc.screening is answer
    words = {"none": "None", "low": "Low-grade", "high": "High-grade"}
    shown = form.foot.result.value.text()
    grade = escc_of(session.case, T9).grade
    assert shown == (grade.value if grade else words[answer.value.lower()])
    assert form.foot.consequence.text == "Screening: confirm on MRI. Not used by NOMS."


@pytest.mark.parametrize("block", list(MyelogramBlock))
def test_a_block_asks_for_its_level_where_there_is_one(page, session, block):
    form = page(EsccForm, T9)
    click(form.modality.button(EsccModality.CT_MYELOGRAM.value))
    click(form.ct.block.button(block.value))
    assert session.case.assessment(T9).escc.block is block
    assert form.ct.block_level.isVisible() is (block is not MyelogramBlock.NONE)
    if block is MyelogramBlock.COMPLETE:
        assert "Complete block can hide further levels" in form.note.text


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_the_block_level_is_offered_around_the_level(page, session, offset):
    form = page(EsccForm, T9)
    click(form.modality.button(EsccModality.CT_MYELOGRAM.value))
    click(form.ct.block.button(MyelogramBlock.COMPLETE.value))
    offered = [b.choice.value for b in form.ct.block_level.buttons if b.isVisible()]
    assert offered == ["T8", "T9", "T10"]
    click(form.ct.block_level.button(offered[1 + offset]))
    assert session.case.assessment(T9).escc.block_level.value == offered[1 + offset]


@pytest.mark.parametrize("cause", list(CompressionCause))
def test_each_cause_is_chosen_and_taken_back(page, session, cause):
    form = page(EsccForm, T9)
    click(form.cause.cause.button(cause.value))
    assert session.case.assessment(T9).escc.cause is cause
    click(form.cause.cause.button(cause.value))
    assert session.case.assessment(T9).escc.cause is NOT_ASSESSED


@pytest.mark.parametrize("level", CONUS_CHOICES)
def test_each_end_of_the_conus_decides_what_can_be_graded(page, session, level):
    form = page(EsccForm, L4, replace(bare(L4), conus=NOT_ASSESSED))
    click(form.conus.button(level.value))
    assert session.case.conus is level
    below = escc_of(session.case, L4).below_conus
    assert below is (L4.order > level.order)
    assert form.cauda.isVisible() is below
    assert REFUSED_BELOW_CONUS.format(level="L4").startswith(form.note.title)


def test_a_conus_that_is_not_seen_is_unknown(page, session):
    form = page(EsccForm, T12, replace(bare(T12), conus=NOT_ASSESSED))
    click(form.conus.button(UNKNOWN.value))
    assert session.case.conus is UNKNOWN
    assert form.conus_folded.text() == "Conus not seen · Change"
    assert form.note.text
    click(form.conus_folded)
    assert form.conus.isVisible()


@pytest.mark.parametrize("grade", list(EsccGrade))
def test_below_the_conus_only_two_grades_are_defined(page, session, grade):
    form = page(EsccForm, L4)
    form.editor.grade(grade.value)
    settle()
    defined = grade in (EsccGrade.G0, EsccGrade.G1A)
    assert (escc_of(session.case, L4).grade is grade) is defined
    assert form.refusal.isVisible() is not defined
    if not defined:
        assert form.refusal.text == (f"L4 is below the conus: ESCC {grade} is not defined there.")
    state = grade_states(escc_of(session.case, L4))[grade.value]
    assert bool(state.disabled_reason) is not defined


@pytest.mark.parametrize("grade", list(CaudaEquinaGrade))
def test_each_grade_of_the_descriptor_by_its_own_digit(page, session, grade):
    form = page(EsccForm, L4)
    assert form.take_key(str(grade.value))
    settle()
    answers = session.case.assessment(L4).escc
    assert answers.cauda_equina is grade
    chosen = [key for key, state in cauda_states(answers).items() if state.selected]
    assert chosen == [str(grade.value)]
    assert form.foot.result.value.text() == "not applicable"
    assert "clinician chooses low or high" in form.foot.consequence.text


@pytest.mark.parametrize("presses", range(5))
def test_f_walks_through_the_foramina(page, session, presses):
    form = page(EsccForm, L4)
    for _ in range(presses):
        form.take_key("F")
    answers = session.case.assessment(L4).escc
    expected = [(False, False), (True, False), (True, True), (False, True), (False, False)]
    assert (answers.foraminal_right, answers.foraminal_left) == expected[presses]


@pytest.mark.parametrize("grade", list(EsccGrade))
def test_the_foot_says_grade_definition_and_consequence(page, session, grade):
    form = page(EsccForm, T9)
    form.editor.grade(grade.value)
    settle()
    assert form.foot.result.value.text() == grade.value
    assert form.foot.result.word.text() == DEFINITIONS[grade]
    high = grade in (EsccGrade.G2, EsccGrade.G3)
    assert ("same-day surgical discussion" in form.foot.consequence.text) is high
    assert form.foot.consequence.text.startswith("High-grade" if high else "Low-grade")


REFUSED = [
    (1, 2, "Question 1 says"), (1, 5, "Question 1 says"), (2, 3, "Question 2 says"),
    (2, 4, "Question 2 says"), (3, 4, "Question 3 says"),
]  # fmt: skip


@pytest.mark.parametrize(("first_no", "later_yes", "words"), REFUSED)
def test_a_later_yes_against_an_earlier_no_is_refused_by_name(
    page, session, first_no, later_yes, words
):
    form = page(EsccForm, T9)
    for number in range(1, first_no):
        form.editor.question(number, YES)
    form.editor.question(first_no, NO)
    before = session.case
    form.editor.question(later_yes, YES)
    settle()
    assert session.case is before
    assert form.refusal.isVisible()
    assert form.refusal.text.startswith(words)
    assert form.refusal.text.endswith("Change one.")
    form.editor.question(first_no, YES)
    settle()
    assert not form.refusal.isVisible()


@pytest.mark.parametrize(
    ("positions", "words"),
    [
        (set(), "Not assessed"),
        ({EpiduralPosition.ANTERIOR}, "Anterior"),
        ({EpiduralPosition.LATERAL_LEFT}, "Lateral left"),
        ({EpiduralPosition.ANTERIOR, EpiduralPosition.LATERAL_RIGHT}, "Anterior + lateral right"),
        (set(EpiduralPosition), "Circumferential"),
    ],
)
def test_the_position_is_said_with_its_side(positions, words):
    assert position_words(EsccAnswers(positions=frozenset(positions))) == words


@pytest.mark.parametrize(
    ("questions", "value", "word"),
    [
        ((NOT_ASSESSED,) * 5, "–", "Not assessed"),
        ((UNKNOWN,) * 5, "–", "Unknown"),
        ((YES, YES, UNKNOWN, NOT_ASSESSED, NOT_ASSESSED), "1b, 1c, 2 or 3", "still possible"),
        ((YES, YES, YES, YES, UNKNOWN), "2 or 3", "still possible"),
    ],
)
def test_open_unknown_and_untouched_read_differently(session, questions, value, word):
    answers = EsccAnswers(questions=questions)
    case = one_lesion_case()
    case = replace(case, assessments=(replace(case.assessments[0], level=T9, escc=answers),))
    result = escc_of(case, T9)
    assert result_words(result, answers)[:2] == (value, word)
    assert consequence_words(result, answers)[2] in ("text_muted", "critical")


CHIPS = [(field, value) for field, values in FIELD_CHOICES.items() for value in values]


@pytest.mark.parametrize(("field", "value"), CHIPS, ids=str)
def test_each_chip_of_a_lesion_is_stored_under_its_word(page, session, field, value):
    case = bare()
    lesion = replace(case.lesions[0], **dict.fromkeys(FIELD_TITLES, NOT_ASSESSED))
    form = page(LesionPanel, T12, replace(case, lesions=(lesion,)))
    chip = form.detail.rows[field].chips.button(str(value))
    assert chip.text() == FIELD_CHOICES[field][value]
    click(chip)
    stored = getattr(session.case.lesions[0], field)
    assert (value in stored) if field == "soft_tissue" else (stored == value)
    assert chip.isChecked()
    click(chip)
    assert getattr(session.case.lesions[0], field) is NOT_ASSESSED


@pytest.mark.parametrize("start", [NOT_ASSESSED, UNKNOWN, frozenset({SoftTissue.NONE})])
@pytest.mark.parametrize("value", [x for x in SoftTissue if x is not SoftTissue.NONE])
def test_any_soft_tissue_replaces_none_and_missing(start, value):
    lesion = replace(one_lesion_case().lesions[0], soft_tissue=start)
    assert toggled_tissue(lesion, value) == {value}


@pytest.mark.parametrize("name", DEFICITS)
def test_each_deficit_walks_alone(page, session, name):
    form = page(NomsForm)
    chip = form.neurologic.deficits.button(name)
    for state in (DeficitStatus.NEW, DeficitStatus.PROGRESSIVE, DeficitStatus.STABLE):
        click(chip)
        assert getattr(session.case.neurologic, name) is state
        assert chip.text().endswith(f": {state.value}")
        assert chip.isChecked()
    others = [getattr(session.case.neurologic, other) for other in DEFICITS if other != name]
    assert DeficitStatus.NEW not in others


SCALES = [
    *(("systemic", "kps", "kps", str(k.value), k) for k in Kps),
    *(("systemic", "ecog", "ecog", str(e.value), e) for e in Ecog),
    *(("neurologic", "ais", "ais", a.value, a) for a in AisGrade),
    *(("neurologic", "walk", "ambulation", a.value, a) for a in Ambulation),
]


def test_each_step_of_each_scale_is_recorded_as_it_was_chosen(page, session):
    form = page(NomsForm)
    for card, control, field, raw, value in SCALES:
        choice = getattr(getattr(form, card), control)
        position = choice.findData(raw)
        assert position >= 2, (field, raw)
        choice.activated.emit(position)
        facts = getattr(session.case, card)
        assert getattr(facts, field) is value
        assert choice.currentIndex() == position


def test_the_deficit_is_attributed_to_the_worse_level_with_its_reason(page, session):
    case = bare(T9)
    worse = replace(case.lesions[0], id="lesion-2", number=2, levels=(T12,))
    graded = one_lesion_case().assessments[0]
    case = replace(
        case,
        lesions=(case.lesions[0], worse),
        lesion_count=2,
        assessments=(
            replace(graded, level=T9, escc=answers_for_grade(EsccGrade.G1A)),
            replace(graded, level=T12, escc=answers_for_grade(EsccGrade.G2)),
        ),
        neurologic=replace(case.neurologic, myelopathy=YES),
    )
    form = page(NomsForm, T9, case)
    assert form.neurologic.word == "Discordant"
    assert form.attribute.text() == "Attribute the deficit to T12"
    click(form.attribute)
    facts = session.case.neurologic
    assert facts.attributed_level is T12
    assert facts.attribution_reason == "ESCC is higher at T12."
    assert form.neurologic.word == "Low"
    assert not form.attribute.isVisible()


@pytest.mark.parametrize("letter", "NOMS")
def test_a_letter_after_n_puts_the_keyboard_on_its_card(page, letter):
    form = page(NomsForm)
    form.parentWidget().setFocus()
    assert form.take_key(f"N{letter}")
    settle()
    card = form._cards()[letter]
    assert card.isAncestorOf(form.window().focusWidget())


@pytest.mark.parametrize("typed", ["101", "-1", "nan", "many"])
def test_a_share_of_the_body_beyond_the_scale_is_put_back(page, session, typed):
    form = page(LesionPanel)
    field = form.detail.involved
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, typed)
    press("Enter")
    assert session.case.lesions[0].body_involved_pct == 45.0
    assert field.text() == "45"
