"""Gives every pane its tools and its overlay, and reacts to clicks in it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from workstation.app.session import CaseSession
from workstation.domain.lesion import Lesion
from workstation.domain.mark import Mark
from workstation.domain.spine import PointLps
from workstation.rendering.plane import as_vector
from workstation.ui.marks import Draft
from workstation.ui.overlay_painter import PaneDrawing
from workstation.ui.pane import Pane
from workstation.ui.pane_3d import Pane3d
from workstation.ui.pane_frame import PaneFrame
from workstation.ui.pane_input import PanePointer
from workstation.ui.pane_overlay import build_drawing
from workstation.ui.pane_state import space_of
from workstation.ui.reading_context import OtherPane, ReadingContext
from workstation.ui.reading_desk import ReadingDesk
from workstation.ui.tools.tool import PointerEvent, ToolId


class PaneHost(QObject):
    """Connects panes to the desk.

    Parameters
    ----------
    desk : ReadingDesk
    session : CaseSession

    Signals
    -------
    pane_changed(PaneFrame)
        The active pane, or what it shows, is another.
    hovered(PaneState or None, PointLps or None)
        What lies under the pointer.
    """

    pane_changed = Signal(object)
    hovered = Signal(object, object)

    def __init__(
        self, desk: ReadingDesk, session: CaseSession, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._session = session
        self.pointer = PanePointer(desk, desk.armed_tool, desk.edit_tool, self)
        self.pointer.pressed.connect(self.activate)
        self.pointer.hovered.connect(self._on_hovered)
        self.pointer.clicked.connect(self._on_clicked)
        self.pointer.maximize_wanted.connect(desk.grid.toggle_alone)
        desk.grid.active_changed.connect(self._on_active_changed)

    def adopt(self, pane: PaneFrame) -> None:
        """Connect a fresh pane to the tools."""
        if isinstance(pane, Pane):
            pane.input = self.pointer
            pane.overlay = _Overlay(self._desk, pane)
            pane.entered.connect(self._on_entered)
            pane.state_changed.connect(self._on_state_changed)
        elif isinstance(pane, Pane3d):
            pane.picked.connect(self._on_picked)
            pane.entered.connect(self._on_entered)
        pane.setCursor(self._desk.armed_tool().cursor)
        pane.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the left button pan while the space bar is down over a pane."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.pointer.space_held = event.type() is QEvent.Type.KeyPress
            return True
        return super().eventFilter(watched, event)

    def activate(self, pane: PaneFrame) -> None:
        """Make a pane the active one and give it the keys."""
        self._desk.grid.set_active(pane)
        pane.setFocus()

    def _on_clicked(self, event: PointerEvent) -> None:
        """Point here, and select the lesion that lies here."""
        self._desk.select_mark("")
        self._desk.point_to(event.pane, event.point_lps)
        lesion = self._lesion_at(event)
        if lesion is not None:
            level = lesion.level or self._session.view.active_level
            self._session.change_view(selected_lesion_id=lesion.id, active_level=level)

    def _lesion_at(self, event: PointerEvent) -> Lesion | None:
        case = self._desk.case
        space = space_of(event.state.volume)
        for lesion in case.lesions if case is not None else ():
            inside = math.dist(event.point_lps, lesion.center_lps) <= lesion.radius_mm
            if inside and lesion.frame_of_reference_uid == space:
                return lesion
        return None

    def _on_picked(self, pane: Pane3d, point: PointLps) -> None:
        if pane.volume is not None:
            space = space_of(pane.volume)
            self._session.change_view(cursor_lps=as_vector(point), frame_of_reference_uid=space)

    def _on_entered(self, pane: PaneFrame) -> None:
        """Let keys act on the pane under the pointer, unless a tool is at work elsewhere."""
        if not self._desk.armed_tool().busy:
            self._desk.grid.set_active(pane)

    def _on_hovered(self, pane: Pane, point: PointLps | None) -> None:
        self.hovered.emit(pane.state if point is not None else None, point)

    def _on_active_changed(self, pane: PaneFrame | None) -> None:
        self._desk.redraw()
        self.pane_changed.emit(pane)

    def _on_state_changed(self, pane: Pane) -> None:
        if pane is self._desk.grid.active:
            self.pane_changed.emit(pane)
        if self._desk.settings.lines:
            self._desk.redraw()


@dataclass(frozen=True, slots=True)
class _Overlay:
    """Builds the drawing of one pane when it is painted."""

    desk: ReadingDesk
    pane: Pane

    def __call__(self) -> PaneDrawing:
        """Return the drawing of the pane as it is now."""
        if self.pane.state is None:
            return PaneDrawing()
        context = context_of(self.desk, self.pane)
        return build_drawing(self.pane.state, self.pane.logical_size, context)


def context_of(desk: ReadingDesk, pane: Pane) -> ReadingContext:
    """Return what a pane draws from, beside its own state."""
    view, settings = desk.session.view, desk.settings
    return ReadingContext(
        case=desk.case,
        cursor_lps=view.cursor_lps,
        cursor_space=view.frame_of_reference_uid,
        level=view.active_level,
        selected_lesion_id=view.selected_lesion_id,
        marks=_marks(desk),
        selected_mark_id=desk.selected_mark_id,
        readings=desk.readings,
        others=_others(desk, pane),
        full_cross=settings.full_cross,
        lines=settings.lines,
        text=settings.text,
        hidden=settings.hidden,
        outlines=desk.outlines,
        landmarks=desk.armed is ToolId.LEVEL,
    )


def _marks(desk: ReadingDesk) -> tuple[Draft, ...]:
    """Return the marks of the case, with those that are being drawn in place of their old form."""
    drafts = (*desk.armed_tool().drafts, *desk.tool(ToolId.MARK_EDIT).drafts)
    drawn = {draft.id for draft in drafts if isinstance(draft, Mark)}
    kept = desk.case.marks if desk.case is not None else ()
    return (*(mark for mark in kept if mark.id not in drawn), *drafts)


def _others(desk: ReadingDesk, pane: Pane) -> tuple[OtherPane, ...]:
    return tuple(
        OtherPane(
            view=other.state.view,
            frame_of_reference_uid=space_of(other.state.volume),
            active=other is desk.grid.active,
        )
        for other in desk.slice_panes()
        if other is not pane and other.state is not None and not other.state.is_projection
    )
