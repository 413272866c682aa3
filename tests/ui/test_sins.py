from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from tests.support.cases import one_lesion_case, studied_case
from tests.ui.conftest import click, press, settle
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN
from workstation.domain.case import CaseStatus, Signature, Spine
from workstation.domain.commands import AddLesion, SetSins, SetSpine, Sign
from workstation.domain.grading import sins_of
from workstation.domain.sins_options import (
    POINTS,
    PosterolateralPart,
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsComponent,
    SinsContext,
    SinsLocation,
    SinsPain,
    SinsPosterolateral,
)
from workstation.domain.spine import Landmark, LandmarkState, Variant, VertebralLevel, level_chain
from workstation.ui.components.item_row import AnswerKind
from workstation.ui.sins_widget_card import definition_runs
from workstation.ui.sins_widget_foot import category_words, consult_words
from workstation.ui.sins_widget_view import (
    answer_words,
    item_view,
    option_of,
    parts_words,
    proposed_sides,
    tile_texts,
)

T12 = VertebralLevel.T12
C = SinsComponent


def fresh_case(level=T12):
    case = one_lesion_case()
    from dataclasses import replace

    return replace(case, assessments=(), lesions=(replace(case.lesions[0], levels=(level,)),))


def answers(session, level=T12) -> SinsAnswers:
    return session.case.assessment(level).sins


@pytest.fixture
def form(open_panel, session):
    panel = open_panel(fresh_case(), "sins", active_level=T12)
    page = panel.page_of("sins")
    page.panel = panel
    return page


ANSWERABLE = [
    (component, option, points)
    for component in C
    if component is not C.LOCATION
    for option, points in POINTS[component].items()
]


@pytest.mark.parametrize(("component", "option", "points"), ANSWERABLE)
def test_a_click_on_a_tile_answers_and_a_digit_does_the_same(
    form, session, component, option, points
):
    form.open(component)
    settle()
    click(form.card(component).tiles.tile(str(points)))
    assert getattr(answers(session), component.value) is option
    press("Backspace")
    assert getattr(answers(session), component.value) is NOT_ASSESSED
    press(str(points))
    assert getattr(answers(session), component.value) is option
    assert form.card(component).tiles.tile(str(points)).isChecked()


@pytest.mark.parametrize("component", [c for c in C if c is not C.LOCATION])
def test_unknown_and_not_assessed_by_pill_and_by_key(form, session, component):
    form.open(component)
    settle()
    pills = form.card(component).pills
    click(pills.unknown)
    assert getattr(answers(session), component.value) is UNKNOWN
    assert pills.unknown.isChecked()
    assert not pills.not_assessed.isChecked()
    click(pills.not_assessed)
    assert getattr(answers(session), component.value) is NOT_ASSESSED
    assert pills.not_assessed.isChecked()
    press("9")
    assert getattr(answers(session), component.value) is UNKNOWN


def test_a_whole_score_by_keys_alone_under_twenty_presses(form, session):
    form.panel.take_focus()
    keys = ["S", "2", "3", "Tab", "2", "Tab", "2", "Tab", "3", "Tab", "1"]
    press(*keys)
    assert len(keys) < 20
    given = answers(session)
    assert given.pain is SinsPain.MECHANICAL
    assert given.bone_lesion is SinsBoneLesion.LYTIC
    assert given.alignment is SinsAlignment.DEFORMITY
    assert given.collapse is SinsCollapse.GT50
    assert given.posterolateral is SinsPosterolateral.UNILATERAL
    assert sins_of(session.case, T12).total == 14
    assert form.foot.result.value.text() == "14"
    assert form.foot.result.word.text() == "Unstable"


def test_shift_tab_goes_back_and_escape_closes(form):
    form.open(C.COLLAPSE)
    settle()
    press("Backtab")
    assert form.open_component is C.ALIGNMENT
    press("Esc")
    assert form.open_component is None
    assert QApplication.focusWidget() is form.row(C.ALIGNMENT)


def test_only_one_component_is_open_and_a_row_opens_it(form):
    click(form.row(C.PAIN))
    assert form.card(C.PAIN).isVisible()
    assert not form.row(C.PAIN).isVisible()
    click(form.row(C.COLLAPSE))
    assert form.card(C.COLLAPSE).isVisible()
    assert not form.card(C.PAIN).isVisible()
    assert form.row(C.PAIN).isVisible()
    click(form.card(C.COLLAPSE).head)
    assert form.open_component is None


