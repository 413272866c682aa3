"""SINS and ESCC in print: the numbers agree with each other, and missing is never zero."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.report.conftest import MadeReport, squeezed
from tests.report.report_cases import STABLE_SINS, T8_SINS, full_case
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.case import Case, LevelAssessment
from workstation.domain.escc import (
    CaudaEquinaGrade,
    EsccAnswers,
    EsccGrade,
    EsccModality,
    answers_for_grade,
)
from workstation.domain.sins import (
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCategory,
    SinsCollapse,
    SinsPain,
    SinsPosterolateral,
    category_of,
)
from workstation.domain.sins_options import SinsContext
from workstation.domain.spine import VertebralLevel
from workstation.report.blocks import EsccBlock, Mark, SinsBar, SinsTable, Tone
from workstation.report.grades import (
    ZONES,
    escc,
    other_levels,
    sins_bar,
    sins_table,
)
from workstation.report.reading import read_case
from workstation.storage.json_schema import parse_json

T8, L3, C1 = VertebralLevel.T8, VertebralLevel.L3, VertebralLevel.C1


def only(level: VertebralLevel, **parts: object) -> Case:
    """Return the full case with one graded level and no lesion."""
    assessment = replace(LevelAssessment(level=level), **parts)
    return replace(full_case(), lesions=(), assessments=(assessment,))


def bar_of(answers: SinsAnswers, level: VertebralLevel = T8) -> SinsBar:
    return sins_bar(read_case(only(level, sins=answers), {}), level)


def table_of(answers: SinsAnswers, level: VertebralLevel = T8) -> SinsTable:
    return sins_table(read_case(only(level, sins=answers), {}), level)


def strip_of(answers: EsccAnswers, level: VertebralLevel = T8, **changes: object) -> EsccBlock:
    return escc(read_case(replace(only(level, escc=answers), **changes), {}), level)


def test_the_zones_are_those_of_the_category_rule() -> None:
    for first, last, category in ZONES:
        assert {category_of(total) for total in range(first, last + 1)} == {category}
    assert [zone[0] for zone in ZONES] == [0, 7, 13]
    assert ZONES[-1][1] == 18


def test_a_complete_score_names_total_and_category() -> None:
    bar = bar_of(T8_SINS)
    assert (bar.low, bar.high, bar.value) == (14, 14, "14")
    assert bar.result == "SINS 14 / 18: unstable"
    assert (bar.tone, bar.mark) == (Tone.CRITICAL, Mark.TRIANGLE)
    assert [zone.reached for zone in bar.zones] == [False, False, True]
    assert bar.lines == ("Surgical consultation recommended.",)


@pytest.mark.parametrize(
    ("pain", "total", "mark", "words"),
    [
        (SinsPain.NONE, 11, Mark.DIAMOND, "potentially unstable"),
        (SinsPain.NONMECHANICAL, 12, Mark.DIAMOND, "potentially unstable"),
        (SinsPain.MECHANICAL, 14, Mark.TRIANGLE, "unstable"),
    ],
)
def test_the_threshold_of_12_and_13_is_kept(
    pain: SinsPain, total: int, mark: Mark, words: str
) -> None:
    bar = bar_of(replace(T8_SINS, pain=pain))
    assert bar.result == f"SINS {total} / 18: {words}"
    assert bar.mark is mark


def test_the_table_adds_up_to_the_bar() -> None:
    table, bar = table_of(T8_SINS), bar_of(T8_SINS)
    assert sum(int(row.points) for row in table.rows) == int(table.total) == bar.low
    assert sum(row.maximum for row in table.rows) == bar.cells == 18
    assert [row.low for row in table.rows] == [1, 3, 2, 2, 3, 3]


def test_the_sides_of_posterolateral_involvement_are_named() -> None:
    finding = table_of(T8_SINS).rows[5].finding
    assert finding == "Bilateral: right pedicle; left facet and pedicle"


def test_a_side_nobody_marked_is_said_to_be_missing() -> None:
    answers = SinsAnswers(posterolateral=SinsPosterolateral.UNILATERAL)
    assert table_of(answers).rows[5].finding == "Unilateral, parts not assessed"


def test_who_stated_the_pain_is_printed() -> None:
    assert table_of(T8_SINS).rows[1].notes == ("stated by Dr A. Papadopoulou, oncology",)


def test_a_bone_lesion_read_on_mri_says_so() -> None:
    answers = replace(T8_SINS, context=frozenset({SinsContext.MRI_ONLY}))
    assert "inferred from MRI" in table_of(answers).rows[2].notes
    unanswered = replace(answers, bone_lesion=NOT_ASSESSED)
    assert table_of(unanswered).rows[2].notes == ()


def test_missing_items_give_a_range_and_are_named_by_their_kind() -> None:
    bar = bar_of(replace(T8_SINS, pain=UNKNOWN, bone_lesion=NOT_ASSESSED))
    assert (bar.low, bar.high, bar.value) == (9, 14, "9–14")
    assert bar.result == (
        "SINS 9–14 / 18: potentially unstable or unstable · incomplete: no single category"
    )
    assert (bar.tone, bar.mark) == (Tone.NEUTRAL, Mark.RING)
    assert [zone.reached for zone in bar.zones] == [False, True, True]
    assert bar.lines == (
        "Surgical consultation recommended: the range reaches 7 or more.",
        "Not assessed: bone lesion.",
        "Unknown: pain.",
    )


def test_a_range_inside_one_category_names_it_and_stays_incomplete() -> None:
    bar = bar_of(
        SinsAnswers(
            pain=UNKNOWN,
            bone_lesion=SinsBoneLesion.LYTIC,
            alignment=SinsAlignment.NORMAL,
            collapse=SinsCollapse.LT50,
            posterolateral=SinsPosterolateral.UNILATERAL,
        ),
        VertebralLevel.T12,
    )
    assert bar.value == "8–11"
    assert bar.result == (
        "SINS 8–11 / 18: potentially unstable · incomplete: the category is certain, "
        "the total is not"
    )
    assert bar.mark is Mark.DIAMOND


def test_missing_components_print_words_never_zero() -> None:
    rows = table_of(SinsAnswers(pain=UNKNOWN)).rows
    assert [row.finding for row in rows[1:]] == ["Unknown", *["Not assessed"] * 4]
    assert [row.points for row in rows] == ["1", "0–3", "0–2", "0–4", "0–3", "0–3"]


def test_none_is_an_answer_and_prints_zero_points() -> None:
    row = table_of(replace(T8_SINS, pain=SinsPain.NONE)).rows[1]
    assert (row.finding, row.points) == ("None: pain-free lesion", "0")


def test_an_instrumented_level_withholds_total_and_category() -> None:
    answers = SinsAnswers(context=frozenset({SinsContext.INSTRUMENTED}), historical_total=12)
    bar, table = bar_of(answers), table_of(answers)
    assert bar.low is None
    assert bar.high is None
    assert bar.value == ""
    assert bar.result.startswith("SINS not computed: ")
    assert "Historical total, entered by hand: 12 / 18." in bar.lines
    assert table.total == "not computed"
    assert table.category == "Category withheld"
    assert not any(zone.reached for zone in bar.zones)


def test_every_flag_is_printed_with_its_convention() -> None:
    answers = replace(T8_SINS, context=frozenset({SinsContext.SUPINE_ONLY}))
    assert any(note.startswith("S-17: ") for note in table_of(answers).notes)


def test_a_flag_without_a_convention_prints_its_sentence_alone() -> None:
    answers = replace(T8_SINS, context=frozenset({SinsContext.NO_PRIOR}))
    assert "No prior: new or old is your judgment." in table_of(answers).notes


@pytest.mark.parametrize("grade", list(EsccGrade))
def test_exactly_the_graded_picture_is_framed(grade: EsccGrade) -> None:
    block = strip_of(answers_for_grade(grade))
    assert [tile.grade for tile in block.tiles if tile.current] == [grade.value]
    assert not any(tile.possible for tile in block.tiles)
    assert block.result.startswith(f"ESCC {grade}: ")
    high = grade in (EsccGrade.G2, EsccGrade.G3)
    assert ("· high-grade (" in block.result) is high
    assert ("· low-grade (" in block.result) is not high
    assert (block.tone is Tone.CRITICAL) is high


def test_open_questions_mark_every_possible_grade() -> None:
    yes, open_ = YesNo.YES, NOT_ASSESSED
    block = strip_of(EsccAnswers(questions=(yes, yes, open_, open_, open_)))
    assert [tile.grade for tile in block.tiles if tile.possible] == ["1b", "1c", "2", "3"]
    assert not any(tile.current for tile in block.tiles)
    assert block.result == "ESCC 1b, 1c, 2 or 3: not decided, questions are open"
    assert block.mark is Mark.RING


def test_an_unasked_and_an_unanswerable_grade_differ() -> None:
    assert strip_of(EsccAnswers()).result == "ESCC not assessed"
    unknown = EsccAnswers(questions=(UNKNOWN,) + (NOT_ASSESSED,) * 4)
    assert strip_of(unknown).result == "ESCC unknown"


def test_below_the_conus_the_descriptor_replaces_the_strip() -> None:
    block = strip_of(
        EsccAnswers(
            cauda_equina=CaudaEquinaGrade.SAC_GE50,
            foraminal_left=True,
            modality=EsccModality.MRI,
        ),
        L3,
        conus=VertebralLevel.L1,
    )
    assert block.tiles == ()
    assert block.result == "ESCC not applicable below the conus: cauda equina 2 +F left"
    assert any("not validated" in line for line in block.lines)


def test_the_reading_line_names_modality_cause_position_and_image() -> None:
    reading = read_case(full_case(), {})
    assert escc(reading, T8).lines[0] == (
        "Read on: MRI; cause: tumor; position: anterior, lateral left; Image A."
    )


def test_a_higher_grade_elsewhere_is_said_beside_the_index_level() -> None:
    case = full_case()
    higher = LevelAssessment(
        level=VertebralLevel.T4, sins=STABLE_SINS, escc=answers_for_grade(EsccGrade.G3)
    )
    reading = read_case(replace(case, assessments=(*case.assessments, higher)), {})
    assert reading.index is T8
    assert "Highest grade of all levels: ESCC 3 at T4." in escc(reading, T8).lines
    assert not any("Highest" in line for line in escc(reading, VertebralLevel.T4).lines)


def test_the_alt_text_says_the_value_in_words() -> None:
    reading = read_case(full_case(), {})
    assert "ESCC 2" in escc(reading, T8).alt
    assert "SINS 14 / 18: unstable" in sins_bar(reading, T8).alt


def test_every_level_has_its_line_when_there_are_several() -> None:
    table = other_levels(read_case(full_case(), {}))
    assert table is not None
    rows = {row.level: row for row in table.rows}
    assert list(rows) == ["C5", "T8 (index)", "L2"]
    assert rows["T8 (index)"].points == ("1", "3", "2", "2", "3", "3")
    assert rows["C5"].total == "6–12"
    assert rows["C5"].category == "Stable or potentially unstable"
    assert rows["C5"].escc == "not assessed"
    assert rows["L2"].escc == "1a"


def test_one_level_needs_no_table_of_levels() -> None:
    assert other_levels(read_case(only(T8, sins=T8_SINS), {})) is None


def test_the_component_that_does_not_exist_at_c1_is_flagged() -> None:
    assert any(note.startswith("S-08") for note in table_of(T8_SINS, C1).notes)


def test_the_pdf_prints_what_the_blocks_say(report_of: Callable[[str], MadeReport]) -> None:
    report = report_of("final")
    document = report.files.document
    assert document.sins is not None
    assert document.escc is not None
    assert squeezed(document.sins.result) in report.logical
    assert squeezed(document.escc.result) in report.logical
    for row in document.sins_table.rows if document.sins_table else ():
        assert f"{row.points}/{row.maximum}" in report.logical
        assert squeezed(row.finding) in report.logical


def test_the_attached_grade_is_the_framed_one(report_of: Callable[[str], MadeReport]) -> None:
    report = report_of("final")
    levels = parse_json(report.files.record)["derived"]["levels"]
    block = report.files.document.escc
    assert block is not None
    assert [tile.grade for tile in block.tiles if tile.current] == [levels["T8"]["escc"]["grade"]]
    assert levels["T8"]["sins"]["total"] == 14
    assert levels["T8"]["sins"]["category"] == SinsCategory.UNSTABLE.value
