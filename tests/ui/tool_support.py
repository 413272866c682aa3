"""A desk that writes down what tools ask for, and panes on which a pixel is a millimeter."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from PySide6.QtCore import QPointF

from tests.ui.window_support import FRAME, make_volume
from workstation.domain.case import Case
from workstation.domain.changes import apply
from workstation.domain.commands import AddLesion, Command
from workstation.domain.spine import PointLps, Spine, VertebralLevel
from workstation.imaging.volume import Volume, WindowSetting
from workstation.rendering.plane import PlaneName, PlaneView
from workstation.ui.hanging import grey_layer
from workstation.ui.pane import Pane
from workstation.ui.pane_state import PaneState
from workstation.ui.tools.tool import LevelAnswer, PointerEvent, TextAnswer

CENTER: PointLps = (10.0, -20.0, 30.0)
SIDE_PX = 400
WINDOW = WindowSetting(center=100.0, width=200.0)
MADE_AT = "2026-03-14T10:00:00+01:00"


class WrittenDesk:
    """Answers as the reading desk would, and keeps every request in the order it came."""

    def __init__(self, case: Case | None = None) -> None:
        self.case = case
        self.selected_mark_id = ""
        self.spine: Spine | None = None
        self.accepts = True
        self.commands: list[Command] = []
        self.states: list[tuple[Pane, PaneState]] = []
        self.windows: list[tuple[Pane, PaneState]] = []
        self.points: list[tuple[Pane, PointLps]] = []
        self.texts: list[tuple[PointerEvent, TextAnswer]] = []
        self.levels: list[tuple[PointerEvent, VertebralLevel | None, LevelAnswer]] = []
        self.cautions: list[str] = []
        self.redraws = 0
        self._ids = 0

    def dispatch(self, command: Command) -> bool:
        self.commands.append(command)
        return self.accepts

    def new_id(self) -> str:
        self._ids += 1
        return f"new-{self._ids}"

    def now(self) -> str:
        return MADE_AT

    def change_state(self, pane: Pane, state: PaneState) -> None:
        self.states.append((pane, state))

    def change_window(self, pane: Pane, state: PaneState) -> None:
        self.windows.append((pane, state))

    def point_to(self, pane: Pane, point_lps: PointLps) -> None:
        self.points.append((pane, point_lps))

    def select_mark(self, mark_id: str) -> None:
        self.selected_mark_id = mark_id

    def spine_of(self, state: PaneState) -> Spine | None:
        return self.spine

    def ask_text(self, event: PointerEvent, answer: TextAnswer) -> None:
        self.texts.append((event, answer))

    def redraw(self) -> None:
        self.redraws += 1

    def ask_level(
        self, event: PointerEvent, proposal: VertebralLevel | None, answer: LevelAnswer
    ) -> None:
        self.levels.append((event, proposal, answer))

    def caution(self, text: str) -> None:
        self.cautions.append(text)


@cache
def plain_volume() -> Volume:
    """The one volume that most of these tests look at."""
    return make_volume()


def plain_state(
    plane: PlaneName = PlaneName.AXIAL, volume: Volume | None = None, field_mm: float = SIDE_PX
) -> PaneState:
    """A plane through ``CENTER``; 400 mm high, so that a pixel of the pane is a millimeter."""
    layer = replace(grey_layer(volume or plain_volume()), window=WINDOW)
    return PaneState(layers=(layer,), view=PlaneView.for_plane(plane, CENTER, field_mm))


def square_pane(state: PaneState, number: int = 1) -> Pane:
    """A pane of 400 x 400 pixels that is not on the screen."""
    pane = Pane(number)
    pane.resize(SIDE_PX, SIDE_PX)
    pane.show_state(state)
    return pane


def event_at(pane: Pane, x: float, y: float) -> PointerEvent:
    """What the pane tells its tool about the pointer at a widget position."""
    position = QPointF(x, y)
    return PointerEvent(
        pane=pane, state=pane.state, position=position, point_lps=pane.to_lps(position)
    )


def case_with(*lesions: tuple[PointLps, float], frame: str = FRAME) -> Case:
    """A case with lesions of these centers and radii, ids "lesion-1" and so on."""
    case = Case(id="c", created_at=MADE_AT)
    for number, (center, radius_mm) in enumerate(lesions, 1):
        command = AddLesion(
            id=f"lesion-{number}",
            center_lps=center,
            radius_mm=radius_mm,
            frame_of_reference_uid=frame,
            series_uid="1.2.3.4.1",
            created_at=MADE_AT,
        )
        case = apply(case, command)
    return case


def moved_by(point: PointLps, axis: tuple[float, float, float], way_mm: float) -> PointLps:
    """A point some millimeters along an axis."""
    x, y, z = (float(value) for value in np.asarray(point) + way_mm * np.asarray(axis))
    return (x, y, z)