def test_opening_names_the_field_for_evidence(form, session):
    wanted = []
    form.attach_requested.connect(wanted.append)
    form.open(C.BONE_LESION)
    settle()
    assert session.view.focused_field == "sins.T12.bone_lesion"
    click(form.card(C.BONE_LESION).evidence.attach)
    assert wanted == ["sins.T12.bone_lesion"]


def test_the_location_follows_the_level_and_cannot_be_chosen(form, session):
    form.open(C.LOCATION)
    settle()
    tiles = form.card(C.LOCATION).tiles
    assert tiles.tile("3").isChecked()
    assert not tiles.tile("0").isEnabled()
    press("0")
    assert answers(session).location is NOT_ASSESSED
    assert sins_of(session.case, T12).components[C.LOCATION].points == 3


def variant_case():
    from dataclasses import replace

    case = fresh_case(VertebralLevel.L5)
    chain = [x for x in level_chain(frozenset({Variant.SACRALIZED_L5})) if x.value[0] in "TL"]
    marks = tuple(
        Landmark(level=x, center_lps=(0.0, 0.0, -20.0 * n), state=LandmarkState.CLICKED)
        for n, x in enumerate(chain)
    )
    spine: Spine = replace(
        case.spines[0], landmarks=marks, variants=frozenset({Variant.SACRALIZED_L5})
    )
    return replace(case, spines=(spine,))


def test_a_transitional_level_is_chosen_by_hand_and_junctional_is_only_suggested(
    open_panel, session
):
    level = VertebralLevel.L5
    page = open_panel(variant_case(), "sins", active_level=level).page_of("sins")
    page.open(C.LOCATION)
    settle()
    card = page.card(C.LOCATION)
    assert answers(session, level).location is NOT_ASSESSED
    assert card.suggestion.isVisible()
    assert card.tiles.tile("3").state.suggested
    assert not card.tiles.tile("3").isChecked()
    press("Enter")
    assert answers(session, level).location is SinsLocation.JUNCTIONAL


def test_involvement_is_disabled_beside_a_collapse_and_says_why(form, session):
    form.open(C.COLLAPSE)
    settle()
    press("2")
    tile = form.card(C.COLLAPSE).tiles.tile("1")
    assert not tile.isEnabled()
    assert tile.state.disabled_reason == "needs no collapse"
    assert "needs no collapse" in tile.toolTip()
    press("1")
    assert answers(session).collapse is SinsCollapse.LT50


def test_no_body_at_c1_proposes_none_and_enter_takes_it(open_panel, session):
    level = VertebralLevel.C1
    page = open_panel(fresh_case(level), "sins", active_level=level).page_of("sins")
    page.open(C.COLLAPSE)
    settle()
    assert answers(session, level).collapse is NOT_ASSESSED
    assert page.card(C.COLLAPSE).tiles.tile("0").state.suggested
    assert sins_of(session.case, level).components[C.COLLAPSE].points is None
    press("Enter")
    assert answers(session, level).collapse is SinsCollapse.NONE


def test_sides_are_marked_by_row_and_a_differing_tile_is_asked_about(form, session):
    form.open(C.POSTEROLATERAL)
    settle()
    press("1")
    card = form.card(C.POSTEROLATERAL)
    assert card.remarks.text.startswith("Which side?")
    click(card.sides.left.button("pedicle"))
    assert answers(session).posterolateral_left == {PosterolateralPart.PEDICLE}
    assert not card.remarks.isVisible()
    click(card.sides.right.button("facet"))
    assert answers(session).posterolateral is SinsPosterolateral.UNILATERAL
    assert card.suggestion.isVisible()
    assert card.tiles.tile("3").state.suggested
    click(card.suggestion.accept)
    assert answers(session).posterolateral is SinsPosterolateral.BILATERAL
    click(card.sides.right.button("facet"))
    assert answers(session).posterolateral_right == frozenset()


