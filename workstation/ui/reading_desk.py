"""The panes at work: what the tools ask for, this carries out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal

from workstation.app.messages import Messages
from workstation.app.session import CaseSession
from workstation.domain.case import Case
from workstation.domain.commands import Command
from workstation.domain.spine import PointLps, Spine, VertebralLevel, level_chain
from workstation.imaging.contours import ContourSet
from workstation.ui.level_popup import LevelPopup
from workstation.ui.linking import following_change, following_point
from workstation.ui.mark_words import MarkReadings
from workstation.ui.pane import Pane
from workstation.ui.pane_grid import PaneGrid
from workstation.ui.pane_state import PaneState, space_of
from workstation.ui.reading_context import TextMode
from workstation.ui.text_popup import TextPopup
from workstation.ui.tools.lesion_tool import LesionTool
from workstation.ui.tools.level_tool import LevelTool
from workstation.ui.tools.mark_edit import MarkEditTool
from workstation.ui.tools.mark_tool import make_mark_tools
from workstation.ui.tools.navigation import CrosshairTool, PanTool, WindowTool, ZoomTool
from workstation.ui.tools.tool import LevelAnswer, PointerEvent, TextAnswer, Tool, ToolId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """How the panes are read, as the toolbar shows it."""

    linked: bool = True
    full_cross: bool = False
    lines: bool = True
    text: TextMode = TextMode.ALL
    hidden: bool = False


class ReadingDesk(QObject):
    """Tools, linked panes and marks.

    Parameters
    ----------
    grid : PaneGrid
    session : CaseSession
    messages : Messages

    Signals
    -------
    armed_changed(ToolId)
    settings_changed(DeskSettings)
    mark_selected(str)
    touched()
        The reader moved something: layouts no longer change by themselves.
    """

    armed_changed = Signal(object)
    settings_changed = Signal(object)
    touched = Signal()
    mark_selected = Signal(str)

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
        self._selected_mark_id = ""
        self.outlines: tuple[ContourSet, ...] = ()
        """Outlines that came with the open studies; shown, never part of the case."""
        self.readings = MarkReadings()
        """Values of marks that were computed before."""
        self.edit_tool = MarkEditTool(self)
        """Takes hold of marks that are drawn already."""
        self._tools = _make_tools(self)
        self._armed = ToolId.WINDOW

    @property
    def case(self) -> Case | None:
        """The open case."""
        return self.session.case

    @property
    def selected_mark_id(self) -> str:
        """The mark that shows its handles; empty for none, or when it is gone."""
        case = self.case
        known = case is not None and case.mark(self._selected_mark_id) is not None
        return self._selected_mark_id if known else ""

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
            shown = other.state
            if other is not pane and shown is not None and _same_space(shown, state):
                other.show_state(following_change(shown, before, state), moving=True)

    def change_window(self, pane: Pane, state: PaneState) -> None:
        """Give the window of a state to its pane and every pane that shows the series alike."""
        upper = state.layers[-1]
        for other in self.slice_panes():
            shown = other.state
            if shown is None or len(shown.layers) != len(state.layers):
                continue
            if other is pane or shown.layers[-1].volume is upper.volume:
                other.show_state(shown.with_window(upper.window), moving=True)
        self.touched.emit()

    def point_to(self, pane: Pane, point_lps: PointLps) -> None:
        """Move the linked point; panes of the same space follow."""
        if pane.state is None or pane.state.is_projection:
            return
        space = space_of(pane.state.volume)
        self.follow_point(point_lps, space, source=pane)
        self.session.change_view(cursor_lps=point_lps, frame_of_reference_uid=space)
        self.touched.emit()

    def follow_point(self, point_lps: PointLps, space: str, source: Pane | None = None) -> None:
        """Bring the linked panes of a space to a point; the source stays as it is."""
        for pane in self.slice_panes() if self._settings.linked else ():
            state = pane.state
            if pane is not source and state is not None and space_of(state.volume) == space:
                pane.show_state(following_point(state, point_lps), moving=True)

    def select_mark(self, mark_id: str) -> None:
        """Show the handles of a mark; none for an empty id."""
        if mark_id != self._selected_mark_id:
            self._selected_mark_id = mark_id
            self.mark_selected.emit(mark_id)
            self.redraw()

    def show_outlines(self, outlines: tuple[ContourSet, ...]) -> None:
        """Draw other outlines over the panes."""
        self.outlines = outlines
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
        popup.closed.connect(partial(_after_popup, self))
        place: QPoint = event.pane.mapToGlobal(event.position.toPoint())
        popup.show_at(place)

    def ask_text(self, event: PointerEvent, answer: TextAnswer) -> None:
        """Ask the reader for the words that stand at a point."""
        popup = TextPopup(answer, event.pane)
        popup.closed.connect(partial(_after_popup, self, True))
        popup.show_at(event.pane.mapToGlobal(event.position.toPoint()))

    def spine_of(self, state: PaneState) -> Spine | None:
        """Return the numbered spine of the space that a pane shows."""
        return self.case.spine_for(space_of(state.volume)) if self.case is not None else None


ToolMaker = Callable[[ReadingDesk], Tool]


def _make_tools(desk: ReadingDesk) -> dict[ToolId, Tool]:
    makers: tuple[ToolMaker, ...] = (
        WindowTool,
        ZoomTool,
        PanTool,
        CrosshairTool,
        LesionTool,
        LevelTool,
    )
    tools: list[Tool] = [desk.edit_tool, *(maker(desk) for maker in makers), *make_mark_tools(desk)]
    return {tool.id: tool for tool in tools}


def _same_space(one: PaneState, other: PaneState) -> bool:
    return space_of(one.volume) == space_of(other.volume)


def _after_popup(desk: ReadingDesk, given: bool) -> None:
    """Give the keys back to the panes when a question is over."""
    if not given:
        desk.tool(ToolId.LEVEL).cancel()
    if desk.grid.active is not None:
        desk.grid.active.setFocus()
