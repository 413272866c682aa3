"""Keeps the bands of the window in step with the case, the panes and the work in progress."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, Slot

from workstation.app.actions import ActionRegistry, Fact
from workstation.app.library import Library
from workstation.app.messages import Messages
from workstation.app.session import CaseSession, SaveState, ViewState
from workstation.domain.case import Case, CaseStatus
from workstation.domain.commands import ConfirmSpine
from workstation.domain.spine import PointLps
from workstation.imaging.volume import VolumeKey
from workstation.imaging.window import presets_for
from workstation.ui.hanger import COMPARISON, Hanger
from workstation.ui.image_actions import TOOL_ACTIONS
from workstation.ui.main_window import MainWindow
from workstation.ui.pane_frame import PaneFrame
from workstation.ui.pane_host import PaneHost
from workstation.ui.pane_state import PaneState, space_of
from workstation.ui.pane_texts import window_line
from workstation.ui.reading_desk import DeskSettings, ReadingDesk
from workstation.ui.tools.tool import ToolId

_ACTION_OF_TOOL = {tool: action for action, tool in TOOL_ACTIONS.items()}


class WindowController(QObject):
    """Joins the bands to session, desk and library.

    Parameters
    ----------
    window : MainWindow
    session : CaseSession
    desk : ReadingDesk
    host : PaneHost
    hanger : Hanger
    registry : ActionRegistry
    """

    def __init__(
        self,
        window: MainWindow,
        session: CaseSession,
        desk: ReadingDesk,
        host: PaneHost,
        hanger: Hanger,
        registry: ActionRegistry,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._parts = window.parts
        self._session = session
        self._desk = desk
        self._hanger = hanger
        self._registry = registry
        self.reader = ""
        """Who reads, as the identity band shows."""
        session.case_changed.connect(self._on_case_changed)
        session.view_changed.connect(self._on_view_changed)
        session.save_state_changed.connect(self._on_save_state)
        host.hovered.connect(self._on_hovered)
        desk.armed_changed.connect(self._on_armed)
        desk.settings_changed.connect(self._on_settings)
        desk.mark_selected.connect(self.refresh_facts)
        host.pane_changed.connect(self._on_pane_changed)
        hanger.hung.connect(self._on_hung)
        hanger.shown_changed.connect(self.refresh_facts)
        self._on_case_changed(None, session.case)
        self._on_armed(desk.armed)
        self._on_settings(desk.settings)
        self._on_pane_changed(None)

    def confirm_levels(self) -> None:
        """Confirm the numbering of the shown images, or begin to number them."""
        case = self._session.case
        if case is None:
            return
        open_spines = [spine for spine in case.spines if not spine.confirmed]
        if not open_spines:
            self._desk.arm(ToolId.LEVEL)
            return
        for spine in open_spines:
            self._session.dispatch(
                ConfirmSpine(
                    frame_of_reference_uid=spine.frame_of_reference_uid,
                    by=self.reader or case.reader or "the reader",
                    at=self._session.now(),
                )
            )

    def refresh_facts(self) -> None:
        """Tell the table of actions what holds now."""
        self._registry.set_facts(self._facts())

    def _facts(self) -> set[Fact]:
        session, case = self._session, self._session.case
        state = self._active_state()
        held = {
            Fact.CASE: case is not None,
            Fact.DRAFT: case is not None and case.status is CaseStatus.DRAFT,
            Fact.SIGNED: case is not None and case.status is CaseStatus.SIGNED,
            Fact.VOLUME: state is not None,
            Fact.SPINE: state is not None and self._desk.spine_of(state) is not None,
            Fact.LESIONS: case is not None and bool(case.lesions),
            Fact.SELECTION: bool(session.view.selected_lesion_id or self._desk.selected_mark_id),
            Fact.CAN_UNDO: session.can_undo,
            Fact.CAN_REDO: session.can_redo,
            Fact.FIELD: bool(session.view.focused_field),
            Fact.PRIOR: self._hanger.has_prior,
            Fact.FUSION: state is not None and len(state.layers) > 1,
        }
        return {fact for fact, holds in held.items() if holds}

    def _active_state(self) -> PaneState | None:
        pane = self._desk.active_slice_pane()
        return pane.state if pane is not None else None

    def _on_case_changed(self, old: Case | None, new: Case | None) -> None:
        parts = self._parts
        parts.identity.show_case(new, self.reader)
        parts.status.show_case(new)
        same_studies = old is not None and new is not None and old.studies is new.studies
        if not same_studies:
            parts.studies.show_case(new)
            self._window.body.dock.arrange()
        self._window.body.show_reading(new is not None)
        self.refresh_facts()

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        self.refresh_facts()
        state = self._active_state()
        moved = new.cursor_lps is not None and new.cursor_lps != old.cursor_lps
        if moved and state is not None and space_of(state.volume) == new.frame_of_reference_uid:
            self._parts.status.show_point(self._session.case, state, new.cursor_lps)

    def _on_save_state(self, state: SaveState) -> None:
        self._parts.status.saved.show_state(state)

    def _on_hovered(self, state: PaneState | None, point: PointLps | None) -> None:
        self._parts.status.show_point(self._session.case, state, point)

    def _on_armed(self, tool: ToolId) -> None:
        self._parts.toolbar.show_armed(_ACTION_OF_TOOL.get(tool, ""))
        hint = self._desk.tool(tool).hint if tool is not ToolId.WINDOW else ""
        self._parts.status.show_hint(hint)
        self.refresh_facts()

    def _on_settings(self, settings: DeskSettings) -> None:
        self._parts.toolbar.show_toggle("view.link", settings.linked)
        self._parts.toolbar.show_toggle("view.crosshair", settings.lines)

    def _on_pane_changed(self, pane: PaneFrame | None) -> None:
        del pane
        state = self._active_state()
        toolbar = self._parts.toolbar
        if state is None:
            toolbar.show_windows((), "")
        else:
            upper = state.layers[-1]
            presets = presets_for(upper.volume)
            name = next((item.name for item in presets if item.setting == upper.window), "")
            toolbar.show_windows(presets, name or _short_window(state))
            fused = len(state.layers) > 1 and upper.opacity > 0
            toolbar.show_toggle("view.fusion", fused)
        self.refresh_facts()

    def _on_hung(self, name: str) -> None:
        choice = self._hanger.choice
        several = choice is not None and len(choice.stages) > 1
        stage = f" {choice.index + 1}/{len(choice.stages)}" if choice and several and name else ""
        self._parts.toolbar.show_hanging(f"{name}{stage}")
        if choice is not None:
            self._parts.toolbar.show_toggle("view.compare", choice.protocol.id == COMPARISON)
        if name.startswith("PET"):
            self._desk.set_settings(replace(self._desk.settings, full_cross=True))


def _short_window(state: PaneState) -> str:
    return window_line(state.layers[-1]).rsplit("  ", 1)[0]


class DropHandler(QObject):
    """What is dropped on the window goes to the library or into a pane.

    Parameters
    ----------
    window : MainWindow
    library : Library
    hanger : Hanger
    messages : Messages
    """

    def __init__(
        self, window: MainWindow, library: Library, hanger: Hanger, messages: Messages
    ) -> None:
        super().__init__(window)
        self._window = window
        self._library = library
        self._hanger = hanger
        self._messages = messages
        window.paths_dropped.connect(self._library.open)
        window.series_dropped.connect(self._on_series)

    @Slot(object, str)
    def _on_series(self, position: QPoint, text: str) -> None:
        index, _, uid = text.partition(" ")
        for pane in self._window.parts.grid.panes:
            place = pane.mapFrom(self._window, position)
            if pane.isVisible() and pane.rect().contains(place):
                self._hanger.show_in(pane, VolumeKey(series_uid=uid, index=int(index)))
                return
        self._messages.info("Drop a series on a pane.")
