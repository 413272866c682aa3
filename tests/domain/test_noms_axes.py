"""Derivation of N, O and M: attribution, the conus, screening CT, overrides, the surgeon."""

from __future__ import annotations

import pytest

from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.escc import (
    EsccAnswers,
    EsccConvention,
    EsccGrade,
    EsccModality,
    answers_for_grade,
    assess_escc,
)
from workstation.domain.noms import (
    MechanicalAxis,
    NeurologicAxis,
    OncologicAxis,
    derive_mechanical,
    derive_neurologic,
    derive_oncologic,
    propose_attribution,
)
from workstation.domain.radiosensitivity import Histology
from workstation.domain.sins import (
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsContext,
    SinsPain,
    SinsPosterolateral,
    assess_sins,
)
from workstation.domain.spine import VertebralLevel

L1, T8, T12 = VertebralLevel.L1, VertebralLevel.T8, VertebralLevel.T12
YES, NO = YesNo.YES, YesNo.NO


def graded(grade, level=T8, **options):
    return assess_escc(answers_for_grade(EsccGrade(grade)), level=level, conus=L1, **options)


def codes(derivation):
    return [flag.code for flag in derivation.flags]


@pytest.mark.parametrize(
    ("grade", "myelopathy", "value"),
    [
        ("0", NO, NeurologicAxis.LOW),
        ("1a", NO, NeurologicAxis.LOW),
        ("1b", NO, NeurologicAxis.LOW),
        ("1c", NO, NeurologicAxis.LOW),
        ("2", NO, NeurologicAxis.HIGH),
        ("3", NO, NeurologicAxis.HIGH),
        ("0", YES, NeurologicAxis.DISCORDANT),
        ("1a", YES, NeurologicAxis.DISCORDANT),
        ("1b", YES, NeurologicAxis.DISCORDANT),
        ("1c", YES, NeurologicAxis.DISCORDANT),
        ("2", YES, NeurologicAxis.HIGH),
        ("3", YES, NeurologicAxis.HIGH),
        ("1b", UNKNOWN, UNKNOWN),
        ("1b", NOT_ASSESSED, NOT_ASSESSED),
        ("2", UNKNOWN, NeurologicAxis.HIGH),
        ("3", NOT_ASSESSED, NeurologicAxis.HIGH),
    ],
)
def test_grade_and_myelopathy_give_n(grade, myelopathy, value):
    assert derive_neurologic(graded(grade), myelopathy, level=T8).value == value


def test_discordant_says_where_to_look():
    derived = derive_neurologic(graded("1b"), YES, level=T8)
    assert codes(derived) == ["DISCORDANT"]
    assert "intramedullary or leptomeningeal disease" in derived.notes[0]


@pytest.mark.parametrize(
    ("attributed", "value", "flags"),
    [
        (None, NeurologicAxis.DISCORDANT, ["DISCORDANT"]),
        (T8, NeurologicAxis.DISCORDANT, ["DISCORDANT"]),
        (T12, NeurologicAxis.LOW, ["DEFICIT_ATTRIBUTED"]),
    ],
)
def test_n01_other_levels_are_judged_by_their_grade_alone(attributed, value, flags):
    derived = derive_neurologic(graded("1b"), YES, level=T8, attributed_level=attributed)
    assert derived.value is value
    assert codes(derived) == flags


def test_n01_level_held_responsible_stays_high():
    derived = derive_neurologic(graded("3"), YES, level=T8, attributed_level=T8)
    assert derived.value is NeurologicAxis.HIGH


@pytest.mark.parametrize(
    ("grades", "level"),
    [
        ({T8: "1b", T12: "3"}, T12),
        ({T12: "2", T8: "2"}, T8),
        ({T8: "1c", T12: "1b"}, T8),
        ({}, None),
    ],
)
def test_n01_proposed_level_is_the_highest_grade_ties_most_cranial(grades, level):
    assert propose_attribution({k: EsccGrade(v) for k, v in grades.items()}) is level


def test_the_noms_rule_holds_whatever_convention_a_site_shows():
    result = graded("1c", convention=EsccConvention.SINGAPORE)
    assert result.high_grade is True
    assert derive_neurologic(result, NO, level=T8).value is NeurologicAxis.LOW


def test_open_grade_decides_when_all_that_is_possible_agrees():
    yes4 = EsccAnswers(questions=(YES, YES, YES, YES, UNKNOWN))
    no4 = EsccAnswers(questions=(YES, UNKNOWN, UNKNOWN, NO, UNKNOWN))
    yes3 = EsccAnswers(questions=(YES, YES, YES, UNKNOWN, UNKNOWN))
    values = [
        derive_neurologic(assess_escc(answers, level=T8), NO, level=T8).value
        for answers in (yes4, no4, yes3)
    ]
    assert values == [NeurologicAxis.HIGH, NeurologicAxis.LOW, NOT_ASSESSED]


def test_no_grade_gives_no_n():
    assert derive_neurologic(None, NO, level=T8).value is NOT_ASSESSED
    assert derive_neurologic(assess_escc(EsccAnswers()), NO, level=T8).value is NOT_ASSESSED


