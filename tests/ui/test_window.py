"""The whole window, built as the program builds it, on written DICOM files."""

from __future__ import annotations

import gc
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit

from tests.support.phantom import PLANES, Phantom, pet_phantom, write_phantom
from tests.ui.window_support import LEFT, RIGHT, click_at, drag, make_spine
from workstation import bootstrap
from workstation.app.actions import Fact
from workstation.domain.commands import SetSpine
from workstation.imaging.volume import VolumeKey
from workstation.rendering.plane import PlaneName
from workstation.ui.command_palette import CommandPalette
from workstation.ui.pane import Pane
from workstation.ui.pane_3d import Pane3d
from workstation.ui.pane_state import slice_position
from workstation.ui.refused_dialog import RefusedDialog
from workstation.ui.shortcut_sheet import ShortcutSheet
from workstation.ui.study_panel import SERIES_MIME
from workstation.ui.tools.tool import ToolId

MR = Phantom(
    axes=PLANES["sagittal"],
    modality="MR",
    intercept=0.0,
    size=(48, 56, 20),
    series_uid="1.2.826.0.1.3680043.10.1.7",
    values=lambda points: 200.0 + points[..., 0],
)


@pytest.fixture
def made(qtbot, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    workstation = bootstrap.build_workstation(home)
    qtbot.addWidget(workstation.window)
    workstation.window.resize(1600, 900)
    workstation.window.show()
    workstation.window.activateWindow()
    qtbot.waitActive(workstation.window)
    yield workstation
    workstation.close()


@pytest.fixture
def ct_folder(tmp_path) -> Path:
    write_phantom(tmp_path / "ct")
    return tmp_path / "ct"


@pytest.fixture
def opened(made, ct_folder, qtbot):
    return open_and_wait(made, ct_folder, qtbot)


def open_and_wait(made, folder, qtbot):
    made.open_paths([folder])
    qtbot.waitUntil(lambda: bool(made.hanger.layout_name), timeout=20000)
    qtbot.waitUntil(lambda: not made.jobs.running, timeout=20000)
    return made


def test_the_first_start_shows_the_drop_zone_and_the_check(made, qtbot):
    parts = made.window.parts
    assert parts.empty.isVisible()
    assert not parts.grid.isVisible()
    qtbot.waitUntil(lambda: len(parts.start.rows) == 5, timeout=60000)
    assert {row.check.name for row in parts.start.rows} >= {"Rendering", "Case store"}
    assert "Not a medical device" in parts.status.disclaimer.text()


def test_opening_a_folder_makes_a_case_and_four_panes(opened):
    case = opened.session.case
    assert case.patient.id == "PHANTOM"
    assert len(case.studies) == 1
    assert opened.hanger.layout_name == "CT spine"
    kinds = [type(pane) for pane in opened.window.parts.grid.panes]
    assert kinds == [Pane, Pane, Pane, Pane3d]
    planes = [pane.state.view.plane_name for pane in opened.desk.slice_panes()]
    assert planes == [PlaneName.SAGITTAL, PlaneName.CORONAL, PlaneName.AXIAL]


def test_the_identity_band_says_who_is_read(opened):
    identity = opened.window.parts.identity
    assert identity.name.text() == "Phantom, Asymmetric"
    assert identity.person.text().startswith("F")
    assert identity.birth.text() == "1960-02-29"
    assert identity.patient_id.text() == "PHANTOM"
    assert identity.levels.text() == "Levels not numbered"
    assert identity.status.text() == "Draft"


def test_no_patient_name_in_the_title_of_the_window(opened):
    assert opened.window.windowTitle() == "Batson"


def test_the_study_list_shows_the_series_with_its_picture(opened, qtbot):
    (row,) = opened.window.parts.studies.rows
    assert "30 images · 3.0 mm" in row.extent
    assert opened.library.thumbnail(row.key) is not None
    assert opened.hanger.shown(row.key) == (True, True, True, True)


def test_the_frame_and_its_overlay_reach_the_screen(opened):
    pane = opened.desk.slice_panes()[0]
    image = pane.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(0, 300, 7) for y in range(0, 300, 7)}
    assert len(colors) > 10


def test_the_status_names_value_unit_and_place(opened):
    pane = opened.desk.slice_panes()[2]
    QTest.mouseMove(pane, pane.rect().center())
    point = pane.to_lps(QPointF(pane.rect().center()))
    opened.host.hovered.emit(pane.state, point)
    status = opened.window.parts.status
    assert status.value.text().endswith("HU")
    assert status.place.text().startswith("LPS")
    assert status.level.text() == "Level unknown"


