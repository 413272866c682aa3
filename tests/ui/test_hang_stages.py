"""Hanging by protocol in the real window: stages, other protocols, prior, kept layouts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.support.phantom import PLANES, Phantom, write_phantom
from workstation import bootstrap
from workstation.app.actions import Fact
from workstation.imaging.window import CT_PRESETS
from workstation.rendering.plane import PlaneName
from workstation.ui.text_popup import TextPopup

CT = Phantom()
LIMIT_MS = 20000


@pytest.fixture
def made(qtbot, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    workstation = bootstrap.build_workstation(home)
    qtbot.addWidget(workstation.window)
    workstation.window.resize(1400, 900)
    workstation.window.show()
    qtbot.waitExposed(workstation.window)
    yield workstation
    workstation.close()


def open_and_wait(made, folder, qtbot):
    made.open_paths([folder])
    wait(made, qtbot)


def wait(made, qtbot):
    qtbot.waitUntil(lambda: bool(made.hanger.layout_name), timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: not made.jobs.running, timeout=LIMIT_MS)


@pytest.fixture
def opened(made, tmp_path, qtbot):
    write_phantom(tmp_path / "ct", CT)
    open_and_wait(made, tmp_path / "ct", qtbot)
    made.host.activate(made.desk.slice_panes()[0])
    return made


def stage(made):
    return made.hanger.choice.stage.name


def test_a_ct_hangs_in_bone_with_its_surface(opened):
    assert opened.hanger.choice.protocol.id == "ct-spine"
    planes = [pane.state.view.plane_name for pane in opened.desk.slice_panes()]
    assert planes == [PlaneName.SAGITTAL, PlaneName.CORONAL, PlaneName.AXIAL]
    assert len(opened.desk.grid.panes) == 4


def test_comma_and_dot_walk_through_the_layouts(opened, qtbot):
    names = [item.name for item in opened.hanger.choice.stages]
    assert names[:2] == ["Bone", "Canal"]
    window = opened.window
    opened.window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Period)
    wait(opened, qtbot)
    assert stage(opened) == "Canal"
    epidural = next(item.setting for item in CT_PRESETS if item.name == "Epidural")
    windows = [pane.state.window for pane in opened.desk.slice_panes()]
    assert epidural in windows
    QTest.keyClick(window, Qt.Key.Key_Comma)
    wait(opened, qtbot)
    assert stage(opened) == "Bone"
    QTest.keyClick(window, Qt.Key.Key_Comma)
    assert stage(opened) == "Bone"
    assert "no further layout" in opened.messages.current.text


def test_the_linked_point_stays_through_a_change_of_layout(opened, qtbot):
    axial = opened.desk.slice_panes()[2]
    point = axial.state.view.scrolled(12.0).center_lps
    opened.desk.point_to(axial, point)
    opened.hanger.step_stage(1)
    wait(opened, qtbot)
    for pane in opened.desk.slice_panes():
        step = pane.state.volume.geometry.spacing_ijk[2]
        assert abs(pane.state.view.distance_mm(point)) <= step / 2 + 1e-6


def test_the_menu_offers_layouts_and_protocols(opened):
    menu = opened.window.parts.toolbar.hanging.menu
    menu.aboutToShow.emit()
    words = [action.text() for action in menu.actions()]
    assert words[:3] == ["Bone", "Canal", "SINS"]
    assert "CT spine" in words
    assert "Any series" in words
    assert "Keep this layout…" in words
    checked = [action.text() for action in menu.actions() if action.isChecked()]
    assert checked == ["Bone", "CT spine"]


def test_another_protocol_is_hung_from_the_menu(opened, qtbot):
    menu = opened.window.parts.toolbar.hanging.menu
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "Any series").trigger()
    wait(opened, qtbot)
    assert opened.hanger.layout_name == "Any series"


def test_a_layout_is_kept_by_name_and_hung_again(opened, qtbot):
    opened.hanger.set_grid(1, 2)
    opened.registry.trigger("hang.save")
    (popup,) = opened.window.findChildren(TextPopup)
    QTest.keyClicks(popup.field, "My two")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    (saved,) = opened.hanger.shelf.saved
    assert saved.name == "My two"
    opened.hanger.step_stage(1)
    wait(opened, qtbot)
    opened.hanger.hang_by(saved.id)
    wait(opened, qtbot)
    assert (opened.desk.grid.rows, opened.desk.grid.columns) == (1, 2)
    planes = [pane.state.view.plane_name for pane in opened.desk.slice_panes()]
    assert planes == [PlaneName.SAGITTAL, PlaneName.CORONAL]
    opened.hanger.forget("My two")
    assert opened.hanger.shelf.saved == ()


def test_a_layout_without_images_is_not_kept(made):
    assert not made.hanger.save_as("Nothing")
    assert "no image" in made.messages.current.text


def test_a_protocol_that_does_not_fit_says_what_is_missing(opened, qtbot):
    opened.hanger.hang_by("pet-ct")
    wait(opened, qtbot)
    assert opened.hanger.layout_name == "CT spine"
    assert "No series fits PET/CT" in opened.messages.current.text


def test_without_a_prior_compare_is_off(opened):
    assert Fact.PRIOR not in opened.registry.facts
    assert not opened.registry.is_enabled("view.compare")


def test_compare_shows_the_prior_beside_and_goes_back(made, tmp_path, qtbot):
    now = replace(
        CT,
        tags={"StudyDate": "20260314"},
    )
    prior = replace(
        CT,
        study_uid="1.2.826.0.1.3680043.10.77",
        series_uid="1.2.826.0.1.3680043.10.77.1",
        tags={"StudyDate": "20250110"},
    )
    write_phantom(tmp_path / "all" / "now", now)
    write_phantom(tmp_path / "all" / "then", prior)
    open_and_wait(made, tmp_path / "all", qtbot)
    made.host.activate(made.desk.slice_panes()[0])
    assert Fact.PRIOR in made.registry.facts
    first = made.hanger.choice.protocol.id
    if first == "comparison":
        made.registry.trigger("view.compare")
        wait(made, qtbot)
    made.host.activate(made.desk.slice_panes()[0])
    before = made.hanger.choice.protocol.id
    made.registry.trigger("view.compare")
    wait(made, qtbot)
    assert made.hanger.choice.protocol.id == "comparison"
    studies = [pane.state.volume.identity.study_uid for pane in made.desk.slice_panes()]
    assert len(set(studies)) == 2
    assert {pane.state.note for pane in made.desk.slice_panes()} == {"prior", ""}
    made.registry.trigger("view.compare")
    wait(made, qtbot)
    assert made.hanger.choice.protocol.id in (before, "ct-spine")


def test_sagittal_mr_hangs_as_acquired(made, tmp_path, qtbot):
    mr = Phantom(
        axes=PLANES["sagittal"],
        modality="MR",
        intercept=0.0,
        size=(48, 56, 20),
        values=lambda points: 200.0 + points[..., 0],
    )
    write_phantom(tmp_path / "mr", mr)
    open_and_wait(made, tmp_path / "mr", qtbot)
    assert made.hanger.layout_name == "Spine MR"
    first = made.desk.slice_panes()[0].state
    assert first.view.plane_name is PlaneName.SAGITTAL


def test_closing_takes_the_layout_down(opened):
    opened.hanger.clear()
    assert opened.hanger.layout_name == ""
    assert opened.hanger.choice is None
    opened.hanger.step_stage(1)
    assert opened.desk.grid.panes == ()


def test_a_pane_is_mirrored_and_turned_with_its_letters(opened):
    pane = opened.desk.slice_panes()[2]
    opened.host.activate(pane)
    before = pane.state.view.letters()
    opened.registry.trigger("view.flip")
    mirrored = pane.state.view.letters()
    assert (mirrored.left, mirrored.right) == (before.right, before.left)
    assert pane.state.view.mirrored
    opened.registry.trigger("view.flip")
    opened.registry.trigger("view.rotate")
    turned = pane.state.view.letters()
    assert (turned.top, turned.right) == (before.left, before.top)
