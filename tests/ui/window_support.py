"""Volumes of known geometry and a reading desk over them, for the tests of the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from workstation.app.messages import Messages
from workstation.app.session import CaseSession
from workstation.domain.spine import Landmark, LandmarkState, Spine, VertebralLevel
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.volume import (
    PatientIdentity,
    SeriesIdentity,
    Unit,
    Volume,
    WindowSetting,
)
from workstation.rendering.plane import PlaneName
from workstation.ui.hanging import slice_state
from workstation.ui.pane import Pane
from workstation.ui.pane_follower import PaneFollower
from workstation.ui.pane_grid import PaneGrid
from workstation.ui.pane_host import PaneHost
from workstation.ui.pane_state import PaneState
from workstation.ui.reading_desk import ReadingDesk

FRAME = "1.2.3.4.100"
OTHER_FRAME = "1.2.3.4.200"
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
MIDDLE = Qt.MouseButton.MiddleButton
PLANES = tuple(PlaneName)

AXIAL = np.eye(3)
REVERSED = np.diag([-1.0, -1.0, 1.0])
"""Rows run to the patient's right and columns to the front."""
SAGITTAL = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
"""i to the back, j to the feet, k to the left."""


def oblique(angle_deg: float = 20.0) -> np.ndarray:
    """Directions of an axial stack turned about the patient's left-right axis."""
    angle = np.radians(angle_deg)
    return np.array(
        [
            [1.0, 0.0, 0.0],
            [0.0, np.cos(angle), -np.sin(angle)],
            [0.0, np.sin(angle), np.cos(angle)],
        ]
    )


def make_volume(
    *,
    direction: np.ndarray = AXIAL,
    shape: tuple[int, int, int] = (40, 60, 50),
    spacing: tuple[float, float, float] = (1.0, 1.0, 2.0),
    center: tuple[float, float, float] = (10.0, -20.0, 30.0),
    modality: str = "CT",
    unit: Unit = Unit.HU,
    frame: str = FRAME,
    series: str = "1.2.3.4.1",
    **more: object,
) -> Volume:
    """A volume around ``center`` whose value at a voxel is x + 2 y + 3 z of its LPS center."""
    size = np.array(shape[::-1])
    middle = direction @ ((size - 1) / 2 * np.array(spacing))
    origin = np.array(center) - middle
    geometry = VolumeGeometry(
        shape_kji=shape,
        spacing_ijk=spacing,
        origin_lps=tuple(float(value) for value in origin),
        direction=direction.astype(np.float64).copy(),
    )
    k, j, i = np.indices(shape)
    points = geometry.index_to_lps(np.stack([i, j, k], axis=-1).astype(np.float64))
    values = points @ np.array([1.0, 2.0, 3.0])
    identity = SeriesIdentity(
        patient=PatientIdentity(id="P1", name="EXAMPLE^Ada"),
        study_uid="1.2.3.4.0",
        study_date="2026-03-14",
        series_uid=series,
        series_number=3,
        series_description="T2 sag",
        modality=modality,
        frame_of_reference_uid=frame,
    )
    return Volume(
        array=np.ascontiguousarray(values.astype(np.float32)),
        geometry=geometry,
        unit=unit,
        identity=identity,
        **more,  # type: ignore[arg-type]
    )


def make_state(volume: Volume, plane: PlaneName = PlaneName.AXIAL) -> PaneState:
    """A pane through the middle of a volume with a window of 0 to 200."""
    state = slice_state(volume, plane)
    return state.with_window(WindowSetting(center=100.0, width=200.0))


def make_spine(
    *levels: str, frame: str = FRAME, confirmed: bool = False, step_mm: float = 20.0
) -> Spine:
    """Levels straight down through x = 10, y = -20 from z = 60."""
    marks = tuple(
        Landmark(
            level=VertebralLevel(name),
            center_lps=(10.0, -20.0, 60.0 - step_mm * number),
            state=LandmarkState.CLICKED,
        )
        for number, name in enumerate(levels)
    )
    spine = Spine(frame_of_reference_uid=frame, series_uid="1.2.3.4.1", landmarks=marks)
    if confirmed:
        return replace(spine, confirmed_by="R", confirmed_at="2026-03-14T12:00:00+01:00")
    return spine


@dataclass
class Desk:
    """A grid of panes with everything that makes them work."""

    grid: PaneGrid
    desk: ReadingDesk
    host: PaneHost
    follower: PaneFollower
    session: CaseSession
    messages: Messages

    def pane(self, number: int = 0) -> Pane:
        """The pane at a position, which must be a 2D one."""
        found = self.grid.panes[number]
        assert isinstance(found, Pane)
        return found

    def show(self, states: Sequence[PaneState | None], columns: int = 2) -> tuple[Pane, ...]:
        """Put up one pane for each state."""
        panes = []
        for number, state in enumerate(states, 1):
            pane = Pane(number)
            self.host.adopt(pane)
            pane.show_state(state)
            panes.append(pane)
        self.grid.set_panes(panes, columns)
        QApplication.processEvents()
        return tuple(panes)


def make_desk(session: CaseSession, messages: Messages) -> Desk:
    """A desk on a grid of 900 x 700 pixels, not shown yet."""
    grid = PaneGrid()
    grid.resize(900, 700)
    desk = ReadingDesk(grid, session, messages)
    host = PaneHost(desk, session)
    return Desk(grid, desk, host, PaneFollower(desk, session), session, messages)


def drag(
    pane: QWidget,
    start: tuple[int, int],
    end: tuple[int, int],
    button: Qt.MouseButton = LEFT,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Drag with real mouse events, by way of the middle."""
    middle = QPoint((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)
    QTest.mousePress(pane, button, modifier, QPoint(*start))
    _move(pane, middle, button, modifier)
    _move(pane, QPoint(*end), button, modifier)
    QTest.mouseRelease(pane, button, modifier, QPoint(*end))
    QApplication.processEvents()


def hover(
    pane: QWidget,
    at: tuple[int, int],
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Move the pointer without a button."""
    _move(pane, QPoint(*at), Qt.MouseButton.NoButton, modifier)


def _move(pane: QWidget, at: QPoint, button: Qt.MouseButton, modifier: Qt.KeyboardModifier) -> None:
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at),
        QPointF(pane.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        button,
        modifier,
    )
    QApplication.sendEvent(pane, event)


def wheel(
    pane: QWidget,
    notches: float,
    at: tuple[int, int] | None = None,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Turn the wheel; positive notches are away from the reader."""
    place = QPointF(*at) if at is not None else QPointF(pane.rect().center())
    event = QWheelEvent(
        place,
        QPointF(pane.mapToGlobal(place.toPoint())),
        QPoint(0, 0),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(pane, event)
    QApplication.processEvents()


def click_at(pane: QWidget, at: tuple[int, int], button: Qt.MouseButton = LEFT) -> None:
    """Press and release at a point."""
    QTest.mousePress(pane, button, Qt.KeyboardModifier.NoModifier, QPoint(*at))
    QTest.mouseRelease(pane, button, Qt.KeyboardModifier.NoModifier, QPoint(*at))
    QApplication.processEvents()
