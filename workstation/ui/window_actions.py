"""What the actions of the window do: files, tabs, docks, sheets, undo, evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from workstation.app.actions import ActionRegistry
from workstation.app.library import Library
from workstation.app.messages import Messages
from workstation.app.session import CaseSession
from workstation.domain.commands import RemoveLesion, RemoveMark
from workstation.ui.about_dialog import AboutDialog
from workstation.ui.command_palette import CommandPalette
from workstation.ui.evidence_desk import EvidenceDesk
from workstation.ui.hanger import Hanger
from workstation.ui.main_window import MainWindow
from workstation.ui.mark_list import MarkList, middle_of
from workstation.ui.reading_desk import ReadingDesk
from workstation.ui.refused_dialog import RefusedDialog
from workstation.ui.shortcut_sheet import ShortcutSheet
from workstation.ui.window_controller import WindowController

TABS = ("lesions", "sins", "escc", "noms", "report")


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowServices:
    """What the window's actions work with."""

    registry: ActionRegistry
    session: CaseSession
    library: Library
    messages: Messages
    desk: ReadingDesk
    hanger: Hanger
    evidence: EvidenceDesk
    controller: WindowController


class WindowActions(QObject):
    """Binds the actions of the window.

    Parameters
    ----------
    window : MainWindow
    services : WindowServices
    """

    def __init__(self, window: MainWindow, services: WindowServices) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self._opened: list[QWidget] = []
        desk, session = services.desk, services.session
        handlers: dict[str, Callable[[], object]] = {
            "file.open": self.open_files,
            "case.close": self.close_case,
            "app.quit": window.close,
            "window.full_screen": self.toggle_full_screen,
            "window.left_dock": window.body.toggle_dock,
            "window.right_dock": window.body.toggle_forms,
            "window.next_region": partial(self.step_region, 1),
            "window.previous_region": partial(self.step_region, -1),
            "window.images_or_form": self.images_or_form,
            "help.keys": self.show_keys,
            "help.palette": self.show_palette,
            "help.about": self.show_about,
            "mark.list": self.show_marks,
            "edit.undo": session.undo,
            "edit.redo": session.redo,
            "edit.delete": self.delete_selected,
            "spine.confirm": services.controller.confirm_levels,
            "evidence.key_image": services.evidence.toggle,
            "evidence.attach": services.evidence.attach,
        }
        for tab in TABS:
            handlers[f"tab.{tab}"] = partial(session.change_view, active_tab=tab)
        for action_id, handler in handlers.items():
            services.registry.bind(action_id, handler)
        del desk

    def open_files(self) -> None:
        """Ask for a folder and open it."""
        dialog = QFileDialog(self._window, "Open a study")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._on_chosen)
        dialog.open()

    def open_case(self, case_id: str) -> None:
        """Open a kept case; its images are opened by the reader."""
        session, messages = self._services.session, self._services.messages
        if session.open(case_id):
            messages.info("The case is open. Open the folder of its images to see them.")

    def close_case(self) -> None:
        """Put the case away; every change is kept."""
        self._services.session.close()
        self._services.hanger.clear()
        self._services.library.close_all()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or leave it."""
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def images_or_form(self) -> None:
        """Jump between the active pane and the form."""
        forms = self._window.parts.forms
        inside = forms.isAncestorOf(self._window.focusWidget() or self._window)
        if inside:
            self.focus_images()
        else:
            forms.take_focus()

    def focus_images(self) -> None:
        """Give the keys to the active pane."""
        pane = self._services.desk.grid.active
        if pane is not None:
            pane.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def step_region(self, step: int) -> None:
        """Go to the next part of the window: toolbar, series, map, panes, forms."""
        regions = [region for region in self._regions() if region.isVisible()]
        focus = self._window.focusWidget()
        here = (
            next(
                (n for n, item in enumerate(regions) if item is focus or item.isAncestorOf(focus)),
                -1 if step > 0 else 0,
            )
            if focus is not None
            else -1
        )
        target = regions[(here + step) % len(regions)]
        if target is self._window.parts.grid:
            self.focus_images()
        else:
            _focus_first(target)

    def show_keys(self) -> None:
        """Show every key."""
        self._open(ShortcutSheet(self._services.registry, self._window))

    def show_palette(self) -> None:
        """Find a level, a lesion, a series or an action by name."""
        services = self._services
        palette = CommandPalette(services.registry, services.session, self._window)
        self._open(palette)

    def show_refused(self) -> None:
        """Show which files were not opened, and why."""
        RefusedDialog(self._services.library.rejected, self._window).open()

    def show_about(self) -> None:
        """Show version, licences and sources."""
        dialog = AboutDialog(self._window)
        dialog.open()

    def show_marks(self) -> None:
        """Show every mark with its values."""
        services = self._services
        dialog = MarkList(
            services.session, services.library.volume, services.desk.readings, self._window
        )
        dialog.chosen.connect(self.go_to_mark)
        dialog.show()

    def go_to_mark(self, mark_id: str) -> None:
        """Select a mark and bring the panes of its space to it."""
        desk, session = self._services.desk, self._services.session
        mark = session.case.mark(mark_id) if session.case is not None else None
        if mark is not None:
            desk.select_mark(mark_id)
            session.change_view(
                cursor_lps=middle_of(mark), frame_of_reference_uid=mark.frame_of_reference_uid
            )

    def delete_selected(self) -> None:
        """Remove the selected mark, else the selected lesion."""
        view = self._services.session.view
        mark_id = self._services.desk.selected_mark_id
        if mark_id:
            self._services.session.dispatch(RemoveMark(id=mark_id))
        elif view.selected_lesion_id:
            self._services.session.dispatch(RemoveLesion(id=view.selected_lesion_id))
            self._services.session.change_view(selected_lesion_id="")

    def _regions(self) -> tuple[QWidget, ...]:
        parts = self._window.parts
        return (parts.toolbar, parts.studies, parts.spine_map, parts.grid, parts.forms)

    def _open(self, sheet: QWidget) -> None:
        for other in self._opened:
            other.close()
        self._opened = [sheet]
        sheet.destroyed.connect(self._opened.clear)
        sheet.show()
        sheet.setFocus()

    def _on_chosen(self, names: list[str]) -> None:
        self._services.library.open([Path(name) for name in names])


def _focus_first(region: QWidget) -> None:
    """Give the keyboard to the first control of a region."""
    for child in region.findChildren(QWidget):
        takes_keys = bool(child.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if takes_keys and child.isVisible() and child.isEnabled():
            child.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
    region.setFocus(Qt.FocusReason.ShortcutFocusReason)
