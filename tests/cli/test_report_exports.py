"""``batson report --only``: FHIR and tables beside the PDF, all saying the same."""

from __future__ import annotations

import base64
import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from fhir.resources.R4B.bundle import Bundle

from tests.support import cases
from workstation.__main__ import main
from workstation.storage.case_store import CaseStore


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give a store with a draft and a signed case."""
    home = tmp_path / "store"
    opened = CaseStore.open(home)
    opened.create(cases.one_lesion_case("draft"))
    opened.create(replace(cases.signed_case("signed"), key_images=()))
    opened.close()
    return home


def batson(store: Path, out: Path, case: str, *arguments: str) -> list[str]:
    """Write the report of a case and return the endings of the files, the stem left out."""
    assert main(["--store", str(store), "report", case, "--out", str(out), *arguments]) == 0
    names = sorted(path.name for path in out.iterdir())
    stem = names[0][: names[0].index("-v1") + 3] + ("-DRAFT" if case == "draft" else "")
    assert all(name.startswith(stem) for name in names)
    return [name.removeprefix(stem) for name in names]


def one(out: Path, ending: str) -> bytes:
    (path,) = out.glob(f"*{ending}")
    return path.read_bytes()


def test_a_signed_case_exports_everything(store: Path, tmp_path: Path) -> None:
    assert batson(store, tmp_path / "out", "signed") == [
        "-grades.csv",
        "-lesions.csv",
        ".fhir.json",
        ".json",
        ".pdf",
    ]


def test_a_draft_exports_the_report_alone_unless_asked(store: Path, tmp_path: Path) -> None:
    assert batson(store, tmp_path / "a", "draft") == [".json", ".pdf"]
    assert batson(store, tmp_path / "b", "draft", "--only", "csv") == [
        "-grades.csv",
        "-lesions.csv",
    ]
    bundle = tmp_path / "c"
    assert batson(store, bundle, "draft", "--only", "fhir") == [".fhir.json"]
    assert b'"preliminary"' in one(bundle, ".fhir.json")


def test_pdf_record_fhir_and_tables_agree(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    batson(store, out, "signed")
    record = json.loads(one(out, "v1.json"))["derived"]["levels"]["T12"]
    (row,) = csv.DictReader(io.StringIO(one(out, "-grades.csv").decode("utf-8-sig")))
    document = json.loads(one(out, ".fhir.json"))
    Bundle.model_validate(document)
    found = {
        entry["resource"]["code"]["text"]: entry["resource"]
        for entry in document["entry"]
        if entry["resource"]["resourceType"] == "Observation"
    }
    total = found["SINS total, 0 to 18"]["valueQuantity"]["value"]
    assert total == record["sins"]["total"] == int(row["sins_total_points"]) == 14
    grade = found["ESCC grade (Bilsky)"]["valueCodeableConcept"]["text"]
    assert grade == f"ESCC {record['escc']['grade']}" == f"ESCC {row['escc_grade']}"
    noms = found["NOMS framework, suggestion for multidisciplinary review"]
    (code,) = noms["valueCodeableConcept"]["coding"]
    assert code["code"] == f"NOMS_{record['noms']['decision']}" == f"NOMS_{row['noms_suggestion']}"


def test_the_bundle_carries_the_pdf_that_is_written(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    batson(store, out, "signed")
    document = json.loads(one(out, ".fhir.json"))
    (report,) = [
        entry["resource"]
        for entry in document["entry"]
        if entry["resource"]["resourceType"] == "DiagnosticReport"
    ]
    assert base64.b64decode(report["presentedForm"][0]["data"]) == one(out, ".pdf")


def test_an_unknown_kind_is_wrong_usage(store: Path, tmp_path: Path) -> None:
    arguments = ["report", "draft", "--out", str(tmp_path / "out"), "--only", "csv,docx"]
    assert main(["--store", str(store), *arguments]) == 2
    assert not (tmp_path / "out").exists()
