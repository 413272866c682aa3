"""The bands of the window: identity, toolbar, messages, status, jobs, first start, sheets."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.support.cases import OTHER_PATIENT, PATIENT, ct_study, thoracolumbar_spine
from tests.ui.window_support import make_state, make_volume
from workstation.app.actions import ActionRegistry, Context, Fact
from workstation.app.jobs import JobRunner
from workstation.app.messages import MessageAction
from workstation.app.session import SaveKind, SaveState
from workstation.app.workstation_check import Check, CheckState
from workstation.domain.case import Case, CaseStatus, StudyReference
from workstation.imaging.volume import Unit
from workstation.imaging.window import CT_PRESETS
from workstation.storage.stored_case import CaseSummary
from workstation.ui.about_dialog import NOT_A_DEVICE, AboutDialog, demo_origin
from workstation.ui.bar_controls import BarChip, ButtonKind, DropButton, Hairline, ToolbarButton
from workstation.ui.crash_dialog import CrashDialog, CrashReporter, crash_details
from workstation.ui.empty_view import EmptyView
from workstation.ui.identity_bar import IdentityBar, age_years
from workstation.ui.job_bar import JobBar
from workstation.ui.key_dispatch import KeyDispatcher
from workstation.ui.message_bar import MessageBar
from workstation.ui.sheet import Sheet
from workstation.ui.start_panel import StartPanel
from workstation.ui.status_bar import StatusBar, value_words
from workstation.ui.toolbar import Toolbar


def a_case(**more) -> Case:
    parts = {"patient": PATIENT, "studies": (ct_study(),), **more}
    return Case(id="c", created_at="2026-03-14T10:00:00+01:00", **parts)


@pytest.fixture
def identity(qtbot):
    bar = IdentityBar()
    qtbot.addWidget(bar)
    bar.resize(1920, 44)
    bar.show()
    return bar


@pytest.mark.parametrize(
    ("birth", "at", "years"),
    [
        ("1961-07-02", "2026-07-01", 64),
        ("1961-07-02", "2026-07-02", 65),
        ("1961-07-02", "2026-03-14 14:58", 64),
        ("", "2026-03-14", None),
        ("1961-07-02", "", None),
        ("2030-01-01", "2026-03-14", None),
    ],
)
def test_ages_are_full_years(birth, at, years):
    assert age_years(birth, at) == years


def test_the_identity_names_patient_and_study(identity):
    identity.show_case(a_case(), "R. Reader")
    assert identity.name.text() == "EXAMPLE, Ada M"
    assert identity.person.text() == "F · 64 y"
    assert identity.birth.text() == "1961-07-02"
    assert identity.patient_id.text() == "DEMO-004217"
    assert identity.study.text() == "CT thoracic and lumbar spine"
    assert identity.study_date.text() == "2026-03-14 14:58"
    assert identity.reader.text() == "R. Reader"


def test_without_a_case_nobody_is_named(identity):
    identity.show_case(a_case(), "R")
    identity.show_case(None, "R")
    assert (identity.name.text(), identity.person.text()) == ("Batson", "No patient")
    for part in (identity.patient_id, identity.birth, identity.levels, identity.status):
        assert not part.isVisible()


@pytest.mark.parametrize(
    ("spines", "words", "token"),
    [
        ((), "Levels not numbered", "caution"),
        ((thoracolumbar_spine(confirmed=False),), "Levels not confirmed", "caution"),
        ((thoracolumbar_spine(),), "Levels confirmed", "good"),
    ],
)
def test_the_level_chip_says_how_sure_the_numbering_is(identity, spines, words, token):
    identity.show_case(a_case(spines=spines), "R")
    assert identity.levels.text() == words
    assert identity.levels._token == token


def test_one_unconfirmed_spine_is_enough_for_not_confirmed(identity):
    spines = (thoracolumbar_spine(), thoracolumbar_spine(confirmed=False, frame="9"))
    identity.show_case(a_case(spines=spines), "R")
    assert identity.levels.text() == "Levels not confirmed"


def test_a_signed_case_says_its_version(identity):
    identity.show_case(a_case(status=CaseStatus.SIGNED, version=2), "R")
    assert identity.status.text() == "Signed v2"


def test_an_illustration_is_called_one(identity):
    identity.show_case(a_case(), "R")
    assert not identity.illustration.isVisible()
    identity.show_case(a_case(illustration="Illustration, not a diagnosis."), "R")
    assert identity.illustration.isVisible()
    assert "not a diagnosis" in identity.illustration.toolTip()


def test_the_prior_is_named_and_goes_first_when_narrow(identity):
    prior = StudyReference(study_uid="p", date="2025-12-02", description="MRI")
    identity.show_case(a_case(studies=(prior, ct_study())), "R. Reader")
    assert identity.prior.text() == "2025-12-02"
    assert identity.prior.isVisible()
    identity.resize(1280, 44)
    QApplication.processEvents()
    assert not identity.prior.isVisible()
    assert not identity.reader.isVisible()
    assert identity.study_date.text() == "2026-03-14"
    for part in (identity.name, identity.person, identity.patient_id, identity.levels):
        assert part.isVisible()


def test_a_patient_without_sex_is_not_given_one(identity):
    identity.show_case(a_case(patient=OTHER_PATIENT), "R")
    assert identity.person.text().startswith("M")
    identity.show_case(a_case(patient=replace(OTHER_PATIENT, sex="")), "R")
    assert identity.person.text().startswith("sex unknown")


@pytest.fixture
def registry():
    made = ActionRegistry()
    made.runs = []
    for spec in made.specs:
        if spec.id not in ("tool.bidirectional", "tool.angle", "tool.cobb", "tool.ellipse"):
            made.bind(spec.id, partial(made.runs.append, spec.id))
    return made


@pytest.fixture
def toolbar(qtbot, registry):
    bar = Toolbar(registry)
    qtbot.addWidget(bar)
    bar.resize(1920, 44)
    bar.show()
    return bar


def test_buttons_run_their_actions(toolbar, registry):
    registry.set_facts({Fact.CASE, Fact.DRAFT, Fact.VOLUME, Fact.CAN_UNDO})
    for name in ("file.open", "tool.zoom", "tool.lesion", "view.link", "edit.undo"):
        QTest.mouseClick(toolbar.button(name), Qt.MouseButton.LeftButton)
        assert registry.runs[-1] == name


def test_a_disabled_button_says_what_is_missing(toolbar, registry):
    registry.set_facts({Fact.CASE, Fact.DRAFT, Fact.VOLUME})
    undo = toolbar.button("edit.undo")
    assert not undo.isEnabled()
    assert "Nothing to undo." in undo.toolTip()
    assert "Ctrl+Z" in undo.toolTip()


def test_exactly_one_tool_is_armed(toolbar):
    toolbar.show_armed("tool.lesion")
    toolbar.show_armed("tool.zoom")
    tools = ("tool.window_level", "tool.zoom", "tool.pan", "tool.lesion", "tool.level")
    assert [name for name in tools if toolbar.button(name).on] == ["tool.zoom"]


def test_measuring_tools_fold_into_one_button_when_narrow(toolbar):
    assert toolbar.button("tool.distance").isVisible()
    assert toolbar.measure_menu.isVisible()
    toolbar.resize(1280, 44)
    QApplication.processEvents()
    assert not toolbar.button("tool.distance").isVisible()
    assert toolbar.measure_menu.isVisible()
    toolbar.show_armed("tool.distance")
    assert toolbar.measure_menu.on


def test_what_does_not_exist_yet_has_no_button(toolbar):
    assert not toolbar.button("tool.ellipse").isVisible()


@pytest.mark.parametrize(("width", "search"), [(1920, True), (1600, False), (1280, False)])
def test_the_search_box_becomes_an_icon(toolbar, width, search):
    toolbar.resize(width, 44)
    QApplication.processEvents()
    assert toolbar.search.isVisible() is search
    assert toolbar.search_icon.isVisible() is not search


@pytest.mark.parametrize("width", [1024, 1280, 1440, 1700, 1920])
def test_the_toolbar_fits_and_has_no_two_lines_in_a_row(toolbar, width):
    toolbar.resize(width, 44)
    QApplication.processEvents()
    assert toolbar.minimumSizeHint().width() <= width
    shown = [
        toolbar._row.itemAt(number).widget()
        for number in range(toolbar._row.count())
        if toolbar._row.itemAt(number).widget() is not None
        and toolbar._row.itemAt(number).widget().isVisible()
    ]
    kinds = [isinstance(widget, Hairline) for widget in shown]
    assert not any(one and other for one, other in pairwise(kinds))


def test_windows_are_offered_with_their_digits(toolbar):
    wanted = []
    toolbar.window_wanted.connect(wanted.append)
    toolbar.show_windows(CT_PRESETS, "Bone")
    assert toolbar.window_choice.choice == "Bone"
    actions = toolbar.window_choice.menu.actions()
    assert [action.text() for action in actions][:2] == ["Soft tissue", "Bone"]
    actions[2].trigger()
    assert wanted == [CT_PRESETS[2]]
    toolbar.show_windows((), "")
    assert not toolbar.window_choice.isEnabled()


def test_layouts_are_asked_for(toolbar):
    wanted = []
    toolbar.layout_wanted.connect(lambda rows, columns: wanted.append((rows, columns)))
    for action in toolbar._layout_menu().actions():
        action.trigger()
    assert wanted == [(1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (4, 4)]


def test_every_control_of_the_toolbar_has_a_name_and_a_tooltip(toolbar):
    for control in (*toolbar.findChildren(ToolbarButton), *toolbar.findChildren(DropButton)):
        assert control.accessibleName()
        assert control.toolTip()


@pytest.fixture
def bar(qtbot, messages):
    made = MessageBar(messages)
    qtbot.addWidget(made)
    made.resize(900, 36)
    return made


def test_the_gravest_message_shows_and_the_others_count(bar, messages):
    assert bar.isHidden()
    messages.info("Prior is ready.")
    messages.caution("2 slices are missing.")
    messages.info("Key image kept.")
    assert bar.text.text() == "2 slices are missing."
    assert bar.more.text() == "and 2 more"


def test_a_critical_message_has_no_cross(bar, messages):
    messages.critical("The disk is full.", key="disk")
    assert bar.cross.isHidden()
    bar._dismiss()
    assert bar.message is not None
    messages.resolve("disk")
    assert bar.isHidden()


def test_info_leaves_by_itself(bar, messages, monkeypatch, qtbot):
    monkeypatch.setattr("workstation.ui.message_bar.INFO_SECONDS", 0.02)
    messages.info("Prior is ready.")
    qtbot.waitUntil(lambda: bar.message is None, timeout=2000)


def test_the_button_of_a_message_acts_and_closes_it(bar, messages):
    done = []
    messages.caution(
        "Two patients.", action=MessageAction(label="Open", handler=lambda: done.append(1))
    )
    assert bar.action.text() == "Open"
    bar.action.click()
    assert done == [1]
    assert bar.message is None


def test_words_of_a_message_are_never_markup(bar, messages):
    messages.caution("<b>bold</b>")
    assert bar.text.textFormat() == Qt.TextFormat.PlainText
    assert bar.text.text() == "<b>bold</b>"


@pytest.fixture
def status(qtbot):
    jobs = JobRunner()
    made = StatusBar(jobs)
    qtbot.addWidget(made)
    made.resize(1600, 28)
    made.show()
    yield made
    jobs.close()


def test_the_status_tells_value_unit_and_place(status):
    volume = make_volume()
    state = make_state(volume)
    point = tuple(float(v) for v in volume.geometry.index_to_lps([25.0, 30.0, 20.0]))
    case = Case(id="c", created_at="now")
    status.show_case(case)
    status.show_point(case, state, point)
    x, y, z = point
    assert status.value.text() == f"{round(x + 2 * y + 3 * z)} HU"
    assert status.place.text() == f"LPS  {x:.1f}  {y:.1f}  {z:.1f} mm".replace("-", "−")
    assert status.level.text() == "Level unknown"


def test_outside_the_volume_there_is_no_number(status):
    assert value_words(make_state(make_volume()), (500.0, 0.0, 0.0)) == "outside"


@pytest.mark.parametrize(
    ("unit", "words"), [(Unit.SUVBW, "40.0 SUVbw"), (Unit.ARBITRARY, "40 a.u.")]
)
def test_units_follow_the_value(unit, words):
    state = make_state(make_volume(unit=unit, center=(0.0, 0.0, 0.0), shape=(41, 61, 51)))
    point = (40.0 - 40.0, 20.0, 0.0)
    assert value_words(state, point) == words


def test_the_hint_shows_only_where_there_is_room(status):
    status.show_hint("Distance: drag.")
    assert status.hint.isVisible()
    status.resize(1280, 28)
    QApplication.processEvents()
    assert not status.hint.isVisible()
    assert status.level.isVisible()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (SaveState(kind=SaveKind.SAVED, at="12:04"), "All changes kept 12:04"),
        (SaveState(kind=SaveKind.FAILED, unsaved=3), "3 changes are in memory only"),
        (SaveState(kind=SaveKind.READ_ONLY), "Read only"),
    ],
)
def test_the_saved_state_is_said_in_words(status, state, words):
    status.saved.show_state(state)
    assert status.saved.words.text() == words
    assert status.saved.accessibleName() == words


def test_without_a_case_the_disclaimer_stands(status):
    status.show_case(None)
    assert "Not a medical device" in status.disclaimer.text()
    assert status.disclaimer.isVisible()
    assert not status.saved.isVisible()


def test_short_work_shows_nothing_long_work_a_cross(qtbot):
    jobs = JobRunner()
    made = JobBar(jobs)
    qtbot.addWidget(made)
    gate = threading.Event()

    def work(*, progress, cancel):
        progress(31, 50)
        gate.wait(10)
        cancel.check()

    jobs.start("Reading prior", work)
    assert made.isHidden()
    qtbot.waitUntil(lambda: not made.isHidden(), timeout=3000)
    assert made.title.text() == "Reading prior"
    assert made.percent.text() == "62 %"
    made.cross.click()
    gate.set()
    qtbot.waitUntil(lambda: made.isHidden(), timeout=3000)
    jobs.close()


def test_the_start_panel_lists_checks_and_the_job(qtbot):
    panel = StartPanel()
    qtbot.addWidget(panel)
    checks = (
        Check(name="Rendering", state=CheckState.GOOD, text="CPU, 6 ms a frame"),
        Check(name="PACS", state=CheckState.CAUTION, text="not set up"),
    )
    panel.show_checks(checks)
    names = [row.accessibleName() for row in panel.rows]
    assert names == ["Rendering: CPU, 6 ms a frame", "PACS: not set up"]
    panel.resize(464, 700)
    assert not panel.grab().isNull()


def summary(**more) -> CaseSummary:
    parts = {
        "case_id": "c1",
        "patient_name": "EXAMPLE^Ada",
        "patient_id": "DEMO-1",
        "birth_date": "",
        "studies": (),
        "study_dates": ("2026-03-14",),
        "levels": ("T10",),
        "status": "draft",
        "version": 1,
        "created_at": "",
        "changed_at": "2026-03-14T10:00:00",
        "change_count": 3,
    }
    return CaseSummary(**{**parts, **more})


def test_recent_cases_hide_names_until_asked(qtbot):
    view = EmptyView()
    qtbot.addWidget(view)
    view.show_cases((summary(), summary(case_id="c2", status="signed", version=2)))
    wanted = []
    view.case_wanted.connect(wanted.append)
    first, second = view._rows
    assert "EXAMPLE" not in first.accessibleName()
    assert second.accessibleName() == "Open case DEMO-1, Signed v2"
    view.eye.click()
    assert "EXAMPLE, Ada" in first.accessibleName()
    second.click()
    assert wanted == ["c2"]


def test_the_first_start_offers_three_ways_in(qtbot):
    view = EmptyView()
    qtbot.addWidget(view)
    seen = []
    view.open_wanted.connect(lambda: seen.append("open"))
    view.demo_wanted.connect(lambda: seen.append("demo"))
    view.drop.open.click()
    view.drop.demo.click()
    assert seen == ["open", "demo"]


def test_the_about_box_says_what_batson_is_not(qtbot):
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    texts = [label.text() for label in dialog.findChildren(QWidget) if hasattr(label, "text")]
    assert NOT_A_DEVICE in texts
    origin = demo_origin()
    assert "LIDC-IDRI" in origin
    assert "Spinal Cord Toolbox" in origin


def fail() -> None:
    secret = "patient Ada"
    raise ValueError(secret)


def test_crash_details_hold_places_not_values():
    try:
        fail()
    except ValueError as error:
        details = crash_details(type(error), error.__traceback__)
    assert "ValueError" in details
    assert "fail" in details
    assert "Ada" not in details
    assert "/root" not in details


def test_a_crash_is_shown_once_and_can_be_copied(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    reporter = CrashReporter(window)
    for _ in range(2):
        reporter.report(ValueError, ValueError("x"), None)
    qtbot.waitUntil(lambda: bool(window.findChildren(CrashDialog)), timeout=2000)
    (dialog,) = window.findChildren(CrashDialog)
    dialog.copy_details()
    assert "ValueError" in QApplication.clipboard().text()
    dialog.go_on.click()
    qtbot.waitUntil(lambda: reporter._shown is None, timeout=2000)


def test_a_sheet_covers_its_window_and_closes_beside_the_box(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    window.show()
    sheet = Sheet(window, width=400)
    words = QWidget()
    words.setFixedHeight(200)
    sheet.column.addWidget(words)
    sheet.show()
    assert sheet.geometry() == window.rect()
    window.resize(1000, 800)
    QApplication.processEvents()
    assert sheet.geometry() == window.rect()
    QTest.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=sheet.box.geometry().center())
    assert sheet.isVisible()
    QTest.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not sheet.isVisible()


def test_chips_and_buttons_never_cut_their_words(qtbot):
    chip = BarChip()
    qtbot.addWidget(chip)
    chip.show_state("check", "Levels confirmed", "good", "tip")
    button = ToolbarButton("ruler", "Measure", kind=ButtonKind.TOOL, label="Measure")
    qtbot.addWidget(button)
    for widget in (chip, button):
        assert widget.minimumSizeHint() == widget.sizeHint()
    assert chip.sizeHint().width() > 100


@pytest.fixture
def keys(qtbot, registry):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    registry.set_facts(set(Fact))
    return KeyDispatcher(registry, window)


def press(dispatcher, key, text="", modifier=Qt.KeyboardModifier.NoModifier) -> bool:
    return dispatcher.press(QKeyEvent(QEvent.Type.KeyPress, key, modifier, text))


@pytest.mark.parametrize(
    ("key", "text", "modifier", "action"),
    [
        (Qt.Key.Key_J, "j", Qt.KeyboardModifier.NoModifier, "level.next"),
        (Qt.Key.Key_L, "l", Qt.KeyboardModifier.NoModifier, "tool.lesion"),
        (Qt.Key.Key_L, "L", Qt.KeyboardModifier.ShiftModifier, "tool.level"),
        (Qt.Key.Key_Question, "?", Qt.KeyboardModifier.ShiftModifier, "help.keys"),
        (Qt.Key.Key_3, "3", Qt.KeyboardModifier.KeypadModifier, "window.preset_3"),
        (Qt.Key.Key_PageDown, "", Qt.KeyboardModifier.NoModifier, "series.next"),
        (Qt.Key.Key_Escape, "", Qt.KeyboardModifier.NoModifier, "tool.disarm"),
        (Qt.Key.Key_Comma, ",", Qt.KeyboardModifier.NoModifier, "stage.previous"),
    ],
)
def test_keys_find_their_actions(keys, registry, key, text, modifier, action):
    assert press(keys, key, text, modifier)
    assert registry.runs[-1] == action


def test_keys_without_an_action_go_on(keys, registry):
    assert not press(keys, Qt.Key.Key_Q, "q")
    assert registry.runs == []


def test_form_keys_are_left_to_the_form(keys, registry):
    form_only = {
        key for spec in registry.specs if spec.context is Context.FORM for key in spec.shortcuts
    }
    assert "Y" in form_only
    assert not press(keys, Qt.Key.Key_Y, "y")


def test_changed_keys_count_at_once(keys, registry):
    assert registry.set_shortcuts({"tool.zoom": ("Y",)}) == ()
    assert press(keys, Qt.Key.Key_Y, "y")
    assert registry.runs[-1] == "tool.zoom"
    assert not press(keys, Qt.Key.Key_Z, "z")