@pytest.mark.parametrize(
    ("width", "dock", "rail", "panel"),
    [(1920, 276, False, 464), (1600, 240, False, 464), (1280, 0, True, 400)],
)
def test_the_window_collapses_by_rule(opened, qtbot, width, dock, rail, panel):
    window = opened.window
    window.resize(width, 860)
    QApplication.processEvents()
    body = window.body
    assert body.dock.isVisible() is bool(dock)
    if dock:
        assert body.dock.width() == dock
    assert window.parts.rail.isVisible() is rail
    assert window.parts.forms.width() == panel
    assert window.parts.identity.levels.isVisible()
    assert window.parts.identity.patient_id.isVisible()
    assert window.parts.status.saved.isVisible()


@pytest.mark.parametrize("width", [1024, 1280, 1440, 1720, 1920])
def test_no_band_is_wider_than_the_window(opened, width):
    window = opened.window
    window.resize(width, 800)
    QApplication.processEvents()
    assert window.width() == width
    for band in (window.parts.identity, window.parts.toolbar, window.parts.status):
        for child in band.children():
            if hasattr(child, "isVisible") and child.isVisible():
                assert child.geometry().right() <= band.width()


def test_f4_opens_the_series_over_a_narrow_window(opened, qtbot):
    opened.window.resize(1280, 800)
    QApplication.processEvents()
    grid = opened.window.parts.grid.geometry()
    opened.registry.trigger("window.left_dock")
    assert opened.window.body.dock.isVisible()
    assert opened.window.parts.grid.geometry() == grid
    opened.registry.trigger("window.left_dock")
    assert not opened.window.body.dock.isVisible()


def activate(made) -> None:
    """Give the window the keyboard; an earlier test's window may still have it."""
    made.window.activateWindow()
    QApplication.processEvents()
    assert QApplication.activeWindow() is made.window


def key(made, code, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget() or made.window, code, modifier)
    QApplication.processEvents()


def test_keys_act_on_the_active_pane(opened):
    pane = opened.desk.slice_panes()[2]
    opened.host.activate(pane)
    before = slice_position(pane.state).index
    key(opened, Qt.Key.Key_Down)
    assert slice_position(pane.state).index == before + 1
    key(opened, Qt.Key.Key_Up)
    assert slice_position(pane.state).index == before
    key(opened, Qt.Key.Key_End)
    assert slice_position(pane.state).index == slice_position(pane.state).count - 1
    key(opened, Qt.Key.Key_Home)
    assert slice_position(pane.state).index == 0


@pytest.mark.parametrize(
    ("code", "tool"),
    [
        (Qt.Key.Key_Z, ToolId.ZOOM),
        (Qt.Key.Key_P, ToolId.PAN),
        (Qt.Key.Key_L, ToolId.LESION),
        (Qt.Key.Key_D, ToolId.DISTANCE),
    ],
)
def test_letters_arm_tools_and_escape_puts_them_away(opened, code, tool):
    opened.host.activate(opened.desk.slice_panes()[0])
    key(opened, code)
    assert opened.desk.armed is tool
    key(opened, Qt.Key.Key_Escape)
    assert opened.desk.armed is ToolId.WINDOW