def test_the_schematic_of_one_side_is_mirrored_for_the_right(form, session):
    form.open(C.POSTEROLATERAL)
    settle()
    press("1")
    card = form.card(C.POSTEROLATERAL)
    click(card.sides.right.button("pedicle"))
    assert card.tiles.tile("1").state.mirrored
    click(card.sides.left.button("pedicle"))
    assert not card.tiles.tile("1").state.mirrored


@pytest.mark.parametrize(("level", "offered"), [(T12, True), (VertebralLevel.L2, False)])
def test_the_costovertebral_joint_is_offered_only_with_ribs(open_panel, level, offered):
    page = open_panel(fresh_case(level), "sins", active_level=level).page_of("sins")
    page.open(C.POSTEROLATERAL)
    settle()
    assert page.card(C.POSTEROLATERAL).sides.left.button("costovertebral").isVisible() is offered


def test_a_stated_circumstance_shows_its_convention(form, session):
    form.open(C.ALIGNMENT)
    settle()
    card = form.card(C.ALIGNMENT)
    click(card.context.button(SinsContext.SUPINE_ONLY.value))
    assert SinsContext.SUPINE_ONLY in answers(session).context
    assert "upright radiographs" in card.remarks.text
    click(card.context.button(SinsContext.SUPINE_ONLY.value))
    assert answers(session).context == frozenset()
    assert not card.remarks.isVisible()


def test_who_stated_the_pain_is_kept_and_shown_as_a_person(form, session, qtbot):
    form.open(C.PAIN)
    settle()
    press("3")
    field = form.card(C.PAIN).source
    field.setFocus()
    qtbot.keyClicks(field, "Dr Weber, by phone 14:05")
    press("Enter")
    assert answers(session).pain_source == "Dr Weber, by phone 14:05"
    view = item_view(session.case, T12, C.PAIN, sins_of(session.case, T12))
    assert view.evidence.value == "stated by a person"
    assert view.note == "from Dr Weber, by phone 14:05"


def test_digits_typed_into_a_text_field_do_not_answer(form, session, qtbot):
    form.open(C.PAIN)
    settle()
    field = form.card(C.PAIN).source
    field.setFocus()
    qtbot.keyClicks(field, "3 S 2 9")
    assert answers(session).pain is NOT_ASSESSED
    assert form.open_component is C.PAIN


def test_an_instrumented_level_is_refused_in_words(form, session):
    form.open(C.LOCATION)
    settle()
    click(form.card(C.LOCATION).context.button(SinsContext.INSTRUMENTED.value))
    assert "SINS not computed" in form.refused.text
    assert form.refused.isVisible()
    assert form.foot.result.value.text() == "Not computed"
    assert not form.foot.bar.isVisible()


@pytest.mark.parametrize(
    ("given", "words", "category", "consult"),
    [
        (
            {"pain": UNKNOWN, "bone_lesion": SinsBoneLesion.LYTIC},
            "5–18",
            "Any category",
            "Surgical consultation recommended: the range reaches 7. No single category.",
        ),
        (
            {
                "pain": UNKNOWN,
                "bone_lesion": SinsBoneLesion.LYTIC,
                "alignment": SinsAlignment.NORMAL,
                "collapse": SinsCollapse.LT50,
                "posterolateral": SinsPosterolateral.UNILATERAL,
            },
            "8–11",
            "Potentially unstable",
            "Surgical consultation recommended: the range reaches 7. "
            "Category certain, total is not.",
        ),
    ],
)
def test_a_range_is_never_one_number(form, session, given, words, category, consult):
    session.dispatch(SetSins(level=T12, answers=SinsAnswers(**given)))
    settle()
    foot = form.foot
    assert foot.result.value.text() == words
    assert foot.result.word.text() == category
    assert foot.result.note.text() == "Incomplete"
    assert foot.consult.text == consult
    assert foot.bar.accessibleName().startswith(f"SINS {words} of 18")


def test_undo_takes_the_answer_out_of_the_form(form, session):
    form.open(C.PAIN)
    settle()
    press("3")
    session.undo()
    settle()
    assert answers(session).pain is NOT_ASSESSED
    assert not form.card(C.PAIN).tiles.tile("3").isChecked()
    session.redo()
    settle()
    assert form.card(C.PAIN).tiles.tile("3").isChecked()