def test_screening_ct_never_feeds_n():
    answers = EsccAnswers(questions=(YES,) * 5, modality=EsccModality.CT_SCREENING)
    derived = derive_neurologic(assess_escc(answers, level=T8), NO, level=T8)
    assert derived.value is NOT_ASSESSED
    assert derived.notes == ("CT screening does not set N: confirm on MRI.",)


def test_ct_myelogram_feeds_n():
    answers = EsccAnswers(questions=(YES,) * 5, modality=EsccModality.CT_MYELOGRAM)
    derived = derive_neurologic(assess_escc(answers, level=T8), NO, level=T8)
    assert derived.value is NeurologicAxis.HIGH


@pytest.mark.parametrize("grade", ["0", "1a", "2"])
def test_below_the_conus_n_is_never_derived(grade):
    level = VertebralLevel.L3
    derived = derive_neurologic(graded(grade, level), NO, level=level)
    assert derived.value is NeurologicAxis.NOT_APPLICABLE
    assert derived.notes == ("Below the conus: clinician chooses low or high.",)


@pytest.mark.parametrize(
    ("chosen", "value", "flags"),
    [
        (NeurologicAxis.LOW, NeurologicAxis.LOW, ["CLINICIAN_DECIDED"]),
        (NeurologicAxis.HIGH, NeurologicAxis.HIGH, ["CLINICIAN_DECIDED"]),
        (NeurologicAxis.DISCORDANT, NeurologicAxis.NOT_APPLICABLE, []),
        (UNKNOWN, NeurologicAxis.NOT_APPLICABLE, []),
    ],
)
def test_below_the_conus_the_clinician_chooses(chosen, value, flags):
    level = VertebralLevel.L3
    derived = derive_neurologic(graded("0", level), YES, level=level, chosen=chosen)
    assert derived.value is value
    assert codes(derived) == flags


def test_above_the_conus_the_clinicians_choice_is_not_heard():
    derived = derive_neurologic(graded("2"), NO, level=T8, chosen=NeurologicAxis.LOW)
    assert derived.value is NeurologicAxis.HIGH


@pytest.mark.parametrize(
    ("histology", "value"),
    [
        (Histology.BREAST, OncologicAxis.SENSITIVE),
        (Histology.LYMPHOMA, OncologicAxis.SENSITIVE),
        (Histology.RENAL_CELL, OncologicAxis.RESISTANT),
        (Histology.NON_SMALL_CELL_LUNG, OncologicAxis.RESISTANT),
        (Histology.BLADDER, NOT_ASSESSED),
        (Histology.CHORDOMA, NOT_ASSESSED),
        (Histology.UNKNOWN_PRIMARY, UNKNOWN),
        (UNKNOWN, UNKNOWN),
        (NOT_ASSESSED, NOT_ASSESSED),
    ],
)
def test_histology_gives_o(histology, value):
    assert derive_oncologic(histology, prior_radiation=NO).value is value


@pytest.mark.parametrize(
    ("histology", "question"),
    [
        (Histology.BLADDER, "Not in the NOMS list: choose sensitive or resistant."),
        (
            Histology.UNKNOWN_PRIMARY,
            "Unknown primary or biopsy pending: both branches are shown.",
        ),
        (UNKNOWN, "Unknown primary or biopsy pending: both branches are shown."),
        (NOT_ASSESSED, "Histology not assessed: both branches are shown."),
    ],
)
def test_missing_o_says_what_is_asked(histology, question):
    assert question in derive_oncologic(histology).notes


def test_conflicting_views_are_shown_beside_the_default():
    derived = derive_oncologic(Histology.NON_SMALL_CELL_LUNG)
    assert derived.default is OncologicAxis.RESISTANT
    assert "SC.24" in derived.notes[0]


def test_override_needs_a_reason_and_keeps_the_default():
    derived = derive_oncologic(
        Histology.PROSTATE, override=OncologicAxis.RESISTANT, reason="progressed after cEBRT"
    )
    assert derived.value is OncologicAxis.RESISTANT
    assert derived.default is OncologicAxis.SENSITIVE
    assert derived.override_reason == "progressed after cEBRT"
    assert codes(derived) == ["RADIOSENSITIVITY_OVERRIDDEN"]


@pytest.mark.parametrize("reason", ["", "   "])
def test_override_without_a_reason_is_refused(reason):
    with pytest.raises(CommandRefusedError, match="needs a reason"):
        derive_oncologic(Histology.PROSTATE, override=OncologicAxis.RESISTANT, reason=reason)


def test_choosing_the_default_needs_no_reason():
    derived = derive_oncologic(Histology.PROSTATE, override=OncologicAxis.SENSITIVE)
    assert derived.value is OncologicAxis.SENSITIVE
    assert codes(derived) == []


@pytest.mark.parametrize("histology", [Histology.BLADDER, Histology.UNKNOWN_PRIMARY, UNKNOWN])
def test_choice_where_the_list_has_none_needs_no_reason(histology):
    derived = derive_oncologic(histology, override=OncologicAxis.SENSITIVE)
    assert derived.value is OncologicAxis.SENSITIVE
    assert codes(derived) == ["RADIOSENSITIVITY_OVERRIDDEN"]