def test_shift_l_names_levels(opened):
    opened.host.activate(opened.desk.slice_panes()[0])
    key(opened, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    assert opened.desk.armed is ToolId.LEVEL
    assert opened.window.parts.toolbar.button("tool.level").on


@pytest.mark.parametrize("field", [QLineEdit, QPlainTextEdit])
def test_no_letter_acts_while_text_is_typed(opened, qtbot, field):
    typed = field(opened.window)
    typed.show()
    activate(opened)
    typed.setFocus()
    QApplication.processEvents()
    assert QApplication.focusWidget() is typed
    QTest.keyClicks(typed, "zlk")
    assert opened.desk.armed is ToolId.WINDOW
    assert opened.session.case.key_images == ()
    text = typed.text() if field is QLineEdit else typed.toPlainText()
    assert text == "zlk"


def test_digits_set_windows_for_every_pane_of_the_series(opened):
    panes = opened.desk.slice_panes()
    opened.host.activate(panes[0])
    key(opened, Qt.Key.Key_1)
    windows = {(pane.state.window.width, pane.state.window.center) for pane in panes}
    assert windows == {(350.0, 50.0)}
    assert opened.window.parts.toolbar.window_choice.choice == "Soft tissue"


def test_holding_h_hides_and_releasing_shows(opened):
    pane = opened.desk.slice_panes()[0]
    opened.host.activate(pane)
    QTest.keyPress(pane, Qt.Key.Key_H)
    assert opened.desk.settings.hidden
    QTest.keyRelease(pane, Qt.Key.Key_H)
    assert not opened.desk.settings.hidden


@pytest.mark.parametrize(("code", "name"), [(Qt.Key.Key_S, "linked"), (Qt.Key.Key_X, "lines")])
def test_toggles_show_in_the_toolbar(opened, code, name):
    opened.host.activate(opened.desk.slice_panes()[0])
    button = {"linked": "view.link", "lines": "view.crosshair"}[name]
    assert opened.window.parts.toolbar.button(button).on
    key(opened, code)
    assert getattr(opened.desk.settings, name) is False
    assert not opened.window.parts.toolbar.button(button).on


def test_invert_and_reset(opened):
    pane = opened.desk.slice_panes()[0]
    opened.host.activate(pane)
    first = pane.state
    key(opened, Qt.Key.Key_I)
    assert pane.is_light
    key(opened, Qt.Key.Key_I)
    pane.show_state(pane.state.with_view(pane.state.view.zoomed(3.0)))
    key(opened, Qt.Key.Key_R)
    assert pane.state.view == first.view


def test_arrows_walk_the_panes(opened):
    panes = opened.window.parts.grid.panes
    opened.host.activate(panes[0])
    key(opened, Qt.Key.Key_Right)
    assert opened.window.parts.grid.active is panes[1]
    key(opened, Qt.Key.Key_Left)
    key(opened, Qt.Key.Key_Left)
    assert opened.window.parts.grid.active is panes[3]


def test_j_and_u_walk_the_levels(opened):
    frame = opened.desk.slice_panes()[0].state.frame_of_reference_uid
    levels = ("T8", "T9", "T10", "T11", "T12", "L1")
    opened.session.dispatch(SetSpine(spine=make_spine(*levels, frame=frame)))
    opened.host.activate(opened.desk.slice_panes()[0])
    key(opened, Qt.Key.Key_J)
    first = opened.session.view.active_level
    key(opened, Qt.Key.Key_J)
    assert opened.session.view.active_level.order == first.order + 1
    key(opened, Qt.Key.Key_U)
    assert opened.session.view.active_level is first


def test_ctrl_l_confirms_the_numbering(opened):
    frame = opened.desk.slice_panes()[0].state.frame_of_reference_uid
    opened.session.dispatch(SetSpine(spine=make_spine("T9", "T10", frame=frame)))
    assert opened.window.parts.identity.levels.text() == "Levels not confirmed"
    click_at(opened.window.parts.identity.levels, (10, 10))
    assert opened.session.case.spines[0].confirmed
    assert opened.window.parts.identity.levels.text() == "Levels confirmed"


def test_undo_and_redo_by_button(opened):
    opened.desk.arm(ToolId.LESION)
    pane = opened.desk.slice_panes()[2]
    click_at(pane, (200, 150))
    assert len(opened.session.case.lesions) == 1
    toolbar = opened.window.parts.toolbar
    toolbar.button("edit.undo").click()
    assert opened.session.case.lesions == ()
    toolbar.button("edit.redo").click()
    assert len(opened.session.case.lesions) == 1


def test_delete_removes_the_selected_lesion(opened):
    opened.desk.arm(ToolId.LESION)
    pane = opened.desk.slice_panes()[2]
    click_at(pane, (200, 150))
    lesion = opened.session.case.lesions[0]
    opened.session.change_view(selected_lesion_id=lesion.id)
    opened.host.activate(pane)
    key(opened, Qt.Key.Key_Delete)
    assert opened.session.case.lesions == ()


def test_k_keeps_and_takes_a_key_image(opened):
    pane = opened.desk.slice_panes()[2]
    opened.host.activate(pane)
    key(opened, Qt.Key.Key_K)
    (image,) = opened.session.case.key_images
    assert image.center_lps == pane.state.view.center_lps
    assert image.plane == "Axial"
    key(opened, Qt.Key.Key_K)
    assert opened.session.case.key_images == ()


def test_evidence_goes_to_the_field_and_back(opened):
    pane = opened.desk.slice_panes()[2]
    opened.host.activate(pane)
    opened.evidence.attach("sins.T9.collapse")
    (image,) = opened.session.case.key_images
    assert image.proves == ("sins.T9.collapse",)
    pane.show_state(pane.state.with_view(pane.state.view.scrolled(12.0)))
    opened.evidence.go_to(image.id)
    assert abs(pane.state.view.distance_mm(image.center_lps)) < 1e-6
    assert pane.state.view.field_mm == image.field_mm


def test_a_second_series_hangs_beside_the_first(made, tmp_path, qtbot):
    write_phantom(tmp_path / "both" / "mr", MR)
    t1 = {"RepetitionTime": "600", "EchoTime": "10", "ScanningSequence": "SE"}
    second = replace(MR, series_uid="1.2.826.0.1.3680043.10.1.8", tags=t1)
    write_phantom(tmp_path / "both" / "mr2", second)
    open_and_wait(made, tmp_path / "both", qtbot)
    assert made.hanger.layout_name == "Spine MR"
    shown = {pane.state.volume.key.series_uid for pane in made.desk.slice_panes()}
    assert shown == {MR.series_uid, second.series_uid}


def test_one_mr_series_gets_a_close_up(made, tmp_path, qtbot):
    write_phantom(tmp_path / "mr", MR)
    open_and_wait(made, tmp_path / "mr", qtbot)
    notes = [pane.state.note for pane in made.desk.slice_panes()]
    assert notes == ["", "", "close-up", ""]


def test_pet_and_ct_are_fused(made, tmp_path, qtbot):
    write_phantom(tmp_path / "both" / "ct")
    write_phantom(tmp_path / "both" / "pt", pet_phantom())
    open_and_wait(made, tmp_path / "both", qtbot)
    assert made.hanger.layout_name == "PET/CT"
    layers = [len(pane.state.layers) for pane in made.desk.slice_panes()]
    assert layers == [1, 1, 2]
    assert made.desk.settings.full_cross
    made.host.activate(made.desk.slice_panes()[0])
    assert Fact.FUSION not in made.registry.facts
    made.host.activate(made.desk.slice_panes()[2])
    assert Fact.FUSION in made.registry.facts
    made.registry.trigger("view.fusion")
    assert made.desk.slice_panes()[2].state.layers[-1].opacity == 0.0


def test_a_study_of_another_patient_is_asked_about_never_mixed(opened, tmp_path, qtbot):
    other = Phantom(
        series_uid="1.2.826.0.1.3680043.10.2.1",
        study_uid="1.2.826.0.1.3680043.10.2",
        tags={"PatientID": "OTHER", "PatientName": "Else^Somebody"},
    )
    write_phantom(tmp_path / "other", other)
    first = opened.session.case
    opened.open_paths([tmp_path / "other"])
    qtbot.waitUntil(lambda: opened.messages.current is not None, timeout=20000)
    message = opened.messages.current
    assert "another patient: ID OTHER, not PHANTOM" in message.text
    assert opened.session.case.studies == first.studies
    assert len(opened.window.parts.studies.rows) == 1
    opened.messages.trigger(message.id)
    assert opened.session.case.patient.id == "OTHER"
    assert opened.session.case.id != first.id
    assert len(opened.session.case.studies) == 1


def test_the_kept_case_of_a_study_is_opened_again(opened, ct_folder, qtbot):
    opened.desk.arm(ToolId.LESION)
    click_at(opened.desk.slice_panes()[2], (200, 150))
    first = opened.session.case
    opened.registry.trigger("case.close")
    assert opened.session.case is None
    assert opened.window.parts.empty.isVisible()
    opened.open_paths([ct_folder])
    qtbot.waitUntil(lambda: bool(opened.hanger.layout_name), timeout=20000)
    assert opened.session.case == first


def test_refused_files_are_counted_with_a_why(made, ct_folder, qtbot):
    (ct_folder / "notes.txt").write_text("not an image")
    open_and_wait(made, ct_folder, qtbot)
    line = made.window.parts.studies.refused
    assert "1 file refused" in line.text.text()
    assert line.why.isVisible()


def test_a_folder_without_images_says_so(made, tmp_path, qtbot):
    (tmp_path / "nothing").mkdir()
    (tmp_path / "nothing" / "a.txt").write_text("hello")
    made.open_paths([tmp_path / "nothing"])
    qtbot.waitUntil(lambda: made.messages.current is not None, timeout=20000)
    assert "not opened" in made.messages.current.text
    assert made.session.case is None


def drop(window, data: QMimeData, at: QPoint) -> None:
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    modifiers = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, actions, data, buttons, modifiers)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(at), actions, data, buttons, modifiers))


