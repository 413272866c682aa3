"""SIGKILL in the midst of signing, of a backup, of bringing an older store up to date."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import cases
from tests.support.crash_server import CrashServer
from tests.support.stores import CONUS_T12, SIGN, carry_out, created
from workstation.domain.case import CaseStatus
from workstation.domain.commands import Amend
from workstation.storage.case_codec import encode_command
from workstation.storage.case_store import CaseStore

RELEASED = Path(__file__).parents[1] / "storage" / "released"
ROUNDS = 12


@pytest.fixture(scope="module")
def server() -> Iterator[CrashServer]:
    started = CrashServer()
    yield started
    started.close()


def instants(calm_s: float, seed: str) -> list[float]:
    """Moments of a run, spread evenly with a little chance in each."""
    chance = random.Random(seed)
    return [calm_s * (n + chance.random()) / ROUNDS for n in range(ROUNDS)]


def test_signing_is_whole_or_did_not_happen(server: CrashServer, tmp_path: Path) -> None:
    home = tmp_path / "home"
    script = tmp_path / "sign.jsonl"
    pairs = [encode_command(SIGN), encode_command(Amend(reason="Level corrected."))] * 20
    script.write_text("".join(json.dumps(item) + "\n" for item in pairs), "utf-8")
    began(home)
    calm = server.run("apply", home, "case-1", script, kill_after_s=None)
    assert len(calm.lines) == len(pairs)
    kept = set()
    for number, instant in enumerate(instants(calm.seconds, "sign")):
        home = began(tmp_path / f"home-{number}")
        ending = server.run("apply", home, "case-1", script, kill_after_s=instant)
        store = CaseStore.open(home)
        assert store.verify("case-1") == ()
        done = len(store.history("case-1")) - 1
        assert done >= len(ending.lines)
        signed = store.signed_versions("case-1")
        assert len(signed) == (done + 1) // 2
        assert [version.version for version in signed] == list(range(1, len(signed) + 1))
        logged = [entry for entry in store.audit.entries() if entry.action == "signed"]
        assert len(logged) == len(signed)
        status = store.load("case-1").case.status
        assert status is (CaseStatus.SIGNED if done % 2 else CaseStatus.DRAFT)
        kept.add(done)
        store.close()
    assert len(kept) > ROUNDS / 3


def began(home: Path) -> Path:
    store = CaseStore.open(home)
    created(store)
    store.close()
    return home


def test_backup_is_whole_or_not_there(server: CrashServer, tmp_path: Path) -> None:
    home = tmp_path / "home"
    store = CaseStore.open(home)
    for number in range(30):
        created(store, cases.many_lesions_case(20, f"case-{number}"))
    store.close()
    calm = server.run("backup", home, tmp_path / "calm.sqlite3", kill_after_s=None)
    assert calm.errors == ""
    outcomes = set()
    for number, instant in enumerate(instants(calm.seconds, "backup")):
        folder = tmp_path / f"copy-{number}"
        folder.mkdir()
        server.run("backup", home, folder / "cases.sqlite3", kill_after_s=instant)
        is_there = (folder / "cases.sqlite3").exists()
        outcomes.add(is_there)
        if is_there:
            assert_same_cases(folder, 30)
        assert_same_cases(home, 30)
        # The next one works and clears what the kill left.
        final = server.run("backup", home, folder / "again.sqlite3", kill_after_s=None)
        assert final.errors == ""
        assert list(folder.glob(".*")) == []
    assert False in outcomes


def assert_same_cases(home: Path, count: int) -> None:
    store = CaseStore.open(home)
    assert store.notices == ()
    assert len(store.case_ids()) == count
    assert store.verify("case-7") == ()
    store.close()


def test_migration_is_whole_or_did_not_happen(server: CrashServer, tmp_path: Path) -> None:
    calm_home = older(tmp_path / "calm")
    calm = server.run("open", calm_home, kill_after_s=None)
    assert calm.lines == ("opened",)
    for number, instant in enumerate(instants(calm.seconds, "migration")):
        home = older(tmp_path / f"home-{number}")
        server.run("open", home, kill_after_s=instant)
        store = CaseStore.open(home)
        assert store.notices == ()
        assert store.verify("case-1") == ()
        assert store.verify("case-2") == ()
        carry_out(store, store.load("case-2").case, CONUS_T12)
        store.close()
        backups = list(home.glob("cases-schema1-*.sqlite3"))
        assert backups
        for backup in backups:
            folder = tmp_path / f"backup-{number}-{backup.stem}"
            folder.mkdir()
            shutil.copy(backup, folder / "cases.sqlite3")
            assert_older_is_whole(folder)


def older(home: Path) -> Path:
    home.mkdir()
    shutil.copy(RELEASED / "store-schema-1.sqlite3", home / "cases.sqlite3")
    return home


def assert_older_is_whole(home: Path) -> None:
    store = CaseStore.open(home)
    assert store.verify("case-1") == ()
    assert store.case_ids() == ("case-1", "case-2")
    store.close()
