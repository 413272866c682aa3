"""The encrypted store: nothing readable on the disk, the key in the keyring alone.

The extra is not part of the usual installation; where it is missing only the refusal is tested.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support import cases
from tests.support.stores import CONUS_T12, SIGN, carry_out, code_of, created
from workstation.__main__ import main
from workstation.base.errors import StoreError
from workstation.storage import encryption
from workstation.storage.backups import restore
from workstation.storage.case_store import CaseStore


class KeyringError(Exception):
    """The keyring does not answer."""


class FakeKeyring:
    """A keyring in memory; can be locked."""

    errors = SimpleNamespace(KeyringError=KeyringError)

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, name: str) -> str | None:
        if self.locked:
            raise KeyringError
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        if self.locked:
            raise KeyringError
        self.kept[service, name] = value


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> FakeKeyring:
    pytest.importorskip("sqlcipher3", reason="needs the extra “encryption”")
    fake = FakeKeyring()
    monkeypatch.setattr(encryption, "_keyring", lambda: fake)
    return fake


@pytest.fixture
def encrypted(home: Path, keyring: FakeKeyring) -> Path:
    store = CaseStore.open(home)
    carry_out(store, created(store), CONUS_T12, SIGN)
    store.close()
    assert main(["--store", str(home), "case", "encrypt"]) == 0
    return home


class TestWithoutTheExtra:
    @pytest.mark.parametrize("missing", ["sqlcipher3.dbapi2", "keyring"])
    def test_refused_in_words_and_nothing_changes(
        self,
        home: Path,
        missing: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        store = CaseStore.open(home)
        created(store)
        store.close()
        monkeypatch.setitem(sys.modules, missing, None)
        before = (home / "cases.sqlite3").read_bytes()
        assert main(["--store", str(home), "case", "encrypt"]) == 3
        words = "Encrypted cases need the extra “encryption” of the installation.\n"
        assert capsys.readouterr().err == words
        assert (home / "cases.sqlite3").read_bytes() == before
        assert not (home / "cases.encrypted").exists()

    def test_encrypted_store_is_left_as_it_is(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home.mkdir()
        content = bytes(range(256)) * 64
        (home / "cases.sqlite3").write_bytes(content)
        (home / "cases.encrypted").write_text('{"key": "abc"}')
        monkeypatch.setitem(sys.modules, "keyring", None)
        assert code_of(CaseStore.open, home) == "not-installed"
        assert (home / "cases.sqlite3").read_bytes() == content

    def test_plain_store_needs_nothing(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "sqlcipher3", None)
        monkeypatch.setitem(sys.modules, "keyring", None)
        store = CaseStore.open(home)
        created(store)
        assert store.verify("case-1") == ()
        store.close()


class TestEncrypted:
    def test_nothing_on_the_disk_can_be_read(self, encrypted: Path) -> None:
        store = CaseStore.open(encrypted)
        created(store, cases.studied_case("case-2"))
        for path in encrypted.iterdir():
            data = path.read_bytes()
            for word in (b"EXAMPLE", b"DEMO-004217", b"SQLite format", b"SetConus"):
                assert word not in data, path.name
        store.close()

    def test_everything_is_there_and_goes_on(self, encrypted: Path) -> None:
        store = CaseStore.open(encrypted)
        assert store.verify("case-1") == ()
        assert len(store.signed_versions("case-1")) == 1
        created(store, cases.studied_case("case-2"))
        store.close()
        again = CaseStore.open(encrypted)
        assert again.case_ids() == ("case-1", "case-2")
        assert again.verify("case-2") == ()
        again.close()

    def test_phrase_is_shown_once_and_brings_the_key_back(
        self,
        encrypted: Path,
        keyring: FakeKeyring,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        (phrase,) = keyring.kept.values()
        keyring.kept.clear()
        assert code_of(CaseStore.open, encrypted) == "no-key"
        monkeypatch.setattr(sys, "stdin", io.StringIO(phrase.upper() + "\n"))
        assert main(["--store", str(encrypted), "case", "encrypt", "--recover"]) == 0
        CaseStore.open(encrypted).close()

    @pytest.mark.parametrize("phrase", ["", "abc", "z" * 64, "0" * 64])
    def test_wrong_phrase_is_refused(
        self, encrypted: Path, phrase: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(phrase + "\n"))
        assert main(["--store", str(encrypted), "case", "encrypt", "--recover"]) == 3
        CaseStore.open(encrypted).close()

    def test_wrong_key_moves_nothing_aside(self, encrypted: Path, keyring: FakeKeyring) -> None:
        content = (encrypted / "cases.sqlite3").read_bytes()
        ((place, _),) = keyring.kept.items()
        keyring.kept[place] = "0" * 64
        assert code_of(CaseStore.open, encrypted) == "wrong-key"
        assert (encrypted / "cases.sqlite3").read_bytes() == content
        assert list(encrypted.glob("cases-damaged*")) == []

    def test_locked_keyring_is_told(self, encrypted: Path, keyring: FakeKeyring) -> None:
        keyring.locked = True
        with pytest.raises(StoreError, match="Unlock it and try again"):
            CaseStore.open(encrypted)

    def test_backup_is_encrypted_too_and_can_be_restored(
        self, encrypted: Path, tmp_path: Path
    ) -> None:
        copy = tmp_path / "copy.sqlite3"
        store = CaseStore.open(encrypted)
        store.backup(copy)
        created(store, cases.studied_case("later"))
        store.close()
        assert b"SQLite format" not in copy.read_bytes()
        assert b"EXAMPLE" not in copy.read_bytes()
        restore(encrypted, copy)
        again = CaseStore.open(encrypted)
        assert again.case_ids() == ("case-1",)
        assert again.verify("case-1") == ()
        again.close()

    def test_back_to_plain(self, encrypted: Path) -> None:
        assert main(["--store", str(encrypted), "case", "decrypt"]) == 0
        assert (encrypted / "cases.sqlite3").read_bytes().startswith(b"SQLite format 3")
        assert not (encrypted / "cases.encrypted").exists()
        store = CaseStore.open(encrypted)
        assert store.verify("case-1") == ()
        store.close()

    def test_damage_is_found(self, encrypted: Path) -> None:
        path = encrypted / "cases.sqlite3"
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(bytes(data))
        store = CaseStore.open(encrypted)
        assert store.notices or store.verify("case-1") != ()
        store.close()

    def test_second_time_is_refused(self, encrypted: Path) -> None:
        assert main(["--store", str(encrypted), "case", "encrypt"]) == 3

    def test_phrase_is_the_key_in_groups(
        self, home: Path, keyring: FakeKeyring, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--store", str(home), "case", "encrypt"]) == 0
        phrase = capsys.readouterr().out.splitlines()[1]
        assert "".join(phrase.split()) == next(iter(keyring.kept.values()))
        assert len(phrase.split()) == 8

    def test_plain_copies_are_named(
        self, home: Path, keyring: FakeKeyring, capsys: pytest.CaptureFixture[str]
    ) -> None:
        store = CaseStore.open(home)
        created(store)
        store.backup(home / "cases-old.sqlite3")
        store.close()
        assert main(["--store", str(home), "case", "encrypt"]) == 0
        assert "to be removed by you: cases-old.sqlite3\n" in capsys.readouterr().out
