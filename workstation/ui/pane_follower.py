"""Brings the panes where the session looks: a level, a lesion, the linked point."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workstation.app.session import CaseSession, ViewState
from workstation.domain.case import Case
from workstation.domain.spine import VertebralLevel
from workstation.ui.linking import at_lesion, at_level, next_level
from workstation.ui.pane_3d import Pane3d
from workstation.ui.pane_state import space_of
from workstation.ui.reading_desk import ReadingDesk


class PaneFollower(QObject):
    """Follows the session's view and case.

    Parameters
    ----------
    desk : ReadingDesk
    session : CaseSession
    """

    def __init__(
        self, desk: ReadingDesk, session: CaseSession, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._session = session
        session.case_changed.connect(self._on_case_changed)
        session.view_changed.connect(self._on_view_changed)

    def walk(self, steps: int) -> VertebralLevel | None:
        """Go some levels toward the feet in every pane; None where nothing is numbered."""
        pane = self._desk.active_slice_pane() or next(iter(self._desk.slice_panes()), None)
        if pane is None or pane.state is None:
            return None
        spine = self._desk.spine_of(pane.state)
        if spine is None:
            self._desk.caution(
                "The spine is not numbered on these images. Press Shift+L and click a vertebra."
            )
            return None
        point = self._session.view.cursor_lps or pane.state.view.center_lps
        level = next_level(spine, self._session.view.active_level, point, steps)
        mark = spine.landmark(level) if level is not None else None
        if mark is not None:
            self._session.change_view(
                active_level=mark.level,
                selected_lesion_id="",
                cursor_lps=mark.center_lps,
                frame_of_reference_uid=spine.frame_of_reference_uid,
            )
        return level

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if new.selected_lesion_id and new.selected_lesion_id != old.selected_lesion_id:
            self._show_lesion(new.selected_lesion_id)
        elif new.active_level is not None and new.active_level is not old.active_level:
            self._show_level(new.active_level)
        elif new.cursor_lps is not None and new.cursor_lps != old.cursor_lps:
            self._follow_cursor(new)
        self._desk.redraw()

    def _follow_cursor(self, view: ViewState) -> None:
        """Bring panes to the point; those that a tool has brought there already stay."""
        point = view.cursor_lps
        if point is None:
            return
        source = next(
            (
                pane
                for pane in self._desk.slice_panes()
                if pane is self._desk.grid.active
                and pane.state is not None
                and abs(pane.state.view.distance_mm(point)) < 1e-6
            ),
            None,
        )
        self._desk.follow_point(point, view.frame_of_reference_uid, source=source)

    def _show_level(self, level: VertebralLevel) -> None:
        for pane in self._desk.slice_panes():
            state = pane.state
            spine = self._desk.spine_of(state) if state is not None else None
            if state is not None and spine is not None:
                pane.show_state(at_level(state, spine, level))

    def _show_lesion(self, lesion_id: str) -> None:
        case = self._desk.case
        lesion = case.lesion(lesion_id) if case is not None else None
        if lesion is None:
            return
        for pane in self._desk.slice_panes():
            state = pane.state
            if state is not None and space_of(state.volume) == lesion.frame_of_reference_uid:
                pane.show_state(at_lesion(state, lesion, self._desk.spine_of(state)))
        self._session.change_view(
            cursor_lps=lesion.center_lps, frame_of_reference_uid=lesion.frame_of_reference_uid
        )

    def _on_case_changed(self, old: Case | None, new: Case | None) -> None:
        if old is None or new is None or old.id != new.id:
            self._desk.select_mark("")
        for pane in self._desk.grid.panes:
            if isinstance(pane, Pane3d):
                pane.set_case(new)
        self._desk.redraw()
