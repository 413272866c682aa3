from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)

from tests.support.cases import HOSTILE_TEXTS, many_lesions_case, one_lesion_case, studied_case
from tests.ui.conftest import click, overflowing, overlapping, press, settle
from workstation.domain.commands import ReplaceLesion, SetSins
from workstation.domain.sins_options import SinsAnswers, SinsComponent, SinsPain
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.marks import FormState
from workstation.ui.form_binding import evidence_for, shown_level
from workstation.ui.theme import ThemeName, apply_theme

T12 = VertebralLevel.T12
TABS = ("lesions", "sins", "escc", "noms", "report")
UI = Path(__file__).resolve().parents[2] / "workstation" / "ui"
OWN = sorted(
    [
        *UI.glob("components/*.py"),
        *(
            path
            for name in ("sins_", "escc_", "noms_", "lesion_", "report_", "form_", "spine_map")
            for path in UI.glob(f"{name}*.py")
        ),
    ]
)


@pytest.mark.parametrize("width", [464, 400])
@pytest.mark.parametrize("lesions", [0, 1, 12])
@pytest.mark.parametrize("tab", TABS)
def test_nothing_reaches_beyond_its_parent_and_nothing_overlaps(open_panel, tab, lesions, width):
    case = many_lesions_case(lesions) if lesions else studied_case()
    panel = open_panel(case, tab, width)
    assert panel.width() == width
    assert overflowing(panel) == []
    assert overlapping(panel) == []
    assert panel._bodies.currentWidget().horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("width", [464, 400])
@pytest.mark.parametrize("component", list(SinsComponent))
def test_each_open_component_fits(open_panel, component, width):
    panel = open_panel(one_lesion_case(), "sins", width, active_level=T12)
    panel.page.open(component)
    settle()
    assert overflowing(panel) == []
    assert overlapping(panel) == []
    card = panel.page.card(component)
    view = panel._bodies.currentWidget().viewport()
    top = card.mapTo(view, QPoint(0, 0)).y()
    assert top >= -1
    assert min(card.height(), view.height()) <= view.height()


@pytest.mark.parametrize("width", [464, 400])
def test_every_label_shows_its_whole_text(open_panel, width):
    for tab in TABS:
        panel = open_panel(one_lesion_case(), tab, width)
        for label in panel.findChildren(QLabel):
            if not label.isVisible() or not label.text():
                continue
            if label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width()), label.text()
            else:
                assert label.width() >= label.sizeHint().width(), label.text()


@pytest.mark.parametrize("width", [464, 400])
def test_every_button_is_as_wide_as_its_words(open_panel, width):
    for tab in TABS:
        panel = open_panel(one_lesion_case(), tab, width)
        for button in panel.findChildren(QAbstractButton):
            if button.isVisible() and type(button).__name__ in ("ChoiceButton", "TextButton"):
                least = button.minimumSizeHint().width()
                assert button.width() >= least, button.accessibleName()


@pytest.mark.parametrize("tab", TABS)
def test_every_control_has_a_name_and_a_tooltip(open_panel, tab):
    panel = open_panel(one_lesion_case(), tab, active_level=T12)
    if tab == "sins":
        for component in SinsComponent:
            panel.page.open(component)
    kinds = (QAbstractButton, QLineEdit, QComboBox, QPlainTextEdit)
    for kind in kinds:
        for control in panel.findChildren(kind):
            if control.objectName().startswith("qt_"):
                continue
            assert control.accessibleName(), type(control).__name__
            assert control.toolTip(), f"{type(control).__name__} {control.accessibleName()}"
    for widget in panel.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not isinstance(widget, QScrollBar):
            if widget.objectName().startswith("qt_") or not widget.isVisible():
                continue
            assert widget.accessibleName(), type(widget).__name__


