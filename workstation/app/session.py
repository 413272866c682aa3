"""The open case: the one place where a command changes it, and where it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from workstation.app.history import History
from workstation.app.messages import Messages
from workstation.app.saving import SaveKind, Saver, SaveState
from workstation.base.errors import CommandRefusedError, InputRefusedError, StoreError
from workstation.domain.case import Case
from workstation.domain.changes import apply
from workstation.domain.commands import Command, Sign
from workstation.domain.spine import PointLps, VertebralLevel
from workstation.storage.audit_log import AuditAction, AuditEvent
from workstation.storage.case_codec import encode_command
from workstation.storage.case_store import CaseStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewState:
    """What the reader looks at; not part of the case and not undoable.

    Parameters
    ----------
    active_level : VertebralLevel or None
        The vertebra that the panes and the forms stand at.
    selected_lesion_id : str
        Empty for none.
    cursor_lps : PointLps or None
        The linked point, mm, in the space named by ``frame_of_reference_uid``.
    frame_of_reference_uid : str
    focused_field : str
        The form field that evidence goes to, e.g. ``"sins.T9.bone_lesion"``; empty for none.
    active_tab : str
        ``"lesions"``, ``"sins"``, ``"escc"``, ``"noms"`` or ``"report"``.
    """

    active_level: VertebralLevel | None = None
    selected_lesion_id: str = ""
    cursor_lps: PointLps | None = None
    frame_of_reference_uid: str = ""
    focused_field: str = ""
    active_tab: str = "lesions"


class CaseSession(QObject):
    """Holds the current case; every change goes through :meth:`dispatch`.

    Lives on the main thread. A command applies in memory at once; a writer thread makes it
    durable, and :attr:`save_state` says "kept" only after that.

    Parameters
    ----------
    store : CaseStore
    messages : Messages
        Where refusals and saving errors go.
    clock : callable
        Gives the local time with its offset.
    new_id : callable
        Gives an identifier that was never given before.

    Signals
    -------
    case_changed(old, new)
        Two ``Case`` or None; compare the parts with ``is``.
    view_changed(old, new)
        Two :class:`ViewState`.
    save_state_changed(SaveState)
    """

    case_changed = Signal(object, object)
    view_changed = Signal(object, object)
    save_state_changed = Signal(object)

    def __init__(
        self,
        store: CaseStore,
        messages: Messages,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.author = ""
        """Who the history names for each change; the reader of the settings."""
        self._store = store
        self._messages = messages
        self._clock = clock
        self._new_id = new_id
        self._case: Case | None = None
        self._history: History | None = None
        self._view = ViewState()
        self._saver = Saver(store, messages, clock=clock, parent=self)
        self._saver.state_changed.connect(self.save_state_changed)
        for notice in store.notices:
            messages.caution(notice)

    @property
    def case(self) -> Case | None:
        """The open case, or None."""
        return self._case

    @property
    def view(self) -> ViewState:
        """What the reader looks at."""
        return self._view

    @property
    def save_state(self) -> SaveState:
        """How far the changes are kept."""
        return self._saver.state

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._history is not None and self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self._history is not None and self._history.can_redo

    @property
    def undo_label(self) -> str:
        """The step that undo takes back, in words; empty when there is none."""
        return self._history.undo_label if self._history else ""

    @property
    def redo_label(self) -> str:
        """The step that redo does again, in words; empty when there is none."""
        return self._history.redo_label if self._history else ""

    def now(self) -> str:
        """Return the local time with offset, ISO 8601 to the second, as commands carry it."""
        return self._clock().isoformat(timespec="seconds")

    def new_id(self) -> str:
        """Return an identifier for a lesion, key image or case that was never given before."""
        return self._new_id()

    def new(self, case: Case | None = None) -> Case:
        """Start a case, keep it, and return it; without an argument an empty one."""
        self.close()
        fresh = case or Case(id=self.new_id(), created_at=self.now())
        self._saver.submit(partial(_create, case=fresh, author=self.author))
        self._history = History(fresh)
        self._show(fresh)
        return fresh

    def open(self, case_id: str) -> bool:
        """Open a kept case with its undo list; False, with a message, when it cannot be."""
        self.close()
        try:
            stored = self._saver.call(lambda store: store.load(case_id))
        except StoreError as error:
            self._messages.refused(error)
            return False
        self._history = History.restored(stored.steps, stored.position)
        self._show(self._history.current)
        event = AuditEvent(action=AuditAction.OPENED, actor=self.author, case_id=case_id)
        self._saver.note(partial(_log_event, event=event))
        self._clock_is_early(case_id)
        return True

    def close(self) -> None:
        """Keep what is pending and put the case away."""
        if self._case is None:
            return
        self.flush()
        self._history = None
        self._show(None)
        self.set_view(ViewState())

    def shut_down(self) -> bool:
        """Keep what is pending and end the writer thread; False when changes could not be kept."""
        kept = self.flush()
        self._saver.shut_down()
        return kept

    def dispatch(self, command: Command) -> bool:
        """Carry out a command; False, with a message, when it is refused.

        A command that changes nothing is accepted and leaves no step behind.
        """
        if self._case is None or self._history is None:
            self._messages.caution("No case is open. Open a study first.")
            return False
        if self._store.read_only:
            self._messages.caution(self._store.read_only_reason, key="read-only")
            return False
        try:
            after = apply(self._case, command)
            # What cannot be written must not get into memory either.
            encode_command(command)
        except (CommandRefusedError, InputRefusedError) as error:
            self._messages.refused(error)
            return False
        if isinstance(command, Sign) and self._clock_is_early(after.id):
            return False
        if after != self._case:
            self._take(command, after)
        return True

    def undo(self) -> None:
        """Take the last step back."""
        if self._history is not None and self._history.can_undo:
            self._go(self._history, self._history.undo, self._history.redo, _undo)

    def redo(self) -> None:
        """Do the step again that was last taken back."""
        if self._history is not None and self._history.can_redo:
            self._go(self._history, self._history.redo, self._history.undo, _redo)

    def end_step(self) -> None:
        """End a run of typing: the next letters are a new undo step. Call when focus leaves."""
        if self._history is not None:
            self._history.seal()

    def set_view(self, view: ViewState) -> None:
        """Replace what the reader looks at."""
        old, self._view = self._view, view
        if old != view:
            self.view_changed.emit(old, view)

    def change_view(self, **changes: Any) -> None:
        """Replace some fields of the view state, by name."""
        self.set_view(replace(self._view, **changes))

    def flush(self) -> bool:
        """Wait until every change is durable; False when the store did not take them."""
        return self._saver.flush()

    def _clock_is_early(self, case_id: str) -> bool:
        """Tell, and return, whether the clock stands before the last change of the case."""
        try:
            warning = self._saver.call(lambda store: store.clock_warning(case_id))
        except StoreError:
            # A store that does not answer is told about when the change is written.
            return False
        if warning:
            self._messages.caution(warning, key="clock")
        return bool(warning)

    def _take(self, command: Command, after: Case) -> None:
        history = self._history
        if history is None:
            return
        folds = False
        if isinstance(command, Sign):
            history.restart(after)
        else:
            folds = history.push(command.label, after, merge_key=command.merge_key)
        self._saver.submit(
            partial(_record, command=command, after=after, author=self.author, folds=folds)
        )
        self._show(after)

    def _go(
        self,
        history: History,
        there: Callable[[], None],
        back: Callable[[], None],
        write: Callable[..., None],
    ) -> None:
        """Move in the undo list; a stored state that is damaged leaves everything as it is."""
        if self._store.read_only:
            self._messages.caution(self._store.read_only_reason, key="read-only")
            return
        there()
        try:
            case = history.current
        except StoreError as error:
            back()
            self._messages.refused(error)
            return
        self._saver.submit(partial(write, case_id=case.id, author=self.author))
        self._show(case)

    def _show(self, case: Case | None) -> None:
        old, self._case = self._case, case
        if old is not case:
            self.case_changed.emit(old, case)


def _create(store: CaseStore, *, case: Case, author: str) -> None:
    store.create(case, author=author)


def _record(store: CaseStore, *, command: Command, after: Case, author: str, folds: bool) -> None:
    store.record(after.id, command, after, author=author, folds=folds)


def _log_event(store: CaseStore, *, event: AuditEvent) -> None:
    store.audit.add(event)


def _undo(store: CaseStore, *, case_id: str, author: str) -> None:
    store.undo(case_id, author=author)


def _redo(store: CaseStore, *, case_id: str, author: str) -> None:
    store.redo(case_id, author=author)


__all__ = ["CaseSession", "SaveKind", "SaveState", "ViewState"]
