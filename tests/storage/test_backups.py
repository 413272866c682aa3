"""Daily copies, and putting one back: nothing is deleted, nothing half."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import cases
from tests.support.clocks import SteppingClock
from tests.support.stores import CONUS_T12, carry_out, created
from workstation.base.errors import StoreError
from workstation.storage.backups import FOLDER_NAME, backups_in, keep_backup, restore
from workstation.storage.case_store import CaseStore


def test_one_copy_a_day_and_the_newest_seven_stay(store: CaseStore, home: Path) -> None:
    created(store)
    clock = SteppingClock()
    made = []
    for _ in range(10):
        made.append(keep_backup(store, clock=clock))
        assert keep_backup(store, clock=clock) is None
        clock.now += timedelta(days=1)
    kept = backups_in(home / FOLDER_NAME)
    assert list(kept) == made[-7:]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in kept)
    assert stat.S_IMODE((home / FOLDER_NAME).stat().st_mode) == 0o700


def test_clock_set_back_does_not_stop_the_copies(store: CaseStore) -> None:
    clock = SteppingClock()
    assert keep_backup(store, clock=clock) is not None
    clock.now -= timedelta(days=30)
    assert keep_backup(store, clock=clock) is not None


def test_reading_process_makes_no_copy(store: CaseStore, home: Path) -> None:
    second = CaseStore.open(home)
    assert keep_backup(second) is None
    second.close()


def test_restored_store_is_the_backup_and_the_old_one_stays(store: CaseStore, home: Path) -> None:
    case = created(store)
    copy = keep_backup(store)
    carry_out(store, case, CONUS_T12)
    created(store, cases.studied_case("later"))
    store.close()
    aside = restore(home, copy)
    opened = CaseStore.open(home)
    assert opened.case_ids() == ("case-1",)
    assert opened.load("case-1").case == case
    assert opened.verify("case-1") == ()
    opened.close()
    before = home.parent / "before"
    before.mkdir()
    (before / "cases.sqlite3").write_bytes(aside.read_bytes())
    old = CaseStore.open(before)
    assert old.case_ids() == ("case-1", "later")
    old.close()


def test_restoring_into_an_empty_folder(store: CaseStore, tmp_path: Path) -> None:
    created(store)
    store.backup(tmp_path / "copy.sqlite3")
    assert restore(tmp_path / "fresh", tmp_path / "copy.sqlite3") is None
    opened = CaseStore.open(tmp_path / "fresh")
    assert opened.case_ids() == ("case-1",)
    opened.close()


@pytest.mark.parametrize("content", [b"", b"noise" * 999, b"SQLite format 3\0" + b"\0" * 4080])
def test_what_is_no_backup_changes_nothing(
    store: CaseStore, home: Path, tmp_path: Path, content: bytes
) -> None:
    case = created(store)
    store.close()
    (tmp_path / "bad.sqlite3").write_bytes(content)
    with pytest.raises(StoreError, match="Nothing was changed") as caught:
        restore(home, tmp_path / "bad.sqlite3")
    assert caught.value.code == "bad-backup"
    opened = CaseStore.open(home)
    assert opened.load(case.id).case == case
    opened.close()


def test_missing_backup_and_open_store_are_told(
    store: CaseStore, home: Path, tmp_path: Path
) -> None:
    created(store)
    store.backup(tmp_path / "copy.sqlite3")
    with pytest.raises(StoreError, match="Close it, then restore"):
        restore(home, tmp_path / "copy.sqlite3")
    store.close()
    with pytest.raises(StoreError, match="is not there"):
        restore(home, tmp_path / "nothing.sqlite3")


def test_damaged_store_names_the_newest_copy_and_it_can_be_restored(
    store: CaseStore, home: Path
) -> None:
    case = created(store)
    copy = keep_backup(store)
    store.close()
    (home / "cases.sqlite3").write_bytes(b"no database" * 999)
    opened = CaseStore.open(home)
    assert f"The newest copy is backups/{copy.name}. Restore a backup" in opened.notices[0]
    opened.close()
    restore(home, copy)
    again = CaseStore.open(home)
    assert again.load(case.id).case == case
    again.close()
