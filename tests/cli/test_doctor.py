"""``batson doctor``: what this machine can do, as text and as JSON."""

from __future__ import annotations

import json

import pytest

from workstation.__main__ import main
from workstation.app import workstation_check
from workstation.app.workstation_check import Check, CheckState

GOOD = Check(name="Rendering", state=CheckState.GOOD, text="CPU, 6 ms a frame")
NOTE = Check(name="PACS", state=CheckState.CAUTION, text="not set up", detail="Open folders.")
BAD = Check(name="Case store", state=CheckState.BAD, text="cannot be written")


@pytest.fixture
def checked(monkeypatch):
    def answer(*checks: Check) -> None:
        monkeypatch.setattr("workstation.cli.doctor.check_workstation", lambda store: checks)

    return answer


def test_all_good_is_done(checked, capsys, tmp_path):
    checked(GOOD, NOTE)
    assert main(["doctor", "--store", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "ok    Rendering  CPU, 6 ms a frame"
    assert lines[2] == "note  PACS       not set up  (Open folders.)"


def test_a_failing_part_fails_the_command(checked, capsys, tmp_path):
    checked(GOOD, BAD)
    assert main(["doctor", "--store", str(tmp_path)]) == 1
    assert "FAIL  Case store  cannot be written" in capsys.readouterr().out


def test_the_json_names_every_check(checked, capsys, tmp_path):
    checked(GOOD, NOTE)
    assert main(["doctor", "--json", "--store", str(tmp_path)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [item["name"] for item in document["checks"]] == ["Rendering", "PACS"]
    assert document["checks"][0]["state"] == "good"
    assert document["python"].count(".") == 2


def test_the_real_check_of_this_machine(capsys, tmp_path):
    assert main(["doctor", "--json", "--store", str(tmp_path)]) == 0
    checks = {item["name"]: item for item in json.loads(capsys.readouterr().out)["checks"]}
    assert "ms a frame" in checks["Rendering"]["text"]
    assert checks["Decoders"]["text"] == "JPEG, JPEG-LS, JPEG 2000, RLE"
    assert checks["Case store"]["text"].endswith("free")
    assert checks["Report and DICOM export"]["state"] == "good"


def test_a_store_in_an_unwritable_place_is_bad(monkeypatch, tmp_path):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(workstation_check.tempfile, "TemporaryFile", refuse)
    check = workstation_check.check_store(tmp_path / "deep" / "er")
    assert check.state is CheckState.BAD
    assert check.detail == "Permission denied"


def test_little_space_is_a_note(monkeypatch, tmp_path):
    monkeypatch.setattr(
        workstation_check.shutil, "disk_usage", lambda folder: type("U", (), {"free": 1.5e9})
    )
    check = workstation_check.check_store(tmp_path)
    assert (check.state, check.text) == (CheckState.CAUTION, "1.5 GB free")


class Ended:
    """A child process that has ended."""

    def __init__(self, code: int, out: str = "", err: str = "") -> None:
        self.returncode, self.stdout, self.stderr = code, out, err


def test_a_dead_graphics_driver_is_said(monkeypatch):
    monkeypatch.setattr(
        workstation_check.subprocess, "run", lambda *a, **k: Ended(-11, err="no EGL\n")
    )
    check = workstation_check.check_rendering()
    assert (check.state, check.text, check.detail) == (CheckState.BAD, "does not work", "no EGL")


def test_a_graphics_driver_that_hangs_is_said(monkeypatch):
    def hang(*args, **kwargs):
        raise workstation_check.subprocess.TimeoutExpired("python", 60)

    monkeypatch.setattr(workstation_check.subprocess, "run", hang)
    assert workstation_check.check_rendering().text == "does not answer"


@pytest.mark.parametrize(
    ("opengl", "kind"),
    [("llvmpipe (LLVM 15)", "CPU"), ("NVIDIA GeForce RTX 3060/PCIe/SSE2", "GPU")],
)
def test_the_kind_of_renderer_is_named(monkeypatch, opengl, kind):
    facts = {"window_class": "vtkEGLRenderWindow", "opengl": opengl, "frame_ms": 6.4}
    monkeypatch.setattr(
        workstation_check.subprocess, "run", lambda *a, **k: Ended(0, json.dumps(facts))
    )
    assert workstation_check.check_rendering().text == f"{kind}, 6 ms a frame"
