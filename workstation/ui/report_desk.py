"""Makes the pages of the report and its PDF for the window, in the background."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from workstation.app.jobs import JobCallbacks, JobRunner
from workstation.app.library import Library
from workstation.app.messages import Messages
from workstation.app.session import CaseSession
from workstation.base.errors import WorkstationError
from workstation.base.task import CancelToken, Progress
from workstation.domain.case import Case
from workstation.report.service import (
    ReportFiles,
    make_report,
    preview_report,
    report_stem,
    settings_for,
)
from workstation.storage.atomic_file import write_atomically
from workstation.storage.case_codec import encode_case
from workstation.ui.key_image import render_images
from workstation.ui.report_panel import ReportPanel

PREVIEW_PPI = 110.0
Clock = Callable[[], datetime]


class ReportDesk(QObject):
    """Joins the report panel to what writes reports.

    Parameters
    ----------
    panel : ReportPanel
    session : CaseSession
    library : Library
    jobs : JobRunner
    messages : Messages
    clock : callable
        Gives the local time with offset.
    """

    def __init__(
        self,
        panel: ReportPanel,
        session: CaseSession,
        library: Library,
        jobs: JobRunner,
        messages: Messages,
        clock: Clock,
    ) -> None:
        super().__init__(panel)
        self._panel = panel
        self._session = session
        self._library = library
        self._jobs = jobs
        self._messages = messages
        self._clock = clock
        panel.preview_requested.connect(self.preview)
        session.case_changed.connect(self._on_case_changed)

    def preview(self) -> None:
        """Make the pages that would be filed and show them."""
        case = self._session.case
        if case is None:
            return
        pictures = render_images(case, self._library.volume)
        work = partial(
            preview_report,
            case,
            images=pictures,
            settings=settings_for(case, self._clock()),
            ppi=PREVIEW_PPI,
        )
        callbacks = JobCallbacks(done=self._show_pages, failed=self._refuse)
        self._jobs.start("Making the pages", _run, work, callbacks=callbacks, slot="preview")

    def ask_where_to_write(self) -> None:
        """Ask for a folder and write the report into it."""
        if self._session.case is None:
            return
        dialog = QFileDialog(_window_of(self._panel), "Write the report into a folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._on_chosen)
        dialog.open()

    def write(self, folder: Path) -> None:
        """Write PDF and record of the open case into a folder."""
        case = self._session.case
        if case is None:
            return
        pictures = render_images(case, self._library.volume)
        work = partial(
            make_report,
            case,
            case_record=encode_case(case),
            images=pictures,
            settings=settings_for(case, self._clock()),
        )
        callbacks = JobCallbacks(done=partial(self._keep, folder), failed=self._refuse)
        self._jobs.start("Writing the report", _run, work, callbacks=callbacks, slot="report")

    def sign(self) -> None:
        """Show the report and what signing needs."""
        self._session.change_view(active_tab="report")
        self._panel.begin_signing()

    def _show_pages(self, pages: list[bytes]) -> None:
        self._panel.show_pages([QImage.fromData(page) for page in pages])

    def _refuse(self, error: WorkstationError) -> None:
        self._messages.refused(error, key="report")

    def _keep(self, folder: Path, files: ReportFiles) -> None:
        try:
            for name, content in files.named():
                write_atomically(folder / name, content)
        except WorkstationError as error:
            self._messages.refused(error, key="report")
            return
        self._messages.info(f"{files.stem}.pdf is written.", key="report")

    def _on_chosen(self, names: list[str]) -> None:
        if names:
            self.write(Path(names[0]))

    def _on_case_changed(self, old: Case | None, new: Case | None) -> None:
        """Take pages away that show another case, or another version of it."""
        if old is None or new is None or report_stem(old) != report_stem(new):
            self._panel.show_pages([])


def _run(work: Callable[[], object], *, progress: Progress, cancel: CancelToken) -> object:
    cancel.check()
    result = work()
    progress(1, 1)
    return result


def _window_of(widget: QWidget) -> QWidget:
    return widget.window()
