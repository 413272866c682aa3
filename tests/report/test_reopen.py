"""Reading a report back: the record as it was attached, or one sentence that says why not."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.report import pdf_forgery as forgery
from tests.report.conftest import MadeReport, files_of
from tests.support import cases
from workstation.base.errors import InputRefusedError
from workstation.domain.case import Patient
from workstation.report import reopen
from workstation.report.reopen import NOT_A_REPORT, main, read_report
from workstation.report.signing import UNSIGNED, sign_pdf
from workstation.report.signing_identity import local_identity
from workstation.storage.case_codec import decode_case

Report = Callable[[str], MadeReport]


@pytest.fixture(scope="module")
def final(report_of: Report) -> bytes:
    return report_of("final").files.pdf


@pytest.fixture(scope="module")
def signed(final: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("store")
    return sign_pdf(final, local_identity(folder, datetime(2026, 3, 14, tzinfo=UTC)))


def refusal(pdf: bytes) -> InputRefusedError:
    with pytest.raises(InputRefusedError) as refused:
        read_report(pdf)
    error = refused.value
    assert error.message.endswith(".")
    assert error.message.count(". ") == 0, "one sentence"
    return error


@pytest.mark.parametrize(
    "name", ["final", "draft", "amended", "twenty-nine-lesions", "empty", "no-lesion"]
)
def test_the_record_comes_back_as_it_was_attached(report_of: Report, name: str) -> None:
    made = report_of(name)
    found = read_report(made.files.pdf)
    assert found.record.encode() == made.files.record
    assert found.record_sha256 == made.files.record_sha256
    assert found.signature == UNSIGNED
    assert decode_case(json.loads(found.record)["case"]) == made.case


def test_a_signed_report_comes_back_with_its_signature(signed: bytes) -> None:
    found = read_report(signed)
    assert (found.signature.signed, found.signature.valid) == (True, True)


@pytest.mark.parametrize("text", cases.HOSTILE_TEXTS)
def test_a_report_with_hostile_texts_comes_back(text: str) -> None:
    # A page head holds no more than this.
    case = cases.hostile_case(text[:500])
    made = files_of(replace(case, key_images=()))
    assert read_report(made.pdf).record.encode() == made.record


@pytest.mark.parametrize("patient_id", ["0042", "A-17 / 3", "\u05d0\u05d1\u05d2", "\u65e5\u672c"])
def test_a_report_of_any_patient_id_comes_back(patient_id: str) -> None:
    case = replace(cases.signed_case(), patient=Patient(id=patient_id, name="EXAMPLE^Ada"))
    assert read_report(files_of(case).pdf).record


class TestForged:
    def test_a_changed_attachment(self, final: bytes) -> None:
        def change(record: dict) -> None:
            record["case"]["case"]["lesions"] = []

        assert refusal(forgery.with_changed_record(final, change)).code == "record-changed"

    def test_a_record_made_a_draft_behind_the_pages_of_a_final_report(self, final: bytes) -> None:
        def change(record: dict) -> None:
            record["report"]["status"] = "DRAFT"

        assert refusal(forgery.with_changed_record(final, change)).code == "record-changed"

    def test_a_record_made_final_behind_the_pages_of_a_draft(self, report_of: Report) -> None:
        def change(record: dict) -> None:
            record["report"]["status"] = "FINAL"

        draft = report_of("draft").files.pdf
        assert refusal(forgery.with_changed_record(draft, change)).code == "record-changed"

    def test_the_record_of_another_patient_behind_a_draft(self, report_of: Report) -> None:
        def change(record: dict) -> None:
            record["case"]["case"]["patient"]["id"] = "DEMO-003980"

        draft = report_of("draft").files.pdf
        assert refusal(forgery.with_changed_record(draft, change)).code == "other-patient"

    def test_a_signed_file_with_one_byte_changed(self, signed: bytes) -> None:
        place = re.search(rb"/CreationDate ?\(D:2026", signed).end()
        changed = bytearray(signed)
        assert bytes(changed[place : place + 1]).isdigit()
        changed[place] ^= 1
        assert refusal(bytes(changed)).code == "signature-broken"

    def test_a_signed_file_with_something_added(self, signed: bytes) -> None:
        assert refusal(signed + b"\n% more\n").code == "signature-broken"

    @pytest.mark.parametrize(
        ("record", "code"),
        [
            (b"not json", "bad-record"),
            (b"[" * 100_000, "bad-record"),
            (b"[]", "bad-record"),
            (b'{"schema": "batson-report/99"}', "bad-record"),
            (b"\xff\xfe", "bad-record"),
        ],
    )
    def test_a_record_that_is_none(self, final: bytes, record: bytes, code: str) -> None:
        assert refusal(forgery.with_record(final, record)).code == code

    @pytest.mark.parametrize(
        "case", [{}, {"case": None}, {"case": {"patient": {"id": 7}}}, "case", None]
    )
    def test_a_record_without_a_case(self, report_of: Report, case: object) -> None:
        record = {"schema": "batson-report/1", "report": {"status": "DRAFT"}, "case": case}
        draft = report_of("draft").files.pdf
        assert refusal(forgery.with_record(draft, json.dumps(record).encode())).code == (
            "bad-record"
        )


class TestHostile:
    @pytest.mark.parametrize(
        "pdf", [b"", b"hello", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF\n", b"\x00" * 10_000, b"PK\x03\x04"]
    )
    def test_what_is_no_pdf(self, pdf: bytes) -> None:
        assert refusal(pdf).code == "bad-pdf"

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99, 0.9999])
    def test_a_truncated_file(self, final: bytes, share: float) -> None:
        assert refusal(final[: int(len(final) * share)]).code == "bad-pdf"

    def test_damaged_bytes_never_crash_it(self, final: bytes) -> None:
        chance = random.Random(9)
        for _ in range(25):
            changed = bytearray(final)
            for _ in range(20):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            try:
                found = read_report(bytes(changed))
            except InputRefusedError:
                continue
            assert hashlib.sha256(found.record.encode()).hexdigest() in found.record_sha256

    def test_a_foreign_pdf_has_no_record(self, final: bytes) -> None:
        error = refusal(forgery.without_attachment(final))
        assert (error.code, error.message) == ("not-a-report", NOT_A_REPORT)

    def test_two_records_are_one_too_many(self, final: bytes) -> None:
        assert refusal(forgery.with_two_attachments(final)).code == "not-a-report"

    @pytest.mark.parametrize("password", ["open", ""])
    def test_a_protected_file(self, final: bytes, password: str) -> None:
        assert refusal(forgery.encrypted(final, password)).code == "encrypted"

    def test_a_file_that_is_too_large_is_not_even_looked_at(
        self, final: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reopen, "PDF_LIMIT_BYTES", len(final) - 1)
        assert refusal(final).code == "too-large"

    def test_a_bomb_is_not_unpacked(self, final: bytes) -> None:
        packed = forgery.bomb(final)
        assert len(packed) < 2 * 2**20
        tracemalloc.start()
        error = refusal(packed)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (error.code, error.detail) == ("bad-pdf", "PdfDecodeLimitError")
        assert most < 64 * 2**20

    @pytest.mark.parametrize("count", [b"0", b"9"])
    def test_a_page_count_that_cannot_be(self, final: bytes, count: bytes) -> None:
        assert final.count(b"/Count 3/Kids") == 1
        changed = final.replace(b"/Count 3/Kids", b"/Count " + count + b"/Kids")
        assert refusal(changed).code in ("too-large", "bad-pdf")

    def test_more_pages_than_a_report_has(
        self, final: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reopen, "PAGE_LIMIT", 2)
        assert refusal(final).code == "too-large"

    def test_a_page_tree_that_contains_itself(self, report_of: Report) -> None:
        ring = forgery.with_ring(report_of("draft").files.pdf)
        assert refusal(ring).code in ("bad-pdf", "too-large")


class TestProgram:
    def test_it_answers_with_the_report(
        self, final: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(reopen, "_limit", lambda: None)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(final)))
        assert main() == 0
        answer = json.loads(capsys.readouterr().out)
        assert answer["record"] == read_report(final).record
        assert answer["signature"]["signed"] is False

    def test_it_answers_with_the_reason(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(reopen, "_limit", lambda: None)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"no pdf")))
        assert main() == 0
        assert json.loads(capsys.readouterr().out)["code"] == "bad-pdf"

    def test_its_memory_is_limited(self) -> None:
        code = "from workstation.report.reopen import _limit; _limit(); bytearray(2 * 2**30)"
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=Path(__file__).resolve().parents[2],
        )
        assert done.returncode != 0
        assert "MemoryError" in done.stderr
