"""Settings in the real window: kept, in effect at once, keys without collisions."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox

from tests.ui.window_support import drag, make_state, make_volume, wheel
from workstation import bootstrap
from workstation.storage.settings import (
    DragDirection,
    Settings,
    SettingsFile,
    Theme,
    WheelDirection,
)
from workstation.ui.pane import Pane
from workstation.ui.pane_state import slice_position
from workstation.ui.settings_dialog import SettingsDialog
from workstation.ui.theme import ThemeName, apply_theme, current_theme


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def made(qtbot, qapp, home):
    workstation = bootstrap.build_workstation(home)
    qtbot.addWidget(workstation.window)
    workstation.window.show()
    qtbot.waitExposed(workstation.window)
    yield workstation
    workstation.close()
    apply_theme(qapp, ThemeName.DARK)


def dialog_of(made) -> SettingsDialog:
    made.registry.trigger("app.settings")
    return made.window.findChildren(SettingsDialog)[-1]


def key_row(dialog, action_id):
    for row in range(dialog.keys.rowCount()):
        if dialog.keys.item(row, 0).data(Qt.ItemDataRole.UserRole) == action_id:
            return dialog.keys.item(row, 1)
    raise AssertionError(action_id)


def test_every_setting_has_a_field_with_a_name(made):
    dialog = dialog_of(made)
    assert set(dialog.fields) == {
        name for name in Settings.__dataclass_fields__ if name != "shortcuts"
    }
    kinds = (QCheckBox, QComboBox, QLineEdit, QSpinBox)
    for field in dialog.fields.values():
        assert isinstance(field, kinds)
        assert field.accessibleName()


def test_the_theme_changes_at_once_and_is_kept(made, home):
    dialog = dialog_of(made)
    theme = dialog.fields["theme"]
    theme.setCurrentIndex(list(Theme).index(Theme.LIGHT))
    dialog.save()
    assert current_theme().name is ThemeName.LIGHT
    assert SettingsFile(home).load().settings.theme is Theme.LIGHT


def test_the_reader_is_named_at_once(made, home):
    dialog = dialog_of(made)
    dialog.fields["reader_name"].setText("Dr. Ada Example")
    dialog.save()
    assert made.session.author == "Dr. Ada Example"
    assert SettingsFile(home).load().settings.reader_name == "Dr. Ada Example"


def test_other_keys_act_at_once_and_are_kept(made, home):
    dialog = dialog_of(made)
    key_row(dialog, "tool.zoom").setText("Y")
    dialog.save()
    assert made.registry.shortcuts("tool.zoom") == ("Y",)
    assert SettingsFile(home).load().settings.shortcuts == (("tool.zoom", "Y"),)


def test_colliding_keys_are_refused_by_name_and_nothing_changes(made, home):
    dialog = dialog_of(made)
    key_row(dialog, "tool.zoom").setText("P")
    dialog.fields["reader_name"].setText("Somebody")
    dialog.save()
    assert dialog.isVisible()
    assert "Zoom" in dialog.problem.text()
    assert "Pan" in dialog.problem.text()
    assert made.registry.shortcuts("tool.zoom") == ("Z",)
    assert SettingsFile(home).load().settings.reader_name == ""


def test_cancel_changes_nothing(made, home):
    dialog = dialog_of(made)
    dialog.fields["reader_name"].setText("Somebody")
    dialog.reject()
    assert SettingsFile(home).load().settings.reader_name == ""


@pytest.fixture
def pane(made):
    fresh = Pane(1)
    made.host.adopt(fresh)
    fresh.show_state(make_state(make_volume()))
    made.desk.grid.set_panes([fresh], 1)
    return fresh


@pytest.mark.parametrize(
    ("way", "moved"), [(WheelDirection.TOWARD_NEXT, 1), (WheelDirection.TOWARD_PREVIOUS, -1)]
)
def test_the_wheel_turns_as_the_reader_wants(made, pane, way, moved):
    dialog = dialog_of(made)
    dialog.fields["wheel"].setCurrentIndex(list(WheelDirection).index(way))
    dialog.fields["fast_scroll_slices"].setValue(7)
    dialog.save()
    before = slice_position(pane.state).index
    wheel(pane, -1)
    assert slice_position(pane.state).index == before + moved
    wheel(pane, -1, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert slice_position(pane.state).index == before + 8 * moved


@pytest.mark.parametrize(
    ("way", "darker"), [(DragDirection.DOWN_DARKER, True), (DragDirection.DOWN_BRIGHTER, False)]
)
def test_the_window_drag_goes_as_the_reader_wants(made, pane, way, darker):
    dialog = dialog_of(made)
    dialog.fields["level_drag"].setCurrentIndex(list(DragDirection).index(way))
    dialog.save()
    middle = (pane.width() // 2, pane.height() // 2)
    before = pane.state.window.center
    drag(pane, middle, (middle[0], middle[1] + 60))
    assert (pane.state.window.center > before) is darker


def test_the_key_of_the_settings_opens_them(made):
    made.window.setFocus()
    QTest.keyClick(made.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert any(item.isVisible() for item in made.window.findChildren(SettingsDialog))


def test_kept_keys_count_when_the_window_opens(home, qapp):
    SettingsFile(home).save(Settings(shortcuts=(("tool.zoom", "Y"),)))
    workstation = bootstrap.build_workstation(home)
    assert workstation.registry.shortcuts("tool.zoom") == ("Y",)
    workstation.window.close()
    workstation.close()
