from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from tests.support.cases import one_lesion_case, studied_case
from tests.ui.conftest import click, press, settle
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.case import NomsLevelAnswers, Oncology
from workstation.domain.clinical import (
    AisGrade,
    Ambulation,
    DeficitStatus,
    Ecog,
    Kps,
    NeurologicFacts,
)
from workstation.domain.commands import SetEscc, SetNeurologic, SetSins
from workstation.domain.escc import answers_for_grade
from workstation.domain.escc_options import EsccGrade
from workstation.domain.grading import noms_of
from workstation.domain.noms import SIGN_OFF
from workstation.domain.noms_table import (
    NOMS_ROWS,
    MechanicalAxis,
    NeurologicAxis,
    OncologicAxis,
    SystemicAxis,
)
from workstation.domain.radiosensitivity import Histology
from workstation.domain.sins_options import (
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsPain,
    SinsPosterolateral,
)
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.banner import BannerTone
from workstation.ui.components.marks import FormState
from workstation.ui.components.trace_path import PathState, TraceView
from workstation.ui.noms_form_view import outcome_title, row_flag, trace_rows, trace_view

T9, T12, L4 = VertebralLevel.T9, VertebralLevel.T12, VertebralLevel.L4
STABLE = SinsAnswers(
    pain=SinsPain.NONE,
    bone_lesion=SinsBoneLesion.BLASTIC,
    alignment=SinsAlignment.NORMAL,
    collapse=SinsCollapse.NONE,
    posterolateral=SinsPosterolateral.NONE,
)
MIDDLE = replace(STABLE, pain=SinsPain.MECHANICAL, bone_lesion=SinsBoneLesion.LYTIC)
UNSTABLE = replace(
    MIDDLE,
    alignment=SinsAlignment.TRANSLATION,
    collapse=SinsCollapse.GT50,
    posterolateral=SinsPosterolateral.BILATERAL,
)


def fresh_case(level=T12, conus=VertebralLevel.L1):
    case = one_lesion_case()
    lesion = replace(case.lesions[0], levels=(level,))
    return replace(
        case,
        assessments=(),
        lesions=(lesion,),
        conus=conus,
        neurologic=NeurologicFacts(),
        oncology=Oncology(),
        communication=None,
    )


@pytest.fixture
def form(open_panel, session):
    panel = open_panel(fresh_case(), "noms", active_level=T12)
    page = panel.page_of("noms")
    page.panel = panel
    return page


def grade(session, level, sins, escc):
    session.dispatch(SetSins(level=level, answers=sins))
    session.dispatch(SetEscc(level=level, answers=answers_for_grade(escc)))
    settle()


@pytest.mark.parametrize(
    ("name", "field"),
    [("myelopathy", "myelopathy"), ("radiculopathy", "functional_radiculopathy")],
)
def test_yes_no_and_unknown_by_click_and_key(form, session, name, field):
    bar = getattr(form.neurologic, name)
    for value, expected in (("yes", YesNo.YES), ("no", YesNo.NO), ("unknown", UNKNOWN)):
        click(bar.button(value))
        assert getattr(session.case.neurologic, field) is expected
        assert bar.value == value
    bar.buttons[0].setFocus()
    for key, expected in (("Y", YesNo.YES), ("N", YesNo.NO), ("9", UNKNOWN)):
        press(key)
        assert getattr(session.case.neurologic, field) is expected
    press("Backspace")
    assert getattr(session.case.neurologic, field) is NOT_ASSESSED
    assert bar.value == ""


def test_a_deficit_walks_through_its_courses_and_none_denies_all(form, session):
    chip = form.neurologic.deficits.button("weakness")
    seen = []
    for _ in range(4):
        click(chip)
        seen.append(session.case.neurologic.weakness)
    new, progressive, stable = DeficitStatus.NEW, DeficitStatus.PROGRESSIVE, DeficitStatus.STABLE
    assert seen == [new, progressive, stable, NOT_ASSESSED]
    click(chip)
    assert chip.text() == "Weakness: new"
    click(form.neurologic.deficits.button("none"))
    facts = session.case.neurologic
    assert {facts.weakness, facts.gait_loss, facts.sensory, facts.sphincter} == {DeficitStatus.NONE}
    assert chip.text() == "Weakness"


