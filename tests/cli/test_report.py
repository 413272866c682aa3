"""``batson report``: files in a folder, nothing about the patient in their names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.report.report_cases import full_case, pictures_of, signed
from workstation.__main__ import main
from workstation.base.errors import UsageError
from workstation.cli.report import (
    pictures_from,
    replaced_version,
    report_of,
    wanted_kinds,
    write_files,
)
from workstation.domain.case import Case
from workstation.report.blocks import Paper
from workstation.report.picture import KeyImagePicture
from workstation.storage.case_codec import decode_case
from workstation.storage.case_store import CaseStore

NOW = datetime(2026, 3, 14, 17, 5, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give a store that holds one case without key images."""
    home = tmp_path / "store"
    opened = CaseStore.open(home)
    opened.create(replace(full_case(), id="case1", key_images=()), author="test")
    opened.close()
    return home


def batson(store: Path, *arguments: str) -> int:
    return main(["--store", str(store), "report", *arguments])


def test_pdf_and_record_are_written(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert batson(store, "case1", "--out", str(out)) == 0
    names = sorted(path.name for path in out.iterdir())
    assert [name.rsplit(".", 1)[1] for name in names] == ["json", "pdf"]
    assert all(name.endswith(("-v1-DRAFT.json", "-v1-DRAFT.pdf")) for name in names)
    assert not any("DEMO" in name or "BÖHM" in name for name in names)
    pdf, record = (out / names[1]).read_bytes(), json.loads((out / names[0]).read_bytes())
    assert pdf.startswith(b"%PDF-1.7")
    assert decode_case(record["case"]).id == "case1"


def test_the_paths_are_printed(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert batson(store, "case1", "--out", str(out), "--only", "pdf") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert Path(line) == next(out.iterdir())


def test_one_json_document_on_request(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert batson(store, "case1", "--out", str(out), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["case"] == "case1"
    assert document["status"] == "draft"
    assert document["version"] == 1
    assert len(document["record_sha256"]) == 64
    assert [Path(path).exists() for path in document["files"]] == [True, True]


def test_an_unknown_case_is_refused_with_one_line(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert batson(store, "nobody", "--out", str(tmp_path / "out")) == 3
    errors = capsys.readouterr().err
    assert len(errors.splitlines()) == 1
    assert "Traceback" not in errors
    assert not (tmp_path / "out").exists()


def test_a_kind_that_is_not_made_is_wrong_usage(store: Path, tmp_path: Path) -> None:
    assert batson(store, "case1", "--out", str(tmp_path), "--only", "pdf,docx") == 2
    with pytest.raises(UsageError, match="docx cannot be written"):
        wanted_kinds("docx")
    with pytest.raises(UsageError, match="nothing cannot be written"):
        wanted_kinds(" , ")
    assert wanted_kinds("json, pdf,json") == ("json", "pdf")


def test_a_folder_that_is_a_file_is_refused(store: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    assert batson(store, "case1", "--out", str(blocked)) == 3


def test_key_images_come_from_the_given_renderer() -> None:
    asked: list[Case] = []

    def render(case: Case) -> Mapping[str, KeyImagePicture]:
        asked.append(case)
        return pictures_of(case)

    case = full_case()
    files = report_of(case, now=NOW, render_images=render)
    assert asked == [case]
    assert len(files.document.pictures) == 2


def test_a_case_without_key_images_needs_no_renderer() -> None:
    def refuse(_: Case) -> Mapping[str, KeyImagePicture]:
        raise AssertionError("nothing to render")

    case = replace(full_case(), key_images=())
    assert report_of(case, now=NOW, render_images=refuse).document.pictures == ()


def test_a_signed_case_gives_the_same_file_at_any_time() -> None:
    case = signed(replace(full_case(), key_images=()))
    first = report_of(case, now=NOW, render_images=pictures_of).pdf
    second = report_of(case, now=NOW + timedelta(days=400), render_images=pictures_of).pdf
    assert first == second


def test_letter_paper_can_be_chosen() -> None:
    case = replace(full_case(), key_images=())
    assert (
        report_of(case, now=NOW, paper=Paper.LETTER, render_images=pictures_of).document.paper
        is Paper.LETTER
    )


def test_files_replace_older_ones_whole(tmp_path: Path) -> None:
    files = report_of(full_case(), now=NOW, render_images=pictures_of)
    (path,) = write_files(files, tmp_path, ("pdf",))
    path.write_bytes(b"old")
    assert write_files(files, tmp_path, ("pdf",)) == [path]
    assert path.read_bytes() == files.pdf
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_without_studies_the_report_says_that_the_pictures_are_missing() -> None:
    files = report_of(full_case(), now=NOW, render_images=pictures_from([]))
    assert files.document.pictures == ()
    missing = [image.missing for image in files.document.images.images]
    assert all(words.startswith("No picture. ") for words in missing)


@pytest.mark.usefixtures("qapp")
def test_studies_without_the_series_are_said_to_lack_it() -> None:
    folder = Path(__file__).resolve().parents[1] / "data" / "spine_single_slices"
    files = report_of(full_case(), now=NOW, render_images=pictures_from([str(folder)]))
    missing = [image.missing for image in files.document.images.images]
    assert missing == ["No picture. The images this picture was taken from are not open here."] * 2


def test_sheet_and_slides_are_written_where_they_are_named(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert batson(store, "case1", "--out", str(out), "--only", "sheet,slides") == 0
    names = sorted(path.name.partition("-DRAFT-")[2] for path in out.iterdir())
    assert names[0] == "sheet.pdf"
    assert names[1] == "slide-01.png"
    assert batson(store, "case1", "--out", str(tmp_path / "plain")) == 0
    assert {path.suffix for path in (tmp_path / "plain").iterdir()} == {".pdf", ".json"}
    assert len(list((tmp_path / "plain").iterdir())) == 2


def test_an_amended_case_says_what_changed_since_the_signed_version() -> None:
    old = signed(full_case())
    versions = (SimpleNamespace(version=1, case=old), SimpleNamespace(version=2, case=None))
    store = SimpleNamespace(signed_versions=lambda _id: versions)
    assert replaced_version(store, replace(old, version=2)) is old
    assert replaced_version(store, replace(old, version=4)) is None
    assert replaced_version(store, old) is None
