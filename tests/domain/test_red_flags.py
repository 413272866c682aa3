"""Red flags: every trigger of reference 5.4, R-02 and N-04, their order and their folding."""

from __future__ import annotations

import pytest

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.clinical import AisGrade, DeficitStatus, FrankelGrade, NeurologicFacts
from workstation.domain.escc import (
    CaudaEquinaGrade,
    EsccAnswers,
    EsccGrade,
    EsccModality,
    answers_for_grade,
    assess_escc,
)
from workstation.domain.red_flags import Urgency, has_deficit, is_high_grade, red_flags
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

L1, L3, S2 = VertebralLevel.L1, VertebralLevel.L3, VertebralLevel.S2
T9, T12 = VertebralLevel.T9, VertebralLevel.T12
YES, NO = YesNo.YES, YesNo.NO

INTACT = NeurologicFacts(
    myelopathy=NO,
    weakness=DeficitStatus.NONE,
    gait_loss=DeficitStatus.NONE,
    sensory=DeficitStatus.NONE,
    sphincter=DeficitStatus.NONE,
    cauda_equina_symptoms=NO,
)


def graded(grade, level=T9, modality=EsccModality.MRI):
    answers = answers_for_grade(EsccGrade(grade))
    return assess_escc(
        EsccAnswers(questions=answers.questions, modality=modality), level=level, conus=L1
    )


def cauda(grade, level=L3):
    return assess_escc(EsccAnswers(cauda_equina=grade), level=level, conus=L1)


def scored(level=S2, **changes):
    base = {
        "pain": SinsPain.NONE,
        "bone_lesion": SinsBoneLesion.BLASTIC,
        "alignment": SinsAlignment.NORMAL,
        "collapse": SinsCollapse.NONE,
        "posterolateral": SinsPosterolateral.NONE,
    }
    return assess_sins(level, SinsAnswers(**(base | changes)))


TWELVE = {
    "pain": SinsPain.MECHANICAL,
    "bone_lesion": SinsBoneLesion.MIXED,
    "alignment": SinsAlignment.DEFORMITY,
    "collapse": SinsCollapse.LT50,
    "posterolateral": SinsPosterolateral.UNILATERAL,
}
THIRTEEN = TWELVE | {"bone_lesion": SinsBoneLesion.LYTIC}


def flags(facts=INTACT, escc=None, sins=None, **more):
    return red_flags(facts, escc=escc or {}, sins=sins or {}, **more)


def codes(found):
    return [flag.code for flag in found]


def test_nothing_known_raises_nothing():
    assert flags(NeurologicFacts()) == ()
    assert flags() == ()


@pytest.mark.parametrize("course", [DeficitStatus.NEW, DeficitStatus.PROGRESSIVE])
@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("weakness", "weakness"),
        ("gait_loss", "gait loss"),
        ("sensory", "sensory level"),
        ("sphincter", "sphincter disturbance"),
    ],
)
def test_new_or_progressive_deficit_is_an_emergency(field, words, course):
    (flag,) = flags(NeurologicFacts(**{field: course}))
    assert flag.code == "NEUROLOGICAL_EMERGENCY"
    assert flag.title == "NEUROLOGICAL EMERGENCY"
    assert flag.urgency is Urgency.EMERGENCY
    assert flag.needs_communication
    assert flag.text == (
        f"Spine surgery and oncology now; whole-spine MRI within 24 h. Why: {course.value} {words}."
    )


@pytest.mark.parametrize(
    "course", [DeficitStatus.STABLE, DeficitStatus.NONE, NOT_ASSESSED, UNKNOWN]
)
@pytest.mark.parametrize("field", ["weakness", "gait_loss", "sensory", "sphincter"])
def test_old_absent_or_missing_deficit_is_no_emergency(field, course):
    assert flags(NeurologicFacts(**{field: course})) == ()


def test_several_reasons_are_named_together():
    facts = NeurologicFacts(
        weakness=DeficitStatus.PROGRESSIVE, sphincter=DeficitStatus.NEW, cauda_equina_symptoms=YES
    )
    (flag,) = flags(facts)
    assert "Why: progressive weakness; new sphincter disturbance; cauda equina symptoms." in (
        flag.text
    )


