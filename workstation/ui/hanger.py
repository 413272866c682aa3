"""Loads the series of a study and hangs them; from the reader's first move on nothing shifts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from workstation.app.library import Library
from workstation.app.messages import Messages
from workstation.app.session import CaseSession
from workstation.base.errors import WorkstationError
from workstation.imaging.catalog import Catalog, StudyEntry, VolumeEntry
from workstation.imaging.volume import Volume, VolumeKey, WindowSetting
from workstation.imaging.window import starting_window
from workstation.rendering.slice_view import SliceLayer
from workstation.ui.hanging import (
    Layout,
    PaneSlot,
    SlotKind,
    framed,
    hang,
    native_plane,
    slice_state,
)
from workstation.ui.pane import Pane
from workstation.ui.pane_3d import Pane3d
from workstation.ui.pane_frame import PaneFrame
from workstation.ui.pane_grid import PaneGrid
from workstation.ui.pane_host import PaneHost
from workstation.ui.pane_state import Framing
from workstation.ui.reading_desk import ReadingDesk

LOADED_AT_ONCE = 6
"""Series of a study that are loaded without being asked for."""


class Hanger(QObject):
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
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._host = host
        self._desk = desk
        self._session = session
        self._messages = messages
        self._wanted: tuple[VolumeKey, ...] = ()
        self._settled = False
        self._layout_name = ""
        self._waiting: dict[VolumeKey, PaneFrame] = {}
        self._first_windows: dict[VolumeKey, WindowSetting] = {}
        desk.touched.connect(self._on_touched)
        library.preview_ready.connect(self._on_preview_ready)
        library.volume_ready.connect(self._on_volume_ready)
        library.load_failed.connect(self._on_load_failed)

    @property
    def layout_name(self) -> str:
        """The name of the present layout, or empty."""
        return self._layout_name

    @property
    def _grid(self) -> PaneGrid:
        return self._desk.grid

    def hang_study(self, study: StudyEntry) -> None:
        """Load the series of a study and hang them as they arrive."""
        entries = list(main_entries(study))[:LOADED_AT_ONCE]
        self._wanted = tuple(entry.key for entry in entries)
        self._settled = False
        self._layout_name = ""
        for key in self._wanted:
            self._library.request(key)
        self._hang_loaded()

    def clear(self) -> None:
        """Take everything down."""
        self._wanted = ()
        self._layout_name = ""
        self._waiting.clear()
        self._first_windows.clear()
        self._grid.set_panes([], 2)
        self.hung.emit("")
        self.shown_changed.emit()

    def show_in(self, pane: PaneFrame | None, key: VolumeKey) -> None:
        """Show a series in a pane, once it is loaded; the plane of the pane stays."""
        target = pane or self._grid.active
        if target is None:
            return
        self._settled = True
        volume = self._library.request(key)
        if volume is None:
            self._waiting[key] = target
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
            pane = self._new_pane(SlotKind.SLICE, len(panes) + 1)
            if source is not None and isinstance(pane, Pane):
                pane.show_state(source.state)
            panes.append(pane)
        self._settled = True
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
        )
        pane.show_state(framed(fresh.with_layers(state.layers), pane.logical_size))

    def _hang_loaded(self) -> None:
        volumes = [self._library.volume(key) for key in self._wanted]
        loaded = [volume for volume in volumes if volume is not None]
        complete = len(loaded) == len(volumes)
        # The first image comes at once; the layout changes only once more, when all are there.
        if loaded and not self._settled and (complete or not self._layout_name):
            self._put_up(hang(loaded))
        self._settled = self._settled or complete

    def _put_up(self, layout: Layout) -> None:
        old = {SlotKind.SLICE: [], SlotKind.VOLUME: []}  # type: dict[SlotKind, list[PaneFrame]]
        for pane in self._grid.panes:
            kind = SlotKind.VOLUME if isinstance(pane, Pane3d) else SlotKind.SLICE
            old[kind].append(pane)
        panes: list[PaneFrame] = []
        for number, slot in enumerate(layout.slots, 1):
            spare = old[slot.kind]
            pane = spare.pop(0) if spare else self._new_pane(slot.kind, number)
            pane.number = number
            panes.append(pane)
        self._layout_name = layout.name
        self._grid.set_panes(panes, layout.columns)
        for pane, slot in zip(panes, layout.slots, strict=True):
            self._fill(pane, slot)
        self._hold()
        self.hung.emit(layout.name)

    def _fill(self, pane: PaneFrame, slot: PaneSlot) -> None:
        if isinstance(pane, Pane3d) and slot.volume is not None:
            if pane.volume is not slot.volume:
                pane.show_volume(slot.volume, self._session.case)
        elif isinstance(pane, Pane) and slot.state is not None:
            pane.show_state(framed(slot.state, pane.logical_size))

    def _new_pane(self, kind: SlotKind, number: int) -> PaneFrame:
        pane: PaneFrame = Pane3d(number) if kind is SlotKind.VOLUME else Pane(number)
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
        for number in range(16):
            panes = self._grid.panes
            keys = _keys_of(panes[number]) if number < len(panes) else ()
            self._library.hold(number, keys[0] if keys else None)
        self.shown_changed.emit()

    def _on_touched(self) -> None:
        if self._layout_name:
            self._settled = True

    def _on_preview_ready(self, key: VolumeKey) -> None:
        """Show a series as far as it is read: in the pane that waits for it, or by itself."""
        volume = self._library.preview(key)
        if volume is None or self._refresh(volume):
            return
        self._first_windows[key] = starting_window(volume)
        pane = self._waiting.get(key)
        if isinstance(pane, Pane) and pane in self._grid.panes:
            self._put(pane, volume)
        elif key in self._wanted and not self._layout_name and not self._desk.slice_panes():
            slot = PaneSlot(state=slice_state(volume, native_plane(volume)))
            self._put_up(Layout(name="", columns=1, slots=(slot,)))

    def _refresh(self, volume: Volume) -> bool:
        """Put what was read since into the panes that show the series; False where none does."""
        found = False
        for pane in self._desk.slice_panes():
            state = pane.state
            if state is None or all(layer.volume.key != volume.key for layer in state.layers):
                continue
            found = True
            layers = tuple(self._newer(layer, volume) for layer in state.layers)
            pane.show_state(state.with_layers(layers))
        return found

    def _newer(self, layer: SliceLayer, volume: Volume) -> SliceLayer:
        """Return a layer with what was read of its volume since; once whole, in its own window."""
        if layer.volume.key != volume.key or layer.volume is volume:
            return layer
        untouched = layer.window == self._first_windows.get(volume.key)
        if volume.pending_slices or not untouched:
            return replace(layer, volume=volume)
        return replace(layer, volume=volume, window=starting_window(volume))

    def _on_volume_ready(self, key: VolumeKey) -> None:
        pane = self._waiting.pop(key, None)
        volume = self._library.volume(key)
        if volume is not None and self._refresh(volume):
            pane = None
        self._first_windows.pop(key, None)
        if pane is not None and volume is not None and pane in self._grid.panes:
            self._put(pane, volume)
        elif key in self._wanted:
            self._hang_loaded()

    def _on_load_failed(self, key: VolumeKey, error: WorkstationError) -> None:
        self._wanted = tuple(item for item in self._wanted if item != key)
        self._waiting.pop(key, None)
        self._messages.refused(error)
        self._hang_loaded()


def main_entries(study: StudyEntry) -> Iterable[VolumeEntry]:
    """Yield the volumes of a study that are for reading, without localizers."""
    for series in study.series:
        if series.kind.localizer:
            continue
        yield from series.volumes[:1]


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
