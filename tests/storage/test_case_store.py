"""The case store: what was accepted is there again, and nothing else is."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from tests.support import cases
from tests.support.clocks import SteppingClock
from tests.support.stores import CONUS_L1, CONUS_T12, SIGN, carry_out, code_of, created, damage
from workstation.base.errors import StoreError
from workstation.domain.answers import UNKNOWN
from workstation.domain.case import Case, ReportText
from workstation.domain.commands import (
    Amend,
    RemoveLesion,
    SetConus,
    SetText,
)
from workstation.domain.spine import VertebralLevel
from workstation.storage import case_store, sqlite_schema
from workstation.storage.case_codec import case_hash, encode_command
from workstation.storage.case_store import CaseStore
from workstation.storage.history_chain import EntryKind
from workstation.storage.json_schema import parse_json


class TestOpening:
    def test_folder_and_files_belong_to_their_owner_alone(
        self, store: CaseStore, home: Path
    ) -> None:
        store.create(cases.one_lesion_case())
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        files = sorted(path.name for path in home.iterdir())
        assert files == ["cases.lock", "cases.sqlite3", "cases.sqlite3-shm", "cases.sqlite3-wal"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()} == {0o600}

    def test_settings_of_the_connection(self, store: CaseStore) -> None:
        connection = store._connection
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "application_id")
        }
        assert settings == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "application_id": 0x42415453,
        }
        assert sqlite_schema.stored_version(connection) == sqlite_schema.SCHEMA_VERSION

    def test_existing_folder_keeps_its_permissions(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o755)
        CaseStore.open(tmp_path).close()
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755

    def test_file_in_place_of_the_folder_is_refused(self, tmp_path: Path) -> None:
        place = tmp_path / "home"
        place.write_text("not a folder")
        with pytest.raises(StoreError, match="cannot be used: file exists"):
            CaseStore.open(place)

    @pytest.mark.parametrize("name", ["application_id", "user_version"])
    def test_file_of_another_program_is_refused_and_left(self, home: Path, name: str) -> None:
        home.mkdir()
        path = home / "cases.sqlite3"
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE other (x)")
        connection.execute(f"PRAGMA {name} = 77")
        connection.close()
        before = path.read_bytes()
        with pytest.raises(StoreError, match="another program"):
            CaseStore.open(home)
        assert path.read_bytes() == before

    def test_newer_store_is_refused_and_left(self, store: CaseStore, home: Path) -> None:
        store.create(cases.one_lesion_case())
        store.close()
        damage(home, "UPDATE cases SET position = position")
        connection = sqlite3.connect(home / "cases.sqlite3")
        connection.execute("PRAGMA user_version = 99")
        connection.close()
        with pytest.raises(StoreError) as caught:
            CaseStore.open(home)
        assert caught.value.code == "newer-schema"
        assert [path.name for path in home.glob("cases*")].count("cases.sqlite3") == 1
        # The lock was let go: another try gives the same reason, not "read only".
        assert code_of(CaseStore.open, home) == "newer-schema"

    def test_older_store_is_backed_up_and_brought_up_to_date(
        self, store: CaseStore, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.create(cases.one_lesion_case())
        store.close()
        present = sqlite_schema.SCHEMA_VERSION
        monkeypatch.setattr(sqlite_schema, "SCHEMA_VERSION", present + 1)
        added = "ALTER TABLE cases ADD COLUMN place TEXT NOT NULL DEFAULT '';"
        monkeypatch.setitem(sqlite_schema.MIGRATIONS, present, added)
        opened = CaseStore.open(home, clock=SteppingClock())
        assert opened.load("case-1").case == cases.one_lesion_case()
        assert sqlite_schema.stored_version(opened._connection) == present + 1
        opened.close()
        copies = list(home.glob(f"cases-schema{present}-*.sqlite3"))
        assert len(copies) == 1
        assert stat.S_IMODE(copies[0].stat().st_mode) == 0o600

    def test_failed_migration_leaves_the_store_as_it_was(
        self, store: CaseStore, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.create(cases.one_lesion_case())
        store.close()
        present = sqlite_schema.SCHEMA_VERSION
        with monkeypatch.context() as patch:
            patch.setattr(sqlite_schema, "SCHEMA_VERSION", present + 1)
            script = "CREATE TABLE extra (x);\nINSERT INTO missing VALUES (1);"
            patch.setitem(sqlite_schema.MIGRATIONS, present, script)
            with pytest.raises(StoreError):
                CaseStore.open(home)
        opened = CaseStore.open(home)
        assert sqlite_schema.stored_version(opened._connection) == present
        tables = opened._connection.execute("SELECT name FROM sqlite_master").fetchall()
        assert ("extra",) not in tables
        assert opened.load("case-1").case == cases.one_lesion_case()
        opened.close()


class TestDamagedFile:
    def test_damaged_file_is_moved_aside_and_told(self, store: CaseStore, home: Path) -> None:
        store.create(cases.one_lesion_case())
        store.close()
        path = home / "cases.sqlite3"
        broken = b"SQLite format 3\x00" + b"\x5a" * 5000
        path.write_bytes(broken)
        opened = CaseStore.open(home, clock=SteppingClock())
        assert opened.list_cases() == ()
        assert len(opened.notices) == 1
        assert "cases-damaged-20260314T120001.sqlite3" in opened.notices[0]
        assert (home / "cases-damaged-20260314T120001.sqlite3").read_bytes() == broken
        opened.create(cases.empty_case())
        opened.close()

    def test_file_that_is_no_database_is_moved_aside(self, home: Path) -> None:
        home.mkdir()
        (home / "cases.sqlite3").write_bytes(b"this is no database at all" * 50)
        opened = CaseStore.open(home)
        assert opened.notices[0].startswith("The case store was damaged. It is kept as")
        opened.close()

    def test_empty_file_is_a_new_store(self, home: Path) -> None:
        home.mkdir()
        (home / "cases.sqlite3").touch()
        opened = CaseStore.open(home)
        assert opened.notices == ()
        opened.close()

    def test_torn_write_ahead_log_gives_the_changes_before_the_tear(
        self, home: Path, tmp_path: Path
    ) -> None:
        store = CaseStore.open(home)
        case = carry_out(store, created(store), SetConus(conus=UNKNOWN))
        whole = (home / "cases.sqlite3-wal").stat().st_size
        carry_out(store, case, CONUS_T12)
        copy = tmp_path / "copy"
        copy.mkdir()
        for name in ("cases.sqlite3", "cases.sqlite3-wal"):
            (copy / name).write_bytes((home / name).read_bytes())
        store.close()
        log = copy / "cases.sqlite3-wal"
        with log.open("r+b") as file:
            # As a power failure leaves it: the last frames only half on the disk.
            file.truncate((whole + log.stat().st_size) // 2)
        opened = CaseStore.open(copy)
        assert opened.notices == ()
        assert opened.load("case-1").case.conus is UNKNOWN
        assert opened.verify("case-1") == ()
        assert opened.undo("case-1") == cases.one_lesion_case()
        opened.close()


class TestChanges:
    def test_case_is_there_again(self, store: CaseStore, home: Path) -> None:
        case = carry_out(store, created(store), CONUS_T12, SetText(text=ReportText(limits="x")))
        store.close()
        opened = CaseStore.open(home)
        stored = opened.load("case-1")
        assert stored.case == case
        assert [step.label for step in stored.steps] == ["", "Conus level", "Edit text"]
        assert stored.position == 2
        opened.close()

    def test_change_is_committed_when_the_call_returns(self, store: CaseStore, home: Path) -> None:
        carry_out(store, created(store), CONUS_T12)
        reader = sqlite3.connect(f"file:{home / 'cases.sqlite3'}?mode=ro", uri=True)
        assert reader.execute("SELECT count(*) FROM history").fetchone() == (2,)
        reader.close()

    def test_history_tells_who_when_and_what(self, store: CaseStore) -> None:
        carry_out(store, created(store), CONUS_T12)
        first, second = store.history("case-1")
        assert (first.kind, first.sequence, first.command) == (EntryKind.CREATED, 1, "")
        assert second.kind is EntryKind.COMMAND
        assert second.author == "R. Reader"
        assert second.at.startswith("2026-03-14T12:00:0")
        assert second.at.endswith("+00:00")
        assert parse_json(second.command) == encode_command(CONUS_T12)
        assert second.case_hash == case_hash(store.load("case-1").case)
        assert second.previous_hash == first.hash

    def test_same_case_twice_is_refused(self, store: CaseStore) -> None:
        created(store)
        assert code_of(store.create, cases.one_lesion_case()) == "case-exists"

    def test_unknown_case_is_refused_everywhere(self, store: CaseStore) -> None:
        case = cases.one_lesion_case("nobody")
        for call, arguments in (
            (store.load, ("nobody",)),
            (store.undo, ("nobody",)),
            (store.redo, ("nobody",)),
            (store.history, ("nobody",)),
            (store.signed_versions, ("nobody",)),
            (store.verify, ("nobody",)),
            (store.record, ("nobody", CONUS_L1, case)),
            (store.set_setting, ("nobody", "layout", "2x2")),
        ):
            assert code_of(call, *arguments) == "no-case"

    def test_change_of_another_case_is_refused(self, store: CaseStore) -> None:
        created(store)
        stranger = cases.one_lesion_case("other")
        assert code_of(store.record, "case-1", CONUS_L1, stranger) == "other-case"

    def test_two_cases_do_not_mix(self, store: CaseStore) -> None:
        one, two = created(store), created(store, cases.studied_case("case-2"))
        carry_out(store, one, CONUS_T12)
        carry_out(store, two, CONUS_L1)
        store.undo("case-1")
        assert store.load("case-1").case == one
        assert store.load("case-2").case.conus is VertebralLevel.L1
        assert store.verify("case-1") == store.verify("case-2") == ()

    def test_list_shows_the_case_changed_last_first(self, store: CaseStore) -> None:
        one = created(store)
        created(store, cases.studied_case("case-2"))
        carry_out(store, one, CONUS_T12)
        first, second = store.list_cases()
        assert (first.case_id, second.case_id) == ("case-1", "case-2")
        assert first.patient_name == "EXAMPLE^Ada^M"
        assert first.studies == (cases.STUDY,)
        assert first.levels == ("T12",)
        assert (first.status, first.version, first.change_count) == ("draft", 1, 1)
        assert second.change_count == 0

    def test_hostile_texts_are_kept_as_they_are(self, store: CaseStore) -> None:
        for number, text in enumerate(cases.HOSTILE_TEXTS):
            case = created(store, cases.hostile_case(text, f"case-{number}"))
            assert store.load(case.id).case == case
        assert len(store.list_cases()) == len(cases.HOSTILE_TEXTS)

    def test_settings_of_a_case(self, store: CaseStore, home: Path) -> None:
        created(store)
        assert store.setting("case-1", "layout") is None
        store.set_setting("case-1", "layout", "2x2")
        store.set_setting("case-1", "layout", "1x2")
        store.close()
        opened = CaseStore.open(home)
        assert opened.setting("case-1", "layout") == "1x2"
        assert len(opened.history("case-1")) == 1
        opened.close()


class TestUndo:
    def test_undo_list_survives_reopening(self, store: CaseStore, home: Path) -> None:
        base = created(store)
        carry_out(store, base, CONUS_T12, SetConus(conus=UNKNOWN), RemoveLesion(id="lesion-1"))
        store.undo("case-1")
        store.close()
        opened = CaseStore.open(home)
        stored = opened.load("case-1")
        assert stored.position == 2
        assert [step.case.conus for step in stored.steps] == [
            VertebralLevel.L1,
            VertebralLevel.T12,
            UNKNOWN,
            UNKNOWN,
        ]
        assert opened.redo("case-1").lesions == ()
        for _ in range(3):
            last = opened.undo("case-1")
        assert last == base
        assert opened.load("case-1").position == 0
        opened.close()

    def test_ends_of_the_list_are_refused(self, store: CaseStore) -> None:
        created(store)
        with pytest.raises(StoreError, match="Nothing to undo"):
            store.undo("case-1")
        with pytest.raises(StoreError, match="Nothing to redo"):
            store.redo("case-1")

    def test_change_after_undo_drops_what_could_be_redone(self, store: CaseStore) -> None:
        case = carry_out(store, created(store), CONUS_T12)
        store.undo("case-1")
        carry_out(store, cases.one_lesion_case(), RemoveLesion(id="lesion-1"))
        stored = store.load("case-1")
        assert [step.label for step in stored.steps] == ["", "Remove a lesion"]
        assert case not in [step.case for step in stored.steps]
        assert code_of(store.redo, "case-1") == "end"

    def test_history_keeps_undone_changes(self, store: CaseStore) -> None:
        carry_out(store, created(store), CONUS_T12)
        store.undo("case-1", author="R")
        store.redo("case-1", author="R")
        assert [(item.kind, item.label) for item in store.history("case-1")] == [
            (EntryKind.CREATED, "New case"),
            (EntryKind.COMMAND, "Conus level"),
            (EntryKind.UNDONE, "Conus level"),
            (EntryKind.REDONE, "Conus level"),
        ]
        assert store.verify("case-1") == ()

    def test_folded_change_is_one_step_and_its_own_row(self, store: CaseStore) -> None:
        case = carry_out(store, created(store), SetText(text=ReportText(limits="a")))
        carry_out(store, case, SetText(text=ReportText(limits="ab")), folds=True)
        stored = store.load("case-1")
        assert [step.case.text.limits for step in stored.steps] == ["", "ab"]
        assert stored.position == 1
        assert len(store.history("case-1")) == 3
        assert store.undo("case-1").text.limits == ""
        assert store.verify("case-1") == ()

    def test_list_is_bounded_and_history_is_not(
        self, store: CaseStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(case_store, "STEP_LIMIT", 3)
        case = created(store)
        for number in range(6):
            case = carry_out(store, case, SetText(text=ReportText(limits=str(number))))
        stored = store.load("case-1")
        assert [step.case.text.limits for step in stored.steps] == ["2", "3", "4", "5"]
        assert stored.position == 3
        assert len(store.history("case-1")) == 7
        assert store.undo("case-1").text.limits == "4"
        assert store.verify("case-1") == ()


class TestSigning:
    def signed(self, store: CaseStore) -> Case:
        return carry_out(store, created(store), CONUS_T12, SIGN)

    def test_signed_version_is_kept_as_it_was_signed(self, store: CaseStore) -> None:
        case = self.signed(store)
        (version,) = store.signed_versions("case-1")
        assert version.case == case
        assert (version.version, version.signer, version.at) == (
            1,
            "R. Reader",
            "2026-03-14T16:55:00+01:00",
        )
        assert version.sha256 == case_hash(case)

    def test_signature_cannot_be_undone(self, store: CaseStore) -> None:
        self.signed(store)
        assert code_of(store.undo, "case-1") == "end"
        assert [step.label for step in store.load("case-1").steps] == ["Sign"]

    def test_amendment_makes_a_second_version_chained_to_the_first(self, store: CaseStore) -> None:
        case = carry_out(store, self.signed(store), Amend(reason="Level corrected."), CONUS_L1)
        assert store.undo("case-1").conus is VertebralLevel.T12
        store.redo("case-1")
        carry_out(store, case, SIGN)
        first, second = store.signed_versions("case-1")
        assert (first.version, second.version) == (1, 2)
        assert second.previous_hash == first.hash
        assert first.case.conus is VertebralLevel.T12
        assert second.case.amends == "Level corrected."
        assert store.verify("case-1") == ()

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE signed_versions SET content = '{}'",
            "UPDATE signed_versions SET signer = 'Somebody'",
            "DELETE FROM signed_versions",
            "UPDATE history SET author = 'Somebody'",
            "DELETE FROM history",
            "INSERT OR REPLACE INTO signed_versions SELECT case_id, version, 'Somebody', at,"
            " content, sha256, previous_hash, hash FROM signed_versions",
            "INSERT OR REPLACE INTO history SELECT case_id, sequence, kind, 'Somebody', at,"
            " label, command, case_hash, previous_hash, hash FROM history",
        ],
    )
    def test_rows_cannot_be_changed_through_sql(self, store: CaseStore, statement: str) -> None:
        self.signed(store)
        before = store.signed_versions("case-1"), store.history("case-1")
        connection = store._connection
        with pytest.raises(sqlite3.IntegrityError, match=r"does not change|append-only"):
            connection.execute(statement)
        assert (store.signed_versions("case-1"), store.history("case-1")) == before


class TestVerify:
    @pytest.mark.parametrize(
        ("statement", "problem"),
        [
            ("UPDATE history SET author = 'x' WHERE sequence = 2", "Change 2 of the history was"),
            ("UPDATE history SET command = '' WHERE sequence = 2", "Change 2 of the history was"),
            ("UPDATE history SET kind = 'undone' WHERE sequence = 2", "Change 2 of the history"),
            ("UPDATE history SET kind = 'other' WHERE sequence = 2", "The history holds a kind"),
            ("DELETE FROM history WHERE sequence = 2", "Change 2 of the history is missing."),
            ("DELETE FROM history WHERE sequence = 3", "The last changes of the history are miss"),
            ("UPDATE cases SET sequence = 9", "The number of changes does not agree"),
            ("UPDATE cases SET head_hash = 'f'", "The last changes of the history are missing."),
            ("UPDATE cases SET position = 9", "The current state does not agree"),
            ("UPDATE cases SET summary = '{}'", "The list of cases does not agree"),
            ("UPDATE cases SET created_at = '2020'", "The list of cases does not agree"),
            ("UPDATE cases SET changed_at = '2020'", "The list of cases does not agree"),
            ("DELETE FROM steps", "The current state does not agree"),
            ("UPDATE steps SET content = x'00'", "State 2 of the undo list is damaged."),
            ("UPDATE steps SET case_hash = 'f'", "State 2 of the undo list is damaged."),
            ("DELETE FROM signed_versions", "The signed versions do not agree with the history."),
            ("UPDATE signed_versions SET signer = 'x'", "Signed version 1 names another signer."),
            ("UPDATE signed_versions SET sha256 = 'f'", "Signed version 1 is not what was signed."),
            (
                "UPDATE signed_versions SET content = replace(content, 'T12', 'T11')",
                "Signed version 1 is not what was signed.",
            ),
        ],
    )
    def test_tampering_is_found(
        self, store: CaseStore, home: Path, statement: str, problem: str
    ) -> None:
        carry_out(store, created(store), CONUS_T12, SIGN)
        assert store.verify("case-1") == ()
        store.close()
        damage(home, statement)
        opened = CaseStore.open(home)
        assert any(found.startswith(problem) for found in opened.verify("case-1"))
        opened.close()

    def test_single_flipped_bit_is_found(self, home: Path, tmp_path: Path) -> None:
        store = CaseStore.open(home)
        carry_out(store, created(store), CONUS_T12, SIGN)
        store.close()
        content = (home / "cases.sqlite3").read_bytes()
        found = 0
        places = [content.index(word) for word in (b"SetConus", b"R. Reader", b"EXAMPLE")]
        for number, place in enumerate(places):
            copy = tmp_path / f"copy{number}"
            copy.mkdir()
            flipped = bytearray(content)
            flipped[place] ^= 0x01
            (copy / "cases.sqlite3").write_bytes(bytes(flipped))
            opened = CaseStore.open(copy)
            found += bool(opened.notices) or opened.verify("case-1") != ()
            opened.close()
        assert found == len(places)

    def test_damaged_state_is_not_opened(self, store: CaseStore, home: Path) -> None:
        created(store)
        store.close()
        damage(home, "UPDATE steps SET content = x'789c030000000001'")
        opened = CaseStore.open(home)
        assert code_of(opened.load, "case-1") in {"altered", "damaged"}
        opened.close()

    def test_missing_current_state_is_told(self, store: CaseStore, home: Path) -> None:
        created(store)
        store.close()
        damage(home, "DELETE FROM steps")
        opened = CaseStore.open(home)
        assert code_of(opened.load, "case-1") == "damaged"
        opened.close()

    def test_state_of_another_case_is_told(self, store: CaseStore, home: Path) -> None:
        created(store)
        created(store, cases.studied_case("case-2"))
        store.close()
        damage(
            home,
            "UPDATE steps SET (content, case_hash) ="
            " (SELECT content, case_hash FROM steps WHERE case_id = 'case-2')",
        )
        opened = CaseStore.open(home)
        assert code_of(opened.load, "case-1") == "altered"
        opened.close()

    def test_damaged_summary_is_told(self, store: CaseStore, home: Path) -> None:
        created(store)
        store.close()
        damage(home, "UPDATE cases SET summary = '[]'")
        opened = CaseStore.open(home)
        assert code_of(opened.list_cases) == "damaged"
        opened.close()
