"""The seal beside a closed store: what it finds, what it leaves alone, and when there is none."""

from __future__ import annotations

import sqlite3

import pytest

from workstation.base.errors import StoreError
from workstation.storage import file_seal
from workstation.storage.file_seal import is_broken, keep_broken, seal, seal_path


@pytest.fixture
def path(tmp_path):
    """A closed SQLite file of a few pages."""
    made = tmp_path / "cases.sqlite3"
    connection = sqlite3.connect(made)
    connection.execute("CREATE TABLE kept (words TEXT)")
    connection.executemany("INSERT INTO kept VALUES (?)", [("x" * 200,)] * 200)
    connection.commit()
    connection.close()
    return made


def change_byte(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 0x55
    path.write_bytes(content)


def test_the_seal_lies_beside_the_store(path):
    assert seal_path(path).name == "cases.sqlite3.seal"
    assert seal_path(path).parent == path.parent


def test_without_a_seal_nothing_is_broken(path):
    assert not is_broken(path)


def test_a_sealed_store_is_whole(path):
    seal(path)
    assert seal_path(path).exists()
    assert not is_broken(path)


@pytest.mark.parametrize("place", [0.3, 0.5, 0.75, 0.999])
def test_a_changed_byte_anywhere_is_found(path, place):
    seal(path)
    change_byte(path, int(path.stat().st_size * place) - 1)
    assert is_broken(path)


def test_a_cut_file_is_found(path):
    seal(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert is_broken(path)


def test_a_change_through_sqlite_is_another_generation(path):
    seal(path)
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM kept WHERE rowid = 1")
    connection.commit()
    connection.close()
    assert not is_broken(path)


def test_a_broken_store_is_told_until_it_is_sealed_again(path):
    keep_broken(path)
    assert is_broken(path)
    assert is_broken(path)
    seal(path)
    assert not is_broken(path)


@pytest.mark.parametrize("content", [b"", b"one", b"one two three", b"\xff\xfe"])
def test_a_damaged_seal_says_nothing(path, content):
    seal_path(path).write_bytes(content)
    assert not is_broken(path)


def test_a_store_with_changes_waiting_is_not_sealed(path):
    path.with_name(path.name + "-wal").write_bytes(b"waiting")
    seal(path)
    assert not seal_path(path).exists()


def test_a_large_store_is_not_sealed(path, monkeypatch):
    monkeypatch.setattr(file_seal, "SEALED_LIMIT_BYTES", 100)
    seal(path)
    assert not seal_path(path).exists()


def test_a_missing_store_cannot_be_sealed(tmp_path):
    with pytest.raises(StoreError, match="was not sealed"):
        seal(tmp_path / "nothing.sqlite3")


def test_a_seal_that_cannot_be_read_is_refused(path):
    seal_path(path).mkdir()
    with pytest.raises(StoreError, match="cannot be read"):
        is_broken(path)