@pytest.mark.parametrize("histology", [Histology.BREAST, Histology.BLADDER, UNKNOWN])
def test_prior_radiation_makes_any_tumor_resistant(histology):
    derived = derive_oncologic(histology, prior_radiation=YES)
    assert derived.value is OncologicAxis.RESISTANT
    assert codes(derived) == ["PRIOR_RT"]


def test_prior_radiation_outranks_the_override():
    derived = derive_oncologic(
        Histology.RENAL_CELL,
        override=OncologicAxis.SENSITIVE,
        reason="responded before",
        prior_radiation=YES,
    )
    assert derived.value is OncologicAxis.RESISTANT
    assert codes(derived) == ["RADIOSENSITIVITY_OVERRIDDEN", "PRIOR_RT"]


def test_o01_unknown_prior_radiation_leaves_o_as_the_histology_says():
    assert derive_oncologic(Histology.BREAST, prior_radiation=UNKNOWN).value is (
        OncologicAxis.SENSITIVE
    )


def scored(level=VertebralLevel.S2, **changes):
    base = {
        "pain": SinsPain.NONE,
        "bone_lesion": SinsBoneLesion.BLASTIC,
        "alignment": SinsAlignment.NORMAL,
        "collapse": SinsCollapse.NONE,
        "posterolateral": SinsPosterolateral.NONE,
    }
    return assess_sins(level, SinsAnswers(**(base | changes)))


SIX = scored(pain=SinsPain.MECHANICAL, posterolateral=SinsPosterolateral.BILATERAL)
SEVEN = scored(
    pain=SinsPain.MECHANICAL,
    posterolateral=SinsPosterolateral.BILATERAL,
    bone_lesion=SinsBoneLesion.MIXED,
)
TWELVE = scored(
    L1,
    pain=SinsPain.MECHANICAL,
    bone_lesion=SinsBoneLesion.MIXED,
    alignment=SinsAlignment.DEFORMITY,
    collapse=SinsCollapse.LT50,
    posterolateral=SinsPosterolateral.UNILATERAL,
)
THIRTEEN = scored(
    L1,
    pain=SinsPain.MECHANICAL,
    bone_lesion=SinsBoneLesion.LYTIC,
    alignment=SinsAlignment.DEFORMITY,
    collapse=SinsCollapse.LT50,
    posterolateral=SinsPosterolateral.UNILATERAL,
)


@pytest.mark.parametrize(
    ("sins", "total", "value"),
    [
        (SIX, 6, MechanicalAxis.STABLE),
        (SEVEN, 7, MechanicalAxis.INDETERMINATE),
        (TWELVE, 12, MechanicalAxis.INDETERMINATE),
        (THIRTEEN, 13, MechanicalAxis.UNSTABLE),
    ],
)
def test_sins_gives_m(sins, total, value):
    assert sins.total == total
    assert derive_mechanical(sins).value is value


def test_seven_to_twelve_says_that_it_is_not_mapped():
    assert "not auto-mapped" in derive_mechanical(SEVEN).notes[0]


@pytest.mark.parametrize("choice", [MechanicalAxis.STABLE, MechanicalAxis.UNSTABLE])
def test_surgeon_decides_seven_to_twelve(choice):
    derived = derive_mechanical(TWELVE, choice)
    assert derived.value is choice
    assert codes(derived) == ["SURGEON_DECIDED"]


def test_undecided_surgeon_leaves_it_indeterminate():
    for answer in (NOT_ASSESSED, UNKNOWN, MechanicalAxis.INDETERMINATE):
        assert derive_mechanical(SEVEN, answer).value is MechanicalAxis.INDETERMINATE


def test_certain_category_needs_no_surgeon():
    assert derive_mechanical(SIX, MechanicalAxis.UNSTABLE).value is MechanicalAxis.STABLE
    assert derive_mechanical(THIRTEEN, MechanicalAxis.STABLE).value is MechanicalAxis.UNSTABLE


def test_range_inside_one_category_decides():
    certain = scored(pain=UNKNOWN)
    assert (certain.minimum, certain.maximum) == (0, 3)
    assert derive_mechanical(certain).value is MechanicalAxis.STABLE


def test_range_over_two_categories_does_not_decide():
    doubtful = scored(T8, bone_lesion=SinsBoneLesion.LYTIC, pain=UNKNOWN, alignment=UNKNOWN)
    assert doubtful.category is None
    assert derive_mechanical(doubtful).value is NOT_ASSESSED
    assert derive_mechanical(doubtful, MechanicalAxis.STABLE).value is MechanicalAxis.STABLE


def test_refused_or_absent_score_leaves_m_to_the_surgeon():
    fixed = assess_sins(T8, SinsAnswers(context=frozenset({SinsContext.INSTRUMENTED})))
    assert derive_mechanical(fixed).value is NOT_ASSESSED
    assert derive_mechanical(None).value is NOT_ASSESSED
    assert derive_mechanical(fixed, MechanicalAxis.UNSTABLE).value is MechanicalAxis.UNSTABLE
