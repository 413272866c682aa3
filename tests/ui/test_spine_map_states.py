"""The spine map in dock and rail: levels, variants, states, pointer and keyboard, both themes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.support.cases import (
    key_image,
    many_lesions_case,
    one_lesion_case,
    studied_case,
    thoracolumbar_spine,
)
from tests.ui.conftest import click, press, settle
from tests.ui.pixels import SCALES, all_differ, amount, picture, scaled_picture, shows
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.case import NomsLevelAnswers
from workstation.domain.commands import ReplaceLesion
from workstation.domain.escc import answers_for_grade
from workstation.domain.escc_options import CaudaEquinaGrade, EsccAnswers, EsccGrade
from workstation.domain.lesion import SoftTissue, VertebraPart
from workstation.domain.sins_options import SinsAnswers, SinsContext
from workstation.domain.spine import Variant, VertebralLevel
from workstation.ui.components.evidence import EvidenceState
from workstation.ui.components.marks import Mark
from workstation.ui.lesion_panel_view import (
    answered_fields,
    escc_short,
    extents,
    lesion_evidence,
    row_view,
    stability_words,
)
from workstation.ui.spine_map import SpineDock, SpineRail
from workstation.ui.spine_map_view import drawn_chain, is_treated, spine_view
from workstation.ui.theme import ThemeName, apply_theme

T11, T12, L1, L4 = (VertebralLevel(name) for name in ("T11", "T12", "L1", "L4"))
MAPS = [(SpineDock, 276), (SpineDock, 216), (SpineDock, 330), (SpineRail, 84)]


@pytest.fixture(params=MAPS, ids=["dock", "narrow", "wide", "rail"])
def kind(request):
    return request.param


@pytest.fixture
def map_of(kind, session, show):
    """Return a function that shows the map of a case."""

    def shown(case, height=620):
        if case is not None:
            session.new(case)
        made, width = kind
        return show(made(session), width, height)

    return shown


def leveled(case, level, **changes):
    """The case with its lesion and assessment at a level, the assessment changed."""
    item = replace(case.assessments[0], level=level, **changes)
    lesion = replace(case.lesions[0], levels=(level,))
    return replace(case, lesions=(lesion,), assessments=(item,))


@pytest.mark.parametrize("count", [0, 1, 5, 17, 29])
def test_any_number_of_lesions_is_drawn_and_said(map_of, count):
    case = many_lesions_case(count) if count else studied_case()
    spine = map_of(case)
    view = spine_view(case)
    assert len(view.levels) == len({x.levels[0] for x in case.lesions})
    name = spine.accessibleName()
    for item in view.levels:
        assert item.words in name
    assert ("no level is marked" in name) is (count == 0)
    assert picture(spine).width() == spine.width()


@pytest.mark.parametrize("height", [400, 620, 900])
def test_levels_keep_their_order_and_room_at_every_height(map_of, height):
    spine = map_of(one_lesion_case(), height)
    heights = [spine.center_y(level) for level in spine.chain]
    assert heights == sorted(heights)
    assert heights[0] > 0
    assert heights[-1] < spine.height()
    for level in spine.chain:
        assert spine._room(level) > 0
        assert spine.level_at(spine.center_y(level)) is level


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("theme", list(ThemeName))
def test_the_map_paints_at_every_scale_in_both_themes(map_of, qapp, scale, theme):
    apply_theme(qapp, theme)
    spine = map_of(one_lesion_case())
    image = scaled_picture(spine, scale)
    assert image.width() == pytest.approx(spine.width() * scale, abs=1)
    assert amount(image, "panel") > 1000
    assert amount(image, "critical") > 10
    apply_theme(qapp, ThemeName.DARK)


@pytest.mark.parametrize(
    ("variants", "more", "less"),
    [
        (frozenset(), set(), {"T13", "L6"}),
        (frozenset({Variant.THIRTEEN_RIBS}), {"T13"}, {"L6"}),
        (frozenset({Variant.SIX_LUMBAR}), {"L6"}, {"T13"}),
        (frozenset({Variant.THIRTEEN_RIBS, Variant.SIX_LUMBAR}), {"T13", "L6"}, set()),
    ],
)
def test_variant_levels_are_drawn_only_where_they_are_declared(map_of, variants, more, less):
    case = studied_case()
    spine = map_of(replace(case, spines=(replace(case.spines[0], variants=variants),)))
    names = {level.value for level in spine.chain}
    assert more <= names
    assert not less & names
    for variant in variants:
        assert str(variant) in spine.accessibleName()


@pytest.mark.parametrize("variant", sorted(Variant))
def test_every_variant_is_said(variant):
    case = studied_case()
    spine = replace(case.spines[0], variants=frozenset({variant}))
    assert str(variant) in spine_view(replace(case, spines=(spine,))).numbering


def test_a_supernumerary_level_with_a_lesion_has_a_ring(session, show):
    case = leveled(one_lesion_case(), VertebralLevel.T13)
    variants = frozenset({Variant.THIRTEEN_RIBS})
    case = replace(case, spines=(replace(case.spines[0], variants=variants),))
    session.new(case)
    spine = show(SpineDock(session), 276, 620)
    assert spine_view(case).at(VertebralLevel.T13).is_variant
    assert shows(spine, "suggestion")


@pytest.mark.parametrize(
    ("spines", "lines", "confirmed"),
    [
        ((), ("Not numbered yet",), False),
        ((thoracolumbar_spine(),), ("counted from C2", "Confirmed 15:24", "by R. Reader"), True),
        ((thoracolumbar_spine(confirmed=False),), ("counted from C2", "Levels not confirmed"),
         False),
        ((replace(thoracolumbar_spine(), counted_from=""),),
         ("Numbered by the reader", "Confirmed 15:24", "by R. Reader"), True),
        ((thoracolumbar_spine(), thoracolumbar_spine(confirmed=False, frame="1.2")),
         ("counted from C2", "Confirmed 15:24", "by R. Reader"), False),
    ],
)  # fmt: skip
def test_how_the_levels_were_counted_is_said(spines, lines, confirmed):
    view = spine_view(replace(one_lesion_case(), spines=spines))
    assert view.numbering == lines
    assert view.confirmed is confirmed
    assert bool(view.levels) is confirmed, "marks are withheld until everything is confirmed"


def test_unconfirmed_labels_are_lilac_and_dashed_and_marks_are_withheld(map_of):
    open_case = replace(one_lesion_case(), spines=(thoracolumbar_spine(confirmed=False),))
    spine = map_of(open_case)
    assert shows(spine, "suggestion", 20)
    assert "no level is marked" in spine.accessibleName()
    assert spine.words(T12).startswith("T12, not confirmed")


STATES = [
    ("treated context", {"sins": SinsAnswers(context=frozenset({SinsContext.TREATED}))}, True),
    ("irradiated context", {"sins": SinsAnswers(context=frozenset({SinsContext.IRRADIATED}))},
     True),
    ("prior radiation", {"noms": NomsLevelAnswers(prior_radiation=YesNo.YES)}, True),
    ("no prior radiation", {"noms": NomsLevelAnswers(prior_radiation=YesNo.NO)}, False),
    ("unknown radiation", {"noms": NomsLevelAnswers(prior_radiation=UNKNOWN)}, False),
    ("other context", {"sins": SinsAnswers(context=frozenset({SinsContext.AUGMENTED}))}, False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "treated"), STATES, ids=[s[0] for s in STATES])
def test_a_level_is_treated_when_any_form_says_so(name, changes, treated):
    case = leveled(one_lesion_case(), T12, **changes)
    assert is_treated(case, T12) is treated
    view = spine_view(case).at(T12)
    assert view.treated is treated
    assert view.words.endswith(", treated") is treated


@pytest.mark.parametrize(
    ("answer", "treated"), [(YesNo.YES, True), (YesNo.NO, False), (UNKNOWN, False),
                            (NOT_ASSESSED, False)]
)  # fmt: skip
def test_a_treated_lesion_treats_its_level(answer, treated):
    case = one_lesion_case()
    case = replace(case, lesions=(replace(case.lesions[0], treated=answer),))
    assert is_treated(case, T12) is treated
    assert not is_treated(case, L1)


def test_a_treated_level_is_hatched(session, show):
    plain = show(SpineDock(session), 276, 620)
    session.new(one_lesion_case())
    settle()
    before = picture(plain)
    lesion = replace(session.case.lesions[0], treated=YesNo.YES)
    session.dispatch(ReplaceLesion(lesion=lesion))
    settle()
    assert picture(plain) != before


@pytest.mark.parametrize(
    ("sins", "mark", "token", "words"),
    [
        (SinsAnswers(), Mark.RING, "text_muted", "incomplete"),
        (one_lesion_case().assessments[0].sins, Mark.TRIANGLE, "critical", "unstable"),
    ],
)
def test_mark_color_and_words_follow_the_category(sins, mark, token, words):
    view = spine_view(leveled(one_lesion_case(), T12, sins=sins)).at(T12)
    assert (view.mark, view.token) == (mark, token)
    assert f", {words}, ESCC" in view.words


@pytest.mark.parametrize("grade", list(EsccGrade))
def test_the_box_of_escc_is_filled_only_for_high_grades(grade):
    view = spine_view(leveled(one_lesion_case(), T12, escc=answers_for_grade(grade))).at(T12)
    assert view.escc == grade.value
    assert view.high_grade is (grade in (EsccGrade.G2, EsccGrade.G3))


ESCC_COLUMN = [
    (T12, EsccAnswers(), "–"),
    (T12, EsccAnswers(questions=(YesNo.YES,) + (NOT_ASSESSED,) * 4), "1a–3"),
    (T12, EsccAnswers(questions=(YesNo.YES, YesNo.YES, YesNo.YES) + (UNKNOWN,) * 2), "1c–3"),
    (L4, EsccAnswers(cauda_equina=CaudaEquinaGrade.SAC_GE50), "CE 2"),
    (L4, EsccAnswers(cauda_equina=UNKNOWN), "0–1a"),
    (L4, answers_for_grade(EsccGrade.G1A), "1a"),
]


@pytest.mark.parametrize(("level", "answers", "words"), ESCC_COLUMN)
def test_the_column_of_escc_holds_grade_range_or_descriptor(level, answers, words):
    case = leveled(one_lesion_case(), level, escc=answers)
    assert escc_short(case, level) == words
    assert escc_short(case, None) == "–"


def test_the_active_level_is_marked_and_follows_the_view(map_of, session):
    spine = map_of(one_lesion_case())
    looks = [picture(spine)]
    for level in (T12, VertebralLevel.C3):
        session.change_view(active_level=level)
        settle()
        assert spine.current is level
        assert f"At {level}" in spine.accessibleName()
        looks.append(picture(spine))
        assert amount(looks[-1], "accent") > 20
    assert amount(looks[0], "accent") == 0
    assert all_differ(looks)


def test_the_pointer_shows_where_a_click_would_go(map_of):
    spine = map_of(one_lesion_case())
    before = picture(spine)
    for level in (VertebralLevel.C4, L1):
        QTest.mouseMove(spine, QPoint(30, round(spine.center_y(level))))
        settle()
        assert spine._hovered is level
    assert picture(spine) != before
    QApplication.sendEvent(spine, QEvent(QEvent.Type.Leave))
    assert spine._hovered is None
    assert picture(spine) == before


def test_the_tooltip_says_what_the_level_carries(map_of, monkeypatch):
    spine = map_of(one_lesion_case())
    told = []
    monkeypatch.setattr(
        "workstation.ui.spine_map.QToolTip.showText", lambda at, text, widget: told.append(text)
    )
    for y in (round(spine.center_y(T12)), 100000):
        place = QPoint(30, y)
        event = QHelpEvent(QEvent.Type.ToolTip, place, spine.mapToGlobal(place))
        QApplication.sendEvent(spine, event)
    assert told[0].startswith("T12, lesion 1, SINS 14, unstable, ESCC 2")
    assert told[0].endswith("Click: go there. Shift and click: mark a lesion.")
    assert told[1] == ""


@pytest.mark.parametrize("button", [Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton])
def test_other_buttons_go_nowhere(map_of, session, button):
    spine = map_of(one_lesion_case())
    QTest.mouseClick(spine, button, pos=QPoint(30, round(spine.center_y(T12))))
    assert session.view.active_level is None


@pytest.mark.parametrize("y", [-20, 100000])
def test_beside_the_spine_is_no_level(map_of, y):
    assert map_of(one_lesion_case()).level_at(y) is None


def test_a_click_tells_where_the_reader_went(map_of):
    spine = map_of(one_lesion_case())
    gone = []
    spine.level_activated.connect(gone.append)
    click(spine, QPoint(30, round(spine.center_y(L1))))
    assert gone == [L1]


@pytest.mark.parametrize(
    ("keys", "level"),
    [
        (("Up",), "T11"),
        (("Down",), "L1"),
        (("Down", "Down", "Up"), "L1"),
        (("PageUp",), "T7"),
        (("PageDown",), "L5"),
        (("Home",), "C1"),
        (("Home", "Up"), "C1"),
    ],
)
@pytest.mark.parametrize("last", ["Enter", "Space"])
def test_keys_walk_first_and_go_only_with_enter_or_space(map_of, session, keys, level, last):
    spine = map_of(one_lesion_case())
    session.change_view(active_level=T12)
    settle()
    first = spine.chain[0]
    spine.setFocus()
    press(*keys)
    assert session.view.active_level is T12
    press(last)
    expected = first if "Home" in keys else VertebralLevel(level)
    assert session.view.active_level is expected


def test_the_end_of_the_spine_is_the_end(map_of, session):
    spine = map_of(one_lesion_case())
    spine.setFocus()
    press("End", "Down", "PageDown", "Space")
    assert session.view.active_level is spine.chain[-1]


def test_the_keyboard_place_is_seen_and_said(map_of, session):
    spine = map_of(one_lesion_case())
    session.change_view(active_level=T12)
    spine.clearFocus()
    spine.setFocus(Qt.FocusReason.TabFocusReason)
    press("Down")
    assert spine.accessibleName().endswith("At L1")
    assert shows(spine, "focus", 10)
    assert spine.keyboard_focus


def test_enter_without_a_place_goes_nowhere(map_of, session):
    spine = map_of(one_lesion_case())
    spine.setFocus()
    QTest.keyClick(spine, Qt.Key.Key_Return)
    assert session.view.active_level is None


def test_closing_the_case_leaves_the_plain_spine(map_of, session):
    spine = map_of(one_lesion_case())
    session.close()
    settle()
    assert "No case is open" in spine.accessibleName()
    assert spine.chain == drawn_chain(())
    assert amount(picture(spine), "critical") <= 60, "only the legend has the color"


@pytest.mark.parametrize(
    ("parts", "forms"),
    [
        (set(), ("Parts not assessed",)),
        ({"PEDICLE_LEFT"}, ("Left pedicle", "Left pedicle", "1 part")),
        ({"BODY_ANTERIOR_LEFT"}, ("Body anterior", "Body", "1 part")),
        ({"BODY_ANTERIOR_LEFT", "BODY_ANTERIOR_RIGHT"}, ("Body anterior", "Body", "2 parts")),
        ({"BODY_ANTERIOR_LEFT", "BODY_POSTERIOR_LEFT"},
         ("Body anterior, posterior", "Body", "2 parts")),
        ({"BODY_ANTERIOR_LEFT", "BODY_MIDDLE_LEFT", "BODY_POSTERIOR_RIGHT"},
         ("Body", "Body", "3 parts")),
        ({"BODY_ANTERIOR_LEFT", "PEDICLE_LEFT", "FACET_RIGHT"},
         ("Body anterior, left pedicle, right facet", "Body, left pedicle, right facet",
          "3 parts")),
    ],
)  # fmt: skip
def test_the_extent_gets_shorter_and_keeps_its_sides(parts, forms):
    named = frozenset(VertebraPart[name] for name in parts)
    made = extents(replace(one_lesion_case().lesions[0], parts=named))
    assert len(made) == len(forms)
    for form, expected in zip(made, forms, strict=True):
        assert sorted(form.lower().split(", ")) == sorted(expected.lower().split(", "))


@pytest.mark.parametrize(
    ("proves", "number", "state"),
    [
        ((), None, EvidenceState.NONE),
        ((), 1, EvidenceState.IMAGE),
        ((), 2, EvidenceState.NONE),
        (("sins.T12.pain",), None, EvidenceState.IMAGE),
        (("sins.T1.pain",), None, EvidenceState.NONE),
        (("escc.T12",), None, EvidenceState.IMAGE),
        (("lesion.lesion-1.parts",), None, EvidenceState.IMAGE),
        (("lesion.lesion-2",), None, EvidenceState.NONE),
    ],
)
def test_an_image_proves_the_lesion_it_shows_or_whose_level_it_grades(proves, number, state):
    image = replace(key_image(), proves=proves, lesion_number=number)
    case = replace(one_lesion_case(), key_images=(image,))
    assert lesion_evidence(case, case.lesions[0]) is state
    assert row_view(case, case.lesions[0]).evidence is state


@pytest.mark.parametrize("field", ["matrix", "posterior_wall", "endplates", "fracture",
                                   "soft_tissue", "treated", "body_involved_pct"])  # fmt: skip
def test_each_field_counts_once_as_answered(field):
    case = one_lesion_case()
    full = answered_fields(case)
    bare = replace(case, lesions=(replace(case.lesions[0], **{field: NOT_ASSESSED}),))
    assert answered_fields(bare) == (full[0] - 1, full[1], full[2])


def test_no_soft_tissue_is_an_answer_and_unknown_is_not():
    case = one_lesion_case()
    full = answered_fields(case)[0]
    none = replace(case.lesions[0], soft_tissue=frozenset({SoftTissue.NONE}))
    unknown = replace(case.lesions[0], soft_tissue=UNKNOWN)
    assert answered_fields(replace(case, lesions=(none,)))[0] == full
    assert answered_fields(replace(case, lesions=(unknown,)))[0] == full - 1


def test_without_a_result_the_stability_is_not_graded():
    assert stability_words(None) == ("Not graded", "muted", Mark.RING)
