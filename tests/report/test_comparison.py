"""The case beside its prior: numbers where they compare, verdicts only from the reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.report.conftest import MadeReport
from tests.report.report_cases import compared_case, full_case
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN
from workstation.domain.case import Case
from workstation.domain.escc import EsccGrade
from workstation.domain.follow_up import ValueChange
from workstation.domain.prior import BY_HAND, Prior, PriorLesion, PriorLevel
from workstation.domain.spine import VertebralLevel
from workstation.report.blocks import ComparisonTable
from workstation.report.comparison import COLUMNS, comparison, value_change_words
from workstation.report.grades import escc, prior_grade, prior_total, sins_bar
from workstation.report.lesions import lesion_table
from workstation.report.reading import read_case

T8, L2, L3 = VertebralLevel.T8, VertebralLevel.L2, VertebralLevel.L3


def table_of(case: Case) -> ComparisonTable:
    table = comparison(read_case(case, {}))
    assert table is not None
    return table


def with_prior(**changes: object) -> Case:
    case = compared_case()
    return replace(case, priors=(replace(case.priors[0], **changes),))


def test_without_a_prior_there_is_no_table_no_marker_and_no_change() -> None:
    reading = read_case(full_case(), {})
    assert comparison(reading) is None
    assert prior_grade(reading, T8) is None
    assert prior_total(reading, T8) is None
    assert not any(tile.prior for tile in escc(reading, T8).tiles)
    assert sins_bar(reading, T8).prior is None
    assert {row.change for row in lesion_table(reading).rows} == {""}


def test_every_lesion_then_and_now_has_its_row() -> None:
    table = table_of(compared_case())
    assert table.heading == "Comparison with 2025-12-04, 100 days before"
    rows = {row.number: row for row in table.rows}
    assert list(rows) == ["1", "2", "3", "prior", ""]
    assert (rows["1"].before, rows["1"].now) == ("24 mm", "31 mm")
    assert rows["1"].change == "+7 mm (+29 %)"
    assert rows["2"].change == "not comparable: measured on CT before, on MR now"
    assert (rows["3"].before, rows["3"].change) == ("not marked", "new")
    assert (rows["prior"].now, rows["prior"].change) == ("not marked", "not marked now")
    assert rows["prior"].level == "T3"


def test_grades_are_told_then_and_now() -> None:
    rows = {row.level: row for row in table_of(compared_case()).rows}
    assert (rows["T8"].escc, rows["T8"].sins) == ("1b to 2", "9 to 14")
    assert (rows["L2"].escc, rows["L2"].sins) == ("0 to 1a", "3–5 to 3")
    assert rows["C5"].escc == "not assessed"
    assert (rows["S1"].before, rows["S1"].now) == ("no lesion", "no lesion")
    assert rows["S1"].sins == "5 to not assessed"
    assert all("%" not in row.escc + row.sins for row in rows.values())


def test_only_the_reader_says_better_or_worse() -> None:
    rows = {row.number: row.verdict for row in table_of(compared_case()).rows}
    assert rows == {"1": "worse", "2": "not decided", "3": "new", "prior": "not decided", "": ""}


def test_a_lesion_over_two_levels_names_both() -> None:
    case = compared_case()
    wide = replace(case.lesions[1], levels=(L2, L3))
    rows = table_of(replace(case, lesions=(case.lesions[0], wide))).rows
    row = next(row for row in rows if row.number == "2")
    assert row.level == "L2, L3"
    assert row.escc == "L2: 0 to 1a; L3: not assessed"


def test_heights_are_told_with_the_reason_that_bars_a_comparison() -> None:
    levels = (PriorLevel(level=T8, height_loss_pct=12.0, height_reference=(VertebralLevel.T7,)),)
    row = table_of(with_prior(levels=levels)).rows[0]
    assert row.height == "12 % to not assessed"
    assert table_of(compared_case()).rows[0].height == ""


def test_a_doubtful_match_says_so() -> None:
    twice = tuple(
        PriorLesion(id=name, number=number, levels=(T8,), long_axis_mm=9.0)
        for number, name in enumerate("xy", start=1)
    )
    row = table_of(with_prior(lesions=twice)).rows[0]
    assert row.notes == ("Several lesions could be meant.",)


def test_lesions_without_level_and_size_are_told_in_words() -> None:
    unplaced = (PriorLesion(id="x", number=1),)
    row = table_of(with_prior(lesions=unplaced)).rows[3]
    assert (row.level, row.before) == ("not numbered", "not assessed")


def test_the_notes_name_the_source_and_further_priors() -> None:
    notes = table_of(compared_case()).notes
    assert notes[0] == "Compared with 2025-12-04: 1 new, 1 worse, 2 to confirm."
    assert notes[1:3] == ("Prior: MRI whole spine.", "Source: case 3f0c7f52 version 1.")
    assert "never in percent" in notes[-1]
    typed = with_prior(source=BY_HAND, entered_by="Dr Reader", description="")
    older = Prior(id="o", date="2025-01-02")
    notes = table_of(replace(typed, priors=(older, *typed.priors))).notes
    assert notes[1] == "Prior: study without description."
    assert notes[2] == "Source: entered by hand by Dr Reader."
    assert notes[3] == "Further priors, not compared here: 2025-01-02."


def test_an_undated_study_gives_no_number_of_days() -> None:
    case = replace(compared_case(), studies=())
    assert table_of(case).heading == "Comparison with 2025-12-04"


@pytest.mark.parametrize(
    ("before", "now", "reason", "words"),
    [
        (10.0, 12.5, "", "+2.5 mm (+25 %)"),
        (12.5, 10.0, "", "−2.5 mm (−20 %)"),
        (10.0, 10.0, "", "±0 mm (±0 %)"),
        (10.0, 10.02, "", "±0 mm (±0 %)"),
        (0.0, 4.0, "", "new"),
        (NOT_ASSESSED, 4.0, "", "not comparable: not measured"),
        (4.0, UNKNOWN, "", "not comparable: not measured"),
        (4.0, 5.0, "other method: caliper", "not comparable: other method: caliper"),
    ],
)
def test_a_change_has_its_sign_its_percent_or_its_reason(before, now, reason, words) -> None:
    change = ValueChange(before=before, now=now, unit="mm", reason=reason)
    assert value_change_words(change) == words


def test_the_prior_is_marked_on_strip_and_bar() -> None:
    reading = read_case(compared_case(), {})
    block = escc(reading, T8)
    assert [tile.grade for tile in block.tiles if tile.prior] == ["1b"]
    assert [tile.grade for tile in block.tiles if tile.current] == ["2"]
    assert "Prior (2025-12-04): ESCC 1b." in block.lines
    bar = sins_bar(reading, T8)
    assert bar.prior == 9
    assert bar.lines[-1] == "Prior (2025-12-04): SINS 9 / 18."
    assert bar.alt.endswith("Prior (2025-12-04): SINS 9 / 18.")


def test_a_range_is_no_mark_on_the_bar() -> None:
    reading = read_case(compared_case(), {})
    assert prior_total(reading, L2) is None
    assert prior_grade(reading, L2) is EsccGrade.G0


def test_the_lesion_table_tells_the_change_in_short() -> None:
    rows = lesion_table(read_case(compared_case(), {})).rows
    assert [row.change for row in rows] == ["+7 mm (+29 %)", "not comparable", "new"]


def test_the_pages_print_the_comparison(report_of: Callable[[str], MadeReport]) -> None:
    report = report_of("compared")
    for words in ("PRIOR", "1b to 2", "+7 mm (+29 %)", "not marked now", *COLUMNS):
        assert words.casefold() in report.text.casefold()
    assert '"comparison"' in report.files.record.decode()
    assert '"comparison"' not in report_of("draft").files.record.decode()