def test_files_are_dropped_on_the_window(made, ct_folder, qtbot):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(ct_folder))])
    drop(made.window, data, QPoint(400, 400))
    qtbot.waitUntil(lambda: bool(made.hanger.layout_name), timeout=20000)
    assert made.session.case is not None


def test_a_series_is_dropped_on_a_pane(made, tmp_path, qtbot):
    write_phantom(tmp_path / "both" / "ct")
    write_phantom(tmp_path / "both" / "pt", pet_phantom())
    open_and_wait(made, tmp_path / "both", qtbot)
    pane = made.desk.slice_panes()[0]
    pet = next(key for key in made.library.keys if key.series_uid == pet_phantom().series_uid)
    data = QMimeData()
    data.setData(SERIES_MIME, f"{pet.index} {pet.series_uid}".encode())
    drop(made.window, data, pane.mapTo(made.window, pane.rect().center()))
    assert pane.state.volume.key == pet
    assert pane.state.view.plane_name is PlaneName.AXIAL


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 2), (3, 3), (4, 4)])
def test_any_grid_up_to_four_by_four(opened, rows, columns):
    opened.hanger.set_grid(rows, columns)
    grid = opened.window.parts.grid
    assert len(grid.panes) == rows * columns
    assert (grid.rows, grid.columns) == (rows, columns)
    rects = [pane.geometry() for pane in grid.panes]
    for number, rect in enumerate(rects):
        assert not any(rect.intersects(other) for other in rects[number + 1 :])
        assert grid.rect().contains(rect)


