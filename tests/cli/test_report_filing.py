"""A written report is logged; the PDF of a signed version is filed, and a swapped one is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import cases
from tests.support.stores import SIGN, carry_out, created
from workstation.__main__ import main
from workstation.cli.report_filing import file_report
from workstation.storage.case_store import CaseStore


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    store = CaseStore.open(home)
    carry_out(store, created(store), SIGN)
    store.close()
    return home


def run(home: Path, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    code = main(["--store", str(home), *map(str, words)])
    out, err = capsys.readouterr()
    return code, out + err


def test_swapped_pdf_is_found(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(home, capsys, "report", "case-1", "--out", out, "--only", "pdf")[0] == 0
    (pdf,) = out.glob("*.pdf")
    assert run(home, capsys, "case", "verify", "case-1", "--file", pdf) == (0, "1 whole\n")
    swapped = pdf.read_bytes().replace(b"/Type", b"/Tipe", 1)
    pdf.write_bytes(swapped)
    code, text = run(home, capsys, "case", "verify", "case-1", "--file", pdf)
    assert code == 3
    assert text.startswith(f"case-1: {pdf.name} is not what was filed with this case.\n")
    assert run(home, capsys, "case", "verify", "case-1")[0] == 0


def test_same_report_again_is_filed_once_and_logged_twice(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        assert run(home, capsys, "report", "case-1", "--out", tmp_path / name)[0] == 0
    store = CaseStore.open(home)
    assert len(store.attachments.of_case("case-1")) == 1
    details = [entry.detail for entry in store.audit.entries() if entry.action == "exported"]
    assert len(details) == 2
    assert all(detail.startswith("report version 1: ") for detail in details)
    assert "pdf" in details[0]
    assert store.verify("case-1") == ()
    store.close()


def test_another_pdf_of_that_name_is_told(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.pdf"
    store = CaseStore.open(home)
    case = store.load("case-1").case
    store.close()
    for content in (b"%PDF one", b"%PDF two"):
        path.write_bytes(content)
        file_report(home, case, [path])
    assert capsys.readouterr().err == "report.pdf differs from the one that was filed before.\n"
    store = CaseStore.open(home)
    assert store.attachments.of_case("case-1")[0].content == b"%PDF one"
    store.close()


def test_draft_is_logged_and_not_filed(tmp_path: Path) -> None:
    store = CaseStore.open(tmp_path / "home")
    case = created(store, cases.one_lesion_case("draft"))
    store.close()
    path = tmp_path / "draft.pdf"
    path.write_bytes(b"%PDF draft")
    file_report(tmp_path / "home", case, [path])
    store = CaseStore.open(tmp_path / "home")
    assert store.attachments.of_case("draft") == ()
    assert [entry.action for entry in store.audit.entries()] == ["exported"]
    store.close()