def test_cauda_equina_symptoms_are_the_same_emergency_at_any_grade():
    facts = NeurologicFacts(cauda_equina_symptoms=YES)
    (flag,) = flags(facts, {L3: cauda(CaudaEquinaGrade.BONE_ONLY)})
    assert flag.code == "NEUROLOGICAL_EMERGENCY"


def test_myelopathy_of_unstated_course_is_an_emergency():
    (flag,) = flags(NeurologicFacts(myelopathy=YES))
    assert "Why: myelopathy, course not stated." in flag.text


def test_myelopathy_with_a_stated_old_course_is_not():
    facts = NeurologicFacts(myelopathy=YES, weakness=DeficitStatus.STABLE)
    assert flags(facts) == ()


@pytest.mark.parametrize("grade", ["2", "3"])
def test_high_grade_compression_is_a_same_day_discussion(grade):
    (flag,) = flags(escc={T9: graded(grade)})
    assert flag.code == "HIGH_GRADE_COMPRESSION"
    assert flag.urgency is Urgency.URGENT
    assert flag.text == f"Same-day surgical discussion. Why: ESCC {grade} at T9."
    assert flag.needs_communication


@pytest.mark.parametrize("grade", ["0", "1a", "1b", "1c"])
def test_low_grade_without_deficit_is_no_red_flag(grade):
    assert flags(escc={T9: graded(grade)}) == ()


def test_two_or_three_is_high_grade_before_it_is_decided_which():
    open_grade = assess_escc(EsccAnswers(questions=(YES, YES, YES, YES, UNKNOWN)), level=T9)
    assert is_high_grade(open_grade)
    (flag,) = flags(escc={T9: open_grade})
    assert "ESCC 2 or 3 at T9" in flag.text


def test_open_grade_that_may_be_low_is_not_called_high():
    assert not is_high_grade(assess_escc(EsccAnswers(), level=T9))
    assert flags(escc={T9: assess_escc(EsccAnswers(), level=T9)}) == ()


def test_screening_ct_is_named_as_such():
    (flag,) = flags(escc={T9: graded("2", modality=EsccModality.CT_SCREENING)})
    assert "ESCC 2 at T9 (CT screening: confirm on MRI)" in flag.text


def test_levels_are_named_from_the_head():
    (flag,) = flags(escc={T12: graded("2", T12), T9: graded("3")})
    assert "ESCC 3 at T9, ESCC 2 at T12" in flag.text


@pytest.mark.parametrize("grade", ["1a", "1b", "1c"])
@pytest.mark.parametrize(
    "facts",
    [
        NeurologicFacts(weakness=DeficitStatus.STABLE),
        NeurologicFacts(functional_radiculopathy=YES),
        NeurologicFacts(ais=AisGrade.D),
        NeurologicFacts(frankel=FrankelGrade.C),
    ],
)
def test_tumor_in_the_canal_with_any_deficit(facts, grade):
    (flag,) = flags(facts, {T9: graded(grade)})
    assert flag.code == "CANAL_WITH_DEFICIT"
    assert flag.text == "Immediate surgical consult. Why: T9."
    assert flag.needs_communication


def test_tumor_confined_to_bone_with_a_deficit_is_not_in_the_canal():
    assert flags(NeurologicFacts(weakness=DeficitStatus.STABLE), {T9: graded("0")}) == ()


def test_high_grade_and_canal_stand_beside_each_other():
    found = flags(NeurologicFacts(weakness=DeficitStatus.STABLE), {T9: graded("2")})
    assert codes(found) == ["HIGH_GRADE_COMPRESSION", "CANAL_WITH_DEFICIT"]


def test_emergency_folds_compression_and_canal_into_its_reason():
    (flag,) = flags(NeurologicFacts(weakness=DeficitStatus.NEW), {T9: graded("2")})
    assert flag.text.endswith(
        "Why: new weakness; high-grade compression, ESCC 2 at T9; tumor in the canal at T9."
    )


def test_emergency_without_compression_folds_nothing():
    (flag,) = flags(NeurologicFacts(weakness=DeficitStatus.NEW), {T9: graded("0")})
    assert flag.text.endswith("Why: new weakness.")


