"""The disk is full, read only, dying or torn: what the user reads, and that nothing is lost."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.support import cases
from tests.support.faults import on_tiny_disk, one_line, refuse_sync
from tests.support.stores import CONUS_L1, CONUS_T12, SIGN, carry_out, created
from workstation.__main__ import main
from workstation.base.errors import StoreError
from workstation.storage.case_store import CaseStore

NEW_CASE = """
from tests.support import cases
from workstation.storage.case_codec import encode_command
from workstation.domain.commands import SetText
from workstation.domain.case import ReportText
store_case = batson("case", "apply", "case-1", "-", "--new", text="")
chance = __import__("random").Random(3)
lines = []
for number in range(400):
    words = "".join(chance.choice("abcdefghijklmnopqrstuvwxyz ") for _ in range(4000))
    command = encode_command(SetText(text=ReportText(limits=f"{number} {words}")))
    lines.append(json.dumps(command))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def run(home: Path, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main(["--store", str(home), *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


class TestFullDisk:
    def test_command_line_tells_and_keeps_every_saved_change(self, tmp_path: Path) -> None:
        found = on_tiny_disk(
            tmp_path / "disk",
            1500,
            NEW_CASE
            + """
filled = batson("case", "apply", "case-1", "-", text="\\n".join(lines))
(home / "store" / "cases.sqlite3-wal").exists()
verified = batson("case", "verify")
history = json.loads(batson("case", "show", "case-1", "--history", "--json")["out"])
shown = json.loads(batson("case", "show", "case-1", "--json")["out"])
answer(filled=filled, verified=verified, rows=len(history["history"]),
       limits=shown["case"]["text"]["limits"][:4])
""",
        )
        assert found["filled"]["code"] == 4
        assert one_line(found["filled"]["err"]) == (f"line {found['rows']}: The disk is full.")
        saved = found["filled"]["out"].splitlines()
        assert saved[-1] == f"saved {found['rows'] - 1}"
        assert found["limits"].split()[0] == str(found["rows"] - 2)
        assert found["verified"]["out"] == "1 whole\n"

    def test_new_store_on_a_full_disk_is_told(self, tmp_path: Path) -> None:
        found = on_tiny_disk(
            tmp_path / "disk",
            64,
            """
(home / "filler").write_bytes(b"x" * 48 * 1024)
answer(listed=batson("case", "list"))
""",
        )
        assert found["listed"]["code"] == 3
        assert "disk is full" in one_line(found["listed"]["err"]).lower()

    def test_export_and_backup_leave_no_half_file(self, tmp_path: Path) -> None:
        found = on_tiny_disk(
            tmp_path / "disk",
            3000,
            NEW_CASE
            + """
batson("case", "apply", "case-1", "-", text="\\n".join(lines[:60]))
free = os.statvfs(home)
(home / "filler").write_bytes(b"x" * (free.f_bavail * free.f_frsize - 65536))
out = home / "out"
out.mkdir()
exported = batson("case", "export", "case-1", out / "a.batsoncase")
backed_up = batson("case", "backup", out / "b.sqlite3")
left = sorted(path.name for path in out.iterdir())
(home / "filler").unlink()
again = [batson("case", "export", "case-1", out / "a.batsoncase"),
         batson("case", "backup", out / "b.sqlite3"), batson("case", "verify")]
answer(exported=exported, backed_up=backed_up, left=left, again=[item["code"] for item in again])
""",
        )
        assert found["exported"]["code"] == 3
        assert one_line(found["exported"]["err"]) == (
            "a.batsoncase was not written: no space left on device."
        )
        assert found["backed_up"]["code"] == 3
        assert one_line(found["backed_up"]["err"]) == "The disk is full."
        assert found["left"] == []
        assert found["again"] == [0, 0, 0]

    def test_export_that_cannot_be_synchronized_leaves_the_old_file(
        self, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = CaseStore.open(home)
        case = created(store)
        path = tmp_path / "one.batsoncase"
        store.export(case.id, path)
        before = path.read_bytes()
        carry_out(store, case, CONUS_T12)
        with monkeypatch.context() as patch:
            refuse_sync(patch)
            with pytest.raises(StoreError, match="no space left on device"):
                store.export(case.id, path)
        assert path.read_bytes() == before
        assert [item.name for item in tmp_path.iterdir() if item.name.startswith(".")] == []
        store.close()

    def test_dying_disk_is_told_in_words(
        self, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = CaseStore.open(home)
        case = created(store)
        with monkeypatch.context() as patch:
            refuse_sync(patch, errno.EIO)
            with pytest.raises(StoreError, match="input/output error"):
                store.export(case.id, tmp_path / "one.batsoncase")
        store.close()


class TestReadOnlyFolder:
    def test_cases_can_be_read_and_the_reason_is_told(self, tmp_path: Path) -> None:
        found = on_tiny_disk(
            tmp_path / "disk",
            4000,
            NEW_CASE
            + """
batson("case", "apply", "case-1", "-", text="\\n".join(lines[:3]))
os.system(f'mount -o remount,ro "{home}"')
listed = batson("case", "list")
changed = batson("case", "apply", "case-1", "-", text=lines[4])
os.environ["BATSON_HOME"] = str(home / "missing")
fresh = main_code = None
answer(listed=listed, changed=changed, verified=batson("case", "verify"))
""",
        )
        assert found["listed"]["code"] == 0
        assert found["listed"]["out"].startswith("case-1  draft v1")
        assert found["verified"]["code"] == 0
        assert found["changed"]["code"] == 3
        assert one_line(found["changed"]["err"]) == (
            "line 1: The folder of the cases is read only. Here they can be read, not changed."
        )

    def test_unwritten_changes_on_a_read_only_disk_are_not_hidden(self, tmp_path: Path) -> None:
        found = on_tiny_disk(
            tmp_path / "disk",
            4000,
            NEW_CASE
            + """
pid = os.fork()
if pid == 0:
    from workstation.storage.case_store import CaseStore
    store = CaseStore.open(home / "store")
    from workstation.domain.changes import apply
    from tests.support.stores import CONUS_T12
    case = apply(store.load("case-1").case, CONUS_T12)
    store.record("case-1", CONUS_T12, case)
    os.kill(os.getpid(), 9)
os.waitpid(pid, 0)
os.system(f'mount -o remount,ro "{home}"')
answer(listed=batson("case", "list"))
""",
        )
        assert found["listed"]["code"] == 3
        assert "Copy the folder to a local disk" in one_line(found["listed"]["err"])

    def test_folder_that_cannot_be_made_is_told(self, tmp_path: Path) -> None:
        found = on_tiny_disk(
            tmp_path / "disk",
            1000,
            """
os.system(f'mount -o remount,ro "{home}"')
answer(listed=batson("case", "list"))
""",
        )
        assert found["listed"]["code"] == 3
        assert "Read-only file system" in one_line(found["listed"]["err"])


class TestTornLog:
    def test_every_tear_of_the_log_gives_a_whole_earlier_state(
        self, home: Path, tmp_path: Path
    ) -> None:
        """A power failure keeps a beginning of the log; each beginning must be a whole state."""
        store = CaseStore.open(home)
        case = carry_out(store, created(store), CONUS_T12, CONUS_L1, SIGN)
        expected = {store.load(case.id).case.status: case}
        database = (home / "cases.sqlite3").read_bytes()
        log = (home / "cases.sqlite3-wal").read_bytes()
        changes = len(store.history(case.id))
        store.close()
        assert expected
        seen = set()
        lengths = [0, 16, 32, *range(60, len(log), 1999), len(log) - 1, len(log)]
        for number, length in enumerate(lengths):
            copy = tmp_path / f"torn-{number}"
            copy.mkdir()
            (copy / "cases.sqlite3").write_bytes(database)
            (copy / "cases.sqlite3-wal").write_bytes(log[:length])
            seen.add(assert_whole_after_tear(copy))
            shutil.rmtree(copy)
        assert {0, changes} <= seen
        assert len(seen) >= changes

    def test_scrambled_end_of_the_log_is_left_out(self, home: Path, tmp_path: Path) -> None:
        store = CaseStore.open(home)
        carry_out(store, created(store), CONUS_T12)
        log = bytearray((home / "cases.sqlite3-wal").read_bytes())
        log[-3000:] = os.urandom(3000)
        copy = tmp_path / "copy"
        copy.mkdir()
        (copy / "cases.sqlite3").write_bytes((home / "cases.sqlite3").read_bytes())
        (copy / "cases.sqlite3-wal").write_bytes(bytes(log))
        store.close()
        assert assert_whole_after_tear(copy) == 1


def assert_whole_after_tear(home: Path) -> int:
    """How many changes the store holds; what it holds is whole and goes on."""
    store = CaseStore.open(home)
    try:
        assert store.notices == ()
        assert store.audit.problem() == ""
        if store.case_ids() == ():
            created(store, cases.one_lesion_case("new"))
            return 0
        assert store.verify("case-1") == ()
        kept = len(store.history("case-1"))
        if kept > 1 and store.load("case-1").case.signature is None:
            store.undo("case-1")
            store.redo("case-1")
        return kept
    finally:
        store.close()


class TestDamagedStore:
    def test_newest_state_is_kept_aside_and_told_on_the_command_line(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        store = CaseStore.open(home)
        carry_out(store, created(store), CONUS_T12)
        store.close()
        path = home / "cases.sqlite3"
        spoiled = bytearray(path.read_bytes())
        spoiled[4096:9000] = os.urandom(9000 - 4096)
        path.write_bytes(bytes(spoiled))
        code, out, err = run(home, capsys, "case", "list")
        assert code == 0
        assert out == "No cases.\n"
        assert err.startswith("The case store was damaged. It is kept as cases-damaged-")
        (aside,) = home.glob("cases-damaged-*.sqlite3")
        assert aside.read_bytes() == bytes(spoiled)

    def test_bit_between_the_rows_is_found(self, home: Path) -> None:
        store = CaseStore.open(home)
        carry_out(store, created(store), CONUS_T12)
        store.close()
        path = home / "cases.sqlite3"
        content = bytearray(path.read_bytes())
        content[content.index(b"\0" * 200) + 100] ^= 0x10
        path.write_bytes(bytes(content))
        opened = CaseStore.open(home)
        assert opened.verify("case-1") == (
            "The file of the store was changed outside Batson, or its disk is failing.",
        )
        carry_out(opened, opened.load("case-1").case, CONUS_L1)
        opened.close()
        again = CaseStore.open(home)
        assert again.verify("case-1") != ()
        again.close()

    def test_another_generation_of_the_file_is_judged_by_its_rows(
        self, home: Path, tmp_path: Path
    ) -> None:
        store = CaseStore.open(home)
        carry_out(store, created(store), CONUS_T12)
        store.close()
        connection = sqlite3.connect(home / "cases.sqlite3")
        connection.execute("CREATE TABLE more (x)")
        connection.execute("DROP TABLE more")
        connection.commit()
        connection.close()
        opened = CaseStore.open(home)
        assert opened.verify("case-1") == ()
        opened.close()


class TestClockSetBack:
    def test_signing_waits_until_the_clock_is_right(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from tests.support.clocks import SteppingClock

        clock = SteppingClock()
        store = CaseStore.open(home, clock=clock)
        case = carry_out(store, created(store), CONUS_T12)
        clock.now = clock.now.replace(hour=7)
        assert store.clock_warning(case.id) == (
            "The clock of this computer stands 5 hours before the last change of this case. "
            "Set it right before signing."
        )
        with pytest.raises(StoreError) as caught:
            carry_out(store, case, SIGN)
        assert caught.value.code == "clock"
        assert store.signed_versions(case.id) == ()
        case = carry_out(store, case, CONUS_L1)
        assert store.verify(case.id) == ()
        assert [entry.sequence for entry in store.history(case.id)] == [1, 2, 3]
        clock.now = clock.now.replace(hour=13)
        carry_out(store, case, SIGN)
        assert store.clock_warning(case.id) == ""
        store.close()
