"""Fills the panes of a layout as their series load; what the reader set since then stays."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from workstation.app.library import Library
from workstation.app.messages import Messages
from workstation.app.protocol_match import HangStage, PanePlan
from workstation.app.session import CaseSession
from workstation.base.errors import WorkstationError
from workstation.imaging.volume import Volume, VolumeKey, WindowSetting
from workstation.rendering.plane import PlaneName
from workstation.ui.early_display import EarlyDisplay
from workstation.ui.hang_plans import is_volume_plan, planned_state, wanted_keys
from workstation.ui.hanging import framed, native_plane, slice_state
from workstation.ui.linking import at_level, following_point
from workstation.ui.pane import Pane
from workstation.ui.pane_3d import Pane3d
from workstation.ui.pane_frame import PaneFrame
from workstation.ui.pane_grid import PaneGrid
from workstation.ui.pane_host import PaneHost
from workstation.ui.pane_state import Framing, PaneState, space_of
from workstation.ui.reading_desk import ReadingDesk

MOST_HELD = 32
"""Two layers of sixteen panes."""


class StageFiller(QObject):
    """Puts volumes into panes.

    Parameters
    ----------
    library : Library
    host : PaneHost
    desk : ReadingDesk
    session : CaseSession
    messages : Messages

    Signals
    -------
    complete()
        Everything the layout wants is shown, or was refused.
    shown_changed()
        Other series are in the panes.
    """

    complete = Signal()
    shown_changed = Signal()

    def __init__(
        self,
        library: Library,
        host: PaneHost,
        desk: ReadingDesk,
        session: CaseSession,
        messages: Messages,
    ) -> None:
        super().__init__()
        self._library = library
        self._host = host
        self._desk = desk
        self._session = session
        self._messages = messages
        self._open = False
        self._plans: dict[PaneFrame, PanePlan] = {}
        self._waiting: dict[PaneFrame, VolumeKey] = {}
        self._windows: dict[VolumeKey, WindowSetting] = {}
        self._early = EarlyDisplay(library, desk, self.pane_for)
        library.volume_ready.connect(self._on_volume_ready)
        library.load_failed.connect(self._on_load_failed)

    @property
    def _grid(self) -> PaneGrid:
        return self._desk.grid

    def clear(self) -> None:
        """Take everything down."""
        self._open = False
        self._plans.clear()
        self._waiting.clear()
        self._windows.clear()
        self._grid.set_panes([], 2)
        self.shown_changed.emit()

    def put_up(self, stage: HangStage) -> None:
        """Put the panes of a layout up and ask for what they show."""
        self._keep_windows()
        old: dict[bool, list[PaneFrame]] = {True: [], False: []}
        for pane in self._grid.panes:
            old[isinstance(pane, Pane3d)].append(pane)
        panes: list[PaneFrame] = []
        for number, plan in enumerate(stage.panes, 1):
            spare = old[is_volume_plan(plan)]
            pane = spare.pop(0) if spare else self._new_pane(number, plan)
            pane.number = number
            panes.append(pane)
        self._open = True
        self._waiting.clear()
        self._plans = dict(zip(panes, stage.panes, strict=True))
        self._grid.set_panes(panes, stage.columns)
        for pane, plan in zip(panes, stage.panes, strict=True):
            if isinstance(pane, Pane) and self._missing(plan):
                pane.show_state(None)
        self._fill_loaded()

    def show_in(self, pane: PaneFrame | None, key: VolumeKey) -> None:
        """Show a series in a pane, once it is loaded; the plane of the pane stays."""
        target = pane or self._grid.active
        if target is None:
            return
        self._plans.pop(target, None)
        self._waiting.pop(target, None)
        volume = self._library.request(key)
        if volume is None:
            self._waiting[target] = key
        else:
            self._put(target, volume)

    def pane_for(self, key: VolumeKey) -> Pane | None:
        """Return the first 2D pane that waits for a series."""
        planned = [pane for pane, plan in self._plans.items() if plan.volume == key]
        asked = [pane for pane, wanted in self._waiting.items() if wanted == key]
        return next((pane for pane in (*asked, *planned) if isinstance(pane, Pane)), None)

    def set_grid(self, rows: int, columns: int) -> None:
        """Show another number of panes; those that stay keep what they show."""
        panes = list(self._grid.panes)[: rows * columns]
        source = self._desk.active_slice_pane() or next(iter(self._desk.slice_panes()), None)
        while len(panes) < rows * columns:
            pane = self._new_pane(len(panes) + 1)
            if source is not None and isinstance(pane, Pane):
                pane.show_state(source.state)
            panes.append(pane)
        self._grid.set_panes(panes, columns)
        self.hold()

    def _missing(self, plan: PanePlan) -> tuple[VolumeKey, ...]:
        """Return what a plan still waits for; nothing is asked for twice."""
        return tuple(key for key in wanted_keys(plan) if self._library.request(key) is None)

    def _fill_loaded(self) -> None:
        for pane, plan in list(self._plans.items()):
            if plan.volume is None:
                self._plans.pop(pane)
                self._say_picture(plan)
            elif not self._missing(plan):
                self._plans.pop(pane)
                self._fill(pane, plan)
        self.hold()
        if not self._plans and self._open:
            self._open = False
            self.complete.emit()

    def _say_picture(self, plan: PanePlan) -> None:
        if plan.source is not None:
            self._messages.info("Single images such as radiographs are not shown yet.", key="hang")

    def _fill(self, pane: PaneFrame, plan: PanePlan) -> None:
        volume = self._library.volume(plan.volume) if plan.volume is not None else None
        fused = self._library.volume(plan.fusion) if plan.fusion is not None else None
        if volume is None:
            return
        if isinstance(pane, Pane3d):
            if pane.volume is not volume:
                pane.show_volume(volume, self._session.case)
        elif isinstance(pane, Pane):
            state = planned_state(plan, volume, fused, self._windows)
            pane.show_state(self._placed(framed(state, pane.logical_size), plan))

    def _placed(self, state: PaneState, plan: PanePlan) -> PaneState:
        """Return a pane at the level of its plan, else at the linked point."""
        spine, view = self._desk.spine_of(state), self._session.view
        if plan.level is not None and spine is not None:
            leveled = at_level(state, spine, plan.level)
            along = plan.endplate_parallel or state.view.plane_name is not PlaneName.AXIAL
            if along:
                return leveled
            mark = spine.landmark(plan.level)
            return following_point(state, mark.center_lps) if mark is not None else state
        if view.cursor_lps is not None and view.frame_of_reference_uid == space_of(state.volume):
            return following_point(state, view.cursor_lps)
        return state

    def _keep_windows(self) -> None:
        """Remember the window of every series, which belongs to the series."""
        for pane in self._desk.slice_panes():
            for layer in pane.state.layers[:1] if pane.state is not None else ():
                self._windows[layer.volume.key] = layer.window

    def _new_pane(self, number: int, plan: PanePlan | None = None) -> PaneFrame:
        solid = plan is not None and is_volume_plan(plan)
        pane: PaneFrame = Pane3d(number) if solid else Pane(number)
        self._host.adopt(pane)
        return pane

    def _put(self, pane: PaneFrame, volume: Volume) -> None:
        if isinstance(pane, Pane3d):
            pane.show_volume(volume, self._session.case)
        elif isinstance(pane, Pane):
            plane = pane.state.view.plane_name if pane.state is not None else native_plane(volume)
            framing = pane.state.framing if pane.state is not None else Framing.WHOLE
            state = slice_state(volume, plane, framing=framing)
            pane.show_state(framed(state, pane.logical_size))
        self.hold()

    def hold(self) -> None:
        """Tell the library what the panes show, so that it stays in memory."""
        panes = self._grid.panes
        for number in range(MOST_HELD):
            place, layer = divmod(number, 2)
            keys = keys_of(panes[place]) if place < len(panes) else ()
            self._library.hold(number, keys[layer] if layer < len(keys) else None)
        self.shown_changed.emit()

    def _on_volume_ready(self, key: VolumeKey) -> None:
        volume = self._library.volume(key)
        for pane, wanted in list(self._waiting.items()):
            if wanted == key:
                del self._waiting[pane]
                if key in keys_of(pane):
                    self.hold()
                elif volume is not None and pane in self._grid.panes:
                    self._put(pane, volume)
        if any(key in wanted_keys(plan) for plan in self._plans.values()):
            self._fill_loaded()

    def _on_load_failed(self, key: VolumeKey, error: WorkstationError) -> None:
        for pane, plan in list(self._plans.items()):
            if plan.volume == key:
                del self._plans[pane]
            elif plan.fusion == key:
                self._plans[pane] = replace(plan, fusion=None, fusion_preset="")
        self._waiting = {pane: item for pane, item in self._waiting.items() if item != key}
        self._messages.refused(error)
        self._fill_loaded()


def keys_of(pane: PaneFrame) -> tuple[VolumeKey, ...]:
    """Return the series a pane shows, from below."""
    if isinstance(pane, Pane) and pane.state is not None:
        return tuple(layer.volume.key for layer in pane.state.layers)
    if isinstance(pane, Pane3d) and pane.volume is not None:
        return (pane.volume.key,)
    return ()
