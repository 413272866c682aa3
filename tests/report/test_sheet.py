"""The surgeon sheet and the slides: every level, one page, nothing invented."""

from __future__ import annotations

import functools
import io
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from tests.report.conftest import pdf_text
from tests.report.report_cases import (
    FRAME,
    SERIES,
    SETTINGS,
    case_with_lesions,
    compared_case,
    full_case,
    pictures_of,
    signed,
)
from tests.report.test_hostile import HOSTILE, hostile_case
from tests.report.test_pdf import validation_failures
from workstation.domain.answers import NOT_ASSESSED, YesNo
from workstation.domain.case import Case
from workstation.domain.escc import EpiduralPosition
from workstation.domain.mark import Mark, MarkKind
from workstation.domain.spine import VertebralLevel
from workstation.report.blocks import Paper
from workstation.report.pdf import render_pages, render_pdf
from workstation.report.reading import read_case
from workstation.report.service import ALL_KINDS, KINDS, ReportFiles, make_report
from workstation.report.sheet import COLUMNS, NO_PLAN, SheetDocument, SheetRow, sheet_of
from workstation.storage.case_codec import encode_case

CASES: dict[str, Callable[[], Case]] = {
    "empty": lambda: Case(id="empty", created_at="2026-03-14T10:00+01:00"),
    "none": lambda: case_with_lesions(0),
    "one": lambda: case_with_lesions(1),
    "full": full_case,
    "twelve": lambda: case_with_lesions(12),
    "twenty-nine": lambda: signed(case_with_lesions(29)),
}


def sheet(case: Case, paper: Paper = Paper.A4) -> SheetDocument:
    return sheet_of(read_case(case, {}), replace(SETTINGS, paper=paper))


def row_of(case: Case, level: str) -> SheetRow:
    return next(row for row in sheet(case).rows if row.level.split()[0] == level)


def lines_of(case: Case) -> dict[str, str]:
    return {item.lead: item.text for item in sheet(case).lines}


@functools.cache
def pdf_of(name: str, paper: Paper = Paper.A4) -> bytes:
    return render_pdf(sheet(CASES[name](), paper), b"{}")


@functools.cache
def files() -> ReportFiles:
    case = compared_case()
    return make_report(
        case,
        case_record=encode_case(case),
        images=pictures_of(case),
        settings=SETTINGS,
        kinds=ALL_KINDS,
    )


@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("name", list(CASES))
def test_it_is_one_page_on_either_paper(name: str, paper: Paper) -> None:
    with pikepdf.open(io.BytesIO(pdf_of(name, paper))) as pdf:
        assert len(pdf.pages) == 1


@pytest.mark.parametrize("name", ["empty", "full", "twenty-nine"])
def test_no_validation_rule_fails(name: str) -> None:
    assert validation_failures(pdf_of(name)) == []


def test_a_level_tells_stability_canal_and_sides() -> None:
    row = row_of(full_case(), "T8")
    assert row.level == "T8 (index)"
    assert (row.lesion, row.sins, row.category) == ("1, lytic", "14", "Unstable")
    assert row.canal == "2, anterior, lateral left"
    assert row.posterolateral == "Bilateral: right pedicle; left facet and pedicle"
    assert row.radiation == "yes, 27 Gy, 3 fractions, 2025-09-02"
    assert row.height == "not measured"
    assert row_of(full_case(), "C5").canal == "not assessed"
    assert row_of(full_case(), "C5").posterolateral == "not assessed"


def test_lesions_of_a_level_are_told_or_said_to_be_missing() -> None:
    case = full_case()
    treated = replace(case.lesions[1], treated=YesNo.YES, matrix=NOT_ASSESSED)
    changed = replace(case, lesions=(treated,))
    assert row_of(changed, "L2").lesion == "2, type not assessed, treated"
    assert row_of(changed, "T8").lesion == "none marked"


def test_tumor_all_around_is_circumferential() -> None:
    case = full_case()
    items = tuple(
        replace(item, escc=replace(item.escc, positions=frozenset(EpiduralPosition)))
        for item in case.assessments
    )
    assert row_of(replace(case, assessments=items), "T8").canal == "2, circumferential"


