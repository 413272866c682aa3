"""A whole session, a crash and a reopening: nothing outside the case store tells who was read.

Every file that the session wrote anywhere is searched for the name, the id, the birth date and the
accession number, in the encodings and spellings in which they could stand there.
"""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.support.phantom import LEFT, Phantom, write_phantom
from workstation.__main__ import main
from workstation.storage.case_store import CaseStore

ROOT = Path(__file__).parents[2]
FAMILY, GIVEN, PATIENT_ID = "Zwiebelfisch", "Quirina", "QX-77431908"
BORN, ACCESSION = "19471103", "ACC-90817263"
SECRETS = (FAMILY, GIVEN, PATIENT_ID, BORN, "1947-11-03", "03.11.1947", ACCESSION)
TAGS = {
    "PatientName": f"{FAMILY}^{GIVEN}",
    "PatientID": PATIENT_ID,
    "PatientBirthDate": BORN,
    "AccessionNumber": ACCESSION,
    "StudyDescription": f"Spine of {FAMILY}",
}
STORE_FILES = re.compile(r"cases[\w.-]*\.sqlite3[\w-]*|headers?[\w.-]*|index[\w./-]*")
"""What is the case store itself: the cases, and what is known of the files that were opened."""

WINDOW = """
import faulthandler, os, signal, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from workstation import bootstrap
from workstation.base.paths import store_folder
from workstation.base.log import set_up_logging
from workstation.ui.application import make_application
from workstation.ui.crash_dialog import CrashReporter

home, study, how = store_folder(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
application = make_application()
set_up_logging(home / "logs")
made = bootstrap.build_workstation(home)
reporter = CrashReporter(made.window)
sys.excepthook = reporter.report
made.window.show()
made.open_paths([study])

def act():
    if made.session.case is None or not made.session.case.studies or made.jobs.running:
        return
    timer.stop()
    from workstation.domain.commands import SetText
    from workstation.domain.case import ReportText
    name = made.session.case.patient.name
    made.session.dispatch(SetText(text=ReportText(limits=f"Known to {name}")))
    made.session.flush()
    import logging
    logging.getLogger("workstation.app").warning("opened for %s", name)
    logging.getLogger("pydicom").warning("Invalid value for VR DA: '%s'", name)
    try:
        patient = made.session.case.patient
        raise ValueError(f"no {patient.name} {patient.id}")
    except ValueError:
        reporter.report(*sys.exc_info())
    print("title:" + made.window.windowTitle(), flush=True)
    if how == "crash":
        QTimer.singleShot(300, lambda: os.kill(os.getpid(), signal.SIGKILL))
    else:
        QTimer.singleShot(300, made.window.close)
        QTimer.singleShot(600, application.quit)

timer = QTimer()
timer.timeout.connect(act)
timer.start(50)
application.exec()
made.close()
"""


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Everything a session may write into, each of its own and empty."""
    root = tmp_path_factory.mktemp("session")
    made = {name: root / name for name in ("home", "out", "tmp", "user", "cache", "study")}
    for name in ("out", "tmp", "user", "cache"):
        made[name].mkdir(mode=0o700)
    write_phantom(made["study"], Phantom(tags=TAGS))
    return made


@pytest.fixture(scope="module")
def session(places: dict[str, Path]) -> str:
    """Open, type, fail, kill; open again, leave; then report, export and every list."""
    text = window(places, "crash") + window(places, "leave")
    case_id = json.loads(batson(places, "case", "list", "--json"))["cases"][0]["case_id"]
    shown = [
        batson(places, "case", "list"),
        batson(places, "case", "verify"),
        batson(places, "case", "audit"),
        batson(places, "case", "audit", "--csv"),
        batson(places, "case", "audit", "--xml"),
        batson(places, "doctor"),
        batson(places, "plugins"),
    ]
    out = places["out"]
    batson(places, "case", "export", case_id, str(out / "bare.batsoncase"), "--without-identity")
    batson(places, "deidentify", str(places["study"]), "--out", str(out / "bare"))
    series = ["--series", Phantom().series_uid, "--plane", "axial"]
    at = ",".join(str(value) for value in LEFT.center)
    batson(
        places, "snapshot", str(places["study"]), *series, "--at", at, "--out",
        str(out / "slice.png"),
    )  # fmt: skip
    return text + "".join(shown)


def environment(places: dict[str, Path]) -> dict[str, str]:
    user, cache = str(places["user"]), str(places["cache"])
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": user,
        "XDG_CONFIG_HOME": user,
        "XDG_DATA_HOME": user,
        "XDG_CACHE_HOME": cache,
        "XDG_RUNTIME_DIR": cache,
        "TMPDIR": str(places["tmp"]),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def window(places: dict[str, Path], how: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", WINDOW, str(places["home"]), str(places["study"]), how],
        capture_output=True,
        text=True,
        env=environment(places),
        cwd=places["user"],
        check=False,
        timeout=120,
    )
    assert "title:" in ended.stdout, ended.stderr
    assert ended.returncode == (-9 if how == "crash" else 0), ended.stderr
    return ended.stdout + ended.stderr


def batson(places: dict[str, Path], *words: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "workstation", "--store", str(places["home"]), *words],
        capture_output=True,
        text=True,
        env=environment(places),
        cwd=places["user"],
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout + ended.stderr


def files_outside_the_store(places: dict[str, Path]) -> list[Path]:
    found = []
    for name, place in places.items():
        if name == "study":
            continue
        for path in place.rglob("*"):
            relative = path.relative_to(place).as_posix()
            is_store = name == "home" and STORE_FILES.fullmatch(relative)
            if path.is_file() and not is_store:
                found.append(path)
    return found


def contents(path: Path) -> list[bytes]:
    """The bytes of a file, and what is packed inside them."""
    data = path.read_bytes()
    found = [data]
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            found += [archive.read(name) for name in archive.namelist()]
    for match in re.finditer(rb"x[\x01\x5e\x9c\xda]", data):
        try:
            found.append(zlib.decompressobj().decompress(data[match.start() :], 10**7))
        except zlib.error:
            continue
    return found


def leaks_in(data: bytes) -> list[str]:
    low = data.lower()
    return [
        secret
        for secret in SECRETS
        for form in (secret, secret.lower())
        if form.encode("utf-8").lower() in low or form.encode("utf-16-le").lower() in low
    ]


def test_no_file_outside_the_store_tells_who_was_read(
    places: dict[str, Path], session: str
) -> None:
    files = files_outside_the_store(places)
    names = [path.name for path in files]
    assert any(name.startswith("batson.log") for name in names)
    assert {"bare.batsoncase", "slice.png", "000001.dcm"} <= set(names)
    found = {
        str(path): leaks for path in files for data in contents(path) if (leaks := leaks_in(data))
    }
    assert found == {}


def test_no_file_name_tells_who_was_read(places: dict[str, Path], session: str) -> None:
    for name, place in places.items():
        if name != "study":
            for path in place.rglob("*"):
                assert leaks_in(path.name.encode()) == []


def test_log_was_written_and_hides_the_name(places: dict[str, Path], session: str) -> None:
    log = (places["home"] / "logs" / "batson.log").read_text("utf-8")
    assert "opened for" in log
    assert "unexpected ValueError" in log
    assert leaks_in(log.encode()) == []


def test_terminal_and_lists_tell_no_name(session: str) -> None:
    assert "title:" in session
    assert leaks_in(session.encode()) == []


def test_what_was_typed_before_the_crash_is_there(places: dict[str, Path], session: str) -> None:
    store = CaseStore.open(places["home"])
    try:
        (case_id,) = store.case_ids()
        assert store.load(case_id).case.text.limits == f"Known to {TAGS['PatientName']}"
        assert store.verify(case_id) == ()
        actions = {entry.action.value for entry in store.audit.entries()}
        assert {"opened", "de-identified", "audit exported"} <= actions
    finally:
        store.close()


def test_files_are_private(places: dict[str, Path], session: str) -> None:
    exported = [path for path in places["out"].rglob("*") if path.is_file()]
    assert len(exported) > 30
    for path in (places["home"], *places["home"].rglob("*"), *exported):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path.name


def test_nothing_temporary_is_left(places: dict[str, Path], session: str) -> None:
    assert [path.name for path in places["tmp"].rglob("*") if path.is_file()] == []


def test_search_finds_what_it_is_to_find(tmp_path: Path) -> None:
    path = tmp_path / "packed"
    path.write_bytes(b"head" + zlib.compress(f"Known to {FAMILY}".encode()))
    assert FAMILY in [leak for data in contents(path) for leak in leaks_in(data)]
    assert leaks_in(FAMILY.upper().encode("utf-16-le")) == [FAMILY, FAMILY]


def test_refusals_on_the_command_line_tell_no_name(
    places: dict[str, Path], session: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    home = str(places["home"])
    copy = tmp_path / "study"
    write_phantom(copy, Phantom(tags={**TAGS, "PatientBirthDate": "19480101"}))
    assert main(["--store", home, "case", "show", "nobody"]) == 3
    bad = ["probe", str(copy), "--series", Phantom().series_uid, "--at", "1,2"]
    assert main(["--store", home, *bad]) == 2
    out, err = capsys.readouterr()
    assert leaks_in((out + err).encode()) == []
