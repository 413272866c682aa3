"""The machine or the files fail: sources, memory, graphics, fonts, locale.

Each test names the sentence that the user reads. Decoders that raise, hang or crash are tested
where they run, with the imaging layer.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.support.faults import break_reading, one_line
from tests.support.phantom import LEFT, Phantom, write_phantom
from workstation.__main__ import main
from workstation.app import workstation_check
from workstation.app.jobs import JobCallbacks, JobRunner
from workstation.app.library import Library
from workstation.app.source_watch import SourceWatch
from workstation.app.workstation_check import CheckState, check_rendering
from workstation.base.errors import WorkstationError
from workstation.imaging.catalog import load_volume, open_paths

ROOT = Path(__file__).parents[2]
PHANTOM = Phantom()
AT = ",".join(str(value) for value in LEFT.center)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    write_phantom(folder, PHANTOM)
    return folder


@pytest.fixture
def jobs(qapp: object) -> JobRunner:
    runner = JobRunner()
    yield runner
    runner.close()


class OpenStudy:
    """A study that is open in a library, as the window has it."""

    def __init__(self, jobs: JobRunner, study: Path, qtbot: QtBot) -> None:
        watch = SourceWatch(open_paths, load_volume)
        self._qtbot = qtbot
        self.library = Library(jobs, open_paths=watch.open_paths, load_volume=watch.load_volume)
        self.errors: list[WorkstationError] = []
        self.library.load_failed.connect(lambda _key, error: self.errors.append(error))
        with qtbot.waitSignal(self.library.catalog_changed, timeout=20_000):
            self.library.open([study])
        qtbot.waitUntil(lambda: not jobs.running, timeout=20_000)
        (self.key,) = self.library.keys

    def error(self) -> WorkstationError:
        with self._qtbot.waitSignal(self.library.load_failed, timeout=20_000):
            self.library.request(self.key)
        return self.errors[-1]


class TestSources:
    def test_deleted_under_an_open_case(self, jobs: JobRunner, study: Path, qtbot: QtBot) -> None:
        opened = OpenStudy(jobs, study, qtbot)
        shutil.rmtree(study)
        error = opened.error()
        assert error.code == "source-missing"
        assert error.message.startswith("30 files of this series cannot be reached any more.")

    def test_replaced_by_another_patient(self, jobs: JobRunner, study: Path, qtbot: QtBot) -> None:
        opened = OpenStudy(jobs, study, qtbot)
        shutil.rmtree(study)
        write_phantom(study, Phantom(tags={"PatientID": "ANOTHER", "PatientName": "OTHER^Person"}))
        error = opened.error()
        assert error.code == "source-changed"
        assert "OTHER" not in error.message + error.detail
        assert opened.library.volume(opened.key) is None

    def test_drive_that_stops_answering_in_the_midst(
        self, jobs: JobRunner, study: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened = OpenStudy(jobs, study, qtbot)
        break_reading(monkeypatch, study)
        error = opened.error()
        assert "Input/output error" in error.message
        assert opened.library.volume(opened.key) is None

    def test_drive_that_does_not_answer_on_the_command_line(
        self, study: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        break_reading(monkeypatch, study)
        code = main(["inspect", str(study), "--json"])
        out, _ = capsys.readouterr()
        rejected = json.loads(out)["rejected"]
        assert code != 0
        assert {item["code"] for item in rejected} == {"unreadable"}
        assert rejected[0]["reason"] == "The file could not be opened (Input/output error)."


class TestMemory:
    def test_job_without_memory_says_so(self, jobs: JobRunner, qtbot: QtBot) -> None:
        failed: list[WorkstationError] = []

        def greedy(**_: object) -> None:
            raise MemoryError

        jobs.start("Loading", greedy, callbacks=JobCallbacks(failed=failed.append))
        qtbot.waitUntil(lambda: bool(failed))
        assert failed[0].code == "memory"
        assert failed[0].message == (
            "Loading: there is not enough memory. Nothing was changed; close other studies or "
            "programs and try again."
        )

    def test_volume_beyond_the_limit_is_refused_before_it_is_read(
        self, study: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("workstation.imaging.dicom_read.MAX_VOLUME_BYTES", 1000)
        assert main(["probe", str(study), "--series", PHANTOM.series_uid, "--at", AT]) == 3
        assert one_line(capsys.readouterr().err).startswith("This volume would need")


CHILD = """
import sys
for name in {blocked!r}:
    sys.modules[name] = None
