"""Files of a case: signed documents do not change, and a swapped one is found."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import cases
from tests.support.stores import CONUS_T12, SIGN, carry_out, code_of, created, damage
from workstation.base.errors import InputRefusedError, StoreError
from workstation.storage import attachments, case_file
from workstation.storage.attachments import AttachmentKind
from workstation.storage.case_store import CaseStore
from workstation.storage.history_chain import EntryKind

PDF = b"%PDF-1.7 what was signed"
SWAPPED = b"%PDF-1.7 something else"


@pytest.fixture
def signed(store: CaseStore) -> CaseStore:
    case = replace(cases.one_lesion_case(), key_images=(cases.key_image(1),))
    carry_out(store, created(store, case), SIGN)
    store.attachments.keep_document("case-1", 1, "report.pdf", PDF, author="R. Reader")
    return store


def test_document_is_kept_and_the_history_tells(signed: CaseStore) -> None:
    (item,) = signed.attachments.of_case("case-1")
    assert (item.kind, item.name, item.version) == (AttachmentKind.DOCUMENT, "report.pdf", 1)
    assert item.content == PDF
    last = signed.history("case-1")[-1]
    assert (last.kind, last.author) == (EntryKind.FILED, "R. Reader")
    assert hashlib.sha256(PDF).hexdigest() in last.command
    assert signed.verify("case-1") == ()


def test_case_itself_stays_as_it_is(signed: CaseStore) -> None:
    stored = signed.load("case-1")
    assert stored.case.signature is not None
    assert stored.position == 0
    assert signed.list_cases()[0].change_count == 2


def test_same_document_again_changes_nothing(signed: CaseStore) -> None:
    before = signed.history("case-1")
    signed.attachments.keep_document("case-1", 1, "report.pdf", PDF)
    assert signed.history("case-1") == before


def test_another_document_of_that_name_is_refused(signed: CaseStore) -> None:
    keep = signed.attachments.keep_document
    assert code_of(keep, "case-1", 1, "report.pdf", SWAPPED) == "document-exists"
    assert signed.attachments.of_case("case-1")[0].content == PDF


def test_draft_has_no_documents(store: CaseStore) -> None:
    created(store)
    keep = store.attachments.keep_document
    assert code_of(keep, "case-1", 1, "report.pdf", PDF) == "not-signed"
    assert code_of(keep, "nobody", 1, "report.pdf", PDF) == "no-case"


def test_what_is_too_large_is_refused(signed: CaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "SIZE_LIMIT_BYTES", 10)
    assert code_of(signed.attachments.keep_picture, "case-1", "image-1", b"x" * 11) == "too-large"


def test_picture_takes_the_place_of_the_older(signed: CaseStore) -> None:
    signed.attachments.keep_picture("case-1", "image-1", b"one")
    signed.attachments.keep_picture("case-1", "image-1", b"two")
    pictures = [
        item for item in signed.attachments.of_case("case-1") if item.kind is AttachmentKind.PICTURE
    ]
    assert [item.content for item in pictures] == [b"two"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attachments SET content = ? WHERE kind = 'document'",
        "UPDATE attachments SET name = 'other.pdf' WHERE kind = 'document'",
        "UPDATE attachments SET version = 2 WHERE kind = 'document'",
        "DELETE FROM attachments",
    ],
)
def test_swapped_renamed_or_removed_document_is_found(
    signed: CaseStore, home: Path, statement: str
) -> None:
    signed.close()
    for name in ("document_keeps", "document_stays"):
        damage(home, f"DROP TRIGGER {name}")
    damage(home, statement, *((SWAPPED,) if "?" in statement else ()))
    opened = CaseStore.open(home)
    assert opened.verify("case-1") != ()
    opened.close()


def test_swapped_document_with_a_fitting_row_is_found(signed: CaseStore, home: Path) -> None:
    signed.close()
    damage(home, "DROP TRIGGER document_keeps")
    sha256 = hashlib.sha256(SWAPPED).hexdigest()
    damage(home, "UPDATE attachments SET content = ?, sha256 = ?", SWAPPED, sha256)
    opened = CaseStore.open(home)
    assert opened.verify("case-1") == ("A document kept with this case is missing or was swapped.",)
    opened.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attachments SET content = x'00' WHERE kind = 'document'",
        "DELETE FROM attachments WHERE kind = 'document'",
        "INSERT OR REPLACE INTO attachments SELECT case_id, kind, name, version, sha256, x'00'"
        " FROM attachments",
    ],
)
def test_rows_cannot_be_changed_through_sql(signed: CaseStore, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="does not change"):
        signed._connection.execute(statement)


class TestCaseFile:
    def test_files_travel_with_the_case(self, signed: CaseStore, tmp_path: Path) -> None:
        signed.attachments.keep_picture("case-1", "image-1", b"picture")
        signed.export("case-1", tmp_path / "one.batsoncase")
        other = CaseStore.open(tmp_path / "other")
        other.import_(tmp_path / "one.batsoncase")
        assert other.attachments.of_case("case-1") == signed.attachments.of_case("case-1")
        assert other.verify("case-1") == ()
        carry_after = other.load("case-1").case
        assert carry_after.signature is not None
        other.close()

    def test_file_with_a_stray_picture_is_refused(self, signed: CaseStore, tmp_path: Path) -> None:
        signed.attachments.keep_picture("case-1", "nowhere", b"picture")
        signed.export("case-1", tmp_path / "one.batsoncase")
        with pytest.raises(InputRefusedError, match="belongs to nothing"):
            case_file.read(tmp_path / "one.batsoncase")

    def test_altered_file_is_not_given_out(self, signed: CaseStore, home: Path) -> None:
        signed.close()
        damage(home, "DROP TRIGGER document_keeps")
        damage(home, "UPDATE attachments SET content = x'00'")
        opened = CaseStore.open(home)
        with pytest.raises(StoreError, match="was altered"):
            opened.export("case-1", home / "out.batsoncase")
        assert not (home / "out.batsoncase").exists()
        opened.close()


def test_changes_go_on_behind_a_filed_document(store: CaseStore) -> None:
    from workstation.domain.commands import Amend

    case = carry_out(store, created(store), SIGN)
    store.attachments.keep_document("case-1", 1, "report.pdf", PDF)
    carry_out(store, case, Amend(reason="More."), CONUS_T12)
    store.undo("case-1")
    assert store.verify("case-1") == ()
