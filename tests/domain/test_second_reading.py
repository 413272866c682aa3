"""The second reading: blinded, done by somebody else, closed once, paired item by item."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support import cases
from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import UNKNOWN
from workstation.domain.case import Case, LevelAssessment
from workstation.domain.changes import apply
from workstation.domain.commands import CloseSecondReading, SetSecondAssessment
from workstation.domain.escc import EsccAnswers, EsccGrade, answers_for_grade
from workstation.domain.second_reading import (
    CATEGORY,
    ESCC,
    SCALES,
    TOTAL,
    PairedAnswer,
    compared,
    is_blinded,
    paired_items,
    second_reading_of,
)
from workstation.domain.sins import SinsAnswers, SinsComponent, SinsPain
from workstation.domain.spine import VertebralLevel

T12, L1 = VertebralLevel.T12, VertebralLevel.L1
AT = "2026-03-14T16:10:00+01:00"
SECOND = "S. Second"


def answered(case: Case, *assessments: LevelAssessment, reader: str = SECOND) -> Case:
    """Return the case after a second reader answered these levels."""
    for assessment in assessments:
        case = apply(case, SetSecondAssessment(reader=reader, assessment=assessment))
    return case


def closed(case: Case, reader: str = SECOND) -> Case:
    return apply(case, CloseSecondReading(reader=reader, at=AT))


def graded(level: VertebralLevel, grade: str, pain: SinsPain = SinsPain.NONE) -> LevelAssessment:
    return LevelAssessment(
        level=level, escc=answers_for_grade(EsccGrade(grade)), sins=SinsAnswers(pain=pain)
    )


def refusal(case: Case, command: SetSecondAssessment | CloseSecondReading) -> CommandRefusedError:
    with pytest.raises(CommandRefusedError) as refused:
        apply(case, command)
    return refused.value


class TestForm:
    def test_it_is_kept_beside_the_first_and_changes_nothing_of_it(self) -> None:
        case = cases.one_lesion_case()
        after = answered(case, graded(L1, "1a"), graded(T12, "1b"))
        assert replace(after, second_readings=()) == case
        (reading,) = after.second_readings
        assert (reading.reader, reading.closed_at) == (SECOND, "")
        assert [item.level for item in reading.assessments] == [T12, L1]

    def test_an_answer_is_replaced_while_it_is_open(self) -> None:
        after = answered(cases.one_lesion_case(), graded(T12, "1b"), graded(T12, "3"))
        (reading,) = after.second_readings
        assert reading.assessments == (graded(T12, "3"),)

    def test_two_second_readers_have_two_forms(self) -> None:
        case = answered(cases.one_lesion_case(), graded(T12, "2"))
        case = answered(case, graded(T12, "3"), reader="T. Third")
        assert [item.reader for item in case.second_readings] == [SECOND, "T. Third"]

    @pytest.mark.parametrize("name", ["s. second", " S.  Second ", "S. SECOND"])
    def test_a_name_written_otherwise_is_the_same_reader(self, name: str) -> None:
        case = answered(cases.one_lesion_case(), graded(T12, "2"))
        case = answered(case, graded(L1, "0"), reader=name)
        assert len(case.second_readings) == 1
        assert second_reading_of(case, name) is case.second_readings[0]

    def test_the_first_reader_is_no_second_reader(self) -> None:
        command = SetSecondAssessment(reader="r. reader ", assessment=graded(T12, "2"))
        assert refusal(cases.one_lesion_case(), command).code == "same-reader"

    def test_a_reader_without_a_name_is_refused(self) -> None:
        command = SetSecondAssessment(reader="  ", assessment=graded(T12, "2"))
        assert "name" in refusal(cases.one_lesion_case(), command).message

    def test_a_signed_case_takes_no_answers(self) -> None:
        command = SetSecondAssessment(reader=SECOND, assessment=graded(T12, "2"))
        assert refusal(cases.signed_case(), command).code == "signed"


class TestBlinding:
    def test_the_first_answers_are_hidden_until_the_reading_is_closed(self) -> None:
        case = answered(cases.one_lesion_case(), graded(T12, "2"))
        assert is_blinded(case, SECOND)
        assert not is_blinded(closed(case), SECOND)

    def test_whoever_reads_nothing_second_is_not_blinded(self) -> None:
        case = answered(cases.one_lesion_case(), graded(T12, "2"))
        assert not is_blinded(case, "R. Reader")

    def test_a_closed_reading_does_not_change(self) -> None:
        case = closed(answered(cases.one_lesion_case(), graded(T12, "2")))
        assert case.second_readings[0].closed_at == AT
        again = SetSecondAssessment(reader=SECOND, assessment=graded(T12, "3"))
        assert refusal(case, again).code == "reading-closed"
        assert refusal(case, CloseSecondReading(reader=SECOND, at=AT)).code == "reading-closed"

    def test_only_a_reading_that_exists_is_closed(self) -> None:
        command = CloseSecondReading(reader=SECOND, at=AT)
        assert refusal(cases.one_lesion_case(), command).code == "no-reading"

    def test_closing_needs_its_time(self) -> None:
        case = answered(cases.one_lesion_case(), graded(T12, "2"))
        assert "time" in refusal(case, CloseSecondReading(reader=SECOND, at="")).message


class TestComparison:
    def test_scales_are_ordered_by_severity(self) -> None:
        assert SCALES["sins.collapse"] == ("none", "involved_gt50", "lt50", "gt50")
        assert SCALES["sins.pain"] == ("none", "nonmechanical", "mechanical")
        assert SCALES[ESCC] == ("0", "1a", "1b", "1c", "2", "3")
        assert SCALES[CATEGORY] == ("stable", "potentially_unstable", "unstable")
        assert SCALES[TOTAL][-1] == "18"

    def test_the_location_is_not_compared(self) -> None:
        assert f"sins.{SinsComponent.LOCATION.value}" not in SCALES

    def test_items_of_both_readers_side_by_side(self) -> None:
        case = replace(cases.one_lesion_case(), second_readings=(cases.second_reading(),))
        found = {item.item: (item.first, item.second) for item in compared(case, _only(case))}
        assert found["sins.pain"] == ("mechanical", "nonmechanical")
        assert found["sins.collapse"] == ("gt50", "gt50")
        assert found[TOTAL] == ("14", "12")
        assert found[CATEGORY] == ("unstable", "potentially_unstable")
        assert found[ESCC] == ("2", "2")

    def test_a_level_that_one_reader_left_out_has_one_side(self) -> None:
        case = answered(cases.one_lesion_case(), graded(L1, "1a"))
        found = list(compared(case, _only(case)))
        assert PairedAnswer(case_id="case-1", level=L1, item=ESCC, first=None, second="1a") in found
        assert PairedAnswer(case_id="case-1", level=T12, item=ESCC, first="2", second=None) in found
        assert [item.level for item in found] == sorted(
            (item.level for item in found), key=lambda level: level.order
        )

    def test_what_neither_answered_is_not_listed(self) -> None:
        case = replace(cases.studied_case(), assessments=(graded(T12, "0"),))
        case = answered(case, LevelAssessment(level=T12, escc=EsccAnswers()))
        assert {item.item for item in compared(case, _only(case))} == {ESCC, "sins.pain"}


def _only(case: Case):
    (reading,) = case.second_readings
    return reading


class TestPairs:
    def test_pairs_over_several_cases(self) -> None:
        one = replace(
            cases.studied_case("a"), assessments=(graded(T12, "1b", SinsPain.MECHANICAL),)
        )
        two = replace(cases.studied_case("b"), assessments=(graded(T12, "2"), graded(L1, "1a")))
        one = closed(answered(one, graded(T12, "1c", SinsPain.MECHANICAL)))
        two = closed(answered(two, graded(T12, "2")))
        items = {item.item: item for item in paired_items([one, two])}
        assert items[ESCC].pairs == (("1b", "1c"), ("2", "2"))
        assert items[ESCC].incomplete == 1
        assert items["sins.pain"].pairs == (("mechanical", "mechanical"), ("none", "none"))
        assert items[TOTAL].pairs == ()
        assert list(items) == list(SCALES)

    def test_an_open_reading_does_not_count(self) -> None:
        case = answered(cases.one_lesion_case(), graded(T12, "2"))
        assert all(item.pairs == () and item.incomplete == 0 for item in paired_items([case]))

    def test_an_unknown_answer_is_no_pair(self) -> None:
        case = cases.one_lesion_case()
        first = case.assessments[0]
        unknown = replace(first, sins=replace(first.sins, pain=UNKNOWN))
        items = {item.item: item for item in paired_items([closed(answered(case, unknown))])}
        assert (items["sins.pain"].pairs, items["sins.pain"].incomplete) == ((), 1)
        assert items["sins.collapse"].pairs == (("gt50", "gt50"),)

    def test_no_cases_give_no_pairs(self) -> None:
        assert [item.item for item in paired_items([])] == list(SCALES)
