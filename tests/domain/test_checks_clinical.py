"""Checks between answers, measurements, facts and dates: each fires once and stays silent once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.readings import (
    AT,
    L1,
    L3,
    NO_DEFICIT,
    T11,
    T12,
    UNSTABLE,
    case_a,
    empty_case,
    heights,
    mark,
    numbered_case,
    run,
)
from tests.domain.test_follow_up import before, prior, study
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.case import (
    Case,
    Communication,
    LevelAssessment,
    NomsLevelAnswers,
    Oncology,
    SecondReading,
)
from workstation.domain.check import EXPLAINABLE, Severity
from workstation.domain.checks_clinical import (
    CLINICAL_RULES,
    cauda_fits_conus,
    changes_decided,
    collapse_agrees,
    communication_complete,
    dates_in_order,
    deficit_fits_conus,
    deficit_has_time,
    epidural_agrees,
    histology_has_class,
    radiation_has_dose,
    second_reader_differs,
    type_read_on_ct,
)
from workstation.domain.clinical import AisGrade, DeficitStatus, PriorRadiation
from workstation.domain.commands import (
    AddMark,
    DecideChange,
    ReplaceLesion,
    SetCommunication,
    SetConus,
    SetEscc,
    SetNeurologic,
    SetNomsLevel,
    SetOncology,
    SetPrior,
    SetSins,
)
from workstation.domain.completeness import checks_of
from workstation.domain.escc import (
    CaudaEquinaGrade,
    CompressionCause,
    EsccAnswers,
    EsccGrade,
    answers_for_grade,
)
from workstation.domain.lesion import SoftTissue
from workstation.domain.noms_table import OncologicAxis
from workstation.domain.prior import ChangeVerdict
from workstation.domain.radiosensitivity import Histology
from workstation.domain.sins_options import SinsCollapse, SinsContext

NONE, EPIDURAL = frozenset({SoftTissue.NONE}), frozenset({SoftTissue.EPIDURAL})
BESIDE = frozenset({SoftTissue.PARASPINAL_LEFT})


def codes(rule, case: Case) -> list[str]:
    return [check.code for check in rule(case)]


@pytest.mark.parametrize(
    ("grade", "tissue", "cause", "words"),
    [
        (EsccGrade.G2, NONE, NOT_ASSESSED, "has no soft tissue"),
        (EsccGrade.G3, BESIDE, CompressionCause.TUMOR, "has no epidural part"),
        (EsccGrade.G2, EPIDURAL, CompressionCause.TUMOR, ""),
        (EsccGrade.G2, NONE, CompressionCause.BONE, ""),
        (EsccGrade.G2, BESIDE, CompressionCause.DISC, ""),
        (EsccGrade.G2, UNKNOWN, NOT_ASSESSED, ""),
        (EsccGrade.G0, EPIDURAL, NOT_ASSESSED, "is epidural"),
        (EsccGrade.G0, NONE, NOT_ASSESSED, ""),
    ],
)
def test_the_grade_fits_the_soft_tissue(grade, tissue, cause, words):
    answers = replace(answers_for_grade(grade), cause=cause)
    case = run(numbered_case(), mark(T12), SetEscc(level=T12, answers=answers))
    case = run(case, ReplaceLesion(lesion=replace(case.lesions[0], soft_tissue=tissue)))
    found = [check.text for check in epidural_agrees(case)]
    assert len(found) == bool(words)
    assert all(text.endswith(words) for text in found)


def test_a_lesion_over_two_levels_may_be_epidural_at_the_other():
    case = run(
        numbered_case(), mark(T12), SetEscc(level=T12, answers=answers_for_grade(EsccGrade.G0))
    )
    wide = replace(case.lesions[0], levels=(T12, L1), soft_tissue=EPIDURAL)
    assert codes(epidural_agrees, run(case, ReplaceLesion(lesion=wide))) == []


def measured(height_mm: float, collapse: object, *context: SinsContext) -> Case:
    """T12 measured between T11 and L1, both 20 mm high."""
    answers = replace(UNSTABLE, collapse=collapse, context=frozenset(context))  # type: ignore[arg-type]
    marks = (heights(T11, 20.0), heights(T12, height_mm), heights(L1, 20.0))
    return run(
        numbered_case(),
        mark(T12),
        SetSins(level=T12, answers=answers),
        *(AddMark(mark=item) for item in marks),
    )


@pytest.mark.parametrize(
    ("height_mm", "collapse", "fires"),
    [
        (17.6, SinsCollapse.GT50, True),
        (10.0, SinsCollapse.GT50, True),
        (9.9, SinsCollapse.GT50, False),
        (9.9, SinsCollapse.LT50, True),
        (10.0, SinsCollapse.LT50, False),
        (19.0, SinsCollapse.LT50, False),
        (19.1, SinsCollapse.LT50, True),
        (15.9, SinsCollapse.NONE, True),
        (16.1, SinsCollapse.NONE, False),
        (15.9, SinsCollapse.INVOLVED_GT50, True),
        (8.0, NOT_ASSESSED, False),
        (8.0, UNKNOWN, False),
    ],
)
def test_the_collapse_answer_fits_the_measured_height(height_mm, collapse, fires):
    found = list(collapse_agrees(measured(height_mm, collapse)))
    assert bool(found) is fires


def test_the_height_is_told_with_its_reference_and_an_old_fracture_is_none():
    (check,) = collapse_agrees(measured(17.6, SinsCollapse.GT50))
    assert check.text == 'T12: collapse "more than 50 %", height loss 12.0 %'
    assert "T11 and L1" in check.detail
    assert check.explainable
    old = measured(8.0, SinsCollapse.NONE, SinsContext.OLD_FRACTURE)
    assert codes(collapse_agrees, old) == []


@pytest.mark.parametrize(
    ("modality", "context", "fires"),
    [
        ("MR", (), True),
        ("MR", (SinsContext.MRI_ONLY,), False),
        ("CT", (), False),
        ("DX", (), False),
    ],
)
def test_a_type_without_ct_is_asked_about(modality, context, fires):
    answers = replace(UNSTABLE, context=frozenset(context))
    scan = study("2026-03-14", modality=modality)
    case = run(numbered_case(), scan, SetSins(level=T12, answers=answers))
    assert bool(codes(type_read_on_ct, case)) is fires
    open_type = replace(answers, bone_lesion=NOT_ASSESSED)
    assert codes(type_read_on_ct, run(case, SetSins(level=T12, answers=open_type))) == []


def test_without_any_images_nothing_is_asked_about_the_type():
    assert codes(type_read_on_ct, case_a()) == []


@pytest.mark.parametrize(
    ("facts", "fires"),
    [
        ({"weakness": DeficitStatus.NEW}, True),
        ({"sphincter": DeficitStatus.PROGRESSIVE}, True),
        ({"ais": AisGrade.A}, True),
        ({"weakness": DeficitStatus.NEW, "deficit_since_hours": 12.0}, False),
        ({"weakness": DeficitStatus.NEW, "deficit_since_hours": UNKNOWN}, False),
        ({"weakness": DeficitStatus.STABLE}, False),
        ({"ais": AisGrade.D}, False),
    ],
)
def test_a_new_deficit_needs_its_time(facts, fires):
    case = run(empty_case(), SetNeurologic(facts=replace(NO_DEFICIT, **facts)))
    assert bool(codes(deficit_has_time, case)) is fires


@pytest.mark.parametrize(
    ("level", "conus", "myelopathy", "fires"),
    [
        (L3, L1, YesNo.YES, True),
        (L1, L1, YesNo.YES, False),
        (L3, L1, YesNo.NO, False),
        (L3, NOT_ASSESSED, YesNo.YES, False),
        (None, L1, YesNo.YES, False),
    ],
)
def test_a_myelopathy_lies_above_the_end_of_the_conus(level, conus, myelopathy, fires):
    facts = replace(NO_DEFICIT, myelopathy=myelopathy, attributed_level=level)
    case = run(empty_case(), SetConus(conus=conus), SetNeurologic(facts=facts))
    assert bool(codes(deficit_fits_conus, case)) is fires


def test_cord_grades_and_cauda_answers_fit_the_conus():
    cord = SetEscc(level=L3, answers=answers_for_grade(EsccGrade.G2))
    below = run(empty_case(), SetConus(conus=L1), cord)
    (check,) = cauda_fits_conus(below)
    assert (check.code, check.severity) == ("grade-below-conus", Severity.CONTRADICTION)
    assert not check.explainable
    cauda = EsccAnswers(cauda_equina=CaudaEquinaGrade(2))
    above = run(empty_case(), SetConus(conus=L3), SetEscc(level=L1, answers=cauda))
    assert codes(cauda_fits_conus, above) == ["cauda-above-conus"]
    fitting = run(empty_case(), SetConus(conus=L1), SetEscc(level=L3, answers=cauda))
    assert codes(cauda_fits_conus, fitting) == []
    assert codes(cauda_fits_conus, case_a()) == []


@pytest.mark.parametrize(
    ("said", "radiation", "fires"),
    [
        (YesNo.YES, None, True),
        (YesNo.YES, PriorRadiation(level=T12), True),
        (YesNo.YES, PriorRadiation(level=T12, dose_gy=27.0), False),
        (YesNo.NO, None, False),
        (UNKNOWN, None, False),
    ],
)
def test_prior_radiation_needs_its_dose(said, radiation, fires):
    answers = NomsLevelAnswers(prior_radiation=said, radiation=radiation)
    case = run(empty_case(), SetNomsLevel(level=T12, answers=answers))
    assert bool(codes(radiation_has_dose, case)) is fires


@pytest.mark.parametrize(
    ("oncology", "fires"),
    [
        (Oncology(histology=Histology.BLADDER), True),
        (
            Oncology(
                histology=Histology.BLADDER,
                override=OncologicAxis.RESISTANT,
                override_reason="board",
            ),
            False,
        ),
        (Oncology(histology=Histology.RENAL_CELL), False),
        (Oncology(), False),
        (Oncology(histology=UNKNOWN), False),
    ],
)
def test_an_unlisted_histology_needs_a_choice(oncology, fires):
    assert (
        bool(codes(histology_has_class, run(empty_case(), SetOncology(oncology=oncology)))) is fires
    )


TOLD = Communication(to_whom="Dr Weber", at="2026-03-14T16:42+01:00", how="telephone")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"to_whom": " "}, "to whom"),
        ({"at": ""}, "when"),
        ({"at": "today"}, "when"),
        ({"how": ""}, "how"),
        ({"to_whom": "", "how": ""}, "to whom, how"),
        ({"at": "2026-03-13T23:59+01:00"}, "before the study"),
    ],
)
def test_a_communication_names_whom_when_and_how(changes, words):
    told = SetCommunication(communication=replace(TOLD, **changes))
    case = run(empty_case(), study("2026-03-14T09:00"), told)
    found = [check.text for check in communication_complete(case)]
    assert len(found) == bool(words)
    assert all(text.endswith(words) for text in found)
    assert codes(communication_complete, empty_case()) == []


def test_a_reading_begins_after_its_study():
    case = run(empty_case(), study("2026-03-15"))
    assert case.created_at == AT
    assert codes(dates_in_order, case) == ["date-order"]
    assert codes(dates_in_order, run(empty_case(), study("2026-03-14T23:00"))) == []
    assert codes(dates_in_order, empty_case()) == []


def test_the_second_reader_is_another_person():
    same = SecondReading(reader=" dr  ONE ", assessments=(LevelAssessment(level=T12),))
    case = replace(empty_case(), reader="Dr One", second_readings=(same,))
    assert codes(second_reader_differs, case) == ["second-reader"]
    assert codes(second_reader_differs, replace(case, reader="Dr Two")) == []
    assert codes(second_reader_differs, replace(case, reader="")) == []


def test_changes_since_the_prior_are_decided():
    assert codes(changes_decided, case_a()) == []
    case = run(
        numbered_case(),
        mark(T12),
        mark(T11, lesion_id="new"),
        SetPrior(prior=prior(lesions=(before(), before(id="gone", number=2, levels=(L1,))))),
    )
    found = [check.text for check in changes_decided(case)]
    assert found == [
        "Lesion 1: change since 2025-12-04 is not decided",
        "A lesion of 2025-12-04: change since 2025-12-04 is not decided",
    ]
    same = ChangeVerdict.SAME
    decided = run(
        case,
        DecideChange(prior_id="p", lesion_id="lesion-1", verdict=same),
        DecideChange(prior_id="p", lesion_id="gone", verdict=same),
    )
    assert codes(changes_decided, decided) == []


def test_a_doubtful_match_is_noted():
    twice = prior(lesions=(before(), before(id="other", number=2)))
    case = run(numbered_case(), mark(T12), SetPrior(prior=twice))
    assert "match-doubtful" in codes(changes_decided, case)


def test_every_clinical_rule_is_listed_and_severities_fit_the_convention():
    assert len(set(CLINICAL_RULES)) == 12
    found = checks_of(measured(17.6, SinsCollapse.GT50))
    assert any(check.code == "collapse-against-height" for check in found)
    # Patient, side and level are mended, never explained.
    assert not any("laterality" in code or "level" in code for code in EXPLAINABLE)
