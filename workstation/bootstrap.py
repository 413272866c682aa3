"""The only place where all objects are built and joined."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer

from workstation.app.actions import ActionRegistry
from workstation.app.collector import MainThreadCollector
from workstation.app.housekeeping import Housekeeping
from workstation.app.idle_lock import IdleLock, PinLock
from workstation.app.jobs import JobCallbacks, JobRunner
from workstation.app.library import Library
from workstation.app.messages import Messages
from workstation.app.outlines import Outlines
from workstation.app.protocol_shelf import ProtocolShelf
from workstation.app.session import CaseSession
from workstation.app.source_watch import SourceWatch
from workstation.app.workstation_check import check_workstation
from workstation.base.errors import InputRefusedError
from workstation.base.log import set_up_logging
from workstation.base.paths import store_folder
from workstation.imaging.catalog import begin_volume, load_volume, open_paths
from workstation.imaging.contour_read import load_contours
from workstation.imaging.header_index import HeaderIndex
from workstation.storage.case_store import CaseStore
from workstation.storage.encryption import is_encrypted
from workstation.storage.settings import Settings, SettingsFile
from workstation.ui.application import make_application
from workstation.ui.case_opening import CaseOpener
from workstation.ui.crash_dialog import CrashReporter
from workstation.ui.demo_opening import DemoOpener
from workstation.ui.empty_view import EmptyView
from workstation.ui.escc_widget import EsccForm
from workstation.ui.evidence_desk import EvidenceDesk
from workstation.ui.form_binding import FormPage
from workstation.ui.form_panel import FormPanel
from workstation.ui.hang_menu import HangMenu
from workstation.ui.hanger import Hanger
from workstation.ui.identity_bar import IdentityBar
from workstation.ui.image_actions import ImageActions
from workstation.ui.key_dispatch import KeyDispatcher
from workstation.ui.lesion_panel import LesionPanel
from workstation.ui.lock_cover import LockGuard
from workstation.ui.main_window import MainWindow, WindowParts
from workstation.ui.message_bar import MessageBar
from workstation.ui.noms_form import NomsForm
from workstation.ui.pane_follower import PaneFollower
from workstation.ui.pane_grid import PaneGrid
from workstation.ui.pane_host import PaneHost
from workstation.ui.pane_menu import PaneMenu
from workstation.ui.reading_desk import ReadingDesk
from workstation.ui.report_desk import ReportDesk
from workstation.ui.report_panel import ReportPanel
from workstation.ui.settings_desk import SettingsDesk
from workstation.ui.sins_widget import SinsForm
from workstation.ui.spine_map import SpineDock, SpineRail
from workstation.ui.start_panel import StartPanel
from workstation.ui.status_bar import StatusBar
from workstation.ui.study_panel import StudyPanel
from workstation.ui.theme import ThemeName
from workstation.ui.toolbar import Toolbar
from workstation.ui.tools.tool import ToolId
from workstation.ui.window_actions import WindowActions, WindowServices
from workstation.ui.window_controller import DropHandler, WindowController

LOG_FOLDER = "logs"
HEADER_INDEX = "headers.sqlite"
CHECK_DELAY_MS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Workstation:
    """Everything that lives as long as the window.

    Parameters
    ----------
    window : MainWindow
    session : CaseSession
    library : Library
    jobs : JobRunner
    messages : Messages
    registry : ActionRegistry
    desk : ReadingDesk
    host : PaneHost
    follower : PaneFollower
    hanger : Hanger
    opener : CaseOpener
    evidence : EvidenceDesk
    store : CaseStore
    settings_file : SettingsFile
    """

    window: MainWindow
    session: CaseSession
    library: Library
    jobs: JobRunner
    messages: Messages
    registry: ActionRegistry
    desk: ReadingDesk
    host: PaneHost
    follower: PaneFollower
    hanger: Hanger
    opener: CaseOpener
    evidence: EvidenceDesk
    store: CaseStore
    settings_file: SettingsFile

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open studies in the window."""
        self.library.open(tuple(paths))

    def close(self) -> None:
        """Keep everything and end all work; a second call does nothing."""
        self.desk.grid.close_views()
        self.session.shut_down()
        self.jobs.close()
        self.store.close()


