"""Codes: each resolves in DICOM's own tables, none stands for two things."""

from __future__ import annotations

import pytest
from pydicom.sr.codedict import codes as dicom_codes

from workstation.domain.escc import EsccGrade
from workstation.domain.lesion import VertebraPart
from workstation.domain.noms import NomsDecision
from workstation.domain.sins import POINTS, SinsCategory, SinsComponent, SinsOption
from workstation.domain.spine import VertebralLevel
from workstation.exchange import codes
from workstation.exchange.codes import (
    Scheme,
    escc_value,
    noms_value,
    part_codes,
    sins_category,
    sins_element,
    sins_value,
    vertebra_codes,
)

CODED_BY_DICOM = [
    *(f"C{n}" for n in range(1, 8)),
    *(f"T{n}" for n in range(1, 13)),
    *(f"L{n}" for n in range(1, 6)),
]
ANSWERS = [(component, answer) for component, table in POINTS.items() for answer in table]


def check_digit_is_right(number: str) -> bool:
    """Whether a SNOMED CT identifier ends in its Verhoeff check digit."""
    multiply = [[(i + j) % 5 if i < 5 and j < 5 else 0 for j in range(10)] for i in range(10)]
    for i in range(10):
        for j in range(10):
            if i < 5 <= j:
                multiply[i][j] = 5 + (i + j - 5) % 5
            elif j < 5 <= i:
                multiply[i][j] = 5 + (i - 5 - j) % 5
            elif i >= 5 and j >= 5:
                multiply[i][j] = (i - j) % 5
    turn = [list(range(10)), [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
    while len(turn) < 8:
        turn.append([turn[-1][turn[1][k]] for k in range(10)])
    check = 0
    for position, digit in enumerate(reversed(number)):
        check = multiply[check][turn[position % 8][int(digit)]]
    return check == 0


def test_the_check_digit_routine_notices_a_swap() -> None:
    assert check_digit_is_right("23215003")
    assert not check_digit_is_right("23251003")


@pytest.mark.parametrize("level", CODED_BY_DICOM)
def test_a_vertebra_has_the_code_of_dicom(level: str) -> None:
    (code,) = vertebra_codes(VertebralLevel(level))
    expected = getattr(dicom_codes.SCT, f"{level}Vertebra")
    assert (code.scheme, code.value) == (Scheme.SCT, expected.value)


@pytest.mark.parametrize(
    ("level", "exact", "region"),
    [
        ("T13", "VERT_T13", "35769007"),
        ("L6", "VERT_L6", "73903008"),
        ("S1", "VERT_S1", "54735007"),
        ("S5", "VERT_S5", "54735007"),
    ],
)
def test_a_level_that_dicom_does_not_code_is_never_renumbered(
    level: str, exact: str, region: str
) -> None:
    first, second = vertebra_codes(VertebralLevel(level))
    assert (first.scheme, first.value) == (Scheme.BATSON, exact)
    assert (second.scheme, second.value) == (Scheme.SCT, region)


def test_the_ends_of_the_spine() -> None:
    assert [code.value for code in vertebra_codes(VertebralLevel.C0)] == ["VERT_C0"]
    assert [code.value for code in vertebra_codes(VertebralLevel.CO)] == ["64688005"]


def test_no_two_levels_share_their_exact_code() -> None:
    exact = [vertebra_codes(level)[0].value for level in VertebralLevel]
    assert len(set(exact)) == len(VertebralLevel)


def _snomed() -> set[str]:
    shown = [code for level in VertebralLevel for code in vertebra_codes(level)]
    shown += [code for part in VertebraPart for code in part_codes(part)]
    shown += [codes.SPINE, codes.SACRUM, codes.BONY_METASTASIS, codes.METASTASIS, codes.LONG_AXIS]
    return {code.value for code in shown if code.scheme is Scheme.SCT}


@pytest.mark.parametrize("value", sorted(_snomed()))
def test_every_snomed_code_has_a_right_check_digit(value: str) -> None:
    assert check_digit_is_right(value)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (codes.SPINE, "Spine"),
        (codes.SACRUM, "Sacrum"),
        (codes.BONY_METASTASIS, "BonyMetastasis"),
        (codes.METASTASIS, "Metastasis"),
        (codes.LONG_AXIS, "LongAxis"),
    ],
)
def test_a_concept_has_the_code_of_dicom(code: codes.Code, name: str) -> None:
    assert code.value == getattr(dicom_codes.SCT, name).value


def test_parts_say_their_side_and_no_two_share_a_code() -> None:
    exact = {part: part_codes(part)[0] for part in VertebraPart}
    assert len({code.value for code in exact.values()}) == len(VertebraPart)
    assert exact[VertebraPart.PEDICLE_LEFT].meaning == "pedicle, left"
    assert exact[VertebraPart.PEDICLE_RIGHT].meaning == "pedicle, right"
    assert exact[VertebraPart.SPINOUS].meaning == "spinous"
    assert part_codes(VertebraPart.PEDICLE_LEFT)[1].value == "78972004"
    assert len(part_codes(VertebraPart.DENS)) == 1


@pytest.mark.parametrize(("component", "answer"), ANSWERS)
def test_every_sins_answer_has_a_code_of_its_element(
    component: SinsComponent, answer: SinsOption
) -> None:
    element, value = sins_element(component), sins_value(component, answer)
    assert value.scheme is element.scheme
    assert value.value.startswith(element.value)


def test_the_number_of_a_sins_answer_is_not_its_points() -> None:
    # Published numbers of RDE155: none 0, < 50 % 1, > 50 % 2, involved 3; their points 0 2 3 1.
    table = POINTS[SinsComponent.COLLAPSE]
    numbers = {answer: sins_value(SinsComponent.COLLAPSE, answer).value[-1] for answer in table}
    assert {answer.value: number for answer, number in numbers.items()} == {
        "none": "0",
        "lt50": "1",
        "gt50": "2",
        "involved_gt50": "3",
    }
    assert sins_value(SinsComponent.ALIGNMENT, "translation").value == "RDE154.2"


def test_pain_is_coded_by_its_points() -> None:
    assert sins_element(SinsComponent.PAIN).scheme is Scheme.BATSON
    for answer, points in POINTS[SinsComponent.PAIN].items():
        assert sins_value(SinsComponent.PAIN, answer).value == f"SINS_PAIN_{points}"


def test_no_two_sins_answers_share_a_code() -> None:
    values = [sins_value(component, answer).value for component, answer in ANSWERS]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize(
    ("grade", "number"), [("0", 0), ("1a", 1), ("1b", 2), ("1c", 3), ("2", 4), ("3", 5)]
)
def test_the_number_of_an_escc_grade_is_its_place(grade: str, number: int) -> None:
    code = escc_value(EsccGrade(grade))
    assert (code.value, code.meaning) == (f"RDE1998.{number}", f"ESCC {grade}")


def test_categories_and_suggestions_have_their_own_codes() -> None:
    named = [sins_category(item) for item in SinsCategory]
    named += [noms_value(item) for item in NomsDecision]
    assert len({code.value for code in named}) == len(SinsCategory) + len(NomsDecision)
    assert all(code.scheme is Scheme.BATSON and code.meaning for code in named)
