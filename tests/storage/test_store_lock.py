"""One writer per store: who holds it, when it is free again, and damaged lock files."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from workstation.base.errors import StoreError
from workstation.storage.store_lock import LockHolder, StoreLock

HOLD = (
    "import sys; from pathlib import Path; from workstation.storage.store_lock import StoreLock\n"
    "lock = StoreLock(Path(sys.argv[1])); print(lock.acquire(), flush=True); sys.stdin.readline()\n"
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.lock"


@pytest.fixture
def lock(path):
    made = StoreLock(path)
    yield made
    made.release()


def test_a_free_store_is_taken(lock, path):
    assert lock.acquire() is None
    assert json.loads(path.read_text())["pid"] == os.getpid()


def test_the_lock_file_is_its_owners_alone(lock, path):
    lock.acquire()
    assert path.stat().st_mode & 0o077 == 0


def test_a_second_writer_learns_who_holds_it(lock, path):
    lock.acquire()
    holder = StoreLock(path).acquire()
    assert holder.pid == os.getpid()
    assert holder.words.startswith(f"process {os.getpid()} on ")


def test_asking_in_vain_does_not_let_the_holder_go(lock, path):
    lock.acquire()
    for _ in range(3):
        other = StoreLock(path)
        assert other.acquire() is not None
        other.release()
    assert StoreLock(path).acquire() is not None


def test_after_release_it_is_free(lock, path):
    lock.acquire()
    lock.release()
    again = StoreLock(path)
    assert again.acquire() is None
    again.release()


def test_release_twice_does_nothing(lock):
    lock.acquire()
    lock.release()
    lock.release()


def test_a_longer_older_entry_leaves_no_rest(lock, path):
    path.write_text(json.dumps({"pid": 1, "host": "x" * 500}))
    lock.acquire()
    assert json.loads(path.read_text())["pid"] == os.getpid()


@pytest.mark.parametrize(
    "content",
    ["", "nothing", "[]", "{}", '{"pid": 5}', '{"host": "a"}', '{"pid": "x", "host": "a"}', "\x00"],
)
def test_a_damaged_entry_is_another_batson(lock, path, content):
    lock.acquire()
    path.write_text(content)
    holder = StoreLock(path).acquire()
    assert holder == LockHolder()
    assert holder.words == "another Batson"


def test_a_host_name_is_cut(lock, path):
    lock.acquire()
    path.write_text(json.dumps({"pid": 5, "host": "h" * 500}))
    assert len(StoreLock(path).acquire().host) == 60


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(StoreError, match="cannot be locked"):
        StoreLock(tmp_path / "nowhere" / "store.lock").acquire()


def test_the_lock_ends_with_its_process_however_it_ends(path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout.readline().strip() == b"None"
        assert StoreLock(path).acquire().pid == holder.pid
    finally:
        holder.kill()
        holder.communicate()
    lock = StoreLock(path)
    assert lock.acquire() is None
    lock.release()
