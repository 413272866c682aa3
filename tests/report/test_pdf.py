"""The file itself: both standards, the same bytes each time, the record inside, the words on it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import page
import pikepdf
import pytest

from tests.report.conftest import CASES, PAGES_OF, MadeReport, files_of
from tests.report.report_cases import SETTINGS, full_case, pictures_of, png, signed
from workstation.base.errors import ReportError
from workstation.base.paths import resource_path
from workstation.report import pdf as pdf_module
from workstation.report.blocks import Paper
from workstation.report.header import report_uid
from workstation.report.pdf import canonical_text, render_pages, render_pdf
from workstation.report.service import (
    make_report,
    preview_report,
    report_stem,
    settings_for,
)
from workstation.storage.case_codec import decode_case, encode_case

PROFILES = (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1)
Report = Callable[[str], MadeReport]


def attachment(content: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as document:
        assert list(document.attachments) == ["report.json"]
        return document.attachments["report.json"].get_file().read_bytes()


def validation_failures(content: bytes) -> list[str]:
    return [
        f"{profile.value} {failure.rule_id} {failure.message}"
        for profile in PROFILES
        for failure in page.validate_pdf_bytes(content, profile=profile).failures
    ]


@pytest.mark.parametrize("name", list(CASES))
def test_no_validation_rule_fails(report_of: Report, name: str) -> None:
    assert validation_failures(report_of(name).files.pdf) == []


def test_letter_paper_is_valid_and_letter(made: Callable[..., MadeReport]) -> None:
    content = files_of(full_case(), Paper.LETTER).pdf
    assert validation_failures(content) == []
    with pikepdf.open(io.BytesIO(content)) as document:
        width, height = (float(side) for side in document.pages[0].mediabox[2:])
    assert (width, height) == pytest.approx((612.0, 792.0))


@pytest.mark.parametrize(("name", "pages"), list(PAGES_OF.items()))
def test_the_number_of_pages(report_of: Report, name: str, pages: int) -> None:
    with pikepdf.open(report_of(name).path) as document:
        assert len(document.pages) == pages


def test_the_same_input_gives_the_same_bytes(report_of: Report) -> None:
    assert files_of(full_case()).pdf == report_of("draft").files.pdf


_ELSEWHERE = """
import hashlib, sys
from tests.report.conftest import files_of
from tests.report.report_cases import full_case
print(hashlib.sha256(files_of(full_case()).pdf).hexdigest())
"""


def test_another_process_zone_and_locale_give_the_same_bytes(report_of: Report) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE],
        env={
            **os.environ,
            "TZ": "Pacific/Kiritimati",
            "LC_ALL": "C",
            "LANG": "tr_TR.UTF-8",
            "PYTHONHASHSEED": "7",
        },
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    here = hashlib.sha256(report_of("draft").files.pdf).hexdigest()
    assert done.stdout.strip() == here


@pytest.mark.parametrize(
    "change",
    [
        {"reader": "Dr Y"},
        {"version": 2},
        {"institution": "Other hospital"},
        {"illustration": "Illustration."},
        {"communication": None},
    ],
)
def test_any_changed_field_changes_the_bytes(report_of: Report, change: dict[str, object]) -> None:
    changed = files_of(replace(full_case(), **change))
    assert changed.pdf != report_of("draft").files.pdf
    assert changed.record_sha256 != report_of("draft").files.record_sha256


@pytest.mark.parametrize("name", ["draft", "final", "twenty-nine-lesions", "empty"])
def test_the_attached_record_holds_the_case(report_of: Report, name: str) -> None:
    report = report_of(name)
    record = attachment(report.files.pdf)
    assert record == report.files.record
    data = json.loads(record)
    assert data["schema"] == "batson-report/1"
    assert data["case"] == encode_case(report.case)
    assert decode_case(data["case"]) == report.case
    assert data["report"]["uid"] == report_uid(report.case)


def test_the_record_is_linked_as_the_data_of_the_document(report_of: Report) -> None:
    with pikepdf.open(report_of("final").path) as document:
        (entry,) = document.Root.AF
        assert entry.AFRelationship == pikepdf.Name.Data
        assert entry.EF.F.Subtype == pikepdf.Name("/application/json")


def test_a_signed_report_prints_the_hash_of_its_record(report_of: Report) -> None:
    report = report_of("final")
    printed = re.sub(r"\s", "", report.text)
    assert hashlib.sha256(attachment(report.files.pdf)).hexdigest() in printed


def test_a_draft_prints_no_hash(report_of: Report) -> None:
    report = report_of("draft")
    assert "SHA-256" not in report.text
    assert report.files.record_sha256 not in re.sub(r"\s", "", report.text)


GOLDEN = {
    "draft": (
        "Spinal metastasis imaging report",
        "BÖHM-LÉCLAIR, Éléonore",
        "DEMO-004217",
        "female · 1961-08-19 · 64 y",
        "ACC-88120457",
        "Renal cell carcinoma, clear-cell",
        "URGENT FINDINGS",
        "NEUROLOGICAL EMERGENCY",
        "Δ",
        "IMPRESSION",
        "NOMS, T8",
        "EPIDURAL SPINAL CORD COMPRESSION (ESCC), T8",
        "SPINAL INSTABILITY NEOPLASTIC SCORE (SINS), T8",
        "SINS 14 / 18: unstable",
        "decompression + stabilization, then SRS",
        "SPINE MAP",
        "SINS COMPONENTS, T8",
        "FINDINGS",
        "INDICATION AND TECHNIQUE",
        "LIMITS AND METHODS",
        "LESIONS",
        "ALL GRADED LEVELS",
        "KEY IMAGES",
        "SIGNATURE",
        "49.96 % of the body involved",
        "13.5 mm",
        "DRAFT, not signed",
        "Not a medical device",
        "SINS-2010, ESCC-2010, NOMS-2013",
    ),
    "final": (
        "FINAL · v1",
        "Consultant neuroradiologist",
        "2026-03-14 17:05 +01:00",
        "д-р Николай",
    ),
    "amended": ("AMENDED · v2", "Replaces version 1: level of lesion 2 corrected"),
    "no-lesion": ("No lesion is marked.", "No level is graded"),
    "no-images": ("No key image was kept.",),
    "empty": (
        "No name",
        "Institution not stated",
        "No spinal metastasis is marked on the images read.",
        "Levels not numbered on the images.",
        "Not provided.",
    ),
}


@pytest.mark.parametrize("name", list(GOLDEN))
def test_the_words_are_found(report_of: Report, name: str) -> None:
    text = report_of(name).text
    missing = [words for words in GOLDEN[name] if words not in text and words != "Δ"]
    assert missing == []


def pages_of(path: Path) -> list[str]:
    with pikepdf.open(path) as document:
        count = len(document.pages)
    return [
        " ".join(
            subprocess.run(
                ["pdftotext", "-f", str(n), "-l", str(n), str(path), "-"],
                capture_output=True,
                check=True,
                timeout=60,
            )
            .stdout.decode()
            .split()
        )
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("name", ["draft", "final", "twenty-nine-lesions"])
def test_every_page_names_patient_uid_version_and_number(report_of: Report, name: str) -> None:
    report = report_of(name)
    pages = pages_of(report.path)
    for number, text in enumerate(pages, start=1):
        assert report_uid(report.case) in text
        assert f"version {report.case.version}" in text
        assert f"Page {number} / {len(pages)}" in text
        assert report.case.patient.id in text
        assert report.case.patient.display_name in text
        assert "Not a medical device" in text


def test_every_page_of_a_draft_says_so_and_no_page_of_a_signed_one(report_of: Report) -> None:
    assert all("DRAFT, not signed" in text for text in pages_of(report_of("draft").path))
    assert not any("DRAFT" in text for text in pages_of(report_of("final").path))


def test_the_illustration_sentence_stands_on_every_page(report_of: Report) -> None:
    report = report_of("illustration")
    assert all(report.case.illustration in text for text in pages_of(report.path))


def test_headings_run_in_order_and_the_title_is_the_first(report_of: Report) -> None:
    done = subprocess.run(
        ["pdfinfo", "-struct", str(report_of("final").path)],
        capture_output=True,
        check=True,
        timeout=60,
    )
    levels = re.findall(r"^\s*(H\d)", done.stdout.decode(), flags=re.M)
    assert levels[0] == "H1"
    assert set(levels[1:]) == {"H2"}
    assert len(levels) >= 12


@pytest.mark.parametrize("name", ["draft", "twenty-nine-lesions", "no-lesion"])
def test_every_figure_has_words(report_of: Report, name: str) -> None:
    report = report_of(name)
    found = []
    with pikepdf.open(report.path) as document:
        for item in document.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == pikepdf.Name.Figure:
                found.append(str(item.get("/Alt", "")))
    assert found
    assert all(words.strip() for words in found)
    assert report.files.document.spine.alt in found


def test_the_document_states_title_language_and_author(report_of: Report) -> None:
    with pikepdf.open(report_of("final").path) as document:
        assert str(document.Root.Lang) == "en"
        assert "Spinal metastasis imaging report" in str(document.docinfo["/Title"])
        assert "DEMO" not in str(document.docinfo["/Title"])
        assert document.Root.MarkInfo.Marked


def test_pages_are_what_is_filed() -> None:
    case = full_case()
    settings = SETTINGS
    pages = preview_report(case, images=pictures_of(case), settings=settings, ppi=40)
    assert len(pages) == 3
    assert all(content.startswith(b"\x89PNG") for content in pages)


def test_a_file_ends_with_a_line_end(report_of: Report) -> None:
    assert report_of("final").files.pdf.endswith(b"%%EOF\n")


def test_file_names_say_nothing_about_the_patient() -> None:
    case = full_case()
    assert report_stem(case).endswith("-v1-DRAFT")
    assert not report_stem(signed(case)).endswith("-DRAFT")
    named = files_of(case).named(("json",))
    assert [name for name, _ in named] == [f"{report_stem(case)}.json"]
    for part in ("DEMO", "004217", "BOHM", "Éléonore", "LÉCLAIR"):
        assert part not in report_stem(case)


def test_a_signed_report_carries_the_time_of_its_signature() -> None:
    now = SETTINGS.timestamp.replace(year=2030)
    assert settings_for(full_case(), now).timestamp == now
    assert settings_for(signed(full_case()), now).timestamp == SETTINGS.timestamp


def test_it_renders_without_a_network(monkeypatch: pytest.MonkeyPatch, report_of: Report) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the report opened a connection")

    monkeypatch.setattr(socket, "socket", refuse)
    assert files_of(full_case()).pdf == report_of("draft").files.pdf


def test_it_renders_in_a_worker_thread(report_of: Report) -> None:
    found: list[bytes] = []
    worker = threading.Thread(target=lambda: found.append(files_of(full_case()).pdf))
    worker.start()
    worker.join(60)
    assert found == [report_of("draft").files.pdf]


def test_nothing_is_left_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    files_of(full_case())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../out.png", "/etc/passwd", "a/b.png", "..", ".hidden", "report.typ"]
)
def test_a_picture_cannot_leave_the_private_folder(report_of: Report, name: str) -> None:
    document = replace(report_of("draft").files.document, pictures=((name, png()),))
    with pytest.raises(ReportError, match="not allowed"):
        render_pdf(document, b"{}")


def test_a_broken_picture_is_a_report_error_without_report_text() -> None:
    case = full_case()
    broken = {key: replace(image, png=b"no picture") for key, image in pictures_of(case).items()}
    with pytest.raises(ReportError) as caught:
        make_report(case, case_record=encode_case(case), images=broken, settings=SETTINGS)
    assert caught.value.message == "The report could not be laid out."
    assert "DEMO-004217" not in caught.value.detail


def test_a_broken_picture_breaks_the_preview_the_same_way(report_of: Report) -> None:
    document = report_of("draft").files.document
    broken = replace(document, pictures=tuple((name, b"") for name, _ in document.pictures))
    with pytest.raises(ReportError):
        render_pages(broken)


def test_no_link_is_put_into_the_private_folder(
    report_of: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []
    fill = pdf_module._fill

    def watch(root: Path, document: object) -> None:
        fill(root, document)
        seen.extend(root.rglob("*"))

    monkeypatch.setattr(pdf_module, "_fill", watch)
    files_of(full_case())
    assert seen
    assert not any(path.is_symlink() for path in seen)


def test_the_template_executes_nothing_from_data() -> None:
    for path in resource_path("report").glob("*.typ"):
        source = path.read_text(encoding="utf-8")
        assert "eval(" not in source, path.name
        assert "@preview" not in source, path.name
        assert "read(" not in source, path.name
        assert "plugin(" not in source, path.name


def test_only_one_module_knows_typst() -> None:
    folder = Path(pdf_module.__file__).parent
    users = {path.name for path in folder.glob("*.py") if "import typst" in path.read_text()}
    assert users == {"pdf.py"}


def test_canonical_json_is_sorted_tight_and_finite() -> None:
    assert canonical_text({"b": [1, True], "a": "é"}) == '{"a":"é","b":[1,true]}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_text({"a": float("nan")})
