"""What joins a form to the case: one page takes the session, shows a level, emits commands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from workstation.app.session import CaseSession, ViewState
from workstation.domain.case import Case, CaseStatus, KeyImage
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.evidence import KeyImagePicture
from workstation.ui.components.level_strip import LevelChipView
from workstation.ui.components.marks import FormState

EDGE_PX = 12
"""Space between the words of a form and the edge of the panel."""


def evidence_for(case: Case, field: str) -> tuple[KeyImage, ...]:
    """Return the key images that prove a field such as ``"sins.T9.pain"``."""
    return tuple(image for image in case.key_images if field in image.proves)


def no_picture(image: KeyImage, size: QSize) -> QImage | None:
    """Return no picture: what a form shows while nobody renders key images."""
    return None


def shown_level(case: Case, view: ViewState) -> VertebralLevel | None:
    """Return the level the forms stand at: the active one, or the first with a finding."""
    if view.active_level is not None:
        return view.active_level
    levels = case.levels_with_findings
    return levels[0] if levels else None


class FormPage(QWidget):
    """Base of the five forms.

    A page refreshes when its part of the case or the level changes and only while it is visible;
    it sends commands through the session and decides nothing about medicine.

    Parameters
    ----------
    session : CaseSession
    picture : callable
        Gives the picture of a key image.

    Signals
    -------
    evidence_activated(str)
        A key image was pressed: the panes go there.
    attach_requested(str)
        The field that wants what the pane under the cursor shows.
    field_wanted(str)
        Go to the field of a check or of a source.
    focus_moved(QWidget)
        The focused part changed; keep it in view.
    """

    evidence_activated = Signal(str)
    attach_requested = Signal(str)
    field_wanted = Signal(str)
    focus_moved = Signal(object)

    tab = ""
    title = ""
    has_level_strip = True

    def __init__(
        self,
        session: CaseSession,
        picture: KeyImagePicture = no_picture,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._picture = picture
        self._stale = True
        self.foot = QWidget()
        """The sticky result below the scrolled part."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        session.case_changed.connect(self._on_case_changed)
        session.view_changed.connect(self._on_view_changed)

    @property
    def level(self) -> VertebralLevel | None:
        """The level this form shows now."""
        case = self._session.case
        return None if case is None else shown_level(case, self._session.view)

    @property
    def editable(self) -> bool:
        """Whether answers may change: a case is open and not signed."""
        case = self._session.case
        return case is not None and case.status is CaseStatus.DRAFT

    def chips(self, case: Case) -> Sequence[LevelChipView]:
        """Return one chip for each level with a finding."""
        return ()

    def state(self, case: Case) -> FormState:
        """Return how far this form is filled."""
        return FormState.EMPTY

    def refresh(self) -> None:
        """Show the case as it is now."""

    def is_touched(self, old: Case, new: Case) -> bool:
        """Whether the part of the case that this form shows differs."""
        return True

    def first_keys(self) -> str:
        """Return the keys that begin a sequence in this form."""
        return ""

    def take_key(self, key: str) -> bool:
        """Carry out a form key; False when the form has no use for it."""
        return False

    def reveal(self, field: str) -> None:
        """Bring the field named by a check into view and focus."""

    def ensure_fresh(self) -> None:
        """Refresh if something changed while the form was hidden."""
        if self._stale:
            self._stale = False
            self.refresh()

    def _on_case_changed(self, old: Case | None, new: Case | None) -> None:
        if old is None or new is None or self.is_touched(old, new):
            self._mark_stale()

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        case = self._session.case
        if case is None or shown_level(case, old) is not shown_level(case, new):
            self._mark_stale()

    def _mark_stale(self) -> None:
        self._stale = True
        if self.isVisible():
            self.ensure_fresh()


def column(parent: QWidget, *, spacing_px: int = 8, edge_px: int = 0) -> QVBoxLayout:
    """Return a column layout for a part of a form."""
    made = QVBoxLayout(parent)
    made.setContentsMargins(edge_px, edge_px, edge_px, edge_px)
    made.setSpacing(spacing_px)
    return made