def test_a_new_deficit_raises_the_emergency_first(form, session):
    grade(session, T12, UNSTABLE, EsccGrade.G2)
    click(form.neurologic.deficits.button("weakness"))
    shown = [banner for banner in form.banners.banners if banner.isVisible()]
    assert shown[0].title == "NEUROLOGICAL EMERGENCY"
    assert shown[0].tone is BannerTone.EMERGENCY
    assert shown[1].title == "Mechanically unstable"
    assert form.communication.isVisible()


def test_the_emergency_shows_on_every_tab(form, session):
    click(form.neurologic.deficits.button("gait_loss"))
    assert not form.panel.banner.isVisible()
    for tab in ("lesions", "sins", "escc", "report"):
        session.change_view(active_tab=tab)
        settle()
        assert form.panel.banner.isVisible()
        assert form.panel.banner.title == "NEUROLOGICAL EMERGENCY"


@pytest.mark.parametrize(("value", "axis"), [("ABLE", SystemicAxis.ABLE), ("unknown", UNKNOWN)])
def test_systemic(form, session, value, axis):
    click(form.systemic.tolerates.button(value))
    assert session.case.assessment(T12).noms.systemic is axis


def test_scales_are_recorded_as_stated(form, session):
    form.systemic.kps.given.emit("70")
    form.systemic.ecog.given.emit("2")
    form.neurologic.ais.given.emit("D")
    form.neurologic.walk.given.emit("with_aid")
    settle()
    case = session.case
    assert case.systemic.kps is Kps.K70
    assert case.systemic.ecog is Ecog.E2
    assert case.neurologic.ais is AisGrade.D
    assert case.neurologic.ambulation is Ambulation.WITH_AID
    assert form.systemic.kps.currentText() == "KPS 70"
    form.systemic.kps.given.emit(UNKNOWN)
    settle()
    assert session.case.systemic.kps is UNKNOWN
    assert form.systemic.kps.currentText() == "Unknown"


def test_who_stated_it_and_since_when(form, session, qtbot):
    field = form.neurologic.stated_by
    field.setFocus()
    qtbot.keyClicks(field, "Dr Weber")
    press("Enter")
    since = form.neurologic.since
    since.setFocus()
    qtbot.keyClicks(since, "36,5")
    press("Enter")
    assert session.case.neurologic.stated_by == "Dr Weber"
    assert session.case.neurologic.deficit_since_hours == 36.5


def test_histology_sets_o_and_names_the_conflict(form, session):
    form.oncologic.histology.given.emit(Histology.NON_SMALL_CELL_LUNG.value)
    settle()
    assert session.case.oncology.histology is Histology.NON_SMALL_CELL_LUNG
    assert form.oncologic.word == "Radioresistant"
    assert "Sources differ" in form.oncologic.default.text
    assert "SC.24" in form.oncologic.default.text


def test_an_unlisted_histology_asks_for_a_choice(form, session):
    form.oncologic.histology.given.emit(Histology.BLADDER.value)
    settle()
    assert "Not in the NOMS list" in form.oncologic.default.text
    assert form.oncologic.word == "Not assessed"


def test_an_own_choice_waits_for_its_reason(form, session, qtbot):
    form.oncologic.histology.given.emit(Histology.BREAST.value)
    settle()
    click(form.oncologic.override.button("RESISTANT"))
    assert session.case.oncology.override is NOT_ASSESSED
    assert form.oncologic.refusal.isVisible()
    assert QApplication.focusWidget() is form.oncologic.reason
    qtbot.keyClicks(form.oncologic.reason, "Progressed after 30 Gy")
    press("Enter")
    assert session.case.oncology.override is OncologicAxis.RESISTANT
    assert session.case.oncology.override_reason == "Progressed after 30 Gy"
    assert form.oncologic.word == "Radioresistant"
    click(form.oncologic.reset)
    assert session.case.oncology.override is NOT_ASSESSED
    assert form.oncologic.word == "Radiosensitive"