@pytest.mark.parametrize(
    ("result", "in_canal"),
    [
        (graded("0", L3), False),
        (graded("1a", L3), True),
        (graded("2", L3), True),
        (cauda(CaudaEquinaGrade.BONE_ONLY), False),
        (cauda(CaudaEquinaGrade.SAC_LT50), True),
        (cauda(NOT_ASSESSED), False),
    ],
)
def test_canal_below_the_conus(result, in_canal):
    found = flags(NeurologicFacts(weakness=DeficitStatus.STABLE), {L3: result})
    assert ("CANAL_WITH_DEFICIT" in codes(found)) is in_canal


@pytest.mark.parametrize(
    ("hours", "code", "urgency", "words"),
    [
        (
            0.0,
            "COMPLETE_PARALYSIS",
            Urgency.EMERGENCY,
            "still potentially reversible. Why: for 0 h",
        ),
        (24.0, "COMPLETE_PARALYSIS", Urgency.EMERGENCY, "Why: for 24 h"),
        (48.0, "COMPLETE_PARALYSIS", Urgency.EMERGENCY, "Why: for 48 h"),
        (48.1, "COMPLETE_PARALYSIS_LATE", Urgency.NOTICE, "Recovery unlikely; still notify"),
        (NOT_ASSESSED, "COMPLETE_PARALYSIS", Urgency.EMERGENCY, "duration not stated"),
        (UNKNOWN, "COMPLETE_PARALYSIS", Urgency.EMERGENCY, "duration not stated"),
    ],
)
def test_r02_complete_paralysis(hours, code, urgency, words):
    (flag,) = flags(NeurologicFacts(ais=AisGrade.A, deficit_since_hours=hours))
    assert flag.code == code
    assert flag.urgency is urgency
    assert words in flag.text
    assert flag.needs_communication


@pytest.mark.parametrize("ais", [AisGrade.B, AisGrade.E, AisGrade.INTACT, NOT_ASSESSED])
def test_only_ais_a_is_complete_paralysis(ais):
    assert flags(NeurologicFacts(ais=ais)) == ()


def test_frankel_a_is_not_read_as_ais_a():
    assert flags(NeurologicFacts(frankel=FrankelGrade.A)) == ()


@pytest.mark.parametrize(
    ("grade", "found"),
    [
        (CaudaEquinaGrade.BONE_ONLY, []),
        (CaudaEquinaGrade.SAC_LT50, []),
        (CaudaEquinaGrade.SAC_GE50, ["CAUDA_EQUINA_HALF_EFFACED"]),
        (CaudaEquinaGrade.SAC_EFFACED, ["CAUDA_EQUINA_EFFACED"]),
        (CaudaEquinaGrade.ROOTS_BUNCHED, ["CAUDA_EQUINA_EFFACED"]),
    ],
)
def test_n04_cauda_equina_grade(grade, found):
    assert codes(flags(escc={L3: cauda(grade)})) == found


def test_cauda_equina_grade_above_the_conus_is_not_heard():
    assert flags(escc={T9: cauda(CaudaEquinaGrade.ROOTS_BUNCHED, T9)}) == ()


def test_sins_thirteen_is_mechanically_unstable():
    result = scored(L1, **THIRTEEN)
    assert result.total == 13
    (flag,) = flags(sins={L1: result})
    assert flag.code == "MECHANICALLY_UNSTABLE"
    assert flag.text == (
        "Bed rest / log-roll precautions until surgical opinion. Why: SINS 13 or more at L1."
    )
    assert flag.needs_communication


def test_sins_twelve_is_a_notice():
    result = scored(L1, **TWELVE)
    assert result.total == 12
    (flag,) = flags(sins={L1: result})
    assert flag.code == "SINS_CONSULT"
    assert flag.urgency is Urgency.NOTICE
    assert flag.text == "Surgical consultation recommended. Why: SINS reaches 7 at L1."
    assert not flag.needs_communication


def test_translation_is_unstable_at_any_total():
    result = scored(alignment=SinsAlignment.TRANSLATION)
    assert result.total == 4
    (flag,) = flags(sins={S2: result})
    assert flag.code == "MECHANICALLY_UNSTABLE"
    assert "translation at S2" in flag.text


