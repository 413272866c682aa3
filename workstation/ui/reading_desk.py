"""Joins panes, tools, linked point and case: what the tools ask, this answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QPoint, Signal

from workstation.app.messages import Messages
from workstation.app.session import CaseSession, ViewState
from workstation.domain.case import Case
from workstation.domain.commands import Command
from workstation.domain.spine import PointLps, Spine, VertebralLevel, level_chain
from workstation.rendering.plane import as_vector
from workstation.ui.level_popup import LevelPopup
from workstation.ui.linking import (
    at_lesion,
    at_level,
    following_change,
    following_point,
    next_level,
)
from workstation.ui.marks import DistanceMark, Mark
from workstation.ui.overlay_painter import PaneDrawing
from workstation.ui.pane import Pane
from workstation.ui.pane_3d import Pane3d
from workstation.ui.pane_frame import PaneFrame
from workstation.ui.pane_grid import PaneGrid
from workstation.ui.pane_input import PanePointer
from workstation.ui.pane_overlay import build_drawing
from workstation.ui.pane_state import PaneState, space_of
from workstation.ui.reading_context import OtherPane, ReadingContext, TextMode
from workstation.ui.tools.distance_tool import DistanceTool
from workstation.ui.tools.lesion_tool import LesionTool
from workstation.ui.tools.level_tool import LevelTool
from workstation.ui.tools.navigation import CrosshairTool, PanTool, WindowTool, ZoomTool
from workstation.ui.tools.tool import LevelAnswer, PointerEvent, Tool, ToolId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """How the panes are read, as the toolbar shows it."""

    linked: bool = True
    full_cross: bool = False
    lines: bool = True
    text: TextMode = TextMode.ALL
    hidden: bool = False


class ReadingDesk(QObject):
    """The panes at work.

    Parameters
    ----------
    grid : PaneGrid
    session : CaseSession
    messages : Messages

    Signals
    -------
    armed_changed(ToolId)
    settings_changed(DeskSettings)
    pane_changed(PaneFrame)
        The active pane, or what it shows, is another.
    hovered(PaneState or None, PointLps or None)
        What lies under the pointer.
    touched()
        The reader moved something: layouts no longer change by themselves.
    """

    armed_changed = Signal(object)
    settings_changed = Signal(object)
    pane_changed = Signal(object)
    hovered = Signal(object, object)
    touched = Signal()

    def __init__(
        self,
        grid: PaneGrid,
        session: CaseSession,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.grid = grid
        self.session = session
        self._messages = messages
        self._settings = DeskSettings()
        self._measurements: tuple[DistanceMark, ...] = ()
        self._tools = _make_tools(self)
        self._armed = ToolId.WINDOW
        self._moving = False
        self.pointer = PanePointer(self, self.armed_tool, self)
        self.pointer.pressed.connect(self.activate)
        self.pointer.hovered.connect(self._on_hovered)
        self.pointer.clicked.connect(self._on_clicked)
        self.pointer.maximize_wanted.connect(grid.toggle_alone)
        grid.active_changed.connect(self._on_active_changed)
        session.case_changed.connect(self._on_case_changed)
        session.view_changed.connect(self._on_view_changed)

    @property
    def case(self) -> Case | None:
        """The open case."""
        return self.session.case

    @property
    def measurements(self) -> tuple[DistanceMark, ...]:
        """The lines measured so far."""
        return self._measurements

    @property
    def settings(self) -> DeskSettings:
        """How the panes are read."""
        return self._settings

    @property
    def armed(self) -> ToolId:
        """The tool of the left button."""
        return self._armed

    def armed_tool(self) -> Tool:
        """Return the tool of the left button."""
        return self._tools[self._armed]

    def tool(self, tool_id: ToolId) -> Tool:
        """Return a tool."""
        return self._tools[tool_id]

    def slice_panes(self) -> tuple[Pane, ...]:
        """Return the 2D panes that show something."""
        return tuple(
            pane for pane in self.grid.panes if isinstance(pane, Pane) and pane.state is not None
        )

    def active_slice_pane(self) -> Pane | None:
        """Return the active pane when it is a 2D pane with images."""
        pane = self.grid.active
        return pane if isinstance(pane, Pane) and pane.state is not None else None

    def adopt(self, pane: PaneFrame) -> None:
        """Connect a fresh pane to the tools."""
        if isinstance(pane, Pane):
            pane.input = self.pointer
            pane.overlay = _Overlay(self, pane)
            pane.entered.connect(self._on_entered)
            pane.state_changed.connect(self._on_state_changed)
        elif isinstance(pane, Pane3d):
            pane.picked.connect(self._on_picked)
            pane.entered.connect(self._on_entered)

    def arm(self, tool_id: ToolId) -> None:
        """Give the left button a tool; what another one was drawing is given up."""
        if tool_id is not self._armed:
            self.armed_tool().cancel()
            self._armed = tool_id
            for pane in self.grid.panes:
                pane.setCursor(self.armed_tool().cursor)
            self.armed_changed.emit(tool_id)
            self.redraw()

    def set_settings(self, settings: DeskSettings) -> None:
        """Read the panes in another way."""
        if settings != self._settings:
            self._settings = settings
            self.settings_changed.emit(settings)
            self.redraw()

    def dispatch(self, command: Command) -> bool:
        """Carry out a command; False when it was refused."""
        return self.session.dispatch(command)

    def new_id(self) -> str:
        """Return an id that was never given before."""
        return self.session.new_id()

    def now(self) -> str:
        """Return the local time with offset, ISO 8601."""
        return self.session.now()

    def caution(self, text: str) -> None:
        """Tell the reader why something was not done."""
        self._messages.caution(text, key="tool")

    def change_state(self, pane: Pane, state: PaneState) -> None:
        """Show a state; parallel panes of the same space follow while panes are linked."""
        before = pane.state
        if before is None or state == before:
            return
        pane.show_state(state, moving=True)
        self.touched.emit()
        if not self._settings.linked or state.view is before.view:
            return
        for other in self.slice_panes():
            if other is not pane and other.state is not None and _same_space(other.state, state):
                other.show_state(following_change(other.state, before, state), moving=True)

    def change_window(self, pane: Pane, state: PaneState) -> None:
        """Give every pane of the same series the window of a state, where it is the upper layer."""
        upper = state.layers[-1]
        for other in self.slice_panes():
            shown = other.state
            if shown is None or len(shown.layers) != len(state.layers):
                continue
            if shown.layers[-1].volume is upper.volume:
                other.show_state(shown.with_window(upper.window), moving=True)
        self.touched.emit()
        del pane

    def point_to(self, pane: Pane, point_lps: PointLps) -> None:
        """Move the linked point; panes of the same space follow."""
        if pane.state is not None and not pane.state.is_projection:
            self._moving = True
            space = space_of(pane.state.volume)
            self.session.change_view(cursor_lps=point_lps, frame_of_reference_uid=space)
            self._moving = False
            self._follow_point(point_lps, space, source=pane)
            self.touched.emit()

    def set_measurements(self, measurements: tuple[DistanceMark, ...]) -> None:
        """Replace the measured lines."""
        self._measurements = measurements
        self.redraw()

    def redraw(self) -> None:
        """Draw the marks of every pane again."""
        for pane in self.grid.panes:
            pane.update()

    def ask_level(
        self, event: PointerEvent, proposal: VertebralLevel | None, answer: LevelAnswer
    ) -> None:
        """Ask the reader which vertebra lies at a point."""
        spine = self.spine_of(event.state)
        variants = spine.variants if spine is not None else frozenset()
        popup = LevelPopup(level_chain(variants), proposal, answer, event.pane)
        popup.closed.connect(self._on_popup_closed)
        place: QPoint = event.pane.mapToGlobal(event.position.toPoint())
        popup.show_at(place)

    def spine_of(self, state: PaneState) -> Spine | None:
        """Return the numbered spine of the space that a pane shows."""
        return self.case.spine_for(space_of(state.volume)) if self.case is not None else None

    def walk(self, steps: int) -> VertebralLevel | None:
        """Go some levels toward the feet in every pane; None where nothing is numbered."""
        pane = self.active_slice_pane() or next(iter(self.slice_panes()), None)
        if pane is None or pane.state is None:
            return None
        spine = self.spine_of(pane.state)
        if spine is None:
            self.caution("The spine is not numbered on these images. Press Shift+L on a vertebra.")
            return None
        point = self.session.view.cursor_lps or pane.state.view.center_lps
        level = next_level(spine, self.session.view.active_level, point, steps)
        mark = spine.landmark(level) if level is not None else None
        if mark is not None:
            self.session.change_view(
                active_level=mark.level,
                cursor_lps=mark.center_lps,
                frame_of_reference_uid=spine.frame_of_reference_uid,
            )
        return level

    def activate(self, pane: PaneFrame) -> None:
        """Make a pane the active one and give it the keys."""
        self.grid.set_active(pane)
        pane.setFocus()

    def context_of(self, pane: Pane) -> ReadingContext:
        """Return what a pane draws from, beside its own state."""
        view, settings = self.session.view, self._settings
        return ReadingContext(
            case=self.case,
            cursor_lps=view.cursor_lps,
            cursor_space=view.frame_of_reference_uid,
            level=view.active_level,
            selected_lesion_id=view.selected_lesion_id,
            marks=self._marks(),
            others=self._others(pane),
            full_cross=settings.full_cross,
            lines=settings.lines,
            text=settings.text,
            hidden=settings.hidden,
            landmarks=self._armed is ToolId.LEVEL,
        )

    def _marks(self) -> tuple[Mark, ...]:
        return (*self._measurements, *self.armed_tool().drafts)

    def _others(self, pane: Pane) -> tuple[OtherPane, ...]:
        return tuple(
            OtherPane(
                view=other.state.view,
                frame_of_reference_uid=space_of(other.state.volume),
                active=other is self.grid.active,
            )
            for other in self.slice_panes()
            if other is not pane and other.state is not None and not other.state.is_projection
        )

    def _follow_point(self, point: PointLps, space: str, source: Pane | None = None) -> None:
        if not self._settings.linked:
            return
        for pane in self.slice_panes():
            if pane is not source and pane.state is not None and _space(pane) == space:
                pane.show_state(following_point(pane.state, point), moving=True)
        self.redraw()

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if self._moving:
            return
        if new.selected_lesion_id and new.selected_lesion_id != old.selected_lesion_id:
            self._show_lesion(new.selected_lesion_id)
        elif new.active_level is not None and new.active_level is not old.active_level:
            self._show_level(new.active_level)
        elif new.cursor_lps is not None and new.cursor_lps != old.cursor_lps:
            self._follow_point(new.cursor_lps, new.frame_of_reference_uid)
        self.redraw()

    def _show_level(self, level: VertebralLevel) -> None:
        for pane in self.slice_panes():
            spine = self.spine_of(pane.state) if pane.state is not None else None
            if pane.state is not None and spine is not None:
                pane.show_state(at_level(pane.state, spine, level))

    def _show_lesion(self, lesion_id: str) -> None:
        lesion = self.case.lesion(lesion_id) if self.case is not None else None
        if lesion is None:
            return
        for pane in self.slice_panes():
            if pane.state is not None and _space(pane) == lesion.frame_of_reference_uid:
                pane.show_state(at_lesion(pane.state, lesion, self.spine_of(pane.state)))
        self._moving = True
        self.session.change_view(
            cursor_lps=lesion.center_lps, frame_of_reference_uid=lesion.frame_of_reference_uid
        )
        self._moving = False

    def _on_case_changed(self, old: Case | None, new: Case | None) -> None:
        if old is None or new is None or old.id != new.id:
            self._measurements = ()
        for pane in self.grid.panes:
            if isinstance(pane, Pane3d):
                pane.set_case(new)
        self.redraw()

    def _on_clicked(self, event: PointerEvent) -> None:
        """Point here, and select the lesion that lies here."""
        self.point_to(event.pane, event.point_lps)
        for lesion in self.case.lesions if self.case is not None else ():
            offset = [a - b for a, b in zip(event.point_lps, lesion.center_lps, strict=True)]
            inside = sum(value * value for value in offset) <= lesion.radius_mm**2
            if inside and lesion.frame_of_reference_uid == space_of(event.state.volume):
                self._moving = True
                self.session.change_view(
                    selected_lesion_id=lesion.id,
                    active_level=lesion.level or self.session.view.active_level,
                )
                self._moving = False
                self.redraw()

    def _on_picked(self, pane: Pane3d, point: PointLps) -> None:
        if pane.volume is not None:
            self.session.change_view(
                cursor_lps=as_vector(point), frame_of_reference_uid=space_of(pane.volume)
            )

    def _on_entered(self, pane: PaneFrame) -> None:
        """Keys act on the pane under the pointer."""
        if self.grid.active is not pane and self.pointer_is_free:
            self.grid.set_active(pane)

    @property
    def pointer_is_free(self) -> bool:
        """Whether no tool is at work, so that the active pane may change."""
        return not self.armed_tool().busy

    def _on_hovered(self, pane: Pane, point: PointLps | None) -> None:
        self.hovered.emit(pane.state if point is not None else None, point)

    def _on_active_changed(self, pane: PaneFrame | None) -> None:
        self.redraw()
        self.pane_changed.emit(pane)

    def _on_state_changed(self, pane: Pane) -> None:
        if pane is self.grid.active:
            self.pane_changed.emit(pane)
        if self._settings.lines:
            for other in self.grid.panes:
                other.update()

    def _on_popup_closed(self, given: bool) -> None:
        if not given:
            self.tool(ToolId.LEVEL).cancel()


class _Overlay:
    """Builds the drawing of one pane when it is painted."""

    def __init__(self, desk: ReadingDesk, pane: Pane) -> None:
        self.desk = desk
        self.pane = pane

    def __call__(self) -> PaneDrawing:
        """Return the drawing of the pane as it is now."""
        if self.pane.state is None:
            return PaneDrawing()
        context = self.desk.context_of(self.pane)
        return build_drawing(self.pane.state, self.pane.logical_size, context)


ToolMaker = Callable[[ReadingDesk], Tool]


def _make_tools(desk: ReadingDesk) -> dict[ToolId, Tool]:
    makers: tuple[ToolMaker, ...] = (
        WindowTool,
        ZoomTool,
        PanTool,
        CrosshairTool,
        LesionTool,
        LevelTool,
        DistanceTool,
    )
    tools = [maker(desk) for maker in makers]
    return {tool.id: tool for tool in tools}


def _space(pane: Pane) -> str:
    return space_of(pane.state.volume) if pane.state is not None else ""


def _same_space(one: PaneState, other: PaneState) -> bool:
    return space_of(one.volume) == space_of(other.volume)


def toggled(settings: DeskSettings, **changes: object) -> DeskSettings:
    """Return the settings with some fields replaced."""
    return replace(settings, **changes)  # type: ignore[arg-type]
