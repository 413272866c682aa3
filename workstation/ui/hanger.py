"""Hangs a study by protocol: the panes stand at once and are filled as their series load."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from workstation.app.library import Library
from workstation.app.messages import Messages
from workstation.app.protocol_match import PanePlan
from workstation.app.protocol_series import (
    HangContext,
    SeriesRecord,
    of_one_person,
    records_of,
)
from workstation.app.protocol_shelf import ProtocolShelf
from workstation.app.protocols import HangChoice, choose, match, protocol_of_hang
from workstation.app.session import CaseSession
from workstation.base.errors import WorkstationError
from workstation.imaging.catalog import Catalog, StudyEntry
from workstation.imaging.volume import Volume, VolumeKey, WindowSetting
from workstation.rendering.plane import PlaneName
from workstation.ui.hang_plans import is_volume_plan, plan_of, planned_state, wanted_keys
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
COMPARISON = "comparison"
"""The protocol that shows the prior."""


class Hanger(QObject):
    """Puts volumes into panes.

    Parameters
    ----------
    library : Library
    host : PaneHost
    desk : ReadingDesk
    session : CaseSession
    messages : Messages
    shelf : ProtocolShelf

    Signals
    -------
    hung(str)
        A layout was put up; its name.
    shown_changed()
        Other series are in the panes.
    """

    hung = Signal(str)
    shown_changed = Signal()

    def __init__(
        self,
        library: Library,
        host: PaneHost,
        desk: ReadingDesk,
        session: CaseSession,
        messages: Messages,
        shelf: ProtocolShelf,
    ) -> None:
        super().__init__()
        self._library = library
        self._host = host
        self._desk = desk
        self._session = session
        self._messages = messages
        self._shelf = shelf
        self._study_uid = ""
        self._choice: HangChoice | None = None
        self._layout_name = ""
        self._before_compare = ""
        self._plans: dict[PaneFrame, PanePlan] = {}
        self._waiting: dict[PaneFrame, VolumeKey] = {}
        self._windows: dict[VolumeKey, WindowSetting] = {}
        library.volume_ready.connect(self._on_volume_ready)
        library.load_failed.connect(self._on_load_failed)

    @property
    def layout_name(self) -> str:
        """The name of the present layout, or empty while its series load."""
        return self._layout_name

    @property
    def choice(self) -> HangChoice | None:
        """The protocol with its stages, or None while nothing hangs."""
        return self._choice

    @property
    def shelf(self) -> ProtocolShelf:
        """The layouts to choose from."""
        return self._shelf

    @property
    def _grid(self) -> PaneGrid:
        return self._desk.grid

    def hang_study(self, study: StudyEntry) -> None:
        """Hang a study by the protocol that fits it best."""
        self._study_uid = study.uid
        self._hang("")

    def hang_by(self, protocol_id: str) -> None:
        """Hang what is open by a protocol the reader asks for; where it does not fit, say why."""
        self._hang(protocol_id)

    def step_stage(self, steps: int) -> None:
        """Show the next or previous layout of the protocol."""
        if self._choice is not None:
            self.show_stage(self._choice.index + steps)

    def show_stage(self, index: int) -> None:
        """Show a layout of the protocol by its number from 0."""
        if self._choice is None:
            return
        there = self._choice.at_stage(index)
        if there.index == self._choice.index and index != there.index:
            self._messages.info("This protocol has no further layout.", key="stage")
            return
        self._keep_windows()
        self._choice = there
        self._put_up()

    def toggle_compare(self) -> None:
        """Show the prior beside the current study, or go back to the protocol before."""
        choice = self._choice
        if choice is None:
            return
        if choice.protocol.id != COMPARISON:
            self._before_compare = choice.protocol.id
            self._hang(COMPARISON)
            return
        others = [name for name, _ in choice.also_fit if name != COMPARISON]
        self._hang(self._before_compare or next(iter(others), ""))

    @property
    def has_prior(self) -> bool:
        """Whether an earlier study of the same person is open."""
        of_one = of_one_person(self._records(), self._study_uid)
        return len({record.identity.study_uid for record in of_one}) > 1

    def save_as(self, name: str) -> bool:
        """Keep the present layout under a name; whether it was kept."""
        plans = [plan_of(pane) or PanePlan() for pane in self._grid.panes]
        grid = (self._grid.rows, self._grid.columns)
        try:
            self._shelf.save(protocol_of_hang(name, grid, plans, self._records()))
        except WorkstationError as error:
            self._messages.refused(error, key="hang")
            return False
        self._messages.info("The layout is kept.", key="hang")
        return True

    def forget(self, name: str) -> None:
        """Remove a layout the reader saved."""
        try:
            self._shelf.delete(name)
        except WorkstationError as error:
            self._messages.refused(error, key="hang")

    def clear(self) -> None:
        """Take everything down."""
        self._choice = None
        self._layout_name = ""
        self._plans.clear()
        self._waiting.clear()
        self._windows.clear()
        self._grid.set_panes([], 2)
        self.hung.emit("")
        self.shown_changed.emit()

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

    def step_series(self, steps: int) -> None:
        """Show the next or previous series of the study list in the active pane."""
        pane = self._desk.active_slice_pane()
        keys = list(self._library.keys)
        if pane is None or pane.state is None or not keys:
            return
        here = keys.index(pane.state.volume.key) if pane.state.volume.key in keys else 0
        self.show_in(pane, keys[min(max(here + steps, 0), len(keys) - 1)])

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
        self._hold()

    def shown(self, key: VolumeKey) -> tuple[bool, ...]:
        """Return for each pane, row by row, whether it shows a series."""
        return tuple(key in _keys_of(pane) for pane in self._grid.panes)

    def reset_pane(self) -> None:
        """Show the active pane as it was at first."""
        pane = self._desk.active_slice_pane()
        if pane is None or pane.state is None or pane.state.is_projection:
            return
        state = pane.state
        fresh = slice_state(
            state.volume,
            state.view.plane_name,
            framing=state.framing,
            window=state.layers[0].window,
            note=state.note,
            field_mm=state.first_field_mm,
        )
        pane.show_state(framed(fresh.with_layers(state.layers), pane.logical_size))

    def _hang(self, protocol_id: str) -> None:
        records, protocols, context = self._records(), self._shelf.protocols, self._context()
        try:
            if protocol_id:
                choice = choose(protocol_id, records, protocols=protocols, context=context)
            else:
                choice = match(records, protocols=protocols, context=context)
        except WorkstationError as error:
            self._messages.refused(error, key="hang")
            return
        if choice.message:
            self._messages.info(choice.message, key="hang")
        self._keep_windows()
        self._choice = choice
        self._put_up()

    def _records(self) -> tuple[SeriesRecord, ...]:
        catalogs = [item for item in self._library.catalogs if isinstance(item, Catalog)]
        found = {record.source: record for item in catalogs for record in records_of(item)}
        return tuple(found.values())

    def _context(self) -> HangContext:
        case, view = self._session.case, self._session.view
        spines = case.spines if case is not None else ()
        lesions = case.lesions if case is not None else ()
        marked = {level for lesion in lesions for level in lesion.levels}
        return HangContext(
            current_study_uid=self._study_uid,
            labeled={spine.frame_of_reference_uid: len(spine.landmarks) for spine in spines},
            active_level=view.active_level,
            marked_levels=tuple(sorted(marked, key=lambda level: level.order)),
        )

    def _put_up(self) -> None:
        """Put the panes of the present stage up and ask for what they show."""
        if self._choice is None:
            return
        stage = self._choice.stage
        old: dict[bool, list[PaneFrame]] = {True: [], False: []}
        for pane in self._grid.panes:
            old[isinstance(pane, Pane3d)].append(pane)
        panes: list[PaneFrame] = []
        for number, plan in enumerate(stage.panes, 1):
            spare = old[is_volume_plan(plan)]
            pane = spare.pop(0) if spare else self._new_pane(number, plan)
            pane.number = number
            panes.append(pane)
        self._layout_name = ""
        self._waiting.clear()
        self._plans = dict(zip(panes, stage.panes, strict=True))
        self._grid.set_panes(panes, stage.columns)
        for pane, plan in zip(panes, stage.panes, strict=True):
            if isinstance(pane, Pane) and self._missing(plan):
                pane.show_state(None)
        self._fill_loaded()

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
        self._hold()
        if not self._plans and not self._layout_name and self._choice is not None:
            self._layout_name = self._choice.protocol.name
            self.hung.emit(self._layout_name)

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
        self._hold()

    def _hold(self) -> None:
        panes = self._grid.panes
        for number in range(MOST_HELD):
            place, layer = divmod(number, 2)
            keys = _keys_of(panes[place]) if place < len(panes) else ()
            self._library.hold(number, keys[layer] if layer < len(keys) else None)
        self.shown_changed.emit()

    def _on_volume_ready(self, key: VolumeKey) -> None:
        volume = self._library.volume(key)
        for pane, wanted in list(self._waiting.items()):
            if wanted == key:
                del self._waiting[pane]
                if volume is not None and pane in self._grid.panes:
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


def first_study(catalog: Catalog) -> StudyEntry | None:
    """Return the study with the most images that can be hung."""
    studies = [study for study in catalog.studies if any(s.volumes for s in study.series)]
    return max(studies, key=_image_count, default=None)


def _image_count(study: StudyEntry) -> int:
    return sum(entry.geometry.shape_kji[0] for series in study.series for entry in series.volumes)


def _keys_of(pane: PaneFrame) -> tuple[VolumeKey, ...]:
    if isinstance(pane, Pane) and pane.state is not None:
        return tuple(layer.volume.key for layer in pane.state.layers)
    if isinstance(pane, Pane3d) and pane.volume is not None:
        return (pane.volume.key,)
    return ()
