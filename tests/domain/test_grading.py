"""Grades of a whole case: what enters, what stays out, what is derived."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.readings import (
    L1,
    NO_DEFICIT,
    T11,
    T12,
    UNSTABLE,
    case_a,
    empty_case,
    mark,
    numbered_case,
    run,
    spine,
)
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.case import NomsLevelAnswers, Oncology
from workstation.domain.clinical import DeficitStatus
from workstation.domain.commands import SetEscc, SetNeurologic, SetNomsLevel, SetSins, SetSpine
from workstation.domain.escc import EsccConvention, EsccGrade, EsccModality, answers_for_grade
from workstation.domain.grading import (
    axes_of,
    escc_of,
    index_level_of,
    noms_of,
    red_flags_of,
    sins_of,
    sins_words,
)
from workstation.domain.noms_table import (
    MechanicalAxis,
    NeurologicAxis,
    NomsDecision,
    OncologicAxis,
    SystemicAxis,
)
from workstation.domain.radiosensitivity import Histology
from workstation.domain.sins_options import SinsAnswers, SinsContext, SinsPain
from workstation.domain.spine import Variant, VertebralLevel


def test_case_a_gives_the_worked_result():
    case = case_a()
    assert sins_of(case, T12).total == 14
    assert escc_of(case, T12).grade is EsccGrade.G2
    result = noms_of(case, T12)
    assert result.decision is NomsDecision.DECOMP_STAB_SRS
    assert result.row == 15
    assert index_level_of(case) is T12


def test_axes_say_how_each_letter_came_about():
    axes = axes_of(case_a(), T12)
    assert axes.neurologic.value is NeurologicAxis.HIGH
    assert axes.oncologic.value is OncologicAxis.RESISTANT
    assert axes.mechanical.value is MechanicalAxis.UNSTABLE


def test_nothing_assessed_gives_the_whole_range_and_no_decision():
    case = run(numbered_case(), mark(T12))
    result = sins_of(case, T12)
    assert (result.total, result.minimum, result.maximum) == (None, 3, 18)
    assert escc_of(case, T12).grade is None
    assert noms_of(case, T12).decision is None


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (UNSTABLE, "14, unstable"),
        (
            replace(UNSTABLE, pain=UNKNOWN),
            "11 to 14, potentially unstable or unstable, incomplete",
        ),
    ],
)
def test_sins_words_name_total_or_range(answers, words):
    case = run(numbered_case(), mark(T12), SetSins(level=T12, answers=answers))
    assert sins_words(sins_of(case, T12)) == words


def test_sins_words_say_why_there_is_no_score():
    answers = replace(UNSTABLE, context=frozenset({SinsContext.INSTRUMENTED}))
    case = run(numbered_case(), SetSins(level=T12, answers=answers))
    assert sins_words(sins_of(case, T12)).startswith("not computed: ")


def test_transitional_anatomy_takes_the_location_away():
    numbered = spine(variants=frozenset({Variant.THIRTEEN_RIBS}))
    case = run(empty_case(), SetSpine(spine=numbered), SetSins(level=T12, answers=UNSTABLE))
    touched, untouched = sins_of(case, T12), sins_of(case, T11)
    assert "location" in [component.value for component in touched.missing]
    assert "location" not in [component.value for component in untouched.missing]


def test_screening_ct_never_feeds_noms():
    case = case_a()
    read_on_ct = replace(answers_for_grade(EsccGrade.G2), modality=EsccModality.CT_SCREENING)
    case = run(case, SetEscc(level=T12, answers=read_on_ct))
    result = noms_of(case, T12)
    assert result.axes.escc is NOT_ASSESSED
    assert result.axes.neurologic is NOT_ASSESSED
    assert result.decision is None


def test_the_high_grade_convention_is_a_choice():
    case = run(numbered_case(), SetEscc(level=T11, answers=answers_for_grade(EsccGrade.G1C)))
    assert escc_of(case, T11).high_grade is False
    assert escc_of(case, T11, EsccConvention.SINGAPORE).high_grade is True


@pytest.mark.parametrize(
    ("weakness", "expected"),
    [
        (DeficitStatus.NEW, YesNo.YES),
        (DeficitStatus.PROGRESSIVE, YesNo.YES),
        (DeficitStatus.STABLE, YesNo.NO),
        (DeficitStatus.NONE, YesNo.NO),
        (UNKNOWN, UNKNOWN),
        (NOT_ASSESSED, NOT_ASSESSED),
    ],
)
def test_a_rapid_deficit_is_known_only_when_all_are_answered(weakness, expected):
    facts = replace(NO_DEFICIT, weakness=weakness)
    case = run(case_a(), SetNeurologic(facts=facts))
    assert noms_of(case, T12).axes.rapid_deficit == expected


@pytest.mark.parametrize(
    ("pain", "expected"),
    [
        (SinsPain.NONE, YesNo.YES),
        (SinsPain.NONMECHANICAL, YesNo.NO),
        (SinsPain.MECHANICAL, YesNo.NO),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_a_level_is_without_symptoms_only_when_pain_is_denied(pain, expected):
    case = run(numbered_case(), SetSins(level=T12, answers=SinsAnswers(pain=pain)))
    assert noms_of(case, T12).axes.asymptomatic == expected


def test_prior_radiation_makes_a_sensitive_tumor_resistant_with_its_flag():
    case = case_a()
    case = replace(case, oncology=Oncology(histology=Histology.MULTIPLE_MYELOMA))
    before = noms_of(case, T12)
    assert before.axes.oncologic is OncologicAxis.SENSITIVE
    irradiated = NomsLevelAnswers(systemic=SystemicAxis.ABLE, prior_radiation=YesNo.YES)
    after = noms_of(run(case, SetNomsLevel(level=T12, answers=irradiated)), T12)
    assert after.axes.oncologic is OncologicAxis.RESISTANT
    assert "PRIOR_RT" in [flag.code for flag in after.flags]


def test_flags_of_letters_and_table_are_named_once():
    codes = [flag.code for flag in noms_of(case_a(), T12).flags]
    assert len(codes) == len(set(codes))


def test_red_flags_come_from_every_level_most_urgent_first():
    flags = red_flags_of(case_a())
    assert "EMERGENCY" in flags[0].title.upper()
    assert all(flag.needs_communication for flag in flags[:1])
    assert red_flags_of(numbered_case()) == ()


def test_index_level_is_the_highest_score():
    case = run(
        numbered_case(),
        SetSins(level=T12, answers=UNSTABLE),
        SetSins(level=L1, answers=replace(UNSTABLE, pain=SinsPain.NONE)),
    )
    assert index_level_of(case) is VertebralLevel.T12
    assert index_level_of(empty_case()) is None