def test_sins_six_raises_nothing():
    result = scored(pain=SinsPain.MECHANICAL, posterolateral=SinsPosterolateral.BILATERAL)
    assert result.total == 6
    assert flags(sins={S2: result}) == ()


def test_range_that_reaches_seven_is_a_notice_and_one_that_starts_at_thirteen_is_unstable():
    reaches = scored(L1, pain=UNKNOWN, bone_lesion=SinsBoneLesion.LYTIC, collapse=SinsCollapse.NONE)
    certain = scored(L1, **(THIRTEEN | {"pain": UNKNOWN, "collapse": SinsCollapse.GT50}))
    certain_high = scored(
        L1, **(THIRTEEN | {"bone_lesion": UNKNOWN, "alignment": SinsAlignment.TRANSLATION})
    )
    assert (reaches.minimum, reaches.maximum) == (5, 8)
    assert codes(flags(sins={L1: reaches})) == ["SINS_CONSULT"]
    assert (certain.minimum, certain.maximum) == (11, 14)
    assert codes(flags(sins={L1: certain})) == ["SINS_CONSULT"]
    assert certain_high.minimum == 13
    assert codes(flags(sins={L1: certain_high})) == ["MECHANICALLY_UNSTABLE"]


def test_level_nobody_assessed_raises_no_notice():
    assert flags(sins={L1: assess_sins(L1, SinsAnswers())}) == ()


def test_refused_score_raises_no_notice_but_translation_does():
    fixed = frozenset({SinsContext.INSTRUMENTED})
    quiet = assess_sins(T9, SinsAnswers(context=fixed, pain=SinsPain.MECHANICAL))
    broken = assess_sins(T9, SinsAnswers(context=fixed, alignment=SinsAlignment.TRANSLATION))
    assert flags(sins={T9: quiet}) == ()
    assert codes(flags(sins={T9: broken})) == ["MECHANICALLY_UNSTABLE"]


def test_low_sins_never_cancels_an_emergency():
    found = flags(NeurologicFacts(gait_loss=DeficitStatus.NEW), sins={S2: scored()})
    assert codes(found) == ["NEUROLOGICAL_EMERGENCY"]


def test_pain_without_neurology_wants_an_mri_within_a_week():
    (flag,) = flags(pain_without_mri=True)
    assert flag.code == "PAIN_WITHOUT_MRI"
    assert flag.text == "MRI within 1 week."
    with_deficit = NeurologicFacts(weakness=DeficitStatus.STABLE)
    assert flags(with_deficit, pain_without_mri=True) == ()
    emergency = NeurologicFacts(weakness=DeficitStatus.NEW)
    assert codes(flags(emergency, pain_without_mri=True)) == ["NEUROLOGICAL_EMERGENCY"]


def test_the_most_urgent_comes_first():
    facts = NeurologicFacts(weakness=DeficitStatus.NEW, ais=AisGrade.A, deficit_since_hours=72.0)
    found = flags(
        facts,
        {T9: graded("3"), L3: cauda(CaudaEquinaGrade.ROOTS_BUNCHED)},
        {T12: scored(T12, **TWELVE), L1: scored(L1, **THIRTEEN)},
    )
    assert codes(found) == [
        "NEUROLOGICAL_EMERGENCY",
        "CAUDA_EQUINA_EFFACED",
        "MECHANICALLY_UNSTABLE",
        "COMPLETE_PARALYSIS_LATE",
        "SINS_CONSULT",
    ]


@pytest.mark.parametrize(
    ("facts", "deficit"),
    [
        (INTACT, False),
        (NeurologicFacts(), False),
        (NeurologicFacts(myelopathy=YES), True),
        (NeurologicFacts(cauda_equina_symptoms=YES), True),
        (NeurologicFacts(sensory=DeficitStatus.STABLE), True),
        (NeurologicFacts(ais=AisGrade.E), False),
        (NeurologicFacts(ais=AisGrade.INTACT), False),
        (NeurologicFacts(ais=AisGrade.B), True),
        (NeurologicFacts(frankel=FrankelGrade.E), False),
        (NeurologicFacts(frankel=FrankelGrade.D), True),
    ],
)
def test_has_deficit(facts, deficit):
    assert has_deficit(facts) is deficit
