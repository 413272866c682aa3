from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.cases import HOSTILE_TEXTS, many_lesions_case, one_lesion_case, studied_case
from tests.ui.conftest import click, press, settle
from workstation.domain.answers import NOT_ASSESSED, YesNo
from workstation.domain.case import Signature
from workstation.domain.commands import ReplaceLesion, Sign
from workstation.domain.lesion import (
    Endplates,
    Fracture,
    Lesion,
    Matrix,
    PosteriorWall,
    SoftTissue,
    VertebraPart,
)
from workstation.domain.sins_options import SinsBoneLesion
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.marks import FormState, Mark
from workstation.ui.lesion_panel_detail import toggled_tissue
from workstation.ui.lesion_panel_view import (
    answered_fields,
    drawn_parts,
    extents,
    listed_parts,
    part_words,
    row_view,
)

T12 = VertebralLevel.T12


def bare_case():
    case = one_lesion_case()
    old = case.lesions[0]
    lesion = Lesion(
        id=old.id,
        number=old.number,
        center_lps=old.center_lps,
        radius_mm=9.5,
        frame_of_reference_uid=old.frame_of_reference_uid,
        series_uid=old.series_uid,
        levels=old.levels,
    )
    return replace(case, lesions=(lesion,), assessments=(), key_images=())


@pytest.fixture
def page(open_panel, session):
    panel = open_panel(bare_case(), "lesions")
    made = panel.page_of("lesions")
    made.panel = panel
    return made


def lesion(session) -> Lesion:
    return session.case.lesions[0]


CHIPS = [
    ("matrix", "lytic", Matrix.LYTIC),
    ("matrix", "not_assessable", Matrix.NOT_ASSESSABLE),
    ("posterior_wall", "breached", PosteriorWall.BREACHED),
    ("endplates", "superior_breached", Endplates.SUPERIOR_BREACHED),
    ("fracture", "none", Fracture.NONE),
    ("fracture", "pathological", Fracture.PATHOLOGICAL),
    ("treated", "yes", YesNo.YES),
]


@pytest.mark.parametrize(("field", "value", "expected"), CHIPS)
def test_a_chip_answers_and_a_second_press_takes_it_back(page, session, field, value, expected):
    chip = page.detail.rows[field].chips.button(value)
    assert getattr(lesion(session), field) is NOT_ASSESSED
    click(chip)
    assert getattr(lesion(session), field) is expected
    assert chip.isChecked()
    click(chip)
    assert getattr(lesion(session), field) is NOT_ASSESSED
    assert not chip.isChecked()


def test_none_excludes_the_other_soft_tissue(page, session):
    chips = page.detail.rows["soft_tissue"].chips
    click(chips.button("epidural"))
    click(chips.button("paraspinal_L"))
    assert lesion(session).soft_tissue == {SoftTissue.EPIDURAL, SoftTissue.PARASPINAL_LEFT}
    click(chips.button("none"))
    assert lesion(session).soft_tissue == {SoftTissue.NONE}
    click(chips.button("epidural"))
    assert lesion(session).soft_tissue == {SoftTissue.EPIDURAL}
    click(chips.button("epidural"))
    assert lesion(session).soft_tissue is NOT_ASSESSED


def test_taking_none_back_means_not_assessed():
    marked = replace(one_lesion_case().lesions[0], soft_tissue=frozenset({SoftTissue.NONE}))
    assert toggled_tissue(marked, SoftTissue.NONE) is NOT_ASSESSED


def test_the_type_is_the_sins_bone_lesion(page, session):
    click(page.detail.rows["matrix"].chips.button("lytic"))
    assert session.case.assessment(T12).sins.bone_lesion is SinsBoneLesion.LYTIC


@pytest.mark.parametrize("part", [p for p in VertebraPart if p.value in drawn_parts(T12)[0]])
def test_a_part_is_marked_where_it_is_drawn(page, session, part):
    picture = page.detail.parts.picture
    click(picture, picture.center_of(part.value).toPoint())
    assert lesion(session).parts == {part}


def test_the_patients_right_is_on_the_left_of_the_drawing(page):
    picture = page.detail.parts.picture
    for structure in ("pedicle", "lamina", "facet", "transverse", "body_posterior"):
        right, left = picture.center_of(f"{structure}_R"), picture.center_of(f"{structure}_L")
        assert right.x() < picture.width() / 2 < left.x()
    assert picture.center_of("body_anterior_R").y() < picture.center_of("body_posterior_R").y()
    assert picture.center_of("spinous").y() > picture.center_of("body_posterior_R").y()


def test_outside_the_drawing_nothing_is_marked(page, session):
    from PySide6.QtCore import QPoint

    click(page.detail.parts.picture, QPoint(2, 2))
    assert lesion(session).parts == frozenset()


def test_marked_parts_are_said_with_their_side(page, session):
    picture = page.detail.parts.picture
    click(picture, picture.center_of("pedicle_L").toPoint())
    assert page.detail.parts.sentence.text() == "Pedicle: left"
    assert "Left pedicle" in picture.accessibleName()


def test_parts_that_do_not_exist_are_not_offered():
    shown, hidden = drawn_parts(VertebralLevel.L2)
    assert "costovertebral_L" not in shown
    assert "rib_L" in hidden
    shown, hidden = drawn_parts(VertebralLevel.C1)
    assert not any(part.startswith("body") for part in shown)
    assert "body_anterior_R" in hidden
    assert set(listed_parts(VertebralLevel.C1).values()) == {
        "Right lateral mass",
        "Left lateral mass",
    }
    assert list(listed_parts(VertebralLevel.C2).values()) == ["Dens"]
    assert listed_parts(T12) == {}