def run_window(store: str | None, paths: Sequence[str]) -> int:
    """Open the window on these paths and return the exit code when it closes.

    Parameters
    ----------
    store : str or None
        Folder of the case store; by default the one of the platform.
    paths : sequence of str
    """
    chosen = tuple(Path(path) for path in paths)
    for path in chosen:
        if not path.exists():
            raise InputRefusedError(f"{path.name} does not exist.", code="no-such-path")
    home = store_folder(store)
    theme = SettingsFile(home).load().settings.theme
    application = make_application(ThemeName(theme.value))
    set_up_logging(home / LOG_FOLDER)
    workstation = build_workstation(home)
    reporter = CrashReporter(workstation.window)
    sys.excepthook = reporter.report
    workstation.window.show()
    if chosen:
        workstation.open_paths(chosen)
    collector = MainThreadCollector(application)
    code: int = application.exec()
    collector.close()
    workstation.close()
    return code


def run_demo(store: str | None) -> int:
    """Open the window on the shipped demo case and return the exit code when it closes."""
    home = store_folder(store)
    theme = SettingsFile(home).load().settings.theme
    application = make_application(ThemeName(theme.value))
    set_up_logging(home / LOG_FOLDER)
    workstation = build_workstation(home)
    sys.excepthook = CrashReporter(workstation.window).report
    workstation.window.show()
    workstation.window.parts.empty.demo_wanted.emit()
    code: int = application.exec()
    workstation.close()
    return code


def build_workstation(home: Path) -> Workstation:
    """Return the window and everything behind it, built and joined, not yet shown.

    Parameters
    ----------
    home : Path
        Folder of cases, settings and logs; it exists.

    Raises
    ------
    StoreError
        When the case store cannot be used.
    """
    messages = Messages()
    settings = _load_settings(home, messages)
    store = CaseStore.open(home)
    jobs = JobRunner()
    session = CaseSession(store, messages, clock=_local_time, new_id=_new_id)
    session.author = settings.reader_name
    library = _make_library(home, store, jobs, settings)
    registry = ActionRegistry()
    desk = ReadingDesk(PaneGrid(), session, messages)
    host = PaneHost(desk, session)
    follower = PaneFollower(desk, session)
    shelf = ProtocolShelf(home)
    for refusal in shelf.refusals:
        messages.refused(refusal, key="hang")
    hanger = Hanger(library, host, desk, session, messages, shelf)
    evidence = EvidenceDesk(session, library, desk, messages)
    opener = CaseOpener(library, session, messages, store.list_cases)
    opener.study_opened.connect(hanger.hang_study)
    forms = _make_forms(session, evidence)
    parts = WindowParts(
        identity=IdentityBar(),
        toolbar=Toolbar(registry),
        messages=MessageBar(messages),
        status=StatusBar(jobs),
        grid=desk.grid,
        studies=StudyPanel(library, hanger),
        spine_map=SpineDock(session),
        rail=SpineRail(session),
        forms=forms,
        start=StartPanel(),
        empty=EmptyView(),
    )
    window = MainWindow(parts)
    outlines = Outlines(jobs, library, load_contours, parent=library)
    outlines.changed.connect(lambda: desk.show_outlines(outlines.sets))
    workstation = Workstation(
        window=window,
        session=session,
        library=library,
        jobs=jobs,
        messages=messages,
        registry=registry,
        desk=desk,
        host=host,
        follower=follower,
        hanger=hanger,
        opener=opener,
        evidence=evidence,
        store=store,
        settings_file=SettingsFile(home),
    )
    _join(workstation, settings)
    _look_after(workstation, settings, home)
    for notice in store.notices:
        messages.info(notice)
    if store.read_only:
        messages.caution(store.read_only_reason, key="read-only")
    return workstation


def _load_settings(home: Path, messages: Messages) -> Settings:
    loaded = SettingsFile(home).load()
    for problem in loaded.problems:
        messages.caution(problem, key="settings")
    return loaded.settings


def _make_library(home: Path, store: CaseStore, jobs: JobRunner, settings: Settings) -> Library:
    # The index names patients; beside an encrypted store it would tell what the store hides.
    index = None if is_encrypted(store.path) else HeaderIndex(home / HEADER_INDEX)
    watch = SourceWatch(partial(open_paths, index=index), load_volume, begin_volume)
    return Library(
        jobs,
        open_paths=watch.open_paths,
        load_volume=watch.load_volume,
        begin_volume=watch.begin_volume,
        budget_bytes=settings.memory_budget_mb * 1024**2,
    )


def _local_time() -> datetime:
    return datetime.now().astimezone()


def _new_id() -> str:
    return uuid.uuid4().hex


