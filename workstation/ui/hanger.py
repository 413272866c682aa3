"""Hangs what is open by protocol: the choice, its layouts, the prior, kept layouts."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workstation.app.library import Library
from workstation.app.messages import Messages
from workstation.app.protocol_match import PanePlan
from workstation.app.protocol_series import (
    MIN_SLICES,
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
from workstation.imaging.volume import VolumeKey
from workstation.ui.hang_plans import plan_of
from workstation.ui.hanging import framed, slice_state
from workstation.ui.pane_frame import PaneFrame
from workstation.ui.pane_grid import PaneGrid
from workstation.ui.pane_host import PaneHost
from workstation.ui.reading_desk import ReadingDesk
from workstation.ui.stage_filler import StageFiller, keys_of

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
        self._desk = desk
        self._session = session
        self._messages = messages
        self._shelf = shelf
        self._study_uid = ""
        self._choice: HangChoice | None = None
        self._layout_name = ""
        self._before_compare = ""
        self._filler = StageFiller(library, host, desk, session, messages)
        self._filler.shown_changed.connect(self.shown_changed)
        self._filler.complete.connect(self._on_complete)

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
        self._filler.clear()
        self.hung.emit("")

    def show_in(self, pane: PaneFrame | None, key: VolumeKey) -> None:
        """Show a series in a pane, once it is loaded; the plane of the pane stays."""
        self._filler.show_in(pane, key)

    def set_grid(self, rows: int, columns: int) -> None:
        """Show another number of panes; those that stay keep what they show."""
        self._filler.set_grid(rows, columns)

    def step_series(self, steps: int) -> None:
        """Show the next or previous series of the study list in the active pane."""
        pane = self._desk.active_slice_pane()
        keys = list(self._library.keys)
        if pane is None or pane.state is None or not keys:
            return
        here = keys.index(pane.state.volume.key) if pane.state.volume.key in keys else 0
        self.show_in(pane, keys[min(max(here + steps, 0), len(keys) - 1)])

    def shown(self, key: VolumeKey) -> tuple[bool, ...]:
        """Return for each pane, row by row, whether it shows a series."""
        return tuple(key in keys_of(pane) for pane in self._grid.panes)

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
        self._choice = choice
        self._put_up()

    def _put_up(self) -> None:
        if self._choice is not None:
            self._layout_name = ""
            self._filler.put_up(self._choice.stage)

    def _on_complete(self) -> None:
        if self._choice is not None:
            self._layout_name = self._choice.protocol.name
            self.hung.emit(self._layout_name)

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


def first_study(catalog: Catalog) -> StudyEntry | None:
    """Return the study to read: the newest that is more than a scout, else the largest."""
    studies = [study for study in catalog.studies if any(s.volumes for s in study.series)]
    readable = [study for study in studies if _image_count(study) >= MIN_SLICES]
    newest = max(readable, key=lambda study: (study.date, _image_count(study)), default=None)
    return newest or max(studies, key=_image_count, default=None)


def _image_count(study: StudyEntry) -> int:
    return sum(entry.geometry.shape_kji[0] for series in study.series for entry in series.volumes)
