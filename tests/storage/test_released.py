"""Stores and case files that earlier versions wrote are brought up to date, and nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support import cases
from tests.support.stores import CONUS_T12, carry_out
from workstation.domain.spine import VertebralLevel
from workstation.storage import sqlite_schema
from workstation.storage.case_store import CaseStore

RELEASED = Path(__file__).parent / "released"
STORES = sorted(RELEASED.glob("store-schema-*.sqlite3"))
FILES = sorted(RELEASED.glob("case-file-schema-*.batsoncase"))


def placed(path: Path, home: Path) -> Path:
    home.mkdir()
    shutil.copy(path, home / "cases.sqlite3")
    return home


def test_there_is_a_store_of_every_earlier_schema() -> None:
    found = {int(path.stem.rpartition("-")[2]) for path in STORES}
    assert found == set(range(1, sqlite_schema.SCHEMA_VERSION))


@pytest.mark.parametrize("path", STORES, ids=lambda path: path.stem)
def test_store_is_brought_up_to_date_whole(path: Path, tmp_path: Path) -> None:
    home = placed(path, tmp_path / "home")
    store = CaseStore.open(home)
    assert store.notices == ()
    assert store.verify("case-1") == ()
    assert store.verify("case-2") == ()
    stored = store.load("case-1")
    assert stored.case.version == 2
    assert stored.case.conus is VertebralLevel.T12
    assert len(store.signed_versions("case-1")) == 1
    assert store.redo("case-1").conus is VertebralLevel.L1
    assert store.load("case-2").case == cases.studied_case("case-2")
    carry_out(store, store.load("case-2").case, CONUS_T12)
    assert store.verify("case-1") == ()
    assert store.verify("case-2") == ()
    assert store.audit.problem() == ""
    store.close()
    (backup,) = home.glob("cases-schema*-*.sqlite3")
    assert backup.read_bytes()[:16] == b"SQLite format 3\0"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_case_file_is_imported_whole(path: Path, tmp_path: Path) -> None:
    store = CaseStore.open(tmp_path / "home")
    assert store.import_(path) == "case-1"
    assert store.verify("case-1") == ()
    assert store.load("case-1").case.conus is VertebralLevel.T12
    assert len(store.signed_versions("case-1")) == 1
    store.close()


def test_exported_again_it_can_be_read(tmp_path: Path) -> None:
    store = CaseStore.open(placed(STORES[0], tmp_path / "home"))
    store.export("case-1", tmp_path / "again.batsoncase")
    store.close()
    other = CaseStore.open(tmp_path / "other")
    assert other.import_(tmp_path / "again.batsoncase") == "case-1"
    assert other.verify("case-1") == ()
    other.close()
