"""ESCC decided a second time, by asking the six grades themselves: all answer sets, all conuses.

A grade is what a picture shows: epidural tumor, sac deformed, cord touched, cord compressed, CSF
seen (Bilsky 2010; clinical reference 2.2). An answer set leaves those grades that agree with it.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.escc import (
    EsccAnswers,
    EsccConvention,
    EsccGrade,
    EsccModality,
    ScreeningAnswer,
    answer_question,
    answers_for_grade,
    assess_escc,
    contradiction_of,
    is_below_conus,
    possible_grades,
    with_grade,
)
from workstation.domain.escc_options import CaudaEquinaGrade, EpiduralPosition, MyelogramBlock
from workstation.domain.spine import VertebralLevel

Y, N = YesNo.YES, YesNo.NO
SEEN = {
    "0": "nnnnn",
    "1a": "ynnnn",
    "1b": "yynnn",
    "1c": "yyynn",
    "2": "yyyyy",
    "3": "yyyyn",
}
REPLY = {"y": Y, "n": N, "?": UNKNOWN, "-": NOT_ASSESSED}
WORDS = ["".join(word) for word in itertools.product("yn?", repeat=5)]


def answers_of(word: str, **fields: object) -> EsccAnswers:
    return EsccAnswers(questions=tuple(REPLY[letter] for letter in word), **fields)


def grades_left(word: str) -> list[str]:
    """The grades whose picture gives every answer that was given."""
    return [
        grade
        for grade, seen in SEEN.items()
        if all(said in ("?", "-", shown) for said, shown in zip(word, seen, strict=True))
    ]


@pytest.mark.parametrize("word", WORDS)
def test_every_answer_set_leaves_the_grades_that_agree_with_it(word: str) -> None:
    left = grades_left(word)
    if not left:
        with pytest.raises(CommandRefusedError) as caught:
            possible_grades(answers_of(word))
        assert caught.value.code == "escc-contradiction"
        assert caught.value.message.endswith("Change one.")
        return
    result = assess_escc(answers_of(word))
    assert [grade.value for grade in result.possible] == left
    assert result.grade == (left[0] if len(left) == 1 else None)
    assert result.applicable
    assert result.refused is None


@pytest.mark.parametrize("word", [word for word in WORDS if grades_left(word)])
def test_high_grade_is_said_only_when_all_that_is_left_agrees(word: str) -> None:
    high = {grade in ("2", "3") for grade in grades_left(word)}
    expected = high.pop() if len(high) == 1 else None
    assert assess_escc(answers_of(word)).high_grade is expected


@pytest.mark.parametrize(
    ("convention", "of_1c"),
    [
        (EsccConvention.NOMS, False),
        (EsccConvention.REFERENCE_SITE, None),
        (EsccConvention.SINGAPORE, True),
    ],
)
@pytest.mark.parametrize("word", [word for word in WORDS if grades_left(word)])
def test_a_site_says_what_1c_is_and_nothing_else(word, convention, of_1c) -> None:
    classes = {of_1c if grade == "1c" else grade in ("2", "3") for grade in grades_left(word)}
    expected = classes.pop() if len(classes) == 1 else None
    result = assess_escc(answers_of(word), convention=convention)
    assert result.high_grade is expected
    assert result.convention is convention


@pytest.mark.parametrize("word", WORDS)
def test_unknown_and_not_assessed_leave_the_same_grades(word: str) -> None:
    other = word.replace("?", "-")
    assert bool(contradiction_of(answers_of(word))) == bool(contradiction_of(answers_of(other)))
    if grades_left(word):
        assert possible_grades(answers_of(word)) == possible_grades(answers_of(other))


@pytest.mark.parametrize("word", [word for word in WORDS if grades_left(word)])
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("letter", ["y", "n", "?"])
def test_answering_one_more_question_narrows_or_is_refused(word, number, letter) -> None:
    answers = answers_of(word)
    changed = word[: number - 1] + letter + word[number:]
    if grades_left(changed):
        after = answer_question(answers, number, REPLY[letter])
        assert after == answers_of(changed)
        if word[number - 1] == "?":
            assert set(possible_grades(after)) <= set(possible_grades(answers))
    else:
        with pytest.raises(CommandRefusedError, match="Change one"):
            answer_question(answers, number, REPLY[letter])


@pytest.mark.parametrize("number", [-1, 0, 6, 50])
def test_there_is_no_other_question(number: int) -> None:
    with pytest.raises(CommandRefusedError, match="questions 1 to 5"):
        answer_question(EsccAnswers(), number, Y)


@pytest.mark.parametrize("grade", list(SEEN))
def test_a_picture_asks_no_more_than_it_takes(grade: str) -> None:
    answers = answers_for_grade(EsccGrade(grade))
    assert possible_grades(answers) == (EsccGrade(grade),)
    for number, reply in enumerate(answers.questions):
        if reply in (Y, N):
            questions = list(answers.questions)
            questions[number] = UNKNOWN
            opened = possible_grades(replace(answers, questions=tuple(questions)))
            assert EsccGrade(grade) in opened


@pytest.mark.parametrize("first", list(SEEN))
@pytest.mark.parametrize("second", list(SEEN))
def test_one_picture_after_another_leaves_nothing_of_the_first(first: str, second: str) -> None:
    answers = with_grade(answers_for_grade(EsccGrade(first)), EsccGrade(second))
    assert answers == answers_for_grade(EsccGrade(second))


CONUSES = ["T11", "T12", "L1", "L2", "L3"]
LEVELS = ["C4", "T8", "T11", "T12", "L1", "L2", "L3", "L5", "S1"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("conus", CONUSES)
def test_below_means_caudal_of_the_vertebra_of_the_conus(level: str, conus: str) -> None:
    ladder = [item.value for item in VertebralLevel]
    below = ladder.index(level) > ladder.index(conus)
    assert is_below_conus(VertebralLevel(level), VertebralLevel(conus)) is below


@pytest.mark.parametrize("missing", [NOT_ASSESSED, UNKNOWN])
@pytest.mark.parametrize("level", [item.value for item in VertebralLevel])
def test_while_the_conus_is_open_l3_and_lower_are_below(level: str, missing) -> None:
    lower = {"L3", "L4", "L5", "L6", "S1", "S2", "S3", "S4", "S5", "Co"}
    assert is_below_conus(VertebralLevel(level), missing) is (level in lower)


@pytest.mark.parametrize("word", [word for word in WORDS if grades_left(word)])
@pytest.mark.parametrize(("level", "below"), [("L1", False), ("L2", True)])
def test_below_the_conus_only_0_and_1a_stay(word: str, level: str, below: bool) -> None:
    left = grades_left(word)
    expected = [grade for grade in left if not below or grade in ("0", "1a")]
    result = assess_escc(answers_of(word), level=VertebralLevel(level), conus=VertebralLevel.L1)
    assert [grade.value for grade in result.possible] == expected
    assert result.below_conus is below
    assert result.applicable is bool(expected)
    assert (result.refused is None) is bool(expected)
    assert result.grade == (left[0] if len(left) == 1 and expected else None)
    if below and result.grade is None:
        assert result.high_grade is None


SCREENED = {"none": ["0"], "low": ["1a", "1b", "1c"], "high": ["2", "3"]}


@pytest.mark.parametrize("word", [word for word in WORDS if grades_left(word)])
@pytest.mark.parametrize("screening", list(SCREENED))
def test_a_screening_answer_narrows_what_the_questions_leave(word: str, screening: str) -> None:
    left = [grade for grade in grades_left(word) if grade in SCREENED[screening]]
    answers = answers_of(
        word, modality=EsccModality.CT_SCREENING, screening=ScreeningAnswer(screening)
    )
    if left:
        assert [grade.value for grade in possible_grades(answers)] == left
    else:
        with pytest.raises(CommandRefusedError, match=f"screening answer is {screening}"):
            possible_grades(answers)


@pytest.mark.parametrize("modality", [EsccModality.MRI, EsccModality.CT_MYELOGRAM, NOT_ASSESSED])
@pytest.mark.parametrize("screening", list(SCREENED))
def test_on_other_images_a_screening_answer_is_not_heard(modality, screening) -> None:
    answers = answers_of("yyyyn", modality=modality, screening=ScreeningAnswer(screening))
    assert possible_grades(answers) == (EsccGrade.G3,)


SIDES = [
    (False, False, ""),
    (True, False, " +F right"),
    (False, True, " +F left"),
    (True, True, " +F right and left"),
]


@pytest.mark.parametrize(("right", "left", "words"), SIDES)
@pytest.mark.parametrize("cauda", [*CaudaEquinaGrade, UNKNOWN, NOT_ASSESSED])
def test_the_descriptor_says_grade_and_sides(cauda, right: bool, left: bool, words: str) -> None:
    answers = EsccAnswers(cauda_equina=cauda, foraminal_right=right, foraminal_left=left)
    below = assess_escc(answers, level=VertebralLevel.L4, conus=VertebralLevel.L1)
    shown = {UNKNOWN: "unknown", NOT_ASSESSED: "not assessed"}.get(cauda)
    grade = shown if shown else str(int(cauda))
    assert below.descriptor == f"cauda equina {grade}{words}"
    validated = "CAUDA_EQUINA_NOT_VALIDATED" not in [flag.code for flag in below.flags]
    assert validated is (cauda in (UNKNOWN, NOT_ASSESSED))
    above = assess_escc(answers, level=VertebralLevel.T8, conus=VertebralLevel.L1)
    assert above.descriptor == ""


POSITIONS = [
    frozenset(chosen) for n in range(5) for chosen in itertools.combinations(EpiduralPosition, n)
]


@pytest.mark.parametrize("positions", POSITIONS, ids=lambda p: "+".join(sorted(p)) or "none")
@pytest.mark.parametrize("grade", ["1b", "3"])
def test_only_all_four_sides_are_circumferential(positions, grade: str) -> None:
    answers = replace(answers_for_grade(EsccGrade(grade)), positions=positions)
    assert answers.circumferential is (len(positions) == 4)
    warned = any("Circumferential" in note for note in assess_escc(answers).notes)
    assert warned is (len(positions) == 4 and grade != "3")


@pytest.mark.parametrize("block", [*MyelogramBlock, UNKNOWN, NOT_ASSESSED])
@pytest.mark.parametrize("modality", [*EsccModality, NOT_ASSESSED])
def test_a_complete_block_on_a_myelogram_may_hide_levels(block, modality) -> None:
    notes = assess_escc(EsccAnswers(modality=modality, block=block)).notes
    myelogram = modality is EsccModality.CT_MYELOGRAM
    assert any("takes the role of bright CSF" in note for note in notes) is myelogram
    hides = any("Complete block can hide" in note for note in notes)
    assert hides is (myelogram and block is MyelogramBlock.COMPLETE)