from workstation.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def child(words: list[str], *, blocked: tuple[str, ...] = (), **environment: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", CHILD.format(blocked=blocked), *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def snapshot_words(study: Path, out: Path, *more: str) -> list[str]:
    series = ["--series", PHANTOM.series_uid, "--plane", "sagittal", "--at", AT]
    return ["snapshot", str(study), *series, "--out", str(out), "--size", "320x240", *more]


def grays(path: Path) -> np.ndarray:
    """The picture, shape (rows, columns), int16."""
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_Grayscale8)
    shape = (image.height(), image.bytesPerLine())
    gray = np.frombuffer(image.constBits(), np.uint8).reshape(shape)[:, : image.width()]
    return gray.astype(np.int16)


def ink(study: Path, folder: Path, **environment: str) -> int:
    """How many pixels the letters and marks change, in a process with this environment."""
    marked, plain = folder / "marked.png", folder / "plain.png"
    child(snapshot_words(study, marked, "--overlay", "all"), **environment)
    child(snapshot_words(study, plain, "--overlay", "none"), **environment)
    return int((abs(grays(marked) - grays(plain)) > 60).sum())


class TestNoGraphics:
    def test_slices_are_shown_without_opengl(self, study: Path, tmp_path: Path) -> None:
        plain, blind = tmp_path / "plain.png", tmp_path / "blind.png"
        child(snapshot_words(study, plain))
        child(snapshot_words(study, blind), blocked=("vtkmodules.vtkRenderingOpenGL2",), DISPLAY="")
        assert blind.read_bytes() == plain.read_bytes()

    @pytest.mark.parametrize(
        ("probe", "words"),
        [
            ("import os; os.abort()", "does not work"),
            ("import sys; sys.exit('no context')", "does not work"),
            ("import time; time.sleep(60)", "does not answer"),
        ],
    )
    def test_driver_that_crashes_or_hangs_ends_a_child_alone(
        self, probe: str, words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workstation_check, "_PROBE", probe)
        monkeypatch.setattr(workstation_check, "PROBE_TIMEOUT_S", 3.0)
        check = check_rendering()
        assert check.state is CheckState.BAD
        assert check.text == words


class TestLocaleAndFonts:
    def test_decimal_comma_of_the_desktop_changes_nothing(
        self, study: Path, tmp_path: Path
    ) -> None:
        words = ["probe", str(study), "--series", PHANTOM.series_uid, "--at", AT, "--json"]
        german = {"LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8"}
        assert child(words, **german) == child(words, LANG="C", LC_ALL="C")
        one, two = tmp_path / "one.png", tmp_path / "two.png"
        child(snapshot_words(study, one), **german)
        child(snapshot_words(study, two), LANG="C", LC_ALL="C")
        assert one.read_bytes() == two.read_bytes()

    def test_qt_writes_numbers_with_a_point(self) -> None:
        code = (
            "from workstation.ui.application import make_application\n"
            "from PySide6.QtCore import QLocale\n"
            "application = make_application()\n"
            "print(QLocale().decimalPoint(), QLocale().toString(1234.5, 'f', 1))\n"
        )
        german = {"LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8"}
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **german}
        out = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=ROOT
        ).stdout
        assert out == ". 1234.5\n"

    def test_machine_without_fonts_shows_the_same_letters(
        self, study: Path, tmp_path: Path
    ) -> None:
        nothing = tmp_path / "fonts.conf"
        nothing.write_text('<?xml version="1.0"?><fontconfig></fontconfig>')
        one = ink(study, tmp_path)
        two = ink(study, tmp_path, FONTCONFIG_FILE=str(nothing), FONTCONFIG_PATH=str(tmp_path))
        # The letters are ours; only how their edges are smoothed follows the machine.
        assert one > 200
        assert abs(one - two) < 0.2 * one