def test_borders_move_and_a_double_click_makes_them_equal(opened):
    grid = opened.window.parts.grid
    first = grid.panes[0].width()
    grid.move_border(0, 0.7, vertical=True)
    assert grid.panes[0].width() > first
    grid.restore_parts()
    assert grid.panes[0].width() == first
    grid.move_border(0, 0.0, vertical=False)
    assert grid.panes[0].height() >= 0.1 * grid.height()


def test_the_shortcut_sheet_lists_keys_and_closes(opened):
    opened.registry.trigger("help.keys")
    (sheet,) = opened.window.findChildren(ShortcutSheet)
    words = {row.words for row in sheet.rows}
    assert {"Next level, towards the feet", "Mark lesion at the pointer"} <= words
    sheet.finder.setText("zoom")
    assert 0 < sum(row.isVisibleTo(sheet) for row in sheet.rows) < 8
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_the_palette_finds_and_runs(opened):
    opened.registry.trigger("help.palette")
    (palette,) = opened.window.findChildren(CommandPalette)
    QTest.keyClicks(palette.field, "distance")
    assert palette.rows[0].entry.title == "Distance"
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert opened.desk.armed is ToolId.DISTANCE


def test_the_palette_goes_to_a_level(opened):
    frame = opened.desk.slice_panes()[0].state.frame_of_reference_uid
    opened.session.dispatch(SetSpine(spine=make_spine("T9", "T10", "T11", frame=frame)))
    opened.registry.trigger("help.palette")
    (palette,) = opened.window.findChildren(CommandPalette)
    QTest.keyClicks(palette.field, "T10")
    palette.run_chosen()
    assert str(opened.session.view.active_level) == "T10"


def test_f2_goes_between_images_and_form(opened):
    activate(opened)
    opened.host.activate(opened.desk.slice_panes()[0])
    opened.registry.trigger("window.images_or_form")
    forms = opened.window.parts.forms
    focus = QApplication.focusWidget()
    assert focus is forms or forms.isAncestorOf(focus)
    opened.registry.trigger("window.images_or_form")
    assert isinstance(QApplication.focusWidget(), Pane)


def test_closing_ends_threads_and_render_windows(qtbot, tmp_path, ct_folder):
    before = {thread.name for thread in threading.enumerate()}
    home = tmp_path / "second"
    home.mkdir()
    made = bootstrap.build_workstation(home)
    made.window.show()
    open_and_wait(made, ct_folder, qtbot)
    panes = made.window.parts.grid.panes
    qtbot.waitUntil(lambda: panes[3].view is not None, timeout=20000)
    made.window.grab()
    views = [pane._view for pane in made.desk.slice_panes()]
    pipeline = panes[3]._pipeline
    made.window.close()
    made.close()
    assert all(view._closed for view in views)
    assert pipeline._frames._window is None
    left = {thread.name for thread in threading.enumerate()} - before
    assert not any(name.startswith("batson") for name in left)
    made.window.deleteLater()
    QApplication.processEvents()
    gc.collect()