def _make_forms(session: CaseSession, evidence: EvidenceDesk) -> FormPanel:
    pages: list[FormPage] = [
        LesionPanel(session, evidence.picture),
        SinsForm(session, evidence.picture),
        EsccForm(session, evidence.picture),
        NomsForm(session, evidence.picture),
        ReportPanel(session, evidence.picture),
    ]
    return FormPanel(session, pages)


def _join(made: Workstation, settings: Settings) -> None:
    """Join actions, keys and bands."""
    window, parts, registry = made.window, made.window.parts, made.registry
    images = ImageActions(registry, made.desk, made.host, made.follower, made.hanger)
    controller = WindowController(window, made.session, made.desk, made.host, made.hanger, registry)
    controller.reader = settings.reader_name
    parts.identity.levels_pressed.connect(controller.confirm_levels)
    services = WindowServices(
        registry=registry,
        session=made.session,
        library=made.library,
        messages=made.messages,
        desk=made.desk,
        hanger=made.hanger,
        evidence=made.evidence,
        controller=controller,
    )
    actions = WindowActions(window, services)
    DropHandler(window, made.library, made.hanger, made.messages)
    window.keys = KeyDispatcher(registry, window)
    parts.toolbar.layout_wanted.connect(made.hanger.set_grid)
    parts.toolbar.window_wanted.connect(images.set_preset)
    parts.studies.series_wanted.connect(partial(made.hanger.show_in, None))
    parts.studies.dock_pressed.connect(window.body.toggle_dock)
    parts.empty.open_wanted.connect(actions.open_files)
    parts.empty.keys_wanted.connect(actions.show_keys)
    parts.empty.palette_wanted.connect(actions.show_palette)
    parts.empty.show_cases(made.store.list_cases())
    demo = DemoOpener(made.library, made.session, made.opener, made.hanger, made.desk)
    parts.empty.demo_wanted.connect(demo.open)
    parts.empty.case_wanted.connect(actions.open_case)
    parts.studies.refused_wanted.connect(actions.show_refused)
    settings_desk = SettingsDesk(
        settings, made.settings_file, registry, made.host, made.desk, made.messages, window
    )
    settings_desk.changed.connect(partial(_take_settings, made, controller))
    HangMenu(parts.toolbar.hanging.menu, made.hanger, registry, window)
    menu = PaneMenu(registry, images, window)
    made.host.pointer.menu_wanted.connect(menu.open)
    window.may_close = made.session.flush
    _join_forms(made, actions)
    parts.toolbar.refresh()


def _take_settings(made: Workstation, controller: WindowController, settings: Settings) -> None:
    """Name the reader as the settings now say."""
    made.session.author = settings.reader_name
    controller.reader = settings.reader_name
    made.window.parts.identity.show_case(made.session.case, settings.reader_name)


def _join_forms(made: Workstation, actions: WindowActions) -> None:
    """Join the right panel to panes, evidence and report."""
    forms, registry = made.window.parts.forms, made.registry
    forms.images_wanted.connect(actions.focus_images)
    forms.evidence_activated.connect(made.evidence.go_to)
    forms.attach_requested.connect(made.evidence.attach)
    lesions, report = forms.page_of("lesions"), forms.page_of("report")
    if isinstance(lesions, LesionPanel):
        lesions.mark_requested.connect(partial(made.desk.arm, ToolId.LESION))
        lesions.check_requested.connect(partial(registry.trigger, "tab.report"))
    if isinstance(report, ReportPanel):
        report.field_wanted.connect(forms.go_to)
        desk = ReportDesk(report, made.session, made.library, made.jobs, made.messages, _local_time)
        registry.bind("report.pdf", desk.ask_where_to_write)
        registry.bind("report.sign", desk.sign)


def _look_after(made: Workstation, settings: Settings, home: Path) -> None:
    """Start what goes on by itself: the check, the daily copy, the lock of an idle window."""
    _check_later(made, home)
    Housekeeping(made.store, made.jobs, made.messages, made.window)
    lock = IdleLock(PinLock(home), settings.idle_lock_minutes, made.window)
    LockGuard(lock, made.window, made.session)


def _check_later(made: Workstation, home: Path) -> None:
    """Run the workstation check once the window stands, unless a study is opened at once."""

    def start() -> None:
        if made.session.case is None and not made.jobs.running:
            callbacks = JobCallbacks(done=made.window.parts.start.show_checks)
            made.jobs.start(
                "Checking this workstation", check_workstation, home, callbacks=callbacks
            )

    QTimer.singleShot(CHECK_DELAY_MS, made.window, start)