def heights(level: str, height_mm: float) -> Mark:
    return Mark(
        id=f"heights-{level}",
        kind=MarkKind.VERTEBRAL_HEIGHTS,
        points=tuple((0.0, y, z) for y in (-15.0, 0.0, 15.0) for z in (height_mm, 0.0)),
        center_lps=(0.0, 0.0, 0.0),
        direction=(1.0, 0.0, 0.0),
        up=(0.0, 0.0, 1.0),
        frame_of_reference_uid=FRAME,
        series_uid=SERIES,
        levels=(VertebralLevel(level),),
    )


def test_a_measured_height_is_told_with_its_reference() -> None:
    marks = (heights("T7", 20.0), heights("T8", 12.0), heights("T9", 20.0))
    assert row_of(replace(full_case(), marks=marks), "T8").height == "40 %, compared with T7 and T9"


def test_the_lines_tell_framework_free_levels_and_that_nothing_is_planned() -> None:
    lines = lines_of(full_case())
    assert lines["Framework."].startswith("NOMS framework suggests")
    assert lines["Levels with findings."] == "C5, T8, L2."
    assert lines["Next levels without a finding."] == "Above T7; below T9."
    assert lines["Conus."] == "At L1."
    assert lines["Planned levels."] == NO_PLAN
    assert lines["Limits."] == "Mild motion at T2–T4."


def test_what_is_not_known_is_said() -> None:
    lines = lines_of(CASES["empty"]())
    assert "Framework." not in lines
    assert lines["Levels with findings."] == "None."
    assert lines["Next levels without a finding."].startswith("Not known")
    assert lines["Conus."] == "Not assessed."
    assert lines["Limits."] == "Not provided."
    unconfirmed = replace(full_case(), spines=(replace(full_case().spines[0], confirmed_at=""),))
    assert lines_of(unconfirmed)["Next levels without a finding."].startswith("Not known")


def test_the_end_of_the_numbered_stretch_is_no_free_level() -> None:
    case = full_case()
    spine = case.spines[0]
    only = replace(spine, landmarks=tuple(m for m in spine.landmarks if m.level.value == "T8"))
    found = lines_of(replace(case, spines=(only,)))["Next levels without a finding."]
    assert found == "Above none numbered; below none numbered."


def test_the_page_prints_identity_state_and_every_value(tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(pdf_of("full"))
    words = " ".join(pdf_text(path).split())
    for wanted in ("BÖHM-LÉCLAIR", "DEMO-004217", "DRAFT, not signed", "surgeon sheet", *COLUMNS):
        assert wanted.casefold() in words.casefold()
    assert "NEUROLOGICAL EMERGENCY" in words


def test_sheet_and_slides_are_made_only_where_they_are_wanted() -> None:
    names = [name for name, _ in files().named(ALL_KINDS)]
    assert names[0].endswith(".pdf")
    assert [name.rpartition("-")[2] for name in names[2:]] == [
        *("sheet.pdf", "01.png", "02.png", "03.png", "04.png", "05.png", "06.png")
    ]
    assert [name for name, _ in files().named()] == names[:2]
    plain = replace(files(), sheet=b"", slides=())
    assert [name for name, _ in plain.named(ALL_KINDS)] == names[:2]
    assert KINDS == ("pdf", "json")


def test_slides_are_pictures_of_1920_by_1080() -> None:
    for png in files().slides:
        assert struct.unpack(">II", png[16:24]) == (1920, 1080)


@pytest.mark.parametrize("name", ["empty", "none", "twenty-nine"])
def test_slides_of_any_case_are_made(name: str) -> None:
    case = CASES[name]()
    made = make_report(
        case,
        case_record=encode_case(case),
        images={},
        settings=SETTINGS,
        kinds=("slides",),
    )
    assert 1 <= len(made.slides) <= 5
    assert made.sheet == b""


def test_the_sheet_can_be_looked_at_before_it_is_filed() -> None:
    (page,) = render_pages(sheet(full_case()), 60.0)
    assert page.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["typst-code", "ten-thousand", "right-to-left", "emoji", "nul"])
def test_hostile_words_flow_on_and_break_no_rule(name: str) -> None:
    pdf = render_pdf(sheet(hostile_case(HOSTILE[name])), b"{}")
    assert validation_failures(pdf) == []
