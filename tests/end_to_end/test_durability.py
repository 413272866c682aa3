"""``saved N`` is printed after the change is on the disk: the system calls are counted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.crash_scripts import random_script

ROOT = Path(__file__).parents[2]
COMMANDS = 40
SYNC = re.compile(r"^(?:\d+ +)?(fsync|fdatasync|sync_file_range|msync)\(")
SAVED = re.compile(r'^(?:\d+ +)?write\(1, "saved (\d+)\\n"')


@pytest.fixture
def trace(tmp_path: Path) -> list[str]:
    """The system calls of a run that carries out :data:`COMMANDS` changes."""
    tool = shutil.which("strace")
    if tool is None:
        pytest.skip("counting system calls needs strace")
    script = random_script(11, "case", COMMANDS)
    path = tmp_path / "script.jsonl"
    path.write_text("".join(json.dumps(item) + "\n" for item in script.documents), "utf-8")
    log = tmp_path / "trace"
    calls = "trace=fsync,fdatasync,sync_file_range,write,pwrite64,openat"
    words = ["case", "apply", "case", str(path), "--new"]
    program = [sys.executable, "-m", "workstation", "--store", str(tmp_path / "home")]
    ended = subprocess.run(
        [tool, "-f", "-e", calls, "-o", str(log), *program, *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        check=False,
        timeout=120,
    )
    if "ptrace" in ended.stderr:
        pytest.skip("system calls cannot be traced here")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("saved") == COMMANDS
    return log.read_text("utf-8", "replace").splitlines()


def test_a_sync_stands_before_every_saved_line(trace: list[str]) -> None:
    syncs_since = 0
    told = []
    for line in trace:
        if SYNC.match(line):
            syncs_since += 1
        match = SAVED.match(line)
        if match:
            assert syncs_since >= 1, f"saved {match[1]} was told without a sync before it"
            told.append(int(match[1]))
            syncs_since = 0
    assert told == list(range(1, COMMANDS + 1))


def test_there_are_at_least_as_many_syncs_as_saved_lines(trace: list[str]) -> None:
    assert sum(bool(SYNC.match(line)) for line in trace) >= COMMANDS


def test_the_log_is_written_before_it_is_synchronized(trace: list[str]) -> None:
    """Between two saved lines the order is: write the change, then sync, then tell."""
    last_write = last_sync = 0
    for number, line in enumerate(trace):
        if "pwrite64(" in line:
            last_write = number
        elif SYNC.match(line):
            last_sync = number
        elif SAVED.match(line):
            assert last_write < last_sync < number