def test_prior_radiation_makes_the_level_resistant_and_takes_its_course(form, session, qtbot):
    form.oncologic.histology.given.emit(Histology.BREAST.value)
    click(form.oncologic.radiation.button("yes"))
    assert form.oncologic.word == "Radioresistant"
    assert form.oncologic.course_row.isVisible()
    for field, text in (
        (form.oncologic.dose, "30"),
        (form.oncologic.fractions, "10"),
        (form.oncologic.date, "2025-06-01"),
    ):
        field.setFocus()
        qtbot.keyClicks(field, text)
        press("Enter")
    course = session.case.assessment(T12).noms.radiation
    assert (course.dose_gy, course.fractions, course.date) == (30.0, 10, "2025-06-01")
    click(form.oncologic.radiation.button("no"))
    assert session.case.assessment(T12).noms.radiation is None


def test_the_middle_band_waits_for_the_surgeon(form, session):
    grade(session, T12, MIDDLE, EsccGrade.G1B)
    assert form.mechanical.word == "Undecided"
    assert "not auto-mapped" in form.mechanical.sins.text()
    click(form.mechanical.surgeon.button("UNSTABLE"))
    assert session.case.assessment(T12).noms.surgeon_says is MechanicalAxis.UNSTABLE
    assert form.mechanical.word == "Unstable"
    click(form.mechanical.surgeon.button("unknown"))
    assert session.case.assessment(T12).noms.surgeon_says is UNKNOWN
    assert form.mechanical.word == "Undecided"


def test_a_clear_total_does_not_ask_the_surgeon(form, session):
    grade(session, T12, UNSTABLE, EsccGrade.G2)
    assert not form.mechanical.surgeon.isVisible()


def complete(session, sins=UNSTABLE, escc=EsccGrade.G2, systemic=SystemicAxis.ABLE):
    from workstation.domain.commands import SetNomsLevel, SetOncology

    grade(session, T12, sins, escc)
    session.dispatch(SetOncology(oncology=Oncology(histology=Histology.RENAL_CELL)))
    answers = NomsLevelAnswers(systemic=systemic, prior_radiation=YesNo.NO)
    session.dispatch(SetNomsLevel(level=T12, answers=answers))
    facts = NeurologicFacts(myelopathy=YesNo.NO, functional_radiculopathy=YesNo.NO)
    session.dispatch(SetNeurologic(facts=facts))
    settle()


def test_a_complete_level_shows_row_outcome_and_no_missing(form, session):
    complete(session)
    assert form.trace.view.reachable == {"P9"}
    assert form.outcome.title.text() == "Decompression + stabilization, then SRS"
    assert "Multidisciplinary review required" in form.outcome.text.text()
    assert not form.missing.isVisible()
    assert form.state(session.case) is FormState.COMPLETE
    assert form.panel.strip.chips[0].view.value == "P9"


def test_both_branches_stand_until_a_surgeon_decides(form, session):
    complete(session, sins=MIDDLE, escc=EsccGrade.G1B)
    assert form.trace.view.reachable == {"P3", "P4"}
    assert not form.trace.view.decided
    assert "Stable: SRS" in form.outcome.title.text()
    assert "Unstable: stabilization, then SRS" in form.outcome.title.text()
    assert form.panel.strip.chips[0].view.value == "P3 or P4"
    assert form.missing.isVisible()
    click(form.missing.buttons["M"])
    assert QApplication.focusWidget() is form.mechanical.surgeon.buttons[0]


def test_discordant_gives_no_suggestion_and_offers_the_other_level(form, session):
    complete(session, escc=EsccGrade.G1B)
    grade(session, T9, STABLE, EsccGrade.G3)
    facts = NeurologicFacts(myelopathy=YesNo.YES)
    session.dispatch(SetNeurologic(facts=facts))
    settle()
    assert form.neurologic.word == "Discordant"
    assert form.outcome.title.text() == "No suggestion"
    assert form.trace.view.stop[0] == "No row applies"
    assert form.state(session.case) is FormState.ALERT
    titles = [banner.title for banner in form.banners.banners if banner.isVisible()]
    assert "Discordant: the deficit is not explained at T12" in titles
    assert form.attribute.text() == "Attribute the deficit to T9"
    click(form.attribute)
    assert session.case.neurologic.attributed_level is T9
    assert session.case.neurologic.attribution_reason
    assert form.neurologic.word == "Low"
    assert not form.attribute.isVisible()


