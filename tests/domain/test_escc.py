"""ESCC: five questions, possible sets, contradictions, conventions, the conus."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.escc import (
    CaudaEquinaGrade,
    CompressionCause,
    EpiduralPosition,
    EsccAnswers,
    EsccConvention,
    EsccGrade,
    EsccModality,
    MyelogramBlock,
    ScreeningAnswer,
    answer_question,
    answers_for_grade,
    assess_escc,
    contradiction_of,
    is_below_conus,
    possible_grades,
    with_grade,
)
from workstation.domain.escc_texts import (
    CAPTIONS,
    CAUDA_EQUINA_TITLES,
    CAUSE_TITLES,
    CONVENTION_TITLES,
    DEFINITIONS,
    MODALITY_TITLES,
    POSITION_TITLES,
    QUESTIONS,
)
from workstation.domain.spine import VertebralLevel

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
REPLIES = {"y": YesNo.YES, "n": YesNo.NO, "?": UNKNOWN, "-": NOT_ASSESSED}
L1, L3, T8 = VertebralLevel.L1, VertebralLevel.L3, VertebralLevel.T8


def answered(word, **changes):
    replies = tuple(REPLIES[letter] for letter in word.ljust(5, "-"))
    return EsccAnswers(questions=replies, **changes)


def codes(result):
    return [flag.code for flag in result.flags]


@pytest.mark.parametrize("vector", VECTORS["escc_vectors"], ids=lambda v: "".join(v["a"]))
def test_decision_vector(vector):
    result = assess_escc(answered("".join(vector["a"])))
    if isinstance(vector["g"], list):
        assert result.grade is None
        assert list(result.possible) == vector["g"]
    else:
        assert result.grade == vector["g"]
        assert result.possible == (result.grade,)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda c: c["id"])
def test_worked_case(case):
    level = VertebralLevel.parse(case["raw"]["levels"][0])
    result = assess_escc(answered("".join(case["escc_answers"])), level=level, conus=L1)
    assert result.grade == case["escc"]
    assert result.high_grade is (case["escc"] in ("2", "3"))


@pytest.mark.parametrize(
    ("word", "possible"),
    [
        ("-----", ["0", "1a", "1b", "1c", "2", "3"]),
        ("?????", ["0", "1a", "1b", "1c", "2", "3"]),
        ("y----", ["1a", "1b", "1c", "2", "3"]),
        ("n----", ["0"]),
        ("nn---", ["0"]),
        ("n-n--", ["0"]),
        ("-n---", ["0", "1a"]),
        ("--n--", ["0", "1a", "1b"]),
        ("---n-", ["0", "1a", "1b", "1c"]),
        ("yy---", ["1b", "1c", "2", "3"]),
        ("yy?--", ["1b", "1c", "2", "3"]),
        ("yyy--", ["1c", "2", "3"]),
        ("yyyy-", ["2", "3"]),
        ("yyyy?", ["2", "3"]),
        ("-y---", ["1b", "1c", "2", "3"]),
        ("---y-", ["2", "3"]),
        ("----y", ["2"]),
        ("y?y--", ["1c", "2", "3"]),
        ("y--n-", ["1a", "1b", "1c"]),
        ("yy-n-", ["1b", "1c"]),
        ("yyynn", ["1c"]),
    ],
)
def test_possible_set(word, possible):
    result = assess_escc(answered(word))
    assert list(result.possible) == possible
    assert result.grade == (possible[0] if len(possible) == 1 else None)


def test_every_combination_of_replies_is_graded_or_refused_as_the_table_says():
    """A Yes after an earlier No is a contradiction; nothing else is."""
    for word in map("".join, itertools.product("yn?", repeat=5)):
        first_no = word.find("n")
        contradictory = first_no >= 0 and "y" in word[first_no:]
        if contradictory:
            with pytest.raises(CommandRefusedError, match=f"Question {first_no + 1} says"):
                assess_escc(answered(word))
        else:
            assert assess_escc(answered(word)).possible


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        (
            "yn-y-",
            "Question 2 says the sac is not deformed, question 4 says the cord is compressed. "
            "Change one.",
        ),
        (
            "ny---",
            "Question 1 says there is no epidural tumor, question 2 says the sac is deformed. "
            "Change one.",
        ),
        (
            "yyny-",
            "Question 3 says the cord is not touched, question 4 says the cord is compressed. "
            "Change one.",
        ),
        (
            "y-ny-",
            "Question 3 says the cord is not touched, question 4 says the cord is compressed. "
            "Change one.",
        ),
        (
            "yyyny",
            "Question 4 says the cord is neither compressed nor displaced, question 5 says CSF is "
            "visible around the compressed cord. Change one.",
        ),
        (
            "n-y--",
            "Question 1 says there is no epidural tumor, question 3 says the cord is touched. "
            "Change one.",
        ),
        ("yyyyn", ""),
        ("-----", ""),
    ],
)
def test_contradiction_names_both_questions(word, sentence):
    assert contradiction_of(answered(word)) == sentence


@pytest.mark.parametrize("grade", list(EsccGrade))
def test_picture_fills_the_questions_and_the_questions_give_the_picture(grade):
    assert assess_escc(answers_for_grade(grade)).grade is grade


def test_choosing_a_picture_keeps_everything_else():
    before = EsccAnswers(
        modality=EsccModality.MRI,
        cause=CompressionCause.TUMOR,
        positions=frozenset({EpiduralPosition.ANTERIOR}),
    )
    after = with_grade(before, EsccGrade.G2)
    assert after.questions == (YesNo.YES,) * 5
    assert (after.modality, after.cause, after.positions) == (
        EsccModality.MRI,
        CompressionCause.TUMOR,
        before.positions,
    )
    assert with_grade(after, EsccGrade.G1A).questions == (
        YesNo.YES,
        YesNo.NO,
        NOT_ASSESSED,
        NOT_ASSESSED,
        NOT_ASSESSED,
    )


def test_answering_one_question_after_the_other():
    answers = EsccAnswers()
    for number in (1, 2, 3, 4):
        answers = answer_question(answers, number, YesNo.YES)
    assert possible_grades(answers) == (EsccGrade.G2, EsccGrade.G3)
    answers = answer_question(answers, 5, YesNo.NO)
    assert assess_escc(answers).grade is EsccGrade.G3
    answers = answer_question(answers, 5, NOT_ASSESSED)
    assert assess_escc(answers).grade is None


def test_contradicting_answer_is_refused_with_its_sentence():
    with pytest.raises(CommandRefusedError, match="Question 2 says the sac is not deformed"):
        answer_question(answers_for_grade(EsccGrade.G1A), 4, YesNo.YES)


def test_earlier_no_under_a_later_yes_is_refused_too():
    with pytest.raises(CommandRefusedError, match="question 3 says the cord is touched"):
        answer_question(answers_for_grade(EsccGrade.G3), 2, YesNo.NO)


@pytest.mark.parametrize("number", [0, 6])
def test_there_are_five_questions(number):
    with pytest.raises(CommandRefusedError, match="questions 1 to 5"):
        answer_question(EsccAnswers(), number, YesNo.YES)


@pytest.mark.parametrize(
    ("grade", "noms", "reference_site", "singapore"),
    [
        ("0", False, False, False),
        ("1a", False, False, False),
        ("1b", False, False, False),
        ("1c", False, None, True),
        ("2", True, True, True),
        ("3", True, True, True),
    ],
)
def test_low_or_high_by_convention(grade, noms, reference_site, singapore):
    answers = answers_for_grade(EsccGrade(grade))
    readings = [
        assess_escc(answers, convention=convention).high_grade for convention in EsccConvention
    ]
    assert readings == [noms, reference_site, singapore]


def test_noms_convention_is_the_default():
    assert assess_escc(EsccAnswers()).convention is EsccConvention.NOMS


@pytest.mark.parametrize(
    ("word", "high"),
    [("yyyy-", True), ("---n-", False), ("yyy--", None), ("-----", None)],
)
def test_high_grade_is_decided_when_every_possible_grade_agrees(word, high):
    assert assess_escc(answered(word)).high_grade is high


def test_1c_prints_the_conflict():
    note = "1c: classed low-grade by NOMS; handled as high-grade in some publications."
    assert note in assess_escc(answers_for_grade(EsccGrade.G1C)).notes
    assert note not in assess_escc(answers_for_grade(EsccGrade.G1B)).notes


@pytest.mark.parametrize(
    ("level", "conus", "below"),
    [
        ("T12", "L1", False),
        ("L1", "L1", False),
        ("L2", "L1", True),
        ("L3", "L1", True),
        ("S1", "L2", True),
        ("L1", "T12", True),
        ("C1", NOT_ASSESSED, False),
        ("T11", NOT_ASSESSED, False),
        ("T12", NOT_ASSESSED, False),
        ("L1", NOT_ASSESSED, False),
        ("L2", NOT_ASSESSED, False),
        ("L3", NOT_ASSESSED, True),
        ("L5", UNKNOWN, True),
        ("S3", UNKNOWN, True),
        ("L2", UNKNOWN, False),
    ],
)
def test_below_the_conus(level, conus, below):
    stated = VertebralLevel.parse(conus) if conus not in (NOT_ASSESSED, UNKNOWN) else conus
    assert is_below_conus(VertebralLevel.parse(level), stated) is below


@pytest.mark.parametrize("grade", ["1b", "1c", "2", "3"])
def test_grades_of_the_cord_are_refused_below_the_conus(grade):
    result = assess_escc(answers_for_grade(EsccGrade(grade)), level=L3, conus=L1)
    assert result.refused == (
        "L3 is below the conus: ESCC 1b, 1c, 2, 3 are not defined. The scale grades cord "
        "compression. Here only 0 and 1a can be entered."
    )
    assert (result.grade, result.possible, result.high_grade) == (None, (), None)
    assert result.applicable is False


@pytest.mark.parametrize("grade", ["0", "1a"])
def test_grades_without_the_cord_stay_valid_below_the_conus(grade):
    result = assess_escc(answers_for_grade(EsccGrade(grade)), level=L3, conus=L1)
    assert result.grade == grade
    assert result.high_grade is False
    assert result.applicable
    assert result.below_conus
    assert result.refused is None


def test_open_answers_below_the_conus_leave_only_what_is_defined_there():
    result = assess_escc(answered("y----"), level=L3, conus=L1)
    assert result.grade is None
    assert result.possible == (EsccGrade.G1A,)
    assert result.high_grade is None
    assert assess_escc(EsccAnswers(), level=L3, conus=L1).possible == ("0", "1a")


def test_the_conus_rule_needs_a_level():
    assert assess_escc(answers_for_grade(EsccGrade.G2), conus=L1).grade is EsccGrade.G2


@pytest.mark.parametrize("conus", [NOT_ASSESSED, UNKNOWN])
@pytest.mark.parametrize(
    ("level", "grade", "flags"),
    [
        ("T11", "2", []),
        ("T12", "2", ["CONUS_UNKNOWN"]),
        ("L1", "1b", ["CONUS_UNKNOWN"]),
        ("L2", "3", ["CONUS_UNKNOWN"]),
        ("L2", "1a", []),
        ("T12", "0", []),
        ("L3", "0", []),
    ],
)
def test_unstated_conus_is_flagged_from_t12_to_l2(level, grade, flags, conus):
    result = assess_escc(
        answers_for_grade(EsccGrade(grade)), level=VertebralLevel.parse(level), conus=conus
    )
    assert result.grade == grade
    assert codes(result) == flags


def test_stated_conus_is_not_flagged():
    assert codes(assess_escc(answers_for_grade(EsccGrade.G2), level=L1, conus=L1)) == []


@pytest.mark.parametrize(
    ("grade", "right", "left", "words"),
    [
        (CaudaEquinaGrade.SAC_GE50, False, True, "cauda equina 2 +F left"),
        (CaudaEquinaGrade.SAC_LT50, True, True, "cauda equina 1 +F right and left"),
        (CaudaEquinaGrade.BONE_ONLY, False, False, "cauda equina 0"),
        (CaudaEquinaGrade.ROOTS_BUNCHED, True, False, "cauda equina 4 +F right"),
        (NOT_ASSESSED, False, False, "cauda equina not assessed"),
        (UNKNOWN, True, False, "cauda equina unknown +F right"),
    ],
)
def test_descriptor_below_the_conus(grade, right, left, words):
    answers = EsccAnswers(cauda_equina=grade, foraminal_right=right, foraminal_left=left)
    assert assess_escc(answers, level=L3, conus=L1).descriptor == words
    assert assess_escc(answers, level=T8, conus=L1).descriptor == ""


def test_descriptor_is_marked_as_not_validated():
    answers = EsccAnswers(cauda_equina=CaudaEquinaGrade.SAC_EFFACED)
    assert codes(assess_escc(answers, level=L3, conus=L1)) == ["CAUDA_EQUINA_NOT_VALIDATED"]


def test_circumferential_tumor_alone_is_not_grade_3():
    everywhere = frozenset(EpiduralPosition)
    note = "Circumferential tumor alone is not grade 3: answer question 5."
    assert answered("yyyyy", positions=everywhere).circumferential
    assert note in assess_escc(answered("yyyyy", positions=everywhere)).notes
    assert note in assess_escc(answered("yyyy-", positions=everywhere)).notes
    assert note not in assess_escc(answered("yyyyn", positions=everywhere)).notes
    three_sides = everywhere - {EpiduralPosition.POSTERIOR}
    assert not answered("yyyyy", positions=three_sides).circumferential


def test_ct_myelogram_explains_the_contrast_and_the_block():
    partial = answered("yyyyy", modality=EsccModality.CT_MYELOGRAM, block=MyelogramBlock.PARTIAL)
    complete = answered("yyyyn", modality=EsccModality.CT_MYELOGRAM, block=MyelogramBlock.COMPLETE)
    assert len(assess_escc(partial).notes) == 1
    assert assess_escc(complete).notes[1].startswith("Complete block can hide further levels")
    on_mri = answered("yyyyn", modality=EsccModality.MRI, block=MyelogramBlock.COMPLETE)
    assert assess_escc(on_mri).notes == ()


@pytest.mark.parametrize(
    ("screening", "possible", "high"),
    [
        (ScreeningAnswer.NONE, ["0"], False),
        (ScreeningAnswer.LOW, ["1a", "1b", "1c"], False),
        (ScreeningAnswer.HIGH, ["2", "3"], True),
    ],
)
def test_ct_screening_answers_none_low_or_high(screening, possible, high):
    answers = EsccAnswers(modality=EsccModality.CT_SCREENING, screening=screening)
    result = assess_escc(answers, level=T8)
    assert list(result.possible) == possible
    assert result.high_grade is high
    assert codes(result) == ["CT_SCREENING"]


def test_single_grade_may_be_entered_beside_the_screening_answer():
    answers = answered("yyyyn", modality=EsccModality.CT_SCREENING, screening=ScreeningAnswer.HIGH)
    assert assess_escc(answers).grade is EsccGrade.G3
    alone = answered("yyyyn", modality=EsccModality.CT_SCREENING)
    assert assess_escc(alone).grade is EsccGrade.G3


def test_screening_answer_against_the_questions_is_refused():
    answers = answered("n----", modality=EsccModality.CT_SCREENING, screening=ScreeningAnswer.HIGH)
    with pytest.raises(CommandRefusedError, match="screening answer is high"):
        assess_escc(answers)


def test_screening_answer_is_not_heard_on_mri():
    answers = EsccAnswers(modality=EsccModality.MRI, screening=ScreeningAnswer.HIGH)
    assert len(assess_escc(answers).possible) == 6


def test_result_carries_what_it_was_read_on():
    answers = answered("n", modality=EsccModality.MRI, cause=CompressionCause.BONE)
    result = assess_escc(answers)
    assert (result.modality, result.cause) == (EsccModality.MRI, CompressionCause.BONE)
    assert result.rule_set == "ESCC-2010"
    assert "Bilsky" in result.sources[0]


def test_form_words_cover_every_value():
    assert len(QUESTIONS) == 5
    assert all(question.endswith("?") for question in QUESTIONS)
    assert list(CAPTIONS) == list(DEFINITIONS) == list(EsccGrade)
    assert list(CONVENTION_TITLES) == list(EsccConvention)
    assert list(MODALITY_TITLES) == list(EsccModality)
    assert list(CAUSE_TITLES) == list(CompressionCause)
    assert list(POSITION_TITLES) == list(EpiduralPosition)
    assert list(CAUDA_EQUINA_TITLES) == list(CaudaEquinaGrade)
