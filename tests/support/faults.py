"""Bad days on purpose: a disk of a few kilobytes, one that refuses, a file that cannot be read."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

_PRELUDE = """
import contextlib, io, json, os, sys
from pathlib import Path
from workstation.__main__ import main

home = Path(sys.argv[1])

def batson(*words, text=""):
    out, err = io.StringIO(), io.StringIO()
    sys.stdin = io.StringIO(text)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["--store", str(home / "store"), *map(str, words)])
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}

def answer(**found):
    print(json.dumps(found))
"""


def on_tiny_disk(folder: Path, kilobytes: int, script: str) -> dict[str, Any]:
    """Run a script on a disk of its own that holds no more than this; skip where none can be made.

    The script has ``home`` (the disk), ``batson(*words, text="")`` and ``answer(**found)``.
    """
    folder.mkdir(exist_ok=True)
    mount = f'mount -t tmpfs -o size={kilobytes}k,mode=700 tmpfs "$1" && exec "$2" -c "$3" "$1"'
    tool = shutil.which("unshare")
    if tool is None:
        pytest.skip("a disk of limited size needs unshare")
    words = [tool, "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]
    code = _PRELUDE + script
    ended = subprocess.run(
        [*words, str(folder), sys.executable, code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=120,
    )
    if ended.returncode != 0 and ("unshare:" in ended.stderr or "mount:" in ended.stderr):
        pytest.skip(f"a disk of limited size cannot be made here: {ended.stderr.strip()}")
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


def refuse_sync(monkeypatch: pytest.MonkeyPatch, code: int = errno.ENOSPC) -> None:
    """Make every synchronizing of a file fail, as a full or dying disk does."""

    def fail(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)


class FailingFile(FileIO):
    """A file whose data cannot be read: a bad sector, a network drive that is gone."""

    def readinto(self, target: Any) -> int:
        """Fail as a drive does that does not answer."""
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    def read(self, size: int = -1) -> bytes:
        """Fail as a drive does that does not answer."""
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def break_reading(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make every file of a folder unreadable: opening works, reading gives EIO."""
    plain = Path.open

    def opened(self: Path, *args: Any, **options: Any) -> Any:
        if folder in self.parents:
            return FailingFile(self, "r")
        return plain(self, *args, **options)

    monkeypatch.setattr(Path, "open", opened)
    monkeypatch.setattr("workstation.imaging.pixel_read.FileIO", FailingFile)


def one_line(text: str) -> str:
    """The sentence a command wrote to stderr; it must be one line without a traceback."""
    assert "Traceback" not in text
    lines = text.splitlines()
    assert len(lines) == 1, text
    assert lines[0].endswith(".")
    return lines[0]
