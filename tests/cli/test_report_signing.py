"""``batson report --sign``: the file that is written verifies, opens again, and is the report."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.report.test_signing import hospital_key
from tests.support import cases
from workstation.__main__ import main
from workstation.app.pdf_opening import open_report
from workstation.cli.report_signing import PASSPHRASE
from workstation.report.signing import verify_pdf
from workstation.report.signing_identity import LOCAL_FILE, LOCAL_SUBJECT, local_identity
from workstation.storage.case_store import CaseStore


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give a store with a draft and a signed case."""
    home = tmp_path / "store"
    opened = CaseStore.open(home)
    opened.create(cases.one_lesion_case("draft"))
    opened.create(cases.signed_case("signed"))
    opened.close()
    return home


def batson(store: Path, out: Path, case: str, *arguments: str) -> int:
    return main(["--store", str(store), "report", case, "--out", str(out), *arguments])


def pdf_in(out: Path) -> bytes:
    (path,) = out.glob("*.pdf")
    return path.read_bytes()


def test_the_key_of_the_store_signs(store: Path, tmp_path: Path) -> None:
    plain, out = tmp_path / "plain", tmp_path / "out"
    assert batson(store, plain, "signed") == 0
    assert not (store / LOCAL_FILE).exists()
    assert batson(store, out, "signed", "--sign") == 0
    identity = local_identity(store, datetime.now(UTC))
    found = verify_pdf(pdf_in(out), known=[identity.fingerprint])
    assert (found.valid, found.known, found.signer) == (True, True, LOCAL_SUBJECT)
    assert pdf_in(out).startswith(pdf_in(plain))
    assert not verify_pdf(pdf_in(plain)).signed


def test_the_signed_file_opens_as_its_case_and_fhir_carries_it(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert batson(store, out, "signed", "--sign") == 0
    (path,) = out.glob("*.pdf")
    opened = open_report(path)
    assert opened.case == cases.signed_case("signed")
    assert opened.signature.valid
    (bundle,) = out.glob("*.fhir.json")
    (report,) = [
        entry["resource"]
        for entry in json.loads(bundle.read_bytes())["entry"]
        if entry["resource"]["resourceType"] == "DiagnosticReport"
    ]
    assert base64.b64decode(report["presentedForm"][0]["data"]) == path.read_bytes()


def test_a_key_of_the_hospital_signs(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "hospital.p12"
    key.write_bytes(hospital_key(b"secret"))
    monkeypatch.setenv(PASSPHRASE, "secret")
    assert batson(store, tmp_path / "out", "signed", "--key", str(key)) == 0
    found = verify_pdf(pdf_in(tmp_path / "out"))
    assert (found.valid, found.signer) == (True, "Demo Hospital Radiology")
    assert not (store / LOCAL_FILE).exists()


def test_a_wrong_passphrase_writes_nothing(
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = tmp_path / "hospital.p12"
    key.write_bytes(hospital_key(b"secret"))
    monkeypatch.setenv(PASSPHRASE, "another1")
    assert batson(store, tmp_path / "out", "signed", "--key", str(key)) == 3
    errors = capsys.readouterr().err
    assert len(errors.splitlines()) == 1
    assert "another1" not in errors
    assert not (tmp_path / "out").exists()


def test_a_draft_is_not_signed(store: Path, tmp_path: Path) -> None:
    assert batson(store, tmp_path / "out", "draft", "--sign") == 2
    assert not (tmp_path / "out").exists()