def test_a_signed_case_cannot_be_answered(form, session):
    form.open(C.PAIN)
    settle()
    signature = Signature(name="R. Reader", role="radiologist", at="2026-03-14T16:00:00+01:00")
    session.dispatch(Sign(signature=signature))
    settle()
    assert session.case.status is CaseStatus.SIGNED
    assert not any(tile.isEnabled() for tile in form.card(C.PAIN).tiles.tiles)
    form.panel.setFocus()
    press("3")
    assert answers(session).pain is NOT_ASSESSED


def test_without_a_lesion_the_form_says_what_to_do(open_panel):
    page = open_panel(studied_case(), "sins").page_of("sins")
    assert page.refused.text == "No lesions yet. Press L over a lesion."
    assert page.foot.result.value.text() == "–"


def test_the_form_follows_the_level(open_panel, session):
    panel = open_panel(fresh_case(), "sins", active_level=T12)
    page = panel.page_of("sins")
    assert page.row(C.LOCATION).view.answer == "Junctional, T12"
    session.change_view(active_level=VertebralLevel.T8)
    settle()
    assert page.row(C.LOCATION).view.answer == "Semirigid, T8"


def test_a_lesion_added_elsewhere_brings_its_chip(open_panel, session):
    panel = open_panel(studied_case(), "sins")
    assert panel.strip.chips == []
    point = session.case.spines[0].landmark(T12).center_lps
    session.dispatch(
        AddLesion(
            id="x",
            center_lps=point,
            radius_mm=5.0,
            frame_of_reference_uid=session.case.spines[0].frame_of_reference_uid,
            series_uid="1",
        )
    )
    settle()
    assert [chip.view.level for chip in panel.strip.chips] == [T12]
    assert panel.strip.chips[0].view.value == "3–18"


def test_the_three_missing_values_differ_in_words_kind_and_pixels(form, session):
    row = form.row(C.COLLAPSE)
    pictures = {}
    for value in (SinsCollapse.NONE, UNKNOWN, NOT_ASSESSED):
        session.dispatch(SetSins(level=T12, answers=SinsAnswers(collapse=value)))
        settle()
        pictures[row.view.answer, row.view.kind] = row.grab().toImage()
    assert set(pictures) == {
        ("None", AnswerKind.ANSWER),
        ("Unknown", AnswerKind.UNKNOWN),
        ("Not assessed", AnswerKind.NOT_ASSESSED),
    }
    images = list(pictures.values())
    assert images[0] != images[1]
    assert images[1] != images[2]
    assert images[0] != images[2]


def test_every_option_of_every_component_has_a_tile_from_least_to_most():
    for component in C:
        keys = [int(text.key) for text in tile_texts(component)]
        assert keys == sorted(keys)
        assert [option_of(component, key) for key in keys] == list(POINTS[component])
        assert option_of(component, 7) is None


def test_words_of_answers():
    given = SinsAnswers(
        posterolateral_left=frozenset({PosterolateralPart.PEDICLE, PosterolateralPart.FACET}),
        posterolateral_right=frozenset({PosterolateralPart.FACET}),
    )
    assert parts_words(given) == "right facet, left pedicle, left facet"
    words = answer_words(C.PAIN, UNKNOWN, given, T12)
    assert words == "Unknown: no history available"
    assert answer_words(C.COLLAPSE, UNKNOWN, given, T12) == "Unknown"
    assert proposed_sides(given) is SinsPosterolateral.BILATERAL
    assert proposed_sides(SinsAnswers()) is None


def test_definitions_keep_every_word():
    text = "Read on CT. Lytic: bone is gone. MRI does not show it."
    runs = definition_runs(text)
    assert "".join(run.text for run in runs) == text
    assert runs[0].text == "Read on CT."
    assert runs[-1].text == " MRI does not show it."


def test_category_and_consult_words(session):
    session.new(fresh_case())
    result = sins_of(session.case, T12)
    assert category_words(result) == "Any category"
    assert consult_words(result).endswith("No single category.")


def test_a_spine_change_refreshes_the_location(form, session):
    from dataclasses import replace

    spine = replace(session.case.spines[0], variants=frozenset({Variant.THIRTEEN_RIBS}))
    session.dispatch(SetSpine(spine=spine))
    settle()
    assert form.row(C.LOCATION).view.kind is AnswerKind.NOT_ASSESSED
    assert "choose the location by hand" in form.refused.text
