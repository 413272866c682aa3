"""Dropping a report: its case comes back, or one sentence says why it does not."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.report import pdf_forgery as forgery
from tests.report.conftest import files_of
from tests.support import cases
from workstation.app import pdf_opening
from workstation.app.pdf_opening import open_report, refuse_other_person
from workstation.base.errors import InputRefusedError
from workstation.report.reopen import PDF_LIMIT_BYTES
from workstation.report.signing import sign_pdf
from workstation.report.signing_identity import local_identity


@pytest.fixture(scope="module")
def final() -> bytes:
    return files_of(cases.signed_case()).pdf


def refusal(path: Path, **options: float) -> InputRefusedError:
    with pytest.raises(InputRefusedError) as refused:
        open_report(path, **options)
    assert refused.value.message.endswith(".")
    return refused.value


def kept(folder: Path, pdf: bytes) -> Path:
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    return path


def test_the_case_of_a_signed_report_comes_back(final: bytes, tmp_path: Path) -> None:
    identity = local_identity(tmp_path, datetime(2026, 3, 14, tzinfo=UTC))
    opened = open_report(kept(tmp_path, sign_pdf(final, identity)))
    assert opened.case == cases.signed_case()
    assert opened.record_sha256 == files_of(cases.signed_case()).record_sha256
    assert opened.signature.valid
    assert opened.signature.fingerprint == identity.fingerprint


def test_the_case_of_a_draft_comes_back(tmp_path: Path) -> None:
    case = cases.many_lesions_case(12)
    opened = open_report(kept(tmp_path, files_of(replace(case, key_images=())).pdf))
    assert opened.case == replace(case, key_images=())
    assert not opened.signature.signed


def test_a_changed_attachment_is_refused(final: bytes, tmp_path: Path) -> None:
    def change(record: dict) -> None:
        record["case"]["case"]["conus"] = "L2"

    path = kept(tmp_path, forgery.with_changed_record(final, change))
    assert refusal(path).code == "record-changed"


def test_a_record_whose_head_belongs_to_another_case_is_refused(tmp_path: Path) -> None:
    def change(record: dict) -> None:
        record["report"]["version"] = 7

    draft = files_of(cases.one_lesion_case()).pdf
    path = kept(tmp_path, forgery.with_changed_record(draft, change))
    assert refusal(path).code == "record-changed"


def test_a_case_that_is_wrong_in_a_field_is_refused(tmp_path: Path) -> None:
    def change(record: dict) -> None:
        record["case"]["case"]["conus"] = "L77"

    draft = files_of(cases.one_lesion_case()).pdf
    assert "conus" in refusal(kept(tmp_path, forgery.with_changed_record(draft, change))).message


def test_what_is_no_pdf_is_refused(tmp_path: Path) -> None:
    assert refusal(kept(tmp_path, b"hello")).code == "bad-pdf"


def test_what_is_no_file_is_refused_at_once(tmp_path: Path, final: bytes) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    link = tmp_path / "link"
    link.symlink_to(kept(tmp_path, final))
    for path in (tmp_path, fifo, link):
        assert refusal(path).code == "not-a-file"
    assert refusal(tmp_path / "nowhere.pdf").code == "unreadable"


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.pdf"
    with path.open("wb") as file:
        file.truncate(PDF_LIMIT_BYTES + 1)
    begin = time.monotonic()
    assert refusal(path).code == "too-large"
    assert time.monotonic() - begin < 1.0


def test_a_reader_that_takes_too_long_is_stopped(
    final: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_opening, "_READER", "import time; time.sleep(60)")
    begin = time.monotonic()
    assert refusal(kept(tmp_path, final), time_limit_s=0.5).code == "too-slow"
    assert time.monotonic() - begin < 20.0


@pytest.mark.parametrize(
    "reader", ["import os; os._exit(9)", "print('nonsense')", "import os; os.abort()"]
)
def test_a_reader_that_dies_is_one_file_refused(
    final: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: str
) -> None:
    monkeypatch.setattr(pdf_opening, "_READER", reader)
    assert refusal(kept(tmp_path, final)).code == "bad-pdf"


def test_nothing_in_the_working_folder_is_run(
    final: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    assert open_report(kept(tmp_path, final)).case.id == "case-1"


class TestOtherPerson:
    def test_the_same_patient_is_let_through(self) -> None:
        case = cases.signed_case()
        refuse_other_person(case, replace(case, patient=replace(case.patient, sex="")))

    def test_a_patient_without_an_id_is_let_through_when_all_is_equal(self) -> None:
        case = cases.empty_case()
        refuse_other_person(case, case)

    def test_another_patient_under_the_same_case_is_refused(self) -> None:
        case = cases.signed_case()
        with pytest.raises(InputRefusedError) as refused:
            refuse_other_person(replace(case, patient=cases.OTHER_PATIENT), case)
        assert refused.value.code == "other-patient"
        assert "SAMPLE" not in refused.value.message
