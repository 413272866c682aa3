"""The dialogs: about, refused files, and what is shown when the program itself fails."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QWidget

import workstation
from tests.ui.conftest import click, settle
from workstation.base.errors import InputRefusedError
from workstation.imaging.volume import RejectedFile
from workstation.ui import about_dialog
from workstation.ui.about_dialog import DEMO_FALLBACK, NOT_A_DEVICE, AboutDialog, demo_origin
from workstation.ui.components.labels import PlainLabel
from workstation.ui.crash_dialog import CrashDialog, CrashReporter, crash_details
from workstation.ui.refused_dialog import RefusedDialog


def texts(widget):
    return "\n".join(label.text() for label in widget.findChildren(PlainLabel))


@pytest.fixture
def keep(show):
    """Show a dialog that outlives its closing, so that the test can look at it."""

    def kept(dialog, width=600, height=400):
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        return show(dialog, width, height)

    return kept


def close_button(dialog):
    box = dialog.findChild(QDialogButtonBox)
    return box.button(QDialogButtonBox.StandardButton.Close)


class TestAbout:
    @pytest.fixture
    def dialog(self, keep):
        return keep(AboutDialog(), 600, 500)

    def test_it_names_version_and_what_it_is_not(self, dialog):
        assert workstation.__version__ in texts(dialog)
        assert NOT_A_DEVICE in texts(dialog)
        assert "Not a medical device" in NOT_A_DEVICE

    @pytest.mark.parametrize("name", ["Qt for Python", "VTK", "pydicom", "SimpleITK", "Typst"])
    def test_it_names_the_licenses(self, dialog, name):
        assert name in texts(dialog)

    def test_it_names_the_origin_of_the_demo(self, dialog):
        origin = demo_origin()
        assert origin != DEMO_FALLBACK
        assert origin in texts(dialog)
        assert not any(line.startswith(("#", "|", "*")) for line in origin.splitlines())

    @pytest.mark.parametrize("error", [OSError("gone"), InputRefusedError("gone", code="x")])
    def test_without_the_file_it_says_so(self, monkeypatch, error):
        def missing(*parts):
            raise error

        monkeypatch.setattr(about_dialog, "resource_path", missing)
        assert demo_origin() == DEMO_FALLBACK

    def test_it_closes(self, dialog, qtbot):
        with qtbot.waitSignal(dialog.rejected, timeout=1000):
            click(close_button(dialog))


class TestRefused:
    FILES = (
        RejectedFile(path="/home/someone/scan/a.txt", code="not-dicom", reason="Not an image."),
        RejectedFile(path="b.dcm", code="truncated", reason="The file ends too early."),
    )

    def test_each_file_has_its_reason(self, keep):
        table = keep(RefusedDialog(self.FILES), 760, 420).table
        shown = [
            (table.item(row, 0).text(), table.item(row, 1).text())
            for row in range(table.rowCount())
        ]
        assert shown == [("a.txt", "Not an image."), ("b.dcm", "The file ends too early.")]
        assert table.item(0, 0).toolTip() == "/home/someone/scan/a.txt"

    @pytest.mark.parametrize(
        ("count", "words"),
        [(1, "1 file was not opened"), (2, "2 files were not opened"), (0, "0 files were")],
    )
    def test_the_files_are_counted(self, keep, count, words):
        assert words in texts(keep(RefusedDialog(self.FILES[:count]), 760, 420))

    def test_nothing_in_the_list_can_be_changed(self, keep):
        table = keep(RefusedDialog(self.FILES), 760, 420).table
        table.setCurrentCell(0, 1)
        QTest.keyClick(table, Qt.Key.Key_F2)
        QTest.keyClicks(table.viewport(), "changed")
        assert table.item(0, 1).text() == "Not an image."

    def test_it_closes_with_esc(self, keep, qtbot):
        dialog = keep(RefusedDialog(self.FILES), 760, 420)
        with qtbot.waitSignal(dialog.rejected, timeout=1000):
            QTest.keyClick(dialog, Qt.Key.Key_Escape)


def failure(message="Ada EXAMPLE 1958"):
    """Return what ``sys.excepthook`` receives for an error raised in this file."""
    try:
        raise ValueError(message)
    except ValueError:
        return sys.exc_info()


class TestCrashDetails:
    def test_they_name_version_kind_and_place(self):
        kind, _, trace = failure()
        lines = crash_details(kind, trace).splitlines()
        assert lines[0].startswith(f"Batson {workstation.__version__}, Python 3")
        assert lines[2] == "ValueError"
        assert lines[-1].strip().startswith("test_dialogs.py:")
        assert lines[-1].endswith("failure")

    def test_no_value_of_the_error_is_in_them(self):
        kind, _, trace = failure("Ada EXAMPLE 1958")
        assert "EXAMPLE" not in crash_details(kind, trace)

    def test_files_are_named_below_the_package(self):
        with pytest.raises(TypeError) as caught:
            AboutDialog.__init__(None)
        details = crash_details(caught.type, caught.tb)
        assert "  workstation/ui/about_dialog.py:" in details
        assert workstation.__file__.rsplit("/", 2)[0] not in details

    def test_an_error_without_a_trace_has_its_kind(self):
        assert crash_details(KeyError, None).splitlines()[-1] == "KeyError"


class TestCrashDialog:
    def test_the_details_can_be_copied(self, keep):
        dialog = keep(CrashDialog("line one\nline two"))
        click(dialog.copy_button)
        assert QGuiApplication.clipboard().text() == "line one\nline two"

    def test_the_details_cannot_be_changed(self, keep):
        dialog = keep(CrashDialog("line one"))
        QTest.keyClicks(dialog.text, "more")
        assert dialog.text.toPlainText() == "line one"

    def test_it_says_that_the_work_is_kept(self, keep):
        assert "Your changes so far are kept." in texts(keep(CrashDialog("x")))

    def test_go_on_closes_it(self, keep, qtbot):
        dialog = keep(CrashDialog("x"))
        with qtbot.waitSignal(dialog.accepted, timeout=1000):
            click(dialog.go_on)


class TestCrashReporter:
    @pytest.fixture
    def window(self, show):
        return show(QWidget(), 700, 500)

    def dialogs(self, window):
        return [item for item in window.findChildren(CrashDialog) if item.isVisible()]

    def test_a_failure_opens_the_dialog_later(self, window, qtbot):
        reporter = CrashReporter(window)
        reporter.report(*failure())
        assert self.dialogs(window) == []
        qtbot.waitUntil(lambda: len(self.dialogs(window)) == 1, timeout=2000)
        (dialog,) = self.dialogs(window)
        assert "ValueError" in dialog.text.toPlainText()

    def test_a_second_failure_does_not_open_a_second_one(self, window, qtbot):
        reporter = CrashReporter(window)
        for _ in range(3):
            reporter.report(*failure())
        qtbot.waitUntil(lambda: bool(self.dialogs(window)), timeout=2000)
        settle()
        assert len(self.dialogs(window)) == 1

    def test_after_it_was_closed_the_next_failure_shows_again(self, window, qtbot):
        reporter = CrashReporter(window)
        for _ in range(2):
            reporter.report(*failure())
            qtbot.waitUntil(lambda: len(self.dialogs(window)) == 1, timeout=2000)
            click(self.dialogs(window)[0].go_on)
            settle()
            assert self.dialogs(window) == []

    def test_the_log_names_the_kind_and_no_value(self, window, caplog):
        CrashReporter(window).report(*failure("Ada EXAMPLE"))
        assert [record.getMessage() for record in caplog.records] == ["unexpected ValueError"]