def test_dens_is_a_chip_at_c2(open_panel, session):
    case = bare_case()
    moved = replace(case.lesions[0], levels=(VertebralLevel.C2,))
    page = open_panel(replace(case, lesions=(moved,)), "lesions").page_of("lesions")
    click(page.detail.parts.others.button("dens"))
    assert lesion(session).parts == {VertebraPart.DENS}


@pytest.mark.parametrize(
    ("typed", "kept"), [("45", 45.0), ("12,5 %", 12.5), ("140", NOT_ASSESSED), ("x", NOT_ASSESSED)]
)
def test_the_involved_share_of_the_body(page, session, qtbot, typed, kept):
    field = page.detail.involved
    field.setMaxLength(10)
    field.setFocus()
    qtbot.keyClicks(field, typed)
    press("Enter")
    assert lesion(session).body_involved_pct == kept


def test_the_note_is_kept_when_the_focus_leaves_and_is_never_markup(page, session, qtbot):
    text = HOSTILE_TEXTS[1]
    note = page.detail.note
    note.setFocus()
    qtbot.keyClicks(note, text)
    page.panel.setFocus()
    settle()
    assert lesion(session).note == text
    assert note.toPlainText() == text


def test_the_list_selects_lesion_and_level(open_panel, session):
    case = many_lesions_case(12)
    page = open_panel(case, "lesions").page_of("lesions")
    assert page.count.text() == "12 lesions"
    assert len(page.rows) == 12
    third = case.lesions[2]
    click(page.rows[third.id])
    assert session.view.selected_lesion_id == third.id
    assert session.view.active_level is third.level
    assert page.rows[third.id].isChecked()
    assert page.detail.level.text() == third.level.value


def test_removing_a_lesion_removes_its_row(page, session):
    click(page.detail.remove)
    assert session.case.lesions == ()
    assert page.rows == {}
    assert page.empty.isVisible()
    session.undo()
    settle()
    assert len(page.rows) == 1


def test_a_lesion_without_level_says_what_to_do(open_panel):
    case = bare_case()
    lost = replace(case.lesions[0], levels=())
    page = open_panel(replace(case, lesions=(lost,)), "lesions").page_of("lesions")
    assert page.detail.open_level.isVisible()
    assert not page.detail.bar.isVisible()
    view = next(iter(page.rows.values())).view
    assert view.title == "1 · level open"


def test_mark_evidence_and_check(page, session):
    marks, fields = [], []
    page.mark_requested.connect(lambda: marks.append(1))
    page.panel.attach_requested.connect(fields.append)
    click(page.mark)
    click(page.detail.bookmark)
    assert marks == [1]
    assert fields == [f"lesion.{lesion(session).id}"]
    click(page.check)
    assert session.view.active_tab == "report"


def test_a_picture_of_a_grade_leads_to_its_form(page, session):
    click(page.detail.escc.tile("2"))
    assert session.view.active_tab == "escc"
    assert session.case.assessments == ()


def test_a_check_leads_to_the_lesion(page, session):
    page.panel.go_to(f"lesion.{lesion(session).id}.soft_tissue")
    settle()
    assert page.detail.rows["soft_tissue"].chips.buttons[0].hasFocus()


def test_a_signed_case_cannot_be_changed(page, session):
    signature = Signature(name="R", role="r", at="2026-03-14T16:00:00+01:00")
    session.dispatch(Sign(signature=signature))
    settle()
    assert not page.mark.isEnabled()
    assert not page.detail.remove.isEnabled()
    click(page.detail.rows["matrix"].chips.button("lytic"))
    assert lesion(session).matrix is NOT_ASSESSED


def test_the_row_names_everything_a_reader_needs(session):
    case = one_lesion_case()
    view = row_view(case, case.lesions[0])
    assert view.title == "1 · T12"
    assert view.mark is Mark.TRIANGLE
    assert view.words.startswith("Lesion 1, T12, unstable, SINS 14, ESCC 2")
    assert view.size == "19.0 mm"


def test_extents_get_shorter_by_rule_and_keep_every_side():
    marked = replace(
        one_lesion_case().lesions[0],
        parts=frozenset({VertebraPart.BODY_ANTERIOR_LEFT, VertebraPart.PEDICLE_LEFT}),
    )
    assert extents(marked) == ("Body anterior, left pedicle", "Body, left pedicle", "2 parts")
    assert extents(replace(marked, parts=frozenset())) == ("Parts not assessed",)
    assert part_words(VertebraPart.SPINOUS) == "Spinous process"


def test_how_far_the_fields_are_answered(session, page):
    known, total, bare = answered_fields(session.case)
    assert (known, total, bare) == (0, 8, 1)
    assert page.state(session.case) is FormState.EMPTY
    assert page.answered.text() == "0 of 8 fields answered"
    assert page.bare.text() == "1 without image"
    session.dispatch(ReplaceLesion(lesion=replace(lesion(session), treated=YesNo.NO)))
    settle()
    assert page.answered.text() == "1 of 8 fields answered"
    assert page.state(session.case) is FormState.PARTLY


def test_no_lesion_at_all(open_panel):
    page = open_panel(studied_case(), "lesions").page_of("lesions")
    assert page.empty.text == "No lesions yet. Press L over a lesion."
    assert page.count.text() == "0 lesions"
    assert not page.detail.isVisible()
