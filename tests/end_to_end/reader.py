"""A reader at the real window: mouse and keys in, case and pixels out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from workstation.base.paths import store_folder
from workstation.bootstrap import Workstation, build_workstation
from workstation.domain.case import Case
from workstation.domain.spine import PointLps
from workstation.rendering.plane import PlaneName
from workstation.ui.level_popup import LevelPopup
from workstation.ui.pane import Pane
from workstation.ui.report_desk import ReportDesk

WINDOW_SIZE = (1600, 900)
LOAD_LIMIT_MS = 60_000
LEFT = Qt.MouseButton.LeftButton


class Reader:
    """Opens the window on a store and works in it with events alone."""

    def __init__(self, qtbot: Any, home: Path) -> None:
        self._qtbot = qtbot
        self._home = home
        self.made: Workstation = self._enter()

    @property
    def case(self) -> Case:
        """The open case."""
        case = self.made.session.case
        assert case is not None
        return case

    def _enter(self) -> Workstation:
        made = build_workstation(store_folder(self._home))
        made.window.resize(*WINDOW_SIZE)
        made.window.show()
        self._qtbot.waitExposed(made.window)
        made.window.activateWindow()
        return made

    def leave(self) -> None:
        """Close the window and everything behind it."""
        self.made.window.close()
        self.made.close()
        QApplication.processEvents()

    def come_back(self) -> None:
        """Close the window and open it again on the same store."""
        self.leave()
        self.made = self._enter()

    def open(self, folder: Path) -> None:
        """Open a study and wait until it hangs."""
        self.made.open_paths([folder])
        self._qtbot.waitUntil(self._hung, timeout=LOAD_LIMIT_MS)
        self.settle()

    def open_demo(self) -> None:
        """Press the demo button of the empty window and wait until it hangs."""
        self.click(self.made.window.parts.empty.drop.demo)
        self._qtbot.waitUntil(self._hung, timeout=LOAD_LIMIT_MS)
        self.settle()

    def _hung(self) -> bool:
        return bool(self.made.hanger.layout_name) and not self.made.jobs.running

    def settle(self) -> None:
        """Let what is queued happen."""
        self._qtbot.wait(120)

    def pane(self, plane: PlaneName) -> Pane:
        """Return the pane that shows a plane."""
        for pane in self.made.desk.slice_panes():
            if pane.state is not None and pane.state.view.plane_name is plane:
                return pane
        message = f"no {plane} pane"
        raise AssertionError(message)

    def place(self, pane: Pane, point_lps: PointLps) -> QPoint:
        """Return where a point lies in a pane."""
        return pane.to_widget(point_lps).toPoint()

    def hover(self, pane: Pane, point_lps: PointLps) -> None:
        """Move the pointer over a point, from elsewhere in the pane."""
        QTest.mouseMove(pane, QPoint(5, 5))
        self._qtbot.wait(20)
        QTest.mouseMove(pane, self.place(pane, point_lps))
        self.settle()

    def click_at(self, pane: Pane, point_lps: PointLps) -> None:
        """Click a point in a pane."""
        QTest.mouseClick(pane, LEFT, pos=self.place(pane, point_lps))
        self.settle()

    def drag(self, pane: Pane, begin: QPoint, end: QPoint) -> None:
        """Drag with the left button."""
        QTest.mousePress(pane, LEFT, pos=begin)
        for step in range(1, 5):
            QTest.mouseMove(pane, begin + (end - begin) * step / 4)
            self._qtbot.wait(10)
        QTest.mouseRelease(pane, LEFT, pos=end)
        self.settle()

    def press(self, *keys: str) -> None:
        """Press keys one after the other, as "Shift+L" or "9", where the keyboard is."""
        for key in keys:
            QTest.keySequence(QApplication.focusWidget() or self.made.window, key)
            self._qtbot.wait(20)
        self.settle()

    def name_vertebra(self, level: str) -> None:
        """Answer the popup that asks for a level."""
        popups = [item for item in QApplication.allWidgets() if isinstance(item, LevelPopup)]
        (popup,) = [item for item in popups if item.isVisible()]
        popup.field.selectAll()
        QTest.keyClicks(popup.field, level)
        QTest.keyClick(popup.field, Qt.Key.Key_Return)
        self.settle()

    def to_images(self) -> None:
        """Give the keyboard to the images."""
        self.made.window.parts.forms.images_wanted.emit()
        self.settle()

    def to_tab(self, number: int) -> None:
        """Show a tab of the form and give it the keyboard."""
        self.press(f"Alt+{number}")
        self.made.window.parts.forms.take_focus()
        self.settle()

    def control(self, name: str, kind: type[QWidget] = QWidget) -> QWidget:
        """Return the visible control of the right panel whose accessible name begins so."""
        found = [
            item
            for item in self.made.window.parts.forms.findChildren(kind)
            if item.isVisible() and item.accessibleName().startswith(name)
        ]
        assert found, f"no control named {name!r}"
        return found[0]

    def click(self, control: QWidget) -> None:
        """Click the middle of a control."""
        QTest.mouseClick(control, LEFT, pos=control.rect().center())
        self.settle()

    def choose(self, name: str) -> None:
        """Click the option of the form with this accessible name."""
        self.click(self.control(name, QAbstractButton))

    def pick(self, name: str, text: str) -> None:
        """Choose a row of a drop-down list by typing its first letters."""
        box = self.control(name, QComboBox)
        assert isinstance(box, QComboBox)
        box.setFocus()
        row = box.findText(text)
        assert row >= 0, f"{name} has no {text!r}"
        QTest.keyClick(box, Qt.Key.Key_Home)
        for _ in range(row):
            QTest.keyClick(box, Qt.Key.Key_Down)
        self.settle()

    def write(self, name: str, text: str) -> None:
        """Type into a field of the form and leave it."""
        field = self.control(name, QLineEdit)
        assert isinstance(field, QLineEdit)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.settle()

    def write_report(self, folder: Path) -> None:
        """Write the report through the action that the key starts, into a folder."""
        (desk,) = self.made.window.parts.forms.findChildren(ReportDesk)
        desk.write(folder)
        self._qtbot.waitUntil(lambda: any(folder.glob("*.pdf")), timeout=30_000)
        self._qtbot.waitUntil(lambda: not self.made.jobs.running, timeout=30_000)
