"""What a tool is: it gets pointer events of a pane and asks the desk for changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from PySide6.QtCore import QPointF, Qt

from workstation.domain.case import Case
from workstation.domain.commands import Command
from workstation.domain.spine import PointLps, Spine, VertebralLevel
from workstation.ui.marks import Draft
from workstation.ui.pane import Pane
from workstation.ui.pane_state import PaneState

CLICK_PX = 4.0
"""A press that moves less than this is a click."""


class ToolId(StrEnum):
    """The tools that can be armed."""

    WINDOW = "window"
    ZOOM = "zoom"
    PAN = "pan"
    CROSSHAIR = "crosshair"
    LESION = "lesion"
    LEVEL = "level"
    MARK_EDIT = "mark_edit"
    DISTANCE = "distance"
    BIDIRECTIONAL = "bidirectional"
    ANGLE = "angle"
    COBB = "cobb"
    LOCAL_KYPHOSIS = "local_kyphosis"
    TRANSLATION = "translation"
    VERTEBRAL_HEIGHTS = "vertebral_heights"
    CANAL_DIAMETERS = "canal_diameters"
    CORD_DIAMETERS = "cord_diameters"
    ELLIPSE = "ellipse"
    RECTANGLE = "rectangle"
    POLYGON = "polygon"
    FREEHAND = "freehand"
    SPHERE = "sphere"
    POINT = "point"
    ARROW = "arrow"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointerEvent:
    """A pointer event over a pane that shows something.

    Parameters
    ----------
    pane : Pane
    state : PaneState
        What the pane shows.
    position : QPointF
        In widget coordinates of the pane, logical pixels.
    point_lps : PointLps
        The patient point under the pointer, on the plane of the pane, mm.
    modifiers : Qt.KeyboardModifier
    """

    pane: Pane
    state: PaneState
    position: QPointF
    point_lps: PointLps
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier


LevelAnswer = Callable[[VertebralLevel], None]
TextAnswer = Callable[[str], None]


class ToolDesk(Protocol):
    """What tools may ask for; the reading desk answers."""

    @property
    def case(self) -> Case | None:
        """The open case."""

    @property
    def selected_mark_id(self) -> str:
        """The mark that shows its handles; empty for none."""

    def dispatch(self, command: Command) -> bool:
        """Carry out a command; False when it was refused."""

    def new_id(self) -> str:
        """Return an id that was never given before."""

    def now(self) -> str:
        """Return the local time with offset, ISO 8601."""

    def change_state(self, pane: Pane, state: PaneState) -> None:
        """Show a state while a drag lasts."""

    def change_window(self, pane: Pane, state: PaneState) -> None:
        """Give every pane of the same series the window of a state."""

    def point_to(self, pane: Pane, point_lps: PointLps) -> None:
        """Move the linked point; panes of the same space follow."""

    def select_mark(self, mark_id: str) -> None:
        """Show the handles of a mark; none for an empty id."""

    def spine_of(self, state: PaneState) -> Spine | None:
        """Return the numbered spine of the space that a pane shows."""

    def ask_text(self, event: PointerEvent, answer: TextAnswer) -> None:
        """Ask the reader for the words that stand at a point."""

    def redraw(self) -> None:
        """Draw the marks of every pane again."""

    def ask_level(
        self, event: PointerEvent, proposal: VertebralLevel | None, answer: LevelAnswer
    ) -> None:
        """Ask the reader which vertebra lies at a point."""

    def caution(self, text: str) -> None:
        """Tell the reader why something was not done."""


class Tool:
    """Base of every tool; a tool that does not drag ignores ``move`` and ``release``.

    Parameters
    ----------
    desk : ToolDesk
    """

    id: ToolId
    hint: str = ""
    cursor: Qt.CursorShape = Qt.CursorShape.CrossCursor

    def __init__(self, desk: ToolDesk) -> None:
        self.desk = desk

    def press(self, event: PointerEvent) -> None:
        """Begin at a point."""

    def move(self, event: PointerEvent) -> None:
        """Go on to a point; the button is down."""

    def release(self, event: PointerEvent) -> None:
        """End at a point."""

    def cancel(self) -> None:
        """Give up what is in progress; nothing changes."""

    @property
    def busy(self) -> bool:
        """Whether something is in progress that Esc would give up."""
        return False

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """What is being drawn right now."""
        return ()
