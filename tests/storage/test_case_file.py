"""One case as one file: whole or refused."""

from __future__ import annotations

import hashlib
import io
import json
import random
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import cases
from workstation.base.errors import InputRefusedError, StoreError
from workstation.domain.changes import apply
from workstation.domain.commands import Amend, SetConus, Sign
from workstation.domain.spine import VertebralLevel
from workstation.storage import case_file
from workstation.storage.case_store import CaseStore
from workstation.storage.history_chain import EntryKind
from workstation.storage.json_schema import canonical_json


@pytest.fixture
def exported(store: CaseStore, tmp_path: Path) -> Path:
    """A case with two commands, one of them undone, signed and amended."""
    case = cases.full_case()
    store.create(case)
    for command in (
        Amend(reason="Conus corrected."),
        SetConus(conus=VertebralLevel.T12),
        Sign(signature=cases.reader_signature()),
    ):
        case = apply(case, command)
        store.record(case.id, command, case, author="R. Reader")
    path = tmp_path / "one.batsoncase"
    store.export(case.id, path)
    return path


@pytest.fixture
def other(tmp_path: Path) -> Any:
    opened = CaseStore.open(tmp_path / "other")
    yield opened
    opened.close()


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(path: Path, change: Callable[[dict[str, bytes]], None], *, honest: bool) -> Path:
    """The file with changed parts; ``honest`` writes the hashes that fit them."""
    parts = parts_of(path)
    change(parts)
    if honest:
        manifest = json.loads(parts["manifest.json"])
        for name in ("case.json", "history.json", "signed.json"):
            if name in parts:
                manifest["sha256"][name] = hashlib.sha256(parts[name]).hexdigest()
        parts["manifest.json"] = canonical_json(manifest)
    target = path.with_name("changed.batsoncase")
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target


def refusal(path: Path) -> InputRefusedError:
    with pytest.raises(InputRefusedError) as caught:
        case_file.read(path)
    assert "\n" not in caught.value.message
    return caught.value


def test_imported_case_is_the_same(store: CaseStore, other: CaseStore, exported: Path) -> None:
    assert other.import_(exported, author="Second") == "case-1"
    assert other.load("case-1").case == store.load("case-1").case
    assert other.signed_versions("case-1") == store.signed_versions("case-1")
    history = other.history("case-1")
    assert history[:-1] == store.history("case-1")
    assert (history[-1].kind, history[-1].author) == (EntryKind.IMPORTED, "Second")
    assert other.verify("case-1") == ()


def test_imported_case_goes_on(other: CaseStore, exported: Path) -> None:
    other.import_(exported)
    case = other.load("case-1").case
    after = apply(case, Amend(reason="Second look."))
    other.record("case-1", Amend(reason="Second look."), after)
    assert other.load("case-1").case.version == 4
    assert other.verify("case-1") == ()


def test_case_that_is_here_already_is_refused(store: CaseStore, exported: Path) -> None:
    before = store.history("case-1")
    with pytest.raises(StoreError, match="already in the store"):
        store.import_(exported)
    assert store.history("case-1") == before


def test_file_is_private_and_the_same_each_time(
    store: CaseStore, exported: Path, tmp_path: Path
) -> None:
    assert stat.S_IMODE(exported.stat().st_mode) == 0o600
    store.export("case-1", tmp_path / "two.batsoncase")
    assert (tmp_path / "two.batsoncase").read_bytes() == exported.read_bytes()
    assert sorted(parts_of(exported)) == [
        "case.json",
        "files.json",
        "history.json",
        "manifest.json",
        "signed.json",
    ]


def test_export_into_a_missing_folder_is_told(store: CaseStore, exported: Path) -> None:
    with pytest.raises(StoreError, match="was not written: no such file or directory"):
        store.export("case-1", exported.parent / "missing" / "x.batsoncase")


