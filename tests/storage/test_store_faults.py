"""The case store on a bad day: full disk, second instance, kill, mutated files."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import cases
from tests.support.stores import CONUS_L1, CONUS_T12, SIGN, carry_out, code_of, created
from workstation.base.errors import StoreError
from workstation.domain.case import Case, ReportText
from workstation.domain.changes import apply
from workstation.domain.commands import (
    AddLesion,
    SetText,
)
from workstation.domain.spine import VertebralLevel
from workstation.storage.case_store import CaseStore


class TestFaults:
    def test_full_disk_is_told_and_leaves_the_last_state(self, store: CaseStore) -> None:
        case = carry_out(store, created(store), CONUS_T12)
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        long_text = SetText(text=ReportText(limits="".join(chr(33 + n % 90) for n in range(90000))))
        after = apply(case, long_text)
        with pytest.raises(StoreError) as caught:
            store.record("case-1", long_text, after)
        assert caught.value.message == "The disk is full."
        assert caught.value.code == "disk-full"
        assert store.load("case-1").case == case
        assert store.verify("case-1") == ()
        store._connection.execute("PRAGMA max_page_count = 100000")
        store.record("case-1", long_text, after)
        assert store.load("case-1").case == after

    def test_folder_that_cannot_be_written_is_told(self, home: Path) -> None:
        CaseStore.open(home).close()
        (home / "cases.sqlite3").chmod(0o400)
        connection = sqlite3.connect(f"file:{home / 'cases.sqlite3'}?mode=ro", uri=True)
        opened = CaseStore.open(home)
        opened._connection.close()
        opened._connection = connection
        assert code_of(opened.create, cases.empty_case()) == "store"
        opened.close()

    def test_file_in_use_by_another_program_is_told(self, store: CaseStore, home: Path) -> None:
        created(store)
        store._connection.execute("PRAGMA busy_timeout = 0")
        other = sqlite3.connect(home / "cases.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        case = apply(cases.one_lesion_case(), CONUS_T12)
        assert code_of(store.record, "case-1", CONUS_T12, case) == "busy"
        other.execute("ROLLBACK")
        other.close()
        store.record("case-1", CONUS_T12, case)
        assert store.load("case-1").case == case

    def test_closed_store_answers_with_a_sentence(self, store: CaseStore) -> None:
        store.close()
        with pytest.raises(StoreError, match="The case store did not answer"):
            store.list_cases()

    def test_refusal_names_no_patient(self, store: CaseStore) -> None:
        created(store)
        with pytest.raises(StoreError) as caught:
            store.create(cases.one_lesion_case())
        assert "EXAMPLE" not in caught.value.message + caught.value.detail


HOLD = """
import sys, time
from pathlib import Path
from workstation.storage.case_store import CaseStore
store = CaseStore.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


class TestSecondInstance:
    def test_second_one_reads_and_says_who_holds_the_store(
        self, store: CaseStore, home: Path
    ) -> None:
        case = created(store)
        second = CaseStore.open(home)
        assert second.read_only
        assert not store.read_only
        holder = json.loads((home / "cases.lock").read_text())
        assert f"process {holder['pid']} on {holder['host']}" in second.read_only_reason
        assert second.load("case-1").case == case
        assert code_of(second.create, cases.empty_case("case-2")) == "read-only"
        assert code_of(second.record, "case-1", CONUS_L1, case) == "read-only"
        carry_out(store, case, CONUS_T12)
        assert second.load("case-1").case.conus is VertebralLevel.T12
        second.close()

    def test_other_process_holds_until_it_is_killed(self, home: Path) -> None:
        child = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert child.stdout.read(4) == b"open"
        second = CaseStore.open(home)
        assert f"process {child.pid} on" in second.read_only_reason
        second.close()
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()
        third = CaseStore.open(home)
        assert not third.read_only
        third.close()

    def test_lock_file_that_cannot_be_understood_still_locks(
        self, store: CaseStore, home: Path
    ) -> None:
        (home / "cases.lock").write_text("???")
        second = CaseStore.open(home)
        assert "These cases are open in another Batson." in second.read_only_reason
        second.close()


CRASH = """
import sys
from pathlib import Path
from tests.support import cases
from workstation.domain.case import ReportText
from workstation.domain.changes import apply
from workstation.domain.commands import SetText
from workstation.storage.case_store import CaseStore
store = CaseStore.open(Path(sys.argv[1]))
case = cases.one_lesion_case()
store.create(case)
for number in range(1, 10_000):
    command = SetText(text=ReportText(limits=str(number)))
    case = apply(case, command)
    store.record(case.id, command, case)
    print(number, flush=True)
"""


@pytest.mark.parametrize("wanted", [1, 7, 40])
def test_kill_after_a_change_was_reported_loses_nothing(home: Path, wanted: int) -> None:
    root = Path(__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", CRASH, str(home)], stdout=subprocess.PIPE, text=True, cwd=root
    )
    for _ in range(wanted):
        reported = int(child.stdout.readline())
    child.kill()
    child.wait()
    child.stdout.close()
    store = CaseStore.open(home)
    stored = store.load("case-1")
    kept = int(stored.case.text.limits)
    assert kept >= reported == wanted
    assert store.verify("case-1") == ()
    assert len(store.history("case-1")) == kept + 1
    assert store.undo("case-1").text.limits == ("" if kept == 1 else str(kept - 1))
    store.close()


def test_undo_step_is_unpacked_only_when_asked(store: CaseStore) -> None:
    case = created(store)
    carry_out(store, case, CONUS_T12)
    base = store.load("case-1").steps[0]
    spoiled = replace(base, content=b"no zlib")
    assert spoiled.label == ""
    with pytest.raises(StoreError, match="damaged"):
        _ = spoiled.case


def test_case_with_29_lesions_is_stored_small(store: CaseStore, home: Path) -> None:
    case = created(store, cases.many_lesions_case(29))
    for number in range(20):
        case = carry_out(
            store,
            case,
            AddLesion(
                id=f"new-{number}",
                center_lps=(0.0, 10.0, 36.0),
                radius_mm=5.0,
                frame_of_reference_uid=cases.FRAME,
                series_uid=cases.CT_SERIES,
            ),
        )
    store.close()
    assert (home / "cases.sqlite3").stat().st_size < 400_000


def test_mutated_stores_are_told_or_whole(home: Path, tmp_path: Path) -> None:
    store = CaseStore.open(home)
    case = carry_out(store, created(store), CONUS_T12, SIGN)
    store.close()
    content = (home / "cases.sqlite3").read_bytes()
    chance = random.Random(7)
    told = 0
    for number in range(60):
        changed = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(changed))
            changed[place : place + chance.randint(1, 40)] = chance.randbytes(20)
        folder = tmp_path / f"mutated-{number}"
        folder.mkdir()
        (folder / "cases.sqlite3").write_bytes(bytes(changed))
        told += was_told(folder, case)
    assert told > 40


def was_told(folder: Path, expected: Case) -> bool:
    """Whether a spoiled store is refused, moved aside or found out; else it must be whole."""
    try:
        store = CaseStore.open(folder)
    except StoreError:
        return True
    with contextlib.closing(store):
        try:
            if store.notices or store.verify("case-1"):
                return True
            assert store.load("case-1").case == expected
        except StoreError:
            return True
    return False
