"""Forms over a session with a store of its own, in the theme and the sizes they are made for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.support.clocks import SteppingClock, counted_ids
from workstation.app.collector import MainThreadCollector
from workstation.app.messages import Messages
from workstation.app.session import CaseSession
from workstation.domain.case import Case
from workstation.storage.case_store import CaseStore
from workstation.ui.escc_widget import EsccForm
from workstation.ui.form_panel import FormPanel
from workstation.ui.lesion_panel import LesionPanel
from workstation.ui.noms_form import NomsForm
from workstation.ui.report_panel import ReportPanel
from workstation.ui.sins_widget import SinsForm
from workstation.ui.theme import ThemeName, apply_theme


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the one warning that Qt's offscreen platform gives for every sized window."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", extend=True))


@pytest.fixture(scope="package")
def collector(qapp: QApplication) -> Iterator[MainThreadCollector]:
    """Keep dead widgets from being collected by the thread that writes the store."""
    made = MainThreadCollector(qapp)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def themed(qapp: QApplication, collector: MainThreadCollector) -> Iterator[None]:
    if not qapp.styleSheet():
        apply_theme(qapp, ThemeName.DARK)
    yield
    # Closed windows wait for an event loop that a test never enters.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    collector.collect_due()


@pytest.fixture
def messages(qapp: QApplication) -> Messages:
    return Messages()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaseStore]:
    opened = CaseStore.open(tmp_path / "home", clock=SteppingClock())
    yield opened
    opened.close()


@pytest.fixture
def session(store: CaseStore, messages: Messages) -> Iterator[CaseSession]:
    opened = CaseSession(store, messages, clock=SteppingClock(), new_id=counted_ids())
    opened.author = "R. Reader"
    yield opened
    opened.shut_down()


@pytest.fixture
def show(qtbot) -> Callable[..., QWidget]:
    """Return a function that shows a widget at a size and gives it the keyboard."""

    kept = []

    def shown(widget: QWidget, width: int = 464, height: int = 900) -> QWidget:
        kept.append(widget)
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        qtbot.waitExposed(widget)
        widget.activateWindow()
        settle()
        # The pointer of the offscreen platform lies over every new window.
        for part in (widget, *widget.findChildren(QWidget)):
            part.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
        return widget

    return shown


@pytest.fixture
def open_panel(session: CaseSession, show) -> Callable[..., FormPanel]:
    """Return a function that opens a case and shows the panel on one tab."""

    def opened(case: Case | None, tab: str = "sins", width: int = 464, **view) -> FormPanel:
        if case is not None:
            session.new(case)
        session.change_view(active_tab=tab, **view)
        pages = [
            LesionPanel(session),
            SinsForm(session),
            EsccForm(session),
            NomsForm(session),
            ReportPanel(session),
        ]
        panel = FormPanel(session, pages)
        show(panel, width)
        return panel

    return opened


def settle() -> None:
    """Let layouts, focus and queued signals come to rest."""
    for _ in range(4):
        QApplication.processEvents()


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """Press a widget with the left mouse button, in the middle or at a point."""
    place = at if at is not None else widget.rect().center()
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)
    settle()


def press(*keys: str) -> None:
    """Press keys where the keyboard is: letters, digits, or names such as "Tab"."""
    names = {"Del": "Delete", "Enter": "Return", "Esc": "Escape"}
    for key in keys:
        focused = QApplication.focusWidget()
        assert focused is not None, "nothing has the keyboard"
        code = getattr(Qt.Key, f"Key_{names.get(key, key)}")
        modifier = Qt.KeyboardModifier.NoModifier
        if key == "Backtab":
            modifier = Qt.KeyboardModifier.ShiftModifier
        QTest.keyClick(focused, code, modifier)
        settle()


def overflowing(root: QWidget) -> list[str]:
    """Return the visible widgets that reach beyond their parent, with by how much."""
    found = []
    for widget in root.findChildren(QWidget):
        parent = widget.parentWidget()
        if parent is None or not widget.isVisibleTo(root) or widget.isWindow():
            continue
        if widget.objectName().startswith("qt_") or type(widget).__name__ == "FocusRing":
            continue
        box, inside = widget.geometry(), parent.rect()
        beyond = max(box.right() - inside.right(), inside.left() - box.left())
        if type(parent).__name__ != "QWidget" or parent.objectName() != "qt_scrollarea_viewport":
            beyond = max(beyond, box.bottom() - inside.bottom(), inside.top() - box.top())
        if beyond > 0:
            found.append(f"{type(widget).__name__} in {type(parent).__name__}: {beyond} px")
    return found


def overlapping(root: QWidget) -> list[str]:
    """Return pairs of visible siblings that lie on one another."""
    found = []
    for parent in [root, *root.findChildren(QWidget)]:
        if not parent.isVisibleTo(root):
            continue
        children = [
            child for child in parent.findChildren(QWidget, options=_DIRECT)
            if child.isVisibleTo(root) and type(child).__name__ not in _OVERLAYS
        ]  # fmt: skip
        for position, one in enumerate(children):
            for other in children[position + 1 :]:
                if one.geometry().intersects(other.geometry()):
                    names = (type(one).__name__, type(other).__name__)
                    found.append(f"{names[0]} over {names[1]} in {type(parent).__name__}")
    return found


_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly
_OVERLAYS = frozenset({"FocusRing", "QScrollBar", "PageScroll", "QWidgetLineControl"})