@pytest.mark.parametrize("name", ["case.json", "history.json", "signed.json"])
def test_altered_part_is_refused(exported: Path, name: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        parts[name] = parts[name].replace(b"T12", b"T11")

    assert refusal(repacked(exported, change, honest=False)).code == "altered"


@pytest.mark.parametrize("name", ["case.json", "history.json", "signed.json"])
def test_altered_part_with_a_fitting_hash_is_refused(exported: Path, name: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        parts[name] = parts[name].replace(b"T12", b"T11")

    assert refusal(repacked(exported, change, honest=True)).code == "altered"


def test_shortened_history_is_refused(exported: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        parts["history.json"] = canonical_json(json.loads(parts["history.json"])[:-1])

    error = refusal(repacked(exported, change, honest=True))
    assert error.message == "The case does not agree with its history."

    def empty(parts: dict[str, bytes]) -> None:
        parts["history.json"] = b"[]"

    assert refusal(repacked(exported, empty, honest=True)).code == "altered"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda parts: parts.pop("case.json"), "does not hold the parts"),
        (lambda parts: parts.update({"../../evil": b"x"}), "does not hold the parts"),
        (lambda parts: parts.update({"/etc/passwd": b"x"}), "does not hold the parts"),
        (lambda parts: parts.update({"manifest.json": b"[]"}), "not a Batson case"),
        (lambda parts: parts.update({"manifest.json": b"{"}), "is not a JSON document"),
        (
            lambda parts: parts.update(
                {"manifest.json": b'{"format":"batson-case-file","schema":3,"sha256":{}}'}
            ),
            "another version of Batson",
        ),
        (
            lambda parts: parts.update(
                {"manifest.json": b'{"format":"batson-case-file","schema":1}'}
            ),
            "sha256 is missing",
        ),
    ],
)
def test_wrong_parts_are_refused(
    exported: Path, change: Callable[[dict[str, bytes]], None], words: str
) -> None:
    assert words in refusal(repacked(exported, change, honest=False)).message


def test_twice_the_same_name_is_refused(exported: Path) -> None:
    parts = parts_of(exported)
    with zipfile.ZipFile(exported, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("case.json", b"{}")
    assert refusal(exported).code == "not-a-case"


def test_part_that_inflates_beyond_the_limit_is_refused(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_file, "DOCUMENT_LIMIT_BYTES", 1000)

    def change(parts: dict[str, bytes]) -> None:
        parts["case.json"] = b" " * 2000

    assert refusal(repacked(exported, change, honest=True)).code == "too-large"


def test_file_beyond_the_limit_is_refused(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_file, "FILE_LIMIT_BYTES", 100)
    assert refusal(exported).code == "not-a-case"


def test_missing_file_folder_and_text_are_refused(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "nothing.batsoncase").message
    assert refusal(tmp_path).code == "not-a-case"
    text = tmp_path / "text.batsoncase"
    text.write_text("hello")
    assert refusal(text).message == "text.batsoncase is not a Batson case, or is damaged."


def test_encrypted_and_unknown_compression_are_refused(exported: Path) -> None:
    content = bytearray(exported.read_bytes())
    place = content.index(b"PK\x01\x02")
    for offset, value in ((8, 1), (10, 99)):
        changed = bytearray(content)
        changed[place + offset] = value
        path = exported.with_name("odd.batsoncase")
        path.write_bytes(bytes(changed))
        assert refusal(path).code == "not-a-case"


def test_mutated_files_are_refused_or_whole(store: CaseStore, exported: Path) -> None:
    chance = random.Random(41)
    content = exported.read_bytes()
    whole = case_file.read(exported)
    path = exported.with_name("mutated.batsoncase")
    refused = 0
    for _ in range(300):
        changed = bytearray(content)
        for _ in range(chance.randint(1, 3)):
            position = chance.randrange(len(changed))
            if chance.random() < 0.7:
                changed[position] ^= 1 << chance.randrange(8)
            else:
                del changed[position : position + chance.randint(1, 30)]
        path.write_bytes(bytes(changed))
        try:
            found = case_file.read(path)
        except InputRefusedError:
            refused += 1
        else:
            assert found == whole
    assert refused > 200


def test_signed_version_that_is_no_case_is_refused(exported: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        signed = json.loads(parts["signed.json"])
        signed[0]["content"] = "{}"
        parts["signed.json"] = canonical_json(signed)

    assert refusal(repacked(exported, change, honest=True)).code == "altered"


class TestBackup:
    def test_backup_is_a_whole_store(
        self, store: CaseStore, exported: Path, tmp_path: Path
    ) -> None:
        copy = tmp_path / "copy"
        copy.mkdir()
        store.backup(copy / "cases.sqlite3")
        assert stat.S_IMODE((copy / "cases.sqlite3").stat().st_mode) == 0o600
        opened = CaseStore.open(copy)
        assert opened.notices == ()
        assert opened.load("case-1").case == store.load("case-1").case
        assert opened.verify("case-1") == ()
        opened.close()

    def test_backup_does_not_overwrite(self, store: CaseStore, exported: Path) -> None:
        before = exported.read_bytes()
        with pytest.raises(StoreError) as caught:
            store.backup(exported)
        assert caught.value.code == "exists"
        assert exported.read_bytes() == before

    def test_backup_into_a_missing_folder_is_told(self, store: CaseStore, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="cannot be written"):
            store.backup(tmp_path / "missing" / "x.sqlite3")


def test_read_counts_bytes_and_not_claims() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("case.json", b"0" * 10_000)
    data = bytearray(buffer.getvalue())
    # The central directory claims 10 bytes where 10,000 come out.
    place = data.index(b"PK\x01\x02")
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive, pytest.raises(zipfile.BadZipFile):
        case_file._part(archive, "case.json")
