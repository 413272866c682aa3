"""Opens the shipped demo in the window: its own case, numbered, marked and graded once."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workstation.app.demo_case import (
    DEMO_AUTHOR,
    DEMO_CASE_ID,
    ILLUSTRATION,
    demo_commands,
    demo_notes,
)
from workstation.app.library import Library
from workstation.app.session import CaseSession
from workstation.base.paths import resource_path
from workstation.domain.case import Case
from workstation.imaging.catalog import SeriesEntry, StudyEntry
from workstation.ui.case_opening import CaseOpener
from workstation.ui.hanger import Hanger
from workstation.ui.reading_desk import ReadingDesk


class DemoOpener(QObject):
    """Opens the demo on request.

    Parameters
    ----------
    library : Library
    session : CaseSession
    opener : CaseOpener
    hanger : Hanger
    desk : ReadingDesk
    """

    def __init__(
        self,
        library: Library,
        session: CaseSession,
        opener: CaseOpener,
        hanger: Hanger,
        desk: ReadingDesk,
    ) -> None:
        super().__init__(desk)
        self._library = library
        self._session = session
        self._opener = opener
        self._hanger = hanger
        self._pending = False
        hanger.hung.connect(self._on_hung)

    def open(self) -> None:
        """Put what is open away and read the demo."""
        self._session.close()
        self._hanger.clear()
        self._library.close_all()
        self._opener.case_maker = self._make_case
        self._pending = True
        self._library.open((resource_path("demo", demo_notes()["folder"]),))

    def _make_case(self, study: StudyEntry) -> None:
        """Open the kept demo case, or make it from the commands of its illustration."""
        self._opener.case_maker = None
        kept = any(item.case_id == DEMO_CASE_ID for item in self._opener.kept_cases())
        if kept and self._session.open(DEMO_CASE_ID):
            return
        at = self._session.now()
        fresh = Case(id=DEMO_CASE_ID, created_at=at, illustration=ILLUSTRATION, reader=DEMO_AUTHOR)
        self._session.new(fresh)
        notes = demo_notes()
        series = _marked_series(study, notes["series_instance_uid"])
        if series is not None:
            for command in demo_commands(series.volumes[0].identity, notes, at=at):
                self._session.dispatch(command)

    def _on_hung(self, name: str) -> None:
        """Go to the marked focus once the images hang."""
        case = self._session.case
        if self._pending and name and case is not None and case.lesions:
            self._pending = False
            lesion = case.lesions[0]
            self._session.change_view(selected_lesion_id=lesion.id, active_level=lesion.level)


def _marked_series(study: StudyEntry, series_uid: str) -> SeriesEntry | None:
    found = (item for item in study.series if item.identity.series_uid == series_uid)
    return next((item for item in found if item.volumes), None)