def test_below_the_conus_the_clinician_chooses_n(open_panel, session):
    page = open_panel(fresh_case(L4), "noms", active_level=L4).page_of("noms")
    assert page.neurologic.word == "Clinician chooses"
    assert page.neurologic.choice.isVisible()
    click(page.neurologic.choice.button("HIGH"))
    assert session.case.assessment(L4).noms.clinician_neurologic is NeurologicAxis.HIGH
    assert page.neurologic.word == "High"
    click(page.neurologic.cauda.button("yes"))
    assert session.case.neurologic.cauda_equina_symptoms is YesNo.YES
    assert page.banners.banners[0].title == "NEUROLOGICAL EMERGENCY"


def test_side_notes_stand_word_for_word_with_the_source(form, session):
    complete(session, sins=MIDDLE, escc=EsccGrade.G1C)
    assert form.notes.notes == noms_of(session.case, T12).notes
    assert form.notes.source.text() == SIGN_OFF


def test_the_critical_result_is_recorded_field_by_field(form, session, qtbot):
    grade(session, T12, UNSTABLE, EsccGrade.G2)
    box = form.communication
    for field, text in ((box.to_whom, "Dr K. Weber, Oncology"), (box.how, "Telephone")):
        field.setFocus()
        qtbot.keyClicks(field, text)
        press("Enter")
    click(box.now)
    click(box.read_back.button("yes"))
    record = session.case.communication
    assert record.to_whom == "Dr K. Weber, Oncology"
    assert record.how == "Telephone"
    assert record.at.startswith("20")
    assert record.read_back is YesNo.YES


def test_letters_after_n_go_to_their_cards(form):
    form.panel.setFocus()
    press("N", "S")
    assert QApplication.focusWidget() is form.systemic.tolerates.buttons[0]
    press("N", "O")
    assert QApplication.focusWidget() is form.oncologic.histology


def test_a_press_on_a_column_of_the_trace_goes_to_its_card(form, session):
    complete(session)
    x = form.trace._columns()[3]
    click(form.trace, QPoint(int(x), 60))
    assert QApplication.focusWidget() is form.systemic.tolerates.buttons[0]


def test_the_trace_has_the_ten_published_rows():
    rows = trace_rows()
    assert [row.name for row in rows] == [f"P{n}" for n in range(1, 11)]
    assert [len(row.nodes) for row in rows] == [3, 3, 3, 3, 3, 3, 4, 4, 4, 4]
    assert {row.published for row in NOMS_ROWS} == {row.name for row in rows}


def test_states_of_nodes_and_rows():
    rows = trace_rows()
    view = TraceView(rows=rows, reachable=frozenset({"P3", "P4"}))
    assert view.node_state(("low",)) is PathState.DECIDED
    assert view.node_state(("low", "resist.")) is PathState.DECIDED
    assert view.node_state(("low", "resist.", "stable")) is PathState.OPEN
    assert view.node_state(("high",)) is PathState.UNREACHABLE
    assert view.row_state(rows[2]) is PathState.OPEN
    assert view.row_state(rows[0]) is PathState.UNREACHABLE
    assert TraceView(rows=rows, reachable=frozenset({"P9"})).row_state(rows[8]) is PathState.DECIDED


def test_nothing_answered_suggests_nothing(session):
    session.new(fresh_case())
    result = noms_of(session.case, T12)
    assert len(trace_view(result).reachable) == 10
    assert outcome_title(result) == "Not yet decided"
    assert row_flag(result) == ""


def test_without_a_lesion_the_form_says_what_to_do(open_panel):
    page = open_panel(studied_case(), "noms").page_of("noms")
    assert page.empty.isVisible()
    assert not page.trace.isVisible()


def test_the_wheel_never_changes_an_answer(form, session, qtbot):
    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtGui import QWheelEvent

    box = form.oncologic.histology
    box.setFocus()
    event = QWheelEvent(
        QPointF(5, 5),
        box.mapToGlobal(QPointF(5, 5)),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, event)
    settle()
    assert session.case.oncology.histology is NOT_ASSESSED
    assert box.currentText() == "Not assessed"
