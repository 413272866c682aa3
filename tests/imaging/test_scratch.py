import os
import subprocess
import sys
import tempfile

import pytest

from workstation.imaging.scratch import ScratchFolder, remove_abandoned


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_folder_goes_with_its_last_reference(temporary):
    folder = ScratchFolder()
    path = folder.path
    (path / "file").write_text("x")
    assert path.parent == temporary
    assert path.stat().st_mode & 0o077 == 0
    del folder
    assert not path.exists()


def test_folders_of_killed_processes_are_removed(temporary):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    stale = temporary / f"batson-{ended.pid}-abc"
    own = temporary / f"batson-{os.getpid()}-abc"
    foreign = temporary / "batson-notes"
    for folder in (stale, own, foreign):
        folder.mkdir()
        (folder / "file").write_text("x")
    remove_abandoned()
    assert not stale.exists()
    assert own.exists()
    assert foreign.exists()


def test_links_are_not_followed(temporary):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    target = temporary / "precious"
    target.mkdir()
    (temporary / f"batson-{ended.pid}-abc").symlink_to(target)
    remove_abandoned()
    assert target.exists()
