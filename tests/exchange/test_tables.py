"""The tables: RFC 4180, safe in a spreadsheet, every value the case's own."""

from __future__ import annotations

import csv
import io
import locale
from dataclasses import replace
from typing import Any

import pytest

from tests.support import cases
from workstation.domain.answers import UNKNOWN, YesNo
from workstation.domain.case import Case, Oncology
from workstation.domain.escc import EsccAnswers
from workstation.domain.lesion import SoftTissue
from workstation.domain.sins import SinsAnswers, SinsContext
from workstation.domain.spine import VertebralLevel
from workstation.exchange.tables import grades_csv, guarded, lesions_csv


def rows(data: bytes) -> list[dict[str, str]]:
    """Return the lines of a table by their heads."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def with_assessment(case: Case, **parts: Any) -> Case:
    """Return the case with another part of its only assessment."""
    return replace(case, assessments=(replace(case.assessments[0], **parts),))


def test_it_is_rfc_4180_in_utf_8() -> None:
    data = lesions_csv(cases.one_lesion_case())
    assert data.startswith(b"\xef\xbb\xbfcase,version,status,lesion,")
    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r\n") == 2


def test_an_empty_case_has_heads_and_no_lines() -> None:
    for table in (lesions_csv, grades_csv):
        data = table(cases.empty_case())
        assert data.count(b"\r\n") == 1
        assert rows(data) == []


def test_a_lesion() -> None:
    (row,) = rows(lesions_csv(cases.one_lesion_case()))
    assert row == {
        "case": "case-1",
        "version": "1",
        "status": "draft, not signed",
        "lesion": "1",
        "levels": "T12",
        "center_x_to_left_mm": "8.0",
        "center_y_to_back_mm": "10.0",
        "center_z_to_head_mm": "36.0",
        "long_axis_mm": "19.0",
        "body_involved_pct": "45.0",
        "type": "lytic",
        "parts": "Body: left anterior third. Pedicle: left",
        "posterior_wall": "breached",
        "endplates": "superior breached",
        "fracture": "pathological",
        "soft_tissue": "epidural; paraspinal left",
        "treated": "no",
        "note": "Cortex is gone at the back.",
    }


def test_the_grades_of_a_level() -> None:
    (row,) = rows(grades_csv(cases.signed_case()))
    assert row == {
        "case": "case-1",
        "version": "1",
        "status": "signed",
        "level": "T12",
        "sins_location": "junctional",
        "sins_location_points": "3",
        "sins_pain": "mechanical",
        "sins_pain_points": "3",
        "sins_bone_lesion": "lytic",
        "sins_bone_lesion_points": "2",
        "sins_alignment": "deformity",
        "sins_alignment_points": "2",
        "sins_collapse": "gt50",
        "sins_collapse_points": "3",
        "sins_posterolateral": "unilateral",
        "sins_posterolateral_points": "1",
        "sins_total_points": "14",
        "sins_minimum_points": "14",
        "sins_maximum_points": "14",
        "sins_category": "unstable",
        "escc_grade": "2",
        "escc_read_on": "mri",
        "escc_cause": "tumor",
        "escc_position": "anterior; lateral left",
        "cauda_equina": "not applicable",
        "noms_neurologic": "HIGH",
        "noms_oncologic": "RESISTANT",
        "noms_mechanical": "UNSTABLE",
        "noms_systemic": "ABLE",
        "noms_suggestion": "DECOMP_STAB_SRS",
        "noms_branches": "",
        "noms_row": "15",
    }


def test_one_line_for_each_lesion_and_each_level() -> None:
    case = cases.many_lesions_case(29)
    assert [row["lesion"] for row in rows(lesions_csv(case))] == [str(n) for n in range(1, 30)]
    levels = [row["level"] for row in rows(grades_csv(case))]
    assert levels == [level.value for level in case.levels_with_findings]
    assert levels[0] == "T1"


def test_a_total_is_the_sum_of_its_points() -> None:
    for row in rows(grades_csv(cases.many_lesions_case(12))):
        points = sum(
            int(value)
            for head, value in row.items()
            if head.startswith("sins_")
            and head.endswith("_points")
            and head.split("_")[1] not in ("total", "minimum", "maximum")
        )
        assert points == int(row["sins_total_points"])


class TestMissing:
    def test_not_assessed_unknown_and_none_are_three_words(self) -> None:
        lesion = cases.lesion_at(1, VertebralLevel.T12)
        found = {}
        for name, soft in {
            "none": frozenset({SoftTissue.NONE}),
            "unknown": UNKNOWN,
            "not assessed": SinsAnswers().pain,
            "empty": frozenset(),
        }.items():
            case = replace(cases.one_lesion_case(), lesions=(replace(lesion, soft_tissue=soft),))
            (row,) = rows(lesions_csv(case))
            found[name] = row["soft_tissue"]
        assert found == {
            "none": "none",
            "unknown": "unknown",
            "not assessed": "not assessed",
            "empty": "not assessed",
        }

    def test_a_lesion_nobody_described(self) -> None:
        lesion = replace(
            cases.lesion_at(1, VertebralLevel.T12),
            levels=(),
            body_involved_pct=UNKNOWN,
            matrix=SinsAnswers().pain,
            parts=frozenset(),
        )
        (row,) = rows(lesions_csv(replace(cases.one_lesion_case(), lesions=(lesion,))))
        assert row["levels"] == "level not confirmed"
        assert row["body_involved_pct"] == "unknown"
        assert row["type"] == "not assessed"
        assert row["parts"] == "Parts not assessed"

    def test_an_open_level_has_no_zero(self) -> None:
        (row,) = rows(grades_csv(replace(cases.one_lesion_case(), assessments=())))
        assert row["sins_total_points"] == "incomplete"
        assert (row["sins_minimum_points"], row["sins_maximum_points"]) == ("3", "18")
        assert row["sins_pain_points"] == row["sins_pain"] == "not assessed"
        assert row["sins_category"] == "stable or potentially unstable or unstable"
        assert row["escc_grade"] == row["escc_read_on"] == "not assessed"
        assert row["escc_position"] == "not assessed"
        assert row["noms_suggestion"] == "open"
        assert row["noms_row"] == ""

    def test_an_escc_that_is_not_decided_names_what_is_possible(self) -> None:
        open_ = EsccAnswers().questions
        for questions, words in (
            ((UNKNOWN, *open_[1:]), "unknown"),
            ((YesNo.YES, YesNo.YES, YesNo.YES, YesNo.YES, UNKNOWN), "2 or 3"),
        ):
            case = with_assessment(cases.one_lesion_case(), escc=EsccAnswers(questions=questions))
            assert rows(grades_csv(case))[0]["escc_grade"] == words

    def test_below_the_conus_the_descriptor_stands_for_the_grade(self) -> None:
        case = replace(cases.one_lesion_case(), conus=VertebralLevel.T11)
        (row,) = rows(grades_csv(case))
        assert row["escc_grade"] == "not applicable"
        assert row["cauda_equina"] == "cauda equina not assessed"

    def test_a_refused_score_is_said_to_be_refused(self) -> None:
        first = cases.one_lesion_case().assessments[0]
        sins = replace(first.sins, context=frozenset({SinsContext.INSTRUMENTED}))
        (row,) = rows(grades_csv(with_assessment(cases.one_lesion_case(), sins=sins)))
        heads = ("total_points", "minimum_points", "maximum_points", "category")
        assert {row[f"sins_{head}"] for head in heads} == {"not computed"}

    def test_open_branches_are_listed(self) -> None:
        case = replace(cases.one_lesion_case(), oncology=Oncology(histology=UNKNOWN))
        (row,) = rows(grades_csv(case))
        assert row["noms_oncologic"] == "unknown"
        assert row["noms_suggestion"] == "open"
        assert "O=SENSITIVE: " in row["noms_branches"]
        assert "; O=RESISTANT: " in row["noms_branches"]


class TestSafety:
    @pytest.mark.parametrize(
        "text",
        [
            '=HYPERLINK("http://example.invalid")',
            "+1+1",
            "-2+3+cmd|' /C calc'!A0",
            "@SUM(A1:A9)",
            "  =1+1",
            "\t=1+1",
            "\r=1+1",
            "\nplain",
            "＝1+1",
        ],
    )
    def test_no_text_is_a_formula(self, text: str) -> None:
        assert guarded(text) == f"'{text}"
        case = cases.hostile_case(text)
        (row,) = rows(lesions_csv(case))
        assert row["note"] == f"'{text}"

    @pytest.mark.parametrize("text", ["", "T12", "a=b", "1-2", "'quoted'", "日本語"])
    def test_an_ordinary_text_is_left_alone(self, text: str) -> None:
        assert guarded(text) == text

    @pytest.mark.parametrize("text", cases.HOSTILE_TEXTS)
    def test_hostile_texts_come_back_whole(self, text: str) -> None:
        (row,) = rows(lesions_csv(cases.hostile_case(text)))
        assert row["note"] in (text, f"'{text}")
        assert row["long_axis_mm"] == "19.0"

    def test_a_negative_number_stays_a_number(self) -> None:
        lesion = replace(
            cases.lesion_at(1, VertebralLevel.T12), center_lps=(-12.5, 0.1 + 0.2, -900.0)
        )
        (row,) = rows(lesions_csv(replace(cases.one_lesion_case(), lesions=(lesion,))))
        assert float(row["center_x_to_left_mm"]) == -12.5
        assert float(row["center_y_to_back_mm"]) == 0.1 + 0.2

    def test_nul_and_a_lone_surrogate_are_shown(self) -> None:
        lesion = replace(cases.lesion_at(1, VertebralLevel.T12), note="a\0b\ud800")
        (row,) = rows(lesions_csv(replace(cases.one_lesion_case(), lesions=(lesion,))))
        assert row["note"] == "a[U+0000]b\\ud800"

    def test_no_person_is_named(self) -> None:
        case = cases.full_case()
        text = (lesions_csv(case) + grades_csv(case)).decode()
        for word in ("EXAMPLE", "Ada", "DEMO-004217", "1961", "ACC-77120", "Reader"):
            assert word not in text

    def test_the_language_of_the_computer_changes_nothing(self) -> None:
        before = lesions_csv(cases.one_lesion_case())
        kept = locale.setlocale(locale.LC_NUMERIC)
        for name in ("de_DE.UTF-8", "C.UTF-8"):
            try:
                locale.setlocale(locale.LC_NUMERIC, name)
            except locale.Error:
                continue
            assert lesions_csv(cases.one_lesion_case()) == before
        locale.setlocale(locale.LC_NUMERIC, kept)