@pytest.mark.parametrize("tab", TABS)
def test_no_label_interprets_its_text(open_panel, session, tab):
    panel = open_panel(one_lesion_case(), tab)
    lesion = session.case.lesions[0]
    session.dispatch(ReplaceLesion(lesion=replace(lesion, note=HOSTILE_TEXTS[1])))
    settle()
    labels = panel.findChildren(QLabel)
    assert labels
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_the_forms_connect_no_lambda_and_make_no_rich_label(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name == "connect":
            assert not any(isinstance(argument, ast.Lambda) for argument in node.args)
        if isinstance(node.func, ast.Name):
            assert node.func.id != "QLabel", "use PlainLabel"
        assert name not in ("setHtml", "toHtml", "appendHtml")


def test_a_tab_is_chosen_by_click_and_follows_the_view(open_panel, session):
    panel = open_panel(one_lesion_case(), "sins")
    click(panel.tabs.buttons["noms"])
    assert session.view.active_tab == "noms"
    assert panel.page is panel.page_of("noms")
    session.change_view(active_tab="lesions")
    settle()
    assert panel.tabs.buttons["lesions"].isChecked()
    assert not panel.tabs.buttons["noms"].isChecked()


def test_tabs_say_how_far_their_form_is_filled(open_panel, session):
    panel = open_panel(studied_case(), "sins")
    assert {b.state for b in panel.tabs.buttons.values()} == {FormState.EMPTY}
    session.new(one_lesion_case())
    settle()
    assert panel.tabs.buttons["sins"].state is FormState.COMPLETE
    assert panel.tabs.buttons["sins"].accessibleName() == "SINS, complete"
    answers = replace(session.case.assessment(T12).sins, pain=SinsAnswers().pain)
    session.dispatch(SetSins(level=T12, answers=answers))
    settle()
    assert panel.tabs.buttons["sins"].state is FormState.PARTLY


def test_level_chips_go_to_their_level_and_name_the_index(open_panel, session):
    case = many_lesions_case(3)
    panel = open_panel(case, "sins")
    levels = list(case.levels_with_findings)
    assert [chip.view.level for chip in panel.strip.chips] == levels
    assert sum(chip.view.is_index for chip in panel.strip.chips) == 1
    click(panel.strip.chips[-1])
    assert session.view.active_level is levels[-1]
    assert panel.strip.chips[-1].isChecked()


def test_j_and_u_step_through_the_levels_in_the_same_form(open_panel, session):
    case = many_lesions_case(3)
    levels = list(case.levels_with_findings)
    panel = open_panel(case, "escc", active_level=levels[0])
    panel.setFocus()
    press("J")
    assert session.view.active_level is levels[1]
    press("J", "J")
    assert session.view.active_level is levels[2]
    press("U")
    assert session.view.active_level is levels[1]
    assert session.view.active_tab == "escc"


def test_escape_with_nothing_open_goes_back_to_the_images(open_panel):
    panel = open_panel(one_lesion_case(), "noms")
    seen = []
    panel.images_wanted.connect(lambda: seen.append(1))
    panel.setFocus()
    press("Esc")
    assert seen == [1]


def test_form_keys_win_over_window_shortcuts_only_while_the_form_has_the_focus(
    open_panel, session, show
):
    panel = open_panel(one_lesion_case(), "sins", active_level=T12)
    fired = []
    shortcut = QShortcut(QKeySequence("3"), panel)
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    shortcut.activated.connect(lambda: fired.append(1))
    panel.page.open(SinsComponent.PAIN)
    settle()
    press("1")
    press("3")
    assert fired == []
    assert session.case.assessment(T12).sins.pain is SinsPain.MECHANICAL


def test_a_sequence_that_is_not_finished_does_nothing(open_panel, session):
    panel = open_panel(one_lesion_case(), "sins", active_level=T12)
    before = session.case
    panel.setFocus()
    press("S", "J")
    assert session.case is before
    assert panel.page.open_component is None


def test_keys_with_control_are_left_alone(open_panel, session):
    panel = open_panel(one_lesion_case(), "sins", active_level=T12)
    panel.page.open(SinsComponent.PAIN)
    settle()
    before = session.case
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert session.case is before


def test_a_hidden_form_refreshes_only_when_it_shows(open_panel, session, monkeypatch):
    panel = open_panel(one_lesion_case(), "sins", active_level=T12)
    escc = panel.page_of("escc")
    calls = []
    monkeypatch.setattr(escc, "refresh", lambda: calls.append(1))
    session.dispatch(SetSins(level=T12, answers=SinsAnswers()))
    settle()
    assert calls == []
    session.change_view(active_tab="escc")
    settle()
    assert calls


def test_a_field_that_a_change_does_not_touch_is_not_refreshed(open_panel, session, monkeypatch):
    panel = open_panel(one_lesion_case(), "sins", active_level=T12)
    calls = []
    monkeypatch.setattr(panel.page, "refresh", lambda: calls.append(1))
    from workstation.domain.commands import SetText

    text = replace(session.case.text, indication="Pain")
    session.dispatch(SetText(text=text))
    settle()
    assert calls == []


def test_the_ring_shows_for_the_keyboard_and_not_for_the_mouse(open_panel):
    panel = open_panel(one_lesion_case(), "escc", active_level=T12)
    click(panel.page.modality.buttons[0])
    panel.page.modality.buttons[0].setFocus(Qt.FocusReason.MouseFocusReason)
    settle()
    assert panel._rings.ring is None
    panel.page.grades.tiles[0].setFocus(Qt.FocusReason.TabFocusReason)
    settle()
    ring = panel._rings.ring
    assert ring is not None
    tile = panel.page.grades.tiles[0]
    around = tile.geometry().adjusted(-4, -4, 4, 4)
    assert ring.size() == around.size()


def test_a_text_field_always_has_the_ring(open_panel):
    panel = open_panel(one_lesion_case(), "noms", active_level=T12)
    panel.page.neurologic.stated_by.setFocus(Qt.FocusReason.MouseFocusReason)
    settle()
    assert panel._rings.ring is not None


def test_rings_end_with_their_widgets(open_panel, qapp):
    panel = open_panel(one_lesion_case(), "escc", active_level=T12)
    panel.page.grades.tiles[0].setFocus(Qt.FocusReason.TabFocusReason)
    settle()
    panel.close()
    panel.deleteLater()
    settle()
    other = QLineEdit()
    other.show()
    other.setFocus()
    settle()
    other.close()


@pytest.mark.parametrize("theme", list(ThemeName))
def test_both_themes_paint_every_tab(open_panel, session, qapp, theme):
    panel = open_panel(one_lesion_case(), "sins", active_level=T12)
    apply_theme(qapp, theme)
    try:
        for tab in TABS:
            session.change_view(active_tab=tab)
            settle()
            image = panel.grab().toImage()
            middle = image.pixelColor(3, image.height() // 2)
            assert (middle.lightness() < 128) is (theme is ThemeName.DARK), tab
    finally:
        apply_theme(qapp, ThemeName.DARK)


def test_which_level_shows_without_a_choice(session):
    case = session.new(one_lesion_case())
    assert shown_level(case, session.view) is T12
    assert shown_level(studied_case(), session.view) is None


def test_evidence_belongs_to_the_field_it_proves():
    case = one_lesion_case()
    for image in case.key_images:
        for field in image.proves:
            assert image in evidence_for(case, field)
    assert evidence_for(case, "sins.C2.pain") == ()