def test_a_clicked_series_is_shown_in_the_active_pane(made, tmp_path, qtbot):
    write_phantom(tmp_path / "both" / "ct")
    write_phantom(tmp_path / "both" / "pt", pet_phantom())
    open_and_wait(made, tmp_path / "both", qtbot)
    made.host.activate(made.desk.slice_panes()[1])
    row = next(r for r in made.window.parts.studies.rows if "30 images" in r.extent)
    QTest.mouseClick(row, LEFT)
    assert made.desk.slice_panes()[1].state.volume.key == row.key


def test_page_keys_step_through_the_series(made, tmp_path, qtbot):
    write_phantom(tmp_path / "both" / "ct")
    write_phantom(tmp_path / "both" / "pt", pet_phantom())
    open_and_wait(made, tmp_path / "both", qtbot)
    pane = made.desk.slice_panes()[0]
    made.host.activate(pane)
    seen = {pane.state.volume.key.series_uid}
    for code in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp):
        key(made, code)
        seen.add(pane.state.volume.key.series_uid)
    assert len(seen) == 2


def test_an_unknown_series_is_not_shown(opened):
    before = opened.desk.slice_panes()[0].state
    opened.hanger.show_in(opened.desk.slice_panes()[0], VolumeKey(series_uid="9.9.9"))
    assert opened.desk.slice_panes()[0].state is before


def test_refused_files_are_listed_with_their_reasons(made, ct_folder, qtbot):
    (ct_folder / "notes.txt").write_text("not an image")
    open_and_wait(made, ct_folder, qtbot)
    made.window.parts.studies.refused.why.click()
    (dialog,) = made.window.findChildren(RefusedDialog)
    assert dialog.table.item(0, 0).text() == "notes.txt"
    assert dialog.table.item(0, 1).text()
    dialog.close()


def test_space_pans_while_it_is_held(opened):
    pane = opened.desk.slice_panes()[2]
    opened.host.activate(pane)
    QTest.keyPress(pane, Qt.Key.Key_Space)
    point = pane.to_lps(QPointF(200, 150))
    drag(pane, (200, 150), (230, 170))
    assert pane.to_lps(QPointF(230, 170)) == pytest.approx(point)
    QTest.keyRelease(pane, Qt.Key.Key_Space)
    assert not opened.host.pointer.space_held


def test_a_right_click_offers_windows_and_actions(opened, monkeypatch):
    # The offscreen platform cannot grab the keyboard for a real popup.
    monkeypatch.setattr(QMenu, "popup", lambda menu, place: None)
    pane = opened.desk.slice_panes()[2]
    click_at(pane, (200, 150), RIGHT)
    (menu,) = pane.findChildren(QMenu)
    texts = [action.text() for action in menu.actions()]
    assert "Window: Soft tissue" in texts
    assert "Reset pane\tR" in texts
    next(a for a in menu.actions() if a.text() == "Window: Soft tissue").trigger()
    assert pane.state.window.width == 350.0


def test_the_demo_is_numbered_marked_and_called_an_illustration(made, qtbot):
    made.window.parts.empty.drop.demo.click()
    qtbot.waitUntil(lambda: bool(made.hanger.layout_name), timeout=30000)
    case = made.session.case
    assert case.illustration
    assert case.spines[0].confirmed
    assert len(case.lesions) == 1
    assert made.window.parts.identity.illustration.isVisible()
    qtbot.waitUntil(lambda: made.session.view.selected_lesion_id != "", timeout=5000)
    center = case.lesions[0].center_lps
    for pane in made.desk.slice_panes():
        assert abs(pane.state.view.distance_mm(center)) < 0.6


def test_a_kept_case_is_listed_and_opened_without_its_images(opened, qtbot):
    case = opened.session.case
    opened.registry.trigger("case.close")
    opened.window.parts.empty.show_cases(opened.store.list_cases())
    opened.window.parts.empty.case_wanted.emit(case.id)
    assert opened.session.case == case
    assert "Open the folder" in opened.messages.current.text
